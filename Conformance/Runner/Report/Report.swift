import Foundation

/// The results of a run, or of several shards of one.
public struct Report: Codable, Equatable, Sendable {
    /// Version of this format.
    public static let version = 2

    public var version = Report.version
    public var architecture: String
    public var scale: Scale
    public var seed: UInt64
    /// The suites that ran, in order.
    public var suites: [String]
    /// `i/n` of what is in here; sorted, all of them in a merged report.
    public var shards: [Shard]
    /// In the order of the suites, and by name.
    public var results: [CaseResult]
    /// Sums of the time in which a suite's cases ran, whoever ran them.
    public var seconds: [String: Double]
    /// Rows of the list of known failures that fit none of the cases, when these are all that the suites have; for the whole
    /// run, they are failures.
    public var unmatched: [KnownFailures.Row] = []

    public init(architecture: String, scale: Scale, seed: UInt64, suites: [String], shards: [Shard]) {
        self.architecture = architecture
        self.scale = scale
        self.seed = seed
        self.suites = suites
        self.shards = shards
        results = []
        seconds = [:]
    }

    /// Ends a report: results are in the order that does not depend on who ran first, and those of a whole run have a failure
    /// for each row of the list of known failures that is nobody's. Returns these.
    mutating func close() -> [CaseResult] {
        var failures: [CaseResult] = []
        if shards == [.whole] {
            failures = unmatched.map { row in
                CaseResult(
                    suite: row.suite, name: "known failure '\(row.pattern)'", outcome: .failed,
                    failure: CaseFailure(
                        differences: ["is listed (\(row.reason)), and there is no such case"],
                        command: "take '\(row.pattern)' out of the list of known failures"))
            }
            unmatched = []
        }
        results += failures
        sort()
        return failures
    }

    /// Brings the results into the order that does not depend on who ran first.
    mutating func sort() {
        let places = Dictionary(uniqueKeysWithValues: suites.enumerated().map { ($1, $0) })
        results.sort {
            let (left, right) = (places[$0.suite] ?? 0, places[$1.suite] ?? 0)
            return left == right ? $0.name < $1.name : left < right
        }
    }

    /// Nothing failed.
    public var isGreen: Bool { !results.contains { $0.outcome == .failed } }

    public var failures: [CaseResult] { results.filter { $0.outcome == .failed } }

    public func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Reads a report, which anybody may have written.
    public init(decoding data: Data) throws {
        self = try JSONDecoder().decode(Report.self, from: data)
        guard version == Report.version else { throw RunnerProblem("a report of version \(version)") }
        guard !shards.isEmpty, shards.allSatisfy({ 1 <= $0.index && $0.index <= $0.count }),
            Set(suites).count == suites.count
        else { throw RunnerProblem("a report without sense: its shards or suites") }
    }
}

/// How much of everything runs.
public enum Scale: String, Codable, Sendable, CaseIterable {
    /// A few minutes: what CI runs with every change.
    case quick
    case standard
    /// At least ten million states, and every program.
    case full
}

/// Part `index` of `count` parts of a run, from 1 on.
public struct Shard: Codable, Equatable, Sendable, Comparable, CustomStringConvertible {
    public var index: Int
    public var count: Int

    public static let whole = Shard(index: 1, count: 1)

    public init(index: Int, count: Int) {
        self.index = index
        self.count = count
    }

    /// Reads `i/n`; nil unless 1 ≤ i ≤ n.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1], index >= 1, index <= count else {
            return nil
        }
        self.init(index: index, count: count)
    }

    public var description: String { "\(index)/\(count)" }

    public static func < (left: Shard, right: Shard) -> Bool {
        (left.count, left.index) < (right.count, right.index)
    }

    /// The units of this part: every `count`th.
    public func part<Unit>(of units: [Unit]) -> [Unit] {
        units.enumerated().filter { $0.offset % count == index - 1 }.map(\.element)
    }
}
