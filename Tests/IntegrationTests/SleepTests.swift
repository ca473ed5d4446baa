import Foundation
import TestSupport
import Testing

@Suite struct Sleeping {
    /// The host's system call that the process waits in, and its first operand (proc(5)).
    private func waitsIn(_ process: Process) throws -> (number: Int, operand: String)? {
        let place = "/proc/\(process.processIdentifier)/syscall"
        let words = try String(contentsOfFile: place, encoding: .utf8).split(separator: " ")
        guard words.count > 1, let number = Int(words[0]) else { return nil }
        return (number, String(words[1]))
    }

    /// A host that sets its time of day, as one does that has been asleep, must not end a relative sleep early.
    @Test func itIsTheMonotonicClockThatEndsASleepOfATime() throws {
        let clockNanosleep = 230
        let process = Process()
        let output = Pipe()
        process.executableURL = try Checkout.emulator
        process.arguments = [try GuestProgram("crash").build().path, "sleep"]
        process.standardOutput = output
        try ProgramRun.start(process)
        defer { process.waitUntilExit() }
        defer { kill(process.processIdentifier, SIGKILL) }
        #expect(output.fileHandleForReading.readData(ofLength: 7) == Data("before\n".utf8))
        var waits: (number: Int, operand: String)?
        for _ in 0..<1000 where waits?.number != clockNanosleep {
            usleep(10_000)
            waits = try waitsIn(process)
        }
        #expect(waits?.number == clockNanosleep)
        #expect(waits?.operand == "0x\(String(CLOCK_MONOTONIC, radix: 16))")
    }
}
