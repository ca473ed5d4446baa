import BSDUserCore

/// What is known of an instruction by its word alone, for the translator's looks ahead (volume II-A, tables A.2 to A.6). That
/// the word is no reserved one its row says (`Translator.isInstruction`).
extension Word {
    /// The register that an instruction writes which computes from general registers and can do nothing else; nil for
    /// every other instruction.
    var computedRegister: Int? {
        switch (self[Bits.opcode], self[Bits.function]) {
        // Shifts, movz and movn, sums, differences, logic and comparisons of two registers.
        case (0, 0x00), (0, 0x02...0x04), (0, 0x06...0x07), (0, 0x0a...0x0b), (0, 0x14), (0, 0x16...0x17), (0, 0x21),
            (0, 0x23...0x27), (0, 0x2a...0x2b), (0, 0x2d), (0, 0x2f), (0, 0x38), (0, 0x3a...0x3c), (0, 0x3e...0x3f):
            self[Bits.rd]
        // addiu to lui, and daddiu.
        case (0x09...0x0f, _), (0x19, _): self[Bits.rt]
        // Fields of a register. What would not lie inside it is reserved (Shifts.swift); dext and dinsm always do.
        case (0x1f, 0x00...0x02): self[Bits.sa] + self[Bits.rd] < 32 ? self[Bits.rt] : nil
        case (0x1f, 0x03), (0x1f, 0x05): self[Bits.rt]
        case (0x1f, 0x04), (0x1f, 0x06...0x07): self[Bits.sa] <= self[Bits.rd] ? self[Bits.rt] : nil
        // Bytes in another order, or with their sign.
        case (0x1f, 0x20), (0x1f, 0x24): self[Bits.rd]
        default: nil
        }
    }

    /// The general register that a load writes, but for load linked; nil for every other instruction.
    var loadedRegister: Int? {
        switch self[Bits.opcode] {
        // ldl and ldr, lb to lwu, ld.
        case 0x1a...0x1b, 0x20...0x27, 0x37: self[Bits.rt]
        default: nil
        }
    }

    /// A jump or a branch that links nothing and whose delay slot is executed whether it is taken or not.
    var isPlainBranch: Bool {
        switch self[Bits.opcode] {
        case 0: self[Bits.function] == 0x08
        case 1: self[Bits.rt] <= 1
        case 2, 4...7: true
        default: false
        }
    }

    /// Whether one of the fields for operands names the register: only `rs` and `rt` are read.
    func mayRead(_ register: Int) -> Bool { self[Bits.rs] == register || self[Bits.rt] == register }
}
