/// An instruction that computes with floating-point numbers: which doublewords of the state it reads.
public struct FloatForm: Sendable {
    public enum Format: Sendable, CaseIterable { case half, single, double }

    /// Number of the row.
    public let row: Int
    /// Which of the row's forms of this format it is, when there are several.
    public let variant: String
    public let words: [UInt32]
    public let format: Format
    /// Indexes in `ConformanceState.wire` of the operands, in the order of the operation.
    public let operands: [Int]
    /// What it computes, as Berkeley TestFloat has it; empty when TestFloat has nothing of the kind.
    public let functions: [FloatFunction]
    /// Whether only settings that are a rounding mode alone leave one right result.
    public let isForRoundingAlone: Bool

    public init(
        row: Int, variant: String = "", words: [UInt32], format: Format, operands: [Int], functions: [FloatFunction],
        isForRoundingAlone: Bool = false
    ) {
        self.row = row
        self.variant = variant
        self.words = words
        self.format = format
        self.operands = operands
        self.functions = functions
        self.isForRoundingAlone = isForRoundingAlone
    }
}

/// A function of Berkeley TestFloat, and where an instruction that computes it leaves the result.
public struct FloatFunction: Sendable {
    /// A result, with the index in `ConformanceState.wire` of the doubleword whose low bits it is.
    public enum Result: Sendable {
        case float(FloatForm.Format, index: Int)
        /// What comes of a number that the integer type does not have is the architecture's.
        case integer(bits: Int, index: Int)
        /// True when one of the mask's bits is set.
        case condition(mask: UInt64, index: Int)
    }

    /// Such as `f64_add`.
    public let name: String
    /// Indexes of the operands in the function's order.
    public let operands: [Int]
    public let result: Result
    /// The rounding mode, as TestFloat calls it, that the instruction has whatever the setting is; nil when the setting counts.
    public let rounding: String?
    /// Whether rounding to an integer signals that the result is inexact.
    public let isExact: Bool

    public init(
        _ name: String, operands: [Int], _ result: Result, rounding: String? = nil, isExact: Bool = false
    ) {
        self.name = name
        self.operands = operands
        self.result = result
        self.rounding = rounding
        self.isExact = isExact
    }
}

/// One setting of the floating-point unit.
public struct FloatControlSetting: Sendable {
    /// What TestFloat calls the rounding mode, such as `near_even`, when the setting is nothing else; nil otherwise.
    public let rounding: String?
    public let name: String
    /// Index in `ConformanceState.wire`, and the bits to put there; the others stay.
    public let index: Int
    public let mask: UInt64
    public let value: UInt64

    public init(name: String, rounding: String?, index: Int, mask: UInt64, value: UInt64) {
        self.name = name
        self.rounding = rounding
        self.index = index
        self.mask = mask
        self.value = value
    }
}
