import BSDUserCore

/// The fields of MIPS instruction words, each once (MIPS64 Architecture For Programmers, volume II-A, chapter 4).
enum Bits {
    static let rs = Field(21, 5), rt = Field(16, 5), rd = Field(11, 5), sa = Field(6, 5)
    static let immediate = Field(0, 16, signed: true), unsignedImmediate = Field(0, 16)
    static let target = Field(0, 26)
    /// The code of `syscall` and `break`, and that of the conditional traps.
    static let code = Field(6, 20), trapCode = Field(6, 10)
    /// Floating point: format and registers.
    static let format = Field(21, 5), ft = Field(16, 5), fs = Field(11, 5), fd = Field(6, 5), fr = Field(21, 5)
    static let shortFormat = Field(0, 3)
    /// Condition codes: of branches and moves, and of compares; the compare's predicate.
    static let cc = Field(18, 3), compareCC = Field(8, 3), predicate = Field(0, 4)
    static let function = Field(0, 6)
    static let opcode = Field(26, 6)
    static let implementation = Field(0, 25)
    static let immediate9 = Field(7, 9, signed: true)
}

/// Major opcodes that the translator looks ahead for (volume II-A, table A.2).
enum Opcodes {
    static let special = 0b000000, regimm = 0b000001, j = 0b000010, special3 = 0b011111
    static let beq = 0b000100, bne = 0b000101, bgtz = 0b000111, beql = 0b010100
    static let lb = 0b100000, lwu = 0b100111, ld = 0b110111
    static let ll = 0b110000, lld = 0b110100, sc = 0b111000, scd = 0b111100
    static let lwl = 0b100010, lwr = 0b100110, ldl = 0b011010, ldr = 0b011011
    static let swl = 0b101010, swr = 0b101110, sdl = 0b101100, sdr = 0b101101
}

extension Encoding {
    /// Opcode and function select the instruction in most classes, so they index the table.
    static let mips64 = Encoding(
        wordBits: 32, indexHigh: Bits.opcode, indexLow: Bits.function,
        fields: [
            NamedField("rs", Bits.rs), NamedField("rt", Bits.rt), NamedField("rd", Bits.rd), NamedField("sa", Bits.sa),
            NamedField("imm", Bits.immediate), NamedField("uimm", Bits.unsignedImmediate),
            NamedField("target", Bits.target), NamedField("code", Bits.code), NamedField("trapcode", Bits.trapCode),
            NamedField("ft", Bits.ft), NamedField("fs", Bits.fs), NamedField("fd", Bits.fd), NamedField("fr", Bits.fr),
            NamedField("cc", Bits.cc), NamedField("ccc", Bits.compareCC), NamedField("cond", Bits.predicate),
            NamedField("any", Bits.implementation),
        ])
}

/// What the translator must know of an instruction before it translates it, for delay slots.
struct Traits: OptionSet {
    let rawValue: UInt32

    /// Writes the register of the rd or rt field, `$31`, or a floating-point condition.
    static let writesRd = Traits(rawValue: 1)
    static let writesRt = Traits(rawValue: 2)
    static let writesRa = Traits(rawValue: 4)
    static let writesCondition = Traits(rawValue: 8)
    /// Transfers control: not allowed in a delay slot.
    static let branches = Traits(rawValue: 16)
    /// Places labels: values do not survive it.
    static let skips = Traits(rawValue: 32)
    /// Enters the kernel, which goes on after the instruction.
    static let entersKernel = Traits(rawValue: 64)
    /// Is `synci`.
    static let flushes = Traits(rawValue: 128)
}

/// A row of the MIPS tables.
func row(
    _ pattern: StaticString, _ name: StaticString, _ traits: Traits = [], except: [FieldExclusion] = [],
    _ translate: @escaping Instruction<Translator>.Translate
) -> Instruction<Translator> {
    Instruction(pattern, name, traits: traits.rawValue, except: except, translate)
}
