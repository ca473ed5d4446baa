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

    private let program: URL

    /// Nil when it is not prepared.
    init?(_ settings: Settings) {
        program = settings.cache.appendingPathComponent("testfloat/testfloat_gen")
        guard FileManager.default.isExecutableFile(atPath: program.path) else { return nil }
    }

    /// About so many cases of a function under a rounding mode, evenly from the first `limit` that the generator makes.
    func vectors(
        _ function: String, _ rounding: String, isTinyBefore: Bool, _ seed: UInt64, count: Int, limit: Int
    ) throws -> [Vector] {
        let process = Process()
        let output = Pipe()
        process.executableURL = program
        process.arguments = [
            "-level", "1", "-seed", "\(seed)", "-r\(rounding)", isTinyBefore ? "-tininessbefore" : "-tininessafter",
            function,
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let lines = Self.lines(output.fileHandleForReading, limit: limit)
        // It may still have much to say.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let step = max(1, lines.count / count)
        let vectors = stride(from: 0, to: lines.count, by: step).compactMap { Self.vector(lines[$0]) }
        guard !vectors.isEmpty else { throw RunnerProblem("testfloat_gen does not make cases of \(function)") }
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

extension FloatSuite {
    /// Cases to try, and how many of the generator's they are chosen from: two operands make 46,464, three six million.
    private var vectorCounts: (count: Int, limit: Int) {
        switch settings.scale {
        case .quick: (4000, 100_000)
        case .standard: (46_464, 1_000_000)
        case .full: (200_000, 7_000_000)
        }
    }

    /// One unit for each function that a form computes and each rounding mode.
    var vectorUnits: [String] {
        let names = contest.conformance.floatForms.compactMap { $0.function?.name }
        let roundings = contest.conformance.floatControls.compactMap(\.rounding)
        return Set(names).sorted().flatMap { name in roundings.map { "\(TestFloat.prefix)\(name) \($0)" } }
    }

    func runVectors(_ unit: String) throws -> CaseResult {
        let words = unit.split(separator: " ").map(String.init)
        let conformance = contest.conformance
        guard words.count == 3, let control = conformance.floatControls.first(where: { $0.rounding == words[2] }) else {
            throw RunnerProblem("no such unit: \(unit)")
        }
        guard let generator = TestFloat(settings) else {
            throw RunnerProblem("TestFloat is not prepared; run " + settings.preparation)
        }
        let vectors = try generator.vectors(
            words[1], words[2], isTinyBefore: conformance.detectsTininessBeforeRounding, settings.seed,
            count: vectorCounts.count, limit: vectorCounts.limit)
        var checks = 0
        for form in conformance.floatForms where form.function?.name == words[1] {
            checks += vectors.count
            if let failure = firstFailure(form, control, vectors) {
                return CaseResult(name, unit, checks: checks, failure: failure)
            }
        }
        return CaseResult(name, unit, checks: checks, failure: nil)
    }

    private func firstFailure(
        _ form: FloatForm, _ control: FloatControlSetting, _ vectors: [TestFloat.Vector]
    ) -> CaseFailure? {
        let requests = vectors.map { vector in
            var wire = [UInt64](repeating: 0, count: Conformance.State.names.count)
            wire[control.index] = control.value
            for (operand, value) in zip(form.operands, vector.operands) { wire[operand] = value }
            return Request(row: form.row, words: form.words, state: Conformance.State(wire: wire, memory: []))
        }
        for (way, runner) in contest.runners {
            let found = contest.firstDifference(requests, way, runner) { index, own in
                differences(form, vectors[index], own)
            }
            guard let found else { continue }
            return contest.failure(found.lines, way, form.words)
        }
        return nil
    }

    private func differences(
        _ form: FloatForm, _ vector: TestFloat.Vector, _ own: SequenceOutcome<Conformance.State>
    ) -> [String] {
        guard let index = form.function?.result else { return [] }
        let width = FloatFormatBits(form.format)
        let result = own.state.wire[index] & width.mask
        var flags = TestFloat.flags(contest.conformance.floatFlags(own.state)) ^ vector.flags
        // Translated code sees after rounding what is tiny, as the host does (Documentation/translator.md).
        let isLeastNormal = vector.result & width.mask >> 1 == width.leastNormal
        if contest.conformance.detectsTininessBeforeRounding, isLeastNormal { flags &= ~2 }
        // Which NaNs signal, TestFloat knows in one encoding only.
        let hasNaN = vector.operands.contains { width.isNaN($0) }
        if hasNaN, !contest.conformance.quietNaNHasHighestBit { flags = 0 }
        // Which NaN it is, is the architecture's: the oracle judges that.
        let isRight = width.isNaN(vector.result) ? width.isNaN(result) : result == vector.result
        if isRight && flags == 0 { return [] }
        let operands = vector.operands.map(hexadecimalText).joined(separator: " ")
        let (own, expected) = (hexadecimalText(result), hexadecimalText(vector.result))
        return ["\(operands) gives \(own), TestFloat \(expected); flags differ in \(hexadecimalText(flags))"]
    }
}

/// The bits of a floating-point format.
private struct FloatFormatBits {
    let mask: UInt64
    let infinity: UInt64
    let leastNormal: UInt64

    init(_ format: FloatForm.Format) {
        switch format {
        case .half: (mask, infinity, leastNormal) = (0xffff, 0x7c00, 0x400)
        case .single: (mask, infinity, leastNormal) = (0xffff_ffff, 0x7f80_0000, 0x80_0000)
        case .double: (mask, infinity, leastNormal) = (.max, 0x7ff0 << 48, 0x0010 << 48)
        }
    }

    func isNaN(_ value: UInt64) -> Bool { value & mask >> 1 > infinity }
}
