import Foundation
import TestSupport
import Testing

/// Signals of another process in great number: Tests/Stress/stress does the same for longer.
@Suite struct SignalStorms {
    /// A target that has said that it is ready.
    private struct Target {
        let process = Process()
        private let output = Pipe()

        init(_ architecture: String, threads: Int) throws {
            process.executableURL = try Checkout.emulator
            process.arguments = [
                try GuestProgram("storm_target", architecture: architecture).build().path, "\(threads)",
            ]
            process.environment = [:]
            process.standardOutput = output
            try ProgramRun.start(process)
            #expect(output.fileHandleForReading.readData(ofLength: 6) == Data("ready\n".utf8))
        }

        /// What it tells of itself at its end: numbers by what they are.
        func report() -> [String: Int] {
            kill(process.processIdentifier, SIGTERM)
            // One that hangs is not waited for.
            let alarm = DispatchWorkItem { [process] in kill(process.processIdentifier, SIGKILL) }
            DispatchQueue.global().asyncAfter(deadline: .now() + 120, execute: alarm)
            let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                .split(whereSeparator: \.isWhitespace).map(String.init)
            process.waitUntilExit()
            alarm.cancel()
            let pairs = stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], Int(words[$0 + 1]) ?? -1) }
            return Dictionary(pairs) { first, _ in first }
        }
    }

    /// The guest's first real-time signal on the host.
    private static let realTime: Int32 = 34
    private static let count = 20_000

    /// Sends each kind in turn; false when the target is no more.
    private func send(to pid: pid_t) -> Bool {
        for value in 0..<Self.count {
            while sigqueue(pid, Self.realTime, sigval(sival_ptr: UnsafeMutableRawPointer(bitPattern: value))) != 0 {
                guard errno == EAGAIN else { return false }
                usleep(1000)
            }
            guard kill(pid, SIGUSR1) == 0 else { return false }
        }
        return true
    }

    @Test(arguments: [1, 4], ["aarch64", "mips64"])
    func `queued signals of another process come once each, and with one thread in their order`(
        threads: Int, architecture: String
    ) throws {
        let target = try Target(architecture, threads: threads)
        #expect(send(to: target.process.processIdentifier))
        let report = target.report()
        #expect(target.process.terminationStatus == 0)
        #expect(report["queued"] == Self.count)
        #expect(report["sum"] == Self.count * (Self.count - 1) / 2)
        #expect(report["doubled"] == 0)
        #expect(report["wrong"] == 0)
        if threads == 1 { #expect(report["disordered"] == 0) }
        // Plain signals that find one waiting are one with it.
        #expect((1...Self.count).contains(report["plain"] ?? 0))
    }

    @Test func `another guest's signals come as well`() throws {
        let target = try Target("mips64", threads: 2)
        let program = try GuestProgram("storm_target").build()
        let sender = try EmulatorUnderTest.run(program, ["send", "\(target.process.processIdentifier)", "5000"])
        #expect(sender.end == .exited(0), "\(sender.summary)")
        let report = target.report()
        #expect(report["queued"] == 5000)
        #expect(report["sum"] == 5000 * 4999 / 2)
        #expect(report["doubled"] == 0)
    }
}
