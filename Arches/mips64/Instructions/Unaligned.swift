import BSDUserCore

/// `lwl`, `lwr`, `ldl`, `ldr` and their stores (volume II-A), big-endian.
///
/// Compilers emit them in pairs that make up one unaligned access (`UnalignedPair`). A load alone reads the aligned unit
/// and merges; a store alone writes its bytes one by one.
enum Unaligned {
    static let rows: [Instruction<Translator>] = [
        row("100010 rs rt imm", "lwl", .writesRt, load),
        row("100110 rs rt imm", "lwr", .writesRt, load),
        row("011010 rs rt imm", "ldl", .writesRt, load),
        row("011011 rs rt imm", "ldr", .writesRt, load),
        row("101010 rs rt imm", "swl", .skips, store),
        row("101110 rs rt imm", "swr", .skips, store),
        row("101100 rs rt imm", "sdl", .skips, store),
        row("101101 rs rt imm", "sdr", .skips, store),
    ]

    private static func access(_ bytes: Int) -> MemoryAttributes {
        bytes == 4 ? [.bytes4, .bigEndian] : [.bytes8, .bigEndian]
    }

    // MARK: Loads

    private static func load(_ t: inout Translator, _ w: Word) {
        guard let half = UnalignedHalf(w) else { return t.end(.illegalInstruction) }
        let (base, target, bytes) = (w[Bits.rs], w[Bits.rt], half.byteCount)
        if let pair = UnalignedPair(in: t, w, half) {
            let attributes = access(bytes).union(bytes == 4 ? .signed : [])
            let value = t.builder.load(t.get(base), displacement: pair.displacement, attributes)
            t.passOver(pair.second)
            if bytes == 4 { t.setExtended(target, value) } else { t.set(target, value) }
            return
        }
        // A fault tells the address of the half, not that of its unit.
        _ = t.builder.load(t.get(base), displacement: Int32(w[Bits.immediate]), .bytes1)
        let address = t.builder.binary(.add, t.get(base), t.builder.constant(Int64(w[Bits.immediate])))
        let aligned = t.builder.binary(.and, address, t.builder.constant(Int64(-bytes)))
        let unit = t.builder.load(aligned, access(bytes))
        let old = t.get(target)
        let merged =
            half.isLeft ? mergeLeft(&t, address, unit, old, bytes) : mergeRight(&t, address, unit, old, bytes)
        if bytes == 4 { t.set32(target, merged) } else { t.set(target, merged) }
    }

    /// The bytes from the address to the end of the unit become the upper bytes of the register.
    private static func mergeLeft(
        _ t: inout Translator, _ address: Value, _ unit: Value, _ old: Value, _ bytes: Int
    ) -> Value {
        let type: ValueType = bytes == 4 ? .i32 : .i64
        let shift = t.builder.binary(.shiftLeft, address, t.builder.constant(3), type)
        let keptBits = t.builder.binary(.shiftLeft, t.builder.constant(-1), shift, type)
        let kept = t.builder.binary(.andNot, old, keptBits, type)
        return t.builder.binary(.or, t.builder.binary(.shiftLeft, unit, shift, type), kept, type)
    }

    /// The bytes from the start of the unit to the address become the lower bytes of the register. The upper half of
    /// the register after an `lwr` of less than a word may be either; it is sign-extended here (volume II-A, LWR).
    private static func mergeRight(
        _ t: inout Translator, _ address: Value, _ unit: Value, _ old: Value, _ bytes: Int
    ) -> Value {
        let type: ValueType = bytes == 4 ? .i32 : .i64
        let inverted = t.builder.binary(.xor, address, t.builder.constant(-1), type)
        let shift = t.builder.binary(.shiftLeft, inverted, t.builder.constant(3), type)
        let newBits = t.builder.binary(.shiftRight, t.builder.constant(-1), shift, type)
        let kept = t.builder.binary(.andNot, old, newBits, type)
        return t.builder.binary(.or, t.builder.binary(.shiftRight, unit, shift, type), kept, type)
    }

    // MARK: Stores

    private static func store(_ t: inout Translator, _ w: Word) {
        guard let half = UnalignedHalf(w) else { return t.end(.illegalInstruction) }
        let (base, source, bytes, isLeft) = (w[Bits.rs], w[Bits.rt], half.byteCount, half.isLeft)
        if let pair = UnalignedPair(in: t, w, half) {
            let (address, value) = (t.get(base), t.get(source))
            t.builder.store(address, displacement: pair.displacement, value, access(bytes))
            t.passOver(pair.second)
            return
        }
        let done = t.builder.makeLabel()
        for index in 0..<bytes {
            // Values do not live across a label, so each byte computes its address anew; it skips at the unit's edge.
            if index > 0 { skipAtEdge(&t, w, index, bytes, isLeft: isLeft, to: done) }
            let shift = isLeft ? 8 * (bytes - 1 - index) : 8 * index
            let byte = t.builder.binary(.shiftRight, t.get(source), t.builder.constant(Int64(shift)))
            let displacement = w[Bits.immediate] + (isLeft ? index : -index)
            t.builder.store(t.get(base), displacement: Int32(displacement), byte, .bytes1)
        }
        t.builder.place(done)
    }

    /// Skips when byte `index` lies outside the unit that holds the access's address.
    private static func skipAtEdge(
        _ t: inout Translator, _ w: Word, _ index: Int, _ bytes: Int, isLeft: Bool, to done: Label
    ) {
        let address = t.builder.binary(.add, t.get(w[Bits.rs]), t.builder.constant(Int64(w[Bits.immediate])))
        let place = t.builder.binary(.and, address, t.builder.constant(Int64(bytes - 1)))
        let limit = t.builder.constant(Int64(isLeft ? bytes - 1 - index : index))
        let outside = t.builder.compare(isLeft ? .greaterUnsigned : .lessUnsigned, place, limit)
        t.builder.skipIf(outside, to: done)
    }
}

/// An instruction that accesses the part of an unaligned word or doubleword on one side of the units' border.
struct UnalignedHalf {
    /// Opcode of the other half.
    let partner: Int
    let byteCount: Int
    /// Whether it has the bytes from its address on; else those up to it.
    let isLeft: Bool
    let isLoad: Bool

    private init(_ partner: Int, _ byteCount: Int, isLeft: Bool, isLoad: Bool) {
        (self.partner, self.byteCount, self.isLeft, self.isLoad) = (partner, byteCount, isLeft, isLoad)
    }

    /// Nil for every other instruction.
    init?(_ word: Word) {
        switch word[Bits.opcode] {
        case Opcodes.lwl: self.init(Opcodes.lwr, 4, isLeft: true, isLoad: true)
        case Opcodes.lwr: self.init(Opcodes.lwl, 4, isLeft: false, isLoad: true)
        case Opcodes.ldl: self.init(Opcodes.ldr, 8, isLeft: true, isLoad: true)
        case Opcodes.ldr: self.init(Opcodes.ldl, 8, isLeft: false, isLoad: true)
        case Opcodes.swl: self.init(Opcodes.swr, 4, isLeft: true, isLoad: false)
        case Opcodes.swr: self.init(Opcodes.swl, 4, isLeft: false, isLoad: false)
        case Opcodes.sdl: self.init(Opcodes.sdr, 8, isLeft: true, isLoad: false)
        case Opcodes.sdr: self.init(Opcodes.sdl, 8, isLeft: false, isLoad: false)
        default: return nil
        }
    }
}

/// Two halves that make up one unaligned access: the first does the work of both, the second nothing.
///
/// In between nothing reads or writes the register of a load, changes what a store writes, moves the base, or writes
/// memory. Of instructions there that may fault only loads between the halves of a load are let through: a handler of
/// that fault finds the register with the bytes of both halves; the second half, done anew behind it, finds its own in
/// place. A pair of which only one half may touch memory faults at the first, which is then executed alone
/// (`GuestArchitecture.mayAccessEarly`).
struct UnalignedPair {
    /// Where the access starts, from the base.
    let displacement: Int32
    /// Address of the second half.
    let second: UInt64

    /// Most instructions between the halves. Compilers put one to eight there.
    private static let maximumBetween: UInt64 = 8

    /// The pair whose first half is the instruction being translated; nil when the other does not follow, or too much
    /// lies in between.
    init?(in translator: borrowing Translator, _ first: Word, _ half: UnalignedHalf) {
        let (base, register) = (first[Bits.rs], first[Bits.rt])
        guard !translator.inDelaySlot, !translator.builder.isOnlyFirstInstruction, !half.isLoad || base != register
        else { return nil }
        var isBehindBranch = false
        for count in 1...Self.maximumBetween + 1 {
            let address = translator.pc &+ 4 &* count
            guard let word = translator.word(at: address) else { return nil }
            if word[Bits.opcode] == half.partner && word[Bits.rs] == base && word[Bits.rt] == register {
                // The left half starts at the access, the right half stands at its last byte.
                let (start, last) = half.isLeft ? (first, word) : (word, first)
                guard last[Bits.immediate] - start[Bits.immediate] == half.byteCount - 1, translator.reaches(address)
                else { return nil }
                (displacement, second) = (Int32(start[Bits.immediate]), address)
                return
            }
            // Where a branch leads, only what is in its delay slot is executed before.
            guard !isBehindBranch, !half.isLoad || !word.mayRead(register) else { return nil }
            isBehindBranch = word.isPlainBranch && translator.isInstruction(word)
            if isBehindBranch { continue }
            let written = translator.computedRegister(word) ?? (half.isLoad ? word.loadedRegister : nil)
            guard let written, written != base, written != register else { return nil }
        }
        return nil
    }
}
