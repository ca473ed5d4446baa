extension GuestArchitecture {
    public func mustStep(_ cpu: CPUState) -> Bool { false }
    public func mayAccessEarly(_ word: UInt32) -> Bool { false }

    /// The loop of an architecture without exits of its own: each exit is the core's affair, or a signal.
    public func cpuLoop(_ thread: GuestThread) {
        while !thread.hasEnded {
            switch thread.run() {
            case .systemCall: thread.systemCall()
            case .interrupt: thread.deliverSignals()
            case .flushCode: thread.flushCode()
            case .memoryFault: thread.memoryFault()
            case let reason: thread.raise(signal(for: reason, thread.cpu))
            }
        }
    }
}
