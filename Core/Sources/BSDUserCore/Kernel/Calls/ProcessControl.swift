/// `procctl` (`sys/kern/kern_procctl.c`).
enum ProcessControlCalls {
    static let rows: [SystemCallRow] = [
        systemCall(
            544, "procctl", Enumeration<IdentifierType>("idtype"), Wide("id"),
            Enumeration<ProcessControlCommand>("com"), DependentPointer("data", trace), support: .partial,
            note: "reapers, the death signal, tracing, privileges, and settings of memory that change nothing here"
        ) { thread, type, id, command, data throws(Errno) in
            try thread.processControl(type.guest, Int64(bitPattern: id), command, data)
        }
    ]

    @Sendable private static func trace(
        _ arguments: ArgumentReader, _ thread: GuestThread, _ phase: TracePhase, _ data: GuestAddress
    ) throws(Errno) -> TraceValue {
        switch Int32(truncatingIfNeeded: try arguments.previousWord(thread, back: 2)) {
        case 2, 3: return data.unread
        case 4: return thread.traceOutput(ReaperStatus.self, data, phase)
        case 5: return thread.traceInput(ReaperList.self, data, phase)
        case 6:
            guard phase.isSuccess else { return thread.traceInput(ReaperKill.self, data, phase) }
            return thread.traceStruct(ReaperKill.self, data)
        // Each CTL command is followed by its STATUS.
        case let command where command % 2 == 0: return thread.traceOutput(GuestInt.self, data, phase)
        default: return thread.traceInput(GuestInt.self, data, phase)
        }
    }
}

/// Commands of `procctl` (`sys/procctl.h`).
enum ProcessControlCommand: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(1, nil, "PROC_SPROTECT"), EnumerationRow(2, nil, "PROC_REAP_ACQUIRE"),
        EnumerationRow(3, nil, "PROC_REAP_RELEASE"), EnumerationRow(4, nil, "PROC_REAP_STATUS"),
        EnumerationRow(5, nil, "PROC_REAP_GETPIDS"), EnumerationRow(6, nil, "PROC_REAP_KILL"),
        EnumerationRow(7, nil, "PROC_TRACE_CTL"), EnumerationRow(8, nil, "PROC_TRACE_STATUS"),
        EnumerationRow(9, nil, "PROC_TRAPCAP_CTL"), EnumerationRow(10, nil, "PROC_TRAPCAP_STATUS"),
        EnumerationRow(11, nil, "PROC_PDEATHSIG_CTL"), EnumerationRow(12, nil, "PROC_PDEATHSIG_STATUS"),
        EnumerationRow(13, nil, "PROC_ASLR_CTL"), EnumerationRow(14, nil, "PROC_ASLR_STATUS"),
        EnumerationRow(15, nil, "PROC_PROTMAX_CTL"), EnumerationRow(16, nil, "PROC_PROTMAX_STATUS"),
        EnumerationRow(17, nil, "PROC_STACKGAP_CTL"), EnumerationRow(18, nil, "PROC_STACKGAP_STATUS"),
        EnumerationRow(19, nil, "PROC_NO_NEW_PRIVS_CTL"), EnumerationRow(20, nil, "PROC_NO_NEW_PRIVS_STATUS"),
        EnumerationRow(21, nil, "PROC_WXMAP_CTL"), EnumerationRow(22, nil, "PROC_WXMAP_STATUS"),
    ]
}

extension EnumeratedValue<ProcessControlCommand> {
    fileprivate var isDeathSignal: Bool { guest == 11 || guest == 12 }

    /// Groups of processes are refused at once (`kern_procctl`).
    fileprivate var isForOneProcess: Bool {
        switch guest {
        case 2...6, 8, 10, 11...14, 17, 18: true
        default: false
        }
    }
}

/// What `procctl` has set, by the number of the `CTL` command.
struct ProcessSettings {
    /// A switch: the values that its `CTL` command takes, and what its `STATUS` command tells.
    private struct Switch {
        let accepted: ClosedRange<Int32>
        let initial: Int32
    }

    // PROC_*_FORCE_ENABLE 1, FORCE_DISABLE 2, NOFORCE 3; ENABLE 1, DISABLE 2. The memory of a guest is laid out the same
    // way whatever is set.
    private static let switches: [Int32: Switch] = [
        7: Switch(accepted: 1...3, initial: 1), 9: Switch(accepted: 1...2, initial: 2),
        13: Switch(accepted: 1...3, initial: 3), 15: Switch(accepted: 1...3, initial: 3),
        // PROC_STACKGAP_ENABLE 1, DISABLE 2, ENABLE_EXEC 4, DISABLE_EXEC 8.
        17: Switch(accepted: 1...15, initial: 1 | 4), 19: Switch(accepted: 1...1, initial: 2),
        // PROC_WX_MAPPINGS_PERMIT 1, DISALLOW_EXEC 2.
        21: Switch(accepted: 1...2, initial: 1),
    ]

    private var values: [Int32: Int32] = [:]
    /// Orphans below this process become its children.
    var isReaper = false
    /// Who reaps the orphans below this process when it does not itself; init where nobody told otherwise.
    var reaper: Int32 = 1

    /// The settings of a child.
    func ofChild(of parent: Int32) -> ProcessSettings {
        var child = self
        child.reaper = isReaper ? parent : reaper
        child.isReaper = false
        return child
    }

    /// Sets a switch; `EINVAL` for a value that it does not have.
    mutating func set(_ command: Int32, _ value: Int32) throws(Errno) {
        guard let row = Self.switches[command], row.accepted.contains(value) else { throw .EINVAL }
        values[command] = value
    }

    /// The value of the switch that a `CTL` command sets.
    func value(_ command: Int32) -> Int32 { values[command] ?? Self.switches[command]?.initial ?? 0 }
}

extension GuestThread {
    /// `procctl`. Commands on other processes than this are only those that FreeBSD allows there without a privilege.
    fileprivate func processControl(
        _ type: Int32, _ id: Int64, _ command: EnumeratedValue<ProcessControlCommand>, _ data: GuestAddress
    ) throws(Errno) {
        // P_PID 0, P_PGID 2.
        guard command.row != nil, type == 0 || type == 2 else { throw .EINVAL }
        let own = Int64(HostProcess.currentPID)
        guard type == 0 || !command.isForOneProcess else { throw .EINVAL }
        // The death signal is the caller's own affair.
        if command.isDeathSignal, id != 0 && id != own {
            if command.guest == 11 { _ = try memory.load(at: data) as Int32 }
            throw .EINVAL
        }
        guard type == 0, id == 0 || id == own else {
            guard (1...Int64(Int32.max)).contains(id) else { throw .ESRCH }
            throw HostProcess.send(0, to: type == 0 ? Int32(id) : -Int32(id)) == -3 ? .ESRCH : .EPERM
        }
        switch command.guest {
        case 1: throw .EPERM
        case 2...6: try reaperControl(command.guest, data)
        case 8:
            // -1: nobody may trace; 0: nobody does.
            try memory.store(setting(7) == 1 ? Int32(0) : Int32(-1), at: data)
        case 11: try setDeathSignal(data)
        case 12:
            try memory.store(HostProcess.Control.currentDeathSignal.map(SignalNumber.guest) ?? 0, at: data)
        case 19:
            try setSwitch(19, data)
            _ = try checked(HostProcess.Control.set(.noNewPrivileges, 1))
        case 7, 9, 13, 15, 17, 21: try setSwitch(command.guest, data)
        default: try memory.store(setting(command.guest - 1), at: data)
        }
    }

    private func setSwitch(_ command: Int32, _ data: GuestAddress) throws(Errno) {
        let value: Int32 = try memory.load(at: data)
        try process.lock.hold { () throws(Errno) in try process.settings.set(command, value) }
    }

    private func setting(_ command: Int32) -> Int32 { process.lock.hold { process.settings.value(command) } }

    private func setDeathSignal(_ data: GuestAddress) throws(Errno) {
        let signal: Int32 = try memory.load(at: data)
        guard signal == 0 || SignalNumber.isValid(signal) else { throw .EINVAL }
        _ = try checked(HostProcess.Control.set(.deathSignal, signal == 0 ? 0 : SignalNumber.host(signal)))
    }

    // MARK: Reapers

    private func reaperControl(_ command: Int32, _ data: GuestAddress) throws(Errno) {
        switch command {
        case 2: try becomeReaper(true, orThrow: .EBUSY)
        case 3: try becomeReaper(false, orThrow: .EINVAL)
        case 4: try memory.store(reaperStatus(), at: data)
        case 5: try listReaped(data)
        default: try killReaped(data)
        }
    }

    private func becomeReaper(_ isOn: Bool, orThrow isAlready: Errno) throws(Errno) {
        try process.lock.hold { () throws(Errno) in
            guard process.settings.isReaper != isOn else { throw isAlready }
            _ = try checked(HostProcess.Control.set(.becomeReaper, isOn ? 1 : 0))
            process.settings.isReaper = isOn
        }
    }

    private var isReaper: Bool { process.lock.hold { process.settings.isReaper } }

    /// Processes below this one, when it is their reaper.
    private var descendants: [HostProcess.Descendant] { isReaper ? HostProcess.descendants() : [] }

    private func reaperStatus() -> ReaperStatus {
        var status = ReaperStatus()
        let all = descendants
        let isReaper = isReaper
        status.reaper = isReaper ? HostProcess.currentPID : process.lock.hold { process.settings.reaper }
        status.flags = (isReaper ? ReaperStatus.owned : 0) | (status.reaper == 1 ? ReaperStatus.isInit : 0)
        status.children = UInt32(all.count { $0.parent == HostProcess.currentPID })
        status.descendants = UInt32(all.count)
        status.process = all.first?.pid ?? -1
        return status
    }

    private func listReaped(_ data: GuestAddress) throws(Errno) {
        let request = try memory.load(ReaperList.self, at: data)
        let room = Int(min(request.count, 4096))
        for (index, descendant) in descendants.prefix(room).enumerated() {
            var entry = ReapedProcess()
            entry.pid = descendant.pid
            entry.subtree = descendant.subtree
            entry.flags = ReapedProcess.valid
            if descendant.parent == HostProcess.currentPID { entry.flags |= ReapedProcess.child }
            let offset = UInt64(index * ReapedProcess.byteCount(memory.abi))
            try memory.store(entry, at: request.processes &+ offset)
        }
        // The list ends with an entry that is not valid.
        let used = min(descendants.count, room)
        guard used < room else { return }
        let offset = UInt64(used * ReapedProcess.byteCount(memory.abi))
        try memory.store(ReapedProcess(), at: request.processes &+ offset)
    }

    private func killReaped(_ data: GuestAddress) throws(Errno) {
        var request = try memory.load(ReaperKill.self, at: data)
        guard SignalNumber.isValid(request.signal), request.flags & ~ReaperKill.knownFlags == 0,
            request.flags != ReaperKill.knownFlags
        else { throw .EINVAL }
        (request.killed, request.failed) = (0, -1)
        var failure: Errno = .ESRCH
        for descendant in descendants where request.means(descendant) {
            do throws(Errno) {
                try send(request.signal, to: descendant.pid)
                request.killed += 1
            } catch {
                if request.failed == -1 { (request.failed, failure) = (descendant.pid, error) }
            }
        }
        try memory.store(request, at: data)
        if request.killed == 0 { throw failure }
    }
}

/// `struct procctl_reaper_status`.
struct ReaperStatus: GuestStruct, Sendable {
    static let owned: UInt32 = 1
    /// `REAPER_STATUS_REALINIT`.
    static let isInit: UInt32 = 2
    var flags: UInt32 = 0
    var children: UInt32 = 0
    var descendants: UInt32 = 0
    var reaper: Int32 = 0
    var process: Int32 = -1

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("rs_flags", &flags, .hexadecimal)
        visitor.int("rs_children", &children)
        visitor.int("rs_descendants", &descendants)
        visitor.int("rs_reaper", &reaper)
        visitor.int("rs_pid", &process)
        visitor.pad(60)
    }
}

/// `struct procctl_reaper_pids`.
struct ReaperList: GuestStruct, Sendable {
    var count: UInt32 = 0
    var processes: GuestAddress = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("rp_count", &count)
        visitor.pad(60)
        visitor.pointer("rp_pids", &processes)
    }
}

/// `struct procctl_reaper_pidinfo`.
struct ReapedProcess: GuestStruct, Sendable {
    static let valid: UInt32 = 1
    static let child: UInt32 = 2
    var pid: Int32 = 0
    var subtree: Int32 = 0
    var flags: UInt32 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("pi_pid", &pid)
        visitor.int("pi_subtree", &subtree)
        visitor.int("pi_flags", &flags, .hexadecimal)
        visitor.pad(60)
    }
}

/// `struct procctl_reaper_kill`.
struct ReaperKill: GuestStruct, Sendable {
    /// REAPER_KILL_CHILDREN and REAPER_KILL_SUBTREE.
    static let children: UInt32 = 1
    static let subtree: UInt32 = 2
    static let knownFlags: UInt32 = 3
    var signal: Int32 = 0
    var flags: UInt32 = 0
    var subtreeRoot: Int32 = 0
    var killed: UInt32 = 0
    var failed: Int32 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("rk_sig", &signal, .named { SignalNumber.name(Int32(truncatingIfNeeded: $0)) })
        visitor.int("rk_flags", &flags, .hexadecimal)
        visitor.int("rk_subtree", &subtreeRoot)
        visitor.int("rk_killed", &killed)
        visitor.int("rk_fpid", &failed)
        visitor.pad(60)
    }

    /// Whether a process is to get the signal.
    func means(_ descendant: HostProcess.Descendant) -> Bool {
        if flags & Self.children != 0 { return descendant.parent == HostProcess.currentPID }
        if flags & Self.subtree != 0 { return descendant.subtree == subtreeRoot }
        return true
    }
}
