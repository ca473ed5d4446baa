/// `EVFILT_VNODE`: what happens to a file. The host's notices are compared with the file's size and links, because
/// FreeBSD tells more exactly what has changed.
final class VnodeSource: EventSource {
    private let descriptor: Int32
    private var watch: Int32?
    /// The host does not tell that an open directory is removed, but its parent's watch tells that something was.
    private var parentWatch: Int32?
    private var last: FileAttributes
    private let isDirectory: Bool

    init(_ descriptor: Int32) throws(Errno) {
        guard try DescriptorKind(descriptor) == .file else { throw .EINVAL }
        self.descriptor = descriptor
        last = try HostFileStatus.read(descriptor, [0], flags: HostPath.emptyPath)
        isDirectory = last.mode & FileMode.typeMask == FileMode.directory
    }

    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno) {
        watch = try queue.watches.add(note, descriptor, wantedNotices(note), queue)
        watchParent(note, queue)
    }

    func detach(_ note: EventNote, _ queue: EventQueue) {
        for watch in [watch, parentWatch] {
            if let watch { queue.watches.remove(note, watch, queue) }
        }
    }

    private func watchParent(_ note: EventNote, _ queue: EventQueue) {
        guard isDirectory, note.wantedNotes & VnodeNotes.delete != 0 else { return }
        if let parentWatch { queue.watches.remove(note, parentWatch, queue) }
        parentWatch = try? queue.watches.add(note, descriptor, parent: true, HostWatcher.entryRemoved, queue)
    }

    func change(_ note: EventNote, _ change: KernelEvent, _ queue: EventQueue) {
        note.wantedNotes = change.notes
        note.wantedData = change.data
        try? queue.watches.widen(descriptor, wantedNotices(note), queue)
        if parentWatch == nil { watchParent(note, queue) }
    }

    func evaluate(_ note: EventNote) -> Bool { note.notes != 0 }

    private func wantedNotices(_ note: EventNote) -> UInt32 {
        var notices = HostWatcher.modified | HostWatcher.attributes | HostWatcher.moved | HostWatcher.deleted
        if isDirectory { notices |= HostWatcher.entryChanges }
        if note.wantedNotes & VnodeNotes.open != 0 { notices |= HostWatcher.opened }
        if note.wantedNotes & VnodeNotes.close != 0 { notices |= HostWatcher.closed }
        if note.wantedNotes & (VnodeNotes.close | VnodeNotes.closeWrite) != 0 { notices |= HostWatcher.closedWritten }
        if note.wantedNotes & VnodeNotes.read != 0 { notices |= HostWatcher.accessed }
        return notices
    }

    /// A notice has come. Of what it means in FreeBSD's terms the note gets all when it asks for any of it: NOTE_EXTEND
    /// comes with NOTE_WRITE, asked for or not (vfs_subr.c `filt_vfsvnode`).
    func notice(_ event: HostWatcher.Event, _ note: EventNote, _ queue: EventQueue) {
        let isParents = event.watch == parentWatch && event.watch != watch
        let found = isParents ? meaningOfRemoval() : meaning(event.notices)
        // It has another parent now.
        if !isParents && event.notices & HostWatcher.moved != 0 { watchParent(note, queue) }
        guard found & note.wantedNotes != 0 else { return }
        note.notes |= found
        queue.activate(note)
    }

    private func meaning(_ bits: UInt32) -> UInt32 {
        let has = { (notice: UInt32) in bits & notice != 0 }
        var found: UInt32 = 0
        if has(HostWatcher.opened) { found |= VnodeNotes.open }
        // NOTE_CLOSE is for a file that was not open for writing.
        if has(HostWatcher.closed) { found |= VnodeNotes.close }
        if has(HostWatcher.closedWritten) { found |= VnodeNotes.closeWrite }
        if has(HostWatcher.accessed) { found |= VnodeNotes.read }
        if has(HostWatcher.moved) { found |= VnodeNotes.rename }
        if has(HostWatcher.deleted) { found |= VnodeNotes.delete }
        if has(HostWatcher.entryChanges) { found |= VnodeNotes.write }
        guard has(HostWatcher.modified | HostWatcher.attributes | HostWatcher.entryChanges),
            let now = try? HostFileStatus.read(descriptor, [0], flags: HostPath.emptyPath)
        else { return found }
        defer { last = now }
        if has(HostWatcher.modified) {
            found |= VnodeNotes.write
            if now.byteCount > last.byteCount { found |= VnodeNotes.extend }
        }
        if isDirectory {
            if now.linkCount != last.linkCount { found |= VnodeNotes.link }
            if has(HostWatcher.attributes) { found |= VnodeNotes.attributes }
        } else if has(HostWatcher.attributes) {
            found |= changeOfAttributes(now)
        }
        return found
    }

    private func meaningOfRemoval() -> UInt32 {
        guard last.linkCount != 0, let now = try? HostFileStatus.read(descriptor, [0], flags: HostPath.emptyPath),
            now.linkCount == 0
        else { return 0 }
        last = now
        return VnodeNotes.delete
    }

    private func changeOfAttributes(_ now: FileAttributes) -> UInt32 {
        if now.linkCount == last.linkCount { return VnodeNotes.attributes }
        return now.linkCount < last.linkCount ? VnodeNotes.delete : VnodeNotes.link
    }
}

/// The files that an event queue watches.
final class VnodeWatches {
    private var notes: [Int32: [EventNote]] = [:]

    /// Begins to watch for a note; the number of the watch. The host has one watch a file, whoever asks.
    func add(
        _ note: EventNote, _ descriptor: Int32, parent: Bool = false, _ notices: UInt32, _ queue: EventQueue
    ) throws(Errno) -> Int32 {
        let watcher = try queue.helpers.makeWatcher()
        let watch = try HostWatcher.add(descriptor, parent: parent, notices, to: watcher)
        notes[watch, default: []].append(note)
        return watch
    }

    /// Watches for more than before.
    func widen(_ descriptor: Int32, _ notices: UInt32, _ queue: EventQueue) throws(Errno) {
        guard let watcher = queue.helpers.watcher else { return }
        _ = try HostWatcher.add(descriptor, notices, to: watcher)
    }

    func remove(_ note: EventNote, _ watch: Int32, _ queue: EventQueue) {
        notes[watch]?.removeAll { $0 === note }
        guard let watcher = queue.helpers.watcher, notes[watch]?.isEmpty == true else { return }
        notes[watch] = nil
        HostWatcher.remove(watch, from: watcher)
    }

    /// Hands what has happened to the notes it is for.
    func readEvents(_ queue: EventQueue) {
        guard let watcher = queue.helpers.watcher else { return }
        for event in HostWatcher.read(watcher) {
            for note in notes[event.watch] ?? [] {
                if let source = note.source as? VnodeSource {
                    source.notice(event, note, queue)
                } else {
                    queue.activate(note)
                }
            }
        }
    }
}
