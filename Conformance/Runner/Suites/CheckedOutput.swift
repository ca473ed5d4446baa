import Foundation

/// The output of guest programs that check themselves, as results.
struct CheckedOutput {
    private let suite: String
    private let unit: String

    /// The name of the case that says whether the unit's program came to its end.
    static func endName(_ unit: String) -> String { "\(unit): runs to its end" }

    init(_ suite: String, _ unit: String) {
        self.suite = suite
        self.unit = unit
    }

    /// Every line of a program that checks itself is a case; the program's end is one more.
    func checks(_ run: ProgramRun, atLeast count: Int) -> [CaseResult] {
        var results: [CaseResult] = []
        var seen: [String: Int] = [:]
        for line in Text.lines(run.output) {
            guard let (isRight, text) = check(line) else { continue }
            let label = isRight ? text : text.components(separatedBy: " got ")[0]
            seen[label, default: 0] += 1
            let number = seen[label, default: 1]
            let name = "\(unit): \(label)" + (number > 1 ? " (\(number))" : "")
            results.append(result(name, isRight ? [] : [text]))
        }
        var problems: [String] = []
        let hasFailed = results.contains { $0.outcome == .failed }
        if run.hasTimedOut || run.status != 0 && !hasFailed { problems.append(run.end) }
        if results.count < count { problems.append("made \(results.count) checks, at least \(count) were expected") }
        if !problems.isEmpty { problems += Text.lastLines(run.standardError) }
        results.append(result(Self.endName(unit), problems))
        return results
    }

    /// Every case of a program of cases.
    func cases(_ run: ProgramRun) -> [CaseResult] {
        var results: [CaseResult] = []
        var current: (name: String, checks: Int, problems: [String], skipped: String?)?
        func finish() {
            guard let ended = current else { return }
            current = nil
            if let reason = ended.skipped, ended.problems.isEmpty {
                results.append(CaseResult(suite: suite, name: ended.name, outcome: .skipped, reason: reason))
                return
            }
            let isEmpty = ended.checks == 0 && ended.problems.isEmpty
            let problems = isEmpty ? ["made no check"] : ended.problems
            results.append(result(ended.name, problems, checks: ended.checks))
        }
        for line in Text.lines(run.output) {
            if line.hasPrefix("case ") {
                finish()
                current = ("\(unit)/\(line.dropFirst(5))", 0, [], nil)
            } else if line.hasPrefix("skip ") {
                current?.skipped = String(line.dropFirst(5))
            } else if line.hasPrefix("died ") {
                current?.problems.append(line)
            } else if let (isRight, text) = check(line) {
                current?.checks += 1
                if !isRight { current?.problems.append(text) }
            }
        }
        finish()
        let hasFailed = results.contains { $0.outcome == .failed }
        // The program says last that it came to its end: a case that takes it along hides those behind it.
        let isComplete = Text.lines(run.output).contains("cases done")
        if run.hasTimedOut || !isComplete || results.isEmpty || (run.status == 0) == hasFailed {
            results.append(result(Self.endName(unit), [run.end] + Text.lastLines(run.standardError)))
        }
        return results
    }

    private func check(_ line: String) -> (isRight: Bool, text: String)? {
        if line.hasPrefix("ok ") { return (true, String(line.dropFirst(3))) }
        return line.hasPrefix("FAIL ") ? (false, String(line.dropFirst(5))) : nil
    }

    private func result(_ name: String, _ problems: [String], checks: Int = 1) -> CaseResult {
        CaseResult(suite, name, checks: checks, failure: CaseFailure(problems))
    }
}
