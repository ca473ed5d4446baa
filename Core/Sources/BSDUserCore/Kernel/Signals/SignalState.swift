/// What a process does with signals, and those that wait for any of its threads.
struct ProcessSignals {
    /// Actions indexed by signal number; index 0 is unused.
    private var actions = [SignalAction](repeating: SignalAction(), count: Int(Signal.maximum) + 1)
    /// Signals that are dropped on arrival (`ps_sigignore`), and those with a handler (`ps_sigcatch`).
    private(set) var ignored = ProcessSignals.ignoredByDefault
    private(set) var caught = SignalSet.none
    var queue = SignalQueue()
    /// Signals that the host's handler notes, and those that need no host.
    var caughtOnHost = SignalSet.none

    /// Queued signals of the host for which the queue had no room.
    var deferred = SignalBacklog()

    /// Signals whose default action is none. SIGCONT is not dropped on arrival: it discards stop signals.
    private static let ignoredByDefault: SignalSet = {
        var set = SignalSet.none
        for signal in Signal.allCases
        where SignalNumber.defaultAction(signal.rawValue) == .ignore && signal != .continue {
            set.insert(signal.rawValue)
        }
        return set
    }()

    /// Gives every caught signal its default action, as exec does. The host goes on catching; the default is then carried
    /// out here.
    mutating func resetCaught() {
        let before = caught
        before.forEach { self[$0] = SignalAction() }
    }

    subscript(signal: Int32) -> SignalAction {
        get { SignalNumber.isValid(signal) ? actions[Int(signal)] : SignalAction() }
        set {
            guard SignalNumber.isValid(signal) else { return }
            actions[Int(signal)] = newValue
            ignored.remove(signal)
            caught.remove(signal)
            if newValue.isCaught { caught.insert(signal) }
            // `kern_sigaction`: an ignored SIGCONT is one with the default action.
            let isDropped = newValue.isIgnored || newValue.isDefault && Self.ignoredByDefault.contains(signal)
            if isDropped && signal != Signal.continue.rawValue { ignored.insert(signal) }
        }
    }
}

/// Signals that the host has handed over and the queue had no room for, the oldest first.
struct SignalBacklog {
    private var entries: [SignalInfo] = []
    private var first = 0
    /// How many there are of each host number.
    private var counts = [Int](repeating: 0, count: Int(SignalNumber.hostCarrier) + 1)
    /// The host's mask that keeps further signals of the same numbers there.
    private(set) var hostMask: UInt64 = 0

    var isEmpty: Bool { first == entries.count }

    mutating func append(_ info: SignalInfo) {
        entries.append(info)
        let host = SignalNumber.host(info.signal)
        counts[Int(host)] += 1
        hostMask |= 1 << UInt64(host - 1)
    }

    mutating func takeFirst() -> SignalInfo? {
        guard first < entries.count else { return nil }
        let info = entries[first]
        first += 1
        // What has been taken goes when it is half of all, so that a storm that never pauses does not let this grow.
        if first * 2 >= entries.count {
            entries.removeFirst(first)
            first = 0
        }
        let host = SignalNumber.host(info.signal)
        counts[Int(host)] -= 1
        if counts[Int(host)] == 0 { hostMask &= ~(1 << UInt64(host - 1)) }
        return info
    }
}

/// A thread's part: its mask, its alternate stack, and the signals sent to it alone.
struct ThreadSignals {
    /// Blocked signals; never SIGKILL or SIGSTOP.
    var mask = SignalSet.none
    var queue = SignalQueue()
    var stack = SignalStack()
    /// The mask to return to from a call that had one of its own (`sigsuspend`, `pselect`, `ppoll`).
    var maskToRestore: SignalSet?
}
