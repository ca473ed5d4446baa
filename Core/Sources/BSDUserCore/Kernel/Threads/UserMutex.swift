/// `_umtx_op`: what libthr's locks ask of the kernel when they are contended (`sys/kern/kern_umtx.c`).
///
/// Waiting is a futex of the host on the guest's own word, so that processes that share memory wake each other. A wake
/// may reach more waiters than meant: libthr's loops allow for that.
extension GuestThread {
    private enum Bits {
        /// UMUTEX_CONTESTED, and UMUTEX_ERROR_CHECK of the flags.
        static let contested: UInt32 = 0x8000_0000
        static let errorCheck: UInt32 = 0x2
        /// URWLOCK_*.
        static let writeOwner: UInt32 = 0x8000_0000
        static let writeWaiters: UInt32 = 0x4000_0000
        static let readWaiters: UInt32 = 0x2000_0000
        static let preferReader: UInt32 = 0x2
        /// USEM_HAS_WAITERS.
        static let semaphoreWaiters: UInt32 = 0x8000_0000
    }

    /// When a wait ends by itself: a time of the monotonic clock in nanoseconds, or never.
    private typealias Deadline = Int64?

    /// Carries an operation out; `first` and `second` are its `uaddr1` and `uaddr2`.
    func userMutex(
        _ operation: Int32, _ object: GuestAddress, _ value: UInt64, _ first: GuestAddress, _ second: GuestAddress
    ) throws(Errno) {
        switch operation {
        case 2: try waitForWord(object, value, try deadline(size: first, second))
        case 11, 15: try waitForNumber(object, UInt32(truncatingIfNeeded: value), try deadline(size: first, second))
        case 3, 16: wake(object, count: Int32(clamping: value))
        case 21: try wakeAll(object, count: value)
        case 4: try lockMutex(object, deadline: nil, waits: false)
        case 5: try lockMutex(object, deadline: try deadline(size: first, second), waits: true)
        case 6: try unlockMutex(object)
        case 17: try waitForMutex(object, try deadline(size: first, second))
        case 18, 22: try wakeMutex(object)
        case 8: try waitForCondition(object, value, mutex: first, second)
        case 9, 10, 20: try wakeWaiters(object)
        case 12: try lockForReading(object, flags: value, try deadline(size: first, second))
        case 13: try lockForWriting(object, try deadline(size: first, second))
        case 14: try unlockReadersOrWriter(object)
        case 19: try waitForOldSemaphore(object, try deadline(size: first, second))
        case 23: try waitForSemaphore(object, try deadline(size: first, second))
        case 24: try wakeSemaphore(object)
        // Robust lists matter when a thread ends while others go on.
        case 26: break
        case 7, 25: throw .EOPNOTSUPP
        default: throw .EINVAL
        }
    }

    // MARK: Waiting by address

    private func number(_ address: GuestAddress) throws(Errno) -> UInt32 { try memory.load(at: address) }

    private func exchange(_ address: GuestAddress, _ expected: UInt32, _ new: UInt32) throws(Errno) -> Bool {
        try memory.compareExchange(at: address, expected: expected, replacement: new) == expected
    }

    /// Makes the word `new` unless it is already; false when it has changed.
    private func mark(_ address: GuestAddress, _ held: UInt32, _ new: UInt32) throws(Errno) -> Bool {
        if held == new { return true }
        return try exchange(address, held, new)
    }

    /// A `timespec`, or with more than its size a `_umtx_time` with flags and clock.
    private func deadline(size: UInt64, _ address: GuestAddress) throws(Errno) -> Deadline {
        guard address != 0 else { return nil }
        let time = try memory.load(TimeSpecification.self, at: address)
        guard time.isValid, time.seconds >= 0 else { throw .EINVAL }
        var (isAbsolute, clock): (Bool, UInt32) = (false, 0)
        if size > 16 {
            isAbsolute = try number(address &+ 16) & 1 != 0
            clock = try number(address &+ 20)
        }
        return try deadline(time, isAbsolute: isAbsolute, clock: Int32(bitPattern: clock))
    }

    private func deadline(_ time: TimeSpecification, isAbsolute: Bool, clock: Int32) throws(Errno) -> Deadline {
        let now = HostSignal.monotonicNanoseconds
        guard isAbsolute else { return Self.sum(now, time.totalNanoseconds) }
        guard let host = EnumeratedValue<ClockIdentifier>(guest: clock).host else { throw .EINVAL }
        let left = time.totalNanoseconds &- HostTimer.now(host)
        return max(0, Self.sum(now, left))
    }

    private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? (b < 0 ? .min : .max) : sum
    }

    /// Sleeps while the word holds `value`, until a wake, a signal, or the deadline.
    private func sleep(_ address: GuestAddress, _ value: UInt32, _ deadline: Deadline) throws(Errno) {
        let pointer = try memory.hostPointer(address, 4, for: .read)
        let raw = memory.abi.byteOrder == .big ? value.bigEndian : value.littleEndian
        let result = try blocking(mayRestart: false) { HostTimer.waitForChange(pointer, raw, deadline) }
        guard result < 0 else { return }
        let error = Errno(host: Int32(-result))
        if error != .EAGAIN { throw error }
    }

    private func wake(_ address: GuestAddress, count: Int32) {
        guard let pointer = try? memory.hostPointer(address, 4, for: .read) else { return }
        HostTimer.wake(pointer, max(count, 0))
    }

    private func waitForNumber(_ address: GuestAddress, _ value: UInt32, _ deadline: Deadline) throws(Errno) {
        if try number(address) == value { try sleep(address, value, deadline) }
    }

    private func waitForWord(_ address: GuestAddress, _ value: UInt64, _ deadline: Deadline) throws(Errno) {
        guard try memory.loadWord(at: address) == value else { return }
        // The host compares 32 bits: those that change first when a word counts.
        let isHighFirst = memory.abi.wordBytes == 8 && memory.abi.byteOrder == .big
        try sleep(address &+ (isHighFirst ? 4 : 0), UInt32(truncatingIfNeeded: value), deadline)
    }

    private func wakeAll(_ list: GuestAddress, count: UInt64) throws(Errno) {
        for index in 0..<min(count, 1 << 16) {
            wake(try memory.loadWord(at: list &+ index &* UInt64(memory.abi.wordBytes)), count: .max)
        }
    }

    // MARK: Mutexes: owner at 0, flags at 4

    private func lockMutex(_ mutex: GuestAddress, deadline: Deadline, waits: Bool) throws(Errno) {
        let own = UInt32(truncatingIfNeeded: id)
        while true {
            let owner = try number(mutex)
            if owner & ~Bits.contested == 0 {
                if try exchange(mutex, owner, own | owner) { return }
                continue
            }
            if owner & ~Bits.contested == own, try number(mutex &+ 4) & Bits.errorCheck != 0 { throw .EDEADLK }
            guard waits else { throw .EBUSY }
            do throws(Errno) {
                try sleepContested(mutex, owner, deadline)
            } catch {
                // Locking goes on after a signal; a deadline does not move (`do_lock_umutex`).
                throw error == .EINTR && deadline == nil ? .restart : error
            }
        }
    }

    private func sleepContested(_ mutex: GuestAddress, _ owner: UInt32, _ deadline: Deadline) throws(Errno) {
        let contested = owner | Bits.contested
        if try mark(mutex, owner, contested) { try sleep(mutex, contested, deadline) }
    }

    private func unlockMutex(_ mutex: GuestAddress) throws(Errno) {
        while true {
            let owner = try number(mutex)
            guard owner & ~Bits.contested == UInt32(truncatingIfNeeded: id) else { throw .EPERM }
            // The bit stays: only who slept knows of others, and an unneeded wake does no harm.
            if try exchange(mutex, owner, owner & Bits.contested) { break }
        }
        wake(mutex, count: 1)
    }

    private func waitForMutex(_ mutex: GuestAddress, _ deadline: Deadline) throws(Errno) {
        let owner = try number(mutex)
        if owner & ~Bits.contested != 0 { try sleepContested(mutex, owner, deadline) }
    }

    private func wakeMutex(_ mutex: GuestAddress) throws(Errno) {
        if try number(mutex) & ~Bits.contested == 0 { wake(mutex, count: 1) }
    }

    // MARK: Condition variables and semaphores: a flag at 0 says that somebody waits

    private func waitForCondition(
        _ condition: GuestAddress, _ flags: UInt64, mutex: GuestAddress, _ timeout: GuestAddress
    ) throws(Errno) {
        // CVWAIT_ABSTIME 2, CVWAIT_CLOCKID 4: the clock stands in the condition variable.
        let clock: UInt32 = flags & 4 != 0 ? try number(condition &+ 8) : 0
        var deadline: Deadline = nil
        if timeout != 0 {
            let time = try memory.load(TimeSpecification.self, at: timeout)
            guard time.isValid, time.seconds >= 0 else { throw .EINVAL }
            deadline = try self.deadline(time, isAbsolute: flags & 2 != 0, clock: Int32(bitPattern: clock))
        }
        try memory.store(UInt32(1), at: condition)
        try unlockMutex(mutex)
        try sleep(condition, 1, deadline)
    }

    private func wakeWaiters(_ object: GuestAddress) throws(Errno) {
        try memory.store(UInt32(0), at: object)
        wake(object, count: .max)
    }

    private func waitForOldSemaphore(_ semaphore: GuestAddress, _ deadline: Deadline) throws(Errno) {
        try memory.store(UInt32(1), at: semaphore)
        if try number(semaphore &+ 4) == 0 { try sleep(semaphore, 1, deadline) }
    }

    private func waitForSemaphore(_ semaphore: GuestAddress, _ deadline: Deadline) throws(Errno) {
        while true {
            let count = try number(semaphore)
            if count & ~Bits.semaphoreWaiters != 0 { return }
            if try mark(semaphore, count, Bits.semaphoreWaiters) {
                return try sleep(semaphore, Bits.semaphoreWaiters, deadline)
            }
        }
    }

    private func wakeSemaphore(_ semaphore: GuestAddress) throws(Errno) {
        while true {
            let count = try number(semaphore)
            if try exchange(semaphore, count, count & ~Bits.semaphoreWaiters) { break }
        }
        wake(semaphore, count: .max)
    }

    // MARK: Readers and writers: state at 0, flags at 4

    private func lockForReading(_ lock: GuestAddress, flags: UInt64, _ deadline: Deadline) throws(Errno) {
        let prefersReader = try (UInt32(truncatingIfNeeded: flags) | number(lock &+ 4)) & Bits.preferReader != 0
        let obstacles = prefersReader ? Bits.writeOwner : Bits.writeOwner | Bits.writeWaiters
        while true {
            let state = try number(lock)
            if state & obstacles == 0 {
                if try exchange(lock, state, state + 1) { return }
            } else if try mark(lock, state, state | Bits.readWaiters) {
                try sleep(lock, state | Bits.readWaiters, deadline)
            }
        }
    }

    private func lockForWriting(_ lock: GuestAddress, _ deadline: Deadline) throws(Errno) {
        let waiters = Bits.writeWaiters | Bits.readWaiters
        while true {
            let state = try number(lock)
            if state & ~waiters == 0 {
                if try exchange(lock, state, state | Bits.writeOwner) { return }
            } else if try mark(lock, state, state | Bits.writeWaiters) {
                try sleep(lock, state | Bits.writeWaiters, deadline)
            }
        }
    }

    private func unlockReadersOrWriter(_ lock: GuestAddress) throws(Errno) {
        let waiters = Bits.writeWaiters | Bits.readWaiters
        while true {
            let state = try number(lock)
            let readers = state & ~(waiters | Bits.writeOwner)
            guard state & Bits.writeOwner != 0 || readers > 0 else { throw .EPERM }
            let isLast = state & Bits.writeOwner != 0 || readers == 1
            if try exchange(lock, state, isLast ? 0 : state - 1) {
                if isLast { wake(lock, count: .max) }
                return
            }
        }
    }
}
