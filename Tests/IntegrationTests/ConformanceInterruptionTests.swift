import Foundation
import TestSupport
import Testing

/// What is left of a conformance run that is told to end, or is ended: nothing.
struct ConformanceInterruptionTests {
    /// A run of guests that do not end: in the emulator's place stands a script whose processes leave their session or lose
    /// their parents. Each writes its number into a file.
    private struct Endless {
        let folder: URL
        let process = Process()

        private static let units = 3
        /// The script, a child, one in a session of its own, and one without a parent.
        private static let processesPerUnit = 4

        init(_ folder: URL) throws {
            self.folder = folder
            let script = """
                #!/bin/sh
                pids='\(folder.path)/pids'
                here() { exec sh -c 'echo $$ >> "$0"; exec sleep 900' "$pids"; }
                touch file
                here &
                setsid sh -c 'echo $$ >> "$0"; exec sleep 900' "$pids" &
                (setsid sh -c 'echo $$ >> "$0"; exec sleep 900' "$pids" &)
                here
                """
            let emulator = folder.appendingPathComponent("emulator")
            try Data(script.utf8).write(to: emulator)
            chmod(emulator.path, 0o755)
            let suite = folder.appendingPathComponent("cache/mips64/smc")
            try FileManager.default.createDirectory(at: suite, withIntermediateDirectories: true)
            let cases = (1...Self.units).map {
                "{\"name\": \"unit \($0)\", \"kind\": \"status\", \"program\": \"none\"}"
            }
            let manifest = "{\"cases\": [\(cases.joined(separator: ","))]}"
            try Data(manifest.utf8).write(to: suite.appendingPathComponent("manifest.json"))
            try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)

            process.executableURL = Checkout.products.appendingPathComponent("bsduserctl")
            process.arguments = [
                "conformance", "--arch", "mips64", "--suite", "smc", "--jobs", "\(Self.units)", "--bsduser",
                emulator.path,
                "--cache", folder.appendingPathComponent("cache").path,
            ]
            process.environment = ["TMPDIR": temporary.path, "PATH": "/usr/bin:/bin"]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            let errors = folder.appendingPathComponent("errors")
            try Data().write(to: errors)
            process.standardError = try FileHandle(forWritingTo: errors)
            try ProgramRun.start(process)
        }

        var temporary: URL { folder.appendingPathComponent("tmp") }

        var errors: String {
            (try? String(contentsOf: folder.appendingPathComponent("errors"), encoding: .utf8)) ?? ""
        }

        /// The numbers of all processes, once they are there.
        func processes() throws -> [pid_t] {
            for _ in 0..<600 {
                let text = (try? String(contentsOf: folder.appendingPathComponent("pids"), encoding: .utf8)) ?? ""
                let numbers = text.split(separator: "\n").compactMap { pid_t($0) }
                if numbers.count == Self.units * Self.processesPerUnit { return numbers }
                usleep(100_000)
            }
            throw SupportError("the programs did not start: \(errors)")
        }

        /// Whether all of them end in time.
        static func end(_ processes: [pid_t]) -> Bool {
            for _ in 0..<200 {
                if processes.allSatisfy({ kill($0, 0) != 0 }) { return true }
                usleep(50_000)
            }
            return false
        }
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `a signal ends a run with all its processes and without its files`(signal: Int32) throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let run = try Endless(folder)
            let processes = try run.processes()
            kill(run.process.processIdentifier, signal)
            run.process.waitUntilExit()
            #expect(run.process.terminationReason == .uncaughtSignal && run.process.terminationStatus == signal)
            #expect(processes.allSatisfy { kill($0, 0) != 0 }, "\(processes)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: run.temporary.path) == [])
            #expect(!run.errors.contains("FAILED"), "\(run.errors)")
        }
    }

    @Test func `a coordinator that is killed takes guests along`() throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let run = try Endless(folder)
            let processes = try run.processes()
            kill(run.process.processIdentifier, SIGKILL)
            run.process.waitUntilExit()
            #expect(Endless.end(processes), "\(processes)")
        }
    }
}
