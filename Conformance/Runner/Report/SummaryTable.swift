/// The table at the end of a run.
public enum SummaryTable {
    private static let widths = [14, 9, 9, 8, 8, 9, 12, 12, 9]
    private static let titles = [
        "suite", "cases", "passed", "failed", "known", "skipped", "checks", "uncompared", "time",
    ]

    /// One line a suite, and the sum.
    public static func text(_ report: Report) -> String {
        var lines = [line(titles)]
        for suite in report.suites {
            let results = report.results.filter { $0.suite == suite }
            lines.append(line(cells(suite, results, report.seconds[suite] ?? 0)))
        }
        lines.append(line(cells("all", report.results, report.seconds.values.reduce(0, +))))
        return lines.joined(separator: "\n")
    }

    private static func cells(_ name: String, _ results: [CaseResult], _ seconds: Double) -> [String] {
        let outcomes: [CaseResult.Outcome] = [.passed, .failed, .knownFailure, .skipped]
        let counts = outcomes.map { outcome in results.lazy.filter { $0.outcome == outcome }.count }
        let checks = results.reduce(0) { $0 + $1.checks }
        let uncompared = results.reduce(0) { $0 + $1.uncompared }
        return [name, grouped(results.count)] + counts.map(grouped)
            + [grouped(checks), grouped(uncompared), duration(seconds)]
    }

    private static func line(_ cells: [String]) -> String {
        zip(cells, widths).enumerated().map { index, cell in
            index == 0 ? cell.0.padded(cell.1) : cell.0.aligned(cell.1)
        }.joined()
    }

    /// A number with a comma between groups of three digits.
    static func grouped(_ number: Int) -> String {
        var text = ""
        for (place, digit) in String(number).reversed().enumerated() {
            if place > 0, place % 3 == 0, digit != "-" { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    /// Seconds, or minutes and seconds.
    static func duration(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        if tenths < 600 { return "\(tenths / 10).\(tenths % 10) s" }
        return "\(tenths / 600)m \(tenths % 600 / 10)s"
    }
}
