import BSDUserCore
import Foundation

/// Berkeley TestFloat's generator of floating-point cases (Conformance/Fixtures/testfloat.py).
struct TestFloat {
    /// One case: operands, result, and the flags in TestFloat's order.
    struct Vector {
        var operands: [UInt64]
        var result: UInt64
        var flags: UInt8
    }

    static let prefix = "TestFloat "
    static let underflow: UInt8 = 2, invalid: UInt8 = 16

    private let program: URL

    /// Nil when it is not prepared.
    init?(_ settings: Settings) {
        program = settings.cache.appendingPathComponent("testfloat/testfloat_gen")
        guard FileManager.default.isExecutableFile(atPath: program.path) else { return nil }
    }

    /// About so many cases, evenly from the first `limit` that the generator makes.
    func vectors(_ question: VectorQuestion, isTinyBefore: Bool, _ seed: UInt64, count: Int, limit: Int) throws
        -> [Vector]
    {
        let process = Process()
        let output = Pipe()
        process.executableURL = program
        process.arguments = [
            "-level", "1", "-seed", "\(seed)", "-r\(question.rounding)",
            isTinyBefore ? "-tininessbefore" : "-tininessafter", question.isExact ? "-exact" : "-notexact",
            question.function,
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try Interruption.excluded { try process.run() }
        let lines = Self.lines(output.fileHandleForReading, limit: limit)
        // It may still have much to say.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let step = max(1, lines.count / count)
        let vectors = stride(from: 0, to: lines.count, by: step).compactMap { Self.vector(lines[$0]) }
        guard !vectors.isEmpty else { throw RunnerProblem("testfloat_gen does not make cases of \(question.function)") }
        return vectors
    }

    private static func lines(_ handle: FileHandle, limit: Int) -> [Substring] {
        var lines: [Substring] = []
        var rest: [UInt8] = []
        while lines.count < limit, let part = try? handle.read(upToCount: 1 << 20), !part.isEmpty {
            rest += part
            guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { continue }
            lines += String(decoding: rest[..<end], as: UTF8.self).split(separator: "\n")
            rest.removeFirst(end + 1)
        }
        return lines
    }

    private static func vector(_ line: Substring) -> Vector? {
        let numbers = line.split(separator: " ").compactMap { UInt64($0, radix: 16) }
        guard numbers.count >= 3 else { return nil }
        return Vector(
            operands: Array(numbers.dropLast(2)), result: numbers[numbers.count - 2],
            flags: UInt8(truncatingIfNeeded: numbers[numbers.count - 1]))
    }

    /// Flags in TestFloat's order: inexact, underflow, overflow, infinite, invalid.
    static func flags(_ flags: FloatFlags) -> UInt8 {
        let order: [FloatFlags] = [.inexact, .underflow, .overflow, .divideByZero, .invalid]
        return order.enumerated().reduce(0) { flags.contains($1.element) ? $0 | 1 << UInt8($1.offset) : $0 }
    }
}
