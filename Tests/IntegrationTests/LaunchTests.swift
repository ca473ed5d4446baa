import Foundation
import TestSupport
import Testing

@Suite struct Launches {
    @Test func aProgramRunsWithThePluginOfItsHeader() throws {
        let run = try emulator(exampleGuest("hello"), "one", "two words")
        #expect(run.isSuccess, "\(run.summary)")
        #expect(run.output.contains("two words"))
        #expect(run.standardError.isEmpty)
    }

    @Test(arguments: ["mips64", "mips64.so", "libmips64.so"])
    func aPluginIsFoundByName(name: String) throws {
        let run = try emulator("--arch-plugin", name, exampleGuest("hello"))
        #expect(run.isSuccess, "\(run.summary)")
    }

    @Test func aPluginIsFoundByFile() throws {
        let file = Checkout.products.appending(path: "libmips64.so").path
        #expect(try emulator("--arch-plugin", file, exampleGuest("hello")).isSuccess)
    }

    @Test func aPluginIsFoundInThePathAndInTheVariable() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            at: Checkout.products.appending(path: "libmips64.so"), to: folder.url.appending(path: "other.so"))
        let path = folder.url.path
        #expect(try emulator("--plugin-path", path, "--arch-plugin", "other", exampleGuest("hello")).isSuccess)
        let run = try emulator("--arch-plugin", "other", exampleGuest("hello"), environment: ["BSDUSER_PLUGINS": path])
        #expect(run.isSuccess, "\(run.summary)")
    }

    @Test func theInterpreterGivesTheSameOutput() throws {
        let translated = try emulator(exampleGuest("primes"), "2000")
        let interpreted = try emulator("--no-jit", exampleGuest("primes"), "2000")
        let single = try emulator("-one-insn-per-tb", exampleGuest("primes"), "2000")
        #expect(translated.isSuccess && !translated.output.isEmpty, "\(translated.summary)")
        #expect(interpreted.output == translated.output)
        #expect(single.output == translated.output)
    }

    @Test func aTraceGoesToStandardErrorOrToItsFile() throws {
        let run = try emulator("-strace", exampleGuest("hello"))
        #expect(run.isSuccess, "\(run.summary)")
        #expect(run.standardError.contains("write(1, "))
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "trace").path
        let quiet = try emulator("-strace", "-D", file, exampleGuest("hello"))
        #expect(quiet.standardError.isEmpty)
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("write(1, "))
    }

    @Test func anUnwritableLogFileIsRefused() throws {
        expectRefusal(
            try emulator("-D", "/nonexistent/log", "-strace", exampleGuest("hello")), status: 125, "/nonexistent/log")
    }
}
