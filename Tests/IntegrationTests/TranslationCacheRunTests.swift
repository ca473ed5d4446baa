import Foundation
import TestSupport
import Testing

/// The translation cache as processes see it: with others at the same time, killed at any point, with files that change.
struct TranslationCacheRunTests {
    private static let examples = Checkout.root.appendingPathComponent("Examples/guests")
    /// An example that ends at once, with an argument that decides its output.
    private static let arguments = ["100"]
    private static let output = "25 primes below 100\n53 59 61 67 71 73 79 83 89 97 \n"

    private static func primes(_ architecture: String) -> URL {
        examples.appendingPathComponent("\(architecture)/primes")
    }

    private static func run(_ program: URL, _ cache: URL, options: [String] = []) throws -> ProgramRun {
        try EmulatorUnderTest.run(program, arguments, options: ["-cache", cache.path] + options)
    }

    private static func files(_ cache: URL) throws -> [String] {
        guard FileManager.default.fileExists(atPath: cache.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: cache.path).sorted()
    }

    private static func expectRight(_ run: ProgramRun, _ what: Comment? = nil) {
        #expect(run.output == output, what)
        #expect(run.standardError.isEmpty, what)
        #expect(run.end == .exited(0), what)
    }

    @Test(arguments: GuestProgramTests.architectures)
    func `a run leaves one file, and further runs leave it alone`(architecture: String) throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let cache = folder.appendingPathComponent("cache")
            Self.expectRight(try Self.run(Self.primes(architecture), cache))
            let names = try Self.files(cache)
            #expect(names.count == 1)
            let file = cache.appendingPathComponent(try #require(names.first))
            let before = try Data(contentsOf: file)
            for _ in 0..<3 { Self.expectRight(try Self.run(Self.primes(architecture), cache)) }
            #expect(try Self.files(cache) == names)
            #expect(try Data(contentsOf: file) == before)
        }
    }

    @Test func `nothing is kept when the cache is off, or when every block is to be seen`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let program = Self.primes("aarch64")
            for options in [["-cache", "off"], ["-one-insn-per-tb"], ["--no-jit"], ["-d", "in_asm", "-D", "log"]] {
                let run = try EmulatorUnderTest.run(
                    program, Self.arguments, options: options, environment: ["HOME": folder.path], directory: folder)
                #expect(run.output == Self.output)
                #expect(
                    !FileManager.default.fileExists(atPath: folder.appendingPathComponent(".cache").path), "\(options)")
            }
            let usual = try EmulatorUnderTest.run(program, Self.arguments, environment: ["HOME": folder.path])
            #expect(usual.output == Self.output)
            #expect(try Self.files(folder.appendingPathComponent(".cache/bsduser/translations")).count == 1)
        }
    }

    @Test func `a program that changes in place is never run by its old translation`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let cache = folder.appendingPathComponent("cache")
            let program = folder.appendingPathComponent("program")
            let primes = try Data(contentsOf: Self.primes("aarch64"))
            let hello = try Data(contentsOf: Self.examples.appendingPathComponent("aarch64/hello"))
            // Of the same size, so that times alone tell.
            let size = max(primes.count, hello.count)
            let variants = [primes, hello].map { $0 + Data(count: size - $0.count) }
            try variants[0].write(to: program)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
            for round in 0..<20 {
                let handle = try FileHandle(forWritingTo: program)
                try handle.write(contentsOf: variants[round % 2])
                try handle.close()
                for _ in 0..<2 {
                    let run = try Self.run(program, cache)
                    #expect(run.end == .exited(0), "\(run.summary)")
                    #expect(run.output.hasPrefix(round % 2 == 0 ? "25 primes" : "Hello from FreeBSD"), "round \(round)")
                }
            }
        }
    }

    @Test func `another build of a plugin has files of its own`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let cache = folder.appendingPathComponent("cache")
            let plugin = folder.appendingPathComponent("aarch64.so")
            let built = try Checkout.emulator.deletingLastPathComponent().appendingPathComponent("libaarch64.so")
            try FileManager.default.copyItem(at: built, to: plugin)
            let options = ["--arch-plugin", plugin.path]
            Self.expectRight(try Self.run(Self.primes("aarch64"), cache, options: options))
            Self.expectRight(try Self.run(Self.primes("aarch64"), cache, options: options))
            #expect(try Self.files(cache).count == 1)
            try FileManager.default.removeItem(at: plugin)
            try FileManager.default.copyItem(at: built, to: plugin)
            Self.expectRight(try Self.run(Self.primes("aarch64"), cache, options: options))
            #expect(try Self.files(cache).count == 2)
        }
    }

    @Test func `eight processes at a time write and use one cache`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let cache = folder.appendingPathComponent("cache")
            let emulator = try Checkout.emulator.path
            // Half of the rounds start without files, so that all eight write them.
            let script = """
                cache=$1; emulator=$2; shift 2
                for round in 1 2 3 4 5 6; do
                    [ $((round % 2)) = 0 ] || rm -rf "$cache"
                    for process in 1 2 3 4 5 6 7 8; do
                        for program; do said=$("$emulator" -cache "$cache" "$program" 100); echo "$said"; done &
                    done
                    wait
                done
                """
            let run = try ProgramRun.of(
                "/bin/sh",
                ["-c", script, "sh", cache.path, emulator, Self.primes("aarch64").path, Self.primes("mips64").path],
                environment: [:], timeoutSeconds: 240)
            #expect(run.output == String(repeating: Self.output, count: 6 * 8 * 2))
            #expect(run.standardError.isEmpty, "\(run.standardError)")
            #expect(try Self.files(cache).count == 2)
            Self.expectRight(try Self.run(Self.primes("aarch64"), cache))
            Self.expectRight(try Self.run(Self.primes("mips64"), cache))
        }
    }

    @Test func `a thousand processes killed at any point leave a cache that works`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let cache = folder.appendingPathComponent("cache")
            let run = try ProgramRun.of(
                Checkout.root.appendingPathComponent("Tests/Stress/kill-writers").path,
                [
                    "--kills", "1000", "--cache", cache.path, "--expect", Self.output, "--", try Checkout.emulator.path,
                    Self.primes("aarch64").path, "100",
                ], environment: ["PATH": "/usr/bin:/bin"], timeoutSeconds: 400)
            #expect(run.end == .exited(0), "\(run.summary)")
            Self.expectRight(try Self.run(Self.primes("aarch64"), cache))
            Self.expectRight(try Self.run(Self.primes("aarch64"), cache))
            #expect(try Self.files(cache).count == 1)
        }
    }

    /// Standard output is a pipe: the guest's own writes must not meet the limit.
    @Test(arguments: [0, 1], [false, true])
    func `no limit on the size of files keeps a guest from running, and it sees the limit`(
        blocks: Int, hasLogs: Bool
    ) throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let program = try GuestProgram("file_limit").build().path
            let options = hasLogs ? ["-strace", "-D", "log", "-jitdump=\(folder.path)"] : []
            let run = try ProgramRun.of(
                "/bin/bash",
                ["-c", "(ulimit -f \(blocks); \"$@\" 2>&1; echo $?) | cat", "sh", try Checkout.emulator.path]
                    + options + ["-cache", folder.path + "/cache", program],
                environment: [:], directory: folder)
            let limit = "\(blocks * 1024) \(blocks * 1024)\n"
            let lines = run.output.split(separator: "\n").filter { !$0.hasPrefix("bsduser: ") }
            #expect(lines.joined(separator: "\n") + "\n" == limit + limit + "0\n", "\(run.summary)")
        }
    }

    @Test func `a limit on the size of files, and a cache that cannot be written, change nothing for the guest`() throws
    {
        try EmulatorUnderTest.withScratchFolder { folder in
            let emulator = try Checkout.emulator.path
            let program = Self.primes("aarch64").path
            let limited = try ProgramRun.of(
                "/bin/sh",
                ["-c", "ulimit -f 1; exec \"$@\"", "sh", emulator, "-cache", folder.path + "/cache", program, "100"],
                environment: [:])
            #expect(limited.output == Self.output, "\(limited.summary)")
            #expect(limited.end == .exited(0))
            let nowhere = try ProgramRun.of(
                emulator, ["-cache", "/proc/no/such/place", program, "100"], environment: [:])
            Self.expectRight(nowhere)
        }
    }

    @Test func `bsduserctl names what is damaged, and what is not the user's`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let cache = folder.appendingPathComponent("cache")
            let control = try Checkout.emulator.deletingLastPathComponent().appendingPathComponent("bsduserctl").path
            Self.expectRight(try Self.run(Self.primes("aarch64"), cache))
            let name = try #require(try Self.files(cache).first)
            let file = cache.appendingPathComponent(name)
            let whole = try Data(contentsOf: file)
            func expect(_ data: Data, _ problem: String, _ what: Comment) throws {
                try data.write(to: file)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
                let run = try ProgramRun.of(control, ["cache", "--directory", cache.path], environment: [:])
                #expect(run.output.contains("  not used: \(name) is \(problem)\n"), what)
                let json = try ProgramRun.of(control, ["cache", "show", "--json", "--directory", cache.path])
                #expect(json.output.contains("\"problem\":\"\(problem)"), what)
            }
            var late = whole
            late[whole.count - 100] ^= 1
            var early = whole
            early[0] ^= 1
            var newer = whole
            newer[16] ^= 0x40
            try expect(whole.prefix(20), "damaged", "cut in the header")
            try expect(whole.prefix(whole.count / 2), "damaged", "cut")
            try expect(late, "damaged", "a bit of code")
            try expect(early, "damaged", "another magic number")
            try expect(newer, "of another version of bsduser", "another version")
            try expect(Data(), "empty, too large, or not the user's alone", "empty")
            // It is made anew.
            Self.expectRight(try Self.run(Self.primes("aarch64"), cache))
            let mended = try ProgramRun.of(control, ["cache", "--directory", cache.path], environment: [:])
            #expect(mended.output.contains(" blocks  \(Self.primes("aarch64").path)\n"), "\(mended.summary)")
        }
    }

    @Test func `bsduserctl shows and clears the cache`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let cache = folder.appendingPathComponent("cache")
            let control = try Checkout.emulator.deletingLastPathComponent().appendingPathComponent("bsduserctl").path
            func show(_ words: String...) throws -> ProgramRun {
                try ProgramRun.of(control, ["cache"] + words + ["--directory", cache.path], environment: [:])
            }
            #expect(try show("show").output == "\(cache.path): 0 files, 0 KiB\n")
            Self.expectRight(try Self.run(Self.primes("aarch64"), cache))
            let shown = try show("show")
            #expect(shown.output.contains(Self.primes("aarch64").path), "\(shown.summary)")
            #expect(try show("show", "--json").output.contains("\"blocks\":"))
            #expect(try show("clear").output == "\(cache.path): 1 files removed\n")
            #expect(try Self.files(cache).isEmpty)
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: cache.path)
            let refused = try show("show")
            #expect(refused.end == .exited(1))
            #expect(refused.standardError.contains("others may write to it"))
        }
    }
}
