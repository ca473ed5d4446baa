/// `EVFILT_TIMER`: expirations are counted when the queue is looked at; an alarm wakes those who wait.
final class TimerSource: EventSource {
    /// When it expires next, in nanoseconds of the monotonic clock, and how long after that again.
    private var next: Int64?
    private var period: Int64 = 0

    /// `kern.kq_calloutmax`.
    private static let limit = 4096

    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno) {
        let time = try Self.validate(note)
        guard queue.timers.count < Self.limit else { throw .ENOMEM }
        try queue.helpers.makeAlarmIfNeeded()
        if !Self.isAbsolute(note) { note.flags |= EventFlags.clear }
        start(note, time, queue)
    }

    func detach(_ note: EventNote, _ queue: EventQueue) { queue.timers.removeAll { $0 === note } }

    func change(_ note: EventNote, _ change: KernelEvent, _ queue: EventQueue) {
        guard change.flags & EventFlags.add != 0 else { return }
        // Expirations under the former time are forgotten.
        queue.line.remove(note)
        detach(note, queue)
        next = nil
        note.isActive = false
        note.data = 0
        note.wantedNotes = change.notes
        note.wantedData = change.data
        do throws(Errno) {
            start(note, try Self.validate(note), queue)
        } catch {
            note.flags |= EventFlags.error
            note.data = Int64(error.rawValue)
        }
    }

    func evaluate(_ note: EventNote) -> Bool { note.data != 0 }

    private func start(_ note: EventNote, _ time: Int64, _ queue: EventQueue) {
        let isAbsolute = Self.isAbsolute(note)
        next = isAbsolute ? time : HostSignal.monotonicNanoseconds.saturatingSum(time)
        period = isAbsolute || note.has(EventFlags.oneShot) ? 0 : time
        queue.timers.append(note)
    }

    private static func isAbsolute(_ note: EventNote) -> Bool { note.wantedNotes & TimerNotes.absolute != 0 }

    /// The time in nanoseconds (`filt_timervalidate`); an absolute one as a time of the monotonic clock, which does not
    /// follow later settings of the time of day.
    private static func validate(_ note: EventNote) throws(Errno) -> Int64 {
        guard note.wantedData >= 0 else { throw .EINVAL }
        if note.wantedData == 0 && !note.has(EventFlags.oneShot) { note.wantedData = 1 }
        guard FlagSet<TimerNotes>(guest: UInt64(note.wantedNotes)).unknown == 0 else { throw .EINVAL }
        let unit: Int64
        switch note.wantedNotes & ~TimerNotes.absolute {
        case TimerNotes.seconds: unit = 1_000_000_000
        case TimerNotes.milliseconds, 0: unit = 1_000_000
        case TimerNotes.microseconds: unit = 1000
        case TimerNotes.nanoseconds: unit = 1
        default: throw .EINVAL
        }
        let (product, overflow) = note.wantedData.multipliedReportingOverflow(by: unit)
        let time = overflow ? Int64.max : product
        guard isAbsolute(note) else { return time }
        let started = HostTimer.now(HostClock.realTime) - HostSignal.monotonicNanoseconds
        guard time >= started else { throw .EINVAL }
        return time.saturatingSum(-started)
    }

    // MARK: Time passes

    /// Counts the expirations of a queue's timers.
    static func expire(_ queue: EventQueue) {
        guard !queue.timers.isEmpty else { return }
        let now = HostSignal.monotonicNanoseconds
        var isOver = false
        for note in queue.timers {
            guard let timer = note.source as? TimerSource, let next = timer.next, next <= now else { continue }
            timer.count(note, now: now, next: next)
            isOver = isOver || timer.next == nil
            queue.activate(note)
        }
        if isOver { queue.timers.removeAll { ($0.source as? TimerSource)?.next == nil } }
    }

    private func count(_ note: EventNote, now: Int64, next: Int64) {
        guard period > 0 else {
            note.data += 1
            self.next = nil
            return
        }
        let times = (now - next) / period + 1
        note.data += times
        self.next = next.saturatingSum(times * period)
    }

    /// When the first of the timers expires whose expiration somebody would notice.
    static func earliest(of timers: [EventNote]) -> Int64? {
        timers.lazy.filter { !$0.isDisabled && !$0.isActive }.compactMap { ($0.source as? TimerSource)?.next }.min()
    }
}
