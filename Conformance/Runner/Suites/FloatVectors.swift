import BSDUserCore

/// What a unit asks TestFloat for: a function under a rounding mode.
struct VectorQuestion: Hashable {
    var function: String
    var rounding: String
    /// Whether rounding to an integer signals that the result is inexact.
    var isExact: Bool

    var unit: String { "\(TestFloat.prefix)\(function) \(rounding)\(isExact ? " exact" : "")" }
}

extension FloatSuite {
    /// An instruction that answers a question, and the setting under which it does.
    private struct Answer {
        var form: FloatForm
        var function: FloatFunction
        var control: FloatControlSetting
    }

    /// Cases to try, and how many of the generator's they are chosen from: two operands make 46,464, three six million.
    private var vectorCounts: (count: Int, limit: Int) {
        switch settings.scale {
        case .quick: (4000, 100_000)
        case .standard: (46_464, 1_000_000)
        case .full: (200_000, 7_000_000)
        }
    }

    /// One unit for each question that an instruction answers.
    var vectorUnits: [String] { Set(answers.map { $0.question.unit }).sorted() }

    /// Instructions with a rounding mode of their own are tried under settings with another one.
    private var answers: [(question: VectorQuestion, answer: Answer)] {
        let controls = contest.conformance.floatControls.filter { $0.rounding != nil }
        return contest.conformance.floatForms.flatMap { form in
            form.functions.flatMap { function in
                controls.compactMap { control in
                    guard let mode = control.rounding, mode != function.rounding else { return nil }
                    let question = VectorQuestion(
                        function: function.name, rounding: function.rounding ?? mode, isExact: function.isExact)
                    return (question, Answer(form: form, function: function, control: control))
                }
            }
        }
    }

    func runVectors(_ unit: String) throws -> CaseResult {
        let wanted = answers.filter { $0.question.unit == unit }
        guard let question = wanted.first?.question else { throw RunnerProblem("no such unit: \(unit)") }
        guard let generator = TestFloat(settings) else {
            throw RunnerProblem("TestFloat is not prepared; run " + settings.preparation)
        }
        let vectors = try generator.vectors(
            question, isTinyBefore: contest.conformance.detectsTininessBeforeRounding, settings.seed,
            count: vectorCounts.count, limit: vectorCounts.limit)
        var checks = 0
        for (_, answer) in wanted {
            checks += vectors.count
            if let failure = firstFailure(answer, vectors) {
                return CaseResult(name, unit, checks: checks, failure: failure)
            }
        }
        return CaseResult(name, unit, checks: checks, failure: nil)
    }

    private func firstFailure(_ answer: Answer, _ vectors: [TestFloat.Vector]) -> CaseFailure? {
        let (form, control) = (answer.form, answer.control)
        let requests = vectors.map { vector in
            var wire = [UInt64](repeating: 0, count: Conformance.State.names.count)
            wire[control.index] = control.value
            for (operand, value) in zip(answer.function.operands, vector.operands) { wire[operand] = value }
            return Request(row: form.row, words: form.words, state: Conformance.State(wire: wire, memory: []))
        }
        for (way, runner) in contest.runners {
            let found = contest.firstDifference(requests, way, runner) { index, own in
                let lines = differences(answer, vectors[index], own)
                guard lines.isTininess else { return lines.text }
                // Both ways have it in the same states.
                if way == contest.runners[0].way {
                    contest.note(.tininess, .init(request: requests[index], way: way, lines: lines.text))
                }
                return []
            }
            guard let found else { continue }
            var failure = contest.failure(found.lines, way, form.words)
            failure.differences.insert("with \(control.name)", at: 0)
            return failure
        }
        return nil
    }

    private func differences(
        _ answer: Answer, _ vector: TestFloat.Vector, _ own: SequenceOutcome<Conformance.State>
    ) -> (text: [String], isTininess: Bool) {
        let (result, isRight, isLeastNormal) = answer.function.judge(own.state.wire, vector)
        var flags = TestFloat.flags(contest.conformance.floatFlags(own.state)) ^ vector.flags
        // Which NaNs signal, TestFloat knows in one encoding only.
        let operandBits = FloatFormatBits(answer.form.format)
        let hasNaN = answer.function.name.hasPrefix("f") && vector.operands.contains { operandBits.isNaN($0) }
        if hasNaN, !contest.conformance.quietNaNHasHighestBit { flags = 0 }
        if isRight && flags == 0 { return ([], false) }
        let operands = vector.operands.map(hexadecimalText).joined(separator: " ")
        let (own, expected) = (hexadecimalText(result), hexadecimalText(vector.result))
        let isTininess =
            isRight && isLeastNormal && flags == TestFloat.underflow && vector.flags & TestFloat.underflow != 0
            && contest.conformance.detectsTininessBeforeRounding
        return (
            ["\(operands) gives \(own), TestFloat \(expected); flags differ in \(hexadecimalText(flags))"], isTininess
        )
    }
}

extension FloatFunction {
    /// The result in a state, whether it is the vector's, and whether it is the least normal number.
    fileprivate func judge(
        _ wire: [UInt64], _ vector: TestFloat.Vector
    ) -> (result: UInt64, isRight: Bool, isLeastNormal: Bool) {
        switch result {
        case .float(let format, let index):
            let bits = FloatFormatBits(format)
            let value = wire[index] & bits.mask
            // Which NaN it is, is the architecture's: the oracle judges that.
            let isRight = bits.isNaN(vector.result) ? bits.isNaN(value) : value == vector.result
            return (value, isRight, vector.result & bits.mask >> 1 == bits.leastNormal)
        case .integer(let width, let index):
            let value = wire[index] & UInt64.max >> UInt64(64 - width)
            return (value, value == vector.result || vector.flags & TestFloat.invalid != 0, false)
        case .condition(let mask, let index):
            let value: UInt64 = wire[index] & mask != 0 ? 1 : 0
            return (value, value == vector.result, false)
        }
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
