/// The state of a processor that an instruction can read or change, and a window of memory, as the conformance runner
/// hands it to the emulator and to an independent one.
public protocol ConformanceState: Equatable, Sendable {
    /// Names of the doublewords of `wire`, for messages; an empty name is padding.
    static var names: [String] { get }
    /// The bytes at `ConformanceWindow.memoryAddress`, as the guest sees them.
    var memory: [UInt8] { get set }
    /// The state without its memory, in doublewords, as many as there are names.
    var wire: [UInt64] { get }

    init(wire: [UInt64], memory: [UInt8])
}

/// Where the code and the memory of a sequence lie.
public enum ConformanceWindow {
    /// Where the instructions lie.
    public static let codeAddress: UInt64 = 0x6000_0000
    /// Where the memory lies; nothing is mapped before and behind it.
    public static let memoryAddress: UInt64 = 0x2000_0000
    /// Instruction words of a sequence, at most.
    public static let maximumWords = 256
    /// Bytes of memory, all of them mapped.
    public static let maximumMemory = 65536
}

/// How a sequence of instructions ended; the raw values are those of Conformance/Oracle/protocol.h.
public enum SequenceEnd: UInt32, Sendable {
    /// Control ran past the last instruction.
    case none = 0
    case overflow = 1
    case trap = 2
    case breakpoint = 3
    case systemCall = 4
    case reservedInstruction = 5
    /// An unaligned address or one outside the address space.
    case address = 6
    case floatingPoint = 7
    case coprocessorUnusable = 8
    /// An address where nothing is mapped.
    case memory = 9
    /// More than 4096 blocks ran.
    case endless = 10
    case other = 11
    /// The independent emulator crashed, or cannot tell the state.
    case oracleCrashed = 255
}

/// Instructions, placed at `ConformanceWindow.codeAddress`, and the state that they start from.
public struct SequenceRequest<State: ConformanceState>: Sendable {
    /// Number of the row that the first word is a test of; nil for a sequence of several.
    public var row: Int?
    public var words: [UInt32]
    public var state: State

    public init(row: Int? = nil, words: [UInt32], state: State) {
        self.row = row
        self.words = words
        self.state = state
    }
}

/// How a sequence ended and the state it left; with an exception, the state before the instruction that raised it.
public struct SequenceOutcome<State: ConformanceState>: Sendable {
    public var end: SequenceEnd
    public var state: State
    /// The exception came from a branch's delay slot.
    public var inDelaySlot: Bool
    /// The independent emulator's own number behind `end`, for messages.
    public var detail: UInt32

    public init(end: SequenceEnd, state: State, inDelaySlot: Bool = false, detail: UInt32 = 0) {
        self.end = end
        self.state = state
        self.inDelaySlot = inDelaySlot
        self.detail = detail
    }
}
