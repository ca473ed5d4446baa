/// Processes that want to know when this one forks or becomes another program (`NOTE_FORK`, `NOTE_EXEC`, `NOTE_TRACK`).
///
/// Emulated processes tell each other by the carrier signal, with codes that no program can send by mistake. The lock of
/// the process protects the watchers.
struct ProcessWatchers {
    private static let forkNumber: Int32 = 1
    private static let execNumber: Int32 = 2

    /// The watchers, and whether they watch children as well.
    private var processes: [Int32: Bool] = [:]

    /// Asks a process to tell this one. A process that is not emulated is left alone: the signal would kill it.
    static func watch(_ pid: Int32, tracks: Bool) {
        guard pid != HostProcess.currentPID else { return }
        guard HostProcess.isEmulated(pid) else {
            return KernelLog.once("forks and programs of processes that are not emulated are not watched")
        }
        _ = HostSignal.queue(
            pid, SignalNumber.hostCarrier, code: HostSignal.carriedWatch, error: tracks ? 1 : 0, value: 0)
    }

    mutating func add(_ pid: Int32, tracks: Bool) { processes[pid] = tracks || processes[pid] == true }

    /// The watchers of a new child: those that watch children.
    var ofChild: ProcessWatchers {
        var watchers = ProcessWatchers()
        watchers.processes = processes.filter(\.value)
        return watchers
    }

    /// Tells all watchers of this process, or of another one in whose name it speaks.
    func tell(_ event: ProcessEvent, of pid: Int32) {
        let (number, child): (Int32, Int32) =
            switch event {
            case .fork(let child): (Self.forkNumber, child)
            case .exec: (Self.execNumber, 0)
            }
        let value = UInt64(UInt32(bitPattern: pid)) << 32 | UInt64(UInt32(bitPattern: child))
        for watcher in processes.keys {
            _ = HostSignal.queue(
                watcher, SignalNumber.hostCarrier, code: HostSignal.carriedProcessEvent, error: number, value: value)
        }
    }

    /// What another process told: which process, and what of it.
    static func told(_ record: HostSignal.Record) -> (pid: Int32, event: ProcessEvent)? {
        let (pid, child) = (
            Int32(truncatingIfNeeded: record.value >> 32), Int32(truncatingIfNeeded: record.value)
        )
        switch record.error {
        case forkNumber: return (pid, .fork(child: child))
        case execNumber: return (pid, .exec)
        default: return nil
        }
    }
}

extension GuestProcess {
    /// This process has a new child.
    func hasForked(_ child: Int32) {
        processDescriptors.wasStarted(child)
        events.processTold(HostProcess.currentPID, .fork(child: child))
        lock.hold { watchers }.tell(.fork(child: child), of: HostProcess.currentPID)
    }

    /// A signal of another emulated process that no program sees. The lock is held.
    func receiveFromProcess(_ record: HostSignal.Record) -> Bool {
        switch record.code {
        case HostSignal.carriedWatch: watchers.add(record.pid, tracks: record.error != 0)
        case HostSignal.carriedProcessEvent:
            if let (pid, event) = ProcessWatchers.told(record) { events.processTold(pid, event) }
        default: return false
        }
        return true
    }
}
