import Glibc

/// A child that changed, as `wait4` and `wait6` report it (kern_exit.c `kern_wait6`).
struct ChildReport {
    var pid: Int32
    /// As `sys/wait.h` packs it.
    var status: Int32
    var information: SignalInfo
    var usage: rusage
}

/// Options of `wait4` and `wait6` (`sys/wait.h`).
struct WaitOptions: OptionSet, Sendable {
    let rawValue: Int32
    static let noHang = WaitOptions(rawValue: 1)
    static let untraced = WaitOptions(rawValue: 2)
    static let continued = WaitOptions(rawValue: 4)
    static let noReap = WaitOptions(rawValue: 8)
    static let exited = WaitOptions(rawValue: 16)
    static let trapped = WaitOptions(rawValue: 32)
    /// WLINUXCLONE: there are no such children.
    static let linuxClone = WaitOptions(rawValue: .min)
    static let known: WaitOptions = [.noHang, .untraced, .continued, .noReap, .exited, .trapped, .linuxClone]
    static let events: WaitOptions = [.exited, .untraced, .continued, .trapped]

    /// `EINVAL` for what is no option, and when there is nothing to wait for.
    func check() throws(Errno) {
        guard Self.known.contains(self), !isDisjoint(with: .events) else { throw .EINVAL }
    }

    var host: Int32 {
        var options: Int32 = 0
        if contains(.noHang) { options |= HostProcess.WaitOption.noHang }
        if contains(.untraced) { options |= HostProcess.WaitOption.stopped }
        if contains(.continued) { options |= HostProcess.WaitOption.continued }
        if contains(.exited) { options |= HostProcess.WaitOption.exited }
        if contains(.noReap) { options |= HostProcess.WaitOption.noReap }
        return options
    }
}

extension GuestThread {
    /// Waits for a child; nil when `noHang` finds none that changed.
    func wait(_ children: HostProcess.Children, _ options: WaitOptions) throws(Errno) -> ChildReport? {
        try options.check()
        // No child is traced, so there is never a trap to report.
        guard options.host & ~HostProcess.WaitOption.noHang & ~HostProcess.WaitOption.noReap != 0 else {
            throw .ECHILD
        }
        if case .process(let pid) = children, options.contains(.exited),
            let report = process.processDescriptors.report(pid, keeps: options.contains(.noReap))
        {
            return report
        }
        let event = try waitBesideDescriptors(children, options)
        return event.pid == 0 ? nil : ChildReport(event)
    }

    /// The children that the first argument of `wait4` means.
    static func children(ofWait4 pid: Int32) -> HostProcess.Children {
        switch pid {
        case -1: .all
        case 0: .group(Int32(HostProcess.processGroup(of: 0)))
        case ..<0: .group(pid == .min ? .max : -pid)
        default: .process(pid)
        }
    }

    /// `wait6`: waits for a child that `idtype` and `id` mean (`proc_to_reap`).
    func wait(type: Int32, _ id: Int64, _ options: WaitOptions) throws(Errno) -> ChildReport? {
        let number = Int32(clamping: id)
        switch type {
        case IdentifierType.process where number >= 0: return try wait(Self.children(ofWait4: number), options)
        case IdentifierType.processGroup where number != 0: return try wait(.group(number), options)
        case IdentifierType.all: return try wait(.all, options)
        default: return try wait(options) { ChildTrait.holds(type, number, $0, process) }
        }
    }

    /// Waits for a child that the host cannot choose: looks at each, now and then.
    private func wait(_ options: WaitOptions, where isMeant: (HostProcessRecord) -> Bool) throws(Errno)
        -> ChildReport?
    {
        try options.check()
        while true {
            let children = HostProcess.children().filter { HostProcessRecord($0).map(isMeant) ?? false }
            var isAny = false
            for child in children {
                do throws(Errno) {
                    if let report = try wait(.process(child), options.union(.noHang)) { return report }
                    isAny = true
                } catch .ECHILD {
                    // It has been waited for meanwhile, or it has ended and ends are not asked for.
                }
            }
            guard isAny else { throw .ECHILD }
            if options.contains(.noHang) { return nil }
            let soon = HostSignal.monotonicNanoseconds + ChildTrait.interval
            _ = try sleeping { HostSignal.sleep(untilNanoseconds: soon) }
        }
    }
}

/// What `wait6` chooses children by besides their numbers.
private enum ChildTrait {
    /// Nanoseconds between two looks.
    static let interval: Int64 = 5_000_000

    static func holds(_ type: Int32, _ number: Int32, _ child: HostProcessRecord, _ process: GuestProcess) -> Bool {
        switch type {
        case IdentifierType.session: child.session == number
        case IdentifierType.user: child.users[1] == UInt32(bitPattern: number)
        case IdentifierType.group: child.groups[1] == UInt32(bitPattern: number)
        case IdentifierType.jail: process.jail(of: child.pid) == number
        default: false
        }
    }
}

extension ChildReport {
    init(_ event: HostProcess.ChildEvent) {
        pid = event.pid
        usage = event.usage
        let signal = SignalNumber.guest(event.status)
        information = SignalInfo(signal: Signal.child.rawValue, code: event.code, pid: event.pid, uid: event.user)
        information.status = event.code == 1 ? event.status : signal
        switch event.code {
        case 1: status = (event.status & 0xFF) << 8
        case 2: status = signal
        case 3: status = signal | 0x80
        case 6: status = Signal.continue.rawValue
        default: status = signal << 8 | 0x7F
        }
    }
}
