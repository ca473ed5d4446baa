import Foundation
import TestSupport
import Testing

@Suite struct Launches {
    @Test(arguments: ["16M", "100G", "64T"])
    func aSmallerAddressSpaceIsEnoughForAProgram(bytes: String) throws {
        let run = try emulator("-R", bytes, Checkout.root.appending(path: "Examples/guests/aarch64/hello").path)
        #expect(run.isSuccess && run.output.hasPrefix("Hello from FreeBSD"), "\(run.summary)")
    }

    @Test func anAddressSpaceBeyondTheArchitecturesIsRefused() throws {
        #expect(try emulator("-R", "512G", exampleGuest("hello")).isSuccess)
        expectRefusal(
            try emulator("-R", "513G", exampleGuest("hello")), status: 125,
            "-R: plugin mips64 has an address space of 512G, not more")
    }

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

    @Test func linesOfATraceNameTheThreadWhenThereAreSeveral() throws {
        let program = try GuestProgram("kqueue_threads").build().path
        let run = try emulator("-strace=kevent", program)
        #expect(run.isSuccess, "\(run.summary)")
        let lines = run.standardError.split(separator: "\n")
        let threads = Set(lines.compactMap { $0.wholeMatch(of: /\d+\/(\d+) kevent\(.*/)?.1 })
        #expect(threads.count > 2)
        let json = try emulator("-strace=json,kevent", program)
        #expect(json.standardError.contains(/"pid":\d+,"thread":\d+,"call":"kevent"/))
    }

    @Test func everyCallStandsOnOneLineOfATrace() throws {
        let run = try emulator("-strace", "-strace-length", "3", exampleGuest("hello"))
        let lines = run.standardError.split(separator: "\n")
        #expect(lines.allSatisfy { $0.contains(" = ") }, "\(run.standardError)")
        #expect(lines.contains { $0.contains(#" write(1, "Hel"..., "#) }, "\(run.standardError)")
        #expect(lines.last?.hasSuffix(" exit(0) = ?") == true, "\(run.standardError)")
    }

    @Test func namesOfNoSystemCallAreRefused() throws {
        let hello = exampleGuest("hello")
        expectRefusal(
            try emulator("-strace=bogus", hello), status: 125,
            "-strace: 'bogus' is no system call; 'bsduserctl syscalls' lists them")
        expectRefusal(try emulator("-strace=read,Write", hello), status: 125, "it is written 'write'")
        expectRefusal(try emulator("-strace=open,json", hello), status: 125, "-strace=json,open")
        expectRefusal(try emulator("-strace=JSON", hello), status: 125, "small letters")
    }

    @Test(arguments: ["null", "signal", "abort", "unknown-call"])
    func aTraceInJSONHoldsNothingElse(how: String) throws {
        let run = try emulator("-strace=json", GuestProgram("crash").build().path, how)
        let records = try run.standardError.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
        }
        #expect(records.allSatisfy { $0["pid"] is Int })
        let killer = ["null": "SIGSEGV", "signal": "SIGTERM", "abort": "SIGABRT"][how]
        #expect(records.last?["killed"] as? String == killer)
        #expect(records.contains { $0["message"] != nil } == (how == "unknown-call"))
    }

    /// Each line to nobody raises SIGPIPE, whose handler would be traced.
    @Test func aTraceWithoutAReaderDoesNotKeepTheGuestFromItsEnd() throws {
        let run = try ProgramRun.of(
            "/bin/sh",
            [
                "-c", #""$0" -strace "$1" pipe 2>&1 | head -n 12 >/dev/null"#, Checkout.emulator.path,
                GuestProgram("crash").build().path,
            ], environment: [:], timeoutSeconds: 60)
        #expect(run.end == .exited(0), "\(run.summary)")
    }

    @Test func aDeathIsSaidOnStandardErrorWhenTheTraceIsAFile() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "trace").path
        let run = try emulator("-strace=json", "-D", file, GuestProgram("crash").build().path, "null")
        #expect(run.standardError.hasPrefix("bsduser: uncaught target signal 11 (SIGSEGV)"), "\(run.summary)")
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasSuffix("\"killed\":\"SIGSEGV\"}\n"))
    }

    @Test func aGuestDiesOfItsOwnSignalWhenTheLogMayNotGrow() throws {
        let folder = try TemporaryFolder()
        let run = try ProgramRun.of(
            "/bin/bash",
            [
                "-c", "(ulimit -f 0; \"$@\"; echo $?) 2>/dev/null | cat", "sh", Checkout.emulator.path, "-D",
                folder.url.path + "/log",
                GuestProgram("crash").build().path, "null",
            ], environment: [:])
        #expect(run.output == "before\n139\n", "\(run.summary)")
    }

    @Test func anUnwritableLogFileIsRefused() throws {
        expectRefusal(
            try emulator("-D", "/nonexistent/log", "-strace", exampleGuest("hello")), status: 125, "/nonexistent/log")
    }
}
