/// What the signal calls do, apart from reading and writing their structures (kern_sig.c).
extension GuestThread {
    /// `sigaction`; the result is the action before.
    func changeAction(_ signal: Int32, to action: SignalAction?) throws(Errno) -> SignalAction {
        guard SignalNumber.isValid(signal) else { throw .EINVAL }
        let before = process.signals[signal]
        guard let action else { return before }
        guard action.isDefault || !SignalSet.unblockable.contains(signal) else { throw .EINVAL }
        var accepted = action
        accepted.mask = action.mask.subtracting(.unblockable)
        process.setAction(signal, accepted)
        if process.signals.ignored.contains(signal) {
            var dropped = SignalSet.none
            dropped.insert(signal)
            signals.queue.discard(dropped)
            process.signals.queue.discard(dropped)
        }
        return before
    }

    /// How `sigprocmask` changes the mask: SIG_BLOCK 1, SIG_UNBLOCK 2, SIG_SETMASK 3.
    func changeMask(how: Int32, _ set: SignalSet) throws(Errno) {
        switch how {
        case 1: setMask(signals.mask.union(set))
        case 2: setMask(signals.mask.subtracting(set))
        case 3: setMask(set)
        default: throw .EINVAL
        }
    }

    /// `sigpending`: all signals that wait, blocked or not.
    func pendingSignals() -> SignalSet {
        collectHostSignals()
        return waiting
    }

    /// `sigaltstack` with a new stack.
    func changeStack(base: GuestAddress, byteCount: UInt64, flags: Int32) throws(Errno) {
        if signals.stack.contains(architecture.stackPointer(cpu)) { throw .EPERM }
        guard flags & ~SignalStack.disableFlag == 0 else { throw .EINVAL }
        if flags & SignalStack.disableFlag != 0 {
            signals.stack = SignalStack(base: base, byteCount: byteCount, isDisabled: true)
            return
        }
        let minimum = architecture.description.signalFrame.minimumStackBytes
        guard byteCount >= minimum else { throw .ENOMEM }
        signals.stack = SignalStack(base: base, byteCount: byteCount, isDisabled: false)
    }

    /// `sigsuspend`: always ends with EINTR.
    func suspend(_ mask: SignalSet) throws(Errno) {
        setTemporaryMask(mask)
        while true {
            _ = try blocking(mayRestart: false) { HostSignal.sleep(untilNanoseconds: nil) }
        }
    }

    /// `sigwait` and its relatives: takes one of the signals of a set, which are blocked as a rule.
    ///
    /// Another signal that comes first ends the wait (`kern_sigtimedwait`).
    func wait(for set: SignalSet, timeoutNanoseconds: Int64?) throws(Errno) -> SignalInfo {
        let set = set.subtracting(.unblockable)
        let mask = signals.mask
        signals.mask = mask.subtracting(set)
        // What is waited for must come here, whatever the action.
        process.prepareHost(forBlocked: set)
        defer { signals.mask = mask }
        let deadline = timeoutNanoseconds.map { HostSignal.monotonicNanoseconds.addingReportingOverflow($0) }
        let deadlineNanoseconds = deadline.map { $0.overflow ? Int64.max : $0.partialValue }
        collectHostSignals()
        while true {
            if let signal = nextDeliverable(), set.contains(signal), let info = take(signal) { return info }
            if let error = interruption() { throw timeoutNanoseconds == nil ? error : .EINTR }
            if HostSignal.sleep(untilNanoseconds: deadlineNanoseconds) == 0 { throw .EAGAIN }
            collectHostSignals()
        }
    }

    // MARK: Sending

    /// `kill`.
    func send(_ signal: Int32, to pid: Int32) throws(Errno) {
        guard signal == 0 || SignalNumber.isValid(signal) else { throw .EINVAL }
        if pid == HostProcess.currentPID && signal != 0 { return raiseOwn(signal, code: .user, toThread: false) }
        if signal == 0 || SignalNumber.isShared(signal) {
            let result = HostProcess.send(signal == 0 ? 0 : SignalNumber.host(signal), to: pid)
            guard result >= 0 else { throw Errno(host: Int32(-result)) }
            return
        }
        try sendCarried(signal, to: pid, code: HostSignal.carriedByKill, value: 0)
    }

    /// `sigqueue`.
    func queue(_ signal: Int32, to pid: Int32, value: UInt64) throws(Errno) {
        guard pid > 0, signal == 0 || SignalNumber.isValid(signal) else { throw .EINVAL }
        if signal == 0 { return try send(0, to: pid) }
        if pid == HostProcess.currentPID {
            var info = ownInformation(signal, code: .queue)
            info.value = value
            info.isQueued = true
            guard post(info) else { throw .EAGAIN }
            return
        }
        guard SignalNumber.isShared(signal) else {
            return try sendCarried(signal, to: pid, code: HostSignal.carriedByQueue, value: value)
        }
        let error = HostSignal.queue(pid, SignalNumber.host(signal), code: SignalCode.queue.host, value: value)
        guard error == 0 else { throw Errno(host: error) }
    }

    /// `thr_kill`: to a thread of this process.
    func send(_ signal: Int32, toThread thread: Int64) throws(Errno) {
        guard signal == 0 || SignalNumber.isValid(signal) else { throw .EINVAL }
        // -1 means every thread but the caller's, of which there is none.
        guard thread == id else { throw .ESRCH }
        if signal != 0 { raiseOwn(signal, code: .thread, toThread: true) }
    }

    private func raiseOwn(_ signal: Int32, code: SignalCode, toThread: Bool) {
        switch signal {
        case Signal.kill.rawValue: HostSignal.die(SignalNumber.host(signal))
        case Signal.stop.rawValue: HostSignal.stop(SignalNumber.host(signal))
        default: post(ownInformation(signal, code: code), toThread: toThread)
        }
    }

    private func ownInformation(_ signal: Int32, code: SignalCode) -> SignalInfo {
        SignalInfo(
            signal: signal, code: code.rawValue, pid: HostProcess.currentPID, uid: HostProcess.realUser)
    }

    /// Sends a signal that the host has no number for; only another emulated process understands it.
    private func sendCarried(_ signal: Int32, to pid: Int32, code: Int32, value: UInt64) throws(Errno) {
        guard pid > 0 else { throw .EINVAL }
        guard HostProcess.send(0, to: pid) >= 0 else { throw .ESRCH }
        guard HostProcess.isEmulated(pid) else { throw .EPERM }
        let error = HostSignal.queue(pid, SignalNumber.hostCarrier, code: code, error: signal, value: value)
        guard error == 0 else { throw Errno(host: error) }
    }
}
