import Foundation

/// The cases of an architecture that are known to fail, each with its reason: Conformance/KnownFailures/ARCH.txt, and files
/// that a user names.
///
/// A row is a suite, a pattern of names (as the shell's), two blanks or more, and the reason.
public struct KnownFailures: Sendable {
    public struct Row: Codable, Equatable, Sendable {
        var suite: String
        var pattern: String
        var reason: String
    }

    private(set) var rows: [Row] = []

    public init() {}

    public init(contentsOf text: String) throws { try add(text) }

    /// Adds the rows of a text.
    public mutating func add(_ text: String) throws {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") && !line.allSatisfy(\.isWhitespace) {
            guard let suiteEnd = line.firstIndex(of: " "),
                let gap = line[suiteEnd...].drop(while: { $0 == " " }).range(of: "  ")
            else { throw RunnerProblem("a known failure needs a suite, a pattern and a reason: \(line)") }
            let rest = line[suiteEnd...].drop { $0 == " " }
            let pattern = rest[..<gap.lowerBound]
            let reason = rest[gap.upperBound...].drop { $0 == " " }
            rows.append(Row(suite: String(line[..<suiteEnd]), pattern: String(pattern), reason: String(reason)))
        }
    }

    /// The result as the list sees it: what is listed and fails is known, what is listed and passes has failed.
    public func judged(_ result: CaseResult) -> CaseResult {
        guard let row = rows.first(where: { matches($0, result) }) else { return result }
        var judged = result
        switch result.outcome {
        case .failed:
            judged.outcome = .knownFailure
            judged.reason = row.reason
        case .passed:
            judged.outcome = .failed
            judged.failure = CaseFailure(
                differences: ["passes, and is listed as a known failure: \(row.reason)"],
                command: "take '\(row.pattern)' out of the list of known failures")
        case .knownFailure, .skipped: break
        }
        return judged
    }

    /// The rows of the suites of a report that are those of none of its cases.
    func unmatched(_ report: Report) -> [Row] {
        rows.filter { row in
            report.suites.contains(row.suite) && !report.results.contains { matches(row, $0) }
        }
    }

    private func matches(_ row: Row, _ result: CaseResult) -> Bool {
        row.suite == result.suite && fnmatch(row.pattern, result.name, 0) == 0
    }
}
