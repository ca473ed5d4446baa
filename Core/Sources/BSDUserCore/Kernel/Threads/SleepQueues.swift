/// Where the waiters of one object in guest memory meet (`struct umtx_key`).
struct SleepKey: Equatable {
    /// What the object is to those that wait (`TYPE_*` of umtxvar.h).
    enum Kind {
        case word, mutex, inheritingMutex, ceilingMutex, condition, semaphore, readers, writers
    }

    var address: GuestAddress
    var kind: Kind
}

/// A thread's place in a queue.
final class Sleeper {
    let event = HostEvent()
    /// What it waits for; nil while it is in no queue. Under the lock of the object's bucket.
    fileprivate(set) var key: SleepKey?
}

/// Threads that sleep on objects which only this process uses, by address and in the order of their arrival.
///
/// The lock of an object's bucket is what the kernel calls a busy chain: queues, and what the objects' words say of them,
/// change under it together.
final class SleepQueues {
    private static let bucketCount = 64
    private let buckets = (0..<bucketCount).map { _ in Bucket() }

    /// The objects of some addresses.
    final class Bucket {
        let lock = HostLock()
        fileprivate var sleepers: [Sleeper] = []

        // The lock is held in all of these.

        func insert(_ sleeper: Sleeper, _ key: SleepKey) {
            sleeper.event.reset()
            sleeper.key = key
            sleepers.append(sleeper)
        }

        /// Takes a sleeper out of the queue; false when a wake has done so.
        @discardableResult
        func remove(_ sleeper: Sleeper) -> Bool {
            guard sleeper.key != nil else { return false }
            sleeper.key = nil
            sleepers.removeAll { $0 === sleeper }
            return true
        }

        func count(_ key: SleepKey) -> Int { sleepers.reduce(0) { $0 + ($1.key == key ? 1 : 0) } }

        /// Wakes those that have waited longest; how many there were.
        @discardableResult
        func wake(_ key: SleepKey, atMost limit: Int) -> Int {
            var woken = 0
            sleepers.removeAll { sleeper in
                guard woken < limit, sleeper.key == key else { return false }
                woken += 1
                sleeper.key = nil
                sleeper.event.happen()
                return true
            }
            return woken
        }
    }

    /// The bucket of an address.
    func bucket(_ address: GuestAddress) -> Bucket {
        // Objects lie apart by the size of a cache line as a rule.
        let mixed = (address >> 3) ^ (address >> 12)
        return buckets[Int(truncatingIfNeeded: mixed % UInt64(SleepQueues.bucketCount))]
    }

    /// Takes out a sleeper whose thread is no more: a child that shared the memory and was killed.
    func forget(_ sleeper: Sleeper) {
        guard let key = sleeper.key else { return }
        let bucket = bucket(key.address)
        bucket.lock.hold { _ = bucket.remove(sleeper) }
    }

    // MARK: Fork

    func lockAll() { for bucket in buckets { bucket.lock.lock() } }
    func unlockAll() { for bucket in buckets { bucket.lock.unlock() } }

    /// The child of a `fork` has no sleepers.
    func resetInChild() {
        for bucket in buckets {
            bucket.lock.resetInChild()
            bucket.sleepers = []
        }
    }
}
