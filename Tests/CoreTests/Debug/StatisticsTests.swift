import CHost
import Glibc
import Testing

@testable import BSDUserCore

@Suite("Statistics") struct StatisticsTests {
    /// Marks as the emitter records them: offset of the guest instruction, and whether it is a delay slot.
    private func count(
        _ marks: [(Int32, Bool)], byteCount: Int, fallsThrough: Bool = false, instructionBytes: Int? = 4
    ) -> (ofMarks: [Int], size: TranslatedBlock.GuestSize) {
        let entries = marks.enumerated().map { index, mark in
            FaultEntry(hostOffset: UInt32(index), restart: mark.0 << 1 | (mark.1 ? 1 : 0))
        }
        let guest = [UInt8](repeating: 0, count: byteCount)
        return entries.withUnsafeBufferPointer { entries in
            guest.withUnsafeBytes { guest in
                TranslatedBlock(
                    pc: 0, guestCode: guest, hostCode: guest, fallsThrough: fallsThrough, address: 0, hotByteCount: 0,
                    marks: entries, chainRecords: UnsafeBufferPointer(start: nil, count: 0), counters: nil
                )
                .guestInstructions(instructionBytes: instructionBytes)
            }
        }
    }

    @Test("count each guest instruction once")
    func countsInstructions() {
        let plain = count([(0, false), (4, false), (8, false)], byteCount: 12)
        #expect(plain.ofMarks == [1, 1, 1])
        #expect(plain.size == TranslatedBlock.GuestSize(instructions: 3, bytes: 12))
    }

    @Test("count an instruction that was fused with the one before")
    func countsFused() {
        #expect(count([(0, false), (8, false)], byteCount: 12).ofMarks == [2, 1])
        #expect(count([(0, false)], byteCount: 8, fallsThrough: true).ofMarks == [2])
    }

    @Test("count a delay slot on each way that has one, but one instruction")
    func countsDelaySlots() {
        let both = count([(0, false), (4, false), (4, true), (4, true), (12, false)], byteCount: 16)
        #expect(both.ofMarks == [1, 1, 1, 1, 1])
        #expect(both.size == TranslatedBlock.GuestSize(instructions: 4, bytes: 16))
    }

    @Test("leave out what a block only looked at, and marks of what follows it")
    func leavesOut() {
        let looked = count([(0, false), (4, false)], byteCount: 32)
        #expect(looked.size == TranslatedBlock.GuestSize(instructions: 2, bytes: 8))
        let leaving = count([(0, false), (4, false), (4, false), (8, false)], byteCount: 8)
        #expect(leaving.ofMarks == [1, 0, 1, 0])
        #expect(leaving.size.instructions == 2)
    }

    @Test("count marks where instructions have several lengths")
    func countsMarks() {
        let several = count([(0, false), (2, false), (6, false)], byteCount: 12, instructionBytes: nil)
        #expect(several.ofMarks == [1, 1, 1])
        #expect(several.size == TranslatedBlock.GuestSize(instructions: 3, bytes: 12))
    }

    /// Runs a loop of two guest instructions ten times, and again after everything was flushed.
    @Test("tell what was executed, also of code that is gone")
    func countsExecutions() throws {
        let guest = try #require(ScriptedGuest(.translator))
        let file = chost_memory_file(0)
        defer { close(file) }
        guest.engine.log = ExecutionLog(.profile, descriptor: file, description: guest.architecture.description)
        guest.script(0) { b in
            b.byteCount = 8
            b.mark(restart: b.pc)
            let rest = b.binary(.sub, b.get(r(1)), b.constant(1))
            b.put(r(1), rest)
            b.mark(restart: b.pc &+ 4)
            let label = b.makeLabel()
            b.skipIf(b.compare(.equal, rest, b.constant(0)), to: label)
            b.goto(b.pc)
            b.place(label)
            b.goto(b.pc &+ 8)
        }
        guest.script(8) { b in
            b.mark(restart: b.pc)
            b.exit(.systemCall)
        }
        guest[1] = 10
        #expect(guest.run() == .systemCall)
        guest.engine.lock()
        guest.engine.flushAll()
        guest.engine.unlock()
        guest[1] = 10
        #expect(guest.run() == .systemCall)
        guest.engine.finishLog()
        guest.engine.finishLog()
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = pread(file, &bytes, bytes.count, 0)
        let lines = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 4)
        let line = try #require(lines.first)
        #expect(line.hasPrefix("{\"pid\":\(getpid()),\"blocks\":4,\"guestInstructions\":6,\"guestBytes\":24,"))
        #expect(line.contains("\"executedGuestInstructions\":42,"))
        let base = String(guest.memory.base, radix: 16)
        #expect(lines.dropFirst().first == "profile: 95.24 % 40 instructions in 20 executions of 0x\(base)")
        // What was told once is not told again.
        #expect(lines.last?.contains("\"blocks\":0,") == true)
        #expect(lines.last?.contains("\"executedGuestInstructions\":0,") == true)
    }
}
