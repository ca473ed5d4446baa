import CHost

/// What `cpuLoop` calls: the steps of a thread's life.
extension GuestThread {
    /// Carries out the system call that the thread stopped at, then delivers the signals it caused.
    public func systemCall() {
        guard let dispatcher else { return endProcess(.signalled(Signal.systemCall.rawValue)) }
        architecture.setSystemCallResult(cpu, dispatcher.use { $0.systemCall(self) })
        if needsAttention { deliverSignals() }
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
