import BSDUserCore

/// `lwl`, `lwr`, `ldl`, `ldr` and their stores (volume II-A), big-endian.
///
/// Compilers emit them in pairs that make up one unaligned access; an adjacent pair becomes one. A load alone reads the
/// aligned unit and merges; a store alone writes its bytes one by one.
enum Unaligned {
    static let rows: [Instruction<Translator>] = [
        row("100010 rs rt imm", "lwl", .writesRt) { t, w in load(&t, w, Partner.lwr, 4, isLeft: true) },
        row("100110 rs rt imm", "lwr", .writesRt) { t, w in load(&t, w, Partner.lwl, 4, isLeft: false) },
        row("011010 rs rt imm", "ldl", .writesRt) { t, w in load(&t, w, Partner.ldr, 8, isLeft: true) },
        row("011011 rs rt imm", "ldr", .writesRt) { t, w in load(&t, w, Partner.ldl, 8, isLeft: false) },
        row("101010 rs rt imm", "swl", .skips) { t, w in store(&t, w, Partner.swr, 4, isLeft: true) },
        row("101110 rs rt imm", "swr", .skips) { t, w in store(&t, w, Partner.swl, 4, isLeft: false) },
        row("101100 rs rt imm", "sdl", .skips) { t, w in store(&t, w, Partner.sdr, 8, isLeft: true) },
        row("101101 rs rt imm", "sdr", .skips) { t, w in store(&t, w, Partner.sdl, 8, isLeft: false) },
    ]

    /// Opcodes of the partners.
    private enum Partner {
        static let lwl = 0b100010, lwr = 0b100110, ldl = 0b011010, ldr = 0b011011
        static let swl = 0b101010, swr = 0b101110, sdl = 0b101100, sdr = 0b101101
    }

    /// The displacement of the whole access when the next instruction is the other half of the pair.
    private static func wholeAccess(_ t: borrowing Translator, _ w: Word, _ partner: Int, _ bytes: Int, isLeft: Bool)
        -> Int?
    {
        guard let next = t.nextForFusion(), next[Bits.opcode] == partner else { return nil }
        guard next[Bits.rs] == w[Bits.rs], next[Bits.rt] == w[Bits.rt] else { return nil }
        // The left half starts at the access, the right half stands at its last byte.
        let start = isLeft ? w[Bits.immediate] : next[Bits.immediate]
        let last = isLeft ? next[Bits.immediate] : w[Bits.immediate]
        return last - start == bytes - 1 ? start : nil
    }

    private static func access(_ bytes: Int) -> MemoryAttributes {
        bytes == 4 ? [.bytes4, .bigEndian] : [.bytes8, .bigEndian]
    }

    // MARK: Loads

    private static func load(_ t: inout Translator, _ w: Word, _ partner: Int, _ bytes: Int, isLeft: Bool) {
        let (base, target) = (w[Bits.rs], w[Bits.rt])
        // A first half that changes the base register moves the second one elsewhere.
        if base != target, let start = wholeAccess(t, w, partner, bytes, isLeft: isLeft) {
            let attributes = access(bytes).union(bytes == 4 ? .signed : [])
            let value = t.builder.load(t.get(base), displacement: Int32(start), attributes)
            t.fuseNext()
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
        if let start = wholeAccess(t, w, partner, bytes, isLeft: isLeft) {
            let (address, value) = (t.get(base), t.get(source))
            t.builder.store(address, displacement: Int32(start), value, access(bytes))
            t.fuseNext()
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
