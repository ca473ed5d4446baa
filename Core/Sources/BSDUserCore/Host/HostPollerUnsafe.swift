import Glibc

/// An `epoll` of the host: tells which of many descriptors are ready.
enum HostPoller {
    /// A descriptor that is ready: what it is ready for, and the number it was added under.
    struct Event {
        var readiness: UInt32
        var tag: UInt64
    }

    static let readable: UInt32 = 0x1
    static let urgent: UInt32 = 0x2
    static let writable: UInt32 = 0x4
    static let failed: UInt32 = 0x8
    static let hungUp: UInt32 = 0x10
    static let peerShutDown: UInt32 = 0x2000
    /// Tells of each change to readiness once.
    static let onChange: UInt32 = 0x8000_0000

    private static let addOperation = 1
    private static let removeOperation = 2
    private static let changeOperation = 3
    // The kernel's structure is packed: 32 bits of readiness, 64 bits of tag.
    private static let recordBytes = 12

    /// A new poller, for the guest when it is to have a number of its own.
    static func create(closesOnExec: Bool) throws(Errno) -> Int32 {
        Int32(try HostSystemCall.epollCreate.checked(closesOnExec ? Int(O_CLOEXEC) : 0))
    }

    static func add(_ descriptor: Int32, _ readiness: UInt32, tag: UInt64, to poller: Int32) throws(Errno) {
        try control(poller, addOperation, descriptor, readiness, tag)
    }

    static func change(_ descriptor: Int32, _ readiness: UInt32, tag: UInt64, of poller: Int32) throws(Errno) {
        try control(poller, changeOperation, descriptor, readiness, tag)
    }

    static func remove(_ descriptor: Int32, from poller: Int32) {
        try? control(poller, removeOperation, descriptor, 0, 0)
    }

    private static func control(
        _ poller: Int32, _ operation: Int, _ descriptor: Int32, _ readiness: UInt32, _ tag: UInt64
    ) throws(Errno) {
        let result = withUnsafeTemporaryAllocation(byteCount: recordBytes, alignment: 8) { record in
            record.storeBytes(of: readiness, as: UInt32.self)
            record.storeBytes(of: tag, toByteOffset: 4, as: UInt64.self)
            return HostSystemCall.epollControl(
                Int(poller), operation, Int(descriptor), Int(bitPattern: record.baseAddress))
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
    }

    /// What is ready now, at most so many; does not wait.
    static func take(from poller: Int32, limit: Int) -> [Event] {
        let limit = min(max(limit, 1), 256)
        return withUnsafeTemporaryAllocation(byteCount: recordBytes * limit, alignment: 8) { records in
            let count = HostSystemCall.epollWait(Int(poller), Int(bitPattern: records.baseAddress), limit, 0)
            return (0..<max(count, 0)).map { index in
                Event(
                    readiness: records.loadUnaligned(fromByteOffset: index * recordBytes, as: UInt32.self),
                    tag: records.loadUnaligned(fromByteOffset: index * recordBytes + 4, as: UInt64.self))
            }
        }
    }

    /// What one descriptor is ready for now. The bits of `poll` are those of `epoll`.
    static func readiness(of descriptor: Int32, _ wanted: UInt32) -> UInt32 {
        var entry = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: wanted), revents: 0)
        return withUnsafeMutablePointer(to: &entry) { entry in
            _ = HostSystemCall.poll(Int(bitPattern: entry), 1, 0)
            return UInt32(UInt16(bitPattern: entry.pointee.revents))
        }
    }

    /// Waits until a descriptor can be read or a time of the monotonic clock is there; as `HostSignal.blockingCall`.
    static func wait(for descriptor: Int32, untilNanoseconds deadline: Int64?) -> Int {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let left = deadline.map { max(0, $0 - HostSignal.monotonicNanoseconds) } ?? 0
        var time = (Int(left / 1_000_000_000), Int(left % 1_000_000_000))
        return withUnsafeMutablePointer(to: &entry) { entry in
            withUnsafeMutablePointer(to: &time) { time in
                HostSignal.blockingCall(
                    HostSystemCall.ppoll.rawValue, Int(bitPattern: entry), 1,
                    deadline == nil ? 0 : Int(bitPattern: time), 0, 8)
            }
        }
    }
}

/// A timer of the host that is a descriptor: readable from its time on.
enum HostAlarm {
    private static let monotonicClock = 1
    private static let absolute = 1

    /// A new alarm out of the guest's reach.
    static func create() throws(Errno) -> Int32 {
        let descriptor = try HostSystemCall.timerCreate.checked(monotonicClock, Int(O_CLOEXEC | O_NONBLOCK))
        return try HostDescriptors.parked(Int32(descriptor))
    }

    /// Sets the time, in nanoseconds of the monotonic clock; one that is past makes it readable at once, nil never.
    static func set(_ alarm: Int32, _ time: Int64?) {
        // A time of zero would take the alarm back.
        let time = time.map { max(1, $0) } ?? 0
        var words = [0, 0, Int(time / 1_000_000_000), Int(time % 1_000_000_000)]
        _ = try? HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.timerSetTime.checked(Int(alarm), absolute, address, 0)
        }
    }
}

extension HostDescriptors {
    /// Moves a descriptor of the emulator out of the guest's reach; `ENFILE` when there is no room for it.
    static func parked(_ descriptor: Int32) throws(Errno) -> Int32 {
        let parked = park(descriptor)
        guard !isGuests(parked) else {
            _ = HostSystemCall.close(Int(parked))
            throw .ENFILE
        }
        return parked
    }
}
