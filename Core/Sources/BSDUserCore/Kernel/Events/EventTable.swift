/// The event queues of a process, by the guest's descriptors.
final class EventTable {
    private let lock = HostLock()
    private var queues: [Int32: EventQueue] = [:]
    /// Whether there is any queue: most programs have none, and closing a descriptor shall cost them nothing.
    private(set) var isEmpty = true
    /// Signals that some note counts.
    private(set) var watchedSignals = SignalSet.none

    func add(_ queue: EventQueue) {
        lock.hold {
            queues[queue.descriptor] = queue
            isEmpty = false
        }
    }

    /// The queue of a descriptor; `EBADF` when it is something else.
    func queue(_ descriptor: Int32) throws(Errno) -> EventQueue {
        guard let queue = lock.hold({ queues[descriptor] }) else { throw .EBADF }
        return queue
    }

    func isQueue(_ descriptor: Int32, _ queue: EventQueue) -> Bool { lock.hold { queues[descriptor] === queue } }

    private var all: [EventQueue] { lock.hold { distinctQueues } }

    // A queue may have several numbers. The lock is held.
    private var distinctQueues: [EventQueue] {
        guard !queues.isEmpty else { return [] }
        var seen = Set<ObjectIdentifier>()
        return queues.sorted { $0.key < $1.key }.map(\.value).filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    // MARK: Descriptors

    /// A descriptor is about to be closed: notes about it go, and the queue when it was its last number.
    func willClose(_ descriptor: Int32) {
        guard !isEmpty else { return }
        for queue in all { queue.forget(descriptor: descriptor) }
        lock.hold {
            guard let queue = queues.removeValue(forKey: descriptor) else { return }
            isEmpty = queues.isEmpty
            if let other = queues.first(where: { $0.value === queue })?.key {
                queue.renumber(other)
            } else {
                queue.close()
            }
        }
    }

    /// As above for all open descriptors of a range.
    func willClose(from low: Int32, through high: Int32) {
        guard !isEmpty, low <= high else { return }
        for descriptor in low...min(high, HostDescriptors.guestLimit - 1) { willClose(descriptor) }
    }

    func didDuplicate(_ from: Int32, _ to: Int32) {
        guard !isEmpty else { return }
        lock.hold { if let queue = queues[from] { queues[to] = queue } }
    }

    // MARK: Fork

    /// Takes the locks of the table and of all queues, in this order as always.
    func prepareFork() {
        lock.lock()
        for queue in distinctQueues { queue.prepareFork() }
    }

    func finishForkInParent() {
        for queue in distinctQueues { queue.finishForkInParent() }
        lock.unlock()
    }

    /// Queues are not inherited: closes their descriptors in the child of a `fork`, whose parent held all locks.
    func closeAfterFork() {
        for descriptor in allDescriptors { _ = HostSystemCall.close(Int(descriptor)) }
    }

    /// The same in the child of a `vfork`, where the table is still the parent's.
    func closeAfterVirtualFork() {
        let descriptors = lock.hold {
            let queues = distinctQueues
            queues.forEach { $0.prepareFork() }
            defer { queues.forEach { $0.finishForkInParent() } }
            return allDescriptors
        }
        for descriptor in descriptors { _ = HostSystemCall.close(Int(descriptor)) }
    }

    private var allDescriptors: [Int32] {
        guard !queues.isEmpty else { return [] }
        return Array(queues.keys) + distinctQueues.flatMap { $0.ownDescriptors }
    }

    // MARK: Processes and signals

    func processTold(_ pid: Int32, _ event: ProcessEvent) {
        guard !isEmpty else { return }
        for queue in all { queue.processTold(pid, event) }
    }

    func watch(_ signal: Int32) { lock.hold { watchedSignals.insert(signal) } }

    func signalArrived(_ signal: Int32) {
        guard watchedSignals.contains(signal) else { return }
        for queue in all { queue.signalArrived(signal) }
    }
}
