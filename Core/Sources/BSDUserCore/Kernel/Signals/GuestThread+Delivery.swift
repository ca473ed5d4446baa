/// Delivery: from pending signals to default actions and handlers. Follows `issignal`, `postsig` and `trapsignal` of
/// FreeBSD's kern_sig.c.
extension GuestThread {
    /// Delivers what may be delivered; called at safepoints.
    public func deliverSignals() {
        collectHostSignals()
        repeat {
            signals.needsAttention = false
            while process.ending == nil, let signal = nextDeliverable() {
                deliver(signal)
            }
            restoreMask()
        } while signals.needsAttention && process.ending == nil
    }

    /// Raises a synchronous signal: the thread cannot go on without it.
    public func raise(_ fault: FaultSignal) {
        let signal = fault.signal
        let action = process.signals[signal]
        var info = SignalInfo(signal: signal, code: fault.code, address: fault.address)
        info.reason = fault.trapNumber
        if action.isCaught && !signals.mask.contains(signal) {
            enterHandler(action, info)
            return
        }
        // kern.forcesigexit: blocked or ignored, it would be raised again for ever.
        reportDeath(signal, at: fault.address)
        process.end(.signalled(signal))
    }

    /// Adds a signal to those that wait, for this thread alone or for the process. False when the queue is full.
    @discardableResult
    func post(_ info: SignalInfo, toThread: Bool = false) -> Bool {
        let signal = info.signal
        process.events.signalArrived(signal)
        if process.signals.ignored.contains(signal) { return true }
        discardOpposites(of: signal)
        let isQueued = toThread ? signals.queue.add(info) : process.signals.queue.add(info)
        if isQueued { signals.needsAttention = true }
        return isQueued
    }

    /// Moves what the host's handler noted to the signals that wait.
    func collectHostSignals() {
        while let record = HostSignal.next() {
            guard let info = process.information(of: record) else { continue }
            if post(info) { continue }
            // The host's kernel took it from its sender, who need not send it again: it waits outside the queue, and
            // further ones wait on the host.
            process.signals.deferred.append(info)
            HostSignal.hold(process.signals.heldOnHost)
        }
    }

    /// Queues what found no room, as far as there is room now.
    private func requeueDeferred() {
        while let info = process.signals.deferred.first, process.signals.queue.hasRoom {
            process.signals.deferred.removeFirst()
            post(info)
        }
        HostSignal.hold(process.signals.heldOnHost)
    }

    /// The signal to deliver next. Those that are ignored are dropped on the way, and stop signals stop the process.
    func nextDeliverable() -> Int32? {
        while let signal = waiting.subtracting(signals.mask).first {
            let action = process.signals[signal]
            if action.isCaught { return signal }
            switch action.isIgnored ? .ignore : SignalNumber.defaultAction(signal) {
            case .ignore:
                _ = take(signal)
            case .stop, .stopFromTerminal:
                _ = take(signal)
                HostSignal.stop(SignalNumber.host(signal))
                collectHostSignals()
            case .terminate, .core:
                return signal
            }
        }
        return nil
    }

    /// Signals that wait for this thread or for the process.
    var waiting: SignalSet { signals.queue.pending.union(process.signals.queue.pending) }

    /// Takes a signal that waits, the thread's own first.
    func take(_ signal: Int32) -> SignalInfo? {
        let info = signals.queue.take(signal) ?? process.signals.queue.take(signal)
        if !process.signals.deferred.isEmpty { requeueDeferred() }
        return info
    }

    private func deliver(_ signal: Int32) {
        guard let info = take(signal) else { return }
        let action = process.signals[signal]
        guard action.isCaught else {
            reportDeath(signal, at: nil)
            process.end(.signalled(signal))
            return
        }
        enterHandler(action, info)
    }

    private func enterHandler(_ action: SignalAction, _ info: SignalInfo) {
        let returnMask = signals.maskToRestore ?? signals.mask
        signals.maskToRestore = nil
        do throws(Errno) {
            try pushFrame(action, info, returnMask: returnMask)
        } catch {
            // The frame does not fit: "process has trashed its stack" (`sendsig`).
            reportDeath(Signal.illegalInstruction.rawValue, at: nil)
            process.end(.signalled(Signal.illegalInstruction.rawValue))
            return
        }
        signals.mask = signals.mask.union(action.mask)
        if !action.flags.contains(.noDefer) { signals.mask.insert(info.signal) }
        signals.mask = signals.mask.subtracting(.unblockable)
        process.prepareHost(forBlocked: signals.mask)
        if action.flags.contains(.resetHandler) {
            process.setAction(info.signal, SignalAction())
        }
    }

    private func restoreMask() {
        guard let mask = signals.maskToRestore else { return }
        signals.maskToRestore = nil
        setMask(mask)
    }

    /// A stop signal makes pending SIGCONT void, and the other way round.
    private func discardOpposites(of signal: Int32) {
        let opposites: SignalSet
        if signal == Signal.continue.rawValue {
            opposites = SignalSet(.stop, .terminalStop, .terminalInput, .terminalOutput)
        } else {
            switch SignalNumber.defaultAction(signal) {
            case .stop, .stopFromTerminal: opposites = SignalSet(.continue)
            default: return
            }
        }
        signals.queue.discard(opposites)
        process.signals.queue.discard(opposites)
    }
}

/// Masks and interruption, for system calls.
extension GuestThread {
    /// Replaces the mask.
    func setMask(_ mask: SignalSet) {
        let mask = mask.subtracting(.unblockable)
        let isNarrower = !signals.mask.subtracting(mask).isEmpty
        signals.mask = mask
        if isNarrower { signals.needsAttention = true }
        process.prepareHost(forBlocked: mask)
    }

    /// Replaces the mask for the rest of this system call, as `sigsuspend`, `pselect` and `ppoll` do: handlers that run
    /// at its end return to the present mask.
    func setTemporaryMask(_ mask: SignalSet) {
        signals.maskToRestore = signals.mask
        setMask(mask)
        signals.needsAttention = true
    }

    /// What ends a blocking call now: nil when no signal does, `.EINTR` when the handler was installed without
    /// SA_RESTART, else `.restart`.
    func interruption() -> Errno? {
        collectHostSignals()
        guard let signal = nextDeliverable() else { return nil }
        signals.needsAttention = true
        let action = process.signals[signal]
        return action.isCaught && !action.flags.contains(.restart) ? .EINTR : .restart
    }

    /// Makes a host system call that may block; no signal slips past it.
    ///
    /// The result is the kernel's: negative for a host errno, never EINTR. When a signal for the guest ends the wait the
    /// guest's errno is thrown: `.restart` or `.EINTR` as SA_RESTART says, always `.EINTR` for calls that
    /// `mayRestart` excludes (`select`, `poll`, `nanosleep`, calls with a timeout). Signals that the guest ignores or
    /// blocks do not end it: the call is made again, so a timeout must be absolute or kept by the kernel (`ppoll`).
    func blockingCall(
        _ number: Int, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0,
        mayRestart: Bool = true
    ) throws(Errno) -> Int {
        try blocking(mayRestart: mayRestart) { HostSignal.blockingCall(number, a, b, c, d, e, f) }
    }

    /// The same for a `call` that takes more than one step to make; it says -4 (EINTR) as `HostSignal.blockingCall` does.
    func blocking(mayRestart: Bool = true, _ call: () -> Int) throws(Errno) -> Int {
        while true {
            // A temporary mask may have let something through that is pending already.
            if signals.needsAttention, let error = interruption() { throw mayRestart ? error : .EINTR }
            let result = call()
            guard result == -4 else { return result }
            if let error = interruption() { throw mayRestart ? error : .EINTR }
        }
    }
}

extension Errno {
    /// `ERESTART`: never reaches the guest; the call is made again after the handlers.
    static var restart: Errno { Errno(rawValue: -1) }
    /// `EJUSTRETURN`: never reaches the guest; the call has set the registers itself.
    static var justReturn: Errno { Errno(rawValue: -2) }
}
