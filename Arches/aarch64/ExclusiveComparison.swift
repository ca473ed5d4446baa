import BSDUserCore

/// A load exclusive, a branch that leaves where it has not read what is expected, and the store exclusive to the same
/// place: one compare and exchange.
///
/// Where memory cannot be written, the load is executed alone (`AArch64.mayWriteEarly`).
struct ExclusiveComparison {
    private enum Expected {
        case register(Int)
        case constant(Int64)
    }

    private let expected: Expected
    /// The comparison, unless it is the branch's own.
    private let comparison: Word?
    private let branch: Word
    private let store: Word

    /// The comparison whose load is the instruction being translated.
    init?(in translator: borrowing Translator, load: Word) {
        guard ExclusiveUpdate.mayBegin(with: load, in: translator), translator.canContinue,
            let second = translator.word(at: translator.pc &+ 4), let third = translator.word(at: translator.pc &+ 8)
        else { return nil }
        if Self.leavesUnlessZero(second, load) {
            self.init(.constant(0), nil, second, third, load)
            return
        }
        guard let expected = Self.expected(second, load), Self.leavesUnlessEqual(third),
            let fourth = translator.word(at: translator.pc &+ 12)
        else { return nil }
        self.init(expected, second, third, fourth, load)
    }

    private init?(_ expected: Expected, _ comparison: Word?, _ branch: Word, _ store: Word, _ load: Word) {
        guard ExclusiveUpdate.isStore(store, to: load), store[Bits.rt] != load[Bits.rt] else { return nil }
        self.expected = expected
        self.comparison = comparison
        self.branch = branch
        self.store = store
    }

    /// Whether a word is a branch forward when the register that was loaded is not zero.
    private static func leavesUnlessZero(_ word: Word, _ load: Word) -> Bool {
        word.bits & 0x7f00_0000 == 0x3500_0000 && word[Bits.immediate19] > 0 && word[Bits.rt] == load[Bits.rt]
            && (word.type == .i64 || load[Bits.size] < 3)
    }

    /// Whether a word is a branch forward on "not equal".
    private static func leavesUnlessEqual(_ word: Word) -> Bool {
        word.bits & 0xff00_001f == 0x5400_0001 && word[Bits.immediate19] > 0
    }

    /// What a comparison compares all that was loaded with, and nothing but that.
    private static func expected(_ word: Word, _ load: Word) -> Expected? {
        let (loaded, size) = (load[Bits.rt], load[Bits.size])
        guard word[Bits.rd] == Register.zero, word[Bits.rn] == loaded, word.type == .i64 || size < 3 else { return nil }
        if word.bits & 0x7f80_0000 == 0x7100_0000 {
            let number = UInt64(word[Bits.immediate12]) << (word[Bits.shift12] == 0 ? 0 : 12)
            return number >> min(8 << UInt64(size), 63) == 0 ? .constant(Int64(number)) : nil
        }
        let comparesRegister: UInt32 = 0x6b00_0000, comparesExtended: UInt32 = 0x6b20_0000
        switch word.bits & 0x7fe0_fc00 {
        // Of a doubleword; of a word, where the upper half of the other register does not count.
        case comparesRegister where size == (word.type == .i64 ? 3 : 2): break
        // A byte or a half word, zero-extended.
        case comparesExtended where size == 0 && word.type == .i32: break
        case comparesExtended | 1 << 13 where size == 1 && word.type == .i32: break
        default: return nil
        }
        return word[Bits.rm] == loaded ? nil : .register(word[Bits.rm])
    }

    /// Translates all of it; the load is the instruction being translated.
    func translate(_ t: inout Translator, load: Word, _ access: LoadAccess) {
        let (address, new) = (t.base(load[Bits.rn]), t.get(store[Bits.rt]))
        let expected =
            switch expected {
            case .register(let number): t.get(number)
            case .constant(let number): t.builder.constant(number)
            }
        let type: ValueType = access.attributes.byteCount == 8 ? .i64 : .i32
        let old = t.builder.compareExchange(
            address, expected: expected, new: new, access.attributes.union(.aligned), type)
        // Where the branch leads, the link is there.
        t.builder.put(.exclusiveAddress, address)
        t.builder.put(.exclusiveValue, old)
        t.set(load[Bits.rt], access, old)
        if let comparison { t.advance(translating: comparison) }
        t.advance(translating: branch)
        t.advance()
        t.unlink()
        t.setConstant(store[Bits.rs], 0)
    }
}
