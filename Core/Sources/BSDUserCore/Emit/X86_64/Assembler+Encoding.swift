/// The opcode map: the escape bytes of a legacy instruction, the mmmmm field of VEX and EVEX.
enum OpcodeMap: UInt8 {
    case primary, escape0F, escape0F38, escape0F3A
}

/// The mandatory prefix: a legacy byte, the pp field of VEX and EVEX.
enum OpcodePrefix: UInt8 {
    case none, prefix66, prefixF3, prefixF2

    @inline(__always) var legacyByte: UInt8 {
        switch self {
        case .none: 0
        case .prefix66: 0x66
        case .prefixF3: 0xF3
        case .prefixF2: 0xF2
        }
    }
}

/// Intel SDM volume 2, chapter 2: prefixes, REX, ModRM and SIB.
extension Assembler {
    /// A legacy instruction with two registers (or a register and an opcode extension in `reg`).
    /// `needsREX`: a byte operand that is spl, bpl, sil or dil.
    @inline(__always)
    mutating func encode(
        _ opcode: UInt8, map: OpcodeMap = .primary, prefix: OpcodePrefix = .none, _ width: Width, reg: UInt8,
        rm: UInt8, needsREX: Bool = false
    ) {
        emitLegacyPrefixes(prefix, width)
        emitREX(width, reg: reg, indexExtension: 0, baseExtension: rm &>> 3, needsREX: needsREX)
        emitOpcode(opcode, map)
        emit8(0xC0 | (reg & 7) &<< 3 | rm & 7)
    }

    /// A legacy instruction with a register (or an opcode extension) and a memory operand.
    @inline(__always)
    mutating func encode(
        _ opcode: UInt8, map: OpcodeMap = .primary, prefix: OpcodePrefix = .none, _ width: Width, reg: UInt8,
        _ address: Address, needsREX: Bool = false
    ) {
        if address.is32Bit { emit8(0x67) }
        emitLegacyPrefixes(prefix, width)
        emitREX(
            width, reg: reg, indexExtension: address.indexExtension, baseExtension: address.baseExtension,
            needsREX: needsREX)
        emitOpcode(opcode, map)
        emitModRM(reg: reg, address, displacementUnitLog2: 0)
    }

    @inline(__always)
    private mutating func emitLegacyPrefixes(_ prefix: OpcodePrefix, _ width: Width) {
        if width == .word { emit8(0x66) }
        if prefix != .none { emit8(prefix.legacyByte) }
    }

    @inline(__always)
    private mutating func emitREX(
        _ width: Width, reg: UInt8, indexExtension: UInt8, baseExtension: UInt8, needsREX: Bool
    ) {
        let bits = (width == .qword ? 8 : 0) | (reg &>> 3) &<< 2 | indexExtension &<< 1 | baseExtension
        if bits != 0 || needsREX { emit8(0x40 | bits) }
    }

    @inline(__always)
    private mutating func emitOpcode(_ opcode: UInt8, _ map: OpcodeMap) {
        switch map {
        case .primary: break
        case .escape0F: emit8(0x0F)
        case .escape0F38: emit16(0x380F)
        case .escape0F3A: emit16(0x3A0F)
        }
        emit8(opcode)
    }

    /// ModRM, SIB and displacement of a memory operand in their shortest form. EVEX counts an 8-bit displacement in
    /// units of the operand's size (SDM volume 2, 2.7.5); everything else in bytes.
    mutating func emitModRM(reg: UInt8, _ address: Address, displacementUnitLog2: UInt8) {
        let regField = (reg & 7) &<< 3
        let displacement = address.displacement
        let scale = address.scale &<< 6
        if address.base >= 16 {
            if address.base == Address.instructionPointer {
                emit8(regField | 5)
            } else {
                // Without a base: SIB with base 101 and mod 00; without an index too, index 100.
                emit8(regField | 4)
                emit8(scale | (address.hasIndex ? address.index & 7 : 4) &<< 3 | 5)
            }
            emit32(UInt32(bitPattern: displacement))
            return
        }
        let base = address.base & 7
        let unitMask = (Int32(1) &<< Int32(displacementUnitLog2)) &- 1
        let shortDisplacement = displacement &>> Int32(displacementUnitLog2)
        let mode: UInt8
        if displacement == 0 && base != 5 {
            mode = 0x00
        } else if displacement & unitMask == 0 && shortDisplacement >= -128 && shortDisplacement <= 127 {
            mode = 0x40
        } else {
            mode = 0x80
        }
        if address.hasIndex {
            emit8(mode | regField | 4)
            emit8(scale | (address.index & 7) &<< 3 | base)
        } else {
            emit8(mode | regField | base)
            if base == 4 { emit8(0x24) }
        }
        if mode == 0x40 {
            emit8(UInt8(truncatingIfNeeded: shortDisplacement))
        } else if mode == 0x80 {
            emit32(UInt32(bitPattern: displacement))
        }
    }
}

/// What stays the same in every use of a VEX or EVEX instruction.
struct VectorOpcode {
    let opcode: UInt8
    let map: OpcodeMap
    let prefix: OpcodePrefix
    /// The W bit under VEX and EVEX: under VEX mostly ignored, and then clear, which allows the two-byte prefix.
    let vexW: Bool
    let evexW: Bool
    /// log2 of the memory operand's size, the unit of EVEX's 8-bit displacement.
    let operandLog2: UInt8

    @inline(__always)
    init(
        _ opcode: UInt8, _ map: OpcodeMap, _ prefix: OpcodePrefix, vexW: Bool = false, evexW: Bool,
        operandLog2: UInt8
    ) {
        self.opcode = opcode
        self.map = map
        self.prefix = prefix
        self.vexW = vexW
        self.evexW = evexW
        self.operandLog2 = operandLog2
    }
}

/// Intel SDM volume 2, 2.3 (VEX) and 2.7 (EVEX); always 128-bit or scalar. Register numbers reach 31 for vectors.
extension Assembler {
    /// Register form. `reg`, `vvvv` and `rm` may each be a vector or a general register. `forceEVEX`: an instruction
    /// without a VEX form.
    @inline(__always)
    mutating func encodeVector(
        _ opcode: VectorOpcode, reg: UInt8, vvvv: UInt8 = 0, rm: UInt8, forceEVEX: Bool = false
    ) {
        if forceEVEX || (reg | vvvv | rm) >= 16 {
            emitEVEX(opcode, reg: reg, vvvv: vvvv, x: rm &>> 4, b: (rm &>> 3) & 1)
        } else {
            emitVEX(opcode, reg: reg, vvvv: vvvv, x: 0, b: rm &>> 3)
        }
        emit8(0xC0 | (reg & 7) &<< 3 | rm & 7)
    }

    /// Memory form.
    @inline(__always)
    mutating func encodeVector(
        _ opcode: VectorOpcode, reg: UInt8, vvvv: UInt8 = 0, _ address: Address, forceEVEX: Bool = false
    ) {
        if address.is32Bit { emit8(0x67) }
        if forceEVEX || (reg | vvvv) >= 16 {
            emitEVEX(opcode, reg: reg, vvvv: vvvv, x: address.indexExtension, b: address.baseExtension)
            emitModRM(reg: reg, address, displacementUnitLog2: opcode.operandLog2)
        } else {
            emitVEX(opcode, reg: reg, vvvv: vvvv, x: address.indexExtension, b: address.baseExtension)
            emitModRM(reg: reg, address, displacementUnitLog2: 0)
        }
    }

    @inline(__always)
    private mutating func emitVEX(_ opcode: VectorOpcode, reg: UInt8, vvvv: UInt8, x: UInt8, b: UInt8) {
        let tail = (~vvvv & 15) &<< 3 | opcode.prefix.rawValue
        let notR: UInt8 = reg < 8 ? 0x80 : 0
        if opcode.map == .escape0F && !opcode.vexW && (x | b) == 0 {
            emit8(0xC5)
            emit8(notR | tail)
        } else {
            emit8(0xC4)
            emit8(notR | (x ^ 1) &<< 6 | (b ^ 1) &<< 5 | opcode.map.rawValue)
            emit8((opcode.vexW ? 0x80 : 0) | tail)
        }
        emit8(opcode.opcode)
    }

    private mutating func emitEVEX(_ opcode: VectorOpcode, reg: UInt8, vvvv: UInt8, x: UInt8, b: UInt8) {
        emit8(0x62)
        let notR = (~reg & 8) &<< 4
        let notR2 = ~reg & 16
        emit8(notR | (x ^ 1) &<< 6 | (b ^ 1) &<< 5 | notR2 | opcode.map.rawValue)
        emit8((opcode.evexW ? 0x80 : 0) | (~vvvv & 15) &<< 3 | 4 | opcode.prefix.rawValue)
        emit8((~vvvv & 16) &>> 1)
        emit8(opcode.opcode)
    }
}
