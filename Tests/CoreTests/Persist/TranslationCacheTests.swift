import Foundation
import Glibc
import TestSupport
import Testing

@testable import BSDUserCore

/// A scripted guest whose code counts as part of a file, with a cache directory of its own.
private struct CachedGuest {
    let guest: ScriptedGuest

    init?(_ folder: URL, memory: ScriptedMemory, identity: UInt64 = 1, limitBytes: UInt64 = 1 << 30) {
        guard let guest = ScriptedGuest(.translator, memory: memory) else { return nil }
        self.guest = guest
        var settings = TranslationCacheSettings(
            directory: Array(folder.appendingPathComponent("cache").path.utf8), limitBytes: limitBytes, plugin: [],
            model: "")
        settings.identity = identity
        guest.engine.useTranslationCache(settings)
    }

    var translated: Int { guest.architecture.translations.count }

    /// A block at 0x400 that calls a function, which exits, at 0x500. What is at 0x600 returns from it. The caller then counts
    /// in r1 and exits, in the same block as its call, and as well in one that is entered there.
    func scriptCall(adding number: Int64) {
        let next = guest.memory.base + 0x404
        let function = guest.memory.base + 0x500
        func countAndExit(_ b: inout Builder) {
            b.mark(restart: next)
            b.put(r(1), b.binary(.add, b.get(r(1)), b.constant(number)))
            b.exit(.systemCall)
        }
        guest.script(0x400) { b in
            b.mark(restart: b.pc)
            b.put(r(3), b.constant(Int64(bitPattern: next)))
            b.call(function, returningTo: next, continues: true)
            countAndExit(&b)
            b.byteCount = 8
        }
        guest.script(0x404) { countAndExit(&$0) }
        guest.script(0x500) { b in
            b.mark(restart: b.pc)
            b.exit(.systemCall)
        }
        guest.script(0x600) { b in
            b.mark(restart: b.pc)
            b.returnTo(b.get(r(3)))
        }
    }

    /// A loop over 20 blocks, `rounds` times, that counts in r1, and one more block that ends it. Enough blocks for a file.
    /// Each block adds its number times `factor`.
    func scriptLoop(rounds: Int64, factor: Int64 = 1) {
        for index in 0..<20 {
            guest.script(UInt64(index) * 16) { b in
                b.mark(restart: b.pc)
                b.put(r(1), b.binary(.add, b.get(r(1)), b.constant(factor * Int64(index))))
                b.goto(b.pc + 16)
            }
        }
        guest.script(320) { b in
            b.mark(restart: b.pc)
            let left = b.binary(.sub, b.get(r(2)), b.constant(1))
            b.put(r(2), left)
            let label = b.makeLabel()
            b.skipIf(b.compare(.equal, left, b.constant(0)), to: label)
            b.goto(b.pc - 320)
            b.place(label)
            b.exit(.systemCall)
        }
        guest[1] = 0
        guest[2] = UInt64(rounds)
    }
}

@Suite("The translation cache", .serialized)
struct TranslationCacheTests {
    private static let sum = UInt64((0..<20).reduce(0, +))

    /// Runs `body` with a first process's guest that has run the loop and stored what it translated.
    private func afterFirstRun(_ body: (URL, ScriptedMemory) throws -> Void) throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let memory = ScriptedMemory()
            memory.isFile = true
            let first = try #require(CachedGuest(folder, memory: memory))
            first.scriptLoop(rounds: 3)
            #expect(first.guest.run() == .systemCall)
            #expect(first.guest[1] == 3 * Self.sum)
            #expect(first.translated == 21)
            first.guest.engine.storeTranslations()
            try body(folder, memory)
        }
    }

    @Test func `a second run translates nothing`() throws {
        try afterFirstRun { folder, memory in
            let second = try #require(CachedGuest(folder, memory: memory))
            second.scriptLoop(rounds: 5)
            #expect(second.guest.run() == .systemCall)
            #expect(second.guest[1] == 5 * Self.sum)
            #expect(second.translated == 0)
        }
    }

    @Test func `another translator, another place or another file finds nothing`() throws {
        try afterFirstRun { folder, memory in
            let changed = try #require(CachedGuest(folder, memory: memory, identity: 2))
            changed.scriptLoop(rounds: 1)
            #expect(changed.guest.run() == .systemCall)
            #expect(changed.translated == 21)

            memory.modified += 1
            let newer = try #require(CachedGuest(folder, memory: memory))
            newer.scriptLoop(rounds: 1)
            #expect(newer.guest.run() == .systemCall)
            #expect(newer.translated == 21)

            let elsewhere = ScriptedMemory()
            elsewhere.isFile = true
            let moved = try #require(CachedGuest(folder, memory: elsewhere))
            moved.scriptLoop(rounds: 1)
            #expect(moved.guest.run() == .systemCall)
            #expect(moved.translated == 21)
        }
    }

    @Test func `code that changed within the resolution of a file's times is translated anew`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let memory = ScriptedMemory()
            memory.isFile = true
            memory.modified = Int64(time(nil)) * 1_000_000_000
            let first = try #require(CachedGuest(folder, memory: memory))
            first.scriptLoop(rounds: 1)
            #expect(first.guest.run() == .systemCall)
            first.guest.engine.storeTranslations()

            let same = try #require(CachedGuest(folder, memory: memory))
            same.scriptLoop(rounds: 1)
            #expect(same.guest.run() == .systemCall)
            #expect(same.translated == 0)

            memory[100] ^= 1
            let changed = try #require(CachedGuest(folder, memory: memory))
            changed.scriptLoop(rounds: 1, factor: 2)
            #expect(changed.guest.run() == .systemCall)
            #expect(changed.guest[1] == 2 * Self.sum)
            #expect(changed.translated == 21)
            changed.guest.engine.storeTranslations()

            // What was stored of the code before the change is gone, and not beside the new.
            let next = try #require(CachedGuest(folder, memory: memory))
            next.scriptLoop(rounds: 1, factor: 2)
            #expect(next.guest.run() == .systemCall)
            #expect(next.guest[1] == 2 * Self.sum)
            #expect(next.translated == 0)
        }
    }

    @Test func `code that changes between its translation and the end is not stored`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let memory = ScriptedMemory()
            memory.isFile = true
            memory.modified = Int64(time(nil)) * 1_000_000_000
            let guest = try #require(CachedGuest(folder, memory: memory))
            guest.scriptLoop(rounds: 1)
            #expect(guest.guest.run() == .systemCall)
            memory[100] ^= 1
            guest.guest.engine.storeTranslations()
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("cache").path)
            #expect(names.isEmpty, "\(names)")
        }
    }

    @Test func `a fault in stored code is at its instruction`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let memory = ScriptedMemory()
            memory.isFile = true
            func run(expectingTranslations count: Int) throws {
                let cached = try #require(CachedGuest(folder, memory: memory))
                cached.scriptLoop(rounds: 1)
                cached.guest.script(160) { b in
                    b.mark(restart: b.pc)
                    b.put(r(4), b.constant(7))
                    b.mark(restart: b.pc + 4)
                    b.put(r(5), b.load(b.get(r(6)), [.bytes8]))
                    b.goto(b.pc + 16)
                }
                cached.guest[6] = memory.base + memory.byteCount
                #expect(cached.guest.run() == .memoryFault)
                #expect(cached.guest.cpu.pc == memory.base + 164)
                #expect(cached.guest[4] == 7)
                cached.guest[6] = memory.base
                #expect(cached.guest.run(from: 160) == .systemCall)
                #expect(cached.translated == count)
                cached.guest.engine.storeTranslations()
            }
            try run(expectingTranslations: 21)
            try run(expectingTranslations: 0)
        }
    }

    @Test func `stored code goes when its mapping changes, and comes back with it`() throws {
        try afterFirstRun { folder, memory in
            let second = try #require(CachedGuest(folder, memory: memory))
            second.scriptLoop(rounds: 2)
            #expect(second.guest.run() == .systemCall)
            memory.isFile = false
            second.guest.engine.mappingChanged(memory.base, 4096)
            second.scriptLoop(rounds: 2)
            #expect(second.guest.run() == .systemCall)
            #expect(second.guest[1] == 2 * Self.sum)
            #expect(second.translated == 21)
            memory.isFile = true
            second.guest.engine.mappingChanged(memory.base, 4096)
            second.scriptLoop(rounds: 2)
            #expect(second.guest.run() == .systemCall)
            #expect(second.guest[1] == 2 * Self.sum)
            #expect(second.translated == 21)
        }
    }

    @Test func `a call in stored code is returned from, also after its mapping went and came back`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let memory = ScriptedMemory()
            memory.isFile = true
            let first = try #require(CachedGuest(folder, memory: memory))
            first.scriptCall(adding: 1)
            #expect(first.guest.run(from: 0x400) == .systemCall)
            #expect(first.guest.run(from: 0x600) == .systemCall)
            #expect(first.guest[1] == 1)
            first.scriptLoop(rounds: 1)
            #expect(first.guest.run(from: 0) == .systemCall)
            first.guest.engine.storeTranslations()

            let second = try #require(CachedGuest(folder, memory: memory))
            second.scriptCall(adding: 1)
            for round in 1...3 as ClosedRange<UInt64> {
                #expect(second.guest.run(from: 0x400) == .systemCall)
                #expect(second.guest.run(from: 0x600) == .systemCall)
                #expect(second.guest[1] == round)
            }
            #expect(second.translated == 0)
            // While the function runs its caller changes.
            #expect(second.guest.run(from: 0x400) == .systemCall)
            memory.isFile = false
            second.guest.engine.mappingChanged(memory.base, memory.byteCount)
            second.scriptCall(adding: 0x10)
            #expect(second.guest.run(from: 0x600) == .systemCall)
            #expect(second.guest[1] == 0x13)
            // And is again what it was.
            memory.isFile = true
            second.guest.engine.mappingChanged(memory.base, memory.byteCount)
            let translated = second.guest.architecture.translations
            for _ in 0..<2 {
                #expect(second.guest.run(from: 0x400) == .systemCall)
                #expect(second.guest.run(from: 0x600) == .systemCall)
            }
            #expect(second.guest[1] == 0x15)
            #expect(second.guest.architecture.translations == translated)
        }
    }

    @Test func `stored code does not outlive a flush of the guest's instruction cache`() throws {
        try afterFirstRun { folder, memory in
            let second = try #require(CachedGuest(folder, memory: memory))
            second.scriptLoop(rounds: 1)
            #expect(second.guest.run() == .systemCall)
            #expect(second.translated == 0)
            second.guest.engine.invalidate(memory.base + 64, 64)
            for _ in 0..<2 {
                second.scriptLoop(rounds: 1, factor: 2)
                #expect(second.guest.run() == .systemCall)
                #expect(second.guest[1] == 2 * Self.sum)
                #expect(second.translated == 21)
                second.guest.engine.invalidate(memory.base + 64, 64)
            }
            // What is stored stays what it was.
            second.guest.engine.storeTranslations()
            let third = try #require(CachedGuest(folder, memory: memory))
            third.scriptLoop(rounds: 1)
            #expect(third.guest.run() == .systemCall)
            #expect(third.guest[1] == Self.sum)
        }
    }

    @Test func `exits of stored code to new code follow its end`() throws {
        try afterFirstRun { folder, memory in
            let second = try #require(CachedGuest(folder, memory: memory))
            second.scriptLoop(rounds: 2)
            // New code beyond the file's, which jumps back into it.
            second.guest.script(8192) { b in
                b.mark(restart: b.pc)
                b.goto(b.pc - 8192)
            }
            #expect(second.guest.run(from: 8192) == .systemCall)
            #expect(second.guest[1] == 2 * Self.sum)
            second.guest.engine.lock()
            second.guest.engine.flushAll()
            second.guest.engine.unlock()
            second.scriptLoop(rounds: 2)
            #expect(second.guest.run(from: 8192) == .systemCall)
            #expect(second.guest[1] == 2 * Self.sum)
            #expect(second.translated == 1)
        }
    }

    @Test func `what another process stored meanwhile is kept`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let memory = ScriptedMemory()
            memory.isFile = true
            func guest(blocks: Range<Int>) throws -> CachedGuest {
                let cached = try #require(CachedGuest(folder, memory: memory))
                for index in blocks {
                    cached.guest.script(UInt64(index) * 16) { b in
                        b.mark(restart: b.pc)
                        if index + 1 == blocks.upperBound { b.exit(.systemCall) } else { b.goto(b.pc + 16) }
                    }
                }
                return cached
            }
            let one = try guest(blocks: 0..<40)
            let other = try guest(blocks: 100..<140)
            #expect(one.guest.run(from: 0) == .systemCall)
            #expect(other.guest.run(from: 1600) == .systemCall)
            one.guest.engine.storeTranslations()
            other.guest.engine.storeTranslations()
            let third = try #require(CachedGuest(folder, memory: memory))
            #expect(third.guest.run(from: 0) == .systemCall)
            #expect(third.guest.run(from: 1600) == .systemCall)
            #expect(third.translated == 0)
        }
    }

    @Test func `a damaged file is not used, wherever the damage is`() throws {
        try afterFirstRun { folder, memory in
            let directory = folder.appendingPathComponent("cache")
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            let name = try #require(names.first)
            let file = directory.appendingPathComponent(name)
            let good = try Data(contentsOf: file)
            var generator = SeededGenerator(5)
            func check(_ bad: Data, _ what: String) throws {
                try bad.write(to: file)
                let guest = try #require(CachedGuest(folder, memory: memory))
                guest.scriptLoop(rounds: 1)
                #expect(guest.guest.run() == .systemCall, "\(what)")
                #expect(guest.guest[1] == Self.sum, "\(what)")
                #expect(guest.translated == 21, "\(what)")
            }
            for length in [0, 1, 15, 100, 700, good.count / 2, good.count - 1] {
                try check(good.prefix(length), "cut to \(length) bytes")
            }
            for _ in 0..<60 {
                var bad = good
                let place = Int(generator.next() % UInt64(good.count))
                bad[place] ^= 1 << UInt8(generator.next() % 8)
                try check(bad, "a bit changed at \(place)")
            }
            try check(Data((0..<good.count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }), "noise")
            try check(good + Data(count: 4096), "longer")
            try good.write(to: file)
            let healed = try #require(CachedGuest(folder, memory: memory))
            healed.scriptLoop(rounds: 1)
            #expect(healed.guest.run() == .systemCall)
            #expect(healed.translated == 0)
        }
    }

    @Test func `a directory or a file that others could have written is not used`() throws {
        try afterFirstRun { folder, memory in
            let directory = folder.appendingPathComponent("cache").path
            let names = try FileManager.default.contentsOfDirectory(atPath: directory)
            let name = try #require(names.first)
            let file = directory + "/" + name
            func translations(_ change: () -> Void) throws -> Int {
                change()
                let guest = try #require(CachedGuest(folder, memory: memory))
                guest.scriptLoop(rounds: 1)
                #expect(guest.guest.run() == .systemCall)
                return guest.translated
            }
            #expect(try translations { chmod(file, 0o620) } == 21)
            #expect(try translations { chmod(file, 0o602) } == 21)
            #expect(try translations { chmod(file, 0o600) } == 0)
            #expect(try translations { chmod(directory, 0o770) } == 21)
            #expect(try translations { chmod(directory, 0o707) } == 21)
            #expect(try translations { chmod(directory, 0o700) } == 0)
            let moved = folder.appendingPathComponent("moved").path
            rename(file, moved)
            #expect(try translations { symlink(moved, file) } == 21)
            unlink(file)
            #expect(try translations { mkfifo(file, 0o600) } == 21)
            unlink(file)
            #expect(try translations { mkdir(file, 0o700) } == 21)
            rmdir(file)
            #expect(try translations { rename(moved, file) } == 0)
        }
    }

    #if DEBUG
    @Test func `a full disk leaves what was there`() throws {
        try afterFirstRun { folder, memory in
            let more = try #require(CachedGuest(folder, memory: memory))
            for index in 0..<40 {
                more.guest.script(4096 + UInt64(index) * 16) { b in
                    b.mark(restart: b.pc)
                    if index == 39 { b.exit(.systemCall) } else { b.goto(b.pc + 16) }
                }
            }
            #expect(more.guest.run(from: 4096) == .systemCall)
            #expect(HostFault.with(.writeCache, ENOSPC) { more.guest.engine.storeTranslations() })
            let names = try FileManager.default.contentsOfDirectory(
                atPath: folder.appendingPathComponent("cache").path)
            #expect(names.count == 1, "\(names)")
            let next = try #require(CachedGuest(folder, memory: memory))
            next.scriptLoop(rounds: 1)
            #expect(next.guest.run() == .systemCall)
            #expect(next.translated == 0)
        }
    }
    #endif

    @Test func `files not used for longest go when there are too many bytes`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let directory = folder.appendingPathComponent("cache")
            var memories: [ScriptedMemory] = []
            for age in (0..<4).reversed() {
                let memory = ScriptedMemory()
                memory.isFile = true
                memories.append(memory)
                let guest = try #require(CachedGuest(folder, memory: memory, limitBytes: 12 << 10))
                guest.scriptLoop(rounds: 1)
                #expect(guest.guest.run() == .systemCall)
                guest.guest.engine.storeTranslations()
                let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
                #expect(names.count <= 3, "\(names)")
                // As if the runs lay hours apart.
                for name in names {
                    let file = directory.appendingPathComponent(name)
                    let modified = try #require(
                        FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date)
                    if modified.timeIntervalSinceNow > -60 {
                        try FileManager.default.setAttributes(
                            [.modificationDate: Date(timeIntervalSinceNow: -7200 * Double(age + 1))],
                            ofItemAtPath: file.path)
                    }
                }
            }
            let last = try #require(memories.last)
            let guest = try #require(CachedGuest(folder, memory: last))
            guest.scriptLoop(rounds: 1)
            #expect(guest.guest.run() == .systemCall)
            #expect(guest.translated == 0)
            let oldest = try #require(memories.first)
            let gone = try #require(CachedGuest(folder, memory: oldest))
            gone.scriptLoop(rounds: 1)
            #expect(gone.guest.run() == .systemCall)
            #expect(gone.translated == 21)
        }
    }
}
