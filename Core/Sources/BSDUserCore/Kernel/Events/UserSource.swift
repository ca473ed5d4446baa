/// `EVFILT_USER`: the program itself says when there is an event.
final class UserSource: EventSource {
    private var isTriggered = false

    // The kernel clears `fflags` before it looks there for NOTE_TRIGGER: adding never triggers (`filt_userattach`).
    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno) {}

    func evaluate(_ note: EventNote) -> Bool { isTriggered }

    func change(_ note: EventNote, _ change: KernelEvent, _ queue: EventQueue) {
        if change.notes & UserNotes.trigger != 0 { isTriggered = true }
        let flags = change.notes & UserNotes.flagsMask
        switch change.notes & UserNotes.controlMask {
        case UserNotes.and: note.wantedNotes &= flags
        case UserNotes.or: note.wantedNotes |= flags
        case UserNotes.copy: note.wantedNotes = flags
        default: break
        }
        note.wantedData = change.data
        if change.flags & EventFlags.clear != 0 { isTriggered = false }
    }

    func take(_ note: EventNote) -> KernelEvent {
        var event = note.event
        event.notes = note.wantedNotes
        event.data = note.wantedData
        if note.has(EventFlags.clear) { isTriggered = false }
        return event
    }
}
