@testable import BSDUserCore

/// Vectors of 16 bytes.
extension RandomBlock {
    mutating func vectorValue() -> Value {
        if !vectors.isEmpty && below(2) == 0 { return pick(vectors) }
        let register =
            below(8) == 0
            ? TranslatedMachine.hiddenVector : TranslatedMachine.vectorStart + below(TranslatedMachine.vectorCount)
        let value = builder.get(RegisterIndex(register), .v128)
        vectors.append(value)
        return value
    }

    /// A vector register as a whole, or a scalar that clears its rest.
    mutating func putVector() {
        let register = RegisterIndex(TranslatedMachine.vectorStart + below(TranslatedMachine.vectorCount))
        switch below(5) {
        case 0: builder.put(register, float(.f64), .f64)
        case 1: builder.put(register, float(.f32), .f32)
        case 2: builder.put(RegisterIndex(TranslatedMachine.hiddenVector), vectorValue(), .v128)
        default: builder.put(register, vectorValue(), .v128)
        }
    }

    mutating func vector() {
        switch below(13) {
        case 12:
            keep(
                builder.vectorHash(pick(VectorHash.allCases), vectorValue(), vectorValue(), vectorValue()), .v128)
        case 0, 1, 2, 3: lanes()
        case 4: shifts()
        case 5: floatLanes()
        case 6: bytesOfMemory()
        case 7, 8: elements()
        case 9:
            keep(builder.vectorSelect(vectorValue(), vectorValue(), vectorValue()), .v128)
        case 10: keep(builder.select(boolean(), vectorValue(), vectorValue(), .v128), .v128)
        default:
            keep(
                builder.vectorExtractBytes(low: vectorValue(), high: vectorValue(), first: below(17)), .v128)
        }
    }

    private mutating func lane(_ sizes: ClosedRange<UInt8>) -> VectorLane {
        VectorLane(rawValue: UInt8.random(in: sizes, using: &random))
    }

    private mutating func lanes() {
        if below(3) > 0 {
            let operation = pick(VectorBinary.allCases)
            keep(builder.vector(operation, vectorValue(), vectorValue(), lane(operation.laneSizes)), .v128)
            return
        }
        let operation = pick(VectorUnary.allCases)
        let lane = lane(operation.laneSizes)
        let number: Int
        switch operation {
        case .reverseLanes: number = lane.sizeLog2 + 1 + below(4 - lane.sizeLog2)
        case .duplicateLane: number = below(lane.laneCount)
        default: number = 0
        }
        keep(builder.vector(operation, vectorValue(), lane, number: number), .v128)
    }

    private mutating func shifts() {
        let lane = lane(0...3)
        let amount = below(lane.bitCount + 1)
        if below(3) == 0 {
            let direction: VectorLane = below(2) == 0 ? .right : []
            keep(
                builder.vectorShiftInsert(vectorValue(), vectorValue(), by: amount, lane.union(direction)), .v128)
        } else {
            keep(builder.vector(pick(VectorShift.allCases), vectorValue(), by: amount, lane), .v128)
        }
    }

    private mutating func floatLanes() {
        switch below(3) {
        case 0:
            let operation = pick(VectorFloatUnary.allCases)
            let isWidening = operation == .widenLow || operation == .widenHigh
            let lane = lane(isWidening ? 1...2 : operation == .narrow ? 2...3 : 1...3)
            let rounding = Int(pick(FloatRounding.allCases).rawValue)
            let number = operation == .round && below(2) == 0 ? rounding | 0x80 : rounding
            keep(builder.vectorFloat(operation, vectorValue(), lane, number: number), .v128)
        case 1:
            keep(
                builder.vectorFloat(pick(VectorFloatBinary.allCases), vectorValue(), vectorValue(), lane(1...3)), .v128)
        default:
            let attributes = FusedAttributes(rawValue: UInt8(below(4)))
            keep(
                builder.vectorMultiplyAdd(vectorValue(), vectorValue(), vectorValue(), lane(1...3), attributes),
                .v128)
        }
    }

    private mutating func bytesOfMemory() {
        let address = builder.constant(Int64(bitPattern: base) + Int64(below(TranslatedMachine.memoryBytes / 2)))
        var attributes = MemoryAttributes.bytes16
        if below(3) == 0 { attributes.formUnion(.bigEndian) }
        if below(4) == 0 { attributes.formUnion(.aligned) }
        if below(2) == 0 {
            keep(builder.load(address, attributes, .v128), .v128)
        } else {
            builder.store(address, vectorValue(), attributes, .v128)
        }
    }

    private mutating func elements() {
        let lane = lane(0...3)
        let index = below(lane.laneCount)
        switch below(6) {
        case 0: keep(builder.vectorFromScalar(element(lane), lane), .v128)
        case 1: keep(builder.vectorDuplicate(element(lane), lane), .v128)
        case 2: keep(builder.vectorInsert(vectorValue(), index, element(lane), lane), .v128)
        case 3:
            keep(
                builder.vectorCopyLane(vectorValue(), index, vectorValue(), below(lane.laneCount), lane), .v128)
        case 4 where lane.sizeLog2 >= 2:
            let type: ValueType = lane.sizeLog2 == 3 ? .f64 : .f32
            keep(builder.vectorExtract(vectorValue(), index, lane, type), type)
        default:
            let type = lane.sizeLog2 == 3 ? ValueType.i64 : pick([ValueType.i32, .i64])
            let isSigned: VectorLane = below(2) == 0 ? .signed : []
            keep(builder.vectorExtract(vectorValue(), index, lane.union(isSigned), type), type)
        }
    }

    /// A number that fits a lane.
    private mutating func element(_ lane: VectorLane) -> Value {
        switch lane.sizeLog2 {
        case 3: below(2) == 0 ? wideValue() : float(.f64)
        case 2: below(2) == 0 ? narrowValue() : float(.f32)
        default: narrowValue()
        }
    }
}

extension HostFeatures {
    /// Those that come with registers 16 to 31.
    static let ofAVX512: HostFeatures = [.avx512, .bitCounts, .leadingZeros]
}

extension VectorBinary {
    /// Base-2 logarithms of the sizes that its lanes may have.
    var laneSizes: ClosedRange<UInt8> {
        switch self {
        case .mulHighDoubling, .mulHighDoublingRounding: 1...2
        case .mulLowSigned, .mulLowUnsigned, .mulHighSigned, .mulHighUnsigned: 0...2
        case .mulPolynomial: 0...0
        case .mulPolynomialLow, .mulPolynomialHigh: 3...3
        default: 0...3
        }
    }
}

extension VectorUnary {
    /// Base-2 logarithms of the sizes that its lanes may have.
    var laneSizes: ClosedRange<UInt8> {
        switch self {
        case .widenLowSigned, .widenLowUnsigned, .widenHighSigned, .widenHighUnsigned, .addPairsSigned,
            .addPairsUnsigned, .sumAcrossWideSigned, .sumAcrossWideUnsigned:
            0...2
        case .narrow, .narrowSigned, .narrowSignedToUnsigned, .narrowUnsigned: 1...3
        default: 0...3
        }
    }
}
