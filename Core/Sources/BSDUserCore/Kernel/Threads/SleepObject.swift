/// An object of `_umtx_op` while a call works on it.
///
/// Waiters of an object that only this process uses stand in its sleep queues, with the kernel's own algorithms. One that
/// lies in memory shared with other processes, and says so, uses the host's futex on the guest's own word, which all
/// processes that map it reach. There the number of waiters is unknown: words go on saying that there are some, and a
/// wake may find none.
struct SleepObject {
    let key: SleepKey
    /// Nil for an object that processes share.
    fileprivate let bucket: SleepQueues.Bucket?
    /// The word that waiters on the host's futex compare, and their group on it.
    fileprivate let word: GuestAddress
    fileprivate let group: UInt32

    var isShared: Bool { bucket == nil }

    /// How the sharing of an object is settled.
    enum Sharing {
        /// `THREAD_SHARE`, `PROCESS_SHARE`.
        case own, shared
        /// `AUTO_SHARE`: as its mapping is inherited.
        case asMapped
    }
}

/// Queues and sleep (`umtxq_*` of kern_umtx.c).
extension GuestThread {
    /// An object; `EFAULT` when it lies nowhere. `word` is the one that tells waiters that something changed.
    func sleepObject(
        _ address: GuestAddress, _ kind: SleepKey.Kind, _ sharing: SleepObject.Sharing, word: GuestAddress? = nil
    ) throws(Errno) -> SleepObject {
        // Words are aligned on every machine; the kernel's access to any other faults where alignment is required. Who
        // only wakes those that wait for a word does not look at it.
        guard address % 4 == 0 || kind == .word else { throw .EFAULT }
        return SleepObject(
            key: SleepKey(address: address, kind: kind),
            bucket: try isShared(address, sharing) ? nil : process.sleepQueues.bucket(address),
            word: word ?? address, group: kind == .writers ? 2 : 1)
    }

    private func isShared(_ address: GuestAddress, _ sharing: SleepObject.Sharing) throws(Errno) -> Bool {
        switch sharing {
        case .own: return false
        case .shared, .asMapped:
            let mapping = try sharableMapping(at: address)
            // Nobody else can reach memory that is not shared, whatever the object says of itself.
            return mapping.isShared && (sharing == .shared || mapping.inheritance == .share)
        }
    }

    /// The mapping that an object which processes may share lies in: one that may be written (`umtx_key_get`).
    func sharableMapping(at address: GuestAddress) throws(Errno) -> GuestMapping {
        guard let mapping = memory.addressSpace.mapping(at: address), mapping.isBacked,
            mapping.protection.contains(.write)
        else { throw .EFAULT }
        return mapping
    }

    /// Runs `body` with the object's queues at rest.
    func busy<Result>(_ object: SleepObject, _ body: () throws(Errno) -> Result) throws(Errno) -> Result {
        guard let bucket = object.bucket else { return try body() }
        bucket.lock.lock()
        defer { bucket.lock.unlock() }
        return try body()
    }

    /// Joins the queue, when `condition` holds with the queues at rest; false when it does not.
    func join(_ object: SleepObject, if condition: () throws(Errno) -> Bool) throws(Errno) -> Bool {
        try busy(object) { () throws(Errno) in
            guard try condition() else { return false }
            object.bucket?.insert(sleeper, object.key)
            return true
        }
    }

    /// Gives up the place in the queue, if the thread still has one. The queues are at rest.
    func leave(_ object: SleepObject) { object.bucket?.remove(sleeper) }

    /// Sleeps after `join` until a wake, a signal (its errno is thrown), or the deadline (`ETIMEDOUT`). An object that is
    /// shared is slept on while its word holds `value`.
    func sleep(_ object: SleepObject, while value: UInt32, _ deadline: HostEvent.Deadline?) throws(Errno) {
        guard let bucket = object.bucket else { return try sleepOnHost(object, value, deadline) }
        let outcome = Swift.Result { () throws(Errno) in try sleeping { sleeper.event.wait(deadline) } }
        if case .success(0) = outcome { return }
        // A wake that came at the last moment counts: whoever gave it thinks that it did.
        guard bucket.lock.hold({ bucket.remove(sleeper) }) else { return }
        throw Errno(host: Int32(-(try outcome.get())))
    }

    private func sleepOnHost(_ object: SleepObject, _ value: UInt32, _ deadline: HostEvent.Deadline?) throws(Errno) {
        let pointer = try memory.hostPointer(object.word, 4, for: .read)
        let raw = memory.abi.byteOrder == .big ? value.bigEndian : value.littleEndian
        let result = try sleeping { HostFutex.wait(pointer, while: raw, deadline, group: object.group) }
        if result == 0 || result == -Int(HostFutex.changed) { return }
        throw Errno(host: Int32(-result))
    }

    /// How many wait; the queues are at rest.
    func waiterCount(_ object: SleepObject) -> Int { object.bucket?.count(object.key) ?? Int.max }

    /// Wakes waiters, the queues being at rest; how many there were.
    @discardableResult
    func wake(_ object: SleepObject, atMost limit: Int) -> Int {
        if let bucket = object.bucket { return bucket.wake(object.key, atMost: limit) }
        guard let pointer = try? memory.hostPointer(object.word, 4, for: .read) else { return 0 }
        return HostFutex.wake(pointer, atMost: limit, group: object.group)
    }
}
