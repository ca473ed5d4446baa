/// Finding events (`kqueue_scan`).
extension EventQueue {
    /// Takes events that are there now, at most so many.
    func takeEvents(limit: Int) throws(Errno) -> [KernelEvent] {
        try locked { () throws(Errno) in
            TimerSource.expire(self)
            EmptySource.look(self)
            var found: [KernelEvent] = []
            if startsWithLine { takeFromLine(&found, limit) }
            if found.count < limit { takeFromPoller(&found, limit) }
            // The poller may have put something into the line; no note is told twice in one call.
            if !startsWithLine || found.isEmpty { takeFromLine(&found, limit) }
            // Whoever came second when there was no room for both comes first next time.
            startsWithLine = found.count == limit && !startsWithLine
            return found
        }
    }

    /// Each note that stands in the line now gets one turn.
    private func takeFromLine(_ found: inout [KernelEvent], _ limit: Int) {
        var turns = line.count
        while turns > 0, found.count < limit, let note = line.takeFirst() {
            turns -= 1
            take(note, into: &found)
        }
    }

    private func take(_ note: EventNote, into found: inout [KernelEvent]) {
        // A note for one event has its event, whatever became of the reason.
        guard note.evaluate() || note.has(EventFlags.oneShot) else {
            note.isActive = false
            return
        }
        found.append(tell(note))
        guard !note.isDropped else { return }
        if note.source is ProcessSource && !note.isDisabled && note.evaluate() {
            // What happened to a process after it had been found is told next.
            line.append(note)
        } else if note.has(EventFlags.clear) || note.has(EventFlags.dispatch) {
            note.isActive = false
        } else {
            line.append(note)
        }
    }

    /// The note's event, with what telling it does to the note.
    private func tell(_ note: EventNote) -> KernelEvent {
        let event = note.source.take(note)
        if note.has(EventFlags.oneShot) {
            drop(note)
        } else if note.has(EventFlags.dispatch) {
            setDisabled(note, true)
        }
        return event
    }

    private func takeFromPoller(_ found: inout [KernelEvent], _ limit: Int) {
        // Up to three of what comes stand for no note.
        for event in HostPoller.take(from: helpers.poller, limit: limit - found.count + 3) {
            switch event.tag {
            case EventQueueHelpers.alarmTag: break
            case EventQueueHelpers.watcherTag: watches.readEvents(self)
            case EventQueueHelpers.writersTag:
                guard let writers = helpers.writers else { break }
                for event in HostPoller.take(from: writers, limit: max(1, limit - found.count)) {
                    take(event, into: &found, limit)
                }
            default: take(event, into: &found, limit)
            }
        }
    }

    private func take(_ event: HostPoller.Event, into found: inout [KernelEvent], _ limit: Int) {
        guard let note = note(tagged: event.tag), !(note.isDisabled && note.source.isPolled) else { return }
        guard note.source.becameReady(event.readiness, note, self) else { return }
        // Without room the poller tells again, or the note waits in the line.
        if found.count < limit { found.append(tell(note)) }
    }
}
