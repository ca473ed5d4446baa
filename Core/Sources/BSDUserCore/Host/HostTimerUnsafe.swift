import Glibc

/// Timers and scheduling of the host. Results are negative for a host errno.
enum HostTimer {
    // Numbers of the host's system calls (arch/x86/entry/syscalls/syscall_64.tbl).
    private enum Call: Int {
        case setInterval = 38
        case getInterval = 36
        case create = 222
        case setTime = 223
        case getTime = 224
        case overrun = 225
        case delete = 226
    }

    /// Interval and time left, in nanoseconds.
    struct Setting: Equatable, Sendable {
        var interval: Int64 = 0
        var value: Int64 = 0
    }

    private typealias Words = (Int, Int, Int, Int)

    private static func words(_ setting: Setting, _ unit: Int64) -> Words {
        let second: Int64 = 1_000_000_000
        return (
            Int(setting.interval / second), Int(setting.interval % second / unit), Int(setting.value / second),
            Int(setting.value % second / unit)
        )
    }

    private static func setting(_ words: Words, _ unit: Int64) -> Setting {
        Setting(
            interval: Int64(words.0) * 1_000_000_000 + Int64(words.1) * unit,
            value: Int64(words.2) * 1_000_000_000 + Int64(words.3) * unit)
    }

    private static func call(_ number: Call, _ a: Int, _ b: Int, _ c: Int = 0, _ d: Int = 0) -> Int {
        HostSignal.plainCall(number.rawValue, a, b, c, d)
    }

    /// Interval timers count in microseconds.
    static func setInterval(_ which: Int32, _ new: Setting) -> (result: Int, old: Setting) {
        var (new, old) = (words(new, 1000), Words(0, 0, 0, 0))
        let result = withUnsafeMutablePointer(to: &new) { new in
            withUnsafeMutablePointer(to: &old) { old in
                call(.setInterval, Int(which), Int(bitPattern: new), Int(bitPattern: old))
            }
        }
        return (result, setting(old, 1000))
    }

    static func interval(_ which: Int32) -> (result: Int, setting: Setting) {
        var words = Words(0, 0, 0, 0)
        let result = withUnsafeMutablePointer(to: &words) { call(.getInterval, Int(which), Int(bitPattern: $0)) }
        return (result, setting(words, 1000))
    }

    /// Makes a POSIX timer that sends `signal`, or none for 0; the host's number of it.
    static func create(clock: Int32, signal: Int32) -> (result: Int, timer: Int32) {
        var event = sigevent()
        // SIGEV_SIGNAL 0, SIGEV_NONE 1.
        event.sigev_notify = signal == 0 ? 1 : 0
        event.sigev_signo = signal
        var timer: Int32 = 0
        let result = withUnsafeMutablePointer(to: &event) { event in
            withUnsafeMutablePointer(to: &timer) { timer in
                call(.create, Int(clock), Int(bitPattern: event), Int(bitPattern: timer))
            }
        }
        return (result, timer)
    }

    static func set(_ timer: Int32, isAbsolute: Bool, _ new: Setting) -> (result: Int, old: Setting) {
        var (new, old) = (words(new, 1), Words(0, 0, 0, 0))
        let result = withUnsafeMutablePointer(to: &new) { new in
            withUnsafeMutablePointer(to: &old) { old in
                call(.setTime, Int(timer), isAbsolute ? 1 : 0, Int(bitPattern: new), Int(bitPattern: old))
            }
        }
        return (result, setting(old, 1))
    }

    static func time(_ timer: Int32) -> (result: Int, setting: Setting) {
        var words = Words(0, 0, 0, 0)
        let result = withUnsafeMutablePointer(to: &words) { call(.getTime, Int(timer), Int(bitPattern: $0)) }
        return (result, setting(words, 1))
    }

    static func delete(_ timer: Int32) -> Int { call(.delete, Int(timer), 0) }

    /// The time of a clock in nanoseconds.
    static func now(_ clock: Int32) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
