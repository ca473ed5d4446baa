/// What became of one case of a suite.
public struct CaseResult: Codable, Equatable, Sendable {
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        case passed
        case failed
        /// It failed, and Conformance/KnownFailures says why.
        case knownFailure
        /// It does not apply here, or could not be prepared; `reason` says why.
        case skipped
    }

    public var suite: String
    /// Unique in the suite.
    public var name: String
    public var outcome: Outcome
    /// States compared, or checks made.
    public var checks: Int
    /// States among them that were not compared, or not in full.
    public var uncompared: Int
    public var seconds: Double
    /// Why it was skipped, or is known to fail.
    public var reason: String?
    public var failure: CaseFailure?

    public init(
        suite: String, name: String, outcome: Outcome, checks: Int = 0, uncompared: Int = 0, seconds: Double = 0,
        reason: String? = nil, failure: CaseFailure? = nil
    ) {
        self.suite = suite
        self.name = name
        self.outcome = outcome
        self.checks = checks
        self.uncompared = uncompared
        self.seconds = seconds
        self.reason = reason
        self.failure = failure
    }
}

extension CaseResult {
    /// A case that has passed, unless there is a failure.
    init(_ suite: String, _ name: String, checks: Int, uncompared: Int = 0, failure: CaseFailure?) {
        self.init(
            suite: suite, name: name, outcome: failure == nil ? .passed : .failed, checks: checks,
            uncompared: uncompared, failure: failure)
    }
}

/// What went wrong in a case, with all that is needed to look into it.
public struct CaseFailure: Codable, Equatable, Sendable {
    /// What differs, a line each; at least one.
    public var differences: [String]
    public var seed: UInt64?
    /// Guest instruction words, shrunk to the fewest that still show the failure, and what they are.
    public var words: [String]?
    public var disassembly: [String]?
    /// Doublewords of the state before that are not 0.
    public var before: [String]?
    /// The command that runs the case again; the coordinator fills it in.
    public var command: String

    public init(
        differences: [String], seed: UInt64? = nil, words: [String]? = nil, disassembly: [String]? = nil,
        before: [String]? = nil, command: String = ""
    ) {
        self.differences = differences
        self.seed = seed
        self.words = words
        self.disassembly = disassembly
        self.before = before
        self.command = command
    }

    /// A failure, when there is anything that differs.
    init?(_ differences: [String], seed: UInt64? = nil) {
        if differences.isEmpty { return nil }
        self.init(differences: differences, seed: seed)
    }

    /// The failure as lines for a reader.
    public var lines: [String] {
        var lines = differences.map { "  \($0)" }
        for (title, values) in [("words", words), ("code", disassembly), ("before", before)] {
            guard let values, !values.isEmpty else { continue }
            let separator = title == "code" ? "\n          " : " "
            lines.append("  \(title):".padded(10) + values.joined(separator: separator))
        }
        if let seed { lines.append("  seed:   \(seed)") }
        return lines + ["  again:  \(command)"]
    }
}

extension String {
    /// With blanks up to a width.
    func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }

    /// With blanks before it up to a width.
    func aligned(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
