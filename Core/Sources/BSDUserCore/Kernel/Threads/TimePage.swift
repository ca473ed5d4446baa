/// The counter of an architecture whose user code can read one: nanoseconds of the host's CLOCK_MONOTONIC.
///
/// A plugin with `hasTimeCounter` reads it by this helper, and says in its register of the frequency what
/// `TimeCounter.frequency` says. The read itself keeps the page with the time fresh: a program looks at the page, reads
/// the counter, and looks whether the page is still the same, so a change in between only makes it try again.
public enum TimeCounter {
    /// Ticks a second. One tick is a nanosecond, so that nothing is lost between the counter and a `timespec`.
    public static let frequency: UInt64 = 1_000_000_000

    /// Reads the counter; for the helpers of an architecture. Its operands mean nothing.
    public static var helper: Helper { Helper("timeCounter") { _, _, _, _ in TimeCounter.read() } }

    /// Reads the counter.
    public static func read() -> UInt64 {
        let now = HostTime.nanoseconds(HostTime.monotonic)
        TimePage.current?.refresh(now)
        return now
    }
}

/// `struct vdso_timekeep` with its four `struct vdso_timehands` (`sys/vdso.h`), from which libc makes the time out of the
/// counter (`lib/libc/sys/__vdso_gettimeofday.c`).
///
/// libc uses 32 bits of the counter, which come round after 4.3 seconds. A read of the counter at least a tenth of a
/// second after the last change moves the page on; how long nobody read it before does not matter.
final class TimePage {
    /// The process's page; nil without one. Set once, before the guest runs.
    nonisolated(unsafe) static var current: TimePage?

    private let memory: GuestMemory
    private let address: GuestAddress
    /// The counter at the last change. Read without a lock: who sees an old value only looks once more.
    private var refreshed: UInt64 = 0
    private var generation: UInt32 = 0

    private static let period: UInt64 = 100_000_000
    // VDSO_TK_VER_1, VDSO_TH_ALGO_1, VDSO_TH_NUM.
    private static let version: UInt32 = 1
    private static let algorithm: UInt32 = 1
    private static let handCount: UInt32 = 4

    private init(_ memory: GuestMemory, _ address: GuestAddress) {
        self.memory = memory
        self.address = address
    }

    /// Fills the page in and keeps it up to date from now on.
    static func install(_ memory: GuestMemory, at address: GuestAddress) {
        let page = TimePage(memory, address)
        page.refresh(HostTime.nanoseconds(HostTime.monotonic))
        current = page
    }

    @inline(__always)
    func refresh(_ now: UInt64) {
        if now &- refreshed < Self.period { return }
        change()
    }

    private func change() {
        let isThere = memory.addressSpace.withTimePage(address) {
            // Another thread may have been here while this one waited.
            let now = HostTime.nanoseconds(HostTime.monotonic)
            guard now &- refreshed >= Self.period else { return }
            write(now)
            refreshed = now
        }
        // Without its page nobody asks again.
        if !isThere { refreshed = .max / 2 }
    }

    // The hands that nobody reads at the moment are written, then made the current ones. A store that fails has no
    // page to matter for.
    private func write(_ now: UInt64) {
        generation = generation &+ 1 == 0 ? 1 : generation &+ 1
        let next = generation % Self.handCount
        let hands = TimeHands(counter: now, realTime: HostTime.nanoseconds(HostTime.realTime))
        let place = address + UInt64(TimeKeep.headerBytes) + UInt64(next) * UInt64(TimeHands.byteCount(memory.abi))
        do throws(Errno) {
            // th_gen 0 says that the hands are being changed.
            try memory.store(UInt32(0), at: place + TimeHands.generationOffset)
            try memory.store(hands, at: place)
            try memory.store(generation, at: place + TimeHands.generationOffset)
            try memory.store(TimeKeep(version: Self.version, isEnabled: 1, current: next), at: address)
        } catch {}
    }

    /// `struct vdso_timekeep`.
    struct TimeKeep: GuestStruct {
        static let headerBytes = 16
        var version: UInt32 = 0
        var isEnabled: UInt32 = 0
        var current: UInt32 = 0

        init() {}
        init(version: UInt32, isEnabled: UInt32, current: UInt32) {
            (self.version, self.isEnabled, self.current) = (version, isEnabled, current)
        }

        mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
            visitor.int("tk_ver", &version)
            visitor.int("tk_enabled", &isEnabled)
            visitor.int("tk_current", &current)
            visitor.align(8)
        }
    }

    /// `struct vdso_timehands`.
    struct TimeHands: GuestStruct {
        static let generationOffset: UInt64 = 4
        var algorithm: UInt32 = 0
        var generation: UInt32 = 0
        /// 2^64 / frequency, rounded down: the time is never ahead of the counter.
        var scale: UInt64 = 0
        var counter: UInt32 = 0
        var counterMask: UInt32 = 0
        var uptime = BinaryTime()
        var bootTime = BinaryTime()

        init() {}

        init(counter now: UInt64, realTime: UInt64) {
            algorithm = TimePage.algorithm
            scale = UInt64.max / TimeCounter.frequency
            counter = UInt32(truncatingIfNeeded: now)
            counterMask = .max
            uptime = BinaryTime(ofNanoseconds: now)
            bootTime = BinaryTime(ofNanoseconds: realTime &- now)
        }

        mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
            visitor.int("th_algo", &algorithm)
            visitor.int("th_gen", &generation)
            visitor.int("th_scale", &scale)
            visitor.int("th_offset_count", &counter)
            visitor.int("th_counter_mask", &counterMask)
            visitor.nested("th_offset", &uptime)
            visitor.nested("th_boottime", &bootTime)
            // The machine's part: th_physical, which counter (0 is the virtual one), and spare words.
            visitor.pad(8 * 4)
        }
    }
}

extension BinaryTime {
    // Rounded up, so that going back to nanoseconds, which rounds down, gives the same number.
    fileprivate init(ofNanoseconds total: UInt64) {
        self.init()
        seconds = Int64(total / 1_000_000_000)
        let rest = total % 1_000_000_000
        // rest * 2^64 / 10^9 in two steps of 32 bits.
        let high = (rest << 32) / 1_000_000_000
        let low = ((rest << 32) % 1_000_000_000 << 32) / 1_000_000_000
        fraction = high << 32 | low
        if rest != 0 { fraction += 1 }
    }
}
