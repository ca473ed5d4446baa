/// Relations of VCMPPS and VCMPPD that raise nothing for quiet NaNs, by the immediate.
enum PackedRelation: UInt8 {
    case equal = 0
    case unordered = 3
    case greaterOrEqual = 0x1D
    case greater = 0x1E
}

/// A conversion of all lanes.
struct PackedConversion {
    let opcode: UInt8
    let prefix: OpcodePrefix
    var isWide = false
    var needsAVX512 = false

    /// Between singles and integers of 32 bits; out of range gives the least integer, or all ones for unsigned ones.
    static let truncateSingles = PackedConversion(opcode: 0x5B, prefix: .prefixF3)
    static let roundSingles = PackedConversion(opcode: 0x5B, prefix: .prefix66)
    static let truncateSinglesToUnsigned = PackedConversion(opcode: 0x78, prefix: .none, needsAVX512: true)
    static let roundSinglesToUnsigned = PackedConversion(opcode: 0x79, prefix: .none, needsAVX512: true)
    static let singlesFromSigned = PackedConversion(opcode: 0x5B, prefix: .none)
    static let singlesFromUnsigned = PackedConversion(opcode: 0x7A, prefix: .prefixF2, needsAVX512: true)
    /// Between doubles and integers of 64 bits.
    static let truncateDoubles = PackedConversion(opcode: 0x7A, prefix: .prefix66, isWide: true, needsAVX512: true)
    static let roundDoubles = PackedConversion(opcode: 0x7B, prefix: .prefix66, isWide: true, needsAVX512: true)
    static let truncateDoublesToUnsigned = PackedConversion(
        opcode: 0x78, prefix: .prefix66, isWide: true, needsAVX512: true)
    static let roundDoublesToUnsigned = PackedConversion(
        opcode: 0x79, prefix: .prefix66, isWide: true, needsAVX512: true)
    static let doublesFromSigned = PackedConversion(opcode: 0xE6, prefix: .prefixF3, isWide: true, needsAVX512: true)
    static let doublesFromUnsigned = PackedConversion(opcode: 0x7A, prefix: .prefixF3, isWide: true, needsAVX512: true)
    /// The low two singles to doubles, and two doubles to the low two singles.
    static let widenSingles = PackedConversion(opcode: 0x5A, prefix: .none)
    static let narrowDoubles = PackedConversion(opcode: 0x5A, prefix: .prefix66, isWide: true)
}

/// Packed floating-point numbers of 128 bits.
extension Assembler {
    /// VSHUFPS: two elements of each source, as the pairs of bits in `control` say.
    @inline(__always)
    mutating func shuffleSingles(_ destination: XMM, _ first: XMM, _ second: XMM, control: UInt8) {
        encodeVector(
            VectorOpcode(0xC6, .escape0F, .none, evexW: false, operandLog2: 4), reg: destination.code,
            vvvv: first.code, rm: second.code)
        emit8(control)
    }

    /// Packed arithmetic by its opcode, as for scalars; `first` is not there for square roots.
    @inline(__always)
    mutating func packedFloat(_ opcode: UInt8, isDouble: Bool, _ destination: XMM, _ first: XMM, _ second: XMM) {
        encodeVector(packedOpcode(opcode, isDouble), reg: destination.code, vvvv: first.code, rm: second.code)
    }

    @inline(__always)
    private func packedOpcode(_ opcode: UInt8, _ isDouble: Bool) -> VectorOpcode {
        VectorOpcode(opcode, .escape0F, isDouble ? .prefix66 : .none, evexW: isDouble, operandLog2: 4)
    }

    /// VCMPPS, VCMPPD: all ones in lanes where the relation holds. Registers stay below 16.
    @inline(__always)
    mutating func packedCompare(
        _ relation: PackedRelation, isDouble: Bool, _ destination: XMM, _ first: XMM, _ second: XMM
    ) {
        encodeVector(packedOpcode(0xC2, isDouble), reg: destination.code, vvvv: first.code, rm: second.code)
        emit8(relation.rawValue)
    }

    /// VROUNDPS, VROUNDPD, as for scalars.
    @inline(__always)
    mutating func packedRound(
        isDouble: Bool, _ destination: XMM, _ source: XMM, _ control: RoundingControl, suppressInexact: Bool
    ) {
        encodeVector(
            VectorOpcode(isDouble ? 0x09 : 0x08, .escape0F3A, .prefix66, evexW: isDouble, operandLog2: 4),
            reg: destination.code, rm: source.code)
        emit8(control.rawValue | (suppressInexact ? 8 : 0))
    }

    @inline(__always)
    mutating func packedConvert(_ conversion: PackedConversion, _ destination: XMM, _ source: XMM) {
        encodeVector(
            VectorOpcode(
                conversion.opcode, .escape0F, conversion.prefix, evexW: conversion.isWide, operandLog2: 4),
            reg: destination.code, rm: source.code, forceEVEX: conversion.needsAVX512)
    }

    /// destination = ±(first * second) ± destination in each lane.
    @inline(__always)
    mutating func packedFused231(
        _ operation: FusedOperation, isDouble: Bool, _ destination: XMM, _ first: XMM, _ second: XMM
    ) {
        // The packed form's opcode is one less than the scalar's.
        encodeVector(
            VectorOpcode(
                operation.rawValue &- 1, .escape0F38, .prefix66, vexW: isDouble, evexW: isDouble, operandLog2: 4),
            reg: destination.code, vvvv: first.code, rm: second.code)
    }
}
