import BSDUserCore

/// Addition and subtraction of immediates and of plain, shifted and extended registers, with and without carry
/// (DDI 0487, C6.2).
enum Arithmetic {
    static let rows: [Instruction<Translator>] = immediateRows + shiftedRows + extendedRows + carryRows

    private static let immediateRows: [Instruction<Translator>] = [
        row("sf 0 0 100010 sh imm12 rn rd", "add", addImmediate),
        row("sf 0 1 100010 sh imm12 rn rd", "adds", .writesFlags) { t, w in
            addSettingFlags(&t, w, t.getOrSP(w[Bits.rn]), immediate(&t, w))
        },
        row("sf 1 0 100010 sh imm12 rn rd", "sub", subtractImmediate),
        row("sf 1 1 100010 sh imm12 rn rd", "subs", .writesFlags) { t, w in
            subtractSettingFlags(&t, w, t.getOrSP(w[Bits.rn]), immediate(&t, w))
        },
    ]

    private static let shiftedRows: [Instruction<Translator>] = [
        row("sf 0 0 01011 shift 0 rm imm6 rn rd", "add", except: Reserved.arithmeticShift) { t, w in
            if let left = t.constant(w[Bits.rn]), let right = t.constant(w[Bits.rm]), w[Bits.amount] == 0 {
                return t.setConstant(w[Bits.rd], left &+ right, w.type)
            }
            t.set(w[Bits.rd], t.builder.binary(.add, t.get(w[Bits.rn]), t.shifted(w), w.type), w.type)
        },
        row("sf 0 1 01011 shift 0 rm imm6 rn rd", "adds", .writesFlags, except: Reserved.arithmeticShift) { t, w in
            addSettingFlags(&t, w, t.get(w[Bits.rn]), t.shifted(w))
        },
        row("sf 1 0 01011 shift 0 rm imm6 rn rd", "sub", except: Reserved.arithmeticShift) { t, w in
            t.set(w[Bits.rd], t.builder.binary(.sub, t.get(w[Bits.rn]), t.shifted(w), w.type), w.type)
        },
        row("sf 1 1 01011 shift 0 rm imm6 rn rd", "subs", .writesFlags, except: Reserved.arithmeticShift) { t, w in
            subtractSettingFlags(&t, w, t.get(w[Bits.rn]), t.shifted(w))
        },
    ]

    private static let extendedRows: [Instruction<Translator>] = [
        row("sf 0 0 01011 00 1 rm option imm3 rn rd", "add", except: Reserved.extendAmount) { t, w in
            t.setOrSP(w[Bits.rd], t.builder.binary(.add, t.getOrSP(w[Bits.rn]), t.extended(w), w.type), w.type)
        },
        row("sf 0 1 01011 00 1 rm option imm3 rn rd", "adds", .writesFlags, except: Reserved.extendAmount) { t, w in
            addSettingFlags(&t, w, t.getOrSP(w[Bits.rn]), t.extended(w))
        },
        row("sf 1 0 01011 00 1 rm option imm3 rn rd", "sub", except: Reserved.extendAmount) { t, w in
            t.setOrSP(w[Bits.rd], t.builder.binary(.sub, t.getOrSP(w[Bits.rn]), t.extended(w), w.type), w.type)
        },
        row("sf 1 1 01011 00 1 rm option imm3 rn rd", "subs", .writesFlags, except: Reserved.extendAmount) { t, w in
            subtractSettingFlags(&t, w, t.getOrSP(w[Bits.rn]), t.extended(w))
        },
    ]

    private static let carryRows: [Instruction<Translator>] = [
        row("sf 0 0 11010000 rm 000000 rn rd", "adc", .readsFlags) { t, w in
            addCarry(&t, w, t.get(w[Bits.rm]), setsFlags: false)
        },
        row("sf 0 1 11010000 rm 000000 rn rd", "adcs", [.readsFlags, .writesFlags]) { t, w in
            addCarry(&t, w, t.get(w[Bits.rm]), setsFlags: true)
        },
        row("sf 1 0 11010000 rm 000000 rn rd", "sbc", .readsFlags) { t, w in
            addCarry(&t, w, complement(&t, w), setsFlags: false)
        },
        row("sf 1 1 11010000 rm 000000 rn rd", "sbcs", [.readsFlags, .writesFlags]) { t, w in
            addCarry(&t, w, complement(&t, w), setsFlags: true)
        },
    ]

    // MARK: Immediates

    private static func number(_ w: Word) -> Int64 { Int64(w[Bits.immediate12]) << (w[Bits.shift12] == 0 ? 0 : 12) }

    private static func immediate(_ t: inout Translator, _ w: Word) -> Value { t.builder.constant(number(w)) }

    private static func addImmediate(_ t: inout Translator, _ w: Word) { add(&t, w, number(w)) }

    private static func subtractImmediate(_ t: inout Translator, _ w: Word) { add(&t, w, -number(w)) }

    private static func add(_ t: inout Translator, _ w: Word, _ addend: Int64) {
        let (source, destination) = (w[Bits.rn], w[Bits.rd])
        if source != Register.sp, destination != Register.sp {
            if let value = t.constant(source) { return t.setConstant(destination, value &+ addend, w.type) }
            if addend == 0 { return t.move(destination, from: source, w.type) }
        }
        let sum = t.builder.binary(.add, t.getOrSP(source), t.builder.constant(addend), w.type)
        t.setOrSP(destination, sum, w.type, keepsAlignment: source == Register.sp && w.type == .i64 && addend & 15 == 0)
    }

    // MARK: Flags

    private static func addSettingFlags(_ t: inout Translator, _ w: Word, _ left: Value, _ right: Value) {
        let sum = t.builder.binary(.add, left, right, w.type)
        t.set(w[Bits.rd], sum, w.type)
        t.setAddFlags(left, right, w.type, sum: sum)
    }

    private static func subtractSettingFlags(_ t: inout Translator, _ w: Word, _ left: Value, _ right: Value) {
        guard w[Bits.rd] != Register.zero else {
            return t.setFlags(.difference(left, right, w.type, result: nil))
        }
        let difference = t.builder.binary(.sub, left, right, w.type)
        t.set(w[Bits.rd], difference, w.type)
        t.setFlags(.difference(left, right, w.type, result: difference))
    }

    // MARK: Carry

    /// Subtraction with carry adds the complement.
    private static func complement(_ t: inout Translator, _ w: Word) -> Value {
        t.builder.binary(.xor, t.get(w[Bits.rm]), t.builder.constant(-1), w.type)
    }

    private static func addCarry(_ t: inout Translator, _ w: Word, _ right: Value, setsFlags: Bool) {
        let left = t.get(w[Bits.rn])
        let carry = t.condition(ConditionCode.carrySet)
        let sum = t.builder.addWithCarry(left, right, carry, w.type)
        let flags = setsFlags ? t.builder.addWithCarryFlags(left, right, carry, w.type, .invertedCarry) : .none
        t.set(w[Bits.rd], sum, w.type)
        if setsFlags { t.setFlags(.flags(flags)) }
    }
}

extension Translator {
    /// Operand rm, shifted by a constant.
    mutating func shifted(_ w: Word) -> Value {
        let (amount, value) = (w[Bits.amount], get(w[Bits.rm]))
        if amount == 0 { return value }
        return builder.binary(Shifts.opcodes[w[Bits.shiftType]], value, builder.constant(Int64(amount)), w.type)
    }

    /// Operand rm, extended and shifted left.
    mutating func extended(_ w: Word) -> Value {
        extended(w[Bits.rm], w[Bits.option], shift: w[Bits.extendAmount], w.type)
    }

    /// A register extended as `option` says (DDI 0487, ExtendReg) and shifted left.
    mutating func extended(_ register: Int, _ option: Int, shift: Int, _ type: ValueType) -> Value {
        let value: Value =
            switch option {
            case 0: builder.unary(.zeroExtend8, get(register), type)
            case 1: builder.unary(.zeroExtend16, get(register), type)
            case 2: type == .i32 ? get(register) : getUnsigned32(register)
            case 4: builder.unary(.signExtend8, get(register), type)
            case 5: builder.unary(.signExtend16, get(register), type)
            case 6: builder.unary(.signExtend32, get(register), type)
            default: get(register)
            }
        return shift == 0 ? value : builder.binary(.shiftLeft, value, builder.constant(Int64(shift)), type)
    }
}
