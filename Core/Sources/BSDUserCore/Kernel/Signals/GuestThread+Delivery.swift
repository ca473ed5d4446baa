/// Delivery: from pending signals to default actions and handlers. Follows `issignal`, `postsig` and `trapsignal` of
/// FreeBSD's kern_sig.c.
extension GuestThread {
    /// Delivers what may be delivered; called at safepoints.
    public func deliverSignals() {
        collectHostSignals()
        repeat {
            needsAttention = false
            while !hasEnded, let signal = nextDeliverable() {
                deliver(signal)
            }
            restoreMask()
        } while needsAttention && !hasEnded
    }

    /// Raises a synchronous signal: the thread cannot go on without it.
    public func raise(_ fault: FaultSignal) {
        let signal = fault.signal
        let action = action(of: signal)
        var info = SignalInfo(signal: signal, code: fault.code, address: fault.address)
        info.reason = fault.trapNumber
        if action.isCaught && !signals.mask.contains(signal) {
            enterHandler(action, info)
            return
        }
        // kern.forcesigexit: blocked or ignored, it would be raised again for ever.
        reportDeath(signal, at: fault.address)
        endProcess(.signalled(signal))
    }

    /// The process's action for a signal now.
    func action(of signal: Int32) -> SignalAction { process.lock.hold { process.signals[signal] } }

    /// Moves what the host's handler noted in this thread to the signals that wait.
    func collectHostSignals() {
        while let record = HostSignal.next() {
            process.lock.hold { process.receive(record, by: self) }
            // At once: who sends fast enough would keep this loop going, and the backlog growing.
            holdBackOnHost()
        }
        holdBackOnHost()
    }

    private func holdBackOnHost() {
        guard heldOnHost != process.heldOnHost else { return }
        heldOnHost = process.heldOnHost
        HostSignal.hold(heldOnHost)
    }

    /// What a look at the signals that wait comes to.
    private enum Finding {
        case nothing
        case standStill
        case stop(Int32)
        case deliver(Int32)
    }

    /// The signal to deliver next; no other thread takes it. Those that are ignored are dropped on the way, stop signals
    /// stop the process, and the thread stands still while another one wants that.
    func nextDeliverable() -> Int32? {
        while true {
            switch process.lock.hold({ look() }) {
            case .nothing: return nil
            case .standStill: standStill()
            case .stop(let signal):
                HostSignal.stop(SignalNumber.host(signal))
                collectHostSignals()
            case .deliver(let signal): return signal
            }
        }
    }

    private func look() -> Finding {
        if let stopper = process.stopper, stopper !== self { return .standStill }
        while let signal = waiting.subtracting(signals.mask).first {
            let action = process.signals[signal]
            switch action.isCaught ? .terminate : action.isIgnored ? .ignore : SignalNumber.defaultAction(signal) {
            case .ignore:
                _ = remove(signal)
            case .stop, .stopFromTerminal:
                _ = remove(signal)
                return .stop(signal)
            case .terminate, .core:
                claim(signal)
                return .deliver(signal)
            }
        }
        return .nothing
    }

    /// Makes a signal that waits for the process this thread's own. The lock is held.
    private func claim(_ signal: Int32) {
        guard !signals.queue.pending.contains(signal), let info = process.signals.queue.take(signal) else { return }
        signals.queue.move(info)
    }

    /// Signals that wait for this thread or for the process. The lock is held.
    var waiting: SignalSet { signals.queue.pending.union(process.signals.queue.pending) }

    /// Takes a signal that waits, the thread's own first.
    func take(_ signal: Int32) -> SignalInfo? { process.lock.hold { remove(signal) } }

    private func remove(_ signal: Int32) -> SignalInfo? {
        let info = signals.queue.take(signal) ?? process.signals.queue.take(signal)
        if !process.signals.deferred.isEmpty { process.requeueDeferred(by: self) }
        if let info { process.timers.accepted(info) }
        return info
    }

    private func deliver(_ signal: Int32) {
        guard let info = take(signal) else { return }
        let action = action(of: signal)
        guard action.isCaught else {
            // Another thread may have changed the action since the signal was chosen.
            if action.isIgnored { return }
            reportDeath(signal, at: nil)
            endProcess(.signalled(signal))
            return
        }
        enterHandler(action, info)
    }

    private func enterHandler(_ action: SignalAction, _ info: SignalInfo) {
        systemCalls?.trace?.delivered(info, to: self)
        handledSignalCount += 1
        process.lock.hold { process.handledSignalCount += 1 }
        let returnMask = signals.maskToRestore ?? signals.mask
        signals.maskToRestore = nil
        do throws(Errno) {
            try pushFrame(action, info, returnMask: returnMask)
        } catch {
            // The frame does not fit: "process has trashed its stack" (`sendsig`).
            reportDeath(Signal.illegalInstruction.rawValue, at: nil)
            endProcess(.signalled(Signal.illegalInstruction.rawValue))
            return
        }
        var mask = signals.mask.union(action.mask)
        if !action.flags.contains(.noDefer) { mask.insert(info.signal) }
        setMask(mask)
        if action.flags.contains(.resetHandler) {
            process.lock.hold { process.setAction(info.signal, SignalAction()) }
        }
    }

    private func restoreMask() {
        guard let mask = signals.maskToRestore else { return }
        signals.maskToRestore = nil
        setMask(mask)
    }
}

/// Masks and interruption, for system calls.
extension GuestThread {
    /// Replaces the mask.
    func setMask(_ mask: SignalSet) {
        let before = signals.mask
        let mask = mask.subtracting(.unblockable)
        guard mask != before else { return }
        process.lock.hold {
            signals.mask = mask
            process.prepareHost(forBlocked: mask)
            process.reschedule(mask.subtracting(before), from: self)
        }
        if !before.subtracting(mask).isEmpty { needsAttention = true }
    }

    /// Replaces the mask for the rest of this system call, as `sigsuspend`, `pselect` and `ppoll` do: handlers that run
    /// at its end return to the present mask.
    func setTemporaryMask(_ mask: SignalSet) {
        signals.maskToRestore = signals.mask
        setMask(mask)
        needsAttention = true
    }

    /// What ends a blocking call now: nil when no signal does, `.EINTR` when the handler was installed without
    /// SA_RESTART, else `.restart`.
    func interruption() -> Errno? {
        collectHostSignals()
        guard let signal = nextDeliverable() else { return nil }
        needsAttention = true
        let action = action(of: signal)
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
            if needsAttention, let error = interruption() { throw mayRestart ? error : .EINTR }
            let result = call()
            guard result == -4 else { return result }
            if let error = interruption() { throw mayRestart ? error : .EINTR }
        }
    }

    /// The same for a `call` that does nothing but sleep: `.EINTR` when the thread has woken itself before
    /// (subr_sleepqueue.c `sleepq_catch_signals`). So libthr ends the wait that a cancellation found about to begin.
    func sleeping(mayRestart: Bool = true, _ call: () -> Int) throws(Errno) -> Int {
        if takeOwnWake() { throw .EINTR }
        return try blocking(mayRestart: mayRestart, call)
    }

    /// Whether the thread has woken itself; the next time it has not.
    func takeOwnWake() -> Bool {
        guard skipsNextSleep else { return false }
        skipsNextSleep = false
        return true
    }
}

extension Errno {
    /// `ERESTART`: never reaches the guest; the call is made again after the handlers.
    static var restart: Errno { Errno(rawValue: -1) }
    /// `EJUSTRETURN`: never reaches the guest; the call has set the registers itself.
    static var justReturn: Errno { Errno(rawValue: -2) }
}
