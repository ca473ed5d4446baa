/// The process's signal actions on the host: what the host must catch, ignore, or leave alone.
///
/// A host signal is caught only while the guest catches or blocks it, so that a program that does nothing with signals
/// costs nothing, and dies exactly as a native one; or while its death is to leave something behind. Where the process has
/// threads already its lock is held.
extension GuestProcess {
    /// Takes over what the host process was started with: ignored and blocked signals.
    ///
    /// The result is the first thread's mask. From here on nothing is blocked on the host.
    func inheritHostSignals() -> SignalSet {
        for host in SignalNumber.hostGuests where host != 9 && host != 19 {
            switch HostSignal.inherited(host) {
            case .byDefault: continue
            case .ignored: signals[SignalNumber.guest(host)] = SignalAction(handler: SignalAction.ignoreHandler)
            // Handlers do not outlive an exec: this one is of Swift's runtime, which reports crashes of its own program.
            case .caught: HostSignal.dispose(host, .byDefault)
            }
        }
        HostSignal.catchForeignFaults()
        catchOwnSignals()
        // Both would kill a Linux process by default; FreeBSD's SIGIO and SIGINFO do nothing.
        for signal in [Signal.inputOutput, .information] where signals[signal.rawValue].isDefault {
            HostSignal.dispose(SignalNumber.host(signal.rawValue), .ignored)
        }
        let mask = guestMask(HostSignal.blockAll()).subtracting(.unblockable)
        prepareHost(forBlocked: mask.union(awaited))
        HostSignal.setMask(0)
        return mask
    }

    /// Signals that must come here though the guest leaves them alone. A trace shows what kills. What was translated, and
    /// what a log sums up, is written at the end, also when somebody else decides on it; signals that speak of a bug in the
    /// program end it at once, for the sake of what a core file shows.
    private var awaited: SignalSet {
        if configuration.trace != nil { return .all }
        return configuration.translationCache == nil && configuration.executionLog.isEmpty ? .none : Self.requests
    }

    /// Named signals by which others end a process. The real-time ones are used between those who know them.
    private static let requests: SignalSet = {
        var set = SignalSet.none
        for row in SignalRow.rows where row.action == .terminate { set.insert(row.signal.rawValue) }
        return set
    }()

    private func guestMask(_ hostMask: UInt64) -> SignalSet {
        var set = SignalSet.none
        for host in SignalNumber.hostGuests where hostMask & 1 << UInt64(host - 1) != 0 {
            set.insert(SignalNumber.guest(host))
        }
        return set
    }

    /// What threads and emulated processes tell each other by.
    private func catchOwnSignals() {
        for host in [SignalNumber.hostKick, SignalNumber.hostCarrier] { HostSignal.dispose(host, .caught) }
    }

    /// The host's mask for a guest's, to pass on at exec. Signals without a number on the host are left out.
    func hostMask(_ mask: SignalSet) -> UInt64 {
        var bits: UInt64 = 0
        mask.forEach { signal in
            guard SignalNumber.isShared(signal) else { return }
            bits |= 1 << UInt64(SignalNumber.host(signal) - 1)
        }
        return bits
    }

    /// Sets a signal's action here and on the host.
    func setAction(_ signal: Int32, _ action: SignalAction) {
        signals[signal] = action
        guard SignalNumber.isShared(signal), signal != Signal.kill.rawValue, signal != Signal.stop.rawValue else {
            return
        }
        updateHost(signal)
    }

    /// Makes the host catch what the guest blocks: it must wait here, not act.
    func prepareHost(forBlocked mask: SignalSet) {
        let missing = mask.subtracting(signals.caughtOnHost).subtracting(signals.ignored)
        guard !missing.isEmpty else { return }
        missing.forEach { signal in
            signals.caughtOnHost.insert(signal)
            guard SignalNumber.isShared(signal), !SignalSet.unblockable.contains(signal) else { return }
            updateHost(signal)
        }
    }

    /// Makes the host catch a signal, so that `EVFILT_SIGNAL` can count it. Takes the lock itself.
    func countArrivals(of number: UInt64) {
        lock.hold { watch(Int32(clamping: number)) }
    }

    private func watch(_ signal: Int32) {
        guard SignalNumber.isValid(signal), !events.watchedSignals.contains(signal) else { return }
        events.watch(signal)
        guard SignalNumber.isShared(signal), !SignalSet.unblockable.contains(signal) else { return }
        updateHost(signal)
    }

    private func updateHost(_ signal: Int32) {
        let host = SignalNumber.host(signal)
        if HostSignal.isFault(host) {
            signals.caughtOnHost.insert(signal)
            return
        }
        let action = signals[signal]
        var flags: Int32 = 0
        if signal == Signal.child.rawValue {
            if action.flags.contains(.noChildStop) { flags |= HostSignal.noChildStopFlag }
            if action.flags.contains(.noChildWait) { flags |= HostSignal.noChildWaitFlag }
        }
        if events.watchedSignals.contains(signal) {
            // It is counted, whatever becomes of it. Who ignores SIGCHLD has no children to wait for.
            if action.isIgnored && signal == Signal.child.rawValue { flags |= HostSignal.noChildWaitFlag }
            if !signals.ignored.contains(signal) { signals.caughtOnHost.insert(signal) }
            HostSignal.dispose(host, .caught, flags: flags)
        } else if action.isIgnored || signals.ignored.contains(signal) && ignoresOnHost(signal) {
            signals.caughtOnHost.remove(signal)
            HostSignal.dispose(host, .ignored, flags: flags)
        } else if action.isCaught || awaited.contains(signal) || signals.caughtOnHost.contains(signal) {
            signals.caughtOnHost.insert(signal)
            HostSignal.dispose(host, .caught, flags: flags)
        } else {
            HostSignal.dispose(host, .byDefault, flags: flags)
        }
    }

    /// Gives the host's treatment of every signal back, for a program that takes this one's place: what the guest ignores
    /// stays ignored, all else has its default action.
    func releaseHost() {
        for host in [SignalNumber.hostKick, SignalNumber.hostCarrier] { HostSignal.dispose(host, .byDefault) }
        for host in SignalNumber.hostGuests where host != 9 && host != 19 {
            let signal = SignalNumber.guest(host)
            if HostSignal.isFault(host) {
                HostSignal.releaseFault(host, isIgnored: signals[signal].isIgnored)
            } else if signals[signal].isIgnored, events.watchedSignals.contains(signal) {
                HostSignal.dispose(host, .ignored)
            } else if !signals[signal].isIgnored,
                signals.caughtOnHost.contains(signal) || ignoresOnHost(signal)
            {
                HostSignal.dispose(host, .byDefault)
            }
        }
    }

    /// Undoes `releaseHost`.
    func reclaimHost() {
        HostSignal.reclaimFaults()
        catchOwnSignals()
        for host in SignalNumber.hostGuests where host != 9 && host != 19 {
            let signal = SignalNumber.guest(host)
            if signals.caughtOnHost.contains(signal) || ignoresOnHost(signal)
                || events.watchedSignals.contains(signal)
            {
                updateHost(signal)
            }
        }
    }

    /// Whether the host must be told to ignore what the guest ignores by default.
    private func ignoresOnHost(_ signal: Int32) -> Bool {
        signal == Signal.inputOutput.rawValue || signal == Signal.information.rawValue
    }

    /// A signal, and the one thread that it is for, if any.
    typealias Arrival = (info: SignalInfo, target: GuestThread?)

    /// A host signal in the guest's terms; nil for one that means nothing to the guest.
    func arrival(of record: HostSignal.Record, by current: GuestThread) -> Arrival? {
        if record.signal == SignalNumber.hostCarrier { return carriedArrival(of: record, by: current) }
        let signal = SignalNumber.guest(record.signal)
        // The end of a process that has a descriptor is told by that alone (pdfork(2)).
        if signal == Signal.child.rawValue && record.code > 0 && processDescriptors.silences(record.pid) {
            processDescriptors.reapReleased()
            return nil
        }
        var info = SignalInfo(signal: signal, code: SignalCode.guest(record.code), pid: record.pid, uid: record.uid)
        info.value = record.value
        info.isQueued = info.code == SignalCode.queue.rawValue
        if signal == Signal.child.rawValue && record.code > 0 {
            // CLD_EXITED carries the exit status, the others a signal.
            info.status = record.code == 1 ? record.status : SignalNumber.guest(record.status)
        }
        if signal == Signal.inputOutput.rawValue { info.reason = Int32(truncatingIfNeeded: record.band) }
        return (info, nil)
    }

    private func carriedArrival(of record: HostSignal.Record, by current: GuestThread) -> Arrival? {
        if record.code == SignalCode.timer.host { return expiration(record) }
        if receiveFromProcess(record) { return nil }
        guard SignalNumber.isValid(record.error) else { return nil }
        var info = SignalInfo(signal: record.error, pid: record.pid, uid: record.uid)
        info.value = record.value
        switch record.code {
        case HostSignal.carriedByKill: info.code = SignalCode.user.rawValue
        case HostSignal.carriedByQueue:
            info.code = SignalCode.queue.rawValue
            info.isQueued = true
        case HostSignal.carriedToThread:
            info.code = SignalCode.thread.rawValue
            return (info, current)
        default: return nil
        }
        return (info, nil)
    }

    /// A timer's signal. One for a thread that has ended is lost (`itimer_fire`).
    private func expiration(_ record: HostSignal.Record) -> Arrival? {
        guard let (info, id) = timers.expired(record) else { return nil }
        guard let id else {
            return signals.queue.countOverrun(info.reason, info.overrun) ? nil : (info, nil)
        }
        guard let thread = thread(id), !thread.signals.queue.countOverrun(info.reason, info.overrun) else { return nil }
        return (info, thread)
    }
}
