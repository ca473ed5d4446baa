import BSDUserCore

/// What is known of an instruction by its word alone, for the translator's looks ahead (volume II-A, tables A.2 to A.6).
/// Of words that are no instructions at all nothing is said (`Translator.isInstruction`).
extension Word {
    /// The register that an instruction writes which computes from general registers and can do nothing else; nil for
    /// every other one.
    var computedRegister: Int? {
        switch (self[Bits.opcode], self[Bits.function]) {
        // Shifts, movz and movn, sums, differences, logic and comparisons of two registers.
        case (Opcodes.special, 0x00), (Opcodes.special, 0x02...0x04), (Opcodes.special, 0x06...0x07),
            (Opcodes.special, 0x0a...0x0b), (Opcodes.special, 0x14), (Opcodes.special, 0x16...0x17),
            (Opcodes.special, 0x21), (Opcodes.special, 0x23...0x27), (Opcodes.special, 0x2a...0x2b),
            (Opcodes.special, 0x2d), (Opcodes.special, 0x2f), (Opcodes.special, 0x38), (Opcodes.special, 0x3a...0x3c),
            (Opcodes.special, 0x3e...0x3f):
            self[Bits.rd]
        // addiu to lui, and daddiu.
        case (0x09...0x0f, _), (0x19, _): self[Bits.rt]
        // ext, ins and their kin.
        case (Opcodes.special3, 0x00...0x07): holdsField ? self[Bits.rt] : nil
        // Bytes in another order, or with their sign.
        case (Opcodes.special3, 0x20), (Opcodes.special3, 0x24): self[Bits.rd]
        default: nil
        }
    }

    /// The general register that a load writes, but for load linked; nil for every other instruction.
    var loadedRegister: Int? {
        switch self[Bits.opcode] {
        case Opcodes.ldl...Opcodes.ldr, Opcodes.lb...Opcodes.lwu, Opcodes.ld: self[Bits.rt]
        default: nil
        }
    }

    /// Whether the field of an instruction of the `ext` and `ins` families lies inside the register. Elsewhere it is
    /// UNPREDICTABLE (volume II-A, EXT, DEXTM, INS and their kin); such words are reserved here.
    var holdsField: Bool {
        switch self[Bits.function] {
        // ext, dextm and dextu: the number of the lowest bit, and the width less 1; of one of them less 32.
        case 0...2: self[Bits.sa] + self[Bits.rd] < 32
        // dext and dinsm: no numbers that do not fit.
        case 3, 5: true
        // ins, dinsu and dins: the numbers of the lowest and of the highest bit.
        default: self[Bits.sa] <= self[Bits.rd]
        }
    }

    /// A jump or a branch that links nothing and whose delay slot is executed whether it is taken or not.
    var isPlainBranch: Bool {
        switch self[Bits.opcode] {
        // jr.
        case Opcodes.special: self[Bits.function] == 0x08
        // bltz and bgez.
        case Opcodes.regimm: self[Bits.rt] <= 1
        case Opcodes.j, Opcodes.beq...Opcodes.bgtz: true
        default: false
        }
    }

    /// Whether one of the fields for operands names a general register. Of what `computedRegister` and `loadedRegister` know
    /// nothing else is read but the register that is written.
    func mayRead(_ register: Int) -> Bool { self[Bits.rs] == register || self[Bits.rt] == register }
}
