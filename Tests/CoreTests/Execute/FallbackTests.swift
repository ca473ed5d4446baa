import Testing

@testable import BSDUserCore

@Suite("Blocks that the emitter gives up", .serialized)
struct FallbackTests {
    @Test("none: a comparison whose operand's register is overwritten before the branch")
    func fusedComparison() throws {
        let guest = try #require(ScriptedGuest(.translator))
        guest.script(0) { b in
            b.mark(restart: b.pc)
            let loaded = b.load(b.get(r(8)), displacement: 320, [.bytes4, .signed, .bigEndian])
            b.put(r(2), loaded)
            b.mark(restart: b.pc &+ 4)
            b.put(r(2), b.unary(.signExtend32, b.binary(.add, b.get(r(2)), b.constant(-1), .i32)))
            b.mark(restart: b.pc &+ 8)
            let isLess = b.compare(.lessSigned, b.get(r(2)), b.constant(0))
            b.put(r(2), b.binary(.shiftLeft, b.get(r(2)), b.constant(4)))
            let label = b.makeLabel()
            b.skipIf(isLess, to: label)
            b.goto(b.pc + 0x100)
            b.place(label)
            b.goto(b.pc + 0x200)
        }
        guest.script(0x100) { b in
            b.mark(restart: b.pc)
            b.exit(.systemCall)
        }
        guest.architecture.scripts[guest.memory.base + 0x200] = guest.architecture.scripts[guest.memory.base + 0x100]
        guest[8] = guest.memory.base
        for _ in 0..<3 { #expect(guest.run() == .systemCall) }
        #expect(guest[2] == UInt64(bitPattern: -16))
        #expect(guest.architecture.translations[guest.memory.base] == 1)
    }
}
