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
        guard WaitOptions.known.contains(options), !options.isDisjoint(with: .events) else { throw .EINVAL }
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

    /// The children that `idtype` and `id` of `wait6` mean: P_PID 0, P_PGID 2, P_ALL 7.
    static func children(ofType type: Int32, _ id: Int64) throws(Errno) -> HostProcess.Children {
        let number = Int32(clamping: id)
        switch type {
        case 0: return .process(number)
        case 2: return number == 0 ? .group(Int32(HostProcess.processGroup(of: 0))) : .group(number)
        case 7: return .all
        default: throw .EINVAL
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
