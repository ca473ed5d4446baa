/// An instruction on packed integers with the prefix 66: opcode, map, and what it is under EVEX.
struct PackedOpcode {
    let opcode: UInt8
    let map: OpcodeMap
    /// The W bit under EVEX: set for lanes of 64 bits.
    let isWide: Bool
    let form: Form

    enum Form {
        case any
        /// Under EVEX the instruction does something else, or is missing: registers stay below 16.
        case vexOnly
        /// There is no VEX form.
        case evexOnly
        /// The W bit tells the lanes under VEX too.
        case wideInBoth
    }

    @inline(__always)
    init(_ opcode: UInt8, _ map: OpcodeMap = .escape0F, isWide: Bool = false, form: Form = .any) {
        self.opcode = opcode
        self.map = map
        self.isWide = isWide
        self.form = form
    }

    @inline(__always) var isVEXOnly: Bool { form == .vexOnly }
    @inline(__always) fileprivate var isEVEXOnly: Bool { form == .evexOnly }

    @inline(__always) fileprivate var encoded: VectorOpcode {
        VectorOpcode(opcode, map, .prefix66, vexW: isWide && form == .wideInBoth, evexW: isWide, operandLog2: 4)
    }
}

/// Packed integers of 128 bits.
extension Assembler {
    @inline(__always)
    mutating func packed(_ opcode: PackedOpcode, _ destination: XMM, _ first: XMM, _ second: XMM) {
        encodeVector(
            opcode.encoded, reg: destination.code, vvvv: first.code, rm: second.code, forceEVEX: opcode.isEVEXOnly)
    }

    @inline(__always)
    mutating func packed(_ opcode: PackedOpcode, _ destination: XMM, _ first: XMM, _ second: Address) {
        encodeVector(opcode.encoded, reg: destination.code, vvvv: first.code, second)
    }

    /// With one source.
    @inline(__always)
    mutating func packed(_ opcode: PackedOpcode, _ destination: XMM, _ source: XMM) {
        encodeVector(opcode.encoded, reg: destination.code, rm: source.code, forceEVEX: opcode.isEVEXOnly)
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
        encodeVector(
            opcode.encoded, reg: selector, vvvv: destination.code, rm: source.code, forceEVEX: opcode.isEVEXOnly)
        emit8(count)
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
