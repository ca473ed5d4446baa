import Testing

@testable import BSDUserCore

/// Lanes at which operations change their behaviour; the lane takes the low bits.
private let edges: [UInt64] = [
    0, 1, 2, 0x0F, 0x10, 0x7F, 0x80, 0xFE, 0xFF, 0x7FFF, 0x8000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 63,
    UInt64.max >> 1, UInt64.max,
]

/// Numbers of 32 and 64 bits likewise.
private let singles: [Float] = [
    0, -0.0, 0.25, 0.5, -0.5, 1.5, -2.5, 0.49999997, 8388607.5, -8388608, 2147483520, 2147483648, -2147483648,
    4294967040, 1e30, .infinity, -.infinity, .leastNonzeroMagnitude, -Float.leastNormalMagnitude / 4, 1.1,
]
private let doubles: [Double] = [
    0, -0.0, 0.25, 0.5, -0.5, 1.5, -2.5, 0.49999999999999994, 4503599627370495.5, -4503599627370496, 0x1p63, -0x1p63,
    0x1p64, 1e300, .infinity, -.infinity, .leastNonzeroMagnitude, -Double.leastNormalMagnitude / 4, 1.1, 1e-46,
]

/// One operation on up to three vectors.
private struct LaneCase {
    let name: String
    let lane: VectorLane
    var isFloat = false
    let build: (inout Builder, [Value]) -> Value

    static let lanes: [VectorLane] = [.bits8, .bits16, .bits32, .bits64]

    static func lanes(_ sizes: ClosedRange<UInt8>) -> [VectorLane] { sizes.map { VectorLane(rawValue: $0) } }

    static var binaries: [LaneCase] {
        VectorBinary.allCases.flatMap { operation in
            lanes(operation.laneSizes).map { lane in
                LaneCase(name: "\(operation) \(lane.bitCount)", lane: lane) { builder, operands in
                    builder.vector(operation, operands[0], operands[1], lane)
                }
            }
        }
    }

    static var unaries: [LaneCase] {
        VectorUnary.allCases.flatMap { operation in
            lanes(operation.laneSizes).flatMap { lane -> [LaneCase] in
                let numbers: [Int] =
                    switch operation {
                    case .reverseLanes: Array(lane.sizeLog2 + 1..<5)
                    case .duplicateLane: Array(0..<lane.laneCount)
                    default: [0]
                    }
                return numbers.map { number in
                    LaneCase(name: "\(operation) \(lane.bitCount) \(number)", lane: lane) { builder, operands in
                        builder.vector(operation, operands[0], lane, number: number)
                    }
                }
            }
        }
    }

    static var shifts: [LaneCase] {
        lanes.flatMap { lane in
            [0, 1, lane.bitCount / 2, lane.bitCount - 1, lane.bitCount].flatMap { amount in
                VectorShift.allCases.map { operation in
                    LaneCase(name: "\(operation) \(lane.bitCount) by \(amount)", lane: lane) { builder, operands in
                        builder.vector(operation, operands[0], by: amount, lane)
                    }
                }
                    + [VectorLane.right, []].map { direction in
                        LaneCase(name: "insert \(lane.bitCount) by \(amount)", lane: lane) { builder, operands in
                            builder.vectorShiftInsert(operands[0], operands[1], by: amount, lane.union(direction))
                        }
                    }
            }
        }
    }

    static var others: [LaneCase] {
        VectorHash.allCases.map { operation in
            LaneCase(name: "\(operation)", lane: .bits32) { builder, operands in
                builder.vectorHash(operation, operands[0], operands[1], operands[2])
            }
        }
            + lanes.flatMap { lane in
                [(0, 1), (1, 0), (1, 1), (0, 0)].map { index, source in
                    LaneCase(name: "copy \(lane.bitCount)", lane: lane) { builder, operands in
                        builder.vectorCopyLane(operands[0], index, operands[1], source, lane)
                    }
                }
            }
            + lanes.flatMap { lane in
                [VectorShift.left, .rightUnsigned].map { shift in
                    LaneCase(name: "rotation \(shift) \(lane.bitCount)", lane: lane) { builder, operands in
                        let shifted = builder.vector(shift, operands[0], by: lane.bitCount - 3, lane)
                        let direction: VectorLane = shift == .left ? .right : []
                        return builder.vectorShiftInsert(shifted, operands[1], by: 3, lane.union(direction))
                    }
                }
            }
            + [(VectorBinary.aesEncrypt, VectorUnary.aesMixColumns), (.aesDecrypt, .aesInverseMixColumns)].map { pair in
                LaneCase(name: "round \(pair.0)", lane: .bits8) { builder, operands in
                    builder.vector(pair.1, builder.vector(pair.0, operands[0], operands[1]))
                }
            }
    }

    static var floats: [LaneCase] {
        lanes(2...3).flatMap { lane -> [LaneCase] in
            VectorFloatBinary.allCases.map { operation in
                LaneCase(name: "\(operation) \(lane.bitCount)", lane: lane, isFloat: true) { builder, operands in
                    builder.vectorFloat(operation, operands[0], operands[1], lane)
                }
            }
                + VectorFloatUnary.allCases.filter { lane == .bits32 || $0 != .widenLow && $0 != .widenHigh }.flatMap {
                    operation in
                    FloatRounding.allCases.flatMap { rounding in
                        (operation == .round ? [0, 0x80] : [0]).map { exact in
                            let isFloat = operation != .fromSigned && operation != .fromUnsigned
                            return LaneCase(
                                name: "\(operation) \(lane.bitCount) \(rounding)", lane: lane, isFloat: isFloat
                            ) { builder, operands in
                                builder.vectorFloat(
                                    operation, operands[0], lane, number: Int(rounding.rawValue) | exact)
                            }
                        }
                    }
                }
        }
    }

    /// A vector of this case's lanes.
    func operand(_ random: inout SplitMix) -> VectorBits {
        VectorBits(lane) { _ in
            let choice = random.next()
            guard isFloat else { return choice % 2 == 0 ? random.next() : edges[Int(choice >> 8) % edges.count] }
            if choice % 8 == 0 { return random.next() }
            return lane == .bits64
                ? doubles[Int(choice >> 8) % doubles.count].bitPattern
                : UInt64(singles[Int(choice >> 8) % singles.count].bitPattern)
        }
    }
}

@Suite("Operations on lanes") struct LaneOperationTests {
    /// Guest registers of three operands and the result: pinned and not, out of VEX's reach, and the same.
    private static let places = [[0, 2, 4, 0], [6, 8, 10, 6], [1, 3, 5, 7], [8, 8, 8, 10], [0, 1, 6, 2]]

    @Test(
        "Each operation on lanes does what its definition says, on every host",
        arguments: [
            HostFeatures(), HostProcessor().features.subtracting(.ofAVX512), HostProcessor().features,
        ])
    func operations(features: HostFeatures) throws {
        let machine = try TranslatedMachine(profile: TranslatedMachine.modernProfile, features: features)
        let cases = LaneCase.binaries + LaneCase.unaries + LaneCase.shifts + LaneCase.others + LaneCase.floats
        var random = SplitMix(state: 0x1A9E)
        for laneCase in cases {
            for places in LaneOperationTests.places {
                try check(laneCase, places.map { $0 + TranslatedMachine.vectorStart }, machine, &random)
            }
        }
    }

    private func check(_ laneCase: LaneCase, _ places: [Int], _ machine: TranslatedMachine, _ random: inout SplitMix)
        throws
    {
        var builder = Builder()
        builder.begin(pc: TranslatedMachine.pc)
        builder.mark(restart: TranslatedMachine.pc)
        let operands = places[..<3].map { builder.get(RegisterIndex($0), .v128) }
        builder.put(RegisterIndex(places[3]), laneCase.build(&builder, operands), .v128)
        builder.goto(TranslatedMachine.pc + 4)
        builder.byteCount = 4
        for _ in 0..<4 {
            let vectors = (0..<TranslatedMachine.vectorCount).map { _ in laneCase.operand(&random) }
            let mode = UInt32(random.next() % 32)
            prepare(machine, vectors, mode)
            let expected = machine.interpret(builder.block)
            prepare(machine, vectors, mode)
            let actual = machine.translate(builder.block)
            if actual == expected { continue }
            let difference = zip(machine.registerNames, zip(expected.registers, actual.registers))
                .filter { $1.0 != $1.1 }.map { "\($0) is \(String($1.1, radix: 16)), not \(String($1.0, radix: 16))" }
            Issue.record(
                """
                \(laneCase.name) in \(places), mode \(mode): \(difference.joined(separator: "; ")); flags \(actual.flags), \
                not \(expected.flags); ended by \(actual.end), not \(expected.end)
                """)
            return
        }
    }

    private func prepare(_ machine: TranslatedMachine, _ vectors: [VectorBits], _ mode: UInt32) {
        let bytes = [UInt8](repeating: 0, count: TranslatedMachine.memoryBytes)
        machine.setRegisters(
            [UInt64](repeating: 0, count: TranslatedMachine.registerCount), memory: bytes, mode: mode)
        for (index, bits) in vectors.enumerated() {
            machine.state.storeVector(bits, machine.registers.rows[TranslatedMachine.vectorStart + index].offset)
        }
    }
}
