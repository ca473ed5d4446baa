import Foundation

/// JUnit's XML, as CI systems read it.
public enum JUnit {
    public static func text(_ report: Report) -> String {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"bsduser \(report.architecture)\">\n"
        for suite in report.suites {
            let results = report.results.filter { $0.suite == suite }
            let failed = results.count { $0.outcome == .failed }
            let skipped = results.count { $0.outcome == .skipped || $0.outcome == .knownFailure }
            text +=
                "  <testsuite name=\"\(escaped(suite))\" tests=\"\(results.count)\" failures=\"\(failed)\" "
                + "skipped=\"\(skipped)\" time=\"\(time(report.seconds[suite] ?? 0))\">\n"
            for result in results { text += testCase(result, report.architecture) }
            text += "  </testsuite>\n"
        }
        return text + "</testsuites>\n"
    }

    private static func testCase(_ result: CaseResult, _ architecture: String) -> String {
        let name = "name=\"\(escaped(result.name))\""
        let head =
            "    <testcase classname=\"\(architecture).\(escaped(result.suite))\" \(name) time=\"\(time(result.seconds))\""
        switch result.outcome {
        case .passed: return head + "/>\n"
        case .skipped, .knownFailure:
            return head + ">\n      <skipped message=\"\(escaped(result.reason ?? ""))\"/>\n    </testcase>\n"
        case .failed:
            let lines = result.failure?.lines ?? []
            let message = escaped(result.failure?.differences.first ?? "failed")
            return head
                + ">\n      <failure message=\"\(message)\">\(escaped(lines.joined(separator: "\n")))</failure>\n"
                + "    </testcase>\n"
        }
    }

    private static func time(_ seconds: Double) -> String { String(format: "%.3f", seconds) }

    /// Text that may stand in an element or an attribute; characters that XML does not have become `?`.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "&": escaped += "&amp;"
            case "\"": escaped += "&quot;"
            case "\n", "\t", " "..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                escaped.unicodeScalars.append(scalar)
            default: escaped += "?"
            }
        }
        return escaped
    }
}
