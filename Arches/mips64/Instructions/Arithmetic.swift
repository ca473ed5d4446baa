import BSDUserCore

/// Integer arithmetic, logic and comparison (volume II-A).
enum Arithmetic {
    static let rows: [Instruction<Translator>] = immediateRows + registerRows + conditionalMoveRows

    private static let immediateRows: [Instruction<Translator>] = [
        row("001000 rs rt imm", "addi", .writesRt) { t, w in
            addTrapping(&t, .i32, t.get(w[Bits.rs]), t.builder.constant(Int64(w[Bits.immediate])), to: w[Bits.rt])
        },
        row("001001 rs rt imm", "addiu", .writesRt, addImmediate32),
        row("011000 rs rt imm", "daddi", .writesRt) { t, w in
            addTrapping(&t, .i64, t.get(w[Bits.rs]), t.builder.constant(Int64(w[Bits.immediate])), to: w[Bits.rt])
        },
        row("011001 rs rt imm", "daddiu", .writesRt, addImmediate64),
        row("001010 rs rt imm", "slti", .writesRt) { t, w in
            let value = t.builder.constant(Int64(w[Bits.immediate]))
            setIfLess(&t, .lessSigned, t.get(w[Bits.rs]), value, to: w[Bits.rt])
        },
        row("001011 rs rt imm", "sltiu", .writesRt) { t, w in
            let value = t.builder.constant(Int64(w[Bits.immediate]))
            setIfLess(&t, .lessUnsigned, t.get(w[Bits.rs]), value, to: w[Bits.rt])
        },
        row("001100 rs rt uimm", "andi", .writesRt) { t, w in
            let mask = t.builder.constant(Int64(w[Bits.unsignedImmediate]))
            t.setExtended(w[Bits.rt], t.builder.binary(.and, t.get(w[Bits.rs]), mask))
        },
        row("001101 rs rt uimm", "ori", .writesRt, orImmediate),
        row("001110 rs rt uimm", "xori", .writesRt) { t, w in
            let value = t.builder.constant(Int64(w[Bits.unsignedImmediate]))
            let extended = t.isSignExtended(w[Bits.rs])
            set(&t, w[Bits.rt], t.builder.binary(.xor, t.get(w[Bits.rs]), value), extended: extended)
        },
        row("001111 00000 rt imm", "lui", .writesRt) { t, w in
            t.setConstant(w[Bits.rt], Int64(w[Bits.immediate]) << 16)
        },
    ]

    private static let registerRows: [Instruction<Translator>] = [
        row("000000 rs rt rd 00000 100000", "add", .writesRd) { t, w in
            addTrapping(&t, .i32, t.get(w[Bits.rs]), t.get(w[Bits.rt]), to: w[Bits.rd])
        },
        row("000000 rs rt rd 00000 100001", "addu", .writesRd) { t, w in
            if w[Bits.rt] == 0 { return t.move32(w[Bits.rd], from: w[Bits.rs]) }
            t.set32(w[Bits.rd], t.builder.binary(.add, t.get(w[Bits.rs]), t.get(w[Bits.rt]), .i32))
        },
        row("000000 rs rt rd 00000 100010", "sub", .writesRd) { t, w in
            subtractTrapping(&t, .i32, t.get(w[Bits.rs]), t.get(w[Bits.rt]), to: w[Bits.rd])
        },
        row("000000 rs rt rd 00000 100011", "subu", .writesRd) { t, w in
            t.set32(w[Bits.rd], t.builder.binary(.sub, t.get(w[Bits.rs]), t.get(w[Bits.rt]), .i32))
        },
        row("000000 rs rt rd 00000 101100", "dadd", .writesRd) { t, w in
            addTrapping(&t, .i64, t.get(w[Bits.rs]), t.get(w[Bits.rt]), to: w[Bits.rd])
        },
        row("000000 rs rt rd 00000 101101", "daddu", .writesRd) { t, w in
            if w[Bits.rt] == 0 { return t.move(w[Bits.rd], from: w[Bits.rs]) }
            if w[Bits.rs] == 0 { return t.move(w[Bits.rd], from: w[Bits.rt]) }
            t.set(w[Bits.rd], t.builder.binary(.add, t.get(w[Bits.rs]), t.get(w[Bits.rt])))
        },
        row("000000 rs rt rd 00000 101110", "dsub", .writesRd) { t, w in
            subtractTrapping(&t, .i64, t.get(w[Bits.rs]), t.get(w[Bits.rt]), to: w[Bits.rd])
        },
        row("000000 rs rt rd 00000 101111", "dsubu", .writesRd) { t, w in
            t.set(w[Bits.rd], t.builder.binary(.sub, t.get(w[Bits.rs]), t.get(w[Bits.rt])))
        },
        row("000000 rs rt rd 00000 100100", "and", .writesRd) { t, w in logic(&t, w, .and) },
        row("000000 rs rt rd 00000 100101", "or", .writesRd) { t, w in
            if w[Bits.rt] == 0 { return t.move(w[Bits.rd], from: w[Bits.rs]) }
            if w[Bits.rs] == 0 { return t.move(w[Bits.rd], from: w[Bits.rt]) }
            logic(&t, w, .or)
        },
        row("000000 rs rt rd 00000 100110", "xor", .writesRd) { t, w in logic(&t, w, .xor) },
        row("000000 rs rt rd 00000 100111", "nor", .writesRd, nor),
        row("000000 rs rt rd 00000 101010", "slt", .writesRd) { t, w in
            setIfLess(&t, .lessSigned, t.get(w[Bits.rs]), t.get(w[Bits.rt]), to: w[Bits.rd])
        },
        row("000000 rs rt rd 00000 101011", "sltu", .writesRd) { t, w in
            setIfLess(&t, .lessUnsigned, t.get(w[Bits.rs]), t.get(w[Bits.rt]), to: w[Bits.rd])
        },
    ]

    private static let conditionalMoveRows: [Instruction<Translator>] = [
        row("000000 rs rt rd 00000 001010", "movz", .writesRd) { t, w in
            let (condition, old, new) = (t.get(w[Bits.rt]), t.get(w[Bits.rd]), t.get(w[Bits.rs]))
            t.set(w[Bits.rd], t.builder.select(condition, old, new))
        },
        row("000000 rs rt rd 00000 001011", "movn", .writesRd) { t, w in
            let (condition, old, new) = (t.get(w[Bits.rt]), t.get(w[Bits.rd]), t.get(w[Bits.rs]))
            t.set(w[Bits.rd], t.builder.select(condition, new, old))
        },
        row("000000 rs cc 00 rd 00000 000001", "movf", .writesRd) { t, w in
            let condition = t.builder.get(.condition(w[Bits.cc]))
            let (old, new) = (t.get(w[Bits.rd]), t.get(w[Bits.rs]))
            t.set(w[Bits.rd], t.builder.select(condition, old, new))
        },
        row("000000 rs cc 01 rd 00000 000001", "movt", .writesRd) { t, w in
            let condition = t.builder.get(.condition(w[Bits.cc]))
            let (old, new) = (t.get(w[Bits.rd]), t.get(w[Bits.rs]))
            t.set(w[Bits.rd], t.builder.select(condition, new, old))
        },
    ]

    private static func addImmediate32(_ t: inout Translator, _ w: Word) {
        let (source, immediate) = (w[Bits.rs], Int64(w[Bits.immediate]))
        if let value = t.constant(source) {
            return t.setConstant(w[Bits.rt], Int64(Int32(truncatingIfNeeded: value &+ immediate)))
        }
        if immediate == 0 { return t.move32(w[Bits.rt], from: source) }
        t.set32(w[Bits.rt], t.builder.binary(.add, t.get(source), t.builder.constant(immediate), .i32))
    }

    private static func addImmediate64(_ t: inout Translator, _ w: Word) {
        let (source, immediate) = (w[Bits.rs], Int64(w[Bits.immediate]))
        if let value = t.constant(source) { return t.setConstant(w[Bits.rt], value &+ immediate) }
        if immediate == 0 { return t.move(w[Bits.rt], from: source) }
        t.set(w[Bits.rt], t.builder.binary(.add, t.get(source), t.builder.constant(immediate)))
    }

    private static func orImmediate(_ t: inout Translator, _ w: Word) {
        let (source, immediate) = (w[Bits.rs], Int64(w[Bits.unsignedImmediate]))
        if let value = t.constant(source) { return t.setConstant(w[Bits.rt], value | immediate) }
        let extended = t.isSignExtended(source)
        set(&t, w[Bits.rt], t.builder.binary(.or, t.get(source), t.builder.constant(immediate)), extended: extended)
    }

    /// A logical operation of two sign-extended values is sign-extended.
    private static func logic(_ t: inout Translator, _ w: Word, _ opcode: Opcode) {
        let extended = t.isSignExtended(w[Bits.rs]) && t.isSignExtended(w[Bits.rt])
        set(&t, w[Bits.rd], t.builder.binary(opcode, t.get(w[Bits.rs]), t.get(w[Bits.rt])), extended: extended)
    }

    private static func nor(_ t: inout Translator, _ w: Word) {
        let extended = t.isSignExtended(w[Bits.rs]) && t.isSignExtended(w[Bits.rt])
        let (left, right) = (w[Bits.rs], w[Bits.rt])
        var value = t.get(left == 0 ? right : left)
        if left != 0, right != 0 { value = t.builder.binary(.or, value, t.get(right)) }
        set(&t, w[Bits.rd], t.builder.binary(.xor, value, t.builder.constant(-1)), extended: extended)
    }

    private static func set(_ t: inout Translator, _ register: Int, _ value: Value, extended: Bool) {
        if extended { t.setExtended(register, value) } else { t.set(register, value) }
    }

    private static func setIfLess(
        _ t: inout Translator, _ relation: IntegerCondition, _ left: Value, _ right: Value, to register: Int
    ) {
        t.setExtended(register, t.builder.compare(relation, left, right))
    }

    private static func addTrapping(
        _ t: inout Translator, _ type: ValueType, _ left: Value, _ right: Value, to register: Int
    ) {
        let overflow = t.builder.addCondition(.overflow, left, right, type)
        t.builder.exitIf(overflow, .integerOverflow)
        let sum = t.builder.binary(.add, left, right, type)
        if type == .i32 { t.set32(register, sum) } else { t.set(register, sum) }
    }

    private static func subtractTrapping(
        _ t: inout Translator, _ type: ValueType, _ left: Value, _ right: Value, to register: Int
    ) {
        let overflow = t.builder.subCondition(.overflow, left, right, type)
        t.builder.exitIf(overflow, .integerOverflow)
        let difference = t.builder.binary(.sub, left, right, type)
        if type == .i32 { t.set32(register, difference) } else { t.set(register, difference) }
    }
}

extension Translator {
    /// Copies a register.
    mutating func move(_ destination: Int, from source: Int) {
        if let value = constant(source) { return setConstant(destination, value) }
        guard destination != source else { return }
        let extended = isSignExtended(source)
        let value = get(source)
        if extended { setExtended(destination, value) } else { set(destination, value) }
    }

    /// Copies the sign extension of a register's low 32 bits.
    mutating func move32(_ destination: Int, from source: Int) {
        if isSignExtended(source) { return move(destination, from: source) }
        set32(destination, get(source))
    }
}
