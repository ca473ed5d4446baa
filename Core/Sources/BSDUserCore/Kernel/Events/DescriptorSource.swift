/// `EVFILT_READ` and `EVFILT_WRITE` of what the host can poll: pipes, sockets, terminals, queues.
///
/// A plain note leaves it to the poller to tell as long as the descriptor is ready. A note that tells of each change once
/// (`EV_CLEAR`), and one that has a condition of its own, gets each change from the poller and is asked again after that.
final class DescriptorSource: EventSource {
    private let descriptor: Int32
    private let kind: DescriptorKind
    private let isWriting: Bool
    private let errors: SocketErrors
    private var poller: Int32 = -1
    private var tellsChanges = false
    /// What the poller has just said.
    private var readiness: UInt32?

    var isPolled: Bool { true }

    init(_ descriptor: Int32, _ kind: DescriptorKind, isWriting: Bool, _ errors: SocketErrors) {
        self.errors = errors
        self.descriptor = descriptor
        self.kind = kind
        self.isWriting = isWriting
    }

    private var wanted: UInt32 {
        (isWriting ? HostPoller.writable : HostPoller.readable | HostPoller.peerShutDown)
            | (tellsChanges ? HostPoller.onChange : 0)
    }

    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno) {
        poller = isWriting ? try queue.helpers.makeWriters() : queue.descriptor
        tellsChanges = needsChanges(note)
        do throws(Errno) {
            try HostPoller.add(descriptor, wanted, tag: note.tag, to: poller)
        } catch .EPERM {
            // A device that cannot be polled (`no_kqfilter`).
            throw .ENODEV
        } catch .ELOOP {
            throw .EINVAL
        }
    }

    private func needsChanges(_ note: EventNote) -> Bool {
        note.has(EventFlags.clear) || note.wantedNotes & TransferNotes.lowWater != 0
            || kind == .socket && isFresh(HostPoller.readiness(of: descriptor, wanted))
    }

    /// A socket that is not connected yet: the host says "hung up", FreeBSD nothing.
    private func isFresh(_ readiness: UInt32) -> Bool {
        let ends = HostPoller.peerShutDown | HostPoller.failed
        guard readiness & HostPoller.hungUp != 0, readiness & ends == 0 else { return false }
        // Who waits for room only is not told of the peer's end.
        return HostPoller.readiness(of: descriptor, ends) & ends == 0
    }

    func detach(_ note: EventNote, _ queue: EventQueue) {
        if !note.isDisabled { HostPoller.remove(descriptor, from: poller) }
    }

    func setWatching(_ isWatching: Bool, _ note: EventNote, _ queue: EventQueue) {
        if isWatching {
            try? HostPoller.add(descriptor, wanted, tag: note.tag, to: poller)
        } else {
            HostPoller.remove(descriptor, from: poller)
        }
    }

    func change(_ note: EventNote, _ change: KernelEvent, _ queue: EventQueue) {
        note.wantedNotes = change.notes
        note.wantedData = change.data
        let told = tellsChanges
        tellsChanges = needsChanges(note)
        // The poller looks at the descriptor anew, as the kernel does.
        if !note.isDisabled && (told || tellsChanges) {
            try? HostPoller.change(descriptor, wanted, tag: note.tag, of: poller)
        }
    }

    func becameReady(_ readiness: UInt32, _ note: EventNote, _ queue: EventQueue) -> Bool {
        self.readiness = readiness
        if tellsChanges {
            queue.activate(note)
            return false
        }
        return evaluate(note)
    }

    func evaluate(_ note: EventNote) -> Bool {
        let readiness = readiness ?? HostPoller.readiness(of: descriptor, wanted)
        self.readiness = nil
        note.flags &= ~EventFlags.endOfFile
        note.notes = 0
        if kind == .socket && readiness & HostPoller.failed != 0 {
            note.notes = UInt32(bitPattern: errors.look(descriptor)?.rawValue ?? 0)
        }
        if kind == .socket && isFresh(readiness) { return false }
        return isWriting ? evaluateWriting(note, readiness) : evaluateReading(note, readiness)
    }

    private func evaluateReading(_ note: EventNote, _ readiness: UInt32) -> Bool {
        note.data = kind.readable(descriptor)
        if readiness & (HostPoller.hungUp | HostPoller.peerShutDown) != 0 {
            note.flags |= EventFlags.endOfFile
            return true
        }
        if readiness & HostPoller.failed != 0 { return true }
        guard readiness & HostPoller.readable != 0 else { return false }
        return note.wantedNotes & TransferNotes.lowWater == 0 || note.data >= note.wantedData
    }

    private func evaluateWriting(_ note: EventNote, _ readiness: UInt32) -> Bool {
        note.data = kind.writable(descriptor)
        let isOver = kind == .pipe ? readiness & HostPoller.failed != 0 : readiness & HostPoller.hungUp != 0
        if isOver {
            note.flags |= EventFlags.endOfFile
            if kind == .pipe { note.data = 0 }
            return true
        }
        if readiness & HostPoller.failed != 0 { return true }
        guard readiness & HostPoller.writable != 0 else { return false }
        return note.wantedNotes & TransferNotes.lowWater == 0 || note.data >= note.wantedData
    }
}
