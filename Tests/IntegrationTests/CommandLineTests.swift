import Foundation
import TestSupport
import Testing

/// Runs the emulator, without variables of the caller that mean something to it.
func emulator(
    _ arguments: String..., environment: [String: String] = [:], directory: URL? = nil
) throws -> ProgramRun {
    var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("BSDUSER_") && !$0.key.hasPrefix("QEMU_") }
    all.merge(environment) { $1 }
    return try ProgramRun.of(
        Checkout.emulator.path, arguments, environment: all, directory: directory, timeoutSeconds: 60)
}

/// A program that is committed for the README.
func exampleGuest(_ name: String) -> String {
    Checkout.root.appending(path: "Examples/guests/mips64/\(name)").path
}

/// A failure of the emulator itself: nothing on standard output, one line on standard error.
func expectRefusal(
    _ run: ProgramRun, status: Int32, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(run.end == .exited(status), "\(run.summary)", sourceLocation: sourceLocation)
    #expect(run.output.isEmpty, sourceLocation: sourceLocation)
    let lines = run.standardError.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 2 && lines.last == "", "\(run.standardError)", sourceLocation: sourceLocation)
    #expect(run.standardError.hasPrefix("bsduser: "), sourceLocation: sourceLocation)
    #expect(run.standardError.contains(message), "\(run.standardError)", sourceLocation: sourceLocation)
}

/// A folder of its own for one test, removed with the object.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "bsduser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes an executable file and returns its path.
    func program(_ name: String, _ bytes: Data) throws -> String {
        let file = url.appending(path: name)
        try bytes.write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        return file.path
    }
}

@Suite struct CommandLines {
    @Test func helpGoesToStandardOutput() throws {
        let run = try emulator("-h")
        #expect(run.isSuccess)
        #expect(run.output.hasPrefix("usage: bsduser [options] program"))
        #expect(run.standardError.isEmpty)
    }

    @Test(arguments: [["-h"], ["-d", "help"], ["-version"], ["-cpu", "help"]])
    func outputThatCannotBeWrittenIsAFailure(arguments: [String]) throws {
        let run = try ProgramRun.of(
            "/bin/sh", ["-c", #""$0" "$@" > /dev/full"#, Checkout.emulator.path] + arguments, timeoutSeconds: 60)
        expectRefusal(run, status: 125, "cannot write standard output: No space left on device")
    }

    @Test func theVersionNamesCoreAndPlugins() throws {
        let run = try emulator("-version")
        #expect(run.isSuccess, "\(run.summary)")
        #expect(run.output.hasPrefix("bsduser "))
        let line = try #require(run.output.split(separator: "\n").first { $0.hasPrefix("plugin ABI ") })
        let abi = line.dropFirst("plugin ABI ".count)
        #expect(run.output.contains("mips64: ABI \(abi), machine 8 (MIPS), 64-bit big-endian"))
        #expect(run.output.contains("aarch64: ABI \(abi), machine 183 (AArch64), 64-bit little-endian"))
    }

    @Test func cpuModelsAreThoseOfThePlugins() throws {
        let all = try emulator("-cpu", "help")
        #expect(all.isSuccess, "\(all.summary)")
        #expect(all.output.contains("CPU models of mips64:"))
        #expect(all.output.contains("(default)"))
        let named = try emulator("--arch-plugin", "mips64", "-cpu", "help")
        #expect(named.output.hasPrefix("CPU models of mips64:"))
    }

    @Test func anUnknownCPUModelIsRefused() throws {
        expectRefusal(try emulator("-cpu", "z80", exampleGuest("hello")), status: 125, "z80")
    }

    @Test func optionProblemsEndWith125() throws {
        expectRefusal(try emulator("-frob"), status: 125, "unknown option '-frob'")
        expectRefusal(try emulator("-s"), status: 125, "-s needs a size")
        expectRefusal(try emulator("-g", "1234", "prog"), status: 125, "not supported yet")
        expectRefusal(try emulator(), status: 125, "no program given")
        expectRefusal(
            try emulator("prog", environment: ["BSDUSER_STACK_SIZE": "x"]), status: 125, "BSDUSER_STACK_SIZE needs")
    }
}

@Suite struct UnsuitablePrograms {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aMissingProgramEndsWith127() throws {
        expectRefusal(try emulator("/nonexistent/prog"), status: 127, "/nonexistent/prog: no such file")
    }

    @Test func adirectoryEndsWith126() throws {
        expectRefusal(try emulator("/tmp"), status: 126, "/tmp: cannot be executed: it is a directory; name ")
    }

    @Test(arguments: ["", "x", "\u{7F}ELF"])
    func aFileThatIsNoProgramEndsWith126(text: String) throws {
        let path = try folder.program("text", Data(text.utf8))
        expectRefusal(try emulator(path), status: 126, "is not an ELF program")
        expectRefusal(try emulator("--arch-plugin", "mips64", path), status: 126, "is not an ELF program")
    }

    @Test(
        arguments: [
            ("", "it is empty"), ("echo hi\n", "it is text; a script begins with #!"),
            ("\u{7F}ELF", "its ELF header is damaged or cut off"), ("#!\n", "its first line, #!, names no interpreter"),
            ("\0\u{1}\u{2}", "bsduser runs ELF programs and scripts"),
        ])
    func whatAFileThatIsNoProgramSeemsToBeIsSaid(text: String, guess: String) throws {
        let path = try folder.program("file", Data(text.utf8))
        expectRefusal(try emulator(path), status: 126, "\(path) is not an ELF program: \(guess)")
    }

    @Test func anInterpreterThatCannotBeRunIsNamedWithTheReason() throws {
        let text = try folder.program("text", Data("echo\n".utf8))
        for (interpreter, reason) in [
            (text, "it is no program itself, or another script"), (folder.url.path, "it is a directory"),
        ] {
            let script = try folder.program("script", Data("#!\(interpreter)\n".utf8))
            expectRefusal(
                try emulator(script), status: 126,
                "\(script): a script whose first line names the interpreter \(interpreter): \(reason)")
        }
    }

    @Test func aProgramOfAMachineWithoutAPluginEndsWith126() throws {
        var bytes = try Data(contentsOf: URL(filePath: exampleGuest("hello")))
        // e_machine, big-endian: a VAX.
        bytes[19] = 75
        expectRefusal(try emulator(folder.program("vax", bytes)), status: 126, "/vax: no plugin for machine 75")
    }

    @Test func aProgramOfAnotherMachineThanThePluginsEndsWith126() throws {
        var bytes = try Data(contentsOf: URL(filePath: exampleGuest("hello")))
        bytes[19] = 75
        expectRefusal(
            try emulator("--arch-plugin", "mips64", folder.program("vax", bytes)), status: 126,
            "64-bit big-endian; plugin mips64 runs machine 8 (MIPS), 64-bit big-endian; choose another --arch-plugin")
    }

    @Test func aProgramOfThisHostEndsWith126() throws {
        expectRefusal(
            try emulator("/bin/true"), status: 126,
            "/bin/true: a program of this host, not for FreeBSD; run it without bsduser")
    }

    @Test func aLimitOfTheHostIsNamed() throws {
        let command = "ulimit -v 60000; exec \"$0\" \"$1\""
        let run = try ProgramRun.of("/bin/bash", ["-c", command, Checkout.emulator.path, exampleGuest("hello")])
        expectRefusal(run, status: 125, "the host's limit of 60000 KiB of address space (ulimit -v)")
    }

    @Test func aLinuxProgramOfTheMachineEndsWith126() throws {
        // The example with the brand taken away: System V in EI_OSABI, and no FreeBSD note.
        var bytes = try Data(contentsOf: URL(filePath: exampleGuest("hello")))
        bytes[7] = 0
        while let note = bytes.range(of: Data("FreeBSD\0".utf8)) {
            bytes.replaceSubrange(note, with: Data("Linux\0\0\0".utf8))
        }
        let path = try folder.program("linux", bytes)
        expectRefusal(try emulator(path), status: 126, "FreeBSD")
    }

    @Test func anUnreadableProgramEndsWith126() throws {
        let fifo = folder.url.appending(path: "fifo").path
        #expect(mkfifo(fifo, 0o644) == 0)
        expectRefusal(try emulator(fifo), status: 126, "fifo: cannot be executed: it is not a regular file")
        expectRefusal(try emulator("/dev/null"), status: 126, "/dev/null: cannot be executed: it is not a regular file")
        let plain = try folder.program("plain", Data())
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: plain)
        expectRefusal(try emulator(plain), status: 126, "plain: cannot be executed: you may not")
    }

    @Test func aTruncatedProgramNeverRuns() throws {
        let whole = try Data(contentsOf: URL(filePath: exampleGuest("hello")))
        for count in [16, 52, 63, 64, 100, 200, 1000, 4096, whole.count / 2] {
            let path = try folder.program("cut", whole.prefix(count))
            let run = try emulator(path)
            #expect(run.end == .exited(126), "\(count) bytes: \(run.summary)")
            #expect(run.standardError.split(separator: "\n").count == 1)
        }
    }
}

@Suite struct UnsuitablePlugins {
    private let hello = exampleGuest("hello")

    @Test func missingPluginsEndWith127() throws {
        expectRefusal(
            try emulator("--arch-plugin", "/nonexistent.so", hello), status: 127, "/nonexistent.so does not exist")
        expectRefusal(try emulator("--arch-plugin", "pdp11", hello), status: 127, "no plugin 'pdp11'; looked in ")
    }

    @Test func filesThatAreNoPluginsEndWith126() throws {
        expectRefusal(
            try emulator("--arch-plugin", hello, hello), status: 126,
            "is not a shared object for x86-64")
        expectRefusal(
            try emulator("--arch-plugin", "/etc/passwd", hello), status: 126, "/etc/passwd is not an ELF file")
    }

    @Test func theCoreItselfIsNoPlugin() throws {
        let core = Checkout.products.appending(path: "libBSDUserCore.so").path
        expectRefusal(try emulator("--arch-plugin", core, hello), status: 126, "exports no bsduser_plugin")
    }
}
