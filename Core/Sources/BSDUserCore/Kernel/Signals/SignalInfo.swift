/// What came with a signal (`siginfo_t`), in the guest's numbers.
struct SignalInfo: Equatable, Sendable {
    var signal: Int32
    var code: Int32 = SignalCode.user.rawValue
    var pid: Int32 = 0
    var uid: UInt32 = 0
    /// Exit status or signal number of a child.
    var status: Int32 = 0
    /// Fault address.
    var address: GuestAddress = 0
    /// `sigqueue`'s or the timer's value.
    var value: UInt64 = 0
    /// `_reason`: trap number of a fault, or timer identifier, or the low half of the band event.
    var reason: Int32 = 0
    /// `_reason` of a timer: the overrun count.
    var overrun: Int32 = 0
    /// Raised by `sigqueue` or a timer: a full queue is the sender's error, not a loss of the particulars.
    var isQueued = false

    /// Whether a timer of that number raised it.
    func isOfTimer(_ number: Int32) -> Bool { code == SignalCode.timer.rawValue && reason == number }
}

/// Values of `si_code` that stand for any signal (`sys/signal.h`), with the host's numbers for the same.
enum SignalCode: Int32, CaseIterable {
    case user = 0x10001
    case queue = 0x10002
    case timer = 0x10003
    case asynchronousIO = 0x10004
    case messageQueue = 0x10005
    case kernel = 0x10006
    case thread = 0x10007

    /// FreeBSD's name.
    var name: String {
        switch self {
        case .user: "SI_USER"
        case .queue: "SI_QUEUE"
        case .timer: "SI_TIMER"
        case .asynchronousIO: "SI_ASYNCIO"
        case .messageQueue: "SI_MESGQ"
        case .kernel: "SI_KERNEL"
        case .thread: "SI_LWP"
        }
    }

    var host: Int32 {
        switch self {
        case .user: 0
        case .queue: -1
        case .timer: -2
        case .messageQueue: -3
        case .asynchronousIO: -4
        case .kernel: 0x80
        case .thread: -6
        }
    }

    /// The guest's code for the host's; the codes of SIGCHLD and SIGIO are the same numbers on both.
    static func guest(_ host: Int32) -> Int32 {
        if let code = allCases.first(where: { $0.host == host }) { return code.rawValue }
        return host > 0 ? host : SignalCode.queue.rawValue
    }

    /// The host's code for the guest's.
    static func host(_ guest: Int32) -> Int32 { SignalCode(rawValue: guest)?.host ?? guest }
}
