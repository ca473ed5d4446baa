/// Processes that this one started with `pdfork`, and the descriptors that stand for them (`sys/kern/sys_procdesc.c`).
///
/// The host knows them as ordinary children. What FreeBSD does otherwise is kept here: they send no SIGCHLD, `wait` finds
/// them only by their number, and they are killed when the last descriptor is closed.
final class ProcessDescriptorTable {
    /// One of them.
    private struct Entry {
        var numbers: Set<Int32>
        /// It may live on without a descriptor (PD_DAEMON).
        let isDaemon: Bool
        /// How it ended, once the host has told; it can still be waited for.
        var report: ChildReport?
        /// It has been waited for, and nothing is left of it but its descriptor.
        var isGone = false
    }

    private let lock = HostLock()
    private var entries: [Int32: Entry] = [:]
    /// Whether there is none: most programs never have one.
    private(set) var isEmpty = true
    /// Those that are gone while the host's SIGCHLD may still be on its way, the last ones.
    private var silenced: [Int32] = []
    private static let silencedLimit = 64

    func add(_ pid: Int32, descriptor: Int32, isDaemon: Bool) {
        lock.hold {
            entries[pid] = Entry(numbers: [descriptor], isDaemon: isDaemon)
            isEmpty = false
        }
    }

    func contains(_ pid: Int32) -> Bool { !isEmpty && lock.hold { entries[pid] != nil } }

    /// Whether the host's SIGCHLD about a process is for nobody.
    func silences(_ pid: Int32) -> Bool {
        guard !isEmpty || !silenced.isEmpty else { return false }
        return lock.hold {
            if let index = silenced.firstIndex(of: pid) {
                silenced.remove(at: index)
                return true
            }
            return entries[pid] != nil
        }
    }

    /// A child without a descriptor has that number now.
    func wasStarted(_ pid: Int32) {
        guard !silenced.isEmpty else { return }
        lock.hold { silenced.removeAll { $0 == pid } }
    }

    /// The numbers of all of them.
    var processes: Set<Int32> { lock.hold { Set(entries.keys) } }

    /// Whether a descriptor stands for one of them.
    func isOfProcess(_ descriptor: Int32) -> Bool {
        !isEmpty && lock.hold { entries.values.contains { $0.numbers.contains(descriptor) } }
    }

    /// The process of a descriptor, and whether something is left of it.
    func process(of descriptor: Int32) -> (pid: Int32, isGone: Bool)? {
        guard !isEmpty else { return nil }
        return lock.hold {
            entries.first { $0.value.numbers.contains(descriptor) }.map { ($0.key, $0.value.isGone) }
        }
    }

    // MARK: Descriptors

    func didDuplicate(_ from: Int32, _ to: Int32) {
        guard !isEmpty else { return }
        lock.hold {
            if let pid = entries.first(where: { $0.value.numbers.contains(from) })?.key {
                entries[pid]?.numbers.insert(to)
            }
        }
    }

    /// A descriptor is about to be closed.
    func willClose(_ descriptor: Int32) {
        guard !isEmpty else { return }
        lock.hold {
            guard let pid = entries.first(where: { $0.value.numbers.contains(descriptor) })?.key else { return }
            entries[pid]?.numbers.remove(descriptor)
            if entries[pid]?.numbers.isEmpty == true { release(pid) }
        }
    }

    /// The last descriptor is closed: nobody can wait for the process any more.
    private func release(_ pid: Int32) {
        guard let entry = entries[pid] else { return }
        if entry.report == nil && !entry.isGone {
            if !entry.isDaemon { _ = HostProcess.send(HostSignal.kill, to: pid) }
            // A daemon, and one that does not end at once, stays the host's child until `wait` comes upon it.
            guard HostProcess.reap(pid) else { return }
        }
        forget(pid)
    }

    private func forget(_ pid: Int32) {
        silenced = silenced.suffix(Self.silencedLimit - 1) + [pid]
        entries[pid] = nil
        isEmpty = entries.isEmpty
    }

    /// Takes those that nobody can wait for any more, as init would.
    func reapReleased() {
        lock.hold {
            for (pid, entry) in entries where entry.numbers.isEmpty && HostProcess.reap(pid) { forget(pid) }
        }
    }

    /// This process ends, and its descriptors are closed with it.
    func killAll() {
        guard !isEmpty else { return }
        lock.hold {
            for (pid, entry) in entries where !entry.isDaemon && entry.report == nil && !entry.isGone {
                _ = HostProcess.send(HostSignal.kill, to: pid)
            }
        }
    }

    /// Between the two nothing changes: for a fork. The child has a table of its own.
    func prepareFork() { lock.lock() }
    func finishForkInParent() { lock.unlock() }

    // MARK: Waiting

    /// The host has told how a process ended. One whose descriptors are all closed is forgotten.
    func keep(_ report: ChildReport) {
        lock.hold {
            guard let entry = entries[report.pid] else { return }
            if entry.numbers.isEmpty { forget(report.pid) } else { entries[report.pid]?.report = report }
        }
    }

    /// How a process ended, when the host has told already. Without `keeps` it is told once.
    func report(_ pid: Int32, keeps: Bool) -> ChildReport? {
        guard !isEmpty else { return nil }
        return lock.hold {
            guard let report = entries[pid]?.report else { return nil }
            if !keeps {
                entries[pid]?.report = nil
                entries[pid]?.isGone = true
            }
            return report
        }
    }

    /// The process has been waited for.
    func wasWaitedFor(_ pid: Int32) { lock.hold { entries[pid]?.isGone = true } }
}

/// What else a descriptor means to the emulator than to the host.
extension GuestProcess {
    /// A descriptor is about to be closed.
    func willClose(_ descriptor: Int32) {
        if isNothingKnown { return }
        events.willClose(descriptor)
        processDescriptors.willClose(descriptor)
        counters.willClose(descriptor)
        // Another socket may have the same inode later.
        _ = socketErrors.take(descriptor)
    }

    /// Whether no descriptor is more than a number of the host's.
    private var isNothingKnown: Bool {
        events.isEmpty && processDescriptors.isEmpty && counters.isEmpty && socketErrors.isEmpty
    }

    /// The descriptors of a range are about to be closed.
    func willClose(from low: Int32, through high: Int32) {
        if isNothingKnown { return }
        guard low <= min(high, HostDescriptors.guestLimit - 1) else { return }
        for descriptor in low...min(high, HostDescriptors.guestLimit - 1) { willClose(descriptor) }
    }

    func didDuplicate(_ from: Int32, _ to: Int32) {
        events.didDuplicate(from, to)
        processDescriptors.didDuplicate(from, to)
        counters.didDuplicate(from, to)
    }

    /// This is a new process: it has no event queues, nor children.
    func becomeChild() {
        events.closeAfterFork()
        events = EventTable()
        asynchronous.closeAfterFork()
        asynchronous = AsynchronousTable()
        processDescriptors = ProcessDescriptorTable()
        settings = settings.ofChild(of: HostProcess.parentPID)
        watchers = watchers.ofChild
    }
}
