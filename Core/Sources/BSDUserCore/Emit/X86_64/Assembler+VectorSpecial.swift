/// Instructions on vectors that fit no common form.
extension Assembler {
    /// VPSHUFLW, VPSHUFHW: words of the low or high half reordered, as the pairs of bits in `control` say.
    @inline(__always)
    mutating func shuffleWords(isHigh: Bool, _ destination: XMM, _ source: XMM, control: UInt8) {
        encodeVector(
            VectorOpcode(0x70, .escape0F, isHigh ? .prefixF3 : .prefixF2, evexW: false, operandLog2: 4),
            reg: destination.code, rm: source.code)
        emit8(control)
    }

    /// VSHUFPD: the low element from `first`, the high one from `second`; bits 0 and 1 of `control` choose which of each.
    @inline(__always)
    mutating func shuffleDoubles(_ destination: XMM, _ first: XMM, _ second: XMM, control: UInt8) {
        encodeVector(
            VectorOpcode(0xC6, .escape0F, .prefix66, evexW: true, operandLog2: 4), reg: destination.code,
            vvvv: first.code, rm: second.code)
        emit8(control)
    }

    /// VBLENDVPS, VBLENDVPD, VPBLENDVB for lanes of 32 and 64 bits and for bytes: lanes of `second` where the sign of `mask` is
    /// set, else of `first`. Registers stay below 16.
    @inline(__always)
    mutating func blendBySign(_ size: Int, _ destination: XMM, _ first: XMM, _ second: XMM, mask: XMM) {
        let opcode: UInt8 = size == 2 ? 0x4A : size == 3 ? 0x4B : 0x4C
        encodeVector(
            VectorOpcode(opcode, .escape0F3A, .prefix66, evexW: false, operandLog2: 4),
            reg: destination.code, vvvv: first.code, rm: second.code)
        emit8(mask.code &<< 4)
    }

    /// SHA256RNDS2: two rounds; xmm0 holds the words of the schedule. Registers stay below 16, here and below.
    @inline(__always)
    mutating func sha256Rounds(_ state: XMM, _ other: XMM) { secureHash(0xCB, state, other) }
    @inline(__always)
    mutating func sha256Schedule0(_ words: XMM, _ next: XMM) { secureHash(0xCC, words, next) }
    @inline(__always)
    mutating func sha256Schedule1(_ words: XMM, _ last: XMM) { secureHash(0xCD, words, last) }

    private mutating func secureHash(_ opcode: UInt8, _ destination: XMM, _ source: XMM) {
        encode(opcode, map: .escape0F38, .dword, reg: destination.code, rm: source.code)
    }

    /// SHA1RNDS4: four rounds with function and constant number `function`.
    @inline(__always)
    mutating func sha1Rounds(_ state: XMM, _ words: XMM, function: UInt8) {
        encode(0xCC, map: .escape0F3A, .dword, reg: state.code, rm: words.code)
        emit8(function)
    }
}
