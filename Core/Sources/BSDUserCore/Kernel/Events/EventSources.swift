/// The filters, and what watches for each.
struct EventSourceRow: Sendable {
    let filter: Int32
    /// The identifier is a descriptor.
    let isOfDescriptor: Bool
    let make: @Sendable (KernelEvent, EventQueue) throws(Errno) -> any EventSource

    init(
        _ filter: Int32, isOfDescriptor: Bool = false,
        _ make: @escaping @Sendable (KernelEvent, EventQueue) throws(Errno) -> any EventSource
    ) {
        self.filter = filter
        self.isOfDescriptor = isOfDescriptor
        self.make = make
    }
}

enum EventSources {
    static let rows: [EventSourceRow] = [
        EventSourceRow(EventFilter.read, isOfDescriptor: true) { change, queue throws(Errno) in
            try DescriptorKind.source(change, queue, isWriting: false)
        },
        EventSourceRow(EventFilter.write, isOfDescriptor: true) { change, queue throws(Errno) in
            try DescriptorKind.source(change, queue, isWriting: true)
        },
        // Only the kernel itself makes these two (`filt_aioattach`, `filt_lioattach`).
        EventSourceRow(EventFilter.asynchronousIO) { _, _ throws(Errno) in throw .EPERM },
        EventSourceRow(EventFilter.listIO) { _, _ throws(Errno) in throw .EPERM },
        EventSourceRow(EventFilter.vnode, isOfDescriptor: true) { change, _ throws(Errno) in
            try VnodeSource(Int32(clamping: change.identifier))
        },
        EventSourceRow(EventFilter.process) { change, _ throws(Errno) in try ProcessSource(pid: change.identifier) },
        EventSourceRow(EventFilter.processDescriptor, isOfDescriptor: true) { change, _ throws(Errno) in
            try ProcessSource(descriptor: Int32(clamping: change.identifier))
        },
        EventSourceRow(EventFilter.signal) { _, _ throws(Errno) in SignalSource() },
        EventSourceRow(EventFilter.timer) { _, _ throws(Errno) in TimerSource() },
        EventSourceRow(EventFilter.user) { _, _ throws(Errno) in UserSource() },
        // File systems come and go without the guest hearing of it.
        EventSourceRow(EventFilter.fileSystem) { _, _ throws(Errno) in SilentSource() },
        // `filt_nullattach`.
        EventSourceRow(EventFilter.sendFile) { _, _ throws(Errno) in throw .ENXIO },
        EventSourceRow(EventFilter.empty, isOfDescriptor: true) { change, _ throws(Errno) in
            try EmptySource(Int32(clamping: change.identifier))
        },
    ]

    /// Filters whose identifiers are descriptors.
    static let descriptorFilters: [Int32] = rows.filter(\.isOfDescriptor).map(\.filter)

    static func row(_ filter: Int16) -> EventSourceRow? { rows.first { $0.filter == Int32(filter) } }
}

/// A filter that has no events.
final class SilentSource: EventSource {
    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno) { note.flags |= EventFlags.clear }
    func evaluate(_ note: EventNote) -> Bool { false }
}
