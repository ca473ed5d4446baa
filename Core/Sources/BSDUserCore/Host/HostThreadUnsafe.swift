import CHost

/// A host thread, as others wake it.
struct HostThread {
    /// The kernel's number.
    let number: Int32
    private let signals: UnsafeMutableRawPointer?

    /// The calling thread.
    static var current: HostThread {
        HostThread(number: chost_thread_number(), signals: chost_signal_thread())
    }

    /// Makes the thread, which is one of this process and has not ended, look for signals.
    func kick() { chost_signal_kick(signals, number) }

    /// In the child of a fork: kicks that the parent was sent never come.
    static func forgetKicks() { chost_signal_forget_kicks() }

    /// Starts a thread that runs `body(owner)`, with all signals blocked. The result is a host errno.
    static func start<Owner: AnyObject>(_ owner: Owner, _ body: @escaping (Owner) -> Void) -> Int32 {
        let context = Unmanaged.passRetained(Body { body(owner) })
        let error = chost_thread_start(
            { context in
                guard let context else { return }
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            }, context.toOpaque())
        if error != 0 { context.release() }
        return error
    }

    /// A closure as C passes it on.
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Stands still for ever.
    static func sleepForEver() -> Never { chost_thread_sleep_for_ever() }
}

/// Something that happens once, and a thread that waits for it. Others may hold it longer than the thread lives.
final class HostEvent {
    private let word: UnsafeMutablePointer<UInt32>

    init() {
        word = .allocate(capacity: 1)
        word.initialize(to: 0)
    }

    deinit { word.deallocate() }

    /// When a wait ends by itself.
    struct Deadline: Equatable {
        /// Nanoseconds of the host's monotonic clock or of its real-time clock.
        var nanoseconds: Int64
        /// The real-time clock counts, which may be set meanwhile.
        var isRealTime = false
    }

    var hasHappened: Bool { chost_event_is_set(word) != 0 }

    /// Lets it be waited for again.
    func reset() { chost_event_clear(word) }

    func happen() { chost_event_set(word) }

    /// Waits: 0 when it has happened; the host's -ETIMEDOUT, or -EINTR when a signal came first.
    func wait(_ deadline: Deadline?) -> Int {
        chost_event_wait(word, deadline.map { max($0.nanoseconds, 0) } ?? -1, deadline?.isRealTime == true ? 1 : 0)
    }

    /// Waits whatever comes.
    func waitUninterrupted() { chost_event_wait_uninterrupted(word) }
}
