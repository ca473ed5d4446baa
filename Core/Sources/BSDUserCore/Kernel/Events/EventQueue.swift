/// An event queue (`kqueue(2)`, `sys/kern/kern_event.c`).
///
/// The guest's descriptor is a poller of the host, so it can be polled, and put into other queues, as on FreeBSD. The
/// poller watches descriptors. What the emulator itself knows of (timers, signals, the program's own events) stands in a
/// line, and an alarm in the poller makes it readable while there is something in the line.
///
/// The lock is held while the queue changes or is searched, never while a thread waits.
final class EventQueue {
    private let lock = HostLock()
    /// One of the guest's numbers of the queue.
    var descriptor: Int32 { helpers.poller }
    let process: GuestProcess
    let helpers: EventQueueHelpers
    private var notes: [EventNote.Key: EventNote] = [:]
    private var notesByTag: [UInt64: EventNote] = [:]
    private var nextTag = EventQueueHelpers.firstFreeTag
    /// Notes with something to tell.
    var line = EventLine()
    /// Whether the line comes before the poller at the next search, so that neither starves the other.
    var startsWithLine = false
    /// Timers that run.
    var timers: [EventNote] = []
    /// Sockets that are waited for to be empty.
    var emptyingSockets: [EventNote] = []
    /// When they are asked next, by the monotonic clock.
    var nextEmptyLook: Int64 = 0
    /// Files that are watched.
    let watches = VnodeWatches()
    private(set) var isClosed = false
    private var waitingThreads = 0

    init(descriptor: Int32, process: GuestProcess) {
        self.process = process
        helpers = EventQueueHelpers(poller: descriptor)
    }

    deinit { helpers.close() }

    /// Runs with the lock held; `EBADF` once the queue has been closed. The alarm is right afterwards.
    func locked<Result>(_ body: () throws(Errno) -> Result) throws(Errno) -> Result {
        lock.lock()
        defer { lock.unlock() }
        guard !isClosed else { throw .EBADF }
        defer { setAlarm() }
        return try body()
    }

    // MARK: Changes

    /// Carries out one change (`kqueue_register`).
    func register(_ change: KernelEvent) throws(Errno) {
        let contrary = EventFlags.enable | EventFlags.disable
        guard change.flags & contrary != contrary else { throw .EINVAL }
        guard let row = EventSources.row(change.filter) else { throw .EINVAL }
        if row.isOfDescriptor { try checkDescriptor(change.identifier) }
        // The host's treatment of signals is not the queue's: it changes before the lock is taken.
        if row.filter == EventFilter.signal { process.countArrivals(of: change.identifier) }
        try locked { () throws(Errno) in
            if let note = notes[EventNote.Key(identifier: change.identifier, filter: change.filter)] {
                try update(note, change)
            } else if change.flags & EventFlags.add != 0 {
                try add(change, row.make(change, self))
            } else {
                throw .ENOENT
            }
        }
    }

    private func checkDescriptor(_ identifier: UInt64) throws(Errno) {
        guard let descriptor = Int32(exactly: identifier), HostDescriptors.isGuests(descriptor),
            HostPath.isOpen(descriptor)
        else { throw .EBADF }
        if process.events.isQueue(descriptor, self) { throw .EINVAL }
    }

    private func add(_ change: KernelEvent, _ source: any EventSource) throws(Errno) {
        let note = EventNote(change, tag: nextTag, source: source)
        nextTag += 1
        try source.attach(note, self)
        notes[note.key] = note
        notesByTag[note.tag] = note
        if note.isDisabled { source.setWatching(false, note, self) }
        reconsider(note)
    }

    /// Puts a note in the place of one with the same identifier.
    func replace(_ change: KernelEvent, _ source: any EventSource) throws(Errno) {
        if let note = notes[EventNote.Key(identifier: change.identifier, filter: change.filter)] { drop(note) }
        try add(change, source)
    }

    private func update(_ note: EventNote, _ change: KernelEvent) throws(Errno) {
        if change.flags & EventFlags.delete != 0 { return drop(note) }
        if change.flags & EventFlags.forceOneShot != 0 {
            note.flags |= EventFlags.oneShot
            note.isActive = true
        }
        if change.flags & EventFlags.enable != 0 {
            setDisabled(note, false)
        } else if change.flags & EventFlags.disable != 0 {
            setDisabled(note, true)
        }
        if change.flags & EventFlags.keepUserData == 0 { note.userData = change.userData }
        note.source.change(note, change, self)
        reconsider(note)
    }

    private func reconsider(_ note: EventNote) {
        if !note.isDisabled && !note.source.isPolled && note.evaluate() { note.isActive = true }
        if note.isWaiting { line.append(note) }
    }

    func setDisabled(_ note: EventNote, _ isDisabled: Bool) {
        guard note.isDisabled != isDisabled else { return }
        note.isDisabled = isDisabled
        note.source.setWatching(!isDisabled, note, self)
        if isDisabled { line.remove(note) }
    }

    /// The note has something to tell.
    func activate(_ note: EventNote) {
        note.isActive = true
        if note.isWaiting { line.append(note) }
    }

    /// Takes a note out of the queue.
    func drop(_ note: EventNote) {
        guard !note.isDropped else { return }
        note.isDropped = true
        line.remove(note)
        note.source.detach(note, self)
        notes[note.key] = nil
        notesByTag[note.tag] = nil
    }

    func note(tagged tag: UInt64) -> EventNote? { notesByTag[tag] }

    /// The note with that filter and identifier.
    func note(_ filter: Int32, _ identifier: UInt64) -> EventNote? {
        notes[EventNote.Key(identifier: identifier, filter: Int16(truncatingIfNeeded: filter))]
    }

    // MARK: The alarm

    private func setAlarm() {
        if !line.isEmpty { return helpers.setAlarm(0) }
        if timers.isEmpty && emptyingSockets.isEmpty { return helpers.setAlarm(nil) }
        let times = [TimerSource.earliest(of: timers), EmptySource.nextLook(self)]
        helpers.setAlarm(times.compactMap(\.self).min())
    }

    // MARK: Closing

    /// Drops the notes of a descriptor that is about to be closed (`knote_fdclose`).
    func forget(descriptor: Int32) {
        try? locked { () throws(Errno) in
            for filter in EventSources.descriptorFilters {
                if let note = note(filter, UInt64(descriptor)) { drop(note) }
            }
        }
    }

    /// The number in use is about to be closed, and the queue has another.
    func renumber(_ descriptor: Int32) {
        try? locked { () throws(Errno) in helpers.poller = descriptor }
    }

    /// The last number of the queue is about to be closed: threads that wait on it find out.
    func close() {
        lock.lock()
        defer { lock.unlock() }
        for note in notes.values { drop(note) }
        isClosed = true
        helpers.setAlarm(waitingThreads > 0 ? 0 : nil)
    }

    func prepareFork() { lock.lock() }
    func finishForkInParent() { lock.unlock() }

    /// All descriptors of the emulator that belong to the queue.
    var ownDescriptors: [Int32] { helpers.descriptors + notes.values.compactMap { $0.source.ownDescriptor } }

    /// Counts a thread that waits, for as long as `body` takes.
    func whileWaiting<Result>(_ body: () throws(Errno) -> Result) throws(Errno) -> Result {
        try locked { () throws(Errno) in waitingThreads += 1 }
        defer {
            lock.lock()
            waitingThreads -= 1
            lock.unlock()
        }
        return try body()
    }
}
