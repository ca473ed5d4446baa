import Foundation
import TestSupport
import Testing

/// Real C programs, built from Debian's sources for FreeBSD and natively: both must do the same.
///
/// They are built by Scripts/build-newlib-guests when they are not there yet, which takes a few minutes once.
@Suite(.serialized)
struct RealProgramTests {
    private static let programs = ["lua", "sqlite3", "mujs", "bzip2", "zstd"]
    private static let built: [String: Result<URL, SupportError>] = Dictionary(
        uniqueKeysWithValues: GuestProgramTests.architectures.map { ($0, build($0)) })

    private static func build(_ architecture: String) -> Result<URL, SupportError> {
        let script = Checkout.root.appendingPathComponent("Scripts/build-newlib-guests").path
        return Result {
            let run = try ProgramRun.of(script, ["--arch", architecture] + programs, timeoutSeconds: 1800)
            guard run.isSuccess else { throw SupportError("Scripts/build-newlib-guests: \(run.standardError)") }
            return URL(fileURLWithPath: run.output.trimmingCharacters(in: .whitespacesAndNewlines))
        }.mapError { $0 as? SupportError ?? SupportError("\($0)") }
    }

    private static let inputs = Checkout.root.appendingPathComponent("Tests/Guests/inputs")

    private static func folder(_ architecture: String) throws -> URL {
        guard let built = built[architecture] else { throw SupportError("no guests for \(architecture)") }
        return try built.get()
    }

    /// Runs the program natively and as a guest, each in a folder of its own with the same input file.
    private func both(
        _ name: String, _ architecture: String, _ arguments: [String], file: (name: String, content: Data),
        input: Data = Data(),
        check: (_ native: (run: ProgramRun, folder: URL), _ guest: (run: ProgramRun, folder: URL)) throws -> Void
    ) throws {
        let built = try Self.folder(architecture)
        try EmulatorUnderTest.withScratchFolder { nativeFolder in
            try EmulatorUnderTest.withScratchFolder { guestFolder in
                for folder in [nativeFolder, guestFolder] {
                    try file.content.write(to: folder.appendingPathComponent(file.name))
                }
                let native = try ProgramRun.of(
                    built.appendingPathComponent("native/\(name)").path, arguments, environment: Self.environment,
                    input: input,
                    directory: nativeFolder, timeoutSeconds: 120)
                let guest = try EmulatorUnderTest.run(
                    built.appendingPathComponent("\(architecture)/\(name)"), arguments, environment: Self.environment,
                    input: input,
                    directory: guestFolder, timeoutSeconds: 600)
                try check((native, nativeFolder), (guest, guestFolder))
            }
        }
    }

    /// A home folder without files, so that nothing personal is read and no user database is asked.
    private static let environment = ["HOME": "/nonexistent"]

    private func expectSame(_ native: ProgramRun, _ guest: ProgramRun) {
        #expect(guest.end == native.end, "\(guest.summary)")
        #expect(guest.output == native.output)
        #expect(guest.standardError == native.standardError)
    }

    @Test(
        arguments: [("lua", "script.lua", "fibonacci\t46368"), ("mujs", "script.js", "fibonacci 6765")],
        GuestProgramTests.architectures)
    func `an interpreter runs a script as it does natively`(
        program: (name: String, script: String, first: String), architecture: String
    ) throws {
        let (name, script, first) = program
        let content = try Data(contentsOf: Self.inputs.appendingPathComponent(script))
        try both(name, architecture, [script], file: (script, content)) { native, guest in
            #expect(native.run.output.hasPrefix(first))
            expectSame(native.run, guest.run)
        }
    }

    @Test(arguments: GuestProgramTests.architectures)
    func `sqlite3 creates, fills and queries a database file, which the native one finds sound`(architecture: String)
        throws
    {
        let script = try Data(contentsOf: Self.inputs.appendingPathComponent("script.sql"))
        try both("sqlite3", architecture, ["-batch", "test.db"], file: ("unused", Data()), input: script) {
            native, guest in
            #expect(native.run.output.contains("20000|200010000|"))
            expectSame(native.run, guest.run)
            let question = "pragma integrity_check; select count(*), sum(id), sum(length(name)) from item;"
            func answer(_ folder: URL) throws -> String {
                try ProgramRun.of(
                    Self.folder(architecture).appendingPathComponent("native/sqlite3").path, ["test.db", question],
                    directory: folder
                ).output
            }
            let guestAnswer = try answer(guest.folder)
            let nativeAnswer = try answer(native.folder)
            #expect(guestAnswer == nativeAnswer)
            #expect(guestAnswer.hasPrefix("ok\n15000|"))
        }
    }

    @Test(
        arguments: [("bzip2", "bz2", ["-k", "-1"]), ("zstd", "zst", ["-k", "-q", "-3"])],
        GuestProgramTests.architectures)
    func `a compressor takes 10 MB there and back`(
        program: (name: String, ending: String, options: [String]), architecture: String
    ) throws {
        let (name, ending, options) = program
        let content = Self.compressible(bytes: 10_000_000)
        try both(name, architecture, options + ["data"], file: ("data", content)) { native, guest in
            expectSame(native.run, guest.run)
            let compressed = try Data(contentsOf: guest.folder.appendingPathComponent("data.\(ending)"))
            let expected = try Data(contentsOf: native.folder.appendingPathComponent("data.\(ending)"))
            #expect(compressed == expected)
            #expect(compressed.count < content.count / 2)
            try FileManager.default.removeItem(at: guest.folder.appendingPathComponent("data"))
            let back = try EmulatorUnderTest.run(
                Self.folder(architecture).appendingPathComponent("\(architecture)/\(name)"), ["-d", "data.\(ending)"],
                directory: guest.folder,
                timeoutSeconds: 600)
            #expect(back.end == .exited(0), "\(back.summary)")
            let result = try Data(contentsOf: guest.folder.appendingPathComponent("data"))
            #expect(result == content)
        }
    }

    /// Words of a small vocabulary in a fixed pseudo-random order, with some noise.
    private static func compressible(bytes: Int) -> Data {
        var state: UInt32 = 12345
        func next() -> UInt32 {
            state = state &* 1_664_525 &+ 1_013_904_223
            return state >> 8
        }
        let words = (0..<500).map { _ in
            (0..<3 + next() % 8).map { _ in UInt8(97 + next() % 26) } + [next() % 12 == 0 ? 10 : 32]
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes + 16)
        while result.count < bytes {
            result += words[Int(next() % 500)]
            if next() % 64 == 0 { result.append(UInt8(truncatingIfNeeded: next())) }
        }
        return Data(result.prefix(bytes))
    }
}
