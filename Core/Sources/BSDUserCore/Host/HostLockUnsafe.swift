import Glibc

/// A mutual exclusion lock of the host.
final class HostLock: @unchecked Sendable {
    private let storage: UnsafeMutablePointer<pthread_mutex_t>

    init() {
        storage = .allocate(capacity: 1)
        pthread_mutex_init(storage, nil)
    }

    deinit {
        pthread_mutex_destroy(storage)
        storage.deallocate()
    }

    @inline(__always)
    func lock() { pthread_mutex_lock(storage) }

    @inline(__always)
    func unlock() { pthread_mutex_unlock(storage) }

    /// Runs `body` with the lock held.
    @inline(__always)
    func hold<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock()
        defer { unlock() }
        return try body()
    }

    /// Makes the lock free in the child of a `fork`, whatever the parent's threads held.
    func resetInChild() { pthread_mutex_init(storage, nil) }

    /// Gives the lock up until `condition` is told of a change, and takes it again.
    fileprivate func wait(_ condition: UnsafeMutablePointer<pthread_cond_t>) { pthread_cond_wait(condition, storage) }
}

/// What threads wait for that hold a lock: a change of what the lock protects.
final class HostCondition {
    private let storage: UnsafeMutablePointer<pthread_cond_t>

    init() {
        storage = .allocate(capacity: 1)
        pthread_cond_init(storage, nil)
    }

    // Destroying a condition waits for its sleepers, which the child of a fork has none of.
    deinit { storage.deallocate() }

    /// Waits with `lock` held; it may return without a change.
    func wait(_ lock: HostLock) { lock.wait(storage) }

    /// Wakes all that wait.
    func broadcast() { pthread_cond_broadcast(storage) }

    /// In the child of a `fork` nobody waits.
    func resetInChild() { pthread_cond_init(storage, nil) }
}
