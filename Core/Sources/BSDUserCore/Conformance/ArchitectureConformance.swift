/// What an architecture brings to its own conformance runs: how its state is compared, how tests of its instructions are
/// made, and what its manual says where no independent emulator can be asked.
///
/// A plugin returns it from `GuestArchitecture.conformance`; `bsduserctl conformance` does the rest. Everything that is
/// random comes from the generator that is passed in, so that a seed repeats a test.
public protocol ArchitectureConformance<State> {
    associatedtype State: ConformanceState

    // MARK: State

    /// The machine of the oracle (Conformance/Oracle) to compare with; nil when there is none, and only `manual` rows and
    /// `cases` can be judged.
    var oracleMachine: String? { get }
    /// A breakpoint instruction with a code of its own, which ends every sequence.
    var endWord: UInt32 { get }
    /// An instruction that does nothing.
    var noOperation: UInt32 { get }
    /// Makes a state, but for its memory, that of a CPU.
    func put(_ state: State, into cpu: CPUState)
    /// The state of a CPU, with the memory given.
    func state(of cpu: CPUState, memory: [UInt8]) -> State
    /// What an exit means, once what it changes in the CPU is done.
    func end(for reason: ExitReason, _ cpu: CPUState) -> SequenceEnd

    // MARK: Decoding

    /// Every row of the instruction table.
    var rows: [ConformanceRow] { get }
    /// The number of the row that a word decodes to; nil when it is no instruction.
    func row(of word: UInt32) -> Int?
    /// llvm-mc's options for this architecture as the second opinion; empty when LLVM does not know it.
    var disassemblerOptions: [String] { get }
    /// Whether the table's name of a word and the disassembler's go together; nil stands for no instruction.
    func agree(_ own: String?, _ disassembler: String?, _ word: UInt32) -> Bool

    // MARK: Tests

    /// Words that test a row: the instruction, and what must stand before or behind it. The manual defines what they do.
    func words(row: Int, _ random: inout SeededGenerator) -> [UInt32]
    /// A state for words that `words(row:_:)` made.
    func state(row: Int, _ words: [UInt32], _ random: inout SeededGenerator) -> State
    /// A random sequence of several instructions, with `count` states to start from.
    func sequence(states count: Int, _ random: inout SeededGenerator) -> (words: [UInt32], states: [State])
    /// The words without one of them, every branch still going where it went; nil when that cannot be.
    func removing(_ index: Int, from words: [UInt32]) -> [UInt32]?
    /// How the emulator's outcome differs from the oracle's beyond what the manual leaves open; empty when they agree.
    func differences(
        _ request: SequenceRequest<State>, own: SequenceOutcome<State>, oracle: SequenceOutcome<State>
    ) -> [String]
    /// What of two outcomes `differences` leaves out, though the manual defines it; nil when that is nothing. It is asked where
    /// `differences` has found none.
    func omission(
        _ request: SequenceRequest<State>, own: SequenceOutcome<State>, oracle: SequenceOutcome<State>
    ) -> ConformanceOmission?
    /// Runs a request of a `manual` row; how its outcome differs from what the manual says.
    func manualDifferences(
        _ request: SequenceRequest<State>, _ runner: SequenceRunner<Self>, _ random: inout SeededGenerator
    ) -> [String]
    /// Cases of the architecture's own, which need no oracle.
    var cases: [ConformanceCase] { get }

    // MARK: Floating point

    /// Instructions that compute with floating-point numbers, for the `fp` suite.
    var floatForms: [FloatForm] { get }
    /// The settings of the floating-point unit to try: rounding modes, flushing.
    var floatControls: [FloatControlSetting] { get }
    /// Whether a result counts as tiny by what it was before it was rounded (IEEE 754, 7.5).
    var detectsTininessBeforeRounding: Bool { get }
    /// Whether the highest bit of the fraction makes a NaN a quiet one, as IEEE 754-2008 recommends.
    var quietNaNHasHighestBit: Bool { get }
    /// The flags that a state shows, as IEEE 754 names them.
    func floatFlags(_ state: State) -> FloatFlags
}

extension ArchitectureConformance {
    public var oracleMachine: String? { nil }
    public var disassemblerOptions: [String] { [] }
    public var cases: [ConformanceCase] { [] }
    public var floatForms: [FloatForm] { [] }
    public var floatControls: [FloatControlSetting] { [] }
    public var detectsTininessBeforeRounding: Bool { false }
    public var quietNaNHasHighestBit: Bool { true }
    public func omission(
        _ request: SequenceRequest<State>, own: SequenceOutcome<State>, oracle: SequenceOutcome<State>
    ) -> ConformanceOmission? { nil }
    public func agree(_ own: String?, _ disassembler: String?, _ word: UInt32) -> Bool { own == disassembler }
    public func floatFlags(_ state: State) -> FloatFlags { [] }
    /// Right for sequences without branches.
    public func removing(_ index: Int, from words: [UInt32]) -> [UInt32]? {
        var shorter = words
        shorter.remove(at: index)
        return shorter
    }
    public func manualDifferences(
        _ request: SequenceRequest<State>, _ runner: SequenceRunner<Self>, _ random: inout SeededGenerator
    ) -> [String] { ["no row is judged by the manual"] }
}

/// Why a comparison is not made, or not in full, though the manual defines the outcome. Reports count such states; for the
/// shortcomings of floating-point instructions the suite `fp` makes cases of their own.
public enum ConformanceOmission: Hashable, Sendable {
    /// The oracle cannot tell.
    case oracleCannotTell
    /// The emulator is known to do it in another way: which, in a few words.
    case shortcoming(String)

    /// IEEE 754, 7.5: an architecture that detects tininess before rounding signals underflow for an inexact result that
    /// rounding makes the least normal number; the host, which detects it after rounding, does not.
    public static let tininess = ConformanceOmission.shortcoming("underflow of what is tiny only before rounding")
}

/// One row of an instruction table, as the conformance runner sees it.
public struct ConformanceRow: Sendable {
    /// Who says what the instruction does.
    public enum Judge: Equatable, Sendable {
        case oracle
        /// `manualDifferences`, since the oracle cannot; the reason.
        case manual(String)
        /// Neither; the reason, and which tests have the row instead.
        case elsewhere(String)
    }

    /// The manual's mnemonic.
    public let name: String
    /// The pattern of the row, which with the name is unique.
    public let pattern: String
    /// A word belongs to the row when `word & mask == match`, unless a more specific row has it.
    public let mask: UInt32
    public let match: UInt32
    public let judge: Judge

    /// What tells it from all others.
    public var title: String { "\(name) \(pattern)" }

    public init(name: String, pattern: String, mask: UInt32, match: UInt32, judge: Judge) {
        self.name = name
        self.pattern = pattern
        self.mask = mask
        self.match = match
        self.judge = judge
    }
}

/// A case that an architecture's author writes by hand: instructions, the registers before them, the registers after.
public struct ConformanceCase: Sendable {
    /// What holds, as a sentence; unique among the cases.
    public let name: String
    public let words: [UInt32]
    /// Values of doublewords of the state by name; all others are 0.
    public let before: [String: UInt64]
    /// What must stand there afterwards; all others must be as before.
    public let after: [String: UInt64]
    public let end: SequenceEnd

    public init(
        _ name: String, words: [UInt32], before: [String: UInt64] = [:], after: [String: UInt64] = [:],
        end: SequenceEnd = .none
    ) {
        self.name = name
        self.words = words
        self.before = before
        self.after = after
        self.end = end
    }
}
