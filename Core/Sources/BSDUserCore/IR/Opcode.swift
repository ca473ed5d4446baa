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
    /// A vector of 16 bytes.
    case vector
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
    /// for floating-point registers, clears them for vector registers, and is not allowed for others.
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
    /// Reverses the bytes, the bits.
    case byteSwap, bitReverse
    /// Extension of the low 8, 16 or 32 bits of `a` to the operation's type.
    case signExtend8, signExtend16, signExtend32, zeroExtend8, zeroExtend16, zeroExtend32
    /// Bits `lsb ..< lsb + width` of `a`, zero-extended; `b` = lsb | width << 8 (an immediate).
    case extractBits
    /// `a` with bits `lsb ..< lsb + width` replaced by the low bits of `b`; `c` = lsb | width << 8 (an immediate).
    case insertBits
    /// `a + b + c`, where `c` is 0 or 1.
    case addWithCarry

    // MARK: Conditions; a boolean is an integer 0 or 1
    /// `flags` holds an `IntegerCondition`; `type` is the width of the comparison; the result is an integer 0 or 1.
    case compare
    /// Flags of `a + b` or `a - b`; `flags` holds `FlagAttributes`. Negative and zero tell about the result, overflow is
    /// that of signed numbers, carry is the carry out of an addition and the borrow of a subtraction.
    case addFlags, subFlags
    /// Flags of `a + b + c`, where `c` is 0 or 1, as those of an addition.
    case addWithCarryFlags
    /// Negative and zero of `a`; carry and overflow are clear before `FlagAttributes.invertedCarry`.
    case logicFlags
    /// Flags `a` as an i32 in the format of `PackedFlags`, and back.
    case packFlags, unpackFlags
    /// 0 or 1: whether flags `a` satisfy the `FlagCondition` in `flags`.
    case condition
    /// `a != 0 ? b : c`, at any type but flags. All 64 bits of `a` are tested.
    case select

    // MARK: Memory; `flags` holds `MemoryAttributes`
    /// Loads from address `a` + displacement `b`. Aligned 16 bytes are one access.
    case load
    /// Stores `b` to address `a` + displacement `c`.
    case store
    /// Compares memory at `a` with `b` and, when equal, stores `c`; the result is what memory held, zero-extended.
    /// Atomic, sequentially consistent, at the size and in the byte order of `flags`. 16 bytes have type v128, little
    /// endian order, and must be checked for alignment.
    case compareExchange
    /// Replaces memory at `a` by what the `AtomicOperation` in `c` (an immediate) makes of it and `b`; the result is what
    /// memory held before, zero-extended. Atomic, sequentially consistent, at the size (1 to 8 bytes) and in the byte
    /// order of `flags`.
    case atomicUpdate
    /// Full memory barrier.
    case fence

    // MARK: Floating point, with the NaN rule of the architecture's `FloatProfile`
    case floatAdd, floatSub, floatMul, floatDiv, floatSqrt
    /// `a * b + c` rounded once; `flags` holds `FusedAttributes`.
    case floatMultiplyAdd
    /// The lesser or greater operand; `flags` holds a `FloatMinMax`. -0 is less than +0.
    case floatMinMax
    /// To an integral value in the same format; `flags` holds a `FloatRounding`, with bit 7 set when a result that
    /// differs from the operand raises inexact.
    case floatRound
    /// Sign operations on the bits: no NaN rule, no exception.
    case floatNegate, floatAbsolute
    /// 0 or 1; `flags` holds a `FloatCondition`; `c` is the `ValueType` raw value of the operands.
    case floatCompare
    /// The flags of a comparison, for operands of the type that `c` names. Less: negative and carry. Equal: zero. Greater:
    /// none. Unordered: overflow. `flags` holds `FloatCondition.signalling` or nothing.
    case floatCompareFlags
    /// To the other floating-point format.
    case floatConvert
    /// From a signed or unsigned integer; `c` is the `ValueType` raw value of the operand.
    case floatFromSigned, floatFromUnsigned
    /// To a signed or unsigned integer of the operation's type; `c` is the `ValueType` raw value of the operand; `flags`
    /// holds a `FloatRounding`. Out of range: the profile's rule.
    case floatToSigned, floatToUnsigned
    /// From the half-precision number in the low 16 bits of an integer; `flags` holds `HalfAttributes`.
    case floatFromHalf
    /// To a half-precision number in an i32, zero-extended; `c` is the `ValueType` raw value of the operand; `flags` holds
    /// `HalfAttributes`.
    case floatToHalf
    /// Reinterprets the bits: float to integer of the same width and back.
    case bitcast
    /// Sets rounding, flushing, NaNs and trap enables from a `FloatMode` raw value.
    case setFloatMode
    /// The `FloatFlags` raised since the last `takeFloatFlags`; clears them.
    case takeFloatFlags

    // MARK: Vectors; bits 0-1 of `flags` hold the lane size as a `VectorLane`. Lane 0 is the least significant
    /// The low lane is the integer or floating-point number `a`, modulo the lane's width; all other bits are clear.
    case vectorFromScalar
    /// Every lane is the number `a`.
    case vectorDuplicate
    /// Lane `b` (an immediate) of `a`: a floating-point number of the lane's width, or an integer, zero-extended, or
    /// sign-extended with `VectorLane.signed`.
    case vectorExtract
    /// `a` with lane `c` (an immediate) replaced by the number `b`.
    case vectorInsert
    /// `a` with a lane replaced by a lane of `b`; `c` = lane of `a` | lane of `b` << 8 (an immediate).
    case vectorCopyLane
    /// Bytes `c` to `c + 15` (`c` an immediate, 0 to 16) of the 32 bytes that `a` (low) and `b` (high) make.
    case vectorExtractBytes
    /// The `VectorUnary` that `c` names (an immediate) of `a`; some take a number from `b` (an immediate).
    case vectorUnary
    /// The `VectorBinary` that `c` names (an immediate) of `a` and `b`.
    case vectorBinary
    /// The `VectorShift` that `c` names (an immediate) of each lane by `b` (an immediate), 0 up to the lane's width.
    case vectorShift
    /// `a` with bits of each lane replaced by those of `b`, shifted left by `c` (an immediate), or right with
    /// `VectorLane.right`: the bits that the shift would fill with zeros stay those of `a`.
    case vectorShiftInsert
    /// `a & b | ~a & c`.
    case vectorSelect
    /// The `VectorFloatUnary` that `c` names (an immediate) of `a`, lane by lane as the scalar operations; some take a
    /// number from `b` (an immediate).
    case vectorFloatUnary
    /// The `VectorFloatBinary` that `c` names (an immediate) of `a` and `b`, lane by lane as the scalar operations.
    case vectorFloatBinary
    /// `a * b + c` lane by lane; bits 2-3 of `flags` are `FusedAttributes`.
    case vectorMultiplyAdd
    /// The `VectorHash` that `flags` names of `a`, `b` and `c`.
    case vectorHash

    // MARK: Calls
    /// Calls the architecture's helper number `flags` with `a`, `b`, `c`; an unused operand is `Value.none`. Vectors go
    /// through `CPUState.vectorOperand` and `CPUState.setVectorResult` instead of the function's parameters and result.
    case call
    /// As `call`, of a helper that neither reads nor writes guest registers: operands, result and the exceptions that it
    /// raises (`CPUState.raise`) are all.
    case callPure

    // MARK: Control
    /// Goes on at label `b` when `a` is not 0. Forward only.
    case skipIf
    /// Label `a`. No value defined before it may be used after it.
    case label
    /// Leaves the block to guest address `b | c << 32`; the translator chains the blocks. `flags` holds a `JumpKind`; of
    /// calls, `a` is the distance from the block's address to where they return.
    case goto
    /// Leaves the block to the address in `a`; `flags` holds a `JumpKind`; of calls, `b` is the distance from the block's
    /// address to where they return.
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
        .remSigned, .remUnsigned, .shiftLeft, .shiftRight, .shiftRightArithmetic, .rotateRight, .compare, .addFlags,
        .subFlags,
    ]
    private static let unary: [Opcode] = [
        .countLeadingZeros, .byteSwap, .bitReverse, .signExtend8, .signExtend16, .signExtend32, .zeroExtend8,
        .zeroExtend16, .zeroExtend32, .logicFlags, .unpackFlags,
    ]

    static let declared: [OpcodeRow] =
        binary.map { OpcodeRow($0, .integer, .integer) } + unary.map { OpcodeRow($0, .integer) } + floating + vectors
        + [
            OpcodeRow(.const, .none, .immediate, .immediate),
            OpcodeRow(.get, .register),
            OpcodeRow(.put, .register, .any, .none, .effect),
            OpcodeRow(.mark, .immediate, .none, .none, .effect),
            OpcodeRow(.extractBits, .integer, .immediate),
            OpcodeRow(.insertBits, .integer, .integer, .immediate),
            OpcodeRow(.addWithCarry, .integer, .integer, .integer),
            OpcodeRow(.addWithCarryFlags, .integer, .integer, .integer),
            OpcodeRow(.packFlags, .flags),
            OpcodeRow(.condition, .flags),
            OpcodeRow(.select, .integer, .any, .any),
            OpcodeRow(.load, .integer, .immediate, .none, [.effect, .faults]),
            OpcodeRow(.store, .integer, .any, .immediate, [.effect, .faults]),
            OpcodeRow(.compareExchange, .integer, .any, .any, [.effect, .faults]),
            OpcodeRow(.atomicUpdate, .integer, .integer, .immediate, [.effect, .faults]),
            OpcodeRow(.fence, .none, .none, .none, .effect),
            OpcodeRow(.call, .any, .any, .any, [.effect, .state]),
            OpcodeRow(.callPure, .any, .any, .any, .effect),
            OpcodeRow(.skipIf, .integer, .label, .none, .effect),
            OpcodeRow(.label, .label, .none, .none, .effect),
            OpcodeRow(.goto, .immediate, .immediate, .immediate, [.effect, .ends, .exits, .state]),
            OpcodeRow(.jump, .integer, .immediate, .none, [.effect, .ends, .exits, .state]),
            OpcodeRow(.exit, .integer, .immediate, .none, [.effect, .ends, .exits, .state]),
            OpcodeRow(.exitIf, .integer, .immediate, .integer, [.effect, .exits, .state]),
        ]

    private static let floating: [OpcodeRow] =
        [.floatAdd, .floatSub, .floatMul, .floatDiv, .floatMinMax].map {
            OpcodeRow($0, .float, .float, .none, [.effect, .faults])
        } + [
            OpcodeRow(.floatSqrt, .float, .none, .none, [.effect, .faults]),
            OpcodeRow(.floatMultiplyAdd, .float, .float, .float, [.effect, .faults]),
            OpcodeRow(.floatRound, .float, .none, .none, [.effect, .faults]),
            OpcodeRow(.floatNegate, .float),
            OpcodeRow(.floatAbsolute, .float),
            OpcodeRow(.floatCompare, .anyFloat, .anyFloat, .immediate, [.effect, .faults]),
            OpcodeRow(.floatCompareFlags, .anyFloat, .anyFloat, .immediate, [.effect, .faults]),
            OpcodeRow(.floatConvert, .anyFloat, .none, .none, [.effect, .faults]),
            OpcodeRow(.floatFromSigned, .integer, .none, .immediate, [.effect, .faults]),
            OpcodeRow(.floatFromUnsigned, .integer, .none, .immediate, [.effect, .faults]),
            OpcodeRow(.floatToSigned, .anyFloat, .none, .immediate, [.effect, .faults]),
            OpcodeRow(.floatToUnsigned, .anyFloat, .none, .immediate, [.effect, .faults]),
            OpcodeRow(.floatFromHalf, .integer, .none, .none, [.effect, .faults]),
            OpcodeRow(.floatToHalf, .anyFloat, .none, .immediate, [.effect, .faults]),
            OpcodeRow(.bitcast, .any),
            OpcodeRow(.setFloatMode, .integer, .none, .none, .effect),
            OpcodeRow(.takeFloatFlags, .none, .none, .none, .effect),
        ]

    private static let vectors: [OpcodeRow] = [
        OpcodeRow(.vectorFromScalar, .any),
        OpcodeRow(.vectorDuplicate, .any),
        OpcodeRow(.vectorExtract, .vector, .immediate),
        OpcodeRow(.vectorInsert, .vector, .any, .immediate),
        OpcodeRow(.vectorCopyLane, .vector, .vector, .immediate),
        OpcodeRow(.vectorExtractBytes, .vector, .vector, .immediate),
        OpcodeRow(.vectorUnary, .vector, .immediate, .immediate),
        OpcodeRow(.vectorBinary, .vector, .vector, .immediate),
        OpcodeRow(.vectorShift, .vector, .immediate, .immediate),
        OpcodeRow(.vectorShiftInsert, .vector, .vector, .immediate),
        OpcodeRow(.vectorSelect, .vector, .vector, .vector),
        OpcodeRow(.vectorFloatUnary, .vector, .immediate, .immediate, [.effect, .faults]),
        OpcodeRow(.vectorFloatBinary, .vector, .vector, .immediate, [.effect, .faults]),
        OpcodeRow(.vectorMultiplyAdd, .vector, .vector, .vector, [.effect, .faults]),
        OpcodeRow(.vectorHash, .vector, .vector, .vector),
    ]
}
