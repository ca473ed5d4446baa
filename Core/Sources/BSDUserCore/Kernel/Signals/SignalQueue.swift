/// Signals that wait for delivery, with what came with them, in the order of arrival.
///
/// As in FreeBSD each arrival of a signal is queued, also of an ordinary one, as long as there is room.
struct SignalQueue {
    /// Which signals wait.
    private(set) var pending = SignalSet.none
    private var entries: [SignalInfo] = []
    /// `kern.sigqueue.max_pending_per_proc`.
    static let capacity = 128

    var hasRoom: Bool { entries.count < Self.capacity }

    /// Adds a signal. False when the queue is full and the sender must be told; a signal that was not queued is then
    /// still pending, without its particulars.
    mutating func add(_ info: SignalInfo) -> Bool {
        if hasRoom {
            entries.append(info)
        } else if info.isQueued {
            return false
        }
        pending.insert(info.signal)
        return true
    }

    /// Adds a signal that another queue had room for.
    mutating func move(_ info: SignalInfo) {
        entries.append(info)
        pending.insert(info.signal)
    }

    /// Takes the oldest arrival of a signal; nil when it does not wait.
    mutating func take(_ signal: Int32) -> SignalInfo? {
        guard pending.contains(signal) else { return nil }
        guard let index = entries.firstIndex(where: { $0.signal == signal }) else {
            pending.remove(signal)
            return SignalInfo(signal: signal, code: 0)
        }
        let info = entries.remove(at: index)
        if !entries.contains(where: { $0.signal == signal }) { pending.remove(signal) }
        return info
    }

    /// Counts an expiration of a timer whose signal still waits (`itimer_fire`); false when none does.
    mutating func countOverrun(_ timer: Int32, _ more: Int32) -> Bool {
        guard let index = entries.firstIndex(where: { $0.isOfTimer(timer) }) else { return false }
        entries[index].overrun = Int32(clamping: Int64(entries[index].overrun) + 1 + Int64(more))
        return true
    }

    /// Forgets what waits of a timer.
    mutating func discard(timer: Int32) {
        guard let index = entries.firstIndex(where: { $0.isOfTimer(timer) }) else { return }
        let signal = entries.remove(at: index).signal
        if !entries.contains(where: { $0.signal == signal }) { pending.remove(signal) }
    }

    /// Forgets signals.
    mutating func discard(_ signals: SignalSet) {
        guard !pending.intersection(signals).isEmpty else { return }
        entries.removeAll { signals.contains($0.signal) }
        pending = pending.subtracting(signals)
    }
}
