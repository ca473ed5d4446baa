import CHost

/// What `cpuLoop` calls: the steps of a thread's life.
extension GuestThread {
    /// Whether the process has ended and the loop must return.
    public var hasEnded: Bool { process.ending != nil }

    /// Runs guest code until something happens that the core must see to.
    public func run() -> ExitReason { runner.run(cpu) }

    /// Carries out the system call that the thread stopped at, then delivers the signals it caused.
    public func systemCall() {
        architecture.setSystemCallResult(cpu, systemCalls.systemCall(self))
        if signals.needsAttention { deliverSignals() }
    }

    /// Forgets translations after an exit with `ExitReason.flushCode`.
    public func flushCode() {
        runner.invalidateCode(cpu.exitArgument, byteCount: cpu.header(.exitLength))
    }

    /// Sees to a failed access: raises the signal that the architecture says.
    public func memoryFault() {
        raise(architecture.signal(for: .memoryFault, cpu))
    }
}
