/// `ioctl`: the same idea as the system calls, keyed by the request.
enum ControlCalls {
    static let rows: [SystemCallRow] = [
        systemCall(54, "ioctl", Fd(), ControlRequest("com"), restart: .restarts) { thread, fd, request throws(Errno) in
            guard HostPath.isOpen(fd) else { throw .EBADF }
            guard let row = request.row else {
                let number = String(request.number, radix: 16)
                KernelLog.once("ioctl 0x\(number) is not known; the program gets ENOTTY")
                throw .ENOTTY
            }
            try row.handler(thread, fd, request.argument)
        }
    ]

    /// Rows by request.
    static let controls: [UInt32: ControlRow] = Dictionary(
        (FileControls.rows + TerminalControls.rows + SocketControls.rows).map { ($0.request, $0) },
        uniquingKeysWith: { first, _ in first })
}

/// The second and third argument of `ioctl`.
struct ControlRequest: SystemCallParameter {
    struct Value {
        let number: UInt32
        let argument: GuestAddress
        var row: ControlRow? { ControlCalls.controls[number] }
    }

    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.number, name), ArgumentSlot(.inputOutput, "data")] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Value {
        let number = UInt32(truncatingIfNeeded: try arguments.word(thread))
        return Value(number: number, argument: try arguments.word(thread))
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let value = try decode(&arguments, thread)
        guard let row = value.row else { return [.opaque(UInt64(value.number)), .opaque(value.argument)] }
        let isShown = row.direction == .input || row.direction == .both || phase.isSuccess
        return [.symbol(row.name), isShown ? row.trace(thread, value.argument) : value.argument.unread]
    }
}
