/// POSIX timers of the process (`ktimer_create`). Each is a timer of the host that sends the carrier signal; the notes
/// of the handler name the host's timer.
struct TimerTable {
    /// One timer.
    struct Timer {
        /// The host kernel's number.
        var host: Int32
        /// The guest's signal; 0 for SIGEV_NONE.
        var signal: Int32
        var value: UInt64
        /// The thread that the signal is for; nil for the process.
        var thread: Int64?
        /// Expirations that the last signal stood for, beyond the first.
        var overrun: Int32 = 0
    }

    private var timers: [Int32: Timer] = [:]
    /// `TIMER_MAX` of kern_time.c.
    static let capacity = 32

    subscript(id: Int32) -> Timer? {
        get { timers[id] }
        set { timers[id] = newValue }
    }

    /// The lowest free number; nil when there is none. Numbers 0 ... 2 belong to the interval timers.
    var freeNumber: Int32? {
        (3..<Int32(Self.capacity)).first { timers[$0] == nil }
    }

    /// Host numbers of all timers, and an empty table: they do not survive fork and exec.
    mutating func removeAll() -> [Int32] {
        guard !timers.isEmpty else { return [] }
        defer { timers = [:] }
        return timers.values.map(\.host)
    }

    /// The guest's signal for an expiration that the host's handler noted, and the thread that it is for.
    mutating func expired(_ record: HostSignal.Record) -> (info: SignalInfo, thread: Int64?)? {
        guard let (id, timer) = timers.first(where: { $0.value.host == record.timer }), timer.signal != 0 else {
            return nil
        }
        var info = SignalInfo(signal: timer.signal, code: SignalCode.timer.rawValue, value: timer.value)
        info.reason = id
        info.overrun = record.overrun
        return (info, timer.thread)
    }

    /// A signal is taken: what it stands for is what the timer tells (`itimer_accept`).
    mutating func accepted(_ info: SignalInfo) {
        guard info.code == SignalCode.timer.rawValue else { return }
        timers[info.reason]?.overrun = info.overrun
    }
}
