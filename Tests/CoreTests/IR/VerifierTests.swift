import Testing

@testable import BSDUserCore

/// Messages of the verifier for a block.
private func messages(_ body: (inout Builder) -> Void) -> [String] {
    var builder = Builder()
    builder.begin(pc: 0x1000)
    body(&builder)
    return Verifier.violations(in: builder.block, registers: ScriptedArchitecture.registers).map(\.message)
}

private func expectRejected(
    _ fragment: String, location: SourceLocation = #_sourceLocation, _ body: (inout Builder) -> Void
) {
    let found = messages(body)
    #expect(found.contains { $0.contains(fragment) }, "got \(found)", sourceLocation: location)
}

@Suite("The verifier")
struct VerifierTests {
    @Test("accepts a well-formed block")
    func acceptsGoodBlock() {
        let found = messages { b in
            b.mark(restart: 0x1000)
            let sum = b.binary(.add, b.get(r(1)), b.constant(4))
            let loaded = b.load(sum, displacement: -8, [.bytes4, .signed, .bigEndian])
            b.put(r(2), loaded)
            b.mark(restart: 0x1004)
            let label = b.makeLabel()
            b.skipIf(b.compare(.equal, b.get(r(2)), b.constant(0)), to: label)
            b.goto(0x2000)
            b.place(label)
            b.put(f(0), b.binary(.floatAdd, b.get(f(0), .f64), b.get(f(1), .f64), .f64), .f64)
            b.goto(0x1008)
        }
        #expect(found == [])
    }

    @Test("rejects operands of the wrong kind")
    func rejectsWrongKinds() {
        expectRejected("not an integer") { b in
            b.put(r(1), b.binary(.add, b.get(f(0), .f64), b.constant(1)))
            b.goto(0)
        }
        expectRejected("not f64") { b in
            b.mark(restart: 0x1000)
            b.put(f(0), b.binary(.floatAdd, b.get(f(0), .f64), b.get(f(1), .f32), .f64), .f64)
            b.goto(0)
        }
        expectRejected("not flags") { b in
            b.put(r(1), b.append(.condition, .i64, b.get(r(1)).raw))
            b.goto(0)
        }
        expectRejected("only a condition reads flags") { b in
            b.put(r(1), b.addFlags(b.get(r(1)), b.get(r(2)), .i64))
            b.goto(0)
        }
        expectRejected("has no result") { b in
            b.put(r(1), b.get(r(2)))
            b.put(r(3), Value(raw: 1))
            b.goto(0)
        }
    }

    @Test("rejects uses of the undefined upper half of 32-bit values")
    func rejectsUndefinedHalves() {
        expectRejected("upper half") { b in
            b.put(r(1), b.get(r(2), .i32))
            b.goto(0)
        }
        expectRejected("upper half") { b in
            b.jump(b.binary(.add, b.get(r(2)), b.constant(1), .i32))
        }
        let extended = messages { b in
            b.put(r(1), b.unary(.signExtend32, b.binary(.add, b.get(r(2)), b.constant(1), .i32)))
            b.goto(0)
        }
        #expect(extended == [])
    }

    @Test("rejects uses before definitions and across labels")
    func rejectsUsesOutOfPlace() {
        expectRejected("not defined before") { b in
            b.put(r(1), Value(raw: 7))
            b.goto(0)
        }
        expectRejected("not defined before") { b in
            _ = b.append(.add, .i64, 0, 0)
            b.goto(0)
        }
        expectRejected("across the label") { b in
            let early = b.get(r(1))
            let label = b.makeLabel()
            b.skipIf(early, to: label)
            b.place(label)
            b.put(r(2), early)
            b.goto(0)
        }
    }

    @Test("rejects labels that are misplaced")
    func rejectsLabels() {
        expectRejected("placed twice") { b in
            let label = b.makeLabel()
            b.skipIf(b.get(r(1)), to: label)
            b.place(label)
            b.place(label)
            b.goto(0)
        }
        expectRejected("never placed") { b in
            b.skipIf(b.get(r(1)), to: b.makeLabel())
            b.goto(0)
        }
        expectRejected("skips back") { b in
            let label = b.makeLabel()
            b.place(label)
            b.skipIf(b.get(r(1)), to: label)
            b.goto(0)
        }
    }

    @Test("rejects blocks that do not end, or go on after their end")
    func rejectsEnds() {
        expectRejected("does not end") { b in b.put(r(1), b.get(r(2))) }
        expectRejected("does not end") { _ in }
        expectRejected("no way leads here") { b in
            b.goto(0)
            b.put(r(1), b.constant(0))
            b.goto(0)
        }
    }

    @Test("rejects registers out of range and writes of another width")
    func rejectsRegisters() {
        expectRejected("there is no register 99") { b in
            b.put(RegisterIndex(99), b.constant(0))
            b.goto(0)
        }
        expectRejected("another width") { b in
            b.put(r(1), b.constant(0), .i32)
            b.goto(0)
        }
        expectRejected("narrower than") { b in
            b.put(RegisterIndex(25), b.constant(0), .i64)
            b.goto(0)
        }
        expectRejected("does not hold") { b in
            b.put(f(0), b.constant(0), .i64)
            b.goto(0)
        }
    }

    @Test("rejects faults without a mark or after a write")
    func rejectsImpreciseState() {
        expectRejected("no mark") { b in
            b.put(r(1), b.load(b.get(r(2)), .bytes8))
            b.goto(0)
        }
        expectRejected("may fault after") { b in
            b.mark(restart: 0x1000)
            b.put(r(1), b.constant(1))
            b.store(b.get(r(2)), b.get(r(1)), .bytes8)
            b.goto(0)
        }
    }

    @Test("rejects accesses and fields that do not fit their type")
    func rejectsSizes() {
        expectRejected("do not fit") { b in
            b.mark(restart: 0x1000)
            b.put(r(1), b.unary(.zeroExtend32, b.load(b.get(r(2)), .bytes8, .i32)))
            b.goto(0)
        }
        expectRejected("do not fit") { b in
            b.mark(restart: 0x1000)
            b.put(f(1), b.load(b.get(r(2)), .bytes4, .f64), .f64)
            b.goto(0)
        }
        expectRejected("bit field") { b in
            b.put(r(1), b.extractBits(b.get(r(2)), lsb: 60, width: 5))
            b.goto(0)
        }
        expectRejected("has no type") { b in
            b.put(r(1), b.binary(.add, b.get(r(1)), b.get(r(1)), .none))
            b.goto(0)
        }
    }

    @Test("rejects unknown conditions and reasons")
    func rejectsUnknownCodes() {
        expectRejected("unknown condition") { b in
            b.put(r(1), b.append(.compare, .i64, flags: 77, b.get(r(1)).raw, b.get(r(1)).raw))
            b.goto(0)
        }
        expectRejected("unknown exit reason") { b in
            b.mark(restart: 0x1000)
            _ = b.append(.exit, .none, 0x8000_0000, 999)
        }
    }

    @Test("rejects vector operations whose lanes do not fit")
    func rejectsLanes() {
        expectRejected("lanes of 64 bits are not possible") { b in
            b.put(v(0), b.vector(.widenLowSigned, b.get(v(0), .v128), .bits64), .v128)
            b.goto(0)
        }
        expectRejected("lanes of 8 bits are not possible") { b in
            b.mark(restart: 0x1000)
            b.put(v(0), b.vectorFloat(.add, b.get(v(0), .v128), b.get(v(1), .v128), .bits8), .v128)
            b.goto(0)
        }
        expectRejected("there is no lane 4") { b in
            b.put(r(1), b.unary(.zeroExtend32, b.vectorExtract(b.get(v(0), .v128), 4, .bits32, .i32)))
            b.goto(0)
        }
        expectRejected("a lane of 8 bits is no f32") { b in
            b.put(f(0), b.vectorExtract(b.get(v(0), .v128), 0, .bits8, .f32), .f32)
            b.goto(0)
        }
        expectRejected("a shift by 9 exceeds the lane") { b in
            b.put(v(0), b.vector(VectorShift.left, b.get(v(0), .v128), by: 9, .bits8), .v128)
            b.goto(0)
        }
        expectRejected("another width than the lane") { b in
            b.put(v(0), b.vectorDuplicate(b.get(f(0), .f64), .bits32), .v128)
            b.goto(0)
        }
        expectRejected("is not a vector") { b in
            b.put(v(0), b.vector(.not, b.get(r(1))), .v128)
            b.goto(0)
        }
    }

    @Test("rejects vectors where scalars belong, and the other way round")
    func rejectsMixedRegisters() {
        expectRejected("v0 does not hold i64") { b in
            b.put(v(0), b.constant(1))
            b.goto(0)
        }
        expectRejected("f0 is narrower than v128") { b in
            b.put(f(0), b.get(v(0), .v128), .v128)
            b.goto(0)
        }
        expectRejected("is not f64") { b in
            b.put(v(0), b.get(v(1), .v128), .f64)
            b.goto(0)
        }
        expectRejected("nothing to reinterpret") { b in
            b.put(r(1), b.unary(.bitcast, b.get(v(0), .v128)))
            b.goto(0)
        }
    }

    @Test("rejects atomic accesses that the host has not")
    func rejectsAtomics() {
        expectRejected("16 bytes are exchanged aligned") { b in
            b.mark(restart: 0x1000)
            let vector = b.get(v(0), .v128)
            _ = b.compareExchange(b.get(r(1)), expected: vector, new: vector, .bytes16, .v128)
            b.goto(0)
        }
        expectRejected("8 bytes do not fit i32") { b in
            b.mark(restart: 0x1000)
            _ = b.atomicUpdate(.add, b.get(r(1)), b.constant(1), .bytes8, .i32)
            b.goto(0)
        }
        expectRejected("does not extend signs") { b in
            b.mark(restart: 0x1000)
            _ = b.atomicUpdate(.add, b.get(r(1)), b.constant(1), [.bytes2, .signed], .i32)
            b.goto(0)
        }
    }

    @Test("rejects a block beyond the capacity")
    func rejectsOverflow() {
        expectRejected("capacity") { b in
            for _ in 0..<(Builder.capacity + 10) { b.put(r(1), b.constant(1)) }
            b.goto(0)
        }
    }
}

@Suite("The printer")
struct PrinterTests {
    @Test("names registers, conditions, memory attributes and labels")
    func prints() {
        var builder = Builder()
        builder.begin(pc: 0x1000)
        builder.mark(restart: 0x1000, inDelaySlot: true)
        let loaded = builder.load(builder.get(r(4)), displacement: -8, [.bytes4, .signed, .bigEndian])
        builder.put(r(2), loaded)
        let label = builder.makeLabel()
        builder.skipIf(builder.compare(.lessSigned, loaded, builder.constant(-3)), to: label)
        builder.exit(.breakpoint, builder.constant(7))
        builder.place(label)
        builder.goto(0x1_2345_6789)
        builder.byteCount = 8
        let text = Printer(registers: ScriptedArchitecture.registers).text(of: builder.block)
        let expected = """
            block 0x1000, 8 bytes of guest code
                     mark.inDelaySlot 0x1000
                %1 = get.i64 r4
                %2 = load.i64.4.signed.bigEndian %1, -8
                     put.i64 r2, %2
                %4 = compare.i64.lessSigned %2, -3
                     skipIf %4, L0
                     exit breakpoint, 7
                     label L0
                     goto 0x123456789

            """
        #expect(text == expected)
    }
}
