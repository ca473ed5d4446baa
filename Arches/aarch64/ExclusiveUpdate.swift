import BSDUserCore

/// A load exclusive, one computation or none, and the store exclusive to the same place: one atomic operation.
///
/// It does in one step what the three do when nothing comes between them, so that the store succeeds, whether a branch
/// behind it would repeat them or not. The computation is translated as well, for its register and its flags. Where memory
/// cannot be written, the load is executed alone (`AArch64.mayAccessEarly`).
struct ExclusiveUpdate {
    private let operation: AtomicOperation
    private let operand: Operand
    private let computation: Word?
    private let store: Word

    /// The update whose load is the instruction being translated. Nil where something else follows, where a register of
    /// the update is its base as well, and where the manual leaves open what it does (DDI 0487, C6.2, STXR).
    init?(in translator: borrowing Translator, load: Word) {
        let loaded = load[Bits.rt]
        guard Self.mayBegin(with: load, in: translator), let second = translator.word(at: translator.pc &+ 4)
        else { return nil }
        if Self.isStore(second, to: load) {
            guard second[Bits.rt] != loaded else { return nil }
            self.init(.exchange, .register(second[Bits.rt]), nil, second)
            return
        }
        // Rows say which words are instructions at all.
        guard translator.instructions.row(of: second) >= 0, let computation = Computation(second, of: loaded),
            computation.isAsWide(as: load),
            second[Bits.rd] != load[Bits.rn], second[Bits.rd] != Register.zero,
            let third = translator.word(at: translator.pc &+ 8), Self.isStore(third, to: load),
            third[Bits.rt] == second[Bits.rd]
        else { return nil }
        self.init(computation.operation, computation.operand, second, third)
    }

    private init(_ operation: AtomicOperation, _ operand: Operand, _ computation: Word?, _ store: Word) {
        self.operation = operation
        self.operand = operand
        self.computation = computation
        self.store = store
    }

    /// Whether a load exclusive may be taken together with what follows it.
    static func mayBegin(with load: Word, in translator: borrowing Translator) -> Bool {
        !translator.builder.isOnlyFirstInstruction && load[Bits.rt] != Register.zero && load[Bits.rt] != load[Bits.rn]
    }

    /// Whether a word is the store exclusive of a load's size and base, with or without release.
    static func isStore(_ word: Word, to load: Word) -> Bool {
        let kind: UInt32 = 0xffe0_0000, isLoad: UInt32 = 1 << 22
        let status = word[Bits.rs]
        return (word.bits ^ load.bits) & kind == isLoad && word[Bits.rn] == load[Bits.rn] && status != word[Bits.rn]
            && status != word[Bits.rt]
    }

    /// Whether a word is a load exclusive of one register, as an update begins with.
    static func mayBegin(with word: UInt32) -> Bool { word & 0x3fe0_0000 == 0x0840_0000 }

    /// Translates all of it; the load is the instruction being translated.
    func translate(_ t: inout Translator, load: Word, _ access: LoadAccess) {
        let address = t.base(load[Bits.rn])
        let type: ValueType = access.attributes.byteCount == 8 ? .i64 : .i32
        let old = t.builder.atomicUpdate(
            operation, address, operand.value(&t), access.attributes.union(.aligned), type)
        t.set(load[Bits.rt], access, old)
        if let computation { t.advance(translating: computation) }
        t.advance()
        t.unlink()
        t.setConstant(store[Bits.rs], 0)
    }
}

extension ExclusiveUpdate {
    /// What memory is changed by.
    fileprivate enum Operand {
        case constant(Int64)
        case register(Int)
        /// The shifted or extended register of a word.
        case shifted(Word), extended(Word)
        indirect case negated(Operand, ValueType)
        indirect case inverted(Operand, ValueType)

        func value(_ t: inout Translator) -> Value {
            switch self {
            case .constant(let number): return t.builder.constant(number)
            case .register(let number): return t.get(number)
            case .shifted(let word): return t.shifted(word)
            case .extended(let word): return t.extended(word)
            case .negated(let operand, let type):
                let value = operand.value(&t)
                return t.builder.binary(.sub, t.builder.constant(0), value, type)
            case .inverted(let operand, let type):
                let value = operand.value(&t)
                return t.builder.binary(.xor, value, t.builder.constant(-1), type)
            }
        }
    }

    /// A computation that an atomic operation does to what was loaded.
    fileprivate struct Computation {
        let operation: AtomicOperation
        let operand: Operand
        private let type: ValueType

        private static let kind = Field(23, 6), opcode = Field(29, 2), isSubtraction = Field(30, 1)
        private static let isExtended = Field(21, 1), isInverted = Field(21, 1)
        /// Operations by their `opcode`; the last one sets flags.
        private static let logic: [AtomicOperation] = [.and, .or, .xor, .and]

        /// Nil for any other computation. Register 31 is not what was loaded.
        init?(_ word: Word, of loaded: Int) {
            type = word.type
            switch word[Self.kind] {
            case 0b100010 where word[Bits.rn] == loaded:
                let number = Int64(word[Bits.immediate12]) << (word[Bits.shift12] == 0 ? 0 : 12)
                operation = .add
                operand = .constant(word[Self.isSubtraction] == 0 ? number : -number)
            case 0b100100 where word[Bits.rn] == loaded && word[Bits.rd] != Register.sp:
                operation = Self.logic[word[Self.opcode]]
                operand = .constant(Logic.logicalImmediate(word))
            case 0b010110, 0b010111:
                let isSubtraction = word[Self.isSubtraction] != 0
                guard let other = Self.other(word, of: loaded, mayBeFirst: !isSubtraction) else { return nil }
                operation = .add
                operand = isSubtraction ? .negated(other, type) : other
            case 0b010100, 0b010101:
                let isInverted = word[Self.isInverted] != 0
                guard let other = Self.other(word, of: loaded, mayBeFirst: !isInverted) else { return nil }
                let plain = Self.logic[word[Self.opcode]]
                operation = isInverted && plain == .and ? .andNot : plain
                operand = isInverted && plain != .and ? .inverted(other, type) : other
            default: return nil
            }
        }

        /// What a computation on two registers combines with what was loaded; `mayBeFirst` where their order does not
        /// matter.
        private static func other(_ word: Word, of loaded: Int, mayBeFirst: Bool) -> Operand? {
            let isExtended = word[kind] | 1 == 0b010111 && word[isExtended] != 0
            if word[Bits.rn] == loaded {
                guard word[Bits.rm] != loaded else { return nil }
                return isExtended ? .extended(word) : .shifted(word)
            }
            guard mayBeFirst, !isExtended, word[Bits.rm] == loaded, word[Bits.amount] == 0 else { return nil }
            return .register(word[Bits.rn])
        }

        /// Whether it computes all that the load has read.
        func isAsWide(as load: Word) -> Bool { load[Bits.size] < 3 || type == .i64 }
    }
}
