/// Scalar arithmetic with two sources, by opcode.
enum FloatOperation: UInt8 {
    case add = 0x58
    case mul = 0x59
    case sub = 0x5C
    case min = 0x5D
    case div = 0x5E
    case max = 0x5F
}

/// Bitwise operations on vector registers, by the opcode of their floating-point form.
enum VectorLogic: UInt8 {
    case and = 0x54
    case andn = 0x55
    case or = 0x56
    case xor = 0x57
}

/// The signs of a fused multiply-add, by the opcode of the form 231: destination = ±(a * b) ± destination.
enum FusedOperation: UInt8 {
    case madd = 0xB9
    case msub = 0xBB
    case nmadd = 0xBD
    case nmsub = 0xBF
}

/// The rounding control of VROUNDSS and VROUNDSD; `current` is MXCSR's.
enum RoundingControl: UInt8 {
    case nearestEven = 0
    case down = 1
    case up = 2
    case towardZero = 3
    case current = 4
}

/// Scalar floating point. Without AVX-512 register numbers stay below 16.
extension Assembler {
    @inline(__always)
    private func scalar(_ opcode: UInt8, _ precision: Precision) -> VectorOpcode {
        precision == .single
            ? VectorOpcode(opcode, .escape0F, .prefixF3, evexW: false, operandLog2: 2)
            : VectorOpcode(opcode, .escape0F, .prefixF2, evexW: true, operandLog2: 3)
    }

    /// Packed opcodes: no prefix for single, 66 for double.
    @inline(__always)
    private func packed(_ opcode: UInt8, _ precision: Precision, operandLog2: UInt8) -> VectorOpcode {
        precision == .single
            ? VectorOpcode(opcode, .escape0F, .none, evexW: false, operandLog2: operandLog2)
            : VectorOpcode(opcode, .escape0F, .prefix66, evexW: true, operandLog2: operandLog2)
    }

    // MARK: Arithmetic

    @inline(__always)
    mutating func float(
        _ operation: FloatOperation, _ precision: Precision, _ destination: XMM, _ first: XMM, _ second: XMM
    ) {
        encodeVector(
            scalar(operation.rawValue, precision), reg: destination.code, vvvv: first.code, rm: second.code)
    }

    @inline(__always)
    mutating func float(
        _ operation: FloatOperation, _ precision: Precision, _ destination: XMM, _ first: XMM, _ second: Address
    ) {
        encodeVector(scalar(operation.rawValue, precision), reg: destination.code, vvvv: first.code, second)
    }

    /// The upper part of the result comes from `upper`.
    @inline(__always)
    mutating func sqrt(_ precision: Precision, _ destination: XMM, upper: XMM, _ source: XMM) {
        encodeVector(scalar(0x51, precision), reg: destination.code, vvvv: upper.code, rm: source.code)
    }

    /// destination = ±(first * second) ± destination, rounded once.
    @inline(__always)
    mutating func fused231(
        _ operation: FusedOperation, _ precision: Precision, _ destination: XMM, _ first: XMM, _ second: XMM
    ) {
        let isDouble = precision == .double
        encodeVector(
            VectorOpcode(
                operation.rawValue, .escape0F38, .prefix66, vexW: isDouble, evexW: isDouble,
                operandLog2: isDouble ? 3 : 2),
            reg: destination.code, vvvv: first.code, rm: second.code)
    }

    /// destination = ±(first * destination) ± second, rounded once.
    @inline(__always)
    mutating func fused213(
        _ operation: FusedOperation, _ precision: Precision, _ destination: XMM, _ first: XMM, _ second: XMM
    ) {
        let isDouble = precision == .double
        encodeVector(
            VectorOpcode(
                operation.rawValue &- 0x10, .escape0F38, .prefix66, vexW: isDouble, evexW: isDouble,
                operandLog2: isDouble ? 3 : 2),
            reg: destination.code, vvvv: first.code, rm: second.code)
    }

    /// Rounds to an integral value; MXCSR's inexact flag is raised unless `suppressInexact`.
    @inline(__always)
    mutating func round(
        _ precision: Precision, _ destination: XMM, upper: XMM, _ source: XMM, _ control: RoundingControl,
        suppressInexact: Bool
    ) {
        // VRNDSCALE under EVEX shares the opcode and these bits of the immediate.
        let isDouble = precision == .double
        encodeVector(
            VectorOpcode(
                isDouble ? 0x0B : 0x0A, .escape0F3A, .prefix66, evexW: isDouble, operandLog2: isDouble ? 3 : 2),
            reg: destination.code, vvvv: upper.code, rm: source.code)
        emit8(control.rawValue | (suppressInexact ? 8 : 0))
    }

    // MARK: Comparison

    /// Invalid for a signalling NaN only.
    @inline(__always)
    mutating func ucomi(_ precision: Precision, _ first: XMM, _ second: XMM) {
        encodeVector(comparison(0x2E, precision), reg: first.code, rm: second.code)
    }

    @inline(__always)
    mutating func ucomi(_ precision: Precision, _ first: XMM, _ second: Address) {
        encodeVector(comparison(0x2E, precision), reg: first.code, second)
    }

    /// Invalid for every NaN.
    @inline(__always)
    mutating func comi(_ precision: Precision, _ first: XMM, _ second: XMM) {
        encodeVector(comparison(0x2F, precision), reg: first.code, rm: second.code)
    }

    @inline(__always)
    private func comparison(_ opcode: UInt8, _ precision: Precision) -> VectorOpcode {
        packed(opcode, precision, operandLog2: precision == .single ? 2 : 3)
    }

    // MARK: Conversion

    /// CVTSS2SD and CVTSD2SS: from `precision` to the other. The upper part of the result comes from `upper`.
    @inline(__always)
    mutating func convertPrecision(from precision: Precision, _ destination: XMM, upper: XMM, _ source: XMM) {
        encodeVector(scalar(0x5A, precision), reg: destination.code, vvvv: upper.code, rm: source.code)
    }

    /// CVTSI2SS, CVTSI2SD from a 32- or 64-bit integer. The upper part of the result comes from `upper`.
    @inline(__always)
    mutating func convertSigned(_ width: Width, to precision: Precision, _ destination: XMM, upper: XMM, _ source: GPR)
    {
        encodeVector(
            integerConversion(0x2A, width, precision), reg: destination.code, vvvv: upper.code, rm: source.code)
    }

    /// VCVTUSI2SS, VCVTUSI2SD (AVX-512).
    @inline(__always)
    mutating func convertUnsigned(
        _ width: Width, to precision: Precision, _ destination: XMM, upper: XMM, _ source: GPR
    ) {
        encodeVector(
            integerConversion(0x7B, width, precision), reg: destination.code, vvvv: upper.code, rm: source.code,
            forceEVEX: true)
    }

    /// CVTTSS2SI, CVTTSD2SI: toward zero; out of range gives the smallest integer.
    @inline(__always)
    mutating func truncateToSigned(from precision: Precision, _ width: Width, _ destination: GPR, _ source: XMM) {
        encodeVector(integerConversion(0x2C, width, precision), reg: destination.code, rm: source.code)
    }

    /// CVTSS2SI, CVTSD2SI: by MXCSR's rounding mode; out of range gives the smallest integer.
    @inline(__always)
    mutating func roundToSigned(from precision: Precision, _ width: Width, _ destination: GPR, _ source: XMM) {
        encodeVector(integerConversion(0x2D, width, precision), reg: destination.code, rm: source.code)
    }

    /// VCVTTSS2USI, VCVTTSD2USI (AVX-512): toward zero; out of range gives all ones.
    @inline(__always)
    mutating func truncateToUnsigned(from precision: Precision, _ width: Width, _ destination: GPR, _ source: XMM) {
        encodeVector(
            integerConversion(0x78, width, precision), reg: destination.code, rm: source.code, forceEVEX: true)
    }

    /// VCVTSS2USI, VCVTSD2USI (AVX-512): by MXCSR's rounding mode; out of range gives all ones.
    @inline(__always)
    mutating func roundToUnsigned(from precision: Precision, _ width: Width, _ destination: GPR, _ source: XMM) {
        encodeVector(
            integerConversion(0x79, width, precision), reg: destination.code, rm: source.code, forceEVEX: true)
    }

    /// Between scalars and general registers: W tells the integer's width, the prefix the precision.
    @inline(__always)
    private func integerConversion(_ opcode: UInt8, _ width: Width, _ precision: Precision) -> VectorOpcode {
        VectorOpcode(
            opcode, .escape0F, precision == .single ? .prefixF3 : .prefixF2, vexW: width == .qword,
            evexW: width == .qword, operandLog2: precision == .single ? 2 : 3)
    }

    // MARK: Moves

    /// MOVAPS: the whole register.
    @inline(__always)
    mutating func movaps(_ destination: XMM, _ source: XMM) {
        // The store form saves the three-byte prefix when only the source is an upper register.
        if source.code >= 8 && source.code < 16 && destination.code < 8 {
            encodeVector(packed(0x29, .single, operandLog2: 4), reg: source.code, rm: destination.code)
        } else {
            encodeVector(packed(0x28, .single, operandLog2: 4), reg: destination.code, rm: source.code)
        }
    }

    /// MOVUPS load of 128 bits.
    @inline(__always)
    mutating func loadVector(_ destination: XMM, _ source: Address) {
        encodeVector(packed(0x10, .single, operandLog2: 4), reg: destination.code, source)
    }

    /// MOVUPS store of 128 bits.
    @inline(__always)
    mutating func storeVector(_ destination: Address, _ source: XMM) {
        encodeVector(packed(0x11, .single, operandLog2: 4), reg: source.code, destination)
    }

    /// MOVSS, MOVSD load; the rest of the register is cleared.
    @inline(__always)
    mutating func loadScalar(_ precision: Precision, _ destination: XMM, _ source: Address) {
        encodeVector(scalar(0x10, precision), reg: destination.code, source)
    }

    @inline(__always)
    mutating func storeScalar(_ precision: Precision, _ destination: Address, _ source: XMM) {
        encodeVector(scalar(0x11, precision), reg: source.code, destination)
    }

    /// MOVSS, MOVSD between registers: the low element from `low`, the rest from `upper`.
    @inline(__always)
    mutating func mergeScalar(_ precision: Precision, _ destination: XMM, upper: XMM, low: XMM) {
        if low.code >= 8 && low.code < 16 && destination.code < 8 {
            encodeVector(scalar(0x11, precision), reg: low.code, vvvv: upper.code, rm: destination.code)
        } else {
            encodeVector(scalar(0x10, precision), reg: destination.code, vvvv: upper.code, rm: low.code)
        }
    }

    /// MOVD, MOVQ; the rest of the vector is cleared. `width` is .dword or .qword.
    @inline(__always)
    mutating func mov(_ width: Width, _ destination: XMM, _ source: GPR) {
        encodeVector(generalMove(0x6E, width), reg: destination.code, rm: source.code)
    }

    @inline(__always)
    mutating func mov(_ width: Width, _ destination: GPR, _ source: XMM) {
        encodeVector(generalMove(0x7E, width), reg: source.code, rm: destination.code)
    }

    @inline(__always)
    private func generalMove(_ opcode: UInt8, _ width: Width) -> VectorOpcode {
        let isWide = width == .qword
        return VectorOpcode(
            opcode, .escape0F, .prefix66, vexW: isWide, evexW: isWide, operandLog2: isWide ? 3 : 2)
    }

    /// MOVQ between vectors: the low 64 bits, the rest cleared.
    @inline(__always)
    mutating func movq(_ destination: XMM, _ source: XMM) {
        if source.code >= 8 && source.code < 16 && destination.code < 8 {
            encodeVector(
                VectorOpcode(0xD6, .escape0F, .prefix66, evexW: true, operandLog2: 3), reg: source.code,
                rm: destination.code)
        } else {
            encodeVector(
                VectorOpcode(0x7E, .escape0F, .prefixF3, evexW: true, operandLog2: 3), reg: destination.code,
                rm: source.code)
        }
    }

    // MARK: Bits and bytes

    /// For sign changes and masks.
    @inline(__always)
    mutating func logic(
        _ operation: VectorLogic, _ precision: Precision, _ destination: XMM, _ first: XMM, _ second: XMM
    ) {
        encodeVector(
            packed(operation.rawValue, precision, operandLog2: 4), reg: destination.code, vvvv: first.code,
            rm: second.code)
    }

    @inline(__always)
    mutating func logic(
        _ operation: VectorLogic, _ precision: Precision, _ destination: XMM, _ first: XMM, _ second: Address
    ) {
        encodeVector(
            packed(operation.rawValue, precision, operandLog2: 4), reg: destination.code, vvvv: first.code, second)
    }

    /// destination = 0; always the short encoding where one exists.
    @inline(__always)
    mutating func zero(_ destination: XMM) { logic(.xor, .single, destination, destination, destination) }

    /// VPSHUFB: each byte of `control` picks a byte of `source`, or zero when its top bit is set.
    @inline(__always)
    mutating func pshufb(_ destination: XMM, _ source: XMM, control: XMM) {
        encodeVector(
            VectorOpcode(0x00, .escape0F38, .prefix66, evexW: false, operandLog2: 4), reg: destination.code,
            vvvv: source.code, rm: control.code)
    }

    @inline(__always)
    mutating func pshufb(_ destination: XMM, _ source: XMM, control: Address) {
        encodeVector(
            VectorOpcode(0x00, .escape0F38, .prefix66, evexW: false, operandLog2: 4), reg: destination.code,
            vvvv: source.code, control)
    }

    /// VPEXTRD, VPEXTRQ: one element into a general register. `width` is .dword or .qword.
    @inline(__always)
    mutating func extract(_ width: Width, _ destination: GPR, _ source: XMM, lane: UInt8) {
        let isWide = width == .qword
        encodeVector(
            VectorOpcode(
                0x16, .escape0F3A, .prefix66, vexW: isWide, evexW: isWide, operandLog2: isWide ? 3 : 2),
            reg: source.code, rm: destination.code)
        emit8(lane)
    }

    /// VPINSRD, VPINSRQ: `source` with one element replaced. `width` is .dword or .qword.
    @inline(__always)
    mutating func insert(_ width: Width, _ destination: XMM, _ source: XMM, _ element: GPR, lane: UInt8) {
        let isWide = width == .qword
        encodeVector(
            VectorOpcode(
                0x22, .escape0F3A, .prefix66, vexW: isWide, evexW: isWide, operandLog2: isWide ? 3 : 2),
            reg: destination.code, vvvv: source.code, rm: element.code)
        emit8(lane)
    }

    /// VINSERTPS: a copy of `source` with one element replaced and elements cleared, as bits 4-5 and 0-3 of `control` say.
    @inline(__always)
    mutating func insertSingle(_ destination: XMM, _ source: XMM, _ element: XMM, control: UInt8) {
        encodeVector(
            VectorOpcode(0x21, .escape0F3A, .prefix66, evexW: false, operandLog2: 2), reg: destination.code,
            vvvv: source.code, rm: element.code)
        emit8(control)
    }

    /// VPUNPCKLDQ: the low two 32-bit elements of each, interleaved.
    @inline(__always)
    mutating func unpackLowDwords(_ destination: XMM, _ first: XMM, _ second: XMM) {
        encodeVector(
            VectorOpcode(0x62, .escape0F, .prefix66, evexW: false, operandLog2: 4), reg: destination.code,
            vvvv: first.code, rm: second.code)
    }

    /// VPUNPCKLQDQ: the low halves of both.
    @inline(__always)
    mutating func unpackLowQwords(_ destination: XMM, _ first: XMM, _ second: XMM) {
        encodeVector(
            VectorOpcode(0x6C, .escape0F, .prefix66, evexW: true, operandLog2: 4), reg: destination.code,
            vvvv: first.code, rm: second.code)
    }

    /// VPSRLQ: each 64-bit half shifted right.
    @inline(__always)
    mutating func shiftRightQwords(_ destination: XMM, _ source: XMM, _ count: UInt8) {
        encodeVector(
            VectorOpcode(0x73, .escape0F, .prefix66, evexW: true, operandLog2: 4), reg: 2,
            vvvv: destination.code, rm: source.code)
        emit8(count)
    }
}
