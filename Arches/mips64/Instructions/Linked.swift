import BSDUserCore

/// Load linked, store conditional, and the barrier around them (volume II-A).
///
/// The link is the address and the value loaded; the store succeeds when memory still holds that value. The kernel does
/// not complete misaligned ones.
enum Linked {
    static let rows: [Instruction<Translator>] = [
        row("110000 rs rt imm", "ll", .writesRt) { t, w in load(&t, w, [.bytes4, .signed]) },
        row("110100 rs rt imm", "lld", .writesRt) { t, w in load(&t, w, .bytes8) },
        row("111000 rs rt imm", "sc", [.writesRt, .skips]) { t, w in store(&t, w, .bytes4, .i32) },
        row("111100 rs rt imm", "scd", [.writesRt, .skips]) { t, w in store(&t, w, .bytes8, .i64) },
        row("000000 00000 00000 00000 sa 001111", "sync") { t, _ in synchronise(&t) },
    ]

    private static func load(_ t: inout Translator, _ w: Word, _ attributes: MemoryAttributes) {
        if !t.inDelaySlot && t.pc >= t.update.end, let update = MemoryUpdate(in: t, at: t.pc) { t.update = update }
        let address = t.builder.binary(.add, t.get(w[Bits.rs]), t.builder.constant(Int64(w[Bits.immediate])))
        let value = t.builder.load(address, attributes.union([.bigEndian, .aligned]))
        t.builder.put(.linkedAddress, address)
        t.builder.put(.linkedValue, value)
        t.link = Link(w)
        if attributes.byteCount == 4 { t.setExtended(w[Bits.rt], value) } else { t.set(w[Bits.rt], value) }
    }

    private static func store(_ t: inout Translator, _ w: Word, _ size: MemoryAttributes, _ type: ValueType) {
        let isLinked = t.link == Link(w) && !t.inDelaySlot
        t.link = .none
        let attributes = size.union(.bigEndian)
        if isLinked {
            storeToLink(&t, w, attributes, type)
        } else {
            storeIfLinked(&t, w, attributes.union(.aligned), type)
        }
    }

    /// A store to where the block's load linked has read: alignment has been checked, and the address needs no look. When
    /// the store fails the block ends, so that what follows knows that it has succeeded.
    private static func storeToLink(
        _ t: inout Translator, _ w: Word, _ attributes: MemoryAttributes, _ type: ValueType
    ) {
        let source = w[Bits.rt]
        let address = t.builder.binary(.add, t.get(w[Bits.rs]), t.builder.constant(Int64(w[Bits.immediate])))
        let expected = t.builder.get(.linkedValue)
        let old = t.builder.compareExchange(address, expected: expected, new: t.get(source), attributes, type)
        unlink(&t)
        t.setConstant(source, 0)
        let stored = t.builder.makeLabel()
        t.builder.skipIf(t.builder.compare(.equal, old, expected, type), to: stored)
        t.builder.goto(t.pc &+ 4)
        t.builder.place(stored)
        t.setConstant(source, 1)
    }

    private static func storeIfLinked(
        _ t: inout Translator, _ w: Word, _ attributes: MemoryAttributes, _ type: ValueType
    ) {
        let (base, source) = (w[Bits.rs], w[Bits.rt])
        let offset = t.builder.constant(Int64(w[Bits.immediate]))
        let address = t.builder.binary(.add, t.get(base), offset)
        let isOther = t.builder.compare(.notEqual, t.builder.get(.linkedAddress), address)
        let done = t.builder.makeLabel()
        t.builder.skipIf(isOther, to: done)
        let again = t.builder.binary(.add, t.get(base), offset)
        let expected = t.builder.get(.linkedValue)
        let old = t.builder.compareExchange(again, expected: expected, new: t.get(source), attributes, type)
        t.builder.put(.storeOutcome, t.builder.compare(.equal, old, expected, type))
        t.builder.place(done)
        let outcome = t.builder.get(.storeOutcome)
        // The outcome is 0 between instructions, so that the way around the store finds it so.
        t.builder.put(.storeOutcome, t.builder.constant(0))
        unlink(&t)
        t.setExtended(source, outcome)
    }

    /// No address of a word or doubleword is odd.
    private static func unlink(_ t: inout Translator) { t.builder.put(.linkedAddress, t.builder.constant(1)) }

    // MARK: Barriers

    /// The locked instruction of a store conditional is a barrier as well: one in front of an update that is done again
    /// until it succeeds has nothing to add, but where the update may end without its store (`leaveUpdate`). The value of an
    /// update that gives up after a failure was loaded in front of the locked instruction, and needs the barrier.
    private static func synchronise(_ t: inout Translator) {
        guard !t.inDelaySlot, !t.builder.isOnlyFirstInstruction,
            var update = MemoryUpdate(in: t, at: t.pc &+ 4), update.isRepeated(in: t, from: t.pc)
        else { return t.builder.fence() }
        update.owesBarrier = true
        t.update = update
    }

    /// The branch behind the load linked of an update that owes a barrier. Where no store follows, the load is done again
    /// behind the barrier, in a block of its own.
    static func leaveUpdate(_ t: inout Translator, _ slot: DelaySlot, _ condition: BranchCondition) {
        let goesOn = t.builder.makeLabel()
        t.builder.skipIf(t.evaluate(condition.inverse), to: goesOn)
        t.builder.fence()
        t.builder.goto(t.update.load)
        t.builder.place(goesOn)
        t.translate(slot)
        t.continuePastSlot()
    }
}

/// Where the last load linked of a block has read, as its register and displacement say it.
struct Link: Equatable {
    private let base: Int
    private let displacement: Int
    private let isDoubleword: Bool

    static let none = Link(base: -1, displacement: 0, isDoubleword: false)

    private init(base: Int, displacement: Int, isDoubleword: Bool) {
        self.base = base
        self.displacement = displacement
        self.isDoubleword = isDoubleword
    }

    /// Of a load linked or a store conditional.
    init(_ word: Word) {
        self.init(
            base: word[Bits.rs], displacement: word[Bits.immediate],
            isDoubleword: [Opcodes.lld, Opcodes.scd].contains(word[Bits.opcode]))
    }

    /// Whether it still says so after a write of a register.
    func outlives(writing register: Int) -> Bool { register != base }
}

/// Instructions in a row that update a word: a load linked, maybe a branch out right behind it, computations, and the
/// store conditional to the same place.
struct MemoryUpdate {
    /// Address of the load linked.
    private(set) var load: UInt64 = 0
    /// Address behind the store conditional.
    private(set) var end: UInt64 = 0
    /// A barrier in front of it was left to the store.
    var owesBarrier = false

    /// Most computations in front of an update's load, or of its store.
    private static let maximumComputations = 8

    static var none: MemoryUpdate { MemoryUpdate() }

    private init() {}

    /// The update at an address, or behind computations there.
    init?(in translator: borrowing Translator, at start: UInt64) {
        guard let load = Self.skipComputations(translator, from: start, keeping: 0),
            let first = translator.word(at: load), [Opcodes.ll, Opcodes.lld].contains(first[Bits.opcode]),
            first[Bits.rt] != first[Bits.rs]
        else { return nil }
        let base = first[Bits.rs]
        let body = Self.skipExit(translator, at: load &+ 4, keeping: base)
        guard let store = Self.skipComputations(translator, from: body, keeping: base),
            let last = translator.word(at: store), [Opcodes.sc, Opcodes.scd].contains(last[Bits.opcode]),
            Link(last) == Link(first)
        else { return nil }
        self.load = load
        end = store &+ 4
    }

    /// Whether a branch behind the store goes back to the load, or to the barrier at `start` and what lies between, as long
    /// as the store fails. What its delay slot makes of the failed update is made anew: it adds to nothing.
    func isRepeated(in translator: borrowing Translator, from start: UInt64) -> Bool {
        guard let store = translator.word(at: end &- 4), let branch = translator.word(at: end),
            [Opcodes.beq, Opcodes.beql].contains(branch[Bits.opcode]),
            branch[Bits.rs] == store[Bits.rt] && branch[Bits.rt] == 0
                || branch[Bits.rt] == store[Bits.rt] && branch[Bits.rs] == 0,
            let slot = translator.word(at: end &+ 4), let target = translator.computedRegister(slot)
        else { return false }
        let goal = end &+ 4 &+ UInt64(bitPattern: Int64(branch[Bits.immediate]) << 2)
        // As movz and movn, which may leave the register as it was.
        let isConditional = slot[Bits.opcode] == 0 && (0x0a...0x0b).contains(slot[Bits.function])
        let isAddedTo = target != 0 && (target == slot[Bits.rs] || target == slot[Bits.rt] && slot[Bits.opcode] == 0)
        return (start...load).contains(goal) && !isConditional && !isAddedTo
    }

    /// The address behind computations that do not write the register; nil when they are many.
    private static func skipComputations(
        _ translator: borrowing Translator, from start: UInt64, keeping register: Int
    ) -> UInt64? {
        for count in 0...UInt64(maximumComputations) {
            let address = start &+ 4 &* count
            guard let word = translator.word(at: address) else { return nil }
            guard let target = translator.computedRegister(word), target != register || target == 0 else {
                return address
            }
        }
        return nil
    }

    /// The address behind a branch on two registers with a computation in its delay slot; the same one without.
    private static func skipExit(
        _ translator: borrowing Translator, at address: UInt64, keeping register: Int
    ) -> UInt64 {
        guard let branch = translator.word(at: address), [Opcodes.beq, Opcodes.bne].contains(branch[Bits.opcode]),
            branch[Bits.rs] != branch[Bits.rt], let slot = translator.word(at: address &+ 4),
            let target = translator.computedRegister(slot), target != register || target == 0
        else { return address }
        return address &+ 8
    }
}
