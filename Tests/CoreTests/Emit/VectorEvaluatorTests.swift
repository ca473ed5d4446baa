import Testing

@testable import BSDUserCore

/// A vector whose bytes, lowest first, are these; the rest is 0.
private func bytes(_ values: [UInt8]) -> VectorBits {
    VectorBits(.bits8) { $0 < values.count ? UInt64(values[$0]) : 0 }
}

private func lanes(_ lane: VectorLane, _ values: [Int64]) -> VectorBits {
    VectorBits(lane) { $0 < values.count ? UInt64(bitPattern: values[$0]) : 0 }
}

private func unary(_ operation: VectorUnary, _ lane: VectorLane, _ a: [Int64], _ number: Int = 0) -> VectorBits {
    VectorUnaryEvaluator.evaluate(operation, lanes(lane, a), lane, number)
}

private func binary(_ operation: VectorBinary, _ lane: VectorLane, _ a: [Int64], _ b: [Int64]) -> VectorBits {
    VectorBinaryEvaluator.evaluate(operation, lanes(lane, a), lanes(lane, b), lane)
}

@Suite("Vector operations")
struct VectorEvaluatorTests {
    @Test("saturate at the ends of their lanes")
    func saturation() {
        #expect(
            binary(.addSaturatingSigned, .bits8, [127, -128, 1], [1, -1, 2]) == lanes(.bits8, [127, -128, 3]))
        #expect(binary(.addSaturatingUnsigned, .bits16, [0xFFFF, 5], [1, 6]) == lanes(.bits16, [0xFFFF, 11]))
        #expect(binary(.subSaturatingUnsigned, .bits64, [1], [2]) == lanes(.bits64, [0]))
        #expect(binary(.subSaturatingSigned, .bits64, [Int64.min], [1]) == lanes(.bits64, [Int64.min]))
        #expect(unary(.negateSaturating, .bits32, [Int64(Int32.min), 5]) == lanes(.bits32, [0x7FFF_FFFF, -5]))
        #expect(unary(.absolute, .bits8, [-128, -3]) == lanes(.bits8, [-128, 3]))
        #expect(
            unary(.narrowSignedToUnsigned, .bits16, [-1, 256, 77]) == lanes(.bits8, [0, 255, 77]))
        #expect(unary(.narrowSigned, .bits32, [40000, -40000]) == lanes(.bits16, [32767, -32768]))
        #expect(unary(.narrowUnsigned, .bits64, [-1, 3]) == lanes(.bits32, [-1, 3]))
        #expect(binary(.mulHighDoubling, .bits16, [-32768, 16384], [-32768, 2]) == lanes(.bits16, [32767, 1]))
        #expect(binary(.mulHighDoublingRounding, .bits16, [16384], [1]) == lanes(.bits16, [1]))
    }

    @Test("average and compare without losing a carry")
    func averages() {
        #expect(binary(.halvingAddUnsigned, .bits8, [255], [254]) == lanes(.bits8, [254]))
        #expect(binary(.roundingHalvingAddSigned, .bits64, [Int64.max], [Int64.max - 1]) == lanes(.bits64, [Int64.max]))
        #expect(binary(.halvingSubUnsigned, .bits8, [0], [1]) == lanes(.bits8, [-1]))
        #expect(binary(.absoluteDifferenceSigned, .bits8, [-128], [127]) == lanes(.bits8, [255]))
        #expect(binary(.compareGreaterUnsigned, .bits64, [-1], [1]) == lanes(.bits64, [-1]))
        #expect(binary(.compareGreaterSigned, .bits64, [-1], [1]) == lanes(.bits64, [0]))
        #expect(binary(.compareTest, .bits32, [6, 1], [2, 2]) == lanes(.bits32, [-1, 0]))
    }

    @Test("shift by signed amounts, beyond the width too")
    func shifts() {
        #expect(binary(.shiftSigned, .bits8, [-3, -3, 1, 1], [-1, -100, 7, 8]) == lanes(.bits8, [-2, -1, -128, 0]))
        #expect(binary(.shiftUnsigned, .bits8, [0xFD], [-1]) == lanes(.bits8, [0x7E]))
        #expect(binary(.shiftRoundingSigned, .bits8, [3, -3, -128], [-1, -1, -128]) == lanes(.bits8, [2, -1, 0]))
        // 255 / 256 rounds to 1.
        #expect(binary(.shiftRoundingUnsigned, .bits8, [255, 255], [-8, -9]) == lanes(.bits8, [1, 0]))
        #expect(binary(.shiftSaturatingSigned, .bits8, [64, -1, 0], [1, 100, 100]) == lanes(.bits8, [127, -128, 0]))
        #expect(binary(.shiftSaturatingUnsigned, .bits8, [128], [1]) == lanes(.bits8, [255]))
        let insert = Operation(.vectorShiftInsert, .v128, flags: VectorLane.bits8.rawValue, 0, 0, 4)
        let evaluator = OperationEvaluator(mode: [], profile: TranslatedMachine.modernProfile)
        #expect(evaluator.evaluate(insert, bytes([0x12]), bytes([0x34]), bytes([])).0 == bytes([0x42]))
    }

    @Test("multiply polynomials")
    func polynomials() {
        // (x + 1)^2 = x^2 + 1.
        #expect(binary(.mulPolynomial, .bits8, [3], [3]) == lanes(.bits8, [5]))
        let high = VectorBinaryEvaluator.evaluate(
            .mulPolynomialHigh, VectorBits(low: 0, high: 1 << 63), VectorBits(low: 0, high: 6), .bits64)
        #expect(high == VectorBits(low: 0, high: 3))
    }

    @Test("move lanes")
    func permutations() {
        let (a, b): ([Int64], [Int64]) = ([0, 1, 2, 3], [4, 5, 6, 7])
        #expect(binary(.interleaveLow, .bits32, a, b) == lanes(.bits32, [0, 4, 1, 5]))
        #expect(binary(.interleaveHigh, .bits32, a, b) == lanes(.bits32, [2, 6, 3, 7]))
        #expect(binary(.even, .bits32, a, b) == lanes(.bits32, [0, 2, 4, 6]))
        #expect(binary(.odd, .bits32, a, b) == lanes(.bits32, [1, 3, 5, 7]))
        #expect(binary(.transposeEven, .bits32, a, b) == lanes(.bits32, [0, 4, 2, 6]))
        #expect(binary(.transposeOdd, .bits32, a, b) == lanes(.bits32, [1, 5, 3, 7]))
        #expect(
            binary(.tableLookup, .bits8, Array(10..<26), [3, 15, 16, -1])
                == lanes(
                    .bits8,
                    [13, 25, 0, 0]
                        + [
                            Int64
                        ](repeating: 10, count: 12)))
        #expect(unary(.reverseLanes, .bits16, Array(0..<8), 3) == lanes(.bits16, [3, 2, 1, 0, 7, 6, 5, 4]))
        #expect(unary(.sumAcross, .bits8, [Int64](repeating: 100, count: 16)) == lanes(.bits8, [64]))
        #expect(unary(.minAcrossSigned, .bits16, [5, -7, 3]) == lanes(.bits16, [-7]))
        #expect(unary(.addPairsUnsigned, .bits8, [-1, -1, 1, 2]) == lanes(.bits16, [510, 3]))
        #expect(unary(.widenHighSigned, .bits32, a.map { -$0 }) == lanes(.bits64, [-2, -3]))
        #expect(unary(.reverseBits, .bits8, [1, 0x12]) == lanes(.bits8, [0x80, 0x48]))
        #expect(unary(.countLeadingSignBits, .bits8, [-1, 1, 0]).lane(0, .bits8) == 7)
        #expect(unary(.countLeadingZeros, .bits32, [1]).lane(0, .bits32) == 31)
    }

    // FIPS 197, appendix B: the first round.
    @Test("do the rounds of AES")
    func aes() {
        let input = bytes([
            0x32, 0x43, 0xF6, 0xA8, 0x88, 0x5A, 0x30, 0x8D, 0x31, 0x31, 0x98, 0xA2, 0xE0, 0x37, 0x07, 0x34,
        ])
        let key = bytes([
            0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C,
        ])
        let shifted = bytes([
            0xD4, 0xBF, 0x5D, 0x30, 0xE0, 0xB4, 0x52, 0xAE, 0xB8, 0x41, 0x11, 0xF1, 0x1E, 0x27, 0x98, 0xE5,
        ])
        let mixed = bytes([
            0x04, 0x66, 0x81, 0xE5, 0xE0, 0xCB, 0x19, 0x9A, 0x48, 0xF8, 0xD3, 0x7A, 0x28, 0x06, 0x26, 0x4C,
        ])
        #expect(VectorBinaryEvaluator.evaluate(.aesEncrypt, input, key, .bits8) == shifted)
        #expect(VectorUnaryEvaluator.evaluate(.aesMixColumns, shifted, .bits8, 0) == mixed)
        #expect(VectorUnaryEvaluator.evaluate(.aesInverseMixColumns, mixed, .bits8, 0) == shifted)
        let state = VectorBinaryEvaluator.evaluate(.xor, input, key, .bits8)
        #expect(VectorBinaryEvaluator.evaluate(.aesDecrypt, shifted, VectorBits(low: 0), .bits8) == state)
    }
}

@Suite("Floating-point operations beyond the host's")
struct FloatEvaluatorTests {
    private let evaluator = FloatEvaluator(mode: [], profile: TranslatedMachine.modernProfile)
    private let defaultNaN: UInt64 = 0x7FF8_0000_0000_0000
    private let quiet: UInt64 = 0xFFF8_0000_0000_0123
    private let signalling: UInt64 = 0x7FF0_0000_0000_0456

    private func fused(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ signs: FusedAttributes = []) -> (UInt64, FloatFlags) {
        evaluator.evaluate(.floatMultiplyAdd, .f64, flags: signs.rawValue, operandType: .f64, a, b, c)
    }

    @Test("fuse, with the addend's NaN first")
    func fusing() {
        let one = (1.0).bitPattern
        #expect(fused((3.0).bitPattern, (4.0).bitPattern, one).0 == (13.0).bitPattern)
        #expect(fused((3.0).bitPattern, (4.0).bitPattern, one, .negatedProduct).0 == (-11.0).bitPattern)
        #expect(fused((3.0).bitPattern, (4.0).bitPattern, one, .negatedAddend).0 == (11.0).bitPattern)
        #expect(fused(quiet, one, quiet ^ 0xF).0 == quiet ^ 0xF)
        #expect(fused(signalling, one, quiet) == (signalling | 1 << 51, .invalid))
        // The sign of a NaN changes with that of its operand.
        #expect(fused(quiet, one, one, .negatedProduct).0 == quiet ^ 1 << 63)
        let infinity = Double.infinity.bitPattern
        #expect(fused(infinity, 0, quiet) == (defaultNaN, .invalid))
        #expect(fused(infinity, one, infinity, .negatedAddend) == (defaultNaN, .invalid))
    }

    @Test("give the default NaN where the mode says so")
    func defaultNaNs() {
        let evaluator = FloatEvaluator(mode: .defaultNaN, profile: TranslatedMachine.modernProfile)
        #expect(evaluator.evaluate(.floatAdd, .f64, operandType: .f64, quiet, 0).0 == defaultNaN)
        #expect(evaluator.evaluate(.floatConvert, .f32, operandType: .f64, quiet).0 == 0x7FC0_0000)
    }

    @Test("choose the lesser and the greater")
    func minMax() {
        func evaluate(_ kind: FloatMinMax, _ a: UInt64, _ b: UInt64) -> (UInt64, FloatFlags) {
            evaluator.evaluate(.floatMinMax, .f64, flags: kind.rawValue, operandType: .f64, a, b)
        }
        let (one, two, minusZero) = ((1.0).bitPattern, (2.0).bitPattern, (-0.0).bitPattern)
        #expect(evaluate(.min, two, one).0 == one)
        #expect(evaluate(.max, 0, minusZero).0 == 0)
        #expect(evaluate(.min, 0, minusZero).0 == minusZero)
        #expect(evaluate(.min, quiet, one).0 == quiet)
        #expect(evaluate(.minNumber, quiet, one) == (one, []))
        #expect(evaluate(.maxNumber, one, signalling) == (signalling | 1 << 51, .invalid))
    }

    @Test("convert to and from unsigned integers")
    func unsigned() {
        func convert(_ value: Double, _ type: ValueType, _ rounding: FloatRounding) -> (UInt64, FloatFlags) {
            evaluator.evaluate(.floatToUnsigned, type, flags: rounding.rawValue, operandType: .f64, value.bitPattern)
        }
        #expect(convert(-0.5, .i32, .towardZero) == (0, .inexact))
        #expect(convert(-1, .i32, .towardZero) == (0, .invalid))
        #expect(convert(2.5, .i64, .nearestAway) == (3, .inexact))
        #expect(convert(2.5, .i64, .nearestEven) == (2, .inexact))
        #expect(convert(0x1p64, .i64, .towardZero) == (UInt64.max, .invalid))
        #expect(convert(0x1p63, .i64, .towardZero) == (1 << 63, []))
        let (bits, raised) = evaluator.evaluate(.floatFromUnsigned, .f32, operandType: .i64, UInt64.max)
        #expect(bits == UInt64(Float(0x1p64).bitPattern) && raised == .inexact)
        #expect(
            evaluator.evaluate(.floatFromUnsigned, .f64, operandType: .i64, 1 << 63 | 1).0 == (0x1p63).bitPattern)
    }

    @Test("know half precision")
    func half() {
        for bits in UInt64(0)..<0x1_0000 {
            let half = Float16(bitPattern: UInt16(bits))
            let (wide, _) = evaluator.evaluate(.floatFromHalf, .f32, operandType: .i32, bits)
            if half.isNaN {
                #expect(wide & 0x7FC0_0000 == 0x7FC0_0000)
            } else {
                #expect(wide == UInt64(Float(half).bitPattern))
                #expect(evaluator.evaluate(.floatToHalf, .i32, operandType: .f32, wide) == (bits, []))
            }
        }
        var random = SplitMix(state: 7)
        for _ in 0..<20000 {
            // Exponents around the format's.
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()) & 0x8FFF_FFFF | 0x3000_0000)
            let (bits, _) = evaluator.evaluate(
                .floatToHalf, .i32, operandType: .f32, UInt64(float.bitPattern))
            #expect(bits == UInt64(Float16(float).bitPattern))
        }
    }
}
