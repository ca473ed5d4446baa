/// A change to an event queue or an event from it, in any of its layouts.
protocol KernelEventRecord: GuestStruct, Sendable {
    init(_ event: KernelEvent)
    var event: KernelEvent { get }
}

/// `struct kevent` since FreeBSD 12: 64 bytes on every ABI.
struct KernelEvent: Equatable {
    var identifier: UInt64 = 0
    var filter: Int16 = 0
    var flags: UInt16 = 0
    /// What the filter is asked for or tells: a flag table of its own for each filter.
    var notes: UInt32 = 0
    var data: Int64 = 0
    var userData: UInt64 = 0
    /// `ext[4]`: the caller's own, but for `EVFILT_AIO`'s kin.
    var extension0: UInt64 = 0
    var extension1: UInt64 = 0
    var extension2: UInt64 = 0
    var extension3: UInt64 = 0
}

extension KernelEvent: KernelEventRecord {
    init(_ event: KernelEvent) { self = event }
    var event: KernelEvent { self }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.word("ident", &identifier, identifierFormat)
        visitor.int("filter", &filter, .named { TraceValue.enumerationText(EventFilter.self, $0) })
        visitor.int("flags", &flags, .named { TraceValue.flagText(FlagSet<EventFlags>(guest: $0)) })
        visitor.int("fflags", &notes, notesFormat)
        visitor.int("data", &data)
        visitor.word("udata", &userData, .hexadecimal)
        visitor.int("ext0", &extension0, .hexadecimal)
        visitor.int("ext1", &extension1, .hexadecimal)
        visitor.int("ext2", &extension2, .hexadecimal)
        visitor.int("ext3", &extension3, .hexadecimal)
    }

    // The filter stands behind the identifier it explains; when a structure is printed both are known.
    fileprivate var identifierFormat: FieldFormat {
        guard Int32(filter) == EventFilter.signal else { return .decimal }
        return .named { SignalNumber.isValid(Int32(clamping: $0)) ? SignalNumber.name(Int32(clamping: $0)) : "\($0)" }
    }

    fileprivate var notesFormat: FieldFormat {
        switch Int32(filter) {
        case EventFilter.read, EventFilter.write: Self.format(TransferNotes.self)
        case EventFilter.vnode: Self.format(VnodeNotes.self)
        case EventFilter.process, EventFilter.processDescriptor: Self.format(ProcessNotes.self)
        case EventFilter.timer: Self.format(TimerNotes.self)
        case EventFilter.user: Self.format(UserNotes.self)
        default: .hexadecimal
        }
    }

    private static func format<Table: FlagTable>(_ table: Table.Type) -> FieldFormat {
        .named { TraceValue.flagText(FlagSet<Table>(guest: $0)) }
    }
}

/// `struct kevent_freebsd11`: `data` is a `long`, and there is no `ext`.
struct KernelEvent11: KernelEventRecord {
    private(set) var event = KernelEvent()

    init() {}
    init(_ event: KernelEvent) { self.event = event }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.word("ident", &event.identifier, event.identifierFormat)
        visitor.int("filter", &event.filter, .named { TraceValue.enumerationText(EventFilter.self, $0) })
        visitor.int("flags", &event.flags, .named { TraceValue.flagText(FlagSet<EventFlags>(guest: $0)) })
        visitor.int("fflags", &event.notes, event.notesFormat)
        visitor.word("data", &event.data)
        visitor.word("udata", &event.userData, .hexadecimal)
    }
}
