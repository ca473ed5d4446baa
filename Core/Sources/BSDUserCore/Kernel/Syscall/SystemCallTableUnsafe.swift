/// All system calls of the emulator, and the way from a guest's registers to a handler and back.
public final class SystemCallTable {
    /// Every row, in the order of the numbers.
    public static let rows: [SystemCallRow] = systemCallFamilies.flatMap { $0() }.sorted { $0.number < $1.number }

    /// One more than the greatest number.
    static let numberLimit: UInt32 = 1024

    private let convention: SystemCallConvention
    /// Words have 4 bytes: 64-bit results take two registers.
    private let splitsResults: Bool
    let trace: SystemCallTrace?
    /// What the numbers lead to, as raw storage: dispatch pays no bounds check and counts no use of an object.
    private let entries: UnsafeMutablePointer<Unmanaged<Entry>?>
    /// Families whose rows are not in `entries` yet: rows are made when a call is looked for, since making all of them
    /// takes a good part of a short program's time.
    private var familiesLeft = systemCallFamilies[...]
    private let lock = HostLock()

    /// A row as dispatch needs it. A handler that is a constant of an object is called where it stands; one that comes
    /// from a variable or an optional is counted, or even wrapped anew, for each call.
    private final class Entry {
        let row: SystemCallRow
        let restarts: Bool
        let handler: SystemCallRow.Handler

        init(_ row: SystemCallRow) {
            self.row = row
            restarts = row.restart == .restarts
            handler = row.handler
        }

        @inline(__always)
        func carryOut(_ arguments: inout ArgumentReader, _ thread: GuestThread) -> SystemCallOutcome {
            do throws(Errno) {
                return try handler(thread, &arguments)
            } catch {
                if error.rawValue > 0 { return .failure(error) }
                return error == .restart ? (restarts ? .restart : .failure(.EINTR)) : .unchanged
            }
        }
    }

    /// The table for an architecture. `trace` receives every call; nil is off.
    init(_ description: ArchitectureDescription, trace: SystemCallTrace? = nil) {
        convention = SystemCallConvention(description)
        splitsResults = description.abi.wordBytes == 4
        self.trace = trace
        let count = Int(Self.numberLimit)
        entries = .allocate(capacity: count)
        entries.initialize(repeating: nil, count: count)
    }

    /// The entry of a number, with rows made until there is one; nil when no family has it.
    private func madeEntry(_ number: Int) -> Unmanaged<Entry>? {
        lock.hold {
            while entries[number] == nil, let family = familiesLeft.popFirst() {
                for row in family() where row.number < Int(Self.numberLimit) {
                    entries[row.number] = .passRetained(Entry(row))
                }
            }
            return entries[number]
        }
    }

    deinit {
        for number in 0..<Int(Self.numberLimit) { entries[number]?.release() }
        entries.deallocate()
    }

    /// Before a `fork`: makes the rows that nearly every child needs, which each would otherwise make for itself.
    func prepareFork() {
        for number in Self.numbersOfChildren where entries[number] == nil { _ = madeEntry(number) }
    }

    /// `exit`, `close`, `execve`, `dup2`, `sigaction`, `sigprocmask`.
    private static let numbersOfChildren = [1, 6, 59, 90, 416, 340]

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
        guard number < Self.numberLimit, let entry = entries[Int(number)] ?? madeEntry(Int(number)) else {
            return unknownCall(arguments, thread)
        }
        let outcome =
            trace == nil
            ? entry._withUnsafeGuaranteedRef { $0.carryOut(&arguments, thread) }
            : carryOutTraced(entry, arguments, thread)
        return splitsResults ? narrow(outcome, number, arguments) : outcome
    }

    private func carryOutTraced(_ reference: Unmanaged<Entry>, _ arguments: ArgumentReader, _ thread: GuestThread)
        -> SystemCallOutcome
    {
        let entry = reference.takeUnretainedValue()
        var reader = arguments
        guard let trace else { return entry.carryOut(&reader, thread) }
        return trace.carryOut(entry.row, arguments, thread) { entry.carryOut(&$0, thread) }
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
