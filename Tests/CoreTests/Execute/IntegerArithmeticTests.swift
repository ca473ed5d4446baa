import Testing

@testable import BSDUserCore

private let edges: [UInt64] = [
    0, 1, 2, 31, 32, 63, 64, 0x7F, 0x80, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000,
    0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF, 0x0123_4567_89AB_CDEF,
]

@Suite("The interpreter's integer operations")
struct IntegerArithmeticTests {
    /// Swift's signed integers are the oracle for what the interpreter computes with unsigned ones.
    private func expected(_ opcode: Opcode, _ a: Int64, _ b: Int64) -> Int64 {
        switch opcode {
        case .mulHighSigned: a.multipliedFullWidth(by: b).high
        case .divSigned: b == 0 ? 0 : b == -1 ? 0 &- a : a / b
        case .remSigned: b == 0 ? a : b == -1 ? 0 : a % b
        case .shiftRightArithmetic: a >> (b & 63)
        case .rotateRight: Int64(bitPattern: rotated(UInt64(bitPattern: a), Int(b & 63)))
        default: 0
        }
    }

    private func rotated(_ a: UInt64, _ amount: Int) -> UInt64 { amount == 0 ? a : a >> amount | a << (64 - amount) }

    @Test(
        "agree with signed arithmetic at 64 bits",
        arguments: [Opcode.mulHighSigned, .divSigned, .remSigned, .shiftRightArithmetic, .rotateRight])
    func signed64(_ opcode: Opcode) {
        for a in edges {
            for b in edges {
                let result = IntegerArithmetic.binary(opcode, .i64, a, b)
                let wanted = UInt64(bitPattern: expected(opcode, Int64(bitPattern: a), Int64(bitPattern: b)))
                #expect(result == wanted, "\(opcode) \(a) \(b)")
            }
        }
    }

    @Test("use the low half of wider operands at 32 bits")
    func narrow() {
        let low: UInt64 = 0xDEAD_BEEF_0000_0007
        #expect(IntegerArithmetic.binary(.add, .i32, low, 0xFFFF_FFFF) == 6)
        #expect(IntegerArithmetic.binary(.divSigned, .i32, 0x8000_0000, 0xFFFF_FFFF) == 0x8000_0000)
        #expect(IntegerArithmetic.binary(.remSigned, .i32, 0x8000_0000, 0xFFFF_FFFF) == 0)
        #expect(IntegerArithmetic.binary(.mulHighSigned, .i32, 0xFFFF_FFFF, 2) == 0xFFFF_FFFF)
        #expect(IntegerArithmetic.binary(.mulHighUnsigned, .i32, 0xFFFF_FFFF, 2) == 1)
        #expect(IntegerArithmetic.binary(.shiftLeft, .i32, 1, 33) == 2)
        #expect(IntegerArithmetic.binary(.shiftRightArithmetic, .i32, 0x8000_0000, 31) == 0xFFFF_FFFF)
        #expect(IntegerArithmetic.binary(.rotateRight, .i32, 1, 1) == 0x8000_0000)
        #expect(IntegerArithmetic.unary(.countLeadingZeros, .i32, low) == 29)
        #expect(IntegerArithmetic.unary(.byteSwap, .i32, low) == 0x0700_0000)
        #expect(IntegerArithmetic.unary(.signExtend8, .i32, 0x80) == 0xFFFF_FF80)
        #expect(IntegerArithmetic.unary(.signExtend32, .i64, 0x8000_0000) == 0xFFFF_FFFF_8000_0000)
    }

    @Test("compare at the operation's width")
    func compares() {
        let holds = { (condition: IntegerCondition, type: ValueType, a: UInt64, b: UInt64) in
            IntegerArithmetic.compare(condition.rawValue, type, a, b)
        }
        #expect(holds(.lessSigned, .i32, 0x8000_0000, 0))
        #expect(!holds(.lessSigned, .i64, 0x8000_0000, 0))
        #expect(holds(.equal, .i32, 0x1_0000_0001, 1))
        #expect(holds(.lessUnsigned, .i64, 1, UInt64.max))
        #expect(holds(.greaterSigned, .i64, 1, UInt64.max))
    }

    @Test("give the flags of additions and subtractions")
    func flags() {
        let holds = { (condition: FlagCondition, isAddition: Bool, isNarrow: Bool, a: UInt64, b: UInt64) -> Bool in
            let flags = IntegerArithmetic.flags(
                isAddition ? .addFlags : .subFlags, isNarrow ? .narrow : [], a, b, 0)
            return IntegerArithmetic.satisfies(
                condition.rawValue, PackedFlags(rawValue: UInt32(truncatingIfNeeded: flags)))
        }
        #expect(holds(.overflow, true, true, 0x7FFF_FFFF, 1))
        #expect(!holds(.overflow, true, false, 0x7FFF_FFFF, 1))
        #expect(holds(.overflow, false, false, 1 << 63, 1))
        #expect(holds(.carry, true, false, UInt64.max, 1))
        #expect(holds(.carry, false, true, 0, 1))
        #expect(holds(.zero, true, true, 0xFFFF_FFFF, 1))
        #expect(holds(.negative, false, true, 0, 1))
    }

    @Test("move bit fields")
    func bitFields() {
        #expect(IntegerArithmetic.extractBits(0xABCD_EF01_2345_6789, 8 | 16 << 8) == 0x4567)
        #expect(IntegerArithmetic.extractBits(UInt64.max, 0 | 64 << 8) == UInt64.max)
        #expect(IntegerArithmetic.insertBits(0, UInt64.max, 60 | 4 << 8) == 0xF000_0000_0000_0000)
        #expect(IntegerArithmetic.insertBits(UInt64.max, 0, 0 | 64 << 8) == 0)
    }
}
