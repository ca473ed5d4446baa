import CHost

/// What `cpuLoop` calls: the steps of a thread's life.
extension GuestThread {
    /// Whether the process has ended and the loop must return.
    public var hasEnded: Bool { process.ending != nil }

    /// Carries out the system call that the thread stopped at, then delivers the signals it caused.
    public func systemCall() {
        guard let dispatcher else { return process.end(.signalled(Signal.systemCall.rawValue)) }
        architecture.setSystemCallResult(cpu, dispatcher.use { $0.systemCall(self) })
        if signals.needsAttention { deliverSignals() }
    }

    /// Forgets translations after an exit with `ExitReason.flushCode` that names a range.
    public func flushCode() {
        execution?.engine.invalidate(cpu.exitArgument, max(cpu.header(.exitLength), 1))
    }

    /// Sees to a failed access: raises the signal that the architecture says.
    public func memoryFault() {
        raise(architecture.signal(for: .memoryFault, cpu))
    }
}
