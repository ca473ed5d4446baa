import Foundation
import TestSupport
import Testing

@Suite struct HostileFilePrograms {
    private let elf = ElfBuilder.program(code: ElfBuilder.exitCode(3))

    private func run(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> ProgramRun {
        let file = folder.url.appending(path: "program").path
        _ = FileManager.default.createFile(
            atPath: file, contents: Data(bytes), attributes: [.posixPermissions: 0o755])
        return try ProgramRun.of(
            Checkout.emulator.path, ["--arch-plugin", "mips64", file], environment: [:], timeoutSeconds: 20)
    }

    @Test func theProgramBehindThemRuns() throws {
        let run = try run(elf.bytes, in: TemporaryFolder())
        #expect(run.end == .exited(3) && run.standardError.isEmpty, "\(run.summary)")
    }

    /// Each ends in time: with the program's own status or signal, or refused in one line.
    @Test func noneCrashesOrHangsTheEmulator() throws {
        let folder = try TemporaryFolder()
        // Every second one: the loader's own test takes them all.
        let files = HostileFiles(elf).all.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        #expect(files.count >= 200)
        var refusals = 0
        for file in files {
            let run = try run(file.bytes, in: folder)
            #expect(run.end != .timedOut, "\(file.name)")
            #expect(
                !run.standardError.contains("internal error") && !run.standardError.contains("Fatal error"),
                "\(file.name): \(run.summary)")
            guard case .exited(let status) = run.end, (125...127).contains(status) else { continue }
            refusals += 1
            expectRefusal(run, status: status, "program")
        }
        #expect(refusals > 50)
    }

    @Test func filesThatAreNoProgramsAreRefusedWithTheStatusOfEnv() throws {
        let folder = try TemporaryFolder()
        let text = try run(Array("just text\n".utf8), in: folder)
        expectRefusal(text, status: 126, "program")
        var linux = elf
        linux.systemABI = 3
        linux.segments.remove(at: 2)
        expectRefusal(try run(linux.bytes, in: folder), status: 126, "Linux")
        var other = elf
        other.machine = 43
        expectRefusal(try run(other.bytes, in: folder), status: 126, "SPARC")
        expectRefusal(try run(Array(elf.bytes.prefix(0x1900)), in: folder), status: 126, "truncated")
        expectRefusal(try emulator("/nonexistent/program"), status: 127, "/nonexistent/program")
        expectRefusal(try emulator("--arch-plugin", "mips64", folder.url.path), status: 126, "cannot be executed")
    }
}
