import Testing

@testable import BSDUserCore

@Suite("Floating-point operations that flush")
struct FloatFlushingTests {
    private static let mode: FloatMode = [.flushOperands, .flushResults, .reportsFlushing]
    private let evaluator = FloatEvaluator(mode: Self.mode, profile: TranslatedMachine.modernProfile)

    private func single(_ opcode: Opcode, _ a: Float, _ b: Float = 0, _ c: Float = 0) -> (UInt64, FloatFlags) {
        evaluator.evaluate(
            opcode, .f32, operandType: .f32, UInt64(a.bitPattern), UInt64(b.bitPattern), UInt64(c.bitPattern))
    }

    @Test("tell of operands that they take as zero")
    func operands() {
        let (tiny, one) = (Float.leastNonzeroMagnitude, UInt64(Float(1).bitPattern))
        #expect(single(.floatAdd, tiny, 1) == (one, .inputDenormal))
        #expect(single(.floatMul, 1, -tiny) == (1 << 31, .inputDenormal))
        #expect(single(.floatSqrt, -tiny) == (1 << 31, .inputDenormal))
        #expect(single(.floatDiv, 1, tiny) == (0x7F80_0000, [.inputDenormal, .divideByZero]))
        #expect(single(.floatDiv, tiny, 0) == (0x7FC0_0000, [.inputDenormal, .invalid]))
        #expect(single(.floatMultiplyAdd, 1, 1, tiny) == (one, .inputDenormal))
        #expect(single(.floatAdd, .nan, tiny) == (0x7FC0_0000, .inputDenormal))
        #expect(single(.floatMinMax, tiny, 1) == (0, .inputDenormal))
        let flags = FloatRounding.up.rawValue
        let bits = UInt64(tiny.bitPattern)
        #expect(evaluator.evaluate(.floatToSigned, .i32, flags: flags, operandType: .f32, bits) == (0, .inputDenormal))
        #expect(evaluator.evaluate(.floatRound, .f32, flags: flags, operandType: .f32, bits) == (0, .inputDenormal))
        #expect(evaluator.evaluate(.floatConvert, .f64, operandType: .f32, bits) == (0, .inputDenormal))
    }

    @Test("make results zero that are subnormal before rounding, which is an underflow and nothing else")
    func results() {
        let least = Float.leastNormalMagnitude
        #expect(single(.floatMul, least, 0.5) == (0, .underflow))
        #expect(single(.floatMul, -least, 0.3) == (1 << 31, .underflow))
        #expect(single(.floatMul, least, least) == (0, .underflow))
        #expect(single(.floatSub, least, least * 1.5) == (1 << 31, .underflow))
        // Rounds to the least normal number.
        #expect(single(.floatMul, Float(bitPattern: 0x00FF_FFFF), 0.5) == (0, .underflow))
        #expect(single(.floatMul, least, 1) == (UInt64(least.bitPattern), []))
        let double = (Double(least) * 0.75).bitPattern
        #expect(evaluator.evaluate(.floatConvert, .f32, operandType: .f64, double) == (0, .underflow))
        #expect(single(.floatSub, 1, 1) == (0, []))
    }

    @Test("leave the host's exceptions masked once they have been noted")
    func masks() {
        let mode = Self.mode.rawValue
        #expect(MXCSR.control(for: mode, noted: []) == 0x1F80 & ~0x1B00)
        #expect(MXCSR.control(for: mode, noted: .inexact) == 0x1F80 & ~0x0B00)
        #expect(MXCSR.control(for: mode & ~32, noted: []) == 0x9FC0)
    }
}

@Suite("Half precision")
struct HalfEvaluatorTests {
    private func half(_ mode: FloatMode = []) -> HalfEvaluator {
        HalfEvaluator(FloatEvaluator(mode: mode, profile: TranslatedMachine.modernProfile))
    }

    @Test("arithmetic is that of numbers rounded once")
    func arithmetic() {
        var random = SplitMix(state: 11)
        for _ in 0..<20000 {
            let bits = random.next()
            let (a, b) = (Float16(bitPattern: UInt16(bits & 0xFFFF)), Float16(bitPattern: UInt16(bits >> 16 & 0xFFFF)))
            let (x, y) = (Double(a), Double(b))
            let expected: [(Opcode, Double)] = [
                (.floatAdd, x + y), (.floatSub, x - y), (.floatMul, x * y), (.floatDiv, x / y),
            ]
            for (opcode, value) in expected where !value.isNaN {
                let (result, _) = half().evaluate(opcode, UInt64(a.bitPattern), UInt64(b.bitPattern))
                #expect(result == UInt64(Float16(value).bitPattern), "\(opcode) \(a) \(b)")
            }
        }
    }

    @Test("fused operations do not round twice")
    func fused() {
        // 2049 lies in the middle between two numbers.
        let (a, b, c) = (UInt64(0x6400), UInt64(0x4000), UInt64(0x3C00))
        #expect(half().evaluate(.floatMultiplyAdd, a, b, c) == (0x6800, .inexact))
        // Something little counts when rounding upward, and not to nearest.
        let (result, raised) = half(FloatMode(rawValue: 2)).evaluate(.floatMultiplyAdd, 0x6800, 0x3C00, 1)
        #expect(result == 0x6801 && raised == .inexact)
        #expect(half().evaluate(.floatMultiplyAdd, 0x6800, 0x3C00, 1) == (0x6800, .inexact))
        // 2049 and 2^-24 is more than the middle, which double precision has no room to tell with a greater factor.
        #expect(half().evaluate(.floatMultiplyAdd, 0x6801, 0x7001, 1).0 == half().evaluate(.floatMul, 0x6801, 0x7001).0)
        #expect(half(FloatMode(rawValue: 1)).evaluate(.floatMultiplyAdd, 0x3C00, 0x3C00, 0xBC00) == (0x8000, []))
    }

    @Test("conversions to and from 16 bits end at the ends of the range")
    func integers() {
        let truncation = FloatRounding.towardZero.rawValue
        #expect(half().toInteger(0x7BFF, isSigned: true, truncation) == (0x7FFF, .invalid))
        #expect(half().toInteger(0x7BFF, isSigned: false, truncation) == (65504, []))
        #expect(half().toInteger(0xBC00, isSigned: false, truncation) == (0, .invalid))
        #expect(half().toInteger(0xB800, isSigned: false, truncation) == (0, .inexact))
        #expect(half().toInteger(0x7E00, isSigned: true, truncation) == (0, .invalid))
        #expect(half().toInteger(0x3C00, isSigned: true, truncation | 3 << 3) == (8, []))
        #expect(half().fromInteger(0xFFFF, isSigned: false, fraction: 0) == (0x7C00, [.overflow, .inexact]))
        #expect(half().fromInteger(0xFFFF, isSigned: false, fraction: 16) == (0x3C00, .inexact))
        #expect(half().fromInteger(0xFFFF, isSigned: true, fraction: 1) == (0xB800, []))
    }

    @Test("subnormal numbers are flushed silently on the way in and as an underflow on the way out")
    func flushing() {
        let flushing = half(.flushHalf)
        #expect(flushing.evaluate(.floatAdd, 1, 0x3C00) == (0x3C00, []))
        #expect(flushing.evaluate(.floatMul, 0x0400, 0x3800) == (0, .underflow))
        #expect(flushing.toInteger(1, isSigned: true, FloatRounding.up.rawValue) == (0, []))
    }

    @Test("the alternative format has numbers in place of infinities and NaNs")
    func alternative() {
        let evaluator = FloatEvaluator(mode: .alternativeHalf, profile: TranslatedMachine.modernProfile)
        func narrow(_ value: Float) -> (UInt64, FloatFlags) {
            evaluator.evaluate(.floatToHalf, .i32, operandType: .f32, UInt64(value.bitPattern))
        }
        #expect(narrow(65536) == (0x7C00, []) && narrow(-131008) == (0xFFFF, []))
        #expect(narrow(131040) == (0x7FFF, .invalid) && narrow(-.infinity) == (0xFFFF, .invalid))
        #expect(narrow(131009) == (0x7FFF, .inexact))
        #expect(narrow(-.nan) == (0x8000, .invalid) && narrow(1) == (0x3C00, []))
        let (wide, raised) = evaluator.evaluate(.floatFromHalf, .f32, operandType: .i32, 0xFE00)
        #expect(wide == UInt64(Float(-98304).bitPattern) && raised.isEmpty)
        // Arithmetic knows nothing of it.
        #expect(half(.alternativeHalf).evaluate(.floatAdd, 0x7BFF, 0x7BFF) == (0x7C00, [.overflow, .inexact]))
    }
}
