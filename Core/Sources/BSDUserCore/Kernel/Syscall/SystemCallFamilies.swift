/// The rows of the system calls, one family a file. A new family is one line here.
let systemCallFamilies: [[SystemCallRow]] = [
    IndirectCalls.rows, DescriptorCalls.rows, TransferCalls.rows, FileStatusCalls.rows, FileNameCalls.rows,
    FileAttributeCalls.rows, WaitingCalls.rows, TimeCalls.rows, LimitCalls.rows, IdentityCalls.rows,
    ControlCalls.rows, SystemInformationCalls.rows, CapabilityCalls.rows, RefusedCalls.rows,
    MemoryCalls.rows, ProcessCalls.rows, SignalCalls.rows, ThreadCalls.rows, TimerCalls.rows, SchedulingCalls.rows,
    ExtendedAttributeCalls.rows, ModuleCalls.rows, PseudoTerminalCalls.rows,
    EventCalls.rows, ProcessDescriptorCalls.rows, SpecialDescriptorCalls.rows, SharedMemoryCalls.rows,
    ProcessControlCalls.rows, ComparisonCalls.rows, SocketCalls.rows, SocketTransferCalls.rows,
    InterprocessCalls.rows, AsynchronousCalls.rows, ProcessorSetCalls.rows, JailCalls.rows,
]

/// `syscall` and `__syscall`, which the argument reader resolves: only one inside the other comes here.
enum IndirectCalls {
    static let rows: [SystemCallRow] = [
        systemCall(0, "syscall", note: "resolved by the argument reader") { _ throws(Errno) in throw .ENOSYS },
        systemCall(198, "__syscall", note: "resolved by the argument reader") { _ throws(Errno) in throw .ENOSYS },
    ]
}
