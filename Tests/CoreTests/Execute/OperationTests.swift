import Testing

@testable import BSDUserCore

/// Runs a script once under the interpreter and once translated, and hands the guest to `check`.
private func execute(
    _ script: @escaping ScriptedArchitecture.Script, prepare: (ScriptedGuest) -> Void = { _ in },
    check: (ScriptedGuest, ExitReason) -> Void
) throws {
    for mode in [ExecutionMode.interpreter, .translator] {
        let guest = try #require(ScriptedGuest(mode))
        guest.script(0, script)
        prepare(guest)
        let reason = guest.run()
        check(guest, reason)
    }
}

@Suite("Memory accesses", .serialized)
struct MemoryOperationTests {
    @Test("load and store in the guest's byte order")
    func byteOrder() throws {
        try execute { b in
            b.mark(restart: b.pc)
            let base = b.get(r(1))
            b.store(base, displacement: 16, b.get(r(2)), [.bytes4, .bigEndian])
            b.put(r(3), b.load(base, displacement: 16, [.bytes4, .bigEndian, .signed]))
            b.mark(restart: b.pc &+ 4)
            b.put(r(4), b.load(b.get(r(1)), displacement: 16, .bytes2))
            b.mark(restart: b.pc &+ 8)
            b.exit(.systemCall)
        } prepare: { guest in
            guest[1] = guest.memory.base
            guest[2] = 0xFFFF_FFFF_89AB_CDEF
        } check: { guest, reason in
            #expect(reason == .systemCall)
            #expect(guest.memory[16] == 0x89 && guest.memory[19] == 0xEF)
            #expect(guest[3] == 0xFFFF_FFFF_89AB_CDEF)
            #expect(guest[4] == 0xAB89)
            #expect(guest.cpu.pc == guest.memory.base + 8)
        }
    }

    @Test("report a fault with exact address, direction and state")
    func faults() throws {
        try execute { b in
            b.mark(restart: b.pc)
            b.put(r(5), b.constant(1))
            b.mark(restart: b.pc &+ 4, inDelaySlot: true)
            b.store(b.get(r(1)), displacement: -2, b.get(r(2)), [.bytes8, .bigEndian])
            b.put(r(5), b.constant(2))
            b.goto(0)
        } prepare: { guest in
            guest[1] = guest.memory.base + guest.memory.byteCount
        } check: { guest, reason in
            #expect(reason == .memoryFault)
            #expect(guest.cpu.faultAddress == guest.memory.base + guest.memory.byteCount)
            #expect(guest.cpu.faultIsWrite)
            #expect(guest.cpu.faultCode == 2)
            #expect(guest.cpu.pc == guest.memory.base + 4)
            #expect(guest.cpu.inDelaySlot)
            #expect(guest[5] == 1)
        }
    }

    @Test("report an address that is not canonical")
    func nonCanonical() throws {
        try execute { b in
            b.mark(restart: b.pc)
            b.put(r(5), b.load(b.get(r(1)), .bytes8))
            b.goto(0)
        } prepare: { guest in
            guest[1] = 0x1234_0000_0000_0000
        } check: { guest, reason in
            #expect(reason == .memoryFault)
            #expect(guest.cpu.faultAddress == 0x1234_0000_0000_0000)
            #expect(guest.cpu.faultCode == 1)
            #expect(!guest.cpu.faultIsWrite)
        }
    }

    @Test("check alignment where asked")
    func alignment() throws {
        try execute { b in
            b.mark(restart: b.pc)
            b.put(r(5), b.load(b.get(r(1)), displacement: 1, [.bytes4, .aligned]))
            b.goto(0)
        } prepare: { guest in
            guest[1] = guest.memory.base
        } check: { guest, reason in
            #expect(reason == .alignmentFault)
            #expect(guest.cpu.faultAddress == guest.memory.base + 1)
        }
    }

    @Test("wrap addresses at 32 bits where asked")
    func wrapping() throws {
        try execute { b in
            b.mark(restart: b.pc)
            b.put(r(5), b.load(b.get(r(1)), displacement: 0x20, [.bytes4, .wrap32]))
            b.goto(0)
        } prepare: { guest in
            guest[1] = 0xFFFF_FFFF_FFFF_FFE8
        } check: { guest, reason in
            #expect(reason == .memoryFault)
            #expect(guest.cpu.faultAddress == 8)
        }
    }

    @Test("compare and exchange in the guest's byte order")
    func compareExchange() throws {
        try execute { b in
            b.mark(restart: b.pc)
            let held = b.compareExchange(
                b.get(r(1)), expected: b.constant(0x0102_0304), new: b.constant(5), [.bytes4, .bigEndian], .i32)
            b.put(r(5), held)
            b.mark(restart: b.pc &+ 4)
            b.exit(.systemCall)
        } prepare: { guest in
            guest[1] = guest.memory.base
            for (index, byte) in [UInt8(1), 2, 3, 4].enumerated() { guest.memory[index] = byte }
        } check: { guest, _ in
            #expect(guest[5] == 0x0102_0304)
            #expect(guest.memory[3] == 5 && guest.memory[0] == 0)
        }
    }

    @Test("update memory and give what it held")
    func atomicUpdates() throws {
        try execute { b in
            b.mark(restart: b.pc)
            b.put(r(2), b.atomicUpdate(.add, b.get(r(1)), b.constant(3), .bytes4, .i32), .i64)
            b.mark(restart: b.pc &+ 4)
            b.put(r(3), b.atomicUpdate(.maxSigned, b.get(r(1)), b.constant(-1), .bytes2, .i32), .i64)
            b.mark(restart: b.pc &+ 8)
            b.put(r(4), b.atomicUpdate(.andNot, b.get(r(1)), b.constant(0xF0), .bytes1, .i32), .i64)
            b.mark(restart: b.pc &+ 12)
            b.put(r(5), b.atomicUpdate(.exchange, b.get(r(1)), b.constant(7), [.bytes8, .bigEndian], .i64), .i64)
            b.mark(restart: b.pc &+ 16)
            b.exit(.systemCall)
        } prepare: { guest in
            guest[1] = guest.memory.base
            for (index, byte) in [UInt8(0xFC), 0xFF, 0xFF, 0xFF, 1, 2, 3, 4].enumerated() { guest.memory[index] = byte }
        } check: { guest, _ in
            #expect(guest[2] == 0xFFFF_FFFC)
            #expect(guest[3] == 0xFFFF)
            #expect(guest[4] == 0xFF)
            #expect(guest[5] == 0x0FFF_FFFF_0102_0304)
            #expect(guest.memory[7] == 7 && guest.memory[0] == 0)
        }
    }

    @Test("exchange 16 bytes, and fault without having touched a register")
    func wideExchange() throws {
        for isMapped in [true, false] {
            try execute { b in
                b.mark(restart: b.pc)
                b.put(r(0), b.constant(0x1234))
                b.mark(restart: b.pc &+ 4)
                let held = b.compareExchange(
                    b.get(r(1)), expected: b.get(v(0), .v128), new: b.get(v(1), .v128), [.bytes16, .aligned], .v128)
                b.put(v(2), held, .v128)
                b.mark(restart: b.pc &+ 8)
                b.exit(.systemCall)
            } prepare: { guest in
                guest[1] = guest.memory.base + (isMapped ? 0 : guest.memory.byteCount)
                guest.memory[0] = 5
                guest.setVector(0, VectorBits(low: 5))
                guest.setVector(1, VectorBits(low: 6, high: 7))
            } check: { guest, reason in
                #expect(reason == (isMapped ? .systemCall : .memoryFault))
                #expect(guest[0] == 0x1234)
                guard isMapped else { return }
                #expect(guest.vector(2) == VectorBits(low: 5))
                #expect(guest.memory[0] == 6 && guest.memory[8] == 7)
            }
        }
    }

    @Test("load and store vectors, aligned where asked")
    func vectors() throws {
        try execute { b in
            b.mark(restart: b.pc)
            b.put(v(0), b.load(b.get(r(1)), displacement: 1, .bytes16, .v128), .v128)
            b.mark(restart: b.pc &+ 4)
            b.store(b.get(r(1)), displacement: 32, b.get(v(0), .v128), [.bytes16, .bigEndian], .v128)
            // A scalar clears the rest of its register.
            b.mark(restart: b.pc &+ 8)
            b.put(v(1), b.get(v(0), .f32), .f32)
            b.mark(restart: b.pc &+ 12)
            b.put(v(2), b.load(b.get(r(1)), displacement: 8, [.bytes16, .aligned], .v128), .v128)
            b.goto(0)
        } prepare: { guest in
            guest[1] = guest.memory.base
            for index in 0..<17 { guest.memory[index] = UInt8(index) }
            guest.setVector(1, VectorBits(low: 9, high: 9))
        } check: { guest, reason in
            #expect(reason == .alignmentFault)
            #expect(guest.cpu.faultAddress == guest.memory.base + 8)
            #expect(guest.vector(0) == VectorBits(low: 0x0807_0605_0403_0201, high: 0x100F_0E0D_0C0B_0A09))
            #expect(guest.vector(1) == VectorBits(low: 0x0403_0201))
            #expect(guest.memory[32] == 16 && guest.memory[47] == 1)
        }
    }
}

@Suite("Flags", .serialized)
struct FlagOperationTests {
    @Test("survive in a register, and serve every condition")
    func stored() throws {
        let flags = RegisterIndex(25)
        try execute { b in
            b.mark(restart: b.pc)
            let difference = b.binary(.sub, b.get(r(1)), b.get(r(2)))
            b.put(flags, b.packFlags(b.subFlags(b.get(r(1)), b.get(r(2)), .i64)), .i32)
            b.put(r(3), difference)
            b.goto(b.pc &+ 64)
        } prepare: { guest in
            guest.script(64) { b in
                b.mark(restart: b.pc)
                var bits = b.constant(0)
                for condition in FlagCondition.allCases {
                    let holds = b.condition(condition, b.unpackFlags(b.get(flags, .i32)))
                    let place = b.constant(Int64(condition.rawValue))
                    bits = b.binary(.or, bits, b.binary(.shiftLeft, holds, place))
                }
                b.put(r(4), bits)
                b.exit(.systemCall)
            }
            guest[1] = UInt64(bitPattern: -5)
            guest[2] = 3
        } check: { guest, _ in
            let expected: Set<FlagCondition> = [
                .notOverflow, .notCarry, .notZero, .higher, .negative, .less, .lessOrEqual,
            ]
            let bits = FlagCondition.allCases.filter { guest[4] >> UInt64($0.rawValue) & 1 != 0 }
            #expect(Set(bits) == expected)
            #expect(guest[3] == UInt64(bitPattern: -8))
        }
    }

    private static let relations: [(IntegerCondition, @Sendable (Int64, Int64) -> Bool)] = [
        (.equal, ==), (.notEqual, !=), (.lessSigned, <), (.greaterOrEqualSigned, >=), (.greaterSigned, >),
        (.lessOrEqualSigned, <=), (.lessUnsigned, { UInt64(bitPattern: $0) < UInt64(bitPattern: $1) }),
        (.greaterUnsigned, { UInt64(bitPattern: $0) > UInt64(bitPattern: $1) }),
    ]

    @Test(
        "that are stored serve a comparison behind them as far as it is the same",
        arguments: [[5, 5], [3, 5], [-5, 3], [Int64.min, 1], [Int64.max, -1], [0, 0], [7, 0]])
    func comparisonsBehind(operands: [Int64]) throws {
        let (a, b) = (operands[0], operands[1])
        for (relation, holds) in FlagOperationTests.relations {
            for (isOfResult, isLogic) in [(false, false), (true, false), (true, true)] {
                try execute { builder in
                    builder.mark(restart: builder.pc)
                    let (left, right) = (builder.get(r(1)), builder.get(r(2)))
                    let result = builder.binary(isLogic ? .and : .sub, left, right)
                    builder.put(r(3), result)
                    let made = isLogic ? builder.logicFlags(result, .i64) : builder.subFlags(left, right, .i64)
                    builder.put(RegisterIndex(25), builder.packFlags(made), .i32)
                    let other = isOfResult ? builder.constant(0) : right
                    let label = builder.makeLabel()
                    builder.put(r(4), builder.constant(1))
                    builder.skipIf(builder.compare(relation, isOfResult ? result : left, other), to: label)
                    builder.put(r(4), builder.constant(0))
                    builder.place(label)
                    builder.exit(.systemCall)
                } prepare: { guest in
                    guest[1] = UInt64(bitPattern: a)
                    guest[2] = UInt64(bitPattern: b)
                } check: { guest, _ in
                    let result = isLogic ? a & b : a &- b
                    let expected = isOfResult ? holds(result, 0) : holds(a, b)
                    #expect(guest[4] == (expected ? 1 : 0), "\(relation) \(isOfResult) \(isLogic)")
                }
            }
        }
    }

    // Negative, zero, carry and overflow of a comparison as `floatCompareFlags` is defined.
    private static let outcomes: [(Double, Double, PackedFlags)] = [
        (1, 2, [.negative, .carry]), (2, 1, []), (1, 1, .zero), (.nan, 1, .overflow), (1, .nan, .overflow),
    ]

    @Test("of a floating-point comparison tell the relation to every condition", arguments: FlagCondition.allCases)
    func comparisons(condition: FlagCondition) throws {
        for (a, b, flags) in FlagOperationTests.outcomes {
            let expected: UInt64 = IntegerArithmetic.satisfies(condition.rawValue, flags) ? 77 : 0
            try execute { builder in
                builder.mark(restart: builder.pc)
                let compared = builder.floatCompareFlags(
                    builder.get(f(0), .f64), builder.get(f(1), .f64), .f64, isSignalling: false)
                let holds = builder.condition(condition, compared)
                builder.put(r(1), builder.select(holds, builder.get(r(2)), builder.constant(0)))
                builder.mark(restart: builder.pc &+ 4)
                let again = builder.floatCompareFlags(
                    builder.get(f(0), .f64), builder.get(f(1), .f64), .f64, isSignalling: true)
                builder.put(RegisterIndex(25), builder.packFlags(again), .i32)
                builder.put(
                    r(3), builder.select(builder.condition(condition, again), builder.get(r(2)), builder.constant(0)))
                builder.exit(.systemCall)
            } prepare: { guest in
                guest.setFloat(0, a.bitPattern)
                guest.setFloat(1, b.bitPattern)
                guest[2] = 77
            } check: { guest, _ in
                #expect(guest[1] == expected, "\(a) and \(b)")
                #expect(guest[3] == expected, "\(a) and \(b), packed")
                #expect(guest.cpu.takeFloatFlags().contains(.invalid) == flags.contains(.overflow))
            }
        }
    }

    @Test("of a sum with carry have the carry of both additions")
    func carries() {
        let flags = { (a: UInt64, b: UInt64, carry: UInt64, attributes: FlagAttributes) -> PackedFlags in
            PackedFlags(
                rawValue: UInt32(IntegerArithmetic.flags(.addWithCarryFlags, attributes, a, b, carry)))
        }
        #expect(flags(UInt64.max, 0, 1, []) == [.carry, .zero])
        #expect(flags(UInt64.max, 0, 1, .invertedCarry) == .zero)
        #expect(flags(0x7FFF_FFFF, 0, 1, .narrow) == [.negative, .overflow])
        #expect(flags(0x7FFF_FFFF, 0, 1, []) == [])
    }
}

@Suite("Floating point", .serialized)
struct FloatOperationTests {
    private func binary(
        _ opcode: Opcode, _ a: Double, _ b: Double, mode: UInt32 = 0, check: (ScriptedGuest, ExitReason) -> Void
    ) throws {
        try execute { builder in
            builder.mark(restart: builder.pc)
            builder.setFloatMode(builder.get(r(1)))
            builder.put(
                f(0), builder.binary(opcode, builder.get(f(1), .f64), builder.get(f(2), .f64), .f64), .f64)
            builder.mark(restart: builder.pc &+ 4)
            builder.put(r(2), builder.takeFloatFlags())
            builder.exit(.systemCall)
        } prepare: { guest in
            guest[1] = UInt64(mode)
            guest.setFloat(1, a.bitPattern)
            guest.setFloat(2, b.bitPattern)
        } check: {
            check($0, $1)
        }
    }

    @Test("rounds as the mode says and raises inexact")
    func rounding() throws {
        try binary(.floatDiv, 1, 3) { guest, _ in
            #expect(guest.float(0) == (1.0 / 3.0).bitPattern)
            #expect(guest[2] == UInt64(FloatFlags.inexact.rawValue))
        }
        try binary(.floatDiv, 1, 3, mode: 2) { guest, _ in
            #expect(guest.float(0) == (1.0 / 3.0).nextUp.bitPattern)
        }
        try binary(.floatDiv, 1, 0) { guest, _ in
            #expect(guest.float(0) == Double.infinity.bitPattern)
            #expect(guest[2] == UInt64(FloatFlags.divideByZero.rawValue))
        }
    }

    @Test("gives the profile's NaN")
    func nans() throws {
        try binary(.floatSub, .infinity, .infinity) { guest, _ in
            #expect(guest.float(0) == ScriptedArchitecture.profile.defaultNaN64)
            #expect(guest[2] == UInt64(FloatFlags.invalid.rawValue))
        }
        // With the quiet bit inverted the host's quiet NaN signals.
        try binary(.floatAdd, .nan, 1) { guest, _ in #expect(guest[2] == UInt64(FloatFlags.invalid.rawValue)) }
        let quietToTheGuest = Double(bitPattern: 0x7FF0_0000_0000_0001)
        try binary(.floatAdd, quietToTheGuest, 1) { guest, _ in #expect(guest[2] == 0) }
    }

    @Test("flushes subnormal results where asked")
    func flushing() throws {
        let least = Double.leastNormalMagnitude
        try binary(.floatMul, least, 0.5) { guest, _ in #expect(guest.float(0) == (least / 2).bitPattern) }
        try binary(.floatMul, least, 0.5, mode: FloatMode.flushResults.rawValue) { guest, _ in
            #expect(guest.float(0) == 0)
        }
    }

    @Test("traps what is enabled, and leaves the state as it was")
    func traps() throws {
        let enable = FloatFlags.divideByZero.rawValue << FloatMode.trapShift
        try binary(.floatDiv, 1, 0, mode: enable) { guest, reason in
            #expect(reason == .floatException)
            #expect(guest.cpu.exitArgument == UInt64(FloatFlags.divideByZero.rawValue))
            #expect(guest.cpu.pc == guest.memory.base)
            #expect(guest.float(0) == 0)
        }
    }

    @Test("converts and compares")
    func conversions() throws {
        try execute { b in
            b.mark(restart: b.pc)
            b.put(r(2), b.unary(.signExtend32, b.floatToSigned(b.get(f(1), .f64), from: .f64, to: .i32, .towardZero)))
            b.put(r(3), b.floatToSigned(b.get(f(1), .f64), from: .f64, to: .i64, .up))
            b.put(r(4), b.unary(.signExtend32, b.floatToSigned(b.get(f(2), .f64), from: .f64, to: .i32, .current)))
            b.put(r(5), b.floatCompare([.less, .unordered], b.get(f(1), .f64), b.get(f(2), .f64), .f64))
            b.put(f(3), b.unary(.floatConvert, b.get(f(1), .f64), .f32), .f32)
            b.put(f(4), b.floatFromSigned(b.constant(-7), from: .i32, to: .f64), .f64)
            b.exit(.systemCall)
        } prepare: { guest in
            guest.setFloat(1, (-5.5).bitPattern)
            guest.setFloat(2, (1e300).bitPattern)
        } check: { guest, _ in
            #expect(guest[2] == UInt64(bitPattern: -5))
            #expect(guest[3] == UInt64(bitPattern: -5))
            #expect(guest[4] == 0x7FFF_FFFF)
            #expect(guest[5] == 1)
            #expect(UInt32(truncatingIfNeeded: guest.float(3)) == Float(-5.5).bitPattern)
            #expect(guest.float(4) == (-7.0).bitPattern)
        }
    }
}
