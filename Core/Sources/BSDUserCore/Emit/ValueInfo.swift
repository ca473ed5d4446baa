/// What the emitter knows of one IR value: liveness from the backward pass, then where it is during the forward one.
struct ValueInfo {
    /// A guest register or none.
    static var noRegister: UInt16 { 0xFFFF }
    static var noSpill: UInt8 { 0xFF }

    struct Traits: OptionSet {
        let rawValue: UInt8
        /// Nothing uses it and it does nothing: not emitted.
        static var dead: Traits { Traits(rawValue: 1) }
        /// A conditional operation uses it as its condition.
        static var usedAsCondition: Traits { Traits(rawValue: 2) }
        /// Of flags: only carries of additions come of them. Their register has the host's carry in bit 0.
        static var carryOnly: Traits { Traits(rawValue: 2) }
        /// A comparison that is emitted by its only user, where the flags are consumed.
        static var fused: Traits { Traits(rawValue: 4) }
        /// Of flags: conditions take them from the host's flags alone.
        static var heldOnly: Traits { Traits(rawValue: 4) }
        /// Of a `put`: nothing sees the register before it is written again. Its host register is free for the value.
        static var soft: Traits { Traits(rawValue: 4) }
        /// `constant` is its value.
        static var constant: Traits { Traits(rawValue: 8) }
        /// Its host register holds a whole guest register, whatever its type. Of a scalar in a vector register: all bits
        /// above it are zero.
        static var wholeRegister: Traits { Traits(rawValue: 16) }
        /// Of flags: something needs them in a register, in the format of `PackedFlags`.
        static var packed: Traits { Traits(rawValue: 16) }
        /// Something reads the upper half of a 64-bit value.
        static var upperNeeded: Traits { Traits(rawValue: 32) }
        /// The value of a remainder that its division left behind. Of flags: the operation before leaves them in the
        /// host's flags.
        static var precomputed: Traits { Traits(rawValue: 64) }
        /// Of an access, a sum, a conjunction or a comparison: it computes an operand itself; `constant` says from what.
        static var folded: Traits { Traits(rawValue: 64) }
        /// `idiom` says what it computes together with the operations before it. Of flags: they are those of the
        /// operands of the AND before, which is needed for nothing else.
        static var idiom: Traits { Traits(rawValue: 128) }
    }

    /// The value's meaning when `constant` is among the traits; with `idiom` an encoded `Idiom`.
    var constant: Int64 = 0
    /// The operand that this value is another name of; itself when it is none.
    var alias: UInt32
    /// Index of the last operation that uses it.
    var lastUse: UInt16 = 0
    /// The guest register that it should be computed into, and the index of the `put` that does so.
    var hintRegister: UInt16 = ValueInfo.noRegister
    var hintPut: UInt16 = 0
    /// The guest register whose home (host register or slot) holds it.
    var home: UInt16 = ValueInfo.noRegister
    var useCount: UInt8 = 0
    var traits: Traits = []
    /// The temporary that holds it, or the pinned register it was computed into ahead of its `put`.
    var host: HostRegister = .none
    /// The spill slot that holds it.
    var spill: UInt8 = ValueInfo.noSpill
}

/// What the emitter asks of each opcode, condensed from `OpcodeTable`.
struct OpcodeTraits {
    /// Bits 0 to 2: `a`, `b`, `c` is a value.
    let operands: UInt8
    let effects: Effects
    /// The result may be computed in the place where the first operand was.
    let passesHint: Bool
    let upper: UpperUse

    init(_ row: OpcodeRow) {
        func isValue(_ kind: OperandKind) -> Bool {
            switch kind {
            case .integer, .float, .anyFloat, .any, .flags, .vector: true
            case .none, .immediate, .register, .label: false
            }
        }
        operands = (isValue(row.a) ? 1 : 0) | (isValue(row.b) ? 2 : 0) | (isValue(row.c) ? 4 : 0)
        effects = row.effects
        switch row.opcode {
        case .add, .sub, .mul, .and, .or, .xor, .andNot, .shiftLeft, .addWithCarry:
            passesHint = true
            upper = .asResult
        case .shiftRight, .shiftRightArithmetic, .rotateRight,
            .byteSwap, .bitReverse, .signExtend8, .signExtend16, .signExtend32, .zeroExtend8, .zeroExtend16,
            .zeroExtend32,
            .extractBits, .insertBits, .floatNegate, .floatAbsolute:
            passesHint = true
            upper = row.opcode == .signExtend32 || row.opcode == .zeroExtend32 ? .never : .byType
        case .addFlags, .subFlags, .addWithCarryFlags, .logicFlags:
            passesHint = false
            upper = .byFlags
        default:
            passesHint = false
            upper = row.opcode == .compare ? .byType : .always
        }
    }

    /// When the upper halves of integer operands matter.
    enum UpperUse: UInt8 {
        case never
        /// When the operation is a 64-bit one.
        case byType
        /// When the operation is a 64-bit one and the upper half of its own result matters: low bits of the result
        /// depend on low bits of the operands alone.
        case asResult
        /// Unless `FlagAttributes.narrow` is set.
        case byFlags
        case always
    }

    /// Whether guest registers must be exact before, or may be read or written by, the operation.
    @inline(__always)
    var isObserver: Bool { !effects.isDisjoint(with: [.faults, .exits, .state, .ends]) }
}
