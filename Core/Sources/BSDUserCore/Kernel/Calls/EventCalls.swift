/// Event queues (`sys/kern/kern_event.c`).
enum EventCalls {
    static let rows: [SystemCallRow] = [
        systemCall(362, "kqueue", returns: .descriptor) { thread throws(Errno) in
            try thread.makeEventQueue(FlagSet(guest: 0))
        },
        systemCall(583, "kqueuex", Flags<EventQueueFlags>(), returns: .descriptor) { thread, flags throws(Errno) in
            guard flags.unknown == 0 else { throw .EINVAL }
            return try thread.makeEventQueue(flags)
        },
        systemCall(
            560, "kevent", Fd(), InList<KernelEvent>("changelist", count: "nchanges"),
            OutArray<KernelEvent>("eventlist", filled: .result, countName: "nevents"),
            InOptional<TimeSpecification>("timeout"), returns: .count, restart: .interrupts
        ) { thread, fd, changes, events, timeout throws(Errno) in
            try thread.kernelEvents(fd, changes, events, timeout)
        },
        systemCall(
            363, "freebsd11_kevent", Fd(), InList<KernelEvent11>("changelist", count: "nchanges"),
            OutArray<KernelEvent11>("eventlist", filled: .result, countName: "nevents"),
            InOptional<TimeSpecification>("timeout"), returns: .count, restart: .interrupts
        ) { thread, fd, changes, events, timeout throws(Errno) in
            try thread.kernelEvents(fd, changes, events, timeout)
        },
    ]
}

extension GuestThread {
    fileprivate func makeEventQueue(_ flags: FlagSet<EventQueueFlags>) throws(Errno) -> Int32 {
        let poller = try HostPoller.create(closesOnExec: flags.contains(EventQueueFlags.closeOnExec))
        let descriptor = try guestDescriptor(Int(poller))
        process.events.add(EventQueue(descriptor: descriptor, process: process))
        return descriptor
    }

    /// `kevent` (`kqueue_kevent`): the changes first; without an error among them, events.
    fileprivate func kernelEvents<Record: KernelEventRecord>(
        _ descriptor: Int32, _ changes: GuestArray<Record>, _ events: GuestArray<Record>, _ timeout: TimeSpecification?
    ) throws(Errno) -> Int {
        let queue = try process.events.queue(descriptor)
        guard events.count >= 0 else { throw .EINVAL }
        var output = EventOutput(events)
        if try change(queue, changes, &output) { return output.count }
        if output.count > 0 || events.count == 0 { return output.count }
        let deadline = try Self.deadline(timeout)
        while true {
            // A signal that is counted may have been noted only.
            if !process.events.watchedSignals.isEmpty { collectHostSignals() }
            let found = try queue.takeEvents(limit: min(events.count, EventOutput<Record>.mostAtOnce))
            if !found.isEmpty {
                try output.write(found)
                return output.count
            }
            if let deadline, deadline <= HostSignal.monotonicNanoseconds { return 0 }
            try wait(for: queue, until: deadline)
        }
    }

    /// Carries out changes, a few at a time: the list of events may be the list of changes. True when the call is to end
    /// at once.
    private func change<Record: KernelEventRecord>(
        _ queue: EventQueue, _ changes: GuestArray<Record>, _ output: inout EventOutput<Record>
    ) throws(Errno) -> Bool {
        // KQ_NEVENTS of kern_event.c.
        let chunk = 8
        let stride = UInt64(Record.byteCount(memory.abi))
        var (address, left) = (changes.address, changes.count)
        while left > 0 {
            let records = try memory.copyInArray(Record.self, address, count: min(left, chunk))
            for record in records where record.event.filter != 0 {
                if try change(queue, record.event, &output) { return true }
            }
            left -= records.count
            address &+= UInt64(records.count) * stride
        }
        return false
    }

    /// An error becomes an event when there is room for it, the call's own otherwise; a receipt ends the call then.
    private func change<Record: KernelEventRecord>(
        _ queue: EventQueue, _ change: KernelEvent, _ output: inout EventOutput<Record>
    ) throws(Errno) -> Bool {
        var change = change
        change.flags &= ~EventFlags.system
        var failure: Errno?
        do throws(Errno) { try queue.register(change) } catch { failure = error }
        guard failure != nil || change.flags & EventFlags.receipt != 0 else { return false }
        guard output.hasRoom else {
            if let failure { throw failure }
            return true
        }
        change.flags = EventFlags.error
        change.data = Int64(failure?.rawValue ?? 0)
        // The kernel does not look whether this could be written.
        try? output.write([change])
        return false
    }

    private static func deadline(_ timeout: TimeSpecification?) throws(Errno) -> Int64? {
        guard let timeout else { return nil }
        guard timeout.isValid, timeout.seconds >= 0 else { throw .EINVAL }
        if timeout.seconds == 0 && timeout.nanoseconds == 0 { return 0 }
        if timeout.seconds > Int64(Int32.max) { return nil }
        return HostSignal.monotonicNanoseconds.saturatingSum(timeout.totalNanoseconds)
    }

    /// Waits until the queue may have events, or the deadline.
    private func wait(for queue: EventQueue, until deadline: Int64?) throws(Errno) {
        try queue.whileWaiting { () throws(Errno) in
            let result = try blocking(mayRestart: false) {
                HostPoller.wait(for: queue.descriptor, untilNanoseconds: deadline)
            }
            if result < 0 { throw Errno(host: Int32(-result)) }
        }
    }
}

/// Where `kevent` puts events, one after the other.
private struct EventOutput<Record: KernelEventRecord> {
    private let array: GuestArray<Record>
    private(set) var count = 0

    /// Events that are taken from a queue in one go.
    static var mostAtOnce: Int { 1024 }

    init(_ array: GuestArray<Record>) { self.array = array }

    var hasRoom: Bool { count < array.count }

    mutating func write(_ events: [KernelEvent]) throws(Errno) {
        let address = array.address &+ UInt64(count * Record.byteCount(array.memory.abi))
        count += events.count
        try GuestArray(address: address, count: events.count, memory: array.memory).store(events.map { Record($0) })
    }
}
