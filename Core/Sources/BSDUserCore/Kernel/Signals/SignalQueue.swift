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
        if countsAsOverrun(info) { return true }
        if hasRoom {
            entries.append(info)
        } else if info.isQueued {
            return false
        }
        pending.insert(info.signal)
        return true
    }

    /// A timer has one signal in the queue; further expirations are counted in it (`itimer_fire` of kern_time.c).
    private mutating func countsAsOverrun(_ info: SignalInfo) -> Bool {
        guard info.code == SignalCode.timer.rawValue,
            let index = entries.firstIndex(where: { $0.isOf(timer: info.reason) })
        else { return false }
        let (sum, isTooLarge) = entries[index].overrun.addingReportingOverflow(info.overrun &+ 1)
        entries[index].overrun = isTooLarge ? .max : sum
        return true
    }

    /// Forgets the signal of a timer, which is deleted.
    mutating func discard(timer: Int32) {
        guard let index = entries.firstIndex(where: { $0.isOf(timer: timer) }) else { return }
        let signal = entries.remove(at: index).signal
        if !entries.contains(where: { $0.signal == signal }) { pending.remove(signal) }
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

    /// Forgets signals.
    mutating func discard(_ signals: SignalSet) {
        guard !pending.intersection(signals).isEmpty else { return }
        entries.removeAll { signals.contains($0.signal) }
        pending = pending.subtracting(signals)
    }
}
