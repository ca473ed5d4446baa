/// The rows of the system calls, one family a file. A new family is one entry here. Families that nearly every program
/// needs stand first: a program that needs no other never makes the rest.
let systemCallFamilies: [@Sendable () -> [SystemCallRow]] = [
    { TransferCalls.rows }, { MemoryCalls.rows }, { ProcessCalls.rows }, { SystemInformationCalls.rows },
    { SignalCalls.rows }, { DescriptorCalls.rows }, { FileStatusCalls.rows }, { ThreadCalls.rows },
    { TimeCalls.rows }, { IdentityCalls.rows }, { LimitCalls.rows }, { FileNameCalls.rows }, { IndirectCalls.rows },
    { FileAttributeCalls.rows }, { WaitingCalls.rows }, { ControlCalls.rows }, { CapabilityCalls.rows },
    { TimerCalls.rows }, { SchedulingCalls.rows }, { ExtendedAttributeCalls.rows }, { ModuleCalls.rows },
    { PseudoTerminalCalls.rows }, { EventCalls.rows }, { ProcessDescriptorCalls.rows },
    { SpecialDescriptorCalls.rows }, { SharedMemoryCalls.rows }, { ProcessControlCalls.rows },
    { ComparisonCalls.rows }, { SocketCalls.rows }, { SocketTransferCalls.rows }, { InterprocessCalls.rows },
    { AsynchronousCalls.rows }, { ProcessorSetCalls.rows }, { JailCalls.rows }, { RefusedCalls.rows },
]

/// `syscall` and `__syscall`, which the argument reader resolves: only one inside the other comes here.
enum IndirectCalls {
    static let rows: [SystemCallRow] = [
        systemCall(0, "syscall", note: "resolved by the argument reader") { _ throws(Errno) in throw .ENOSYS },
        systemCall(198, "__syscall", note: "resolved by the argument reader") { _ throws(Errno) in throw .ENOSYS },
    ]
}
