/// Signals among the calls: those that a handler gets, and the one that ends the process.
extension SystemCallTrace {
    /// A handler is about to run.
    func delivered(_ info: SignalInfo, to thread: GuestThread) {
        guard selects(SystemCallTraceOptions.signalWord) else { return }
        let name = SignalNumber.name(info.signal)
        let details = Self.details(info)
        if options.isJSON {
            let members = details.map { ",\"\($0.name)\":\($0.json)" }.joined()
            write("{\(subject(thread)),\"signal\":\"\(name)\"\(members)}\n")
        } else {
            let members = details.map { "\($0.name)=\($0.text)" }.joined(separator: ", ")
            write("\(subject(thread)) --- \(name) {\(members)} ---\n")
        }
    }

    /// A signal is about to end the process.
    func killed(by signal: Int32) {
        guard selects(SystemCallTraceOptions.signalWord) else { return }
        let name = SignalNumber.name(signal)
        write(
            options.isJSON
                ? "{\"pid\":\(HostProcess.currentPID),\"killed\":\"\(name)\"}\n"
                : "\(HostProcess.currentPID) +++ killed by \(name) +++\n")
    }

    private typealias Detail = (name: String, text: String, json: String)

    private static func details(_ info: SignalInfo) -> [Detail] {
        let name = SignalCode.name(info.code, of: info.signal)
        let code = name ?? String(info.code)
        var details: [Detail] = [("si_code", code, name != nil ? "\"\(code)\"" : code)]
        if info.pid != 0 { details.append(("si_pid", "\(info.pid)", "\(info.pid)")) }
        if info.signal == Signal.child.rawValue { details.append(("si_status", "\(info.status)", "\(info.status)")) }
        if SignalCode(rawValue: info.code) == nil && info.pid == 0 {
            let address = "0x" + String(info.address, radix: 16)
            details.append(("si_addr", address, "\"\(address)\""))
        }
        return details
    }

    private func write(_ line: String) { KernelLog.write(Array(line.utf8), to: descriptor) }
}
