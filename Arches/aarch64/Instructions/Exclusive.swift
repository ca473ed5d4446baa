import BSDUserCore

/// Exclusive accesses, and loads and stores with acquire and release (DDI 0487, C6.2). All are checked for alignment.
///
/// The host orders loads with loads and stores with stores; a store-release must also come before a later load-acquire,
/// which an exchange does.
enum Exclusive {
    static let rows: [Instruction<Translator>] = exclusiveRows + pairRows + orderedRows + consistentRows

    /// Bit 15 asks for acquire or release, which the compare and exchange has anyway.
    private static let exclusiveRows: [Instruction<Translator>] = [
        row("00 001000 000 rs 0 ----- rn rt", "stxrb", .skips) { t, w in store(&t, w, .bytes1, .i32) },
        row("00 001000 000 rs 1 ----- rn rt", "stlxrb", .skips) { t, w in store(&t, w, .bytes1, .i32) },
        row("00 001000 010 ----- 0 ----- rn rt", "ldxrb") { t, w in load(&t, w, .byte) },
        row("00 001000 010 ----- 1 ----- rn rt", "ldaxrb") { t, w in load(&t, w, .byte) },
        row("01 001000 000 rs 0 ----- rn rt", "stxrh", .skips) { t, w in store(&t, w, .bytes2, .i32) },
        row("01 001000 000 rs 1 ----- rn rt", "stlxrh", .skips) { t, w in store(&t, w, .bytes2, .i32) },
        row("01 001000 010 ----- 0 ----- rn rt", "ldxrh") { t, w in load(&t, w, .halfword) },
        row("01 001000 010 ----- 1 ----- rn rt", "ldaxrh") { t, w in load(&t, w, .halfword) },
        row("10 001000 000 rs 0 ----- rn rt", "stxr", .skips) { t, w in store(&t, w, .bytes4, .i32) },
        row("10 001000 000 rs 1 ----- rn rt", "stlxr", .skips) { t, w in store(&t, w, .bytes4, .i32) },
        row("10 001000 010 ----- 0 ----- rn rt", "ldxr") { t, w in load(&t, w, .word) },
        row("10 001000 010 ----- 1 ----- rn rt", "ldaxr") { t, w in load(&t, w, .word) },
        row("11 001000 000 rs 0 ----- rn rt", "stxr", .skips) { t, w in store(&t, w, .bytes8, .i64) },
        row("11 001000 000 rs 1 ----- rn rt", "stlxr", .skips) { t, w in store(&t, w, .bytes8, .i64) },
        row("11 001000 010 ----- 0 ----- rn rt", "ldxr") { t, w in load(&t, w, .doubleword) },
        row("11 001000 010 ----- 1 ----- rn rt", "ldaxr") { t, w in load(&t, w, .doubleword) },
    ]

    private static let pairRows: [Instruction<Translator>] = [
        row("10 001000 001 rs 0 rt2 rn rt", "stxp", .skips, storeWords),
        row("10 001000 001 rs 1 rt2 rn rt", "stlxp", .skips, storeWords),
        row("10 001000 011 ----- 0 rt2 rn rt", "ldxp", loadWords),
        row("10 001000 011 ----- 1 rt2 rn rt", "ldaxp", loadWords),
        row("11 001000 001 rs 0 rt2 rn rt", "stxp", .skips, storeDoublewords),
        row("11 001000 001 rs 1 rt2 rn rt", "stlxp", .skips, storeDoublewords),
        row("11 001000 011 ----- 0 rt2 rn rt", "ldxp", loadDoublewords),
        row("11 001000 011 ----- 1 rt2 rn rt", "ldaxp", loadDoublewords),
    ]

    private static let orderedRows: [Instruction<Translator>] = [
        row("00 001000 100 ----- 0 ----- rn rt", "stllrb") { t, w in storeRelease(&t, w, .bytes1) },
        row("00 001000 100 ----- 1 ----- rn rt", "stlrb") { t, w in storeRelease(&t, w, .bytes1) },
        row("00 001000 110 ----- 0 ----- rn rt", "ldlarb") { t, w in loadAcquire(&t, w, .byte) },
        row("00 001000 110 ----- 1 ----- rn rt", "ldarb") { t, w in loadAcquire(&t, w, .byte) },
        row("01 001000 100 ----- 0 ----- rn rt", "stllrh") { t, w in storeRelease(&t, w, .bytes2) },
        row("01 001000 100 ----- 1 ----- rn rt", "stlrh") { t, w in storeRelease(&t, w, .bytes2) },
        row("01 001000 110 ----- 0 ----- rn rt", "ldlarh") { t, w in loadAcquire(&t, w, .halfword) },
        row("01 001000 110 ----- 1 ----- rn rt", "ldarh") { t, w in loadAcquire(&t, w, .halfword) },
        row("10 001000 100 ----- 0 ----- rn rt", "stllr") { t, w in storeRelease(&t, w, .bytes4) },
        row("10 001000 100 ----- 1 ----- rn rt", "stlr") { t, w in storeRelease(&t, w, .bytes4) },
        row("10 001000 110 ----- 0 ----- rn rt", "ldlar") { t, w in loadAcquire(&t, w, .word) },
        row("10 001000 110 ----- 1 ----- rn rt", "ldar") { t, w in loadAcquire(&t, w, .word) },
        row("11 001000 100 ----- 0 ----- rn rt", "stllr") { t, w in storeRelease(&t, w, .bytes8) },
        row("11 001000 100 ----- 1 ----- rn rt", "stlr") { t, w in storeRelease(&t, w, .bytes8) },
        row("11 001000 110 ----- 0 ----- rn rt", "ldlar") { t, w in loadAcquire(&t, w, .doubleword) },
        row("11 001000 110 ----- 1 ----- rn rt", "ldar") { t, w in loadAcquire(&t, w, .doubleword) },
    ]

    /// FEAT_LRCPC and FEAT_LRCPC2.
    private static let consistentRows: [Instruction<Translator>] = [
        row("00 111000 101 11111 1 100 00 rn rt", "ldaprb") { t, w in loadAcquire(&t, w, .byte) },
        row("01 111000 101 11111 1 100 00 rn rt", "ldaprh") { t, w in loadAcquire(&t, w, .halfword) },
        row("10 111000 101 11111 1 100 00 rn rt", "ldapr") { t, w in loadAcquire(&t, w, .word) },
        row("11 111000 101 11111 1 100 00 rn rt", "ldapr") { t, w in loadAcquire(&t, w, .doubleword) },
        row("00 011001 00 0 imm9 00 rn rt", "stlurb") { t, w in storeRelease(&t, w, .bytes1, w[Bits.immediate9]) },
        row("00 011001 01 0 imm9 00 rn rt", "ldapurb") { t, w in loadAcquire(&t, w, .byte, w[Bits.immediate9]) },
        row("00 011001 10 0 imm9 00 rn rt", "ldapursb") { t, w in
            loadAcquire(&t, w, .signedByte64, w[Bits.immediate9])
        },
        row("00 011001 11 0 imm9 00 rn rt", "ldapursb") { t, w in
            loadAcquire(&t, w, .signedByte32, w[Bits.immediate9])
        },
        row("01 011001 00 0 imm9 00 rn rt", "stlurh") { t, w in storeRelease(&t, w, .bytes2, w[Bits.immediate9]) },
        row("01 011001 01 0 imm9 00 rn rt", "ldapurh") { t, w in loadAcquire(&t, w, .halfword, w[Bits.immediate9]) },
        row("01 011001 10 0 imm9 00 rn rt", "ldapursh") { t, w in
            loadAcquire(&t, w, .signedHalfword64, w[Bits.immediate9])
        },
        row("01 011001 11 0 imm9 00 rn rt", "ldapursh") { t, w in
            loadAcquire(&t, w, .signedHalfword32, w[Bits.immediate9])
        },
        row("10 011001 00 0 imm9 00 rn rt", "stlur") { t, w in storeRelease(&t, w, .bytes4, w[Bits.immediate9]) },
        row("10 011001 01 0 imm9 00 rn rt", "ldapur") { t, w in loadAcquire(&t, w, .word, w[Bits.immediate9]) },
        row("10 011001 10 0 imm9 00 rn rt", "ldapursw") { t, w in
            loadAcquire(&t, w, .signedWord, w[Bits.immediate9])
        },
        row("11 011001 00 0 imm9 00 rn rt", "stlur") { t, w in storeRelease(&t, w, .bytes8, w[Bits.immediate9]) },
        row("11 011001 01 0 imm9 00 rn rt", "ldapur") { t, w in loadAcquire(&t, w, .doubleword, w[Bits.immediate9]) },
    ]

    // MARK: Acquire and release

    private static func loadAcquire(_ t: inout Translator, _ w: Word, _ access: LoadAccess, _ displacement: Int = 0) {
        t.set(w[Bits.rt], access, t.load(access, t.base(w[Bits.rn]), displacement, .aligned))
    }

    private static func storeRelease(
        _ t: inout Translator, _ w: Word, _ size: MemoryAttributes, _ displacement: Int = 0
    ) {
        var address = t.base(w[Bits.rn])
        if displacement != 0 {
            address = t.builder.binary(.add, address, t.builder.constant(Int64(displacement)))
        }
        _ = t.builder.atomicUpdate(.exchange, address, t.get(w[Bits.rt]), size.union(.aligned), .i64)
    }

    // MARK: Exclusive accesses

    // The link is the address and the contents loaded; the store succeeds when memory still holds them.

    private static func load(_ t: inout Translator, _ w: Word, _ access: LoadAccess) {
        if let update = ExclusiveUpdate(in: t, load: w) { return update.translate(&t, load: w, access) }
        let address = t.base(w[Bits.rn])
        let value = t.load(access, address, 0, .aligned)
        t.builder.put(.exclusiveAddress, address)
        t.builder.put(.exclusiveValue, value)
        t.set(w[Bits.rt], access, value)
        t.link = ExclusiveLink(w)
    }

    private static func loadWords(_ t: inout Translator, _ w: Word) {
        t.link = .none
        let address = t.base(w[Bits.rn])
        let value = t.load(.doubleword, address, 0, .aligned)
        t.builder.put(.exclusiveAddress, address)
        t.builder.put(.exclusiveValue, value)
        t.setHalves(w[Bits.rt], w[Bits.rt2], value)
    }

    private static func loadDoublewords(_ t: inout Translator, _ w: Word) {
        t.link = .none
        let address = t.base(w[Bits.rn])
        let pair = t.builder.load(address, [.bytes16, .aligned], .v128)
        let low = t.builder.vectorExtract(pair, 0, .bits64, .i64)
        let high = t.builder.vectorExtract(pair, 1, .bits64, .i64)
        t.builder.put(.exclusiveAddress, address)
        t.builder.put(.exclusiveValue, low)
        t.builder.put(.exclusiveHighValue, high)
        t.set(w[Bits.rt], low)
        t.set(w[Bits.rt2], high)
    }

    private static func store(_ t: inout Translator, _ w: Word, _ size: MemoryAttributes, _ type: ValueType) {
        if t.link.isTo(w) { return storeToLink(&t, w, size, type) }
        storeIfLinked(&t, w) { t, address in
            let expected = t.builder.get(.exclusiveValue)
            let old = t.builder.compareExchange(
                address, expected: expected, new: t.get(w[Bits.rt]), size.union(.aligned), type)
            return t.builder.compare(.notEqual, old, expected, type)
        }
    }

    private static func storeWords(_ t: inout Translator, _ w: Word) {
        storeIfLinked(&t, w) { t, address in
            let expected = t.builder.get(.exclusiveValue)
            let new = t.joined(w[Bits.rt], w[Bits.rt2])
            let old = t.builder.compareExchange(address, expected: expected, new: new, [.bytes8, .aligned], .i64)
            return t.builder.compare(.notEqual, old, expected)
        }
    }

    private static func storeDoublewords(_ t: inout Translator, _ w: Word) {
        storeIfLinked(&t, w) { t, address in
            let (low, high) = (t.builder.get(.exclusiveValue), t.builder.get(.exclusiveHighValue))
            let expected = t.builder.vectorFromPair(low: low, high: high)
            let new = t.builder.vectorFromPair(low: t.get(w[Bits.rt]), high: t.get(w[Bits.rt2]))
            let old = t.builder.compareExchange(address, expected: expected, new: new, [.bytes16, .aligned], .v128)
            let lowChange = t.builder.binary(.xor, t.builder.vectorExtract(old, 0, .bits64, .i64), low)
            let highChange = t.builder.binary(.xor, t.builder.vectorExtract(old, 1, .bits64, .i64), high)
            let change = t.builder.binary(.or, lowChange, highChange)
            return t.builder.compare(.notEqual, change, t.builder.constant(0))
        }
    }

    /// A store to where the block's load exclusive has read: alignment has been checked, and the address needs no look. When
    /// the store fails the block ends, so that what follows knows that it has succeeded.
    private static func storeToLink(
        _ t: inout Translator, _ w: Word, _ size: MemoryAttributes, _ type: ValueType
    ) {
        let expected = t.builder.get(.exclusiveValue)
        let old = t.builder.compareExchange(
            t.base(w[Bits.rn]), expected: expected, new: t.get(w[Bits.rt]), size, type)
        t.unlink()
        t.setConstant(w[Bits.rs], 1)
        let stored = t.builder.makeLabel()
        t.builder.skipIf(t.builder.compare(.equal, old, expected, type), to: stored)
        t.builder.goto(t.pc &+ 4)
        t.place(stored)
        t.setConstant(w[Bits.rs], 0)
    }

    /// Stores when the link is to the address; `attempt` gives 0 when it did and 1 when memory had changed.
    private static func storeIfLinked(
        _ t: inout Translator, _ w: Word, _ attempt: (inout Translator, Value) -> Value
    ) {
        let linked = t.builder.get(.exclusiveAddress)
        let isOther = t.builder.compare(.notEqual, linked, t.base(w[Bits.rn]))
        let done = t.builder.makeLabel()
        t.builder.skipIf(isOther, to: done)
        // No value lives across a label: the base is read again.
        let outcome = attempt(&t, t.base(w[Bits.rn]))
        t.builder.put(.storeOutcome, outcome)
        t.place(done)
        let status = t.builder.get(.storeOutcome)
        // The outcome is 1 between instructions, so that the way around the store finds it so.
        t.builder.put(.storeOutcome, t.builder.constant(1))
        t.unlink()
        t.setExtended(w[Bits.rs], status)
    }
}

/// Where the last load exclusive of a block has read, as its size and its base register say it.
struct ExclusiveLink {
    private let base: Int
    private let size: Int

    static let none = ExclusiveLink(base: -1, size: -1)

    private init(base: Int, size: Int) {
        self.base = base
        self.size = size
    }

    /// Of a load exclusive, which may change its base.
    init(_ load: Word) {
        self = load[Bits.rt] == load[Bits.rn] ? .none : ExclusiveLink(base: load[Bits.rn], size: load[Bits.size])
    }

    /// Whether a store exclusive of one register goes there.
    func isTo(_ store: Word) -> Bool { store[Bits.rn] == base && store[Bits.size] == size }

    /// Whether it still says so after a write of a register.
    func outlives(writing register: Int) -> Bool { register != base }
}

extension Translator {
    /// Ends the link between a load exclusive and a store exclusive.
    mutating func unlink() {
        builder.put(.exclusiveAddress, builder.constant(-1))
        link = .none
    }
}

extension Translator {
    /// Two words as one doubleword in memory order.
    mutating func joined(_ low: Int, _ high: Int) -> Value {
        let upper = builder.binary(.shiftLeft, get(high), builder.constant(32))
        return builder.binary(.or, getUnsigned32(low), upper)
    }

    /// The two words of a doubleword.
    mutating func setHalves(_ low: Int, _ high: Int, _ value: Value) {
        let upper = builder.binary(.shiftRight, value, builder.constant(32))
        setExtended(low, builder.unary(.zeroExtend32, value))
        setExtended(high, upper)
    }
}
