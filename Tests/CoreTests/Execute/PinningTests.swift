import Foundation
import TestSupport
import Testing

@testable import BSDUserCore

/// Which of the guest's registers host registers hold. The scripted architecture's table names r0 to r9.
@Suite("Registers that a program uses most", .serialized)
struct PinningTests {
    /// A loop that counts r10 down and changes r11 to r15 in each round; then it stores to the address in r1 and ends.
    private func scriptLoop(_ guest: ScriptedGuest) {
        let base = guest.memory.base
        guest.script(0) { b in
            b.mark(restart: b.pc)
            for number in 11..<16 { b.put(r(number), b.binary(.add, b.get(r(number)), b.constant(Int64(number)))) }
            b.goto(base + 0x100)
        }
        guest.script(0x100) { b in
            b.mark(restart: b.pc)
            let left = b.binary(.sub, b.get(r(10)), b.constant(1))
            b.put(r(10), left)
            let label = b.makeLabel()
            b.skipIf(b.compare(.equal, left, b.constant(0)), to: label)
            b.goto(base)
            b.place(label)
            b.goto(base + 0x200)
        }
        guest.script(0x200) { b in
            b.mark(restart: b.pc)
            b.store(b.get(r(1)), b.get(r(15)), [.bytes8])
            b.exit(.systemCall)
        }
    }

    private static let rounds: UInt64 = 20_000
    private static let interval: Int32 = 16
    private var usual: [RegisterIndex] { (0..<10).map { r($0) } }

    private func prepare(_ guest: ScriptedGuest) {
        for number in 0..<16 { guest[number] = UInt64(number) << 32 }
        guest[10] = Self.rounds
        guest[1] = guest.memory.base + 0x800
    }

    /// What the registers hold after the loop.
    private func expectResults(_ guest: ScriptedGuest) {
        for number in 11..<16 { #expect(guest[number] == UInt64(number) << 32 + UInt64(number) * Self.rounds) }
        for number in [0, 2, 3, 4, 5, 6, 7, 8, 9] { #expect(guest[number] == UInt64(number) << 32) }
        #expect(guest[10] == 0)
    }

    @Test func `take the place of others while a loop runs, and nothing is lost`() throws {
        let guest = try #require(ScriptedGuest(.translator))
        scriptLoop(guest)
        prepare(guest)
        guest.engine.chooseRegisters(ofProgramAt: guest.memory.base, rounds: [Self.interval])
        #expect(guest.run() == .systemCall)
        expectResults(guest)
        #expect(guest.engine.translator?.pinnedIntegers == [0, 1, 2, 3, 10, 11, 12, 13, 14, 15].map { r($0) })
        #expect(guest.engine.registerUse == nil)
        #expect(guest.engine.backEdgesPerVisit == ExecutionEngine.usualBackEdges)
        // The choice lasts.
        let translations = guest.architecture.translations
        prepare(guest)
        #expect(guest.run() == .systemCall)
        expectResults(guest)
        #expect(guest.architecture.translations == translations)
    }

    @Test func `are in their places when an access fails`() throws {
        let guest = try #require(ScriptedGuest(.translator))
        scriptLoop(guest)
        prepare(guest)
        guest[1] = guest.memory.base + guest.memory.byteCount
        guest.engine.chooseRegisters(ofProgramAt: guest.memory.base, rounds: [Self.interval])
        #expect(guest.run() == .memoryFault)
        #expect(guest.cpu.pc == guest.memory.base + 0x200)
        expectResults(guest)
    }

    @Test func `stay where they are when there is little to gain, or nobody asks`() throws {
        let guest = try #require(ScriptedGuest(.translator))
        let base = guest.memory.base
        guest.script(0) { b in
            b.mark(restart: b.pc)
            b.put(r(11), b.get(r(12)))
            for number in 0..<10 { b.put(r(number), b.binary(.add, b.get(r(number)), b.constant(1))) }
            let label = b.makeLabel()
            b.skipIf(b.compare(.equal, b.get(r(9)), b.constant(Int64(Self.rounds))), to: label)
            b.goto(base)
            b.place(label)
            b.exit(.systemCall)
        }
        guest.engine.chooseRegisters(ofProgramAt: base, rounds: [Self.interval, Self.interval])
        #expect(guest.run() == .systemCall)
        #expect(guest.engine.translator?.pinnedIntegers == usual)
        #expect(guest.architecture.translations[base].map { $0 > RegisterUse.looksPerRound } == true)

        let other = try #require(ScriptedGuest(.translator))
        scriptLoop(other)
        prepare(other)
        #expect(other.run() == .systemCall)
        expectResults(other)
        #expect(other.engine.translator?.pinnedIntegers == usual)
    }

    @Test func `change under threads that run, each of which keeps its own`() throws {
        for separatesViews in [false, true] {
            let guest = try #require(ScriptedGuest(.translator, separatesViews: separatesViews))
            scriptLoop(guest)
            prepare(guest)
            // Each round changes what is pinned: to the loop's registers, and back.
            let workers = (0..<3).map { PinningWorker(guest, rounds: Self.rounds * 10, number: $0) }
            workers.forEach { $0.start() }
            let loops = (6..<16).map { r($0) }
            for round in 0..<200 {
                guest.engine.lockForBlocks()
                guest.engine.pin(round % 2 == 0 ? loops : usual)
                guest.engine.unlock()
                usleep(200)
            }
            for worker in workers {
                worker.done.wait()
                #expect(worker.problems == [])
            }
            #expect(guest.run() == .systemCall)
            expectResults(guest)
        }
    }

    @Test func `are found by a thread whose state is put back to what it was`() throws {
        let guest = try #require(ScriptedGuest(.translator))
        scriptLoop(guest)
        prepare(guest)
        let saved = SavedCPUState(guest.cpu)
        guest.engine.lockForBlocks()
        guest.engine.pin((6..<16).map { r($0) })
        guest.engine.unlock()
        saved.restore(guest.cpu)
        guest.engine.refreshThunks(of: guest.cpu)
        #expect(guest.run() == .systemCall)
        expectResults(guest)
    }

    /// With a round that never ends as well, before which a process that clearly does something else has chosen.
    @Test(arguments: [[interval, interval], [interval, interval, 1 << 24]])
    func `are looked for again by a later process, which may do something else`(_ rounds: [Int32]) throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let memory = ScriptedMemory()
            memory.isFile = true
            let first = try makeGuest(folder, memory)
            first.engine.chooseRegisters(ofProgramAt: memory.base, rounds: [Self.interval, Self.interval])
            #expect(first.run() == .systemCall)
            first.engine.storeTranslations()

            let second = try makeGuest(folder, memory)
            second.engine.chooseRegisters(ofProgramAt: memory.base, rounds: rounds)
            #expect(second.engine.translator?.pinnedIntegers == Self.chosen)
            second.script(0x600) { b in
                b.mark(restart: b.pc)
                for number in 0..<9 { b.put(r(number), b.binary(.add, b.get(r(number)), b.constant(1))) }
                let left = b.binary(.sub, b.get(r(9)), b.constant(1))
                b.put(r(9), left)
                let label = b.makeLabel()
                b.skipIf(b.compare(.equal, left, b.constant(0)), to: label)
                b.goto(b.pc)
                b.place(label)
                b.exit(.systemCall)
            }
            second[9] = Self.rounds
            #expect(second.run(from: 0x600) == .systemCall)
            #expect(second.engine.translator?.pinnedIntegers == usual)
            #expect(second[8] == 8 << 32 + Self.rounds && second[10] == Self.rounds && second[15] == 15 << 32)
            second.engine.storeTranslations()

            let third = try makeGuest(folder, memory)
            third.engine.chooseRegisters(ofProgramAt: memory.base)
            #expect(third.engine.translator?.pinnedIntegers == usual)
        }
    }

    @Test func `leave nothing for the next process to translate that ran before they were chosen`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let memory = ScriptedMemory()
            memory.isFile = true
            func runFromStart(_ guest: ScriptedGuest) {
                guest.script(0x400) { b in
                    b.mark(restart: b.pc)
                    b.put(r(9), b.constant(9 << 32))
                    b.goto(memory.base)
                }
                #expect(guest.run(from: 0x400) == .systemCall)
                expectResults(guest)
            }
            let first = try makeGuest(folder, memory)
            first.engine.chooseRegisters(ofProgramAt: memory.base, rounds: [Self.interval])
            runFromStart(first)
            first.engine.storeTranslations(stops: true)
            let second = try makeGuest(folder, memory)
            // No look comes before the end.
            second.engine.chooseRegisters(ofProgramAt: memory.base)
            runFromStart(second)
            #expect(second.architecture.translations.isEmpty)
        }
    }

    private static let chosen = [0, 1, 2, 3, 10, 11, 12, 13, 14, 15].map { r($0) }

    /// A guest with the loop and a cache of translations.
    private func makeGuest(_ folder: URL, _ memory: ScriptedMemory) throws -> ScriptedGuest {
        let guest = try #require(ScriptedGuest(.translator, memory: memory))
        scriptLoop(guest)
        prepare(guest)
        guest.engine.useTranslationCache(
            TranslationCacheSettings(
                directory: Array(folder.appendingPathComponent("cache").path.utf8), limitBytes: 1 << 30, plugin: [],
                model: ""))
        return guest
    }

    @Test func `are those that the last process has found`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let memory = ScriptedMemory()
            memory.isFile = true
            let first = try makeGuest(folder, memory)
            first.engine.chooseRegisters(ofProgramAt: memory.base, rounds: [Self.interval])
            #expect(first.run() == .systemCall)
            first.engine.storeTranslations()

            let second = try makeGuest(folder, memory)
            // No look comes before the end.
            second.engine.chooseRegisters(ofProgramAt: memory.base)
            #expect(second.engine.translator?.pinnedIntegers == Self.chosen)
            #expect(second.run() == .systemCall)
            expectResults(second)
            #expect(second.architecture.translations.isEmpty)

            try damageChoices(in: folder.appendingPathComponent("cache"))
            let third = try makeGuest(folder, memory)
            third.engine.chooseRegisters(ofProgramAt: memory.base, rounds: [Self.interval])
            #expect(third.engine.translator?.pinnedIntegers == usual)
            #expect(third.engine.registerUse != nil)
        }
    }

    private func damageChoices(in cache: URL) throws {
        let files = try FileManager.default.contentsOfDirectory(at: cache, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "pins" }
        #expect(files.count == 1)
        for file in files {
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 1] ^= 1
            try bytes.write(to: file)
        }
    }

    @Test func `are read from a file as they were written, and from no other`() {
        let code = FileCode(
            range: 0..<4096,
            file: AddressSpace.MappedFile(device: 1, inode: 2, byteCount: 4096, modified: 3, changed: 4), fileOffset: 0)
        let key = ImageKey(code, translator: 1, features: [], pins: [])
        let other = ImageKey(code, translator: 2, features: [], pins: [])
        let pins = StoredPins(integers: [r(3), r(300)])
        let bytes = pins.bytes(key: key)
        #expect(StoredPins(bytes, key: key) == pins)
        #expect(StoredPins(bytes, key: other) == nil)
        for count in 0..<bytes.count { #expect(StoredPins(Array(bytes.prefix(count)), key: key) == nil) }
        #expect(ImageKey(code, translator: 1, features: [], pins: [r(1)]) != key)
    }
}

/// A thread that runs the loop over and over. What it found wrong is read after its end.
private final class PinningWorker: @unchecked Sendable {
    let guest: ScriptedGuest
    let rounds: UInt64
    let number: Int
    let done = DispatchSemaphore(value: 0)
    var problems: [String] = []

    init(_ guest: ScriptedGuest, rounds: UInt64, number: Int) {
        (self.guest, self.rounds, self.number) = (guest, rounds, number)
    }

    func start() { Thread.detachNewThread { self.main() } }

    private func main() {
        let cpu = CPUState.allocate()
        defer { done.signal() }
        guard let execution = ThreadExecution(engine: guest.engine, cpu: cpu) else {
            problems.append("no execution")
            return
        }
        execution.enterThread()
        for index in 0..<16 { cpu.store(UInt64(index * 1000 + number), 8 + index * 8) }
        cpu.store(rounds, 8 + 10 * 8)
        cpu.store(guest.memory.base + UInt64(0x900 + 16 * number), 8 + 8)
        cpu.pc = guest.memory.base
        var reason = ExitReason.interrupt
        // Whoever changes what is pinned asks the thread out of its code.
        while reason == .interrupt { reason = execution.run() }
        if reason != .systemCall { problems.append("\(reason)") }
        for index in [0, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15] {
            let value: UInt64 = cpu.load(8 + index * 8)
            let added = index > 10 ? UInt64(index) &* rounds : 0
            if value != UInt64(index * 1000 + number) &+ added { problems.append("r\(index)") }
        }
        execution.leaveThread()
        cpu.deallocate()
    }
}
