import BSDUserCore

/// Translates one block: walks the instructions and keeps what is known of registers and flags.
struct Translator: ~Copyable {
    /// Most guest instructions of a block.
    static let maximumInstructions = 128
    /// Most conditional branches after which a block goes on where they are not taken. What follows may be translated
    /// again as a block of its own, so the number is small.
    static let maximumContinuations = 3

    var builder: Builder
    let instructions: InstructionSet<Translator>
    let processor: Processor
    private let code: UnsafeRawPointer
    private let codeBytes: Int
    /// Address of the instruction being translated.
    private(set) var pc: UInt64
    /// The block has its last operation.
    var hasEnded = false
    /// What the condition flags are, as far as this block knows.
    var flags = FlagOrigin.stored
    /// The register file does not hold them: nothing that follows reads them there.
    var flagsAreUnstored = false
    /// Where the block's last load exclusive has read, while its base register has the same value.
    var link = ExclusiveLink.none
    /// Bytes from the block's start that its translation depends on.
    private var coveredBytes = 0
    private var continuations = 0
    /// General registers whose upper half is known to be zero.
    private var zeroExtended: UInt32 = 0
    /// General registers with a known value, and the values. Number 31 is the zero register.
    private var known: UInt32 = 1 << 31
    private let values: UnsafeMutablePointer<Int64>

    /// `values` is scratch for 32 numbers.
    init(
        _ builder: consuming Builder, _ instructions: InstructionSet<Translator>, _ processor: Processor,
        code: UnsafeRawPointer, codeBytes: Int, values: UnsafeMutablePointer<Int64>
    ) {
        pc = builder.pc
        self.builder = builder
        self.instructions = instructions
        self.processor = processor
        self.code = code
        self.codeBytes = codeBytes
        self.values = values
        values[Register.zero] = 0
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
        var count = 0
        let limit = builder.isOnlyFirstInstruction ? 1 : Translator.maximumInstructions
        while !hasEnded {
            guard count < limit, !builder.isNearlyFull, let word = word(at: pc) else {
                storeFlags()
                return end(goto: pc)
            }
            builder.mark(restart: pc)
            cover(pc)
            let row = instructions.row(of: word)
            if row >= 0 { instructions.translate(row, &self, word) } else { end(.illegalInstruction) }
            pc &+= 4
            count &+= 1
        }
    }

    /// Goes on to the next instruction, which is translated together with the current one.
    mutating func advance() {
        pc &+= 4
        builder.mark(restart: pc)
        cover(pc)
    }

    /// As `advance`, with a word that there is a row for.
    mutating func advance(translating word: Word) {
        advance()
        instructions.translate(instructions.row(of: word), &self, word)
    }

    /// The word at a guest address of the block, when it can be read.
    func word(at address: UInt64) -> Word? {
        let offset = address &- builder.pc
        guard offset < UInt64(codeBytes), offset &+ 4 <= UInt64(codeBytes) else { return nil }
        return Word(UInt32(littleEndian: code.loadUnaligned(fromByteOffset: Int(offset), as: UInt32.self)))
    }

    /// Makes the block depend on the instruction at an address that `word(at:)` could read.
    mutating func cover(_ address: UInt64) {
        coveredBytes = max(coveredBytes, Int(truncatingIfNeeded: address &- builder.pc) &+ 4)
        builder.byteCount = coveredBytes
    }

    /// Counts a branch that the block goes on after; false when there were enough.
    mutating func mayContinue() -> Bool {
        continuations &+= 1
        return continuations <= Translator.maximumContinuations
    }

    // MARK: Ends and labels

    mutating func end(goto address: UInt64) {
        builder.goto(address)
        hasEnded = true
    }

    mutating func end(_ reason: ExitReason, _ argument: Value) {
        builder.exit(reason, argument)
        hasEnded = true
    }

    mutating func end(_ reason: ExitReason) { end(reason, builder.constant(0)) }

    mutating func end(jump target: Value) {
        builder.jump(target)
        hasEnded = true
    }

    mutating func end(returnTo target: Value) {
        builder.returnTo(target)
        hasEnded = true
    }

    /// Places a label. No value survives it: flags that the register file does not hold are dead by then, as
    /// `flagsAreWanted` has found.
    mutating func place(_ label: Label) {
        builder.place(label)
        flags = .stored
        flagsAreUnstored = false
    }

    // MARK: Calls

    /// Calls a function. The block goes on where that returns to, but for a call of what follows, by which
    /// position-independent code finds out where it is.
    mutating func call(_ address: UInt64) {
        let next = pc &+ 4
        if address == next { return end(goto: next) }
        let continues = mayContinueBehindCall
        builder.call(address, returningTo: next, continues: continues)
        passCall(continues)
    }

    mutating func call(_ target: Value) {
        let continues = mayContinueBehindCall
        builder.call(target, returningTo: pc &+ 4, continues: continues)
        passCall(continues)
    }

    private var mayContinueBehindCall: Bool {
        !builder.isOnlyFirstInstruction && !builder.isNearlyFull && word(at: pc &+ 4) != nil
    }

    /// Nothing is known behind a call.
    private mutating func passCall(_ continues: Bool) {
        hasEnded = !continues
        flags = .stored
        flagsAreUnstored = false
        link = .none
        zeroExtended = 0
        known = bit(Register.zero)
        continuations = 0
    }

    mutating func constant(address: UInt64) -> Value { builder.constant(Int64(bitPattern: address)) }

    // MARK: General registers

    /// The value of a general register; number 31 is zero.
    mutating func get(_ number: Int) -> Value {
        if known & bit(number) != 0 { return builder.constant(values[number]) }
        return builder.get(.general(number))
    }

    /// The value of a general register; number 31 is the stack pointer.
    mutating func getOrSP(_ number: Int) -> Value {
        number == Register.sp ? builder.get(.sp) : get(number)
    }

    /// Writes a general register; a 32-bit value is zero-extended. Number 31 stays 0.
    mutating func set(_ number: Int, _ value: Value, _ type: ValueType = .i64) {
        guard number != Register.zero else { return }
        if type == .i32 { return setExtended(number, builder.unary(.zeroExtend32, value)) }
        builder.put(.general(number), value)
        if !link.outlives(writing: number) { link = .none }
        known &= ~bit(number)
        zeroExtended &= ~bit(number)
    }

    /// Writes a value whose upper half is known to be zero.
    mutating func setExtended(_ number: Int, _ value: Value) {
        guard number != Register.zero else { return }
        set(number, value)
        zeroExtended |= bit(number)
    }

    /// The base register of an access. As a base a stack pointer that is no multiple of 16 is a fault: FreeBSD sets
    /// SCTLR_EL1.SA0 (`SCTLR_SET`, sys/arm64/include/armreg.h). Only code that is executed step by step
    /// (`AArch64.mustStep`) can meet one.
    mutating func base(_ number: Int) -> Value {
        guard number == Register.sp else { return get(number) }
        let pointer = builder.get(.sp)
        if builder.isOnlyFirstInstruction {
            builder.exitIf(builder.binary(.and, pointer, builder.constant(15)), .misalignedStackPointer)
        }
        return pointer
    }

    /// Writes a general register; number 31 is the stack pointer, and nothing of the instruction may follow.
    mutating func setOrSP(
        _ number: Int, _ value: Value, _ type: ValueType = .i64, keepsAlignment: Bool = false
    ) {
        guard number == Register.sp else { return set(number, value, type) }
        let pointer = type == .i32 ? builder.unary(.zeroExtend32, value) : value
        builder.put(.sp, pointer)
        if !link.outlives(writing: Register.sp) { link = .none }
        if keepsAlignment || builder.isOnlyFirstInstruction { return }
        // With a stack pointer that is no multiple of 16 it goes on step by step.
        storeFlags()
        builder.mark(restart: pc &+ 4)
        builder.exitIf(builder.binary(.and, pointer, builder.constant(15)), .interrupt)
    }

    /// Writes a constant, truncated to the type.
    mutating func setConstant(_ number: Int, _ value: Int64, _ type: ValueType = .i64) {
        guard number != Register.zero else { return }
        let value = type == .i32 ? Int64(UInt32(truncatingIfNeeded: value)) : value
        set(number, builder.constant(value))
        known |= bit(number)
        values[number] = value
        if value >= 0 && value <= Int64(UInt32.max) { zeroExtended |= bit(number) }
    }

    /// Copies a register.
    mutating func move(_ destination: Int, from source: Int, _ type: ValueType) {
        if let value = constant(source) { return setConstant(destination, value, type) }
        let isExtended = isZeroExtended(source)
        if type == .i32 && !isExtended { return set(destination, get(source), .i32) }
        guard destination != source else { return }
        let value = get(source)
        if isExtended { setExtended(destination, value) } else { set(destination, value) }
    }

    /// The register's value when it is known.
    func constant(_ number: Int) -> Int64? { known & bit(number) != 0 ? values[number] : nil }

    func isZeroExtended(_ number: Int) -> Bool { zeroExtended & bit(number) != 0 }

    /// The register's low 32 bits, zero-extended.
    mutating func getUnsigned32(_ number: Int) -> Value {
        let value = get(number)
        return isZeroExtended(number) ? value : builder.unary(.zeroExtend32, value)
    }

    private func bit(_ number: Int) -> UInt32 { 1 << UInt32(truncatingIfNeeded: number) }
}
