import BSDUserCore

/// A branch's condition: two registers and a relation. `$0` compares with zero.
struct BranchCondition {
    let relation: IntegerCondition
    let left: Int
    let right: Int

    init(_ relation: IntegerCondition, _ left: Int, _ right: Int = 0) {
        self.relation = relation
        self.left = left
        self.right = right
    }

    var inverse: BranchCondition {
        let opposite: IntegerCondition =
            switch relation {
            case .equal: .notEqual
            case .notEqual: .equal
            case .lessSigned: .greaterOrEqualSigned
            case .greaterOrEqualSigned: .lessSigned
            case .lessOrEqualSigned: .greaterSigned
            case .greaterSigned: .lessOrEqualSigned
            case .lessUnsigned: .greaterOrEqualUnsigned
            case .greaterOrEqualUnsigned: .lessUnsigned
            case .lessOrEqualUnsigned: .greaterUnsigned
            case .greaterUnsigned: .lessOrEqualUnsigned
            }
        return BranchCondition(opposite, left, right)
    }

    /// Both sides are the same register, and the relation holds for equal values.
    var isAlwaysTrue: Bool {
        left == right && (relation == .equal || relation == .greaterOrEqualSigned || relation == .lessOrEqualSigned)
    }

    /// Both sides are the same register, and the relation does not hold for equal values.
    var isAlwaysFalse: Bool { left == right && !isAlwaysTrue }
}

/// Branches and jumps with their delay slots (volume I, 5.3.2; volume II-A).
enum Branches {
    static let rows: [Instruction<Translator>] = [
        row("000010 target", "j", .branches) { t, w in jumpToRegion(&t, w, links: false) },
        row("000011 target", "jal", [.branches, .writesRa]) { t, w in jumpToRegion(&t, w, links: true) },
        // Bit 10 is the hint of a hazard barrier (`jr.hb`), which user mode does not notice.
        row("000000 rs 00000 00000 -0000 001000", "jr", .branches) { t, w in jumpToRegister(&t, w[Bits.rs], link: 0) },
        row("000000 rs 00000 rd -0000 001001", "jalr", [.branches, .writesRd]) { t, w in
            jumpToRegister(&t, w[Bits.rs], link: w[Bits.rd])
        },
        row("000100 rs rt imm", "beq", .branches) { t, w in branch(&t, w, pair(.equal, w)) },
        row("000101 rs rt imm", "bne", .branches) { t, w in branch(&t, w, pair(.notEqual, w)) },
        row("000110 rs 00000 imm", "blez", .branches) { t, w in branch(&t, w, zero(.lessOrEqualSigned, w)) },
        row("000111 rs 00000 imm", "bgtz", .branches) { t, w in branch(&t, w, zero(.greaterSigned, w)) },
        row("000001 rs 00000 imm", "bltz", .branches) { t, w in branch(&t, w, zero(.lessSigned, w)) },
        row("000001 rs 00001 imm", "bgez", .branches) { t, w in branch(&t, w, zero(.greaterOrEqualSigned, w)) },
        row("000001 rs 10000 imm", "bltzal", [.branches, .writesRa]) { t, w in
            branch(&t, w, zero(.lessSigned, w), links: true)
        },
        row("000001 rs 10001 imm", "bgezal", [.branches, .writesRa]) { t, w in
            branch(&t, w, zero(.greaterOrEqualSigned, w), links: true)
        },
        row("010100 rs rt imm", "beql", .branches) { t, w in branchLikely(&t, w, pair(.equal, w)) },
        row("010101 rs rt imm", "bnel", .branches) { t, w in branchLikely(&t, w, pair(.notEqual, w)) },
        row("010110 rs 00000 imm", "blezl", .branches) { t, w in branchLikely(&t, w, zero(.lessOrEqualSigned, w)) },
        row("010111 rs 00000 imm", "bgtzl", .branches) { t, w in branchLikely(&t, w, zero(.greaterSigned, w)) },
        row("000001 rs 00010 imm", "bltzl", .branches) { t, w in branchLikely(&t, w, zero(.lessSigned, w)) },
        row("000001 rs 00011 imm", "bgezl", .branches) { t, w in branchLikely(&t, w, zero(.greaterOrEqualSigned, w)) },
        row("000001 rs 10010 imm", "bltzall", [.branches, .writesRa]) { t, w in
            branchLikely(&t, w, zero(.lessSigned, w), links: true)
        },
        row("000001 rs 10011 imm", "bgezall", [.branches, .writesRa]) { t, w in
            branchLikely(&t, w, zero(.greaterOrEqualSigned, w), links: true)
        },
        row("010001 01000 cc 00 imm", "bc1f", .branches) { t, w in branch(&t, w, code(.equal, w)) },
        row("010001 01000 cc 01 imm", "bc1t", .branches) { t, w in branch(&t, w, code(.notEqual, w)) },
        row("010001 01000 cc 10 imm", "bc1fl", .branches) { t, w in branchLikely(&t, w, code(.equal, w)) },
        row("010001 01000 cc 11 imm", "bc1tl", .branches) { t, w in branchLikely(&t, w, code(.notEqual, w)) },
    ]

    private static func pair(_ relation: IntegerCondition, _ w: Word) -> BranchCondition {
        BranchCondition(relation, w[Bits.rs], w[Bits.rt])
    }

    private static func zero(_ relation: IntegerCondition, _ w: Word) -> BranchCondition {
        BranchCondition(relation, w[Bits.rs])
    }

    /// A floating-point condition code compared with 0.
    private static func code(_ relation: IntegerCondition, _ w: Word) -> BranchCondition {
        BranchCondition(relation, Register.condition0 + w[Bits.cc])
    }

    // MARK: Conditional branches

    static func branch(_ t: inout Translator, _ w: Word, _ condition: BranchCondition, links: Bool = false) {
        guard let slot = t.delaySlot() else { return }
        let target = t.branchTarget(w)
        if condition.isAlwaysTrue { return jump(&t, slot, target, links: links) }
        if condition.isAlwaysFalse { return jump(&t, slot, t.pc &+ 8, links: links) }
        if t.isNeverTaken(condition) && slot.traits.isDisjoint(with: [.skips, .entersKernel, .flushes]) {
            t.translate(slot)
            return t.goPastSlot()
        }
        if t.update.owesBarrier && t.pc < t.update.end { return Linked.leaveUpdate(&t, slot, condition) }
        // A backward branch is likely taken: its target comes first.
        let isBackward = target <= t.pc
        let continues = !isBackward && t.mayContinue && slot.traits.isDisjoint(with: [.skips, .entersKernel, .flushes])
        let skip = isBackward || continues ? condition.inverse : condition
        let (first, second) = isBackward || continues ? (target, t.pc &+ 8) : (t.pc &+ 8, target)
        flush(&t, slot)
        let linkChangesCondition = links && (condition.left == Register.ra || condition.right == Register.ra)
        let isEarly =
            slot.writes(condition.left) || slot.writes(condition.right) || linkChangesCondition
            || slot.traits.contains(.skips) || slot.traits.contains(.entersKernel)
        let early = isEarly ? t.evaluate(skip) : .none
        if slot.traits.contains(.skips) { t.builder.put(.branchValue, early) }
        if slot.traits.contains(.entersKernel) {
            let (taken, other) = (t.constant(address: second), t.constant(address: first))
            t.builder.put(.slotTarget, t.builder.select(early, taken, other))
        }
        if links { t.setConstant(Register.ra, Int64(bitPattern: t.pc &+ 8)) }
        t.translate(slot)
        if t.hasEnded { return }
        let value = slot.traits.contains(.skips) ? t.builder.get(.branchValue) : isEarly ? early : t.evaluate(skip)
        let label = t.builder.makeLabel()
        t.builder.skipIf(value, to: label)
        goOn(&t, at: first, links: links)
        t.builder.place(label)
        if continues { return t.continuePastSlot() }
        goOn(&t, at: second, links: links)
        t.hasEnded = true
    }

    /// A branch whose delay slot executes only when it is taken.
    static func branchLikely(_ t: inout Translator, _ w: Word, _ condition: BranchCondition, links: Bool = false) {
        guard let slot = t.delaySlot() else { return }
        if t.isNeverTaken(condition) && !links { return t.goPastSlot() }
        let target = t.branchTarget(w)
        let value = condition.isAlwaysTrue ? .none : t.evaluate(condition.inverse)
        if links { t.setConstant(Register.ra, Int64(bitPattern: t.pc &+ 8)) }
        if condition.isAlwaysFalse { return t.end(goto: t.pc &+ 8) }
        let notTaken = t.builder.makeLabel()
        if value != .none { t.builder.skipIf(value, to: notTaken) }
        flush(&t, slot)
        if slot.traits.contains(.entersKernel) { t.builder.put(.slotTarget, t.constant(address: target)) }
        t.translate(slot)
        if !t.hasEnded { goOn(&t, at: target, links: links) }
        t.hasEnded = true
        guard value != .none else { return }
        t.builder.place(notTaken)
        t.builder.goto(t.pc &+ 8)
    }

    /// Leaves the block for one side of a branch that may be a call.
    private static func goOn(_ t: inout Translator, at address: UInt64, links: Bool) {
        guard links && !isNext(t, address) else { return t.builder.goto(address) }
        t.builder.call(address, returningTo: t.pc &+ 8)
    }

    /// A call of what follows is how position-independent code finds out where it is: nothing returns from it.
    private static func isNext(_ t: borrowing Translator, _ address: UInt64) -> Bool { address == t.pc &+ 8 }

    // MARK: Jumps

    private static func jumpToRegion(_ t: inout Translator, _ w: Word, links: Bool) {
        guard let slot = t.delaySlot() else { return }
        // The region is that of the delay slot (volume II-A, J).
        let target = (t.pc &+ 4) & ~0xfff_ffff | UInt64(w[Bits.target]) << 2
        jump(&t, slot, target, links: links)
    }

    private static func jump(_ t: inout Translator, _ slot: DelaySlot, _ target: UInt64, links: Bool) {
        flush(&t, slot)
        if slot.traits.contains(.entersKernel) { t.builder.put(.slotTarget, t.constant(address: target)) }
        if links { t.setConstant(Register.ra, Int64(bitPattern: t.pc &+ 8)) }
        t.translate(slot)
        if t.hasEnded { return }
        if links && !isNext(t, target) { t.call(target) } else { t.end(goto: target) }
    }

    private static func jumpToRegister(_ t: inout Translator, _ register: Int, link: Int) {
        guard let slot = t.delaySlot() else { return }
        flush(&t, slot)
        let isEarly = slot.writes(register) || link == register || slot.traits.contains(.entersKernel)
        let skips = slot.traits.contains(.skips)
        let early = isEarly || skips ? t.get(register) : .none
        if skips { t.builder.put(.branchValue, early) }
        if slot.traits.contains(.entersKernel) { t.builder.put(.slotTarget, early) }
        if link != 0 { t.setConstant(link, Int64(bitPattern: t.pc &+ 8)) }
        t.translate(slot)
        if t.hasEnded { return }
        let target = skips ? t.builder.get(.branchValue) : isEarly ? early : t.get(register)
        if link != 0 { return t.call(target) }
        if register == Register.ra { t.builder.returnTo(target) } else { t.builder.jump(target) }
        t.hasEnded = true
    }

    /// A `synci` in the slot is done before its branch: the branch starts by leaving for the flush and is executed
    /// again afterwards, when the flag says that the flush is done. Nothing else tells the two orders apart.
    private static func flush(_ t: inout Translator, _ slot: DelaySlot) {
        guard slot.traits.contains(.flushes) else { return }
        let done = t.builder.get(.flushDone)
        t.builder.put(.flushDone, t.builder.binary(.xor, done, t.builder.constant(1)))
        let base = t.get(slot.word[Bits.rs])
        let address = t.builder.binary(.add, base, t.builder.constant(Int64(slot.word[Bits.immediate])))
        let pending = t.builder.compare(.equal, done, t.builder.constant(0))
        t.builder.exitIf(pending, .flushCode, address)
    }
}

extension Translator {
    /// The target of the branch at `pc`: relative to its delay slot.
    func branchTarget(_ w: Word) -> UInt64 {
        pc &+ 4 &+ UInt64(bitPattern: Int64(w[Bits.immediate]) << 2)
    }

    mutating func constant(address: UInt64) -> Value { builder.constant(Int64(bitPattern: address)) }

    /// Known values say that the branch is not taken, as that back to a load linked behind a store that has succeeded.
    func isNeverTaken(_ condition: BranchCondition) -> Bool {
        guard condition.relation == .equal, condition.left < 32, condition.right < 32,
            let left = constant(condition.left), let right = constant(condition.right)
        else { return false }
        return left != right
    }

    /// 0 or 1.
    mutating func evaluate(_ condition: BranchCondition) -> Value {
        let left = operand(condition.left)
        let right = operand(condition.right)
        return builder.compare(condition.relation, left, right)
    }

    private mutating func operand(_ register: Int) -> Value {
        register < 32 ? get(register) : builder.get(RegisterIndex(register))
    }
}
