/// `_umtx_op`: what libthr's locks ask of the kernel when they are contended. The algorithms are those of
/// `sys/kern/kern_umtx.c`; each works on the guest's words in the guest's byte order.
extension GuestThread {
    /// A deadline as the kernel's calls take it, and what of it must be known when a signal ends the wait.
    struct UserDeadline {
        var host: HostEvent.Deadline
        /// The guest gave a span of time.
        var isRelative: Bool
    }

    /// The numbers of `_umtx_op`; `UserMutexOperation` has their names.
    private enum Operation: Int32 {
        case obsoleteLock = 0, obsoleteUnlock, wait, wake, mutexTryLock, mutexLock, mutexUnlock, setCeiling
        case conditionWait, conditionSignal, conditionBroadcast, waitNumber, readLock, writeLock, unlock
        case waitNumberPrivate, wakePrivate, mutexWait, mutexWake, oldSemaphoreWait, oldSemaphoreWake, wakeManyPrivate
        case mutexWake2, semaphoreWait, semaphoreWake, sharedMemory, robustLists, minimumTimeout, setMinimumTimeout
    }

    /// Carries an operation out; `first` and `second` are its `uaddr1` and `uaddr2`. The result is the call's.
    func userMutex(
        _ operation: Int32, _ object: GuestAddress, _ value: UInt64, _ first: GuestAddress, _ second: GuestAddress
    ) throws(Errno) -> Int {
        guard let operation = Operation(rawValue: operation) else { throw .EINVAL }
        let deadline = { () throws(Errno) in try self.userDeadline(size: first, second) }
        switch operation {
        case .obsoleteLock, .obsoleteUnlock: throw .EOPNOTSUPP
        case .wait: try waitForWord(object, value, try deadline())
        case .waitNumber: try waitForNumber(object, value, .asMapped, try deadline())
        case .waitNumberPrivate: try waitForNumber(object, value, .own, try deadline())
        case .wake: try wakeWaiters(object, .asMapped, atMost: value)
        case .wakePrivate: try wakeWaiters(object, .own, atMost: value)
        case .wakeManyPrivate: try wakeMany(object, count: value)
        case .mutexTryLock: try lockMutex(object, .attempt, nil)
        case .mutexLock: try lockMutex(object, .acquire, try deadline())
        case .mutexWait: try lockMutex(object, .waitUntilFree, try deadline())
        case .mutexUnlock: try unlockMutex(object)
        case .mutexWake: try wakeMutex(object)
        case .mutexWake2: try wakeMutex(object, flags: UInt32(truncatingIfNeeded: value))
        case .setCeiling: try setCeiling(object, UInt32(truncatingIfNeeded: value), previous: first)
        case .conditionWait: try waitForCondition(object, flags: value, mutex: first, timeout: second)
        case .conditionSignal: try signalCondition(object, all: false)
        case .conditionBroadcast: try signalCondition(object, all: true)
        case .readLock: try lockForReading(object, flags: value, try deadline())
        case .writeLock: try lockForWriting(object, try deadline())
        case .unlock: try unlockReadersOrWriter(object)
        case .oldSemaphoreWait: try waitForOldSemaphore(object, try deadline())
        case .oldSemaphoreWake: try wakeOldSemaphore(object)
        case .semaphoreWait: try waitForSemaphore(object, size: first, second, try deadline())
        case .semaphoreWake: try wakeSemaphore(object)
        case .sharedMemory: return try sharedMemory(at: first, flags: UInt32(truncatingIfNeeded: value))
        case .robustLists: try registerRobustLists(first, byteCount: value)
        case .minimumTimeout: try memory.storeWord(minimumTimeout, at: first)
        case .setMinimumTimeout: try setMinimumTimeout(value)
        }
        return 0
    }

    // MARK: Words

    func number(_ address: GuestAddress) throws(Errno) -> UInt32 { try memory.load(at: address) }

    func exchange(_ address: GuestAddress, _ expected: UInt32, _ new: UInt32) throws(Errno) -> Bool {
        try memory.compareExchange(at: address, expected: expected, replacement: new) == expected
    }

    /// Replaces a number by what `change` makes of it, atomically. Nothing happens when `change` gives nil.
    func update(_ address: GuestAddress, _ change: (UInt32) -> UInt32?) throws(Errno) {
        while true {
            let old = try number(address)
            guard let new = change(old), new != old else { return }
            if try exchange(address, old, new) { return }
        }
    }

    // MARK: Deadlines

    /// A `timespec`, or with more than its size a `_umtx_time` with flags and clock; nil waits for ever.
    func userDeadline(size: UInt64, _ address: GuestAddress) throws(Errno) -> UserDeadline? {
        guard address != 0 else { return nil }
        let time = try memory.load(TimeSpecification.self, at: address)
        var (isAbsolute, clock): (Bool, Int32) = (false, 0)
        let timeBytes = UInt64(TimeSpecification.byteCount(memory.abi))
        if size > timeBytes {
            isAbsolute = try number(address &+ timeBytes) & 1 != 0
            clock = try memory.load(at: address &+ timeBytes &+ 4)
        }
        return try userDeadline(time, isAbsolute: isAbsolute, clock: clock)
    }

    /// CLOCK_REALTIME and its relatives, which follow changes of the clock: plain, precise, fast, CLOCK_SECOND.
    private static let realTimeClocks: Set<Int32> = [0, 9, 10, 13]

    func userDeadline(_ time: TimeSpecification, isAbsolute: Bool, clock: Int32) throws(Errno) -> UserDeadline {
        guard time.isValid, time.seconds >= 0 else { throw .EINVAL }
        guard let hostClock = EnumeratedValue<ClockIdentifier>(guest: clock).host else { throw .EINVAL }
        if isAbsolute && Self.realTimeClocks.contains(clock) {
            return UserDeadline(
                host: HostEvent.Deadline(nanoseconds: time.totalNanoseconds, isRealTime: true), isRelative: false)
        }
        let left = isAbsolute ? time.totalNanoseconds &- HostTimer.now(hostClock) : time.totalNanoseconds
        let end = HostSignal.monotonicNanoseconds.addingReportingOverflow(max(left, 0))
        return UserDeadline(
            host: HostEvent.Deadline(nanoseconds: end.overflow ? .max : end.partialValue), isRelative: !isAbsolute)
    }

    /// What a call that never restarts makes of the end of its sleep.
    func neverRestarting<Result>(_ body: () throws(Errno) -> Result) throws(Errno) -> Result {
        do throws(Errno) {
            return try body()
        } catch {
            throw error == .restart ? .EINTR : error
        }
    }

    // MARK: Waiting by address

    private func aligned(_ address: GuestAddress) throws(Errno) -> GuestAddress {
        guard address % 4 == 0 else { throw .EFAULT }
        return address
    }

    private func waitForNumber(
        _ address: GuestAddress, _ value: UInt64, _ sharing: SleepObject.Sharing, _ deadline: UserDeadline?
    ) throws(Errno) {
        let object = try sleepObject(try aligned(address), .word, sharing)
        // The kernel compares with the whole `long`: a value that no number has never matches (`do_wait`).
        let value = memory.abi.wordBytes == 8 ? value : value & 0xffff_ffff
        guard try join(object, if: { () throws(Errno) in UInt64(try number(address)) == value }) else { return }
        try neverRestarting { () throws(Errno) in
            try sleep(object, while: UInt32(truncatingIfNeeded: value), deadline?.host)
        }
    }

    private func waitForWord(_ address: GuestAddress, _ value: UInt64, _ deadline: UserDeadline?) throws(Errno) {
        // The host's futex compares 32 bits: those that change first when a word counts.
        let isHighFirst = memory.abi.wordBytes == 8 && memory.abi.byteOrder == .big
        let object = try sleepObject(try aligned(address), .word, .asMapped, word: address &+ (isHighFirst ? 4 : 0))
        guard try join(object, if: { () throws(Errno) in try memory.loadWord(at: address) == value }) else { return }
        try neverRestarting { () throws(Errno) in
            try sleep(object, while: UInt32(truncatingIfNeeded: value), deadline?.host)
        }
    }

    /// `kern_umtx_wake`.
    func wakeWaiters(_ address: GuestAddress, _ sharing: SleepObject.Sharing, atMost limit: UInt64) throws(Errno) {
        let isHighFirst = memory.abi.wordBytes == 8 && memory.abi.byteOrder == .big
        let object = try sleepObject(address, .word, sharing)
        // The kernel's counter is an int, and it wakes one before it looks.
        let count = max(1, Int(Int32(truncatingIfNeeded: limit)))
        try busy(object) { () throws(Errno) in
            let woken = wake(object, atMost: count)
            guard object.isShared, isHighFirst, woken < count else { return }
            // Those that wait for a word wait on its other half.
            let half = try sleepObject(address, .word, sharing, word: address &+ 4)
            wake(half, atMost: count - woken)
        }
    }

    private func wakeMany(_ list: GuestAddress, count: UInt64) throws(Errno) {
        let count = max(0, Int(Int32(truncatingIfNeeded: count)))
        for index in 0..<count {
            let address = try memory.loadWord(at: list &+ UInt64(index * memory.abi.wordBytes))
            try? wakeWaiters(address, .own, atMost: UInt64(Int32.max))
        }
    }

    // MARK: Timeouts

    /// The least span that a wait takes (UMTX_OP_GET_MIN_TIMEOUT). The host's own clock decides about spans as short.
    private var minimumTimeout: UInt64 { process.lock.hold { process.minimumTimeout } }

    private func setMinimumTimeout(_ value: UInt64) throws(Errno) {
        process.lock.hold { process.minimumTimeout = value }
    }
}
