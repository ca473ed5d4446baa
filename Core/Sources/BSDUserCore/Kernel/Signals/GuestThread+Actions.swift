/// What the signal calls do, apart from reading and writing their structures (kern_sig.c).
extension GuestThread {
    /// `sigaction`; the result is the action before.
    func changeAction(_ signal: Int32, to action: SignalAction?) throws(Errno) -> SignalAction {
        guard SignalNumber.isValid(signal) else { throw .EINVAL }
        if let action, !action.isDefault {
            guard action.flags.isSubset(of: .known), !SignalSet.unblockable.contains(signal) else { throw .EINVAL }
        }
        return process.lock.hold {
            let before = process.signals[signal]
            guard var accepted = action else { return before }
            accepted.mask = accepted.mask.subtracting(.unblockable)
            process.setAction(signal, accepted)
            if process.signals.ignored.contains(signal) {
                var dropped = SignalSet.none
                dropped.insert(signal)
                process.discard(dropped)
            }
            return before
        }
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
        return process.lock.hold { waiting }
    }

    /// `sigaltstack` with a new stack.
    func changeStack(base: GuestAddress, byteCount: UInt64, flags: Int32) throws(Errno) {
        if signals.stack.contains(architecture.stackPointer(cpu)) { throw .EPERM }
        guard flags & ~SignalStack.disableFlag == 0 else { throw .EINVAL }
        if flags & SignalStack.disableFlag != 0 {
            signals.stack = SignalStack(base: base, byteCount: byteCount, isDisabled: true)
            return
        }
        let minimum = process.signalFrame.minimumStackBytes
        guard byteCount >= minimum else { throw .ENOMEM }
        signals.stack = SignalStack(base: base, byteCount: byteCount, isDisabled: false)
    }

    /// `sigsuspend`: always ends with EINTR.
    func suspend(_ mask: SignalSet) throws(Errno) {
        setTemporaryMask(mask)
        // Only signals end it: `kern_sigsuspend` goes back to sleep after any other wake.
        skipsNextSleep = false
        while true {
            _ = try blocking(mayRestart: false) { HostSignal.sleep(untilNanoseconds: nil) }
        }
    }

    /// `sigwait` and its relatives: takes one of the signals of a set, which are blocked as a rule.
    ///
    /// Another signal that comes first ends the wait (`kern_sigtimedwait`).
    func wait(for set: SignalSet, timeout: TimeSpecification?) throws(Errno) -> SignalInfo {
        let set = set.subtracting(.unblockable)
        let mask = signals.mask
        process.lock.hold {
            // What is waited for must come here, whatever the action.
            process.prepareHost(forBlocked: set)
            signals.mask = mask.subtracting(set)
        }
        defer { process.lock.hold { signals.mask = mask } }
        // A time before now is over at once.
        let deadline = timeout.map { HostSignal.monotonicNanoseconds.saturatingSum(max(0, $0.totalNanoseconds)) }
        collectHostSignals()
        while true {
            if let signal = nextDeliverable(), set.contains(signal), let info = take(signal) { return info }
            // What is pending is taken whatever the time (sigtimedwait of POSIX).
            if let timeout, !timeout.isValid { throw .EINVAL }
            if let error = interruption() { throw timeout == nil ? error : .EINTR }
            if takeOwnWake() { throw .EINTR }
            if HostSignal.sleep(untilNanoseconds: deadline) == 0 { throw .EAGAIN }
            collectHostSignals()
        }
    }

    // MARK: Sending

    /// `kill`. Who is in a jail reaches the processes there only.
    func send(_ signal: Int32, to pid: Int32) throws(Errno) {
        guard signal == 0 || SignalNumber.isValid(signal) else { throw .EINVAL }
        // Whose descriptor is closed leaves no zombie to find.
        if !process.processDescriptors.isEmpty { process.processDescriptors.reapReleased() }
        guard let jail = process.jail else { return try sendAnywhere(signal, to: pid) }
        // `killpg1`: an error counts only when nobody was reached, and a refusal more than a process that has ended.
        var failure: Errno?
        var isReached = false
        for target in try process.targets(pid, in: jail) {
            do throws(Errno) {
                try sendAnywhere(signal, to: target)
                isReached = true
            } catch {
                if failure != .EPERM { failure = error }
            }
        }
        if !isReached, let failure { throw failure }
    }

    private func sendAnywhere(_ signal: Int32, to pid: Int32) throws(Errno) {
        if pid == HostProcess.currentPID && signal != 0 { return raiseOwn(signal) }
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
        guard process.maySee(pid) else { throw .ESRCH }
        guard SignalNumber.isShared(signal) else {
            return try sendCarried(signal, to: pid, code: HostSignal.carriedByQueue, value: value)
        }
        let error = HostSignal.queue(pid, SignalNumber.host(signal), code: SignalCode.queue.host, value: value)
        guard error == 0 else { throw Errno(host: error) }
    }

    /// `thr_kill`: to a thread of this process; -1 means all others.
    func send(_ signal: Int32, toThread id: Int64) throws(Errno) {
        let isValid = signal == 0 || SignalNumber.isValid(signal)
        let isForAll = id == -1
        if isForAll && !isValid { throw .EINVAL }
        let targets = process.lock.hold { process.threads.filter { isForAll ? $0 !== self : $0.id == id } }
        guard !targets.isEmpty else { throw .ESRCH }
        guard isValid else { throw .EINVAL }
        if signal == 0 || actOnProcess(signal) { return }
        let info = ownInformation(signal, code: .thread)
        process.lock.hold {
            // One that has ended meanwhile takes nothing any more.
            for target in targets where process.threads.contains(where: { $0 === target }) {
                _ = process.post(info, to: target, by: self)
            }
        }
    }

    /// `thr_kill2`: to a thread of any process.
    func send(_ signal: Int32, toThread id: Int64, of pid: Int32) throws(Errno) {
        if pid == HostProcess.currentPID { return try send(signal, toThread: id) }
        if id == -1 { return try send(signal, to: pid) }
        guard pid > 0, process.maySee(pid), let number = GuestThread.hostNumber(ofThread: id),
            HostProcess.hasThread(pid, number)
        else {
            throw .ESRCH
        }
        guard signal != 0 else { return }
        guard SignalNumber.isValid(signal) else { throw .EINVAL }
        if SignalSet.unblockable.contains(signal) { return try send(signal, to: pid) }
        guard HostProcess.isEmulated(pid) else { throw .EPERM }
        let error = HostSignal.queue(
            pid, thread: number, SignalNumber.hostCarrier, code: HostSignal.carriedToThread,
            error: signal)
        guard error == 0 else { throw Errno(host: error) }
    }

    private func raiseOwn(_ signal: Int32) {
        if actOnProcess(signal) { return }
        post(ownInformation(signal, code: .user))
    }

    /// Carries out what no program can catch. False for all other signals.
    private func actOnProcess(_ signal: Int32) -> Bool {
        switch signal {
        case Signal.kill.rawValue:
            systemCalls?.trace?.killed(by: signal)
            HostSignal.die(SignalNumber.host(signal))
        case Signal.stop.rawValue: HostSignal.stop(SignalNumber.host(signal))
        default: return false
        }
        return true
    }

    /// Adds a signal to those that wait for the process. False when the queue is full.
    @discardableResult
    private func post(_ info: SignalInfo) -> Bool { process.lock.hold { process.post(info, to: nil, by: self) } }

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
