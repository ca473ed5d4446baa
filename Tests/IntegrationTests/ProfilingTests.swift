import Foundation
import TestSupport
import Testing

/// What the emulator tells of the code that it translates: figures, and files for perf.
@Suite(.serialized)
struct ProfilingTests {
    /// Guest instructions of one turn of the loop in `counted_loop`.
    static let loops = [("aarch64", 2), ("mips64", 3)]

    private func figures(_ run: ProgramRun) throws -> [[String: Any]] {
        try run.standardError.split(separator: "\n").filter { $0.hasPrefix("{") }.map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private func loop(_ architecture: String, _ arguments: [String], options: [String]) throws -> ProgramRun {
        let program = try GuestProgram("counted_loop", architecture: architecture).build()
        let run = try EmulatorUnderTest.run(program, arguments, options: options)
        #expect(run.end == .exited(0), "\(run.summary)")
        return run
    }

    private func number(_ figures: [String: Any]?, _ key: String) throws -> Int {
        try #require(figures?[key] as? Int, "\(key)")
    }

    @Test(arguments: loops)
    func `executed instructions are those of the program`(architecture: String, instructions: Int) throws {
        func executed(_ tens: String, _ options: [String] = []) throws -> [String: Any] {
            let found = try figures(loop(architecture, [tens], options: ["-d", "profile"] + options))
            #expect(found.count == 1)
            return try #require(found.first)
        }
        let (short, long) = try (executed("1"), executed("3"))
        let key = "executedGuestInstructions"
        #expect(try number(long, key) - number(short, key) == 20_000 * instructions)
        #expect(try number(short, key) == number(executed("1", ["-one-insn-per-tb"]), key))
        let hostKey = "executedHostInstructions"
        let perTurn = try number(long, hostKey) - number(short, hostKey)
        #expect(perTurn % 20_000 == 0 && perTurn / 20_000 >= instructions)
    }

    @Test(arguments: loops)
    func `the loop is the hottest block, under its name`(architecture: String, instructions: Int) throws {
        let run = try loop(architecture, ["9"], options: ["-d", "profile"])
        let lines = run.standardError.split(separator: "\n").filter { $0.hasPrefix("profile: ") }
        #expect((1...20).contains(lines.count))
        let first = try #require(lines.first)
        #expect(first.contains(/profile: 99\.\d\d % \d+ instructions in (90000|89999) executions/), "\(first)")
        #expect(first.contains(/of 0x[0-9a-f]+ counted_loop(\+0x[0-9a-f]+)?$/), "\(first)")
    }

    @Test(arguments: loops)
    func `figures of the translation are the same in every run`(architecture: String, instructions: Int) throws {
        func stable(_ run: ProgramRun) throws -> NSDictionary {
            var found = try #require(try figures(run).first)
            #expect(try number(found, "translationNanoseconds") > 0)
            found["translationNanoseconds"] = nil
            found["pid"] = nil
            return found as NSDictionary
        }
        let first = try stable(loop(architecture, ["1"], options: ["-d", "statistics"]))
        #expect(try first == stable(loop(architecture, ["1"], options: ["-d", "statistics"])))
        let counted = try #require(try figures(loop(architecture, ["1"], options: ["-d", "profile"])).first)
        for key in ["blocks", "guestInstructions", "hostInstructionsHot"] {
            #expect(try number(first as? [String: Any], key) == number(counted, key), "\(key)")
        }
        #expect(first["executedGuestInstructions"] == nil)
    }

    @Test func `each process and each program tells its own`() throws {
        let key = "executedGuestInstructions"
        let forked = try figures(loop("aarch64", ["2", "fork"], options: ["-d", "profile"]))
        #expect(Set(forked.compactMap { $0["pid"] as? Int }).count == 2)
        #expect(try forked.allSatisfy { try (40_000..<50_000).contains(number($0, key)) })
        let executed = try figures(loop("aarch64", ["2", "exec"], options: ["-d", "profile"]))
        #expect(executed.count == 2 && Set(executed.compactMap { $0["pid"] as? Int }).count == 1)
        #expect(try executed.allSatisfy { try (40_000..<50_000).contains(number($0, key)) })
    }

    @Test(arguments: ["signal", "null"])
    func `a program that a signal ends tells as well`(how: String) throws {
        let run = try EmulatorUnderTest.run(GuestProgram("crash").build(), [how], options: ["-d", "statistics"])
        #expect(try figures(run).count == 1, "\(run.summary)")
    }

    /// Lines of perf's map by the process that they are of.
    private func perfMap(_ run: ProgramRun, _ pid: Int) throws -> [String] {
        let path = "/tmp/perf-\(pid).map"
        defer { unlink(path) }
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { String($0) }
    }

    private func pids(_ run: ProgramRun) throws -> [Int] {
        try figures(run).map { try number($0, "pid") }
    }

    @Test(arguments: loops)
    func `perf's map names every block`(architecture: String, instructions: Int) throws {
        let run = try loop(architecture, ["1"], options: ["-perfmap", "-d", "statistics"])
        let pid = try #require(try pids(run).first)
        let lines = try perfMap(run, pid)
        #expect(try lines.count == 1 + number(figures(run).first, "blocks"))
        #expect(lines.allSatisfy { $0.wholeMatch(of: /[0-9a-f]+ [0-9a-f]+ \S.*/) != nil })
        #expect(lines.first?.hasSuffix(" [bsduser thunks]") == true)
        #expect(lines.contains { $0.contains(/\ counted_loop(\+0x[0-9a-f]+)? 0x[0-9a-f]+$/) })
        var end = UInt64(0)
        for line in lines {
            let fields = line.split(separator: " ").prefix(2).compactMap { UInt64($0, radix: 16) }
            #expect(fields.count == 2 && fields[0] >= end)
            end = fields.reduce(0, +)
        }
    }

    @Test func `a child has a map of its own, and the next program adds to the process's`() throws {
        let forked = try loop("mips64", ["1", "fork"], options: ["-perfmap", "-d", "statistics"])
        let maps = try pids(forked).map { try perfMap(forked, $0) }
        #expect(maps.count == 2)
        let child = try #require(maps.first)
        let parent = try #require(maps.last)
        #expect(child.contains { $0.contains(" child_loop") } && !child.contains { $0.contains(" counted_loop") })
        #expect(parent.contains { $0.contains(" counted_loop") } && !parent.contains { $0.contains(" child_loop") })
        // What the child inherited.
        #expect(child.contains { $0.contains(" main") } && parent.contains { $0.contains(" main") })
        let executed = try loop("mips64", ["1", "exec"], options: ["-perfmap", "-d", "statistics"])
        let pid = try #require(try pids(executed).first)
        let lines = try perfMap(executed, pid)
        #expect(lines.filter { $0.hasSuffix("[bsduser thunks]") }.count == 2)
    }

    @Test func `a map that cannot be written costs one line`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let missing = folder.appendingPathComponent("missing").path
            let run = try loop("mips64", ["1"], options: ["-jitdump=\(missing)"])
            let lines = run.standardError.split(separator: "\n")
            #expect(lines.count == 1 && lines.first?.hasPrefix("bsduser: cannot write \(missing)/jit-") == true)
        }
    }

    /// Writing on would end the process by SIGXFSZ.
    @Test func `a limit that the guest sets on files ends listings and logs, and not the guest`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let log = folder.appendingPathComponent("log")
            let options = ["-jitdump=\(folder.path)", "-d", "in_asm,statistics", "-D", log.path, "-strace"]
            _ = try loop("mips64", ["1", "limit"], options: options)
            let names = try takeNames(folder)
            #expect(names.contains { $0.hasPrefix("main") } && !names.contains { $0.hasPrefix("counted_loop") })
            let text = try String(contentsOf: log, encoding: .utf8)
            #expect(text.contains("in: ") && !text.contains("counted_loop") && !text.contains("\"pid\""))
        }
    }

    @Test func `a jitdump has the code of every block`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let run = try loop("aarch64", ["1"], options: ["-jitdump=\(folder.path)", "-d", "statistics"])
            let found = try #require(try figures(run).first)
            let pid = try number(found, "pid")
            let file = try Data(contentsOf: folder.appendingPathComponent("jit-\(pid).dump"))
            let records = try JITDumpFile(file).records
            #expect(try records.count == 1 + number(found, "blocks"))
            #expect(try records.dropFirst().reduce(0) { $0 + $1.code.count } == number(found, "hostBytesTotal"))
            #expect(records.contains { $0.name.hasPrefix("counted_loop") })
            #expect(Set(records.map(\.index)).count == records.count)
            #expect(zip(records, records.dropFirst()).allSatisfy { $0.nanoseconds <= $1.nanoseconds })
        }
    }
}

extension ProfilingTests {
    /// The names in the only jitdump of a folder, which goes.
    private func takeNames(_ folder: URL) throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".dump") }
        #expect(files.count == 1)
        let file = folder.appendingPathComponent(try #require(files.first))
        defer { unlink(file.path) }
        return try JITDumpFile(Data(contentsOf: file)).records.map(\.name)
    }

    @Test func `code from the translation cache has its names as well`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let cache = folder.appendingPathComponent("cache").path
            let options = ["-cache", cache, "-jitdump=\(folder.path)"]
            _ = try loop("aarch64", ["1"], options: options)
            let cold = try takeNames(folder)
            #expect(try FileManager.default.contentsOfDirectory(atPath: cache).count == 1)
            _ = try loop("aarch64", ["1"], options: options)
            let warm = try takeNames(folder)
            #expect(warm.contains { $0.hasPrefix("counted_loop") })
            #expect(Set(warm) == Set(cold))
        }
    }
}

/// The records JIT_CODE_LOAD of a jitdump file.
private struct JITDumpFile {
    struct Record {
        var nanoseconds: UInt64
        var index: UInt64
        var name: String
        var code: Data
    }

    private(set) var records: [Record] = []

    init(_ file: Data) throws {
        func number<Number: FixedWidthInteger>(_ offset: Int, _ type: Number.Type) throws -> Number {
            try #require(offset + MemoryLayout<Number>.size <= file.count)
            return file.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
        }
        try #require(try number(0, UInt32.self) == 0x4A69_5444)
        var offset = Int(try number(8, UInt32.self))
        while offset < file.count {
            let end = try offset + Int(number(offset + 4, UInt32.self))
            let codeBytes = try Int(number(offset + 40, UInt64.self))
            try #require(try number(offset, UInt32.self) == 0 && end <= file.count && end > offset + 56 + codeBytes)
            records.append(
                Record(
                    nanoseconds: try number(offset + 8, UInt64.self), index: try number(offset + 48, UInt64.self),
                    name: String(decoding: file[(offset + 56)..<(end - codeBytes - 1)], as: UTF8.self),
                    code: file[(end - codeBytes)..<end]))
            offset = end
        }
    }
}
