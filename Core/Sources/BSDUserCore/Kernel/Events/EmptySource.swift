/// `EVFILT_EMPTY`: everything that was written to a socket has been sent. The host does not tell when that happens, so the
/// socket is asked: whenever the queue is looked at, and every few milliseconds while it holds something.
final class EmptySource: EventSource {
    private let descriptor: Int32
    private var isEmpty = false

    /// How long it may take until an empty socket is noticed.
    private static let intervalNanoseconds: Int64 = 10_000_000

    init(_ descriptor: Int32) throws(Errno) {
        guard try DescriptorKind(descriptor) == .socket else { throw .EINVAL }
        self.descriptor = descriptor
    }

    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno) {
        try queue.helpers.makeAlarmIfNeeded()
        queue.emptyingSockets.append(note)
    }

    func detach(_ note: EventNote, _ queue: EventQueue) { queue.emptyingSockets.removeAll { $0 === note } }

    func evaluate(_ note: EventNote) -> Bool {
        note.data = 0
        isEmpty = (try? HostControl.integer(descriptor, HostControl.outputQueue)) == 0
        return isEmpty
    }

    /// Tells of the sockets of a queue that have become empty since they were last asked.
    static func look(_ queue: EventQueue) {
        for note in queue.emptyingSockets where isAsked(note) {
            let wasEmpty = (note.source as? EmptySource)?.isEmpty == true
            if note.evaluate() && !wasEmpty { queue.activate(note) }
        }
        queue.nextEmptyLook = HostSignal.monotonicNanoseconds.saturatingSum(intervalNanoseconds)
    }

    /// When they are to be asked next; nil when there are none that have nothing to tell yet.
    static func nextLook(_ queue: EventQueue) -> Int64? {
        guard queue.emptyingSockets.contains(where: isAsked) else { return nil }
        return queue.nextEmptyLook
    }

    private static func isAsked(_ note: EventNote) -> Bool {
        // Also one that was told to be empty (`EV_CLEAR`): it may hold something again, and become empty again.
        !note.isDisabled && !note.isActive
    }
}
