/// Signals on their way to a thread: from the host, from other threads, from timers. The process's lock is held in all of
/// these.
extension GuestProcess {
    /// Adds a signal to those that wait, for `target` alone or for the process, and wakes who is to take it. False when
    /// the queue is full. `current` is the calling thread.
    func post(_ info: SignalInfo, to target: GuestThread?, by current: GuestThread) -> Bool {
        let signal = info.signal
        events.signalArrived(signal)
        if signals.ignored.contains(signal) { return true }
        discardOpposites(of: signal)
        let isQueued = target?.signals.queue.add(info) ?? signals.queue.add(info)
        if isQueued { wake(for: signal, target, by: current) }
        return isQueued
    }

    /// Takes over a signal that the host's handler noted in the calling thread.
    func receive(_ record: HostSignal.Record, by current: GuestThread) {
        guard let arrival = arrival(of: record, by: current) else { return }
        if post(arrival.info, to: arrival.target, by: current) { return }
        // The host's kernel took it from its sender, who need not send it again: it waits outside the queue, and further
        // ones wait on the host.
        signals.deferred.append(arrival.info)
        holdOnHost()
    }

    /// Queues what found no room, as far as there is room now.
    func requeueDeferred(by current: GuestThread) {
        while signals.queue.hasRoom, let info = signals.deferred.takeFirst() {
            _ = post(info, to: nil, by: current)
        }
        holdOnHost()
    }

    private func holdOnHost() {
        let mask = signals.deferred.hostMask
        guard mask != heldOnHost else { return }
        heldOnHost = mask
        for thread in threads { thread.kick() }
    }

    /// Lets a thread look that may take the signal (`sigtd` of kern_sig.c).
    private func wake(for signal: Int32, _ target: GuestThread?, by current: GuestThread) {
        guard let taker = target ?? taker(of: signal, preferring: current) else { return }
        if taker === current {
            current.needsAttention = true
        } else if !taker.signals.mask.contains(signal) {
            taker.kick()
        }
    }

    private func taker(of signal: Int32, preferring current: GuestThread) -> GuestThread? {
        if !current.signals.mask.contains(signal) { return current }
        return threads.first { !$0.signals.mask.contains(signal) }
    }

    /// Signals that wait for the process and that `thread` does not take any more go to others (`reschedule_signals`).
    func reschedule(_ set: SignalSet, from thread: GuestThread) {
        signals.queue.pending.intersection(set).forEach { signal in
            threads.first { $0 !== thread && !$0.signals.mask.contains(signal) }?.kick()
        }
    }

    /// A stop signal makes pending SIGCONT void, and the other way round.
    private func discardOpposites(of signal: Int32) {
        if signal == Signal.continue.rawValue {
            discard(SignalSet(.stop, .terminalStop, .terminalInput, .terminalOutput))
            return
        }
        switch SignalNumber.defaultAction(signal) {
        case .stop, .stopFromTerminal: discard(SignalSet(.continue))
        default: break
        }
    }

    /// Forgets signals that wait, wherever they do.
    func discard(_ set: SignalSet) {
        signals.queue.discard(set)
        for thread in threads { thread.signals.queue.discard(set) }
    }
}
