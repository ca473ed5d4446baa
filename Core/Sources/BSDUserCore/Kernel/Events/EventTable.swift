/// The event queues of a process, by the guest's descriptors.
final class EventTable {
    private let lock = HostLock()
    private var queues: [Int32: EventQueue] = [:]
    /// Whether there is any queue: most programs have none, and closing a descriptor shall cost them nothing.
    private(set) var isEmpty = true
    /// Signals that some note counts.
    private(set) var watchedSignals = SignalSet.none

    private func locked<Result>(_ body: () -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return body()
    }

    func add(_ queue: EventQueue) {
        locked {
            queues[queue.descriptor] = queue
            isEmpty = false
        }
    }

    /// The queue of a descriptor; `EBADF` when it is something else.
    func queue(_ descriptor: Int32) throws(Errno) -> EventQueue {
        guard let queue = locked({ queues[descriptor] }) else { throw .EBADF }
        return queue
    }

    func isQueue(_ descriptor: Int32, _ queue: EventQueue) -> Bool { locked { queues[descriptor] === queue } }

    private var all: [EventQueue] { locked { distinctQueues } }

    /// Each queue once, whatever numbers it has. The lock is held.
    private var distinctQueues: [EventQueue] {
        var seen = Set<ObjectIdentifier>()
        return queues.values.filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    // MARK: Descriptors

    /// A descriptor is about to be closed: notes about it go, and the queue when it was its last number.
    func willClose(_ descriptor: Int32) {
        guard !isEmpty else { return }
        for queue in all { queue.forget(descriptor: descriptor) }
        locked {
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
        locked { if let queue = queues[from] { queues[to] = queue } }
    }

    /// Queues are not inherited: closes their descriptors in the child of a fork, which then has a table of its own.
    func closeInChild() { Self.close(queues.flatMap { [$0.key] + $0.value.ownDescriptors }) }

    /// The descriptors of another process's queues, which this one's host process has and does not want.
    private var inherited: [Int32] = []

    /// The table of a process that shares its parent's memory: it has none of the parent's queues.
    init(inheriting parent: EventTable) {
        inherited = parent.locked { parent.queues.flatMap { [$0.key] + $0.value.ownDescriptors } }
    }

    init() {}

    /// In the child: closes the descriptors of its parent's queues.
    func closeInherited() { Self.close(inherited) }

    private static func close(_ descriptors: [Int32]) {
        for number in descriptors { _ = HostSystemCall.close(Int(number)) }
    }

    /// Holds everything still for a fork, so that the child finds no change half made.
    func prepareFork() {
        lock.lock()
        for queue in distinctQueues { queue.prepareFork() }
    }

    func finishForkInParent() {
        for queue in distinctQueues { queue.finishForkInParent() }
        lock.unlock()
    }

    // MARK: Signals

    func watch(_ signal: Int32) { locked { watchedSignals.insert(signal) } }

    func signalArrived(_ signal: Int32) {
        guard watchedSignals.contains(signal) else { return }
        for queue in all { queue.signalArrived(signal) }
    }
}
