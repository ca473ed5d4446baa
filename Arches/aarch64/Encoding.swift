import BSDUserCore

/// The fields of A64 instruction words, each once (Arm Architecture Reference Manual, DDI 0487, C4 and C6).
enum Bits {
    static let rd = Field(0, 5), rn = Field(5, 5), rm = Field(16, 5), ra = Field(10, 5)
    static let rt = Field(0, 5), rt2 = Field(10, 5), rs = Field(16, 5)
    /// 1 for the 64-bit form.
    static let sf = Field(31, 1)
    static let immediate12 = Field(10, 12), shift12 = Field(22, 1)
    /// Shifted and extended registers.
    static let shiftType = Field(22, 2), amount = Field(10, 6), option = Field(13, 3), extendAmount = Field(10, 3)
    /// Logical immediates and bit fields.
    static let n = Field(22, 1), immr = Field(16, 6), imms = Field(10, 6)
    static let immediate16 = Field(5, 16), halfword = Field(21, 2)
    static let immediateHigh = Field(5, 19, signed: true), immediateLow = Field(29, 2)
    /// Branches.
    static let immediate26 = Field(0, 26, signed: true), immediate19 = Field(5, 19, signed: true)
    static let immediate14 = Field(5, 14, signed: true), bitHigh = Field(31, 1), bitLow = Field(19, 5)
    /// Conditions, and the flags of conditional comparisons.
    static let condition = Field(12, 4), branchCondition = Field(0, 4), nzcv = Field(0, 4), immediate5 = Field(16, 5)
    /// Loads and stores.
    static let size = Field(30, 2), immediate9 = Field(12, 9, signed: true), immediate7 = Field(15, 7, signed: true)
    static let scaled = Field(12, 1), pointerKey = Field(23, 1), immediate10High = Field(22, 1)
    static let acquire = Field(23, 1), release = Field(22, 1)
    /// System instructions: op1, CRn, CRm, op2, and all of a register's name.
    static let crm = Field(8, 4), op2 = Field(5, 3), systemRegister = Field(5, 15), rmifAmount = Field(15, 6)
    /// Floating point and vectors: double precision; the size of lanes; 128-bit vectors; scalars rather than vectors.
    static let double = Field(22, 1), laneSize = Field(22, 2), full = Field(30, 1), isScalar = Field(28, 1)
    static let roundingMode = Field(19, 2), immediate8 = Field(13, 8), scale = Field(10, 6)
    /// Elements: number and size in one, index, the parts of an index with a register number of four bits.
    static let place = Field(16, 5), elementIndex = Field(11, 4), low = Field(21, 1), middle = Field(20, 1)
    static let high = Field(11, 1), rmLow = Field(16, 4), tableLength = Field(13, 2)
    /// Shifts by immediates, constants in instructions.
    static let shiftHigh = Field(19, 4), shiftPlace = Field(16, 7), constantHigh = Field(16, 3),
        constantLow = Field(5, 5)
    static let constantMode = Field(12, 4)
    /// Structures: lane size; the bit that with it numbers a lane.
    static let structureSize = Field(10, 2), laneLow = Field(12, 1), isIndexed = Field(23, 1)
    /// Rotations of complex numbers.
    static let rotation = Field(11, 2), rotationOfElement = Field(13, 2), rotationOfSum = Field(12, 1)
    /// The two groups of bits that index the decode table.
    static let indexHigh = Field(21, 11), indexLow = Field(10, 2)
}

extension Encoding {
    static let aarch64 = Encoding(
        wordBits: 32, indexHigh: Bits.indexHigh, indexLow: Bits.indexLow,
        fields: [
            NamedField("rd", Bits.rd), NamedField("rn", Bits.rn), NamedField("rm", Bits.rm), NamedField("ra", Bits.ra),
            NamedField("rt", Bits.rt), NamedField("rt2", Bits.rt2), NamedField("rs", Bits.rs),
            NamedField("sf", Bits.sf), NamedField("imm12", Bits.immediate12), NamedField("sh", Bits.shift12),
            NamedField("shift", Bits.shiftType), NamedField("imm6", Bits.amount), NamedField("option", Bits.option),
            NamedField("imm3", Bits.extendAmount), NamedField("n", Bits.n), NamedField("immr", Bits.immr),
            NamedField("imms", Bits.imms), NamedField("imm16", Bits.immediate16), NamedField("hw", Bits.halfword),
            NamedField("immhi", Bits.immediateHigh), NamedField("immlo", Bits.immediateLow),
            NamedField("imm26", Bits.immediate26), NamedField("imm19", Bits.immediate19),
            NamedField("imm14", Bits.immediate14), NamedField("b5", Bits.bitHigh), NamedField("b40", Bits.bitLow),
            NamedField("cond", Bits.condition), NamedField("bcond", Bits.branchCondition),
            NamedField("nzcv", Bits.nzcv), NamedField("imm5", Bits.immediate5), NamedField("size", Bits.size),
            NamedField("imm9", Bits.immediate9), NamedField("imm7", Bits.immediate7), NamedField("s", Bits.scaled),
            NamedField("crm", Bits.crm), NamedField("op2", Bits.op2), NamedField("sysreg", Bits.systemRegister),
            NamedField("a", Bits.acquire), NamedField("r", Bits.release), NamedField("rmif", Bits.rmifAmount),
            NamedField("sz", Bits.double), NamedField("lane", Bits.laneSize), NamedField("q", Bits.full),
            NamedField("imm8", Bits.immediate8), NamedField("scale", Bits.scale), NamedField("place", Bits.place),
            NamedField("index", Bits.elementIndex), NamedField("l", Bits.low), NamedField("m", Bits.middle),
            NamedField("h", Bits.high), NamedField("rml", Bits.rmLow), NamedField("len", Bits.tableLength),
            NamedField("immh", Bits.shiftHigh), NamedField("immb", Bits.constantHigh),
            NamedField("abc", Bits.constantHigh), NamedField("defgh", Bits.constantLow),
            NamedField("ssize", Bits.structureSize), NamedField("lanelow", Bits.laneLow),
            NamedField("rot", Bits.rotation), NamedField("erot", Bits.rotationOfElement),
            NamedField("srot", Bits.rotationOfSum),
        ])
}

extension Word {
    /// The width that the `sf` bit selects.
    var type: ValueType { self[Bits.sf] == 0 ? .i32 : .i64 }
}

/// What the translator must know of an instruction before it translates it, to find out whether flags are wanted.
struct Traits: OptionSet {
    let rawValue: UInt32

    /// Reads NZCV; writes all of it.
    static let readsFlags = Traits(rawValue: 1)
    static let writesFlags = Traits(rawValue: 2)
    /// Values do not survive it: it places labels, ends the block and goes on behind it, or may fault without being one of
    /// the loads and stores.
    static let skips = Traits(rawValue: 4)
    /// Branches to `imm26`; to `imm19`; to `imm14`. The latter two go on behind the instruction as well.
    static let branches26 = Traits(rawValue: 8)
    static let branches19 = Traits(rawValue: 16)
    static let branches14 = Traits(rawValue: 32)
    /// Where execution goes on is not known, or the kernel sees the flags.
    static let leaves = Traits(rawValue: 64)
}

/// Combinations of fields that the manual reserves.
enum Reserved {
    private static let top = Field(15, 1), topOfRotation = Field(21, 1), highHalfword = Field(22, 1)

    /// Shift amounts and bit numbers of 32 and more in 32 bits; with rotations for arithmetic.
    static let longShift: [FieldExclusion] = [.not(top, 1, where: Bits.sf, 0)]
    static let arithmeticShift = longShift + [.not(Bits.shiftType, 3)]
    /// Extended registers are shifted by at most 4.
    static let extendAmount: [FieldExclusion] = (5...7).map { .not(Bits.extendAmount, $0) }
    /// The index of an access is a word or doubleword.
    static let indexExtension: [FieldExclusion] = [.not(Field(14, 1), 0)]
    /// Bit fields: N is the width, and bit numbers stay below it.
    static let bitField: [FieldExclusion] =
        longShift + [
            .not(Bits.n, 1, where: Bits.sf, 0), .not(Bits.n, 0, where: Bits.sf, 1),
            .not(topOfRotation, 1, where: Bits.sf, 0),
        ]
    static let extraction = Array(bitField.dropLast())
    static let halfword: [FieldExclusion] = [.not(highHalfword, 1, where: Bits.sf, 0)]
    /// Logical immediates of 64-bit elements in 32 bits, of one-bit elements, and of elements all of ones.
    static let logicalImmediate: [FieldExclusion] =
        [.not(Bits.n, 1, where: Bits.sf, 0), .not(Bits.imms, 0b111111)]
        + [0b111110, 0b111101, 0b111011, 0b110111, 0b101111, 0b011111].map { .not(Bits.imms, $0, where: Bits.n, 0) }
    /// Registers of a pair are an even one and the next.
    static let oddPair: [FieldExclusion] = [.not(Field(16, 1), 1), .not(Field(0, 1), 1)]
}

/// Combinations that the manual reserves for vectors: sizes of lanes that an operation does not have, and a single lane of
/// 64 bits that is not called a scalar.
extension Reserved {
    private static let greatLane = Field(23, 1), doubleShift = Field(22, 1)

    static let doubleLanes: [FieldExclusion] = [.not(Bits.laneSize, 3)]
    static let greatLanes: [FieldExclusion] = [.not(greatLane, 1)]
    static let byteAndDoubleLanes: [FieldExclusion] = [.not(Bits.laneSize, 0), .not(Bits.laneSize, 3)]
    static let lowDouble: [FieldExclusion] = [.not(Bits.laneSize, 3, where: Bits.full, 0)]
    /// Two lanes are a pair, for which there are other instructions.
    static let acrossLanes = doubleLanes + [.not(Bits.laneSize, 2, where: Bits.full, 0)]
    static let complexLanes = [.not(Bits.laneSize, 0)] + lowDouble
    /// A register of 64 bits has two pairs of half precision.
    static let lowHalfPairs: [FieldExclusion] = [.not(Bits.high, 1, where: Bits.full, 0)]
    static let lowDoubleFloat: [FieldExclusion] = [.not(Bits.double, 1, where: Bits.full, 0)]
    /// The number of a lane of 64 bits has no lower bit.
    static let doubleElement: [FieldExclusion] = [.not(Bits.low, 1, where: Bits.double, 1)]
    static let lowDoubleElement = doubleElement + lowDoubleFloat
    static let lowDoubleStructure: [FieldExclusion] = [.not(Bits.structureSize, 3, where: Bits.full, 0)]
    static let lowBytes: [FieldExclusion] = [.not(Field(14, 1), 1, where: Bits.full, 0)]

    // Shifts: 0 in `immh` is vectors of constants, or reserved.
    static let noShiftLane: [FieldExclusion] = [.not(Bits.shiftHigh, 0)]
    static let shift = noShiftLane + [.not(doubleShift, 1, where: Bits.full, 0)]
    static let scalarShift: [FieldExclusion] = [.not(doubleShift, 0)]
    static let wideShift = noShiftLane + [.not(doubleShift, 1)]
    /// Fixed point has 32 or 64 bits; in a general register of 32 bits, a fraction of at most as many.
    static let scalarFixedPoint: [FieldExclusion] = [.not(Field(21, 2), 0)]
    static let fixedPoint = scalarFixedPoint + [.not(doubleShift, 1, where: Bits.full, 0)]
    static let scale: [FieldExclusion] = [.not(Field(15, 1), 0, where: Bits.sf, 0)]

    // Single elements: the lowest bit set in `imm5` tells the size. A general register has room for what it takes.
    private static let element = Field(16, 4), smallElement = Field(16, 3)
    static let noElement: [FieldExclusion] = [.not(element, 0)]
    static let lowDoubleElements = noElement + [.not(element, 8, where: Bits.full, 0)]
    static let signedElements: [FieldExclusion] = [
        .not(smallElement, 0), .not(smallElement, 4, where: Bits.full, 0),
    ]
    static let unsignedElements: [FieldExclusion] =
        [.not(smallElement, 0, where: Bits.full, 0), .not(element, 0, where: Bits.full, 1)]
        + (16...18).map { .not(Field($0, 1), 1, where: Bits.full, 1) }
}

/// A row of the A64 tables.
func row(
    _ pattern: StaticString, _ name: StaticString, _ traits: Traits, except: [FieldExclusion] = [],
    _ translate: @escaping Instruction<Translator>.Translate
) -> Instruction<Translator> {
    Instruction(pattern, name, traits: traits.rawValue, except: except, translate)
}

/// A row that neither has to do with flags nor branches.
func row(
    _ pattern: StaticString, _ name: StaticString, except: [FieldExclusion] = [],
    _ translate: @escaping Instruction<Translator>.Translate
) -> Instruction<Translator> {
    Instruction(pattern, name, except: except, translate)
}
