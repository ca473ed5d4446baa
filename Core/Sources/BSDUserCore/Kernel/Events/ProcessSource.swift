/// `EVFILT_PROC` and `EVFILT_PROCDESC`: a process ends, forks, or becomes another program.
final class ProcessSource: EventSource {
    /// A process descriptor of the host.
    private let descriptor: Int32
    let ownDescriptor: Int32?
    private var isOver = false

    /// Watches a process by its number.
    init(pid: UInt64) throws(Errno) {
        guard let pid = Int32(exactly: pid), pid > 0 else { throw .ESRCH }
        descriptor = try HostProcessDescriptor.open(pid)
        ownDescriptor = descriptor
    }

    /// Watches the process that a descriptor of the guest stands for.
    init(descriptor: Int32) throws(Errno) {
        guard HostProcessDescriptor.pid(of: descriptor) != nil else { throw .EINVAL }
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
    }

    func detach(_ note: EventNote, _ queue: EventQueue) {
        if !isOver { HostPoller.remove(descriptor, from: queue.descriptor) }
        if let ownDescriptor { _ = HostSystemCall.close(Int(ownDescriptor)) }
    }

    func evaluate(_ note: EventNote) -> Bool { note.notes != 0 }

    func becameReady(_ readiness: UInt32, _ note: EventNote, _ queue: EventQueue) -> Bool {
        isOver = true
        HostPoller.remove(descriptor, from: queue.descriptor)
        note.flags |= EventFlags.endOfFile | EventFlags.oneShot
        note.notes |= note.wantedNotes & ProcessNotes.exit
        if note.notes & ProcessNotes.exit != 0, let ending = HostProcessDescriptor.ending(descriptor) {
            note.data = Int64(ChildReport(ending).status)
        }
        // A note that nothing more can happen to goes without a word (EV_DROP).
        if note.notes == 0 { queue.drop(note) } else { queue.activate(note) }
        return false
    }
}
