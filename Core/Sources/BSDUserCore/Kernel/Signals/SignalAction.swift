/// What the guest asked for a signal (`struct sigaction`).
struct SignalAction: Equatable, Sendable {
    /// Flags of `sa_flags`.
    struct Flags: OptionSet, Sendable {
        let rawValue: Int32
        static let onStack = Flags(rawValue: 0x01)
        static let restart = Flags(rawValue: 0x02)
        static let resetHandler = Flags(rawValue: 0x04)
        static let noChildStop = Flags(rawValue: 0x08)
        static let noDefer = Flags(rawValue: 0x10)
        static let noChildWait = Flags(rawValue: 0x20)
        static let siginfo = Flags(rawValue: 0x40)
        static let known: Flags = [.onStack, .restart, .resetHandler, .noChildStop, .noDefer, .noChildWait, .siginfo]
    }

    /// Address of the handler, or `defaultHandler`, or `ignoreHandler`.
    var handler: GuestAddress = defaultHandler
    var flags: Flags = []
    var mask = SignalSet.none

    static let defaultHandler: GuestAddress = 0
    static let ignoreHandler: GuestAddress = 1

    var isDefault: Bool { handler == Self.defaultHandler }
    var isIgnored: Bool { handler == Self.ignoreHandler }
    var isCaught: Bool { !isDefault && !isIgnored }
}

/// The alternate signal stack (`stack_t`).
struct SignalStack: Equatable, Sendable {
    var base: GuestAddress = 0
    var byteCount: UInt64 = 0
    var isDisabled = true

    /// `ss_flags`: SS_ONSTACK 1, SS_DISABLE 4.
    static let onStackFlag: Int32 = 1
    static let disableFlag: Int32 = 4

    /// Whether an address lies on the stack (`sigonstack`).
    func contains(_ address: GuestAddress) -> Bool {
        !isDisabled && address &- base < byteCount
    }
}
