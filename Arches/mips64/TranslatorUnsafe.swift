import BSDUserCore

/// Translates one block: walks the instructions, keeps what is known of registers, and handles delay slots.
struct Translator: ~Copyable {
    /// Most guest instructions of a block.
    static let maximumInstructions = 128
    /// Most branches after which a block goes on where they are not taken. What follows may be translated again as a
    /// block of its own, so the number is small.
    static let maximumContinuations = 3

    var builder: Builder
    private let instructions: InstructionSet<Translator>
    private let code: UnsafeRawPointer
    private let codeBytes: Int
    /// Address of the instruction being translated; in a delay slot, that of the slot.
    private(set) var pc: UInt64
    private(set) var inDelaySlot = false
    /// The block has its last operation.
    var hasEnded = false
    /// Instructions behind the current one that have been translated with it.
    private var passedInstructions = 0
    /// Branches that the block goes on after.
    private var continuations = 0
    /// Where a load linked of the block has read, as long as the registers still say it.
    var link = Link.none
    /// The last update of memory by load linked and store conditional that the block has come to.
    var update = MemoryUpdate.none
    /// Instructions to come that earlier ones of the block have done: bit `address / 4 % 64`.
    private var doneInstructions: UInt64 = 0
    /// General registers whose value is known to be the sign extension of its low 32 bits.
    private var signExtended: UInt32 = 1
    /// General registers with a known value, and the values.
    private var known: UInt32 = 1
    private let values: UnsafeMutablePointer<Int64>

    /// `values` is scratch for 32 numbers.
    init(
        _ builder: consuming Builder, _ instructions: InstructionSet<Translator>, code: UnsafeRawPointer,
        codeBytes: Int,
        values: UnsafeMutablePointer<Int64>
    ) {
        pc = builder.pc
        self.builder = builder
        self.instructions = instructions
        self.code = code
        self.codeBytes = codeBytes
        self.values = values
        values[0] = 0
    }

    /// Gives the builder back.
    consuming func finish() -> Builder { builder }

    // MARK: Walking

    /// Translates instructions until the block ends.
    mutating func run() {
        guard pc & 3 == 0 else {
            builder.mark(restart: pc)
            return end(.fetchFault, builder.constant(Int64(bitPattern: pc)))
        }
        while !hasEnded {
            // An update stays together: it may owe a barrier.
            let mayEnd = pc >= update.end
            let isFull = pc >= firstBeyond || builder.isNearlyFull
            guard !(mayEnd && isFull), let word = word(at: pc) else { return end(goto: pc) }
            builder.mark(restart: pc)
            passedInstructions = 0
            builder.byteCount = Int(truncatingIfNeeded: pc &- builder.pc) &+ 4
            translate(word, instructions.row(of: word))
            pc &+= UInt64(4 &+ 4 &* passedInstructions)
        }
    }

    private mutating func translate(_ word: Word, _ row: Int) {
        if doneInstructions & instructionBit(pc) != 0 {
            doneInstructions ^= instructionBit(pc)
            return
        }
        guard row >= 0 else { return end(.illegalInstruction) }
        instructions.translate(row, &self, word)
    }

    /// The word at a guest address of the block, when it can be read.
    func word(at address: UInt64) -> Word? {
        let offset = Int(truncatingIfNeeded: address &- builder.pc)
        guard offset &+ 4 <= codeBytes else { return nil }
        return Word(UInt32(bigEndian: code.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    /// The address at which the block has its most instructions.
    private var firstBeyond: UInt64 { builder.pc &+ UInt64(4 &* Translator.maximumInstructions) }

    /// Whether a word has a row: the others are reserved instructions.
    func isInstruction(_ word: Word) -> Bool { instructions.row(of: word) >= 0 }

    /// The register that an instruction writes which computes from general registers and can do nothing else; nil for
    /// every other instruction and for what is none.
    func computedRegister(_ word: Word) -> Int? { isInstruction(word) ? word.computedRegister : nil }

    /// Whether the block surely holds an instruction to which computations and loads lead from here. Each makes fewer than
    /// 32 operations.
    func reaches(_ address: UInt64) -> Bool {
        address < firstBeyond && builder.hasRoom(for: 32 &* (Int(truncatingIfNeeded: address &- pc) / 4 &+ 1))
    }

    /// The current instruction does the work of one that the block `reaches`, fewer than 64 words ahead.
    mutating func passOver(_ address: UInt64) { doneInstructions |= instructionBit(address) }

    private func instructionBit(_ address: UInt64) -> UInt64 { 1 &<< (address &>> 2) }

    /// Whether the block may go on after a forward branch that is not taken.
    var mayContinue: Bool { continuations < Translator.maximumContinuations || pc < update.end }

    /// Goes on after the delay slot of the branch at `pc`.
    mutating func continuePastSlot() {
        continuations &+= 1
        goPastSlot()
    }

    /// Goes on after the delay slot of a branch at `pc` that is not taken.
    mutating func goPastSlot() { passedInstructions = 1 }

    /// The delay slot's word. When it cannot be read the block ends before the branch, or, when the branch is the
    /// block's first instruction, with the fault of fetching the slot.
    mutating func delaySlot() -> DelaySlot? {
        if inDelaySlot {
            // A branch in a delay slot is UNPREDICTABLE (volume I, 5.3.2.1); reserved, as in release 6.
            end(.illegalInstruction)
            return nil
        }
        guard let word = word(at: pc &+ 4) else {
            if pc != builder.pc {
                builder.byteCount &-= 4
                end(goto: pc)
            } else {
                builder.mark(restart: pc, inDelaySlot: true)
                end(.fetchFault, builder.constant(Int64(bitPattern: pc &+ 4)))
            }
            return nil
        }
        builder.byteCount &+= 4
        let row = instructions.row(of: word)
        let traits = row < 0 ? [] : Traits(rawValue: instructions.traits(of: row))
        return DelaySlot(word: word, row: row, traits: traits)
    }

    /// Translates the delay slot of the branch at `pc`.
    mutating func translate(_ slot: DelaySlot) {
        if slot.traits.contains(.flushes) { return }
        builder.mark(restart: pc, inDelaySlot: true)
        inDelaySlot = true
        pc &+= 4
        translate(slot.word, slot.row)
        pc &-= 4
        inDelaySlot = false
    }

    // MARK: Calls

    /// Calls a function by the branch at `pc`. Where it may the block goes on behind the delay slot, where the function
    /// returns to.
    mutating func call(_ address: UInt64) {
        let continues = mayContinueBehindCall
        builder.call(address, returningTo: pc &+ 8, continues: continues)
        passCall(continues)
    }

    /// As `call(_:)` of a known address.
    mutating func call(_ target: Value) {
        let continues = mayContinueBehindCall
        builder.call(target, returningTo: pc &+ 8, continues: continues)
        passCall(continues)
    }

    private var mayContinueBehindCall: Bool {
        !builder.isOnlyFirstInstruction && !builder.isNearlyFull && pc >= update.end && word(at: pc &+ 8) != nil
    }

    /// Goes on behind the delay slot of the call at `pc`, or ends the block. Nothing is known there.
    private mutating func passCall(_ continues: Bool) {
        guard continues else {
            hasEnded = true
            return
        }
        link = .none
        signExtended = 1
        known = 1
        continuations = 0
        goPastSlot()
    }

    // MARK: Ends

    mutating func end(goto address: UInt64) {
        builder.goto(address)
        hasEnded = true
    }

    mutating func end(_ reason: ExitReason, _ argument: Value) {
        builder.exit(reason, argument)
        hasEnded = true
    }

    mutating func end(_ reason: ExitReason) { end(reason, builder.constant(0)) }

    // MARK: General registers

    /// The value of a general register.
    mutating func get(_ number: Int) -> Value {
        if known & bit(number) != 0, let small = Value(constant: values[number]) { return small }
        return builder.get(.general(number))
    }

    /// Writes a general register; `$0` stays 0.
    mutating func set(_ number: Int, _ value: Value) {
        guard number != 0 else { return }
        builder.put(.general(number), value)
        known &= ~bit(number)
        signExtended &= ~bit(number)
        if !link.outlives(writing: number) { link = .none }
    }

    /// Writes the sign extension of a 32-bit value.
    mutating func set32(_ number: Int, _ value: Value) {
        guard number != 0 else { return }
        setExtended(number, builder.unary(.signExtend32, value))
    }

    /// Writes a value that is known to be sign-extended from 32 bits.
    mutating func setExtended(_ number: Int, _ value: Value) {
        guard number != 0 else { return }
        set(number, value)
        signExtended |= bit(number)
    }

    /// Writes a constant.
    mutating func setConstant(_ number: Int, _ value: Int64) {
        guard number != 0 else { return }
        set(number, builder.constant(value))
        known |= bit(number)
        values[number] = value
        if value == Int64(Int32(truncatingIfNeeded: value)) { signExtended |= bit(number) }
    }

    /// The register's value when it is known.
    func constant(_ number: Int) -> Int64? { known & bit(number) != 0 ? values[number] : nil }

    func isSignExtended(_ number: Int) -> Bool { signExtended & bit(number) != 0 }

    /// The register's low 32 bits, sign-extended.
    mutating func getSigned32(_ number: Int) -> Value {
        let value = get(number)
        return isSignExtended(number) ? value : builder.unary(.signExtend32, value)
    }

    /// The register's low 32 bits, zero-extended.
    mutating func getUnsigned32(_ number: Int) -> Value { builder.unary(.zeroExtend32, get(number)) }

    private func bit(_ number: Int) -> UInt32 { 1 << UInt32(truncatingIfNeeded: number) }
}

/// The instruction in a branch's delay slot.
struct DelaySlot {
    let word: Word
    /// Number of its row, or -1.
    let row: Int
    let traits: Traits

    /// Whether it writes the register (a general one, or a condition code).
    func writes(_ register: Int) -> Bool {
        if register >= Register.condition0 { return traits.contains(.writesCondition) }
        guard register != 0 else { return false }
        return traits.contains(.writesRd) && word[Bits.rd] == register
            || traits.contains(.writesRt) && word[Bits.rt] == register
            || traits.contains(.writesRa) && register == Register.ra
    }
}
