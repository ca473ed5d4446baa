/// An instruction on packed integers with the prefix 66: opcode, map, and what it is under EVEX.
struct PackedOpcode {
    let opcode: UInt8
    let map: OpcodeMap
    /// The W bit under EVEX: set for lanes of 64 bits.
    let isWide: Bool
    /// Under EVEX the instruction does something else, or is missing: registers stay below 16.
    let isVEXOnly: Bool

    @inline(__always)
    init(_ opcode: UInt8, _ map: OpcodeMap = .escape0F, isWide: Bool = false, isVEXOnly: Bool = false) {
        self.opcode = opcode
        self.map = map
        self.isWide = isWide
        self.isVEXOnly = isVEXOnly
    }

    @inline(__always) fileprivate var encoded: VectorOpcode {
        VectorOpcode(opcode, map, .prefix66, evexW: isWide, operandLog2: 4)
    }
}

/// Packed integers of 128 bits.
extension Assembler {
    @inline(__always)
    mutating func packed(_ opcode: PackedOpcode, _ destination: XMM, _ first: XMM, _ second: XMM) {
        encodeVector(opcode.encoded, reg: destination.code, vvvv: first.code, rm: second.code)
    }

    @inline(__always)
    mutating func packed(_ opcode: PackedOpcode, _ destination: XMM, _ first: XMM, _ second: Address) {
        encodeVector(opcode.encoded, reg: destination.code, vvvv: first.code, second)
    }

    /// With one source.
    @inline(__always)
    mutating func packed(_ opcode: PackedOpcode, _ destination: XMM, _ source: XMM) {
        encodeVector(opcode.encoded, reg: destination.code, rm: source.code)
    }

    @inline(__always)
    mutating func packed(_ opcode: PackedOpcode, _ destination: XMM, _ source: XMM, immediate: UInt8) {
        packed(opcode, destination, source)
        emit8(immediate)
    }

    @inline(__always)
    mutating func packed(
        _ opcode: PackedOpcode, _ destination: XMM, _ first: XMM, _ second: XMM, immediate: UInt8
    ) {
        packed(opcode, destination, first, second)
        emit8(immediate)
    }

    /// A shift of all lanes, or of the whole by bytes, by an immediate; `selector` is the opcode's extension.
    @inline(__always)
    mutating func packedShift(
        _ opcode: PackedOpcode, _ selector: UInt8, _ destination: XMM, _ source: XMM, _ count: UInt8
    ) {
        encodeVector(opcode.encoded, reg: selector, vvvv: destination.code, rm: source.code)
        emit8(count)
    }

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

    /// VCMPUNORDPS, VCMPUNORDPD: all ones in lanes where an operand is a NaN. Registers stay below 16.
    @inline(__always)
    mutating func packedUnordered(isDouble: Bool, _ destination: XMM, _ first: XMM, _ second: XMM) {
        encodeVector(packedOpcode(0xC2, isDouble), reg: destination.code, vvvv: first.code, rm: second.code)
        emit8(3)
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

    /// VPEXTRB, VPEXTRW: an element, zero-extended.
    @inline(__always)
    mutating func extractNarrow(_ width: Width, _ destination: GPR, _ source: XMM, lane: UInt8) {
        let opcode = PackedOpcode(width == .byte ? 0x14 : 0x15, .escape0F3A)
        encodeVector(opcode.encoded, reg: source.code, rm: destination.code)
        emit8(lane)
    }

    /// VPINSRB, VPINSRW: `source` with one element replaced.
    @inline(__always)
    mutating func insertNarrow(_ width: Width, _ destination: XMM, _ source: XMM, _ element: GPR, lane: UInt8) {
        let opcode = width == .byte ? PackedOpcode(0x20, .escape0F3A) : PackedOpcode(0xC4)
        encodeVector(opcode.encoded, reg: destination.code, vvvv: source.code, rm: element.code)
        emit8(lane)
    }
}
