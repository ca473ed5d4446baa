import Foundation
import TestSupport
import Testing

/// `bsduserctl conformance` as a user calls it. The suites themselves run beside these tests, in a release build.
@Suite(.serialized)
struct ConformanceCommandTests {
    /// Prepared once per checkout.
    private static let cache: Result<URL, any Error> = Result {
        let folder = try Checkout.cache("conformance")
        let script = Checkout.root.appendingPathComponent("Conformance/Fixtures/build-oracle").path
        let oracle = folder.appendingPathComponent("oracle").path
        let run = try ProgramRun.of(script, [oracle], timeoutSeconds: 600)
        guard run.isSuccess else { throw SupportError("build-oracle failed: \(run.standardError)") }
        return folder
    }

    private func conformance(_ arguments: [String]) throws -> ProgramRun {
        let program = Checkout.products.appendingPathComponent("bsduserctl").path
        let common = ["conformance", "--cache", try Self.cache.get().path]
        return try ProgramRun.of(program, common + arguments, timeoutSeconds: 600)
    }

    /// What a JSON report says, but for how long it took.
    private func report(_ file: URL) throws -> NSDictionary {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
        return try #require(Self.withoutTimes(object) as? NSDictionary)
    }

    private static func withoutTimes(_ object: Any) -> Any {
        if let list = object as? [Any] { return list.map(withoutTimes) }
        guard let dictionary = object as? [String: Any] else { return object }
        return dictionary.filter { $0.key != "seconds" }.mapValues(withoutTimes)
    }

    /// Cases, and those that passed, of a suite's line.
    private func counts(_ suite: String, _ run: ProgramRun) -> [Substring] {
        let line = run.output.split(separator: "\n").first { $0.hasPrefix("\(suite) ") } ?? ""
        return line.split(separator: " ").dropFirst().prefix(2).map { $0 }
    }

    @Test func `the merged shards of a run are the run`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
            let common = ["--arch", "mips64", "--quick", "--suite", "sequences", "--suite", "decode"]
            #expect(try conformance(common + ["--json", path("whole.json")]).isSuccess)
            for shard in 1...3 {
                let arguments = ["--shard", "\(shard)/3", "--json", path("\(shard).json")]
                #expect(try conformance(common + arguments).isSuccess)
            }
            let program = Checkout.products.appendingPathComponent("bsduserctl").path
            let parts = (1...3).map { path("\($0).json") }
            let merged = try ProgramRun.of(
                program,
                ["conformance", "merge", "--json", path("merged.json"), "--junit", path("merged.xml")] + parts,
                timeoutSeconds: 60)
            #expect(merged.isSuccess, "\(merged.summary)")
            let (left, right) = try (
                report(URL(fileURLWithPath: path("merged.json"))), report(URL(fileURLWithPath: path("whole.json")))
            )
            #expect(left == right)
            #expect((left["results"] as? [Any])?.count ?? 0 > 300)
            #expect(FileManager.default.fileExists(atPath: path("merged.xml")))
        }
    }

    @Test func `one row runs by its name, and by a pattern`() throws {
        let one = try conformance([
            "--arch", "mips64", "--quick", "--suite", "instructions", "--case", "daddu 000000 rs rt rd 00000 101101",
        ])
        #expect(one.isSuccess, "\(one.summary)")
        #expect(counts("instructions", one) == ["1", "1"])
        let several = try conformance(["--arch", "mips64", "--quick", "--suite", "instructions", "--case", "dadd*"])
        #expect(counts("instructions", several) == ["4", "4"], "\(several.summary)")
        let none = try conformance(["--arch", "mips64", "--suite", "instructions", "--case", "no such row"])
        #expect(!none.isSuccess && none.standardError.contains("no case of suite instructions matches 'no such row'"))
    }

    @Test func `a case runs by its own name where its unit has others`() throws {
        let name = "daddu 000000 rs rt rd 00000 101101"
        let one = try conformance(["--arch", "mips64", "--quick", "--suite", "decode", "--case", name])
        #expect(one.isSuccess && counts("decode", one) == ["1", "1"], "\(one.summary)")
    }

    @Test func `decode needs nothing prepared, and other suites name no more than they need`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let program = Checkout.products.appendingPathComponent("bsduserctl").path
            func run(_ words: String...) throws -> ProgramRun {
                let common = ["conformance", "--cache", folder.path, "--arch", "mips64", "--quick"]
                return try ProgramRun.of(program, common + words, timeoutSeconds: 600)
            }
            let decode = try run("--suite", "decode", "--case", "front end*")
            #expect(decode.isSuccess, "\(decode.summary)")
            #expect(try run("--suite", "decode", "--prepare").isSuccess)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
            let prepare = "bsduserctl conformance --arch mips64 --cache \(folder.path) --suite"
            let oracle = try run("--suite", "fp", "--suite", "instructions")
            #expect(
                oracle.standardError.hasSuffix("run \(prepare) fp --suite instructions --prepare --quick\n"),
                "\(oracle.summary)")
            let guests = try run("--suite", "signals")
            #expect(guests.standardError.hasSuffix("run \(prepare) signals --prepare --quick\n"), "\(guests.summary)")
        }
    }

    @Test func `without llvm-mc decode says what to install, and other suites run`() throws {
        let program = Checkout.products.appendingPathComponent("bsduserctl").path
        func run(_ words: [String]) throws -> ProgramRun {
            let common = ["conformance", "--cache", try Self.cache.get().path, "--arch", "mips64", "--quick"]
            return try ProgramRun.of(
                program, common + words, environment: ["PATH": "/nonexistent"], timeoutSeconds: 600)
        }
        for words in [["--suite", "decode"], ["--suite", "decode", "--prepare"]] {
            let decode = try run(words)
            #expect(!decode.isSuccess && decode.standardError.contains("apt-get install llvm"), "\(decode.summary)")
            #expect(decode.standardError.split(separator: "\n").count == 1, "\(decode.summary)")
        }
        #expect(try run(["--suite", "instructions", "--case", "dadd*"]).isSuccess)
    }

    @Test func `known failures of a user's own count, and each needs its case`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let file = folder.appendingPathComponent("known.txt")
            try Data("instructions  daddu*  passes all the same\n".utf8).write(to: file)
            let arguments = ["--arch", "mips64", "--suite", "instructions", "--known", file.path]
            let passing = try conformance(arguments + ["--quick", "--case", "daddu*"])
            #expect(passing.standardError.contains("passes, and is listed as a known failure"), "\(passing.summary)")
            #expect(!passing.isSuccess)
            let missing = try conformance(Array(arguments.dropLast()) + ["/nonexistent", "--quick"])
            #expect(missing.standardError.contains("cannot read the known failures in /nonexistent"))
        }
    }

    @Test func `suites that are not prepared say what to do`() throws {
        let run = try conformance(["--arch", "mips64", "--suite", "torture"])
        #expect(!run.isSuccess)
        let cache = try Self.cache.get().path
        let command = "bsduserctl conformance --arch mips64 --cache \(cache) --suite torture --prepare"
        #expect(run.standardError.contains("are not prepared; run \(command)"), "\(run.summary)")
    }

    @Test func `a file that cannot be written is refused before anything runs`() throws {
        let row = ["--arch", "mips64", "--quick", "--suite", "instructions", "--case", "daddu*"]
        for option in ["--json", "--junit"] {
            let run = try conformance(row + [option, "/nonexistent/a"])
            #expect(run.end == .exited(1) && run.output.isEmpty, "\(run.summary)")
            #expect(run.standardError == "bsduserctl: cannot write /nonexistent/a: No such file or directory\n")
        }
        let run = try conformance(row + ["--json", "-"])
        let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
        #expect((object?["results"] as? [Any])?.count == 1, "\(run.summary)")
        #expect(run.standardError.contains("instructions "), "\(run.summary)")
    }

    @Test func `the table has the suites that something ran of`() throws {
        let run = try conformance(["--arch", "mips64", "--quick", "--suite", "instructions", "--case", "daddu*"])
        #expect(!run.output.contains("\ndecode") && run.output.contains("\ninstructions"), "\(run.summary)")
    }

    @Test func `a suite that was named and has nothing that fits is told`() throws {
        let words = ["--arch", "mips64", "--quick", "--suite", "instructions", "--suite", "sequences", "--case"]
        let run = try conformance(words + ["daddu*"])
        #expect(run.end == .exited(1), "\(run.summary)")
        #expect(run.standardError.contains("no case of suite sequences matches 'daddu*'"), "\(run.summary)")
    }

    @Test func `without anything prepared what can be listed is listed`() throws {
        let program = Checkout.products.appendingPathComponent("bsduserctl").path
        let words = ["conformance", "--cache", "/nonexistent/cache", "--arch", "mips64", "--list"]
        let run = try ProgramRun.of(program, words, timeoutSeconds: 600)
        #expect(run.isSuccess, "\(run.summary)")
        #expect(run.output.contains("instructions: daddu 000000 rs rt rd 00000 101101\n"), "\(run.summary)")
        #expect(run.output.contains("sequences: random 1\n"))
        #expect(run.standardError.contains("not listed: the guest programs of suite torture"), "\(run.summary)")
        let named = try ProgramRun.of(program, words + ["--suite", "torture"], timeoutSeconds: 600)
        #expect(named.end == .exited(1) && named.output.isEmpty, "\(named.summary)")
    }

    @Test(arguments: [
        ["--shard", "4/3"], ["--quick", "--full"], ["--jobs", "0"], ["--suite", "nothing"], ["--list", "--prepare"],
        ["--list", "--json", "a"], ["--prepare", "--junit", "a"], ["--json", "-", "--junit", "-"],
    ])
    func `what cannot be meant is refused`(arguments: [String]) throws {
        #expect(try conformance(["--arch", "mips64"] + arguments).end == .exited(64))
    }
}
