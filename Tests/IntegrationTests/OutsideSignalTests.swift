import Foundation
import TestSupport
import Testing

/// Signals that another process sends: the guest dies of them as a native program does.
@Suite struct SignalsFromOutside {
    private static let signals = [SIGQUIT, SIGABRT, SIGTRAP, SIGSYS, SIGTERM, SIGUSR1]
    static let rows = ["loop", "read"].flatMap { how in signals.map { (how, $0) } }

    /// Runs the guest until it has said that it is there, sends the signal, and waits for the end.
    private func run(_ how: String, _ signal: Int32, options: [String] = []) throws -> (status: Int32, error: String) {
        let process = Process()
        let (input, output, error) = (Pipe(), Pipe(), Pipe())
        process.executableURL = try Checkout.emulator
        process.arguments = options + [try GuestProgram("crash").build().path, how]
        process.environment = [:]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = error
        try ProgramRun.start(process)
        #expect(output.fileHandleForReading.readData(ofLength: 7) == Data("before\n".utf8))
        // Into the loop or the call.
        usleep(50_000)
        kill(process.processIdentifier, signal)
        // A guest that goes on is not waited for.
        let alarm = DispatchWorkItem { kill(process.processIdentifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + 20, execute: alarm)
        let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        alarm.cancel()
        let status = process.terminationStatus
        return (process.terminationReason == .uncaughtSignal ? 128 + status : status, text)
    }

    /// Signals by which others end a process.
    private static let requests = [SIGHUP, SIGINT, SIGTERM, SIGALRM, SIGUSR1]
    static let storedRows = ["loop", "read"].flatMap { how in requests.map { (how, $0) } }

    /// The translations that a cache has.
    private func files(_ cache: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: cache.url.path).filter { $0.hasSuffix(".translation") }
    }

    @Test(arguments: storedRows)
    func whatWasTranslatedIsKeptWhenTheyEndAGuest(how: String, signal: Int32) throws {
        let cache = try TemporaryFolder()
        chmod(cache.url.path, 0o700)
        let (status, error) = try run(how, signal, options: ["-cache", cache.url.path])
        #expect(status == 128 + signal)
        #expect(error.isEmpty)
        let names = try files(cache)
        #expect(names.count == 1, "\(names)")
    }

    @Test(arguments: [SIGKILL, SIGQUIT])
    func othersEndItWhereItStands(signal: Int32) throws {
        let cache = try TemporaryFolder()
        chmod(cache.url.path, 0o700)
        #expect(try run("loop", signal, options: ["-cache", cache.url.path]).status == 128 + signal)
        #expect(try files(cache).isEmpty)
    }

    @Test func aSecondOneMeanwhileLosesNothing() throws {
        let cache = try TemporaryFolder()
        chmod(cache.url.path, 0o700)
        let script = """
            "$0" -cache "$1" "$2" loop & child=$!
            sleep 1; kill $child; kill $child; kill -INT $child; wait $child; echo $?
            """
        let run = try ProgramRun.of(
            "/bin/bash",
            ["-c", script, Checkout.emulator.path, cache.url.path, try GuestProgram("crash").build().path])
        #expect(run.output == "before\n143\n", "\(run.summary)")
        #expect(try files(cache).count == 1)
    }

    @Test func whatWasTranslatedIsKeptWhenAPipeHasNoReader() throws {
        // Other tests of this process ignore the signal for a while, which children inherit.
        let cache = try TemporaryFolder()
        chmod(cache.url.path, 0o700)
        let script = """
            { sleep 1; env --default-signal=PIPE "$0" -cache "$1" "$2" read; echo ${PIPESTATUS[0]} >&2; } | true
            """
        let run = try ProgramRun.of(
            "/bin/bash",
            ["-c", script, Checkout.emulator.path, cache.url.path, try GuestProgram("crash").build().path])
        #expect(run.standardError == "141\n", "\(run.summary)")
        #expect(try files(cache).count == 1)
    }

    @Test(arguments: rows)
    func aGuestDiesOfThem(how: String, signal: Int32) throws {
        let (status, error) = try run(how, signal)
        #expect(status == 128 + signal)
        #expect(!error.contains("Program crashed"), "\(error)")
    }

    @Test func aTraceShowsWhatTheGuestWaitedForAndWhatKilledIt() throws {
        let (status, error) = try run("read", SIGTERM, options: ["-strace"])
        #expect(status == 128 + SIGTERM)
        #expect(error.contains(" read(0, "), "\(error)")
        #expect(error.contains(" = ? ERESTART\n"), "\(error)")
        #expect(error.hasSuffix(" +++ killed by SIGTERM +++\n"), "\(error)")
    }
}
