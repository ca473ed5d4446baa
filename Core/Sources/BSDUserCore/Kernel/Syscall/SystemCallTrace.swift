/// Writes system calls as they happen, decoded by the rows that carry them out (`-strace`).
final class SystemCallTrace {
    let options: SystemCallTraceOptions
    let descriptor: Int32
    private let names: Set<[UInt8]>

    init(_ options: SystemCallTraceOptions, descriptor: Int32) {
        self.options = options
        self.descriptor = descriptor
        names = Set(options.names)
    }

    /// Whether a call is among those asked for.
    func selects(_ name: String) -> Bool {
        names.isEmpty || names.contains(Array(name.utf8)) != options.isInverted
    }

    /// Carries a call out and writes it: one line, when it returns. What never returns is written before.
    func carryOut(
        _ row: SystemCallRow, _ arguments: ArgumentReader, _ thread: GuestThread,
        _ body: (inout ArgumentReader) -> SystemCallOutcome
    ) -> SystemCallOutcome {
        var reader = arguments
        guard selects(row.name) else { return body(&reader) }
        let inputs = values(row, arguments, thread, .entry)
        if Self.endings.contains(row.number) {
            write(row, inputs, .unchanged, thread)
            return body(&reader)
        }
        if Self.replacements.contains(row.number) {
            thread.beforeReplacement = { self.write(row, inputs, .unchanged, thread) }
        }
        let outcome = body(&reader)
        thread.beforeReplacement = nil
        let outputs = values(row, arguments, thread, .exit(outcome))
        // After the call an input is no longer looked at.
        let merged = zip(inputs, outputs).map { $1 == .absent ? $0 : $1 }
        write(row, merged, outcome, thread)
        return outcome
    }

    /// Calls that never return: `exit`, `thr_exit`, `abort2`.
    private static let endings: Set<Int> = [1, 431, 463]
    /// Calls that return only when they fail: `execve`, `fexecve`.
    private static let replacements: Set<Int> = [59, 492]

    private func values(_ row: SystemCallRow, _ arguments: ArgumentReader, _ thread: GuestThread, _ phase: TracePhase)
        -> [TraceValue]
    {
        var reader = arguments
        var result: [TraceValue] = []
        do throws(Errno) {
            for parameter in row.parameters { result += try parameter.trace(&reader, thread, phase) }
        } catch {
            // An argument on a stack that is not there.
            result += Array(repeating: .absent, count: max(0, row.slots.count - result.count))
        }
        return result
    }

    /// A call without a row.
    func unknownCall(_ arguments: ArgumentReader, _ thread: GuestThread) {
        let row = SystemCallRow(
            number: Int(arguments.number), name: "syscall_\(arguments.number)", support: .refused, note: "", slots: [],
            restart: .neverWaits, parameters: [], formatResult: SystemCallResult.nothing.format
        ) { _, _ throws(Errno) in throw .ENOSYS }
        guard selects(row.name) else { return }
        write(row, [], .failure(.ENOSYS), thread)
    }

    private func write(
        _ row: SystemCallRow, _ values: [TraceValue], _ outcome: SystemCallOutcome, _ thread: GuestThread
    ) {
        let line = options.isJSON ? json(row, values, outcome, thread) : text(row, values, outcome, thread)
        KernelLog.write(line, to: descriptor)
    }

    /// Whose line it is: the process, and when it has several threads, which of them.
    func subject(_ thread: GuestThread) -> String {
        let process = HostProcess.currentPID
        guard thread.process.lock.hold({ thread.process.threads.count > 1 }) else {
            return options.isJSON ? "\"pid\":\(process)" : "\(process)"
        }
        return options.isJSON ? "\"pid\":\(process),\"thread\":\(thread.id)" : "\(process)/\(thread.id)"
    }

    private func text(
        _ row: SystemCallRow, _ values: [TraceValue], _ outcome: SystemCallOutcome, _ thread: GuestThread
    ) -> [UInt8] {
        var writer = TraceTextWriter()
        writer.append("\(subject(thread)) \(row.name)(")
        for (index, value) in values.enumerated() {
            if index > 0 { writer.append(", ") }
            writer.append(value)
        }
        writer.append(")")
        switch outcome {
        case .failure(let errno):
            writer.append(" = -1 \(ErrnoTable.name(errno)) (\(ErrnoTable.text(errno)))")
        case .restart: writer.append(" = ? ERESTART")
        case .unchanged: writer.append(" = ?")
        case .values:
            writer.append(" = ")
            writer.append(row.formatResult(outcome) ?? .integer(0))
        }
        writer.append("\n")
        return writer.bytes
    }

    private func json(
        _ row: SystemCallRow, _ values: [TraceValue], _ outcome: SystemCallOutcome, _ thread: GuestThread
    ) -> [UInt8] {
        var writer = TraceJSONWriter()
        writer.append("{\(subject(thread)),\"call\":\"\(row.name)\",\"arguments\":{")
        for (index, value) in values.enumerated() where index < row.slots.count {
            writer.append("\(index > 0 ? "," : "")\"\(row.slots[index].name)\":")
            writer.append(value)
        }
        writer.append("}")
        switch outcome {
        case .failure(let errno): writer.append(",\"error\":\"\(ErrnoTable.name(errno))\"")
        case .restart: writer.append(",\"error\":\"ERESTART\"")
        case .unchanged: break
        case .values:
            writer.append(",\"result\":")
            writer.append(row.formatResult(outcome) ?? .integer(0))
        }
        writer.append("}\n")
        return writer.bytes
    }
}
