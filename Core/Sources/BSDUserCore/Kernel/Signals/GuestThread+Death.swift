import Glibc

/// What the user is told when a signal kills the guest.
extension GuestThread {
    /// One line for signals that speak of a bug in the program; SIGQUIT comes from the user, who knows.
    func reportDeath(_ signal: Int32, at address: GuestAddress?) {
        guard !process.configuration.isQuiet, SignalNumber.defaultAction(signal) == .core,
            signal != Signal.quit.rawValue
        else { return }
        var line = "bsduser: uncaught target signal \(signal) (\(SignalNumber.name(signal)))"
        if let address {
            line += ", pc 0x\(String(cpu.pc, radix: 16)), address 0x\(String(address, radix: 16))"
        }
        line += "\n"
        line.withUTF8 { _ = Glibc.write(process.configuration.logDescriptor, $0.baseAddress, $0.count) }
    }
}
