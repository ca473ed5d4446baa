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

    /// Queued signals of the host for which the queue had no room, oldest first.
    var deferred: [SignalInfo] = []

    /// The host's mask that keeps further signals of the same numbers there.
    var heldOnHost: UInt64 {
        deferred.reduce(0) { $0 | 1 << UInt64(SignalNumber.host($1.signal) - 1) }
    }

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

/// A thread's part: its mask, its alternate stack, and the signals sent to it alone.
struct ThreadSignals {
    /// Blocked signals; never SIGKILL or SIGSTOP.
    var mask = SignalSet.none
    var queue = SignalQueue()
    var stack = SignalStack()
    /// The mask to return to from a call that had one of its own (`sigsuspend`, `pselect`, `ppoll`).
    var maskToRestore: SignalSet?
}
