import Foundation
import Testing

@testable import BSDUserCore

/// One engine and several threads: what one does to the tables must not disturb the others.
@Suite("Several threads in one engine", .serialized)
struct ManyThreadsTests {
    static let modes: [ExecutionMode] = [.translator, .interpreter]
    private static let rounds: UInt64 = 20_000

    /// A loop of three blocks that a direct exit, an indirect jump and a backward branch tie together.
    private func scriptLoop(_ guest: ScriptedGuest) {
        let base = guest.memory.base
        guest.script(0) { b in
            b.mark(restart: b.pc)
            let count = b.binary(.add, b.get(r(1)), b.constant(1))
            b.put(r(1), count)
            let label = b.makeLabel()
            b.skipIf(b.compare(.equal, count, b.constant(Int64(Self.rounds))), to: label)
            b.goto(base + 0x100)
            b.place(label)
            b.goto(base + 0x400)
        }
        guest.script(0x100) { b in
            b.mark(restart: b.pc)
            b.put(r(2), b.binary(.add, b.get(r(2)), b.constant(3)))
            b.jump(b.get(r(3)))
        }
        guest.script(0x200) { b in
            b.mark(restart: b.pc)
            b.goto(base)
        }
        guest.script(0x400) { b in
            b.mark(restart: b.pc)
            b.exit(.systemCall)
        }
        // Loads from the page that is not mapped.
        guest.script(0x500) { b in
            b.mark(restart: b.pc)
            b.put(r(5), b.load(b.get(r(4)), [.bytes8]))
            b.goto(base + 0x400)
        }
    }

    /// What one thread found wrong. It is read after the thread's end.
    private final class Worker: @unchecked Sendable {
        let guest: ScriptedGuest
        let done = DispatchSemaphore(value: 0)
        var problems: [String] = []

        init(_ guest: ScriptedGuest) { self.guest = guest }

        func start() { Thread.detachNewThread { self.main() } }

        private func main() {
            let cpu = CPUState.allocate()
            defer { done.signal() }
            guard let execution = ThreadExecution(engine: guest.engine, cpu: cpu) else {
                problems.append("no execution")
                return
            }
            execution.enterThread()
            let base = guest.memory.base
            for round in 0..<6 {
                cpu.store(UInt64(0), 8 + 8)
                cpu.store(UInt64(0), 8 + 16)
                cpu.store(base + 0x200, 8 + 24)
                cpu.pc = base
                let reason = finish(execution)
                let (count, sum) = (cpu.load(16, as: UInt64.self), cpu.load(24, as: UInt64.self))
                if reason != .systemCall || count != ManyThreadsTests.rounds || sum != 3 * (count - 1) {
                    problems.append("round \(round): \(reason) after \(count) with \(sum) at \(cpu.pc - base)")
                }
                for _ in 0..<200 {
                    cpu.store(base + guest.memory.byteCount, 8 + 32)
                    cpu.pc = base + 0x500
                    let reason = finish(execution)
                    if reason != .memoryFault || cpu.pc != base + 0x500 {
                        problems.append("\(reason) at \(cpu.pc - base) instead of a fault")
                    }
                }
            }
            execution.leaveThread()
            cpu.deallocate()
        }

        private func finish(_ execution: ThreadExecution) -> ExitReason {
            while true {
                let reason = execution.run()
                if reason != .interrupt { return reason }
            }
        }
    }

    @Test("run and fault exactly while everything is flushed", arguments: modes)
    func flushes(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        scriptLoop(guest)
        let workers = (0..<2).map { _ in Worker(guest) }
        for worker in workers { worker.start() }
        var flushes = 0
        for worker in workers {
            while worker.done.wait(timeout: .now()) == .timedOut {
                guest.engine.lockForBlocks()
                guest.engine.flushAll()
                guest.engine.unlock()
                flushes += 1
                sched_yield()
            }
        }
        #expect(workers.flatMap(\.problems) == [])
        #expect(flushes > 0)
    }

    @Test("run while blocks are taken from under them", arguments: modes)
    func invalidations(_ mode: ExecutionMode) throws {
        let guest = try #require(ScriptedGuest(mode))
        scriptLoop(guest)
        let workers = (0..<2).map { _ in Worker(guest) }
        for worker in workers { worker.start() }
        for worker in workers {
            while worker.done.wait(timeout: .now()) == .timedOut {
                guest.engine.invalidate(guest.memory.base, 0x600)
                sched_yield()
            }
        }
        #expect(workers.flatMap(\.problems) == [])
    }
}
