/// What an operand field of an operation holds.
public enum OperandKind: Sendable {
    /// Unused.
    case none
    /// An integer value of any width.
    case integer
    /// A floating-point value of the operation's type.
    case float
    /// A floating-point value of either type.
    case anyFloat
    /// A value of any type.
    case any
    /// The flags of an earlier operation.
    case flags
    /// A signed 32-bit number that is not a value (a displacement, an offset).
    case immediate
    /// The index of a guest register.
    case register
    /// The number of a label of this block.
    case label
}

/// What an operation does besides computing its result.
public struct Effects: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Must stay even when nothing uses its result.
    public static let effect = Effects(rawValue: 1)
    /// May raise a guest fault; state must be exact when it executes.
    public static let faults = Effects(rawValue: 2)
    /// Control does not go on to the next operation.
    public static let ends = Effects(rawValue: 4)
    /// May leave the block.
    public static let exits = Effects(rawValue: 8)
    /// May read or write any guest register.
    public static let state = Effects(rawValue: 16)
}

/// The operations of the intermediate representation. `OpcodeTable` says for each what its fields mean.
///
/// The comments are the definition: the IR interpreter, the translator and the tests all follow them.
@frozen
public enum Opcode: UInt16, Sendable, CaseIterable {
    // MARK: Constants and guest state
    /// The 64-bit constant `b | c << 32`.
    case const
    /// Guest register `a`, read at the operation's type (a narrower type reads the register's low bits).
    case get
    /// Guest register `a` := `b`, at the operation's type. A narrower type leaves the register's upper bits undefined
    /// for floating-point registers and is not allowed for integer registers.
    case put
    /// Marks the start of a guest instruction. `a`: signed offset in bytes of the restart address from the block's start;
    /// `flags` bit 0: the instruction stands in the delay slot of the branch at that address. Faults and exits up to
    /// the next mark report this address.
    case mark

    // MARK: Integer arithmetic; results are modulo the width
    case add, sub, mul, and, or, xor
    /// `a & ~b`.
    case andNot
    /// Upper half of the double-width product.
    case mulHighSigned, mulHighUnsigned
    /// Division rounding toward zero. Never traps: x / 0 = 0, x % 0 = x, least / -1 = least, least % -1 = 0.
    case divSigned, divUnsigned, remSigned, remUnsigned
    /// Shifts and rotation; the amount is taken modulo the width.
    case shiftLeft, shiftRight, shiftRightArithmetic, rotateRight
    /// Leading zeros; the width for 0.
    case countLeadingZeros
    /// Reverses the bytes.
    case byteSwap
    /// Extension of the low 8, 16 or 32 bits of `a` to the operation's type.
    case signExtend8, signExtend16, signExtend32, zeroExtend8, zeroExtend16, zeroExtend32
    /// Bits `lsb ..< lsb + width` of `a`, zero-extended; `b` = lsb | width << 8 (an immediate).
    case extractBits
    /// `a` with bits `lsb ..< lsb + width` replaced by the low bits of `b`; `c` = lsb | width << 8 (an immediate).
    case insertBits

    // MARK: Conditions; a boolean is an integer 0 or 1
    /// `flags` holds an `IntegerCondition`; `type` is the width of the comparison; the result is an integer 0 or 1.
    case compare
    /// Flags of `a + b` or `a - b` at the operation's width, which `c` names (a `ValueType` raw value).
    case addFlags, subFlags
    /// 0 or 1: whether flags `a` satisfy the `FlagCondition` in `flags`.
    case condition
    /// `a != 0 ? b : c`. All 64 bits of `a` are tested.
    case select

    // MARK: Memory; `flags` holds `MemoryAttributes`
    /// Loads from address `a` + displacement `b`.
    case load
    /// Stores `b` to address `a` + displacement `c`.
    case store
    /// Compares memory at `a` with `b` and, when equal, stores `c`; the result is what memory held (zero-extended for
    /// i32). Atomic, sequentially consistent, at the width of `type`, in the byte order of `flags`.
    case compareExchange
    /// Full memory barrier.
    case fence

    // MARK: Floating point, with the NaN rule of the architecture's `FloatProfile`
    case floatAdd, floatSub, floatMul, floatDiv, floatSqrt
    /// Sign operations on the bits: no NaN rule, no exception.
    case floatNegate, floatAbsolute
    /// 0 or 1; `flags` holds a `FloatCondition`; `c` is the `ValueType` raw value of the operands.
    case floatCompare
    /// To the other floating-point format.
    case floatConvert
    /// From a signed integer; `c` is the `ValueType` raw value of the operand.
    case floatFromSigned
    /// To a signed integer of the operation's type; `c` is the `ValueType` raw value of the operand; `flags` holds a
    /// `FloatRounding`. Out of range: the profile's rule.
    case floatToSigned
    /// Reinterprets the bits: float to integer of the same width and back.
    case bitcast
    /// Sets rounding, flushing and trap enables from a `FloatMode` raw value.
    case setFloatMode
    /// The `FloatFlags` raised since the last `takeFloatFlags`; clears them.
    case takeFloatFlags

    // MARK: Calls
    /// Calls the architecture's helper number `flags` with `a`, `b`, `c`; an unused operand is `Value.none`.
    case call

    // MARK: Control
    /// Goes on at label `b` when `a` is not 0. Forward only.
    case skipIf
    /// Label `a`. No value defined before it may be used after it.
    case label
    /// Leaves the block to guest address `b | c << 32`; the translator chains the blocks.
    case goto
    /// Leaves the block to the address in `a`; `flags` holds a `JumpKind`.
    case jump
    /// Leaves translated code for the core: `b` is an `ExitReason` raw value (an immediate), `a` its argument.
    /// The guest address is that of the last mark.
    case exit
    /// As `exit`, when `c` is not 0.
    case exitIf
}

/// One row per opcode: what its fields hold and what it does.
public struct OpcodeRow: Sendable {
    public let opcode: Opcode
    public let a: OperandKind
    public let b: OperandKind
    public let c: OperandKind
    public let effects: Effects

    init(
        _ opcode: Opcode, _ a: OperandKind = .none, _ b: OperandKind = .none, _ c: OperandKind = .none,
        _ effects: Effects = []
    ) {
        self.opcode = opcode
        self.a = a
        self.b = b
        self.c = c
        self.effects = effects
    }
}

/// The one description of the operations: verifier, printer, liveness and tests read it.
public enum OpcodeTable {
    /// Rows indexed by `Opcode.rawValue`.
    public static let rows: [OpcodeRow] = {
        var rows = Opcode.allCases.map { OpcodeRow($0) }
        for row in declared { rows[Int(row.opcode.rawValue)] = row }
        return rows
    }()

    private static let binary: [Opcode] = [
        .add, .sub, .mul, .and, .or, .xor, .andNot, .mulHighSigned, .mulHighUnsigned, .divSigned, .divUnsigned,
        .remSigned, .remUnsigned, .shiftLeft, .shiftRight, .shiftRightArithmetic, .rotateRight, .compare,
    ]
    private static let unary: [Opcode] = [
        .countLeadingZeros, .byteSwap, .signExtend8, .signExtend16, .signExtend32, .zeroExtend8, .zeroExtend16,
        .zeroExtend32,
    ]

    static let declared: [OpcodeRow] =
        binary.map { OpcodeRow($0, .integer, .integer) } + unary.map { OpcodeRow($0, .integer) } + [
            OpcodeRow(.const, .none, .immediate, .immediate),
            OpcodeRow(.get, .register),
            OpcodeRow(.put, .register, .any, .none, .effect),
            OpcodeRow(.mark, .immediate, .none, .none, .effect),
            OpcodeRow(.extractBits, .integer, .immediate),
            OpcodeRow(.insertBits, .integer, .integer, .immediate),
            OpcodeRow(.addFlags, .integer, .integer, .immediate),
            OpcodeRow(.subFlags, .integer, .integer, .immediate),
            OpcodeRow(.condition, .flags),
            OpcodeRow(.select, .integer, .integer, .integer),
            OpcodeRow(.load, .integer, .immediate, .none, [.effect, .faults]),
            OpcodeRow(.store, .integer, .any, .immediate, [.effect, .faults]),
            OpcodeRow(.compareExchange, .integer, .integer, .integer, [.effect, .faults]),
            OpcodeRow(.fence, .none, .none, .none, .effect),
            OpcodeRow(.floatAdd, .float, .float, .none, [.effect, .faults]),
            OpcodeRow(.floatSub, .float, .float, .none, [.effect, .faults]),
            OpcodeRow(.floatMul, .float, .float, .none, [.effect, .faults]),
            OpcodeRow(.floatDiv, .float, .float, .none, [.effect, .faults]),
            OpcodeRow(.floatSqrt, .float, .none, .none, [.effect, .faults]),
            OpcodeRow(.floatNegate, .float),
            OpcodeRow(.floatAbsolute, .float),
            OpcodeRow(.floatCompare, .anyFloat, .anyFloat, .immediate, [.effect, .faults]),
            OpcodeRow(.floatConvert, .anyFloat, .none, .none, [.effect, .faults]),
            OpcodeRow(.floatFromSigned, .integer, .none, .immediate, [.effect, .faults]),
            OpcodeRow(.floatToSigned, .anyFloat, .none, .immediate, [.effect, .faults]),
            OpcodeRow(.bitcast, .any),
            OpcodeRow(.setFloatMode, .integer, .none, .none, .effect),
            OpcodeRow(.takeFloatFlags, .none, .none, .none, .effect),
            OpcodeRow(.call, .any, .any, .any, [.effect, .state]),
            OpcodeRow(.skipIf, .integer, .label, .none, .effect),
            OpcodeRow(.label, .label, .none, .none, .effect),
            OpcodeRow(.goto, .none, .immediate, .immediate, [.effect, .ends, .exits, .state]),
            OpcodeRow(.jump, .integer, .none, .none, [.effect, .ends, .exits, .state]),
            OpcodeRow(.exit, .integer, .immediate, .none, [.effect, .ends, .exits, .state]),
            OpcodeRow(.exitIf, .integer, .immediate, .integer, [.effect, .exits, .state]),
        ]
}
