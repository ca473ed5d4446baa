import BSDUserCore

/// Where the condition flags come from, in values of the block under translation.
enum FlagOrigin {
    /// The register file.
    case stored
    /// A value in the format of the register file.
    case packed(Value)
    /// `left - right`; the result when it was computed.
    case difference(Value, Value, ValueType, result: Value?)
    /// A logical operation: N and Z of its result.
    case logic(Value, ValueType)
    /// Flags whose carry has the sense of a subtraction.
    case flags(Value)
    /// `left - right` when the condition is not 0, else the given flags.
    case conditional(Value, Value, Value, ValueType, otherwise: Int)
}

/// Condition codes (DDI 0487, C1.2.4). The lowest bit of the number inverts; 14 and 15 always hold.
enum ConditionCode {
    static let equal = 0, carrySet = 2, negative = 4, overflow = 6, higher = 8, greaterOrEqual = 10, greater = 12
    static let always = 14

    /// Whether a condition holds for flags N, Z, C, V in bits 3 to 0.
    static func holds(_ code: Int, _ nzcv: Int) -> Bool {
        let (n, z, c, v) = (nzcv & 8 != 0, nzcv & 4 != 0, nzcv & 2 != 0, nzcv & 1 != 0)
        let isTrue: Bool =
            switch code & ~1 {
            case equal: z
            case carrySet: c
            case negative: n
            case overflow: v
            case higher: c && !z
            case greaterOrEqual: n == v
            case greater: n == v && !z
            default: true
            }
        return isTrue != (code & 1 != 0 && code < always)
    }

    /// Conditions on flags whose carry is that of a subtraction, a borrow, which is the opposite of C.
    static let flagConditions: [FlagCondition] = [
        .zero, .notZero, .notCarry, .carry, .negative, .notNegative, .overflow, .notOverflow, .higher, .lowerOrSame,
        .greaterOrEqual, .less, .greater, .lessOrEqual,
    ]

    /// Relations of the operands of a subtraction.
    static let operandRelations: [IntegerCondition?] = [
        .equal, .notEqual, .greaterOrEqualUnsigned, .lessUnsigned, nil, nil, nil, nil, .greaterUnsigned,
        .lessOrEqualUnsigned, .greaterOrEqualSigned, .lessSigned, .greaterSigned, .lessOrEqualSigned,
    ]

    /// Relations of a result to zero.
    static let resultRelations: [IntegerCondition?] = [
        .equal, .notEqual, nil, nil, .lessSigned, .greaterOrEqualSigned, nil, nil, nil, nil, nil, nil, nil, nil,
    ]
}

/// The format of the flags in the register file: that of the builder's `packFlags`, with the borrow of a subtraction for
/// its carry.
enum FlagWord {
    /// For flags N, Z, C, V in bits 3 to 0.
    static func packed(nzcv: Int) -> Int64 {
        Int64((nzcv >> 2) << 14 | (nzcv >> 1 & 1 ^ 1) << 8 | nzcv & 1)
    }

    static func nzcv(packed: UInt32) -> UInt32 {
        (packed >> 14 & 3) << 2 | (packed >> 8 & 1 ^ 1) << 1 | packed & 1
    }
}

extension Translator {
    // MARK: Setting

    /// Makes the flags those of an operation. They go to the register file only when something may read them there.
    mutating func setFlags(_ origin: FlagOrigin) {
        flags = origin
        flagsAreUnstored = true
        if flagsAreWanted(after: pc) { storeFlags() }
    }

    /// Puts the flags into the register file, when they are not there.
    mutating func storeFlags() {
        guard flagsAreUnstored else { return }
        builder.put(.flags, packedFlags(), .i32)
        flagsAreUnstored = false
    }

    /// Flags of `left + right`.
    mutating func setAddFlags(_ left: Value, _ right: Value, _ type: ValueType, sum: Value) {
        setFlags(addOrigin(left, right, type, sum: sum))
    }

    /// Adding a constant other than zero and the least number sets the flags that subtracting its negation does.
    private mutating func addOrigin(_ left: Value, _ right: Value, _ type: ValueType, sum: Value) -> FlagOrigin {
        if right.isConstant && right.constant != 0 {
            return .difference(left, builder.constant(-right.constant), type, result: sum)
        }
        return .flags(builder.addFlags(left, right, type, .invertedCarry))
    }

    /// Flags of `left - right` or `left + right` when a condition holds, else the given ones.
    mutating func setConditionalFlags(
        _ code: Int, _ left: Value, _ right: Value, _ type: ValueType, isAddition: Bool, otherwise: Int
    ) {
        let holds = condition(code)
        guard isAddition else { return setFlags(.conditional(holds, left, right, type, otherwise: otherwise)) }
        if right.isConstant && right.constant != 0 {
            let negated = builder.constant(-right.constant)
            return setFlags(.conditional(holds, left, negated, type, otherwise: otherwise))
        }
        let sum = builder.packFlags(builder.addFlags(left, right, type, .invertedCarry))
        let other = builder.constant(FlagWord.packed(nzcv: otherwise))
        setFlags(.packed(builder.select(holds, sum, other, .i32)))
    }

    // MARK: Reading

    /// 0 or 1: whether the flags satisfy a condition.
    mutating func condition(_ code: Int) -> Value {
        if code >= ConditionCode.always { return builder.constant(1) }
        switch flags {
        case .stored, .packed, .flags: return builder.condition(ConditionCode.flagConditions[code], flagsValue())
        case .difference(let left, let right, let type, let result):
            return condition(code, left, right, type, result)
        case .logic(let result, let type): return condition(code, result, type)
        case .conditional(let condition, let left, let right, let type, let otherwise):
            let compared = self.condition(code, left, right, type, nil)
            if ConditionCode.holds(code, otherwise) { return builder.binary(.or, compared, inverted(condition)) }
            return builder.binary(.and, compared, condition)
        }
    }

    /// 0 for 1 and 1 for 0.
    private mutating func inverted(_ boolean: Value) -> Value {
        builder.compare(.equal, boolean, builder.constant(0))
    }

    /// A condition on the flags of `left - right`.
    private mutating func condition(
        _ code: Int, _ left: Value, _ right: Value, _ type: ValueType, _ result: Value?
    ) -> Value {
        // Where the result is at hand it serves; the operands would have to be kept for the purpose.
        if let result, let relation = ConditionCode.resultRelations[code] {
            return builder.compare(relation, result, builder.constant(0), type)
        }
        if let relation = ConditionCode.operandRelations[code] { return builder.compare(relation, left, right, type) }
        return builder.condition(ConditionCode.flagConditions[code], builder.subFlags(left, right, type))
    }

    /// A condition on the flags of a logical operation, whose carry and overflow are clear.
    private mutating func condition(_ code: Int, _ result: Value, _ type: ValueType) -> Value {
        let zero = builder.constant(0)
        if let relation = ConditionCode.resultRelations[code] { return builder.compare(relation, result, zero, type) }
        switch code & ~1 {
        case ConditionCode.greaterOrEqual:
            return builder.compare(code & 1 == 0 ? .greaterOrEqualSigned : .lessSigned, result, zero, type)
        case ConditionCode.greater:
            return builder.compare(code & 1 == 0 ? .greaterSigned : .lessOrEqualSigned, result, zero, type)
        default: return builder.constant(Int64(code & 1))
        }
    }

    // MARK: Formats

    /// The flags for `condition` and `packFlags` of the builder.
    private mutating func flagsValue() -> Value {
        switch flags {
        case .flags(let value): value
        case .difference(let left, let right, let type, _): builder.subFlags(left, right, type)
        case .logic(let result, let type): builder.logicFlags(result, type, .invertedCarry)
        case .stored, .packed, .conditional: builder.unpackFlags(packedFlags())
        }
    }

    /// The flags in the format of the register file.
    mutating func packedFlags() -> Value {
        switch flags {
        case .stored: return builder.get(.flags, .i32)
        case .packed(let word): return word
        case .difference, .logic, .flags: return builder.packFlags(flagsValue())
        case .conditional(let condition, let left, let right, let type, let otherwise):
            let compared = builder.packFlags(builder.subFlags(left, right, type))
            let word = builder.select(condition, compared, builder.constant(FlagWord.packed(nzcv: otherwise)), .i32)
            flags = .packed(word)
            return word
        }
    }

    /// N, Z, C and V in bits 31 to 28 of a value whose other bits are 0.
    mutating func nzcv() -> Value {
        let packed = packedFlags()
        let signAndZero = builder.extractBits(packed, lsb: 14, width: 2)
        let borrow = builder.extractBits(packed, lsb: 8, width: 1)
        let carry = builder.binary(.xor, borrow, builder.constant(1))
        let overflow = builder.extractBits(packed, lsb: 0, width: 1)
        return join([(signAndZero, 30), (carry, 29), (overflow, 28)])
    }

    /// Makes the flags those in bits 31 to 28 of a value.
    mutating func setFlags(nzcv value: Value) {
        let signAndZero = builder.extractBits(value, lsb: 30, width: 2)
        let carry = builder.extractBits(value, lsb: 29, width: 1)
        let borrow = builder.binary(.xor, carry, builder.constant(1))
        let overflow = builder.extractBits(value, lsb: 28, width: 1)
        setFlags(.packed(join([(signAndZero, 14), (borrow, 8), (overflow, 0)])))
    }

    /// Numbers shifted to their places, in one.
    mutating func join(_ parts: [(value: Value, place: Int)]) -> Value {
        var word = builder.constant(0)
        for part in parts {
            let placed = builder.binary(.shiftLeft, part.value, builder.constant(Int64(part.place)))
            word = builder.binary(.or, word, placed)
        }
        return word
    }
}
