/// All system calls of the emulator, and the way from a guest's registers to a handler and back.
public final class SystemCallTable: SystemCallHandler {
    /// Every row, in the order of the numbers.
    public static let rows: [SystemCallRow] = systemCallFamilies.flatMap { $0 }.sorted { $0.number < $1.number }

    /// One more than the greatest number.
    static let numberLimit: UInt32 = 1024

    private let convention: SystemCallConvention
    private let trace: SystemCallTrace?
    // Handlers and rules by number, as raw storage: dispatch pays no bounds check, no retain of an array.
    private let handlers: UnsafeMutablePointer<SystemCallRow.Handler?>
    private let restarts: UnsafeMutablePointer<Bool>
    private let rowIndices: UnsafeMutablePointer<Int32>

    /// The table for an architecture. `trace` receives every call; nil is off.
    init(_ description: ArchitectureDescription, trace: SystemCallTrace? = nil) {
        convention = SystemCallConvention(description)
        self.trace = trace
        let count = Int(Self.numberLimit)
        handlers = .allocate(capacity: count)
        handlers.initialize(repeating: nil, count: count)
        restarts = .allocate(capacity: count)
        restarts.initialize(repeating: false, count: count)
        rowIndices = .allocate(capacity: count)
        rowIndices.initialize(repeating: -1, count: count)
        for (index, row) in Self.rows.enumerated() where row.number < count {
            handlers[row.number] = row.handler
            restarts[row.number] = row.restart == .restarts
            rowIndices[row.number] = Int32(index)
        }
    }

    deinit {
        handlers.deinitialize(count: Int(Self.numberLimit))
        handlers.deallocate()
        restarts.deallocate()
        rowIndices.deallocate()
    }

    /// The table as a configuration asks for it.
    public convenience init(_ description: ArchitectureDescription, _ configuration: EmulatorConfiguration) {
        self.init(
            description,
            trace: configuration.trace.map { SystemCallTrace($0, descriptor: configuration.logDescriptor) })
    }

    /// Reads number and arguments from the registers, carries the call out, and says what goes back.
    func systemCall(_ thread: GuestThread) -> SystemCallOutcome {
        var arguments = ArgumentReader(convention, thread.cpu)
        let number = arguments.number
        guard number < Self.numberLimit, let handler = handlers[Int(number)] else {
            return unknownCall(arguments, thread)
        }
        let outcome: SystemCallOutcome
        if let trace {
            let row = Self.rows[Int(rowIndices[Int(number)])]
            outcome = trace.carryOut(row, arguments, thread) { (reader) in
                Self.carryOut(handler, &reader, thread, restarts: row.restart == .restarts)
            }
        } else {
            outcome = Self.carryOut(handler, &arguments, thread, restarts: restarts[Int(number)])
        }
        return convention.abi.wordBytes == 4 ? narrow(outcome, number, arguments) : outcome
    }

    @inline(__always)
    private static func carryOut(
        _ handler: SystemCallRow.Handler, _ arguments: inout ArgumentReader, _ thread: GuestThread, restarts: Bool
    ) -> SystemCallOutcome {
        do throws(Errno) {
            return try handler(thread, &arguments)
        } catch {
            if error.rawValue > 0 { return .failure(error) }
            return error == .restart ? (restarts ? .restart : .failure(.EINTR)) : .unchanged
        }
    }

    /// `nosys`: the kernel also raises SIGSYS; a program that tries a newer call lives on here.
    private func unknownCall(_ arguments: ArgumentReader, _ thread: GuestThread) -> SystemCallOutcome {
        KernelLog.once("system call \(arguments.number) does not exist here; the program gets ENOSYS")
        trace?.unknownCall(arguments, thread)
        return .failure(.ENOSYS)
    }

    /// With 4-byte words a 64-bit result takes two registers in the order of memory, and a call through `__syscall`
    /// gets every result that way.
    private func narrow(_ outcome: SystemCallOutcome, _ number: UInt32, _ arguments: ArgumentReader)
        -> SystemCallOutcome
    {
        guard case .values(let value, let second) = outcome else { return outcome }
        let isBig = convention.abi.byteOrder == .big
        if Self.hasWideResult(number) {
            let high = value >> 32
            let low = value & 0xffff_ffff
            return isBig ? .values(high, second: low) : .values(low, second: high)
        }
        let low = value & 0xffff_ffff
        if arguments.isQuadCall && isBig && second == nil { return .values(0, second: low) }
        return .values(low, second: second.map { $0 & 0xffff_ffff })
    }

    // `lseek` is the only call with an `off_t` result.
    private static func hasWideResult(_ number: UInt32) -> Bool { number == 478 || number == 199 }
}
