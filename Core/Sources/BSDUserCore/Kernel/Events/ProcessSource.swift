/// `EVFILT_PROC` and `EVFILT_PROCDESC`: a process ends, forks, or becomes another program.
///
/// The host tells of the end. Of the rest the process itself tells, when it is this one or another emulated one
/// (`ProcessWatchers`).
final class ProcessSource: EventSource {
    /// A process descriptor of the host.
    private let descriptor: Int32
    let ownDescriptor: Int32?
    private let pid: Int32
    /// A note that NOTE_TRACK made tells first of whose child the process is.
    private var childOf: Int32?
    private var found: UInt32 = 0
    private var isOver = false

    /// Watches a process by its number.
    init(pid: UInt64, childOf: Int32? = nil) throws(Errno) {
        guard let pid = Int32(exactly: pid), pid > 0 else { throw .ESRCH }
        self.pid = pid
        self.childOf = childOf
        descriptor = try HostProcessDescriptor.open(pid)
        ownDescriptor = descriptor
    }

    /// Watches the process that a descriptor of the guest stands for.
    init(descriptor: Int32) throws(Errno) {
        guard let pid = HostProcessDescriptor.pid(of: descriptor) else { throw .EINVAL }
        self.pid = pid
        self.descriptor = descriptor
        ownDescriptor = nil
    }

    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno) {
        note.flags |= EventFlags.clear
        do throws(Errno) {
            try HostPoller.add(descriptor, HostPoller.readable, tag: note.tag, to: queue.descriptor)
        } catch {
            if let ownDescriptor { _ = HostSystemCall.close(Int(ownDescriptor)) }
            throw error
        }
        askToBeTold(note)
    }

    func detach(_ note: EventNote, _ queue: EventQueue) {
        if !isOver { HostPoller.remove(descriptor, from: queue.descriptor) }
        if let ownDescriptor { _ = HostSystemCall.close(Int(ownDescriptor)) }
    }

    func change(_ note: EventNote, _ change: KernelEvent, _ queue: EventQueue) {
        note.wantedNotes = change.notes
        note.wantedData = change.data
        askToBeTold(note)
    }

    private func askToBeTold(_ note: EventNote) {
        let told = ProcessNotes.fork | ProcessNotes.exec | ProcessNotes.track
        guard note.wantedNotes & told != 0 else { return }
        ProcessWatchers.watch(pid, tracks: note.wantedNotes & ProcessNotes.track != 0)
    }

    func evaluate(_ note: EventNote) -> Bool {
        if let childOf {
            (note.notes, note.data) = (ProcessNotes.child, Int64(childOf))
            return true
        }
        (note.notes, note.data) = (found, 0)
        if isOver {
            note.flags |= EventFlags.endOfFile | EventFlags.oneShot
            note.notes |= note.wantedNotes & ProcessNotes.exit
            if note.notes & ProcessNotes.exit != 0, let ending = HostProcessDescriptor.ending(descriptor) {
                note.data = Int64(ChildReport(ending).status)
            }
        }
        return note.notes != 0
    }

    func take(_ note: EventNote) -> KernelEvent {
        let event = note.event
        if childOf == nil { found = 0 } else { childOf = nil }
        return event
    }

    func becameReady(_ readiness: UInt32, _ note: EventNote, _ queue: EventQueue) -> Bool {
        isOver = true
        HostPoller.remove(descriptor, from: queue.descriptor)
        // A note that nothing more can happen to goes without a word (EV_DROP).
        if evaluate(note) { queue.activate(note) } else { queue.drop(note) }
        return false
    }

    /// The process has forked or become another program.
    fileprivate func happened(_ event: ProcessEvent, _ note: EventNote, _ queue: EventQueue) {
        switch event {
        case .exec: found |= note.wantedNotes & ProcessNotes.exec
        case .fork(let child):
            found |= note.wantedNotes & ProcessNotes.fork
            if note.wantedNotes & ProcessNotes.track != 0 { track(child, note, queue) }
        }
        if found != 0 { queue.activate(note) }
    }

    /// The new program knows nothing of who watches it.
    fileprivate func watchAgain(_ note: EventNote) { askToBeTold(note) }

    // A note like this one for the child (`knote_fork`).
    private func track(_ child: Int32, _ note: EventNote, _ queue: EventQueue) {
        var change = note.event
        change.identifier = UInt64(child)
        change.flags = note.flags & ~(EventFlags.endOfFile | EventFlags.oneShot) | EventFlags.add
        change.notes = note.wantedNotes
        do throws(Errno) {
            try queue.replace(change, try ProcessSource(pid: UInt64(child), childOf: pid))
        } catch {
            found |= ProcessNotes.trackError
        }
    }
}

/// What a process tells of itself.
enum ProcessEvent: Equatable {
    case fork(child: Int32)
    case exec
}

extension EventQueue {
    /// A process tells that something has happened.
    func processTold(_ pid: Int32, _ event: ProcessEvent) {
        try? locked { () throws(Errno) in
            guard let note = note(EventFilter.process, UInt64(UInt32(bitPattern: pid))),
                let source = note.source as? ProcessSource
            else { return }
            source.happened(event, note, self)
            if event == .exec { source.watchAgain(note) }
        }
    }
}
