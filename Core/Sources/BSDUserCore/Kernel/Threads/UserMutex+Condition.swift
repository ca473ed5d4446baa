/// Condition variables (`struct ucond`: waiters at 0, flags at 4, clock at 8) and semaphores of `_umtx_op`.
extension GuestThread {
    private static let sharedFlag: UInt32 = 1

    private func sharing(flagsAt address: GuestAddress) throws(Errno) -> SleepObject.Sharing {
        try number(address) & Self.sharedFlag != 0 ? .shared : .own
    }

    // MARK: Condition variables

    /// UMTX_OP_CV_WAIT. Flags: CVWAIT_CHECK_UNPARKING 1, CVWAIT_ABSTIME 2, CVWAIT_CLOCKID 4.
    func waitForCondition(
        _ condition: GuestAddress, flags: UInt64, mutex: GuestAddress, timeout: GuestAddress
    ) throws(Errno) {
        let time = timeout == 0 ? nil : try memory.load(TimeSpecification.self, at: timeout)
        if let time, !time.isValid || time.seconds < 0 { throw .EINVAL }
        let object = try sleepObject(condition, .condition, try sharing(flagsAt: condition &+ 4))
        var clock: Int32 = 0
        if flags & 4 != 0 {
            clock = try memory.load(at: condition &+ 8)
            // Those that count in hardware: below CLOCK_THREAD_CPUTIME_ID.
            guard (0..<14).contains(clock) else { throw .EINVAL }
        }
        _ = try join(object) { () throws(Errno) in
            if try number(condition) == 0 { try memory.store(UInt32(1), at: condition) }
            return true
        }
        do throws(Errno) {
            try unlockMutex(mutex)
            let deadline = try time.map { (time) throws(Errno) in
                try userDeadline(time, isAbsolute: flags & 2 != 0, clock: clock)
            }
            try sleep(object, while: 1, deadline?.host)
        } catch {
            try leaveCondition(object)
            throw error == .restart ? .EINTR : error
        }
    }

    /// The wait ended without a wake.
    private func leaveCondition(_ object: SleepObject) throws(Errno) {
        guard !object.isShared else { return }
        try busy(object) { () throws(Errno) in
            leave(object)
            if waiterCount(object) == 0 { try memory.store(UInt32(0), at: object.key.address) }
        }
    }

    /// UMTX_OP_CV_SIGNAL and UMTX_OP_CV_BROADCAST. Of waiters that processes share nobody knows how many there are: all are
    /// woken, and those that were not meant wait again.
    func signalCondition(_ condition: GuestAddress, all: Bool) throws(Errno) {
        let object = try sleepObject(condition, .condition, try sharing(flagsAt: condition &+ 4))
        try busy(object) { () throws(Errno) in
            if object.isShared {
                try memory.store(UInt32(0), at: condition)
                wake(object, atMost: .max)
                return
            }
            let count = waiterCount(object)
            let woken = wake(object, atMost: all ? .max : 1)
            if count <= woken { try memory.store(UInt32(0), at: condition) }
        }
    }

    // MARK: Semaphores of FreeBSD 9 (`struct _usem`: waiters at 0, count at 4, flags at 8)

    func waitForOldSemaphore(_ semaphore: GuestAddress, _ deadline: UserDeadline?) throws(Errno) {
        let object = try sleepObject(semaphore, .semaphore, try sharing(flagsAt: semaphore &+ 8))
        let mustWait = try join(object) { () throws(Errno) in
            _ = try exchange(semaphore, 0, 1)
            return try number(semaphore &+ 4) == 0
        }
        guard mustWait else { return }
        try sleep(object, while: 1, interruptedBy: deadline)
    }

    func wakeOldSemaphore(_ semaphore: GuestAddress) throws(Errno) {
        let object = try sleepObject(semaphore, .semaphore, try sharing(flagsAt: semaphore &+ 8))
        try busy(object) { () throws(Errno) in
            let count = waiterCount(object)
            guard count > 0 else { return }
            if count == 1 || object.isShared { try memory.store(UInt32(0), at: semaphore) }
            wake(object, atMost: object.isShared ? .max : 1)
        }
    }

    // MARK: Semaphores (`struct _usem2`: count with USEM_HAS_WAITERS at 0, flags at 4)

    private static let semaphoreWaiters: UInt32 = 0x8000_0000

    func waitForSemaphore(
        _ semaphore: GuestAddress, size: UInt64, _ timeout: GuestAddress, _ deadline: UserDeadline?
    ) throws(Errno) {
        let object = try sleepObject(semaphore, .semaphore, try sharing(flagsAt: semaphore &+ 4))
        let mustWait = try join(object) { () throws(Errno) in
            while true {
                let count = try number(semaphore)
                if count & ~Self.semaphoreWaiters != 0 { return false }
                if count != 0 { return true }
                if try exchange(semaphore, 0, Self.semaphoreWaiters) { return true }
            }
        }
        guard mustWait else { return }
        do throws(Errno) {
            try sleep(object, while: Self.semaphoreWaiters, interruptedBy: deadline)
        } catch {
            if error == .EINTR, let deadline { try storeRemaining(deadline, size: size, timeout) }
            throw error
        }
    }

    /// A span that a signal cut short leaves a rest, for which there may be room behind the `_umtx_time`.
    private func storeRemaining(_ deadline: UserDeadline, size: UInt64, _ timeout: GuestAddress) throws(Errno) {
        let timeBytes = UInt64(TimeSpecification.byteCount(memory.abi))
        guard deadline.isRelative, size >= 2 * timeBytes + 8 else { return }
        let left = max(0, deadline.host.nanoseconds &- HostSignal.monotonicNanoseconds)
        try memory.store(
            TimeSpecification(seconds: left / 1_000_000_000, nanoseconds: left % 1_000_000_000),
            at: timeout &+ timeBytes &+ 8)
    }

    func wakeSemaphore(_ semaphore: GuestAddress) throws(Errno) {
        let object = try sleepObject(semaphore, .semaphore, try sharing(flagsAt: semaphore &+ 4))
        try busy(object) { () throws(Errno) in
            let count = waiterCount(object)
            guard count > 0 else { return }
            if count == 1 || object.isShared {
                try update(semaphore) { $0 & ~Self.semaphoreWaiters }
            }
            wake(object, atMost: object.isShared ? .max : 1)
        }
    }

    /// Sleeps as semaphores do: a span of time cannot be waited for anew.
    private func sleep(_ object: SleepObject, while value: UInt32, interruptedBy deadline: UserDeadline?)
        throws(Errno)
    {
        do throws(Errno) {
            try sleep(object, while: value, deadline?.host)
        } catch {
            throw error == .restart && deadline?.isRelative == true ? .EINTR : error
        }
    }
}
