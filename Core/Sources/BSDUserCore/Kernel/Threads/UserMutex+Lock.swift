/// Mutexes of `_umtx_op` (`struct umutex`): owner at 0, flags at 4, ceilings at 8 and 12, the link of robust lists at 16.
extension GuestThread {
    /// What a call wants of a mutex.
    enum MutexWish {
        case acquire, attempt, waitUntilFree
    }

    /// Values of the owner.
    enum MutexOwner {
        static let contested: UInt32 = 0x8000_0000
        /// UMUTEX_RB_OWNERDEAD and UMUTEX_RB_NOTRECOV.
        static let dead: UInt32 = contested | 0x10
        static let notRecoverable: UInt32 = contested | 0x11

        /// How many waiters the end of an owner concerns: one takes the mutex, but nobody takes one that is lost, so that
        /// each must be told. The kernel wakes one, and leaves the others asleep.
        static func wakes(_ owner: UInt32) -> Int { owner == notRecoverable ? .max : 1 }

        /// Whether nobody holds the mutex.
        static func isFree(_ owner: UInt32) -> Bool {
            owner & ~contested == 0 || owner == dead || owner == notRecoverable
        }
    }

    private var own: UInt32 { UInt32(truncatingIfNeeded: id) }

    /// A mutex, and what its flags say.
    private struct Mutex {
        let address: GuestAddress
        let flags: UInt32

        static let shared: UInt32 = 0x1
        static let inconsistent: UInt32 = 0x2
        static let inherits: UInt32 = 0x4
        static let ceiling: UInt32 = 0x8
        static let robust: UInt32 = 0x10

        var sharing: SleepObject.Sharing { flags & Mutex.shared != 0 ? .shared : .own }
        var hasCeiling: Bool { flags & Mutex.ceiling != 0 }
        var inherits: Bool { flags & Mutex.inherits != 0 }

        /// `EINVAL` for flags of both protocols.
        func kind() throws(Errno) -> SleepKey.Kind {
            switch (inherits, hasCeiling) {
            case (false, false): return .mutex
            case (true, false): return .inheritingMutex
            case (false, true): return .ceilingMutex
            case (true, true): throw .EINVAL
            }
        }
    }

    private func mutex(_ address: GuestAddress) throws(Errno) -> Mutex {
        Mutex(address: address, flags: try number(address &+ 4))
    }

    private func object(_ mutex: Mutex) throws(Errno) -> SleepObject {
        try sleepObject(mutex.address, try mutex.kind(), mutex.sharing)
    }

    // MARK: Locking

    func lockMutex(_ address: GuestAddress, _ wish: MutexWish, _ deadline: UserDeadline?) throws(Errno) {
        let mutex = try mutex(address)
        let object = try object(mutex)
        do throws(Errno) {
            if mutex.hasCeiling {
                try checkCeiling(mutex)
                try lockWithCeiling(mutex, object, wish, deadline)
            } else {
                try lock(mutex, object, wish, deadline)
            }
        } catch {
            // Locking goes on after a signal; with a deadline it does not (`do_lock_umutex`).
            if deadline == nil && error == .EINTR && wish != .waitUntilFree { throw .restart }
            throw deadline != nil && error == .restart ? .EINTR : error
        }
    }

    /// `do_lock_normal`, and `do_lock_pi`: the host schedules, so priorities are not lent.
    private func lock(_ mutex: Mutex, _ object: SleepObject, _ wish: MutexWish, _ deadline: UserDeadline?)
        throws(Errno)
    {
        var interruption: Errno?
        while true {
            let owner = try number(mutex.address)
            let isFree = MutexOwner.isFree(owner)
            if mutex.inherits {
                if owner & ~MutexOwner.contested == own { throw .EDEADLK }
            } else if wish == .waitUntilFree && isFree {
                return
            }
            if isFree {
                if try take(mutex, owner) { return }
                continue
            }
            // Waiting without locking is for plain mutexes; the others take it for an attempt.
            if wish == .attempt || wish != .acquire && mutex.inherits { throw .EBUSY }
            if let interruption { throw interruption }
            let contested = owner | MutexOwner.contested
            guard
                try join(object, if: { () throws(Errno) in try exchange(mutex.address, owner, contested) })
            else { continue }
            // After a signal or the deadline there is one more try.
            do throws(Errno) {
                try sleep(object, while: contested, deadline?.host)
            } catch {
                interruption = error
            }
        }
    }

    /// Takes a mutex that nobody holds; false when the owner has changed. A dead owner's is taken with `EOWNERDEAD`.
    private func take(_ mutex: Mutex, _ owner: UInt32) throws(Errno) -> Bool {
        switch owner {
        case MutexOwner.notRecoverable: throw .ENOTRECOVERABLE
        case MutexOwner.dead:
            guard try exchange(mutex.address, owner, own | MutexOwner.contested) else { return false }
            throw .EOWNERDEAD
        default: return try exchange(mutex.address, owner, owner | own)
        }
    }

    /// `RTP_PRIO_MAX`.
    private static let highestCeiling: UInt32 = 31

    /// The ceiling is one of real-time priorities; no thread here has a higher one.
    private func checkCeiling(_ mutex: Mutex) throws(Errno) {
        guard try number(mutex.address &+ 8) <= Self.highestCeiling else { throw .EINVAL }
    }

    /// `do_lock_pp`: such a mutex is contested even when it is free, so that each lock comes here.
    private func lockWithCeiling(
        _ mutex: Mutex, _ object: SleepObject, _ wish: MutexWish, _ deadline: UserDeadline?
    ) throws(Errno) {
        var interruption: Errno?
        while true {
            var owner: UInt32 = 0
            let mustWait = try join(object) { () throws(Errno) in
                owner = try number(mutex.address)
                if owner == MutexOwner.contested || owner == MutexOwner.dead || owner == MutexOwner.notRecoverable {
                    return false
                }
                return wish == .acquire && interruption == nil
            }
            if MutexOwner.isFree(owner) && owner != 0 {
                if try take(mutex, owner) { return }
                continue
            }
            guard mustWait else { throw interruption ?? .EBUSY }
            do throws(Errno) {
                try sleep(object, while: owner, deadline?.host)
            } catch {
                interruption = error
            }
        }
    }

    // MARK: Unlocking

    func unlockMutex(_ address: GuestAddress) throws(Errno) {
        try unlockMutex(address, for: own, ownerDied: false)
    }

    /// Unlocks a mutex of the thread `owner`, which may have died with it.
    func unlockMutex(_ address: GuestAddress, for thread: UInt32, ownerDied: Bool) throws(Errno) {
        let mutex = try mutex(address)
        let object = try object(mutex)
        var free: UInt32 = mutex.flags & Mutex.inconsistent != 0 ? MutexOwner.notRecoverable : 0
        if ownerDied { free = MutexOwner.dead }
        if mutex.hasCeiling { free |= MutexOwner.contested }
        while true {
            let owner = try number(address)
            guard owner & ~MutexOwner.contested == thread else { throw .EPERM }
            if owner & MutexOwner.contested == 0 && !mutex.hasCeiling {
                if try exchange(address, owner, free) { return }
                continue
            }
            return try busy(object) { () throws(Errno) in
                // With more than one waiter the next unlock must come here as well.
                let isContested = waiterCount(object) > 1
                let isDone = try exchange(address, owner, isContested ? free | MutexOwner.contested : free)
                let woken = wake(object, atMost: MutexOwner.wakes(free))
                guard isDone else { throw .EINVAL }
                if object.isShared && woken == 0 { try forgetWaiters(object, free) }
            }
        }
    }

    /// Nobody waited for a mutex that processes share: it is not contested any more, unless somebody has come since.
    private func forgetWaiters(_ object: SleepObject, _ free: UInt32) throws(Errno) {
        guard free == 0 else { return }
        if try exchange(object.key.address, MutexOwner.contested, 0) { wake(object, atMost: 1) }
    }

    // MARK: Waking

    /// UMTX_OP_MUTEX_WAKE: the caller has unlocked a plain mutex in user space.
    func wakeMutex(_ address: GuestAddress) throws(Errno) {
        guard MutexOwner.isFree(try number(address)) else { return }
        let mutex = try mutex(address)
        let object = try sleepObject(address, .mutex, mutex.sharing)
        try busy(object) { () throws(Errno) in
            let count = waiterCount(object)
            if count <= 1 { _ = try exchange(address, MutexOwner.contested, 0) }
            try wakeIfFree(object, count)
        }
    }

    /// UMTX_OP_MUTEX_WAKE2: the same for all protocols; the flags come with the call. The contested bit is repaired only
    /// while there are waiters, because without any the memory may be something else by now.
    func wakeMutex(_ address: GuestAddress, flags: UInt32) throws(Errno) {
        let object = try object(Mutex(address: address, flags: flags))
        try busy(object) { () throws(Errno) in
            let count = waiterCount(object)
            do throws(Errno) {
                try update(address) { owner in
                    guard owner & MutexOwner.contested == 0 else { return nil }
                    return count > 1 || count == 1 && owner != 0 ? owner | MutexOwner.contested : nil
                }
                try wakeIfFree(object, count)
            } catch {
                wake(object, atMost: .max)
                throw error
            }
        }
    }

    private func wakeIfFree(_ object: SleepObject, _ count: Int) throws(Errno) {
        let owner = try number(object.key.address)
        if count > 0, MutexOwner.isFree(owner) { wake(object, atMost: MutexOwner.wakes(owner)) }
    }

    // MARK: Ceilings

    /// UMTX_OP_SET_CEILING.
    func setCeiling(_ address: GuestAddress, _ ceiling: UInt32, previous: GuestAddress) throws(Errno) {
        let mutex = try mutex(address)
        guard mutex.hasCeiling, ceiling <= Self.highestCeiling else { throw .EINVAL }
        let object = try sleepObject(address, .ceilingMutex, mutex.sharing)
        let before = try number(address &+ 8)
        while true {
            var owner: UInt32 = 0
            let mustWait = try join(object) { () throws(Errno) in
                owner = try number(address)
                return !MutexOwner.isFree(owner) && owner & ~MutexOwner.contested != own
            }
            if mustWait {
                try sleep(object, while: owner, nil)
                continue
            }
            switch owner {
            case MutexOwner.dead: throw .EOWNERDEAD
            case MutexOwner.notRecoverable: throw .ENOTRECOVERABLE
            default: break
            }
            try memory.store(ceiling, at: address &+ 8)
            _ = try busy(object) { () throws(Errno) in wake(object, atMost: .max) }
            if previous != 0 { try memory.store(before, at: previous) }
            return
        }
    }
}
