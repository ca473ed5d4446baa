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

    /// Makes the lock free in the child of a `fork`, whatever the parent's threads held.
    func resetInChild() { pthread_mutex_init(storage, nil) }
}
