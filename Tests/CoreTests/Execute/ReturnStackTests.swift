import CHost
import Glibc
import Testing

@testable import BSDUserCore

/// How a guest is executed, and whether blocks go on behind their calls.
private struct Way: CustomTestStringConvertible {
    let mode: ExecutionMode
    let continues: Bool

    static let all = [ExecutionMode.interpreter, .translator].flatMap { mode in
        [false, true].map { Way(mode: mode, continues: $0) }
    }
    static let translated = all.filter { $0.mode == .translator }

    var testDescription: String { "\(mode), \(continues ? "blocks go on" : "blocks end")" }
}

/// Registers of the guests here.
private let link = r(1)
private let depth = r(2)
private let count = r(3)
private let stack = r(4)
/// How often a block went on behind its call.
private let returns = r(6)

private func add(_ b: inout Builder, _ register: RegisterIndex, _ number: Int64) {
    b.put(register, b.binary(.add, b.get(register), b.constant(number)))
}

extension ScriptedGuest {
    /// A block that calls one block and is returned to at another.
    fileprivate func scriptCall(
        _ offset: UInt64, of function: UInt64, returningTo next: UInt64, continues: Bool = false
    ) {
        let base = memory.base
        script(offset) { b in
            b.mark(restart: b.pc)
            b.put(link, b.constant(Int64(bitPattern: base + next)))
            b.call(base + function, returningTo: base + next, continues: continues)
            if continues { Self.finish(&b, at: base + next) }
        }
    }

    /// What a block that goes on behind its call does there, in place of that of the block at `next`.
    fileprivate static func finish(_ b: inout Builder, at next: UInt64) {
        b.mark(restart: next)
        add(&b, returns, 1)
        b.goto(next)
    }

    /// A block that adds to the count and returns to where the link register leads.
    fileprivate func scriptReturn(_ offset: UInt64, adding number: Int64 = 0) {
        script(offset) { b in
            b.mark(restart: b.pc)
            add(&b, count, number)
            b.returnTo(b.get(link))
        }
    }

    fileprivate func scriptExit(_ offset: UInt64) {
        script(offset) { b in
            b.mark(restart: b.pc)
            b.exit(.systemCall)
        }
    }

    /// A function at 0x1000 that calls itself as often as `depth` says, with its return addresses on a stack of the guest's.
    fileprivate func scriptRecursion(continues: Bool) {
        let base = memory.base
        script(0x1000) { b in
            b.mark(restart: b.pc)
            b.store(b.get(stack), b.get(link), .bytes8)
            add(&b, stack, 8)
            add(&b, depth, -1)
            let label = b.makeLabel()
            b.skipIf(b.compare(.notEqual, b.get(depth), b.constant(0)), to: label)
            b.goto(base + 0x1200)
            b.place(label)
            b.put(link, b.constant(Int64(bitPattern: base + 0x1200)))
            b.call(base + 0x1000, returningTo: base + 0x1200, continues: continues)
            if continues { Self.finish(&b, at: base + 0x1200) }
        }
        script(0x1200) { b in
            b.mark(restart: b.pc)
            add(&b, stack, -8)
            add(&b, count, 1)
            b.put(link, b.load(b.get(stack), .bytes8))
            b.returnTo(b.get(link))
        }
    }
}

extension ScriptedGuest {
    /// Functions, each behind its callers, that call the next one twice; the last one counts.
    fileprivate func scriptTree(depth: Int, continues: Bool) {
        func function(_ level: Int) -> UInt64 { 0x1000 + UInt64(level) * 0x40 }
        for level in 0..<depth {
            let start = function(level)
            let parts: [(inout Builder) -> Void] = [
                { b in
                    b.store(b.get(stack), b.get(link), .bytes8)
                    add(&b, stack, 8)
                }, { _ in },
            ]
            for (index, part) in parts.enumerated() {
                let place = start + UInt64(index) * 0x10
                script(place) { [memory] b in
                    b.mark(restart: b.pc)
                    part(&b)
                    let next = memory.base + place + 0x10
                    b.put(link, b.constant(Int64(bitPattern: next)))
                    b.call(memory.base + function(level + 1), returningTo: next, continues: continues)
                    if continues {
                        b.mark(restart: next)
                        b.goto(next)
                    }
                }
            }
            script(start + 0x20) { b in
                b.mark(restart: b.pc)
                add(&b, stack, -8)
                b.put(link, b.load(b.get(stack), .bytes8))
                b.returnTo(b.get(link))
            }
        }
        scriptReturn(function(depth), adding: 1)
    }
}

@Suite("Calls and returns of the guest on the host's stack", .serialized)
struct ReturnStackTests {
    /// The guest's stack begins here.
    private static let stackOffset: UInt64 = 0x4000

    private func recursive(_ way: Way, depth: UInt64) throws -> ScriptedGuest {
        let guest = try #require(ScriptedGuest(way.mode, memory: ScriptedMemory(pageCount: 512)))
        guest.scriptCall(0, of: 0x1000, returningTo: 0x100, continues: way.continues)
        guest.scriptExit(0x100)
        guest.scriptRecursion(continues: way.continues)
        guest[2] = depth
        guest[4] = guest.memory.base + Self.stackOffset
        return guest
    }

    @Test("A recursion far deeper than the host's stack has room comes back, and does so again", arguments: Way.all)
    fileprivate func recurses(_ way: Way) throws {
        let depth: UInt64 = 200_000
        let guest = try recursive(way, depth: depth)
        for round in 1...3 as ClosedRange<UInt64> {
            guest[2] = depth
            #expect(guest.run() == .systemCall)
            #expect(guest[3] == round * depth)
            #expect(guest[4] == guest.memory.base + Self.stackOffset)
            #expect(guest.cpu.pc == guest.memory.base + 0x100)
        }
        // The host's stack has forgotten the outermost calls, and knows the others.
        if way.mode == .translator && way.continues { #expect(guest[6] > 3 * 1000 && guest[6] < 3 * depth) }
    }

    @Test("A return over frames, as of longjmp, and later ones from frames above, find their way", arguments: Way.all)
    fileprivate func skipsFrames(_ way: Way) throws {
        let guest = try #require(ScriptedGuest(way.mode))
        let base = guest.memory.base
        // 0 calls 0x1000, which calls 0x2000, which calls 0x3000, which returns to where 0 continues.
        guest.scriptCall(0, of: 0x1000, returningTo: 0x100, continues: way.continues)
        guest.scriptCall(0x1000, of: 0x2000, returningTo: 0x1100, continues: way.continues)
        guest.scriptCall(0x2000, of: 0x3000, returningTo: 0x2100, continues: way.continues)
        guest.script(0x3000) { b in
            b.mark(restart: b.pc)
            add(&b, count, 1)
            b.returnTo(b.constant(Int64(bitPattern: base + 0x100)))
        }
        // Then a plain call, and a return to a place that nothing calls from.
        guest.scriptCall(0x100, of: 0x3100, returningTo: 0x200, continues: way.continues)
        guest.scriptReturn(0x3100, adding: 0x10)
        guest.script(0x200) { b in
            b.mark(restart: b.pc)
            add(&b, count, 0x100)
            b.returnTo(b.constant(Int64(bitPattern: base + 0x300)))
        }
        guest.scriptExit(0x300)
        guest.scriptExit(0x1100)
        guest.scriptExit(0x2100)
        for round in 1...3 as ClosedRange<UInt64> {
            #expect(guest.run() == .systemCall)
            #expect(guest.cpu.pc == base + 0x300)
            #expect(guest[3] == round * 0x111)
            // Of the four calls the two that are returned from by their own return go on in their blocks.
            if way.mode == .translator && way.continues { #expect(guest[6] == round * 2) }
        }
    }

    @Test("An indirect call is returned from, whether its target was known or not", arguments: Way.all)
    fileprivate func callsIndirectly(_ way: Way) throws {
        let guest = try #require(ScriptedGuest(way.mode))
        let base = guest.memory.base
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.put(link, b.constant(Int64(bitPattern: base + 0x100)))
            b.call(b.get(r(5)), returningTo: base + 0x100, continues: way.continues)
            if way.continues { ScriptedGuest.finish(&b, at: base + 0x100) }
        }
        guest.scriptExit(0x100)
        guest.scriptReturn(0x1000, adding: 1)
        guest.scriptReturn(0x2000, adding: 0x10)
        for target: UInt64 in [0x1000, 0x2000, 0x1000, 0x2000] {
            guest[5] = base + target
            #expect(guest.run() == .systemCall)
            #expect(guest.cpu.pc == base + 0x100)
        }
        #expect(guest[3] == 0x22)
        // Also where the jump table did not know the target.
        if way.mode == .translator && way.continues { #expect(guest[6] == 4) }
    }

    @Test(
        "Everything is flushed in a called function: it returns to code that is translated anew",
        arguments: Way.translated)
    fileprivate func returnsAfterFlush(_ way: Way) throws {
        let guest = try #require(ScriptedGuest(way.mode))
        let base = guest.memory.base
        guest.scriptCall(0, of: 0x1000, returningTo: 0x100, continues: way.continues)
        guest.scriptExit(0x1000)
        guest.scriptReturn(0x1100, adding: 1)
        guest.scriptExit(0x100)
        for round in 1...3 as ClosedRange<UInt64> {
            #expect(guest.run() == .systemCall)
            #expect(guest.cpu.pc == base + 0x1000)
            guest.engine.lockForBlocks()
            guest.engine.flushAll()
            guest.engine.unlock()
            #expect(guest.run(from: 0x1100) == .systemCall)
            #expect(guest.cpu.pc == base + 0x100)
            #expect(guest[3] == round)
        }
    }

    @Test("A caller that changes while its function runs is returned to as it is now", arguments: Way.translated)
    fileprivate func returnsToChangedCode(_ way: Way) throws {
        let guest = try #require(ScriptedGuest(way.mode))
        let base = guest.memory.base
        guest.scriptCall(0, of: 0x1000, returningTo: 0x100, continues: way.continues)
        guest.scriptExit(0x1000)
        guest.scriptReturn(0x1100)
        guest.scriptExit(0x100)
        #expect(guest.run() == .systemCall)
        #expect(guest.run(from: 0x1100) == .systemCall)
        #expect(guest.cpu.pc == base + 0x100)
        let before: UInt64 = way.continues ? 1 : 0
        #expect(guest[6] == before)
        #expect(guest.run() == .systemCall)
        guest.scriptExit(0x200)
        guest.script(0x100) { b in
            b.mark(restart: b.pc)
            add(&b, count, 1)
            b.goto(base + 0x200)
        }
        guest.engine.invalidate(base, 0x200)
        #expect(guest.run(from: 0x1100) == .systemCall)
        #expect(guest.cpu.pc == base + 0x200)
        #expect(guest[3] == 1)
        #expect(guest[6] == before)
    }

    @Test("An access that fails at the address of a full stack's next entry is the guest's own failure")
    func faultsAtTheGuard() throws {
        let guest = try #require(ScriptedGuest(.translator))
        let bottom = guest.cpu.header(.returnStackTop, as: UInt.self) + 8 - UInt(ReturnStack.byteCount)
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.put(count, b.load(b.get(r(5)), .bytes8))
            b.exit(.systemCall)
        }
        guest[5] = UInt64(bottom - 8)
        #expect(guest.run() == .memoryFault)
        #expect(guest.cpu.faultAddress == guest[5])
        guest.cpu.setHeader(.returnStack, bottom)
        #expect(guest.run() == .memoryFault)
        #expect(guest.cpu.faultAddress == guest[5])
        // The stack began anew meanwhile.
        #expect(guest.cpu.header(.returnStack, as: UInt.self) == guest.cpu.header(.returnStackTop, as: UInt.self))
    }

    @Test("A barrier does not touch the guard page of a full stack")
    func fencesAtTheGuard() throws {
        let guest = try #require(ScriptedGuest(.translator))
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.fence()
            b.exit(.systemCall)
        }
        let bottom = guest.cpu.header(.returnStackTop, as: UInt.self) + 8 - UInt(ReturnStack.byteCount)
        guest.cpu.setHeader(.returnStack, bottom)
        #expect(guest.run() == .systemCall)
        #expect(guest.cpu.header(.returnStack, as: UInt.self) == bottom)
    }

    /// Runs while another thread asks for an interrupt after 20 ms.
    private func interrupt(_ guest: ScriptedGuest) -> ExitReason {
        var asker = pthread_t()
        pthread_create(
            &asker, nil,
            { argument in
                usleep(20_000)
                chost_request_interrupt(argument)
                return nil
            }, guest.cpu.registers)
        defer { pthread_join(asker, nil) }
        return guest.run()
    }

    @Test("An endless recursion without memory stops when someone asks")
    func interruptsRecursion() throws {
        let guest = try #require(ScriptedGuest(.translator))
        guest.scriptCall(0, of: 0x1000, returningTo: 0x100)
        guest.scriptCall(0x1000, of: 0, returningTo: 0x1100)
        #expect(interrupt(guest) == .interrupt)
        #expect([0, 0x1000].contains(guest.cpu.pc - guest.memory.base))
    }

    @Test(
        "A tree of calls, none of which leads back, stops when someone asks, and comes to its end", arguments: Way.all)
    fileprivate func interruptsTrees(_ way: Way) throws {
        let depth = 24
        let guest = try #require(ScriptedGuest(way.mode, memory: ScriptedMemory(pageCount: 8)))
        guest.scriptTree(depth: depth, continues: way.continues)
        guest.scriptCall(0, of: 0x1000, returningTo: 0x100)
        guest.scriptExit(0x100)
        guest[4] = guest.memory.base + Self.stackOffset
        // The interpreter takes too long for all of it.
        let usual = interrupt(guest)
        #expect(usual == .interrupt)
        guard way.mode == .translator else { return }
        var reason = usual
        while reason == .interrupt { reason = guest.execution.run() }
        #expect(reason == .systemCall)
        #expect(guest[3] == 1 << UInt64(depth))
        #expect(guest[4] == guest.memory.base + Self.stackOffset)
    }
}
