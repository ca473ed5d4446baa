import Glibc

/// What the user is told when a signal kills the guest.
extension GuestThread {
    /// One line for signals that speak of a bug in the program; SIGQUIT comes from the user, who knows.
    func reportDeath(_ signal: Int32, at address: GuestAddress?) {
        systemCalls?.trace?.killed(by: signal)
        guard !process.configuration.isQuiet, SignalNumber.defaultAction(signal) == .core,
            signal != Signal.quit.rawValue, let descriptor = deathDescriptor
        else { return }
        var line = "bsduser: uncaught target signal \(signal) (\(SignalNumber.name(signal)))"
        if let address {
            line += ", pc 0x\(String(cpu.pc, radix: 16)), address 0x\(String(address, radix: 16))"
        }
        KernelLog.write(Array("\(line)\n".utf8), to: descriptor)
    }

    /// Where the line goes; nowhere when it would break a trace of JSON objects, which has said it already.
    private var deathDescriptor: Int32? {
        let configuration = process.configuration
        guard configuration.trace?.isJSON == true else { return configuration.logDescriptor }
        return configuration.hasLogFile ? STDERR_FILENO : nil
    }
}
