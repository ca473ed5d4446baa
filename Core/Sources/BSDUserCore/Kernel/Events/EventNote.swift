/// One entry of an event queue: what to look for, what has been found, what the program said to it (`struct knote`).
final class EventNote {
    /// What tells entries of a queue apart.
    struct Key: Hashable {
        var identifier: UInt64
        var filter: Int16
    }

    let key: Key
    /// The note's number in its queue; pollers know it by that.
    let tag: UInt64
    let source: any EventSource
    /// What the program asked for when it added the note, and what has been found since.
    var flags: UInt16
    var wantedNotes: UInt32
    var wantedData: Int64
    var notes: UInt32 = 0
    var data: Int64 = 0
    /// The program's own values.
    var userData: UInt64
    private let extensions: (UInt64, UInt64, UInt64, UInt64)
    var isDisabled: Bool
    /// Something was found (`KN_ACTIVE`), and the note stands in the queue's line (`KN_QUEUED`).
    var isActive = false
    var isQueued = false
    /// The note has left its queue.
    var isDropped = false

    init(_ change: KernelEvent, tag: UInt64, source: any EventSource) {
        key = Key(identifier: change.identifier, filter: change.filter)
        self.tag = tag
        self.source = source
        let request =
            EventFlags.add | EventFlags.delete | EventFlags.enable | EventFlags.disable | EventFlags.forceOneShot
        flags = change.flags & ~request
        wantedNotes = change.notes
        wantedData = change.data
        userData = change.userData
        extensions = (change.extension0, change.extension1, change.extension2, change.extension3)
        isDisabled = change.flags & EventFlags.disable != 0
    }

    func has(_ flag: UInt16) -> Bool { flags & flag != 0 }

    /// The event as the program gets it.
    var event: KernelEvent {
        KernelEvent(
            identifier: key.identifier, filter: key.filter, flags: flags, notes: notes, data: data, userData: userData,
            extension0: extensions.0, extension1: extensions.1, extension2: extensions.2, extension3: extensions.3)
    }

    /// Whether the source, asked now, has something to tell.
    func evaluate() -> Bool { source.evaluate(self) }

    /// Whether the note may stand in the line.
    var isWaiting: Bool { isActive && !isDisabled && !isDropped }
}

/// What a note watches: one class for each filter. All calls come with the queue's lock held.
protocol EventSource: AnyObject {
    /// A poller tells of events: nothing has to be asked when the note changes.
    var isPolled: Bool { get }
    /// A descriptor of the emulator's that the source keeps.
    var ownDescriptor: Int32? { get }
    /// Begins to watch; the errno is what the program gets.
    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno)
    /// Ends to watch.
    func detach(_ note: EventNote, _ queue: EventQueue)
    /// Rests while the note is disabled, and goes on afterwards.
    func setWatching(_ isWatching: Bool, _ note: EventNote, _ queue: EventQueue)
    /// The program has changed the note (`EVENT_REGISTER`).
    func change(_ note: EventNote, _ change: KernelEvent, _ queue: EventQueue)
    /// Brings `data`, `notes` and flags up to date; whether there is an event.
    func evaluate(_ note: EventNote) -> Bool
    /// The event to tell, and what telling it resets (`EVENT_PROCESS`); there may be another one after it.
    func take(_ note: EventNote) -> KernelEvent
    /// A poller says what the note's descriptor is ready for; whether that makes an event to tell at once.
    func becameReady(_ readiness: UInt32, _ note: EventNote, _ queue: EventQueue) -> Bool
}

extension EventSource {
    var isPolled: Bool { false }
    var ownDescriptor: Int32? { nil }
    func detach(_ note: EventNote, _ queue: EventQueue) {}
    func setWatching(_ isWatching: Bool, _ note: EventNote, _ queue: EventQueue) {}

    func change(_ note: EventNote, _ change: KernelEvent, _ queue: EventQueue) {
        note.wantedNotes = change.notes
        note.wantedData = change.data
    }

    func take(_ note: EventNote) -> KernelEvent {
        let event = note.event
        if note.has(EventFlags.clear) { (note.data, note.notes) = (0, 0) }
        return event
    }

    func becameReady(_ readiness: UInt32, _ note: EventNote, _ queue: EventQueue) -> Bool { false }
}
