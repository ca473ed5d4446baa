import BSDUserCore

/// `lwl`, `lwr`, `ldl`, `ldr` and their stores (volume II-A), big-endian.
///
/// Compilers emit them in pairs that make up one unaligned access (`UnalignedPair`). A load alone reads the aligned unit and
/// merges; a store alone writes its bytes one by one.
enum Unaligned {
    static let rows: [Instruction<Translator>] = [
        row("100010 rs rt imm", "lwl", .writesRt) { t, w in load(&t, w, Opcodes.lwr, 4, isLeft: true) },
        row("100110 rs rt imm", "lwr", .writesRt) { t, w in load(&t, w, Opcodes.lwl, 4, isLeft: false) },
        row("011010 rs rt imm", "ldl", .writesRt) { t, w in load(&t, w, Opcodes.ldr, 8, isLeft: true) },
        row("011011 rs rt imm", "ldr", .writesRt) { t, w in load(&t, w, Opcodes.ldl, 8, isLeft: false) },
        row("101010 rs rt imm", "swl", .skips) { t, w in store(&t, w, Opcodes.swr, 4, isLeft: true) },
        row("101110 rs rt imm", "swr", .skips) { t, w in store(&t, w, Opcodes.swl, 4, isLeft: false) },
        row("101100 rs rt imm", "sdl", .skips) { t, w in store(&t, w, Opcodes.sdr, 8, isLeft: true) },
        row("101101 rs rt imm", "sdr", .skips) { t, w in store(&t, w, Opcodes.sdl, 8, isLeft: false) },
    ]

    /// Whether an instruction is one of these.
    static func isHalf(_ word: Word) -> Bool {
        switch word[Bits.opcode] {
        case Opcodes.lwl, Opcodes.lwr, Opcodes.ldl, Opcodes.ldr, Opcodes.swl, Opcodes.swr, Opcodes.sdl, Opcodes.sdr:
            true
        default: false
        }
    }

    private static func access(_ bytes: Int) -> MemoryAttributes {
        bytes == 4 ? [.bytes4, .bigEndian] : [.bytes8, .bigEndian]
    }

    // MARK: Loads

    private static func load(_ t: inout Translator, _ w: Word, _ partner: Int, _ bytes: Int, isLeft: Bool) {
        let (base, target) = (w[Bits.rs], w[Bits.rt])
        if let pair = UnalignedPair(in: t, w, partner, bytes, isLeft: isLeft, isLoad: true) {
            let attributes = access(bytes).union(bytes == 4 ? .signed : [])
            let value = t.builder.load(t.get(base), displacement: pair.displacement, attributes)
            t.passOver(pair.second)
            if bytes == 4 { t.setExtended(target, value) } else { t.set(target, value) }
            return
        }
        let address = t.builder.binary(.add, t.get(base), t.builder.constant(Int64(w[Bits.immediate])))
        let aligned = t.builder.binary(.and, address, t.builder.constant(Int64(-bytes)))
        let unit = t.builder.load(aligned, access(bytes))
        let merged =
            isLeft
            ? mergeLeft(&t, address, unit, t.get(target), bytes) : mergeRight(&t, address, unit, t.get(target), bytes)
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

    private static func store(_ t: inout Translator, _ w: Word, _ partner: Int, _ bytes: Int, isLeft: Bool) {
        let (base, source) = (w[Bits.rs], w[Bits.rt])
        if let pair = UnalignedPair(in: t, w, partner, bytes, isLeft: isLeft, isLoad: false) {
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

/// Major opcodes of the halves of unaligned accesses (volume II-A, table A.2).
private enum Opcodes {
    static let lwl = 0b100010, lwr = 0b100110, ldl = 0b011010, ldr = 0b011011
    static let swl = 0b101010, swr = 0b101110, sdl = 0b101100, sdr = 0b101101
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
    /// lies in between. `partner` is the other half's opcode.
    init?(
        in translator: borrowing Translator, _ first: Word, _ partner: Int, _ bytes: Int, isLeft: Bool, isLoad: Bool
    ) {
        let (base, register) = (first[Bits.rs], first[Bits.rt])
        guard !translator.inDelaySlot, !translator.builder.isOnlyFirstInstruction, !isLoad || base != register
        else { return nil }
        var isBehindBranch = false
        for count in 1...Self.maximumBetween + 1 {
            let address = translator.pc &+ 4 &* count
            guard let word = translator.word(at: address) else { return nil }
            if word[Bits.opcode] == partner && word[Bits.rs] == base && word[Bits.rt] == register {
                // The left half starts at the access, the right half stands at its last byte.
                let (start, last) = isLeft ? (first, word) : (word, first)
                guard last[Bits.immediate] - start[Bits.immediate] == bytes - 1 else { return nil }
                (displacement, second) = (Int32(start[Bits.immediate]), address)
                return
            }
            // Where a branch leads, only what is in its delay slot is executed before.
            guard !isBehindBranch, translator.isInstruction(word), !isLoad || !word.mayRead(register) else {
                return nil
            }
            isBehindBranch = word.isPlainBranch
            if isBehindBranch { continue }
            guard let written = word.computedRegister ?? (isLoad ? word.loadedRegister : nil), written != base,
                written != register
            else { return nil }
        }
        return nil
    }
}
