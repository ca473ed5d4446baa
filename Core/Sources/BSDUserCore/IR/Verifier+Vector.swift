/// Rules of vector operations: lane sizes, lane numbers, amounts.
extension VerifierPass {
    mutating func checkVector(_ index: Int, _ operation: Operation) {
        let lane = VectorLane(rawValue: operation.flags)
        switch operation.opcode {
        case .vectorExtract:
            checkLane(index, operation.b, lane)
            if operation.type.isInteger ? lane.bitCount > operation.type.bits : lane.bitCount != operation.type.bits {
                report(index, "a lane of \(lane.bitCount) bits is no \(operation.type)")
            }
        case .vectorInsert: checkLane(index, operation.c, lane)
        case .vectorCopyLane:
            checkLane(index, operation.c & 0xFF, lane)
            checkLane(index, operation.c >> 8, lane)
        case .vectorExtractBytes:
            if operation.c > 16 { report(index, "there is no byte \(operation.c)") }
        case .vectorUnary: checkUnary(index, operation, lane)
        case .vectorBinary: checkBinary(index, operation, lane)
        case .vectorShift:
            if VectorShift(rawValue: operation.c) == nil { report(index, "unknown shift") }
            checkAmount(index, operation.b, lane)
        case .vectorShiftInsert: checkAmount(index, operation.c, lane)
        case .vectorFloatUnary: checkFloatUnary(index, operation, lane)
        case .vectorFloatBinary:
            if VectorFloatBinary(rawValue: operation.c) == nil { report(index, "unknown operation") }
            expect(lane.sizeLog2 >= 1, index, lane)
        case .vectorMultiplyAdd: expect(lane.sizeLog2 >= 1, index, lane)
        case .vectorHash: if VectorHash(rawValue: operation.flags) == nil { report(index, "unknown step") }
        default: break
        }
    }

    private mutating func expect(_ isAllowed: Bool, _ index: Int, _ lane: VectorLane) {
        if !isAllowed { report(index, "lanes of \(lane.bitCount) bits are not possible") }
    }

    private mutating func checkLane(_ index: Int, _ number: UInt32, _ lane: VectorLane) {
        if number >= UInt32(lane.laneCount) { report(index, "there is no lane \(number)") }
    }

    private mutating func checkAmount(_ index: Int, _ amount: UInt32, _ lane: VectorLane) {
        if amount > UInt32(lane.bitCount) { report(index, "a shift by \(amount) exceeds the lane") }
    }

    private mutating func checkUnary(_ index: Int, _ operation: Operation, _ lane: VectorLane) {
        switch VectorUnary(rawValue: operation.c) {
        case nil: report(index, "unknown operation")
        case .reverseLanes:
            if operation.b > 4 || Int(operation.b) <= lane.sizeLog2 { report(index, "no such group of lanes") }
        case .duplicateLane: checkLane(index, operation.b, lane)
        case .widenLowSigned, .widenLowUnsigned, .widenHighSigned, .widenHighUnsigned, .addPairsSigned,
            .addPairsUnsigned, .sumAcrossWideSigned, .sumAcrossWideUnsigned:
            expect(lane.sizeLog2 < 3, index, lane)
        case .narrow, .narrowSigned, .narrowSignedToUnsigned, .narrowUnsigned: expect(lane.sizeLog2 > 0, index, lane)
        default: break
        }
    }

    private mutating func checkBinary(_ index: Int, _ operation: Operation, _ lane: VectorLane) {
        switch VectorBinary(rawValue: operation.c) {
        case nil: report(index, "unknown operation")
        case .mulHighDoubling, .mulHighDoublingRounding:
            expect(lane.sizeLog2 == 1 || lane.sizeLog2 == 2, index, lane)
        case .mulLowSigned, .mulLowUnsigned, .mulHighSigned, .mulHighUnsigned: expect(lane.sizeLog2 < 3, index, lane)
        case .mulPolynomial: expect(lane.sizeLog2 == 0, index, lane)
        case .mulPolynomialLow, .mulPolynomialHigh: expect(lane.sizeLog2 == 0 || lane.sizeLog2 == 3, index, lane)
        default: break
        }
    }

    private mutating func checkFloatUnary(_ index: Int, _ operation: Operation, _ lane: VectorLane) {
        let number = UInt8(truncatingIfNeeded: operation.b)
        switch VectorFloatUnary(rawValue: operation.c) {
        case nil: report(index, "unknown operation")
        case .widenLow, .widenHigh: expect(lane.sizeLog2 == 1 || lane.sizeLog2 == 2, index, lane)
        case .narrow: expect(lane.sizeLog2 >= 2, index, lane)
        case .round:
            if FloatRounding(rawValue: number & 0x7F) == nil { report(index, "unknown rounding") }
            expect(lane.sizeLog2 >= 1, index, lane)
        case .toSigned, .toUnsigned:
            let isHalf = lane.sizeLog2 == 1
            if FloatRounding(rawValue: isHalf ? number & 7 : number) == nil { report(index, "unknown rounding") }
            expect(lane.sizeLog2 >= 1, index, lane)
        default: expect(lane.sizeLog2 >= 1, index, lane)
        }
    }
}
