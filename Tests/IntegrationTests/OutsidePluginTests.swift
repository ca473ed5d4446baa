import Foundation
import TestSupport
import Testing

/// The example of a plugin from outside: `Scripts/test` builds its package before the tests.
@Suite struct OutsidePlugins {
    private static let package = Checkout.root.appending(path: "Examples/MinimalPlugin")

    private func assembled(_ name: String, in folder: TemporaryFolder) throws -> String {
        let program = folder.url.appending(path: name).path
        let run = try ProgramRun.of(
            Self.package.appending(path: ".build/debug/toyas").path,
            [Self.package.appending(path: "programs/\(name).s").path, program])
        #expect(run.isSuccess, "\(run.summary)")
        return program
    }

    private var plugin: String {
        Self.package.appending(path: ".build/debug/libtoy.so").path
    }

    @Test(arguments: [[], ["--no-jit"], ["-one-insn-per-tb"]])
    func aPluginBuiltAgainstTheCoreAloneRunsAProgram(options: [String]) throws {
        let folder = try TemporaryFolder()
        let program = try assembled("countdown", in: folder)
        let run = try ProgramRun.of(
            Checkout.emulator.path, options + ["--arch-plugin", plugin, program], timeoutSeconds: 60)
        #expect(run.end == .exited(7), "\(run.summary)")
        #expect(run.output == String(repeating: "toy says hello\n", count: 3))
    }

    @Test(arguments: ["libBSDUserCore.so", "libswiftCore.so"])
    func itBringsNoSecondCopyOfWhatTheEmulatorHolds(library: String) throws {
        let folder = try TemporaryFolder()
        let program = try assembled("countdown", in: folder)
        let run = try ProgramRun.of(
            Checkout.emulator.path, ["--arch-plugin", plugin, program], environment: ["LD_DEBUG": "files"])
        let dynamic = try ProgramRun.of("/usr/bin/readelf", ["-d", Checkout.emulator.path]).output
        let loads = run.standardError.split(separator: "\n").filter {
            $0.contains("calling init: ") && $0.hasSuffix("/" + library)
        }
        #expect(run.end == .exited(7))
        #expect(loads.count == (dynamic.contains("[\(library)]") ? 1 : 0), "\(loads)")
    }

    @Test func itIsChosenFromTheHeaderThoughTheCoreDoesNotKnowTheMachine() throws {
        let folder = try TemporaryFolder()
        let program = try assembled("countdown", in: folder)
        let directory = URL(filePath: plugin).deletingLastPathComponent().path
        #expect(try emulator("--plugin-path", directory, program).end == .exited(7))
        expectRefusal(try emulator(program), status: 126, "no plugin for machine 32343, 64-bit little-endian")
    }

    @Test func suitesThatItDoesNotHaveAreRefusedAsSuch() throws {
        let control = Checkout.products.appending(path: "bsduserctl").path
        for words in [["--suite", "syscalls"], ["--suite", "syscalls", "--prepare"], ["--suite", "fp"]] {
            let run = try ProgramRun.of(control, ["conformance", "--arch", plugin] + words, timeoutSeconds: 60)
            #expect(run.end == .exited(1), "\(run.summary)")
            #expect(run.standardError == "bsduserctl: toy has no suite \(words[1])\n")
        }
    }

    @Test func itsSignalHandlersRunAndReturn() throws {
        let folder = try TemporaryFolder()
        let program = try assembled("signal", in: folder)
        let run = try emulator("--arch-plugin", plugin, program)
        #expect(run.end == .exited(42), "\(run.summary)")
    }
}
