/// A set of FreeBSD's signals 1 ... 128 (`sigset_t`).
@frozen
public struct SignalSet: Equatable, Sendable {
    /// Signals 1 ... 64, bit `signal - 1`.
    public var low: UInt64
    /// Signals 65 ... 128.
    public var high: UInt64

    /// No signal.
    @inlinable
    public init() {
        low = 0
        high = 0
    }

    @inlinable
    public init(low: UInt64, high: UInt64 = 0) {
        self.low = low
        self.high = high
    }

    @inlinable
    public init(high: UInt64) { self.init(low: 0, high: high) }

    /// No signal.
    public static let none = SignalSet()
    /// Every signal.
    public static let all = SignalSet(low: .max, high: .max)
    /// What may be neither caught, ignored nor blocked.
    public static let unblockable = SignalSet(.kill, .stop)

    init(_ first: Signal, _ others: Signal...) {
        self.init()
        for signal in [first] + others { insert(signal.rawValue) }
    }

    @inlinable
    public var isEmpty: Bool { low | high == 0 }

    /// Whether a signal is in the set; false for a number that is no signal.
    @inlinable
    public func contains(_ signal: Int32) -> Bool {
        switch signal {
        case 1...64: low & 1 << UInt64(signal - 1) != 0
        case 65...128: high & 1 << UInt64(signal - 65) != 0
        default: false
        }
    }

    @inlinable
    public mutating func insert(_ signal: Int32) {
        switch signal {
        case 1...64: low |= 1 << UInt64(signal - 1)
        case 65...128: high |= 1 << UInt64(signal - 65)
        default: break
        }
    }

    @inlinable
    public mutating func remove(_ signal: Int32) {
        switch signal {
        case 1...64: low &= ~(1 << UInt64(signal - 1))
        case 65...128: high &= ~(1 << UInt64(signal - 65))
        default: break
        }
    }

    /// The lowest signal: the one the kernel takes first (`sig_ffs`).
    @inlinable
    public var first: Int32? {
        if low != 0 { return Int32(low.trailingZeroBitCount) + 1 }
        return high != 0 ? Int32(high.trailingZeroBitCount) + 65 : nil
    }

    @inlinable
    public func union(_ other: SignalSet) -> SignalSet { SignalSet(low: low | other.low, high: high | other.high) }

    @inlinable
    public func intersection(_ other: SignalSet) -> SignalSet {
        SignalSet(low: low & other.low, high: high & other.high)
    }

    @inlinable
    public func subtracting(_ other: SignalSet) -> SignalSet {
        SignalSet(low: low & ~other.low, high: high & ~other.high)
    }

    /// The four 32-bit words of `sigset_t`, signal 1 in the lowest bit of the first.
    public var words: [UInt32] {
        [
            UInt32(truncatingIfNeeded: low), UInt32(truncatingIfNeeded: low >> 32), UInt32(truncatingIfNeeded: high),
            UInt32(truncatingIfNeeded: high >> 32),
        ]
    }

    /// The set with these four words.
    public init(words: (UInt32, UInt32, UInt32, UInt32)) {
        low = UInt64(words.0) | UInt64(words.1) << 32
        high = UInt64(words.2) | UInt64(words.3) << 32
    }

    /// Calls `body` for each signal of the set, lowest first.
    func forEach(_ body: (Int32) -> Void) {
        var rest = self
        while let signal = rest.first {
            rest.remove(signal)
            body(signal)
        }
    }
}
