/// The named signals of FreeBSD (`sys/signal.h`).
public enum Signal: Int32, CaseIterable, Sendable {
    case hangup = 1
    case interrupt = 2
    case quit = 3
    case illegalInstruction = 4
    case trap = 5
    case abort = 6
    case emulatorTrap = 7
    case floatingPoint = 8
    case kill = 9
    case bus = 10
    case segmentation = 11
    case systemCall = 12
    case pipe = 13
    case alarm = 14
    case terminate = 15
    case urgent = 16
    case stop = 17
    case terminalStop = 18
    case `continue` = 19
    case child = 20
    case terminalInput = 21
    case terminalOutput = 22
    case inputOutput = 23
    case cpuLimit = 24
    case fileSizeLimit = 25
    case virtualAlarm = 26
    case profile = 27
    case windowChange = 28
    case information = 29
    case user1 = 30
    case user2 = 31
    case thread = 32
    case libraryRealTime = 33

    /// `_SIG_MAXSIG`, and the range of the real-time signals.
    public static let maximum: Int32 = 128
    public static let realTimeMinimum: Int32 = 65
    public static let realTimeMaximum: Int32 = 126

    /// What a signal does that no handler catches (`sigproptbl` of `kern_sig.c`).
    public enum DefaultAction: Sendable {
        case terminate, core, stop, stopFromTerminal, ignore
    }
}

/// One signal: name, number on the host, default action. All conversions come from these rows.
struct SignalRow: Sendable {
    let signal: Signal
    let name: String
    let host: Int32
    let action: Signal.DefaultAction

    /// Linux x86-64 numbers. FreeBSD's SIGEMT and SIGINFO take the places of SIGSTKFLT and SIGPWR, which only Linux has,
    /// so that all 31 are paired.
    static let rows: [SignalRow] = [
        SignalRow(.hangup, "SIGHUP", 1, .terminate),
        SignalRow(.interrupt, "SIGINT", 2, .terminate),
        SignalRow(.quit, "SIGQUIT", 3, .core),
        SignalRow(.illegalInstruction, "SIGILL", 4, .core),
        SignalRow(.trap, "SIGTRAP", 5, .core),
        SignalRow(.abort, "SIGABRT", 6, .core),
        SignalRow(.emulatorTrap, "SIGEMT", 16, .core),
        SignalRow(.floatingPoint, "SIGFPE", 8, .core),
        SignalRow(.kill, "SIGKILL", 9, .terminate),
        SignalRow(.bus, "SIGBUS", 7, .core),
        SignalRow(.segmentation, "SIGSEGV", 11, .core),
        SignalRow(.systemCall, "SIGSYS", 31, .core),
        SignalRow(.pipe, "SIGPIPE", 13, .terminate),
        SignalRow(.alarm, "SIGALRM", 14, .terminate),
        SignalRow(.terminate, "SIGTERM", 15, .terminate),
        SignalRow(.urgent, "SIGURG", 23, .ignore),
        SignalRow(.stop, "SIGSTOP", 19, .stop),
        SignalRow(.terminalStop, "SIGTSTP", 20, .stopFromTerminal),
        SignalRow(.continue, "SIGCONT", 18, .ignore),
        SignalRow(.child, "SIGCHLD", 17, .ignore),
        SignalRow(.terminalInput, "SIGTTIN", 21, .stopFromTerminal),
        SignalRow(.terminalOutput, "SIGTTOU", 22, .stopFromTerminal),
        SignalRow(.inputOutput, "SIGIO", 29, .ignore),
        SignalRow(.cpuLimit, "SIGXCPU", 24, .terminate),
        SignalRow(.fileSizeLimit, "SIGXFSZ", 25, .terminate),
        SignalRow(.virtualAlarm, "SIGVTALRM", 26, .terminate),
        SignalRow(.profile, "SIGPROF", 27, .terminate),
        SignalRow(.windowChange, "SIGWINCH", 28, .ignore),
        SignalRow(.information, "SIGINFO", 30, .ignore),
        SignalRow(.user1, "SIGUSR1", 10, .terminate),
        SignalRow(.user2, "SIGUSR2", 12, .terminate),
    ]

    private init(_ signal: Signal, _ name: String, _ host: Int32, _ action: Signal.DefaultAction) {
        self.signal = signal
        self.name = name
        self.host = host
        self.action = action
    }
}

/// Conversion between the guest's signal numbers and the host's; total in both directions.
public enum SignalNumber {
    /// The host's last real-time signal carries, between emulated processes, every guest signal that has no number of
    /// its own on the host: SIGTHR, SIGLIBRT, the nameless ones, and the upper real-time signals.
    static let hostCarrier: Int32 = 64
    /// The one before it wakes threads of the own process (`HostThread.kick`). It is one of its own because the carrier may
    /// be held back, when more signals have come than the guest's queue has room for.
    static let hostKick: Int32 = 63
    /// The host's mask of both.
    static let hostOwnMask: UInt64 = 1 << UInt64(hostKick - 1) | 1 << UInt64(hostCarrier - 1)
    /// The host numbers that stand for signals of the guest.
    static let hostGuests = 1..<hostKick
    /// Host numbers 34 ... 62 are the guest's real-time signals 65 ... 93.
    private static let hostRealTime: Range<Int32> = 34..<hostKick
    private static let realTimeDistance = Signal.realTimeMinimum - hostRealTime.lowerBound

    private static let hostByGuest: [Int32] = (0...Signal.maximum).map { guest in
        if let row = SignalRow.rows.first(where: { $0.signal.rawValue == guest }) { return row.host }
        let host = guest - realTimeDistance
        return hostRealTime.contains(host) ? host : hostCarrier
    }
    private static let guestByHost: [Int32] = (0...hostCarrier).map { host in
        if let row = SignalRow.rows.first(where: { $0.host == host }) { return row.signal.rawValue }
        if hostRealTime.contains(host) { return host + realTimeDistance }
        // The C library's own two; the last two mean nothing to the guest.
        return host >= hostKick ? Signal.realTimeMaximum : host
    }
    private static let actions: [Signal.DefaultAction] = (0...Signal.maximum).map { guest in
        SignalRow.rows.first { $0.signal.rawValue == guest }?.action ?? .terminate
    }

    /// The host's number for a guest signal; `hostCarrier` for one that has none.
    static func host(_ guest: Int32) -> Int32 {
        isValid(guest) ? hostByGuest[Int(guest)] : hostCarrier
    }

    /// The guest's number for a host signal.
    static func guest(_ host: Int32) -> Int32 {
        (1...hostCarrier).contains(host) ? guestByHost[Int(host)] : Signal.realTimeMaximum
    }

    /// Whether the guest signal has a number of its own on the host.
    static func isShared(_ guest: Int32) -> Bool { host(guest) != hostCarrier }

    /// Whether the number is that of a signal.
    static func isValid(_ guest: Int32) -> Bool { (1...Signal.maximum).contains(guest) }

    /// What the signal does by default.
    static func defaultAction(_ guest: Int32) -> Signal.DefaultAction {
        isValid(guest) ? actions[Int(guest)] : .terminate
    }

    /// The signal's name: `SIGSEGV`, `SIGRT3`, or its number.
    public static func name(_ guest: Int32) -> String {
        if let row = SignalRow.rows.first(where: { $0.signal.rawValue == guest }) { return row.name }
        switch guest {
        case Signal.thread.rawValue: return "SIGTHR"
        case Signal.libraryRealTime.rawValue: return "SIGLIBRT"
        case Signal.realTimeMinimum...Signal.realTimeMaximum: return "SIGRT\(guest - Signal.realTimeMinimum)"
        default: return "\(guest)"
        }
    }
}
