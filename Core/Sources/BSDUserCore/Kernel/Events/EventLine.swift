/// Notes with something to tell, the oldest first. A note stands in it once.
struct EventLine {
    private var notes: [EventNote] = []
    private var first = 0

    var count: Int { notes.count - first }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ note: EventNote) {
        guard !note.isQueued else { return }
        note.isQueued = true
        notes.append(note)
    }

    mutating func takeFirst() -> EventNote? {
        guard first < notes.count else { return nil }
        let note = notes[first]
        first += 1
        // The part that has been taken is let go of when it is the greater one.
        if first * 2 >= notes.count {
            notes.removeFirst(first)
            first = 0
        }
        note.isQueued = false
        return note
    }

    mutating func remove(_ note: EventNote) {
        guard note.isQueued, let index = notes[first...].firstIndex(where: { $0 === note }) else { return }
        notes.remove(at: index)
        note.isQueued = false
    }
}
