import BSDUserCore

/// Branches (DDI 0487, C6.2).
enum Branches {
    static let rows: [Instruction<Translator>] = [
        row("000101 imm26", "b", .branches26) { t, w in t.end(goto: target(t, w, Bits.immediate26)) },
        row("100101 imm26", "bl", .branches26) { t, w in
            t.setConstant(Register.linkRegister, Int64(bitPattern: t.pc &+ 4))
            t.call(target(t, w, Bits.immediate26))
        },
        row("1101011 0 0 00 11111 0000 00 rn 00000", "br", .leaves) { t, w in
            t.end(jump: t.get(w[Bits.rn]))
        },
        row("1101011 0 0 01 11111 0000 00 rn 00000", "blr", .leaves) { t, w in
            let target = t.get(w[Bits.rn])
            t.setConstant(Register.linkRegister, Int64(bitPattern: t.pc &+ 4))
            t.call(target)
        },
        row("1101011 0 0 10 11111 0000 00 rn 00000", "ret", .leaves) { t, w in
            t.end(returnTo: t.get(w[Bits.rn]))
        },
        row("01010100 imm19 0 bcond", "b.cond", [.branches19, .readsFlags]) { t, w in
            let (code, target) = (w[Bits.branchCondition], target(t, w, Bits.immediate19))
            if code >= ConditionCode.always { return t.end(goto: target) }
            branch(&t, to: target, { t in t.condition(code) }, unless: { t in t.condition(code ^ 1) })
        },
        row("sf 011010 0 imm19 rt", "cbz", .branches19) { t, w in compareWithZero(&t, w, .equal, .notEqual) },
        row("sf 011010 1 imm19 rt", "cbnz", .branches19) { t, w in compareWithZero(&t, w, .notEqual, .equal) },
        row("b5 011011 0 b40 imm14 rt", "tbz", .branches14) { t, w in testBit(&t, w, .equal, .notEqual) },
        row("b5 011011 1 b40 imm14 rt", "tbnz", .branches14) { t, w in testBit(&t, w, .notEqual, .equal) },
    ]

    private static func target(_ t: borrowing Translator, _ w: Word, _ field: Field) -> UInt64 {
        t.pc &+ UInt64(bitPattern: Int64(w[field]) << 2)
    }

    private static func compareWithZero(
        _ t: inout Translator, _ w: Word, _ relation: IntegerCondition, _ opposite: IntegerCondition
    ) {
        func compare(_ t: inout Translator, _ relation: IntegerCondition) -> Value {
            t.builder.compare(relation, t.get(w[Bits.rt]), t.builder.constant(0), w.type)
        }
        // As the outcome of a store exclusive that has succeeded.
        if let value = t.constant(w[Bits.rt]) {
            let isZero = w.type == .i64 ? value == 0 : Int32(truncatingIfNeeded: value) == 0
            if isZero == (relation == .equal) { t.end(goto: target(t, w, Bits.immediate19)) }
            return
        }
        branch(
            &t, to: target(t, w, Bits.immediate19), { t in compare(&t, relation) },
            unless: { t in compare(&t, opposite) })
    }

    private static func testBit(
        _ t: inout Translator, _ w: Word, _ relation: IntegerCondition, _ opposite: IntegerCondition
    ) {
        let number = Int64(w[Bits.bitHigh] << 5 | w[Bits.bitLow])
        func compare(_ t: inout Translator, _ relation: IntegerCondition) -> Value {
            let bit = t.builder.binary(
                .and, t.get(w[Bits.rt]), t.builder.constant(Int64(bitPattern: 1 << UInt64(number))))
            return t.builder.compare(relation, bit, t.builder.constant(0))
        }
        branch(
            &t, to: target(t, w, Bits.immediate14), { t in compare(&t, relation) },
            unless: { t in compare(&t, opposite) })
    }

    /// A conditional branch; one of the two closures makes its condition or the opposite.
    private static func branch(
        _ t: inout Translator, to target: UInt64, _ condition: (inout Translator) -> Value,
        unless opposite: (inout Translator) -> Value
    ) {
        let next = t.pc &+ 4
        // A backward branch is likely taken: its target comes first. After a forward one the block goes on.
        let isBackward = target <= t.pc
        let continues = !isBackward && t.mayContinue()
        let targetFirst = isBackward || continues
        let skip = targetFirst ? opposite(&t) : condition(&t)
        let label = t.builder.makeLabel()
        t.builder.skipIf(skip, to: label)
        t.builder.goto(targetFirst ? target : next)
        t.place(label)
        if !continues { t.end(goto: targetFirst ? next : target) }
    }
}
