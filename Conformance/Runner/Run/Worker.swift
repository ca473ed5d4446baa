import BSDUserCore
import Foundation

/// One unit of a suite, as the coordinator gives it to a worker.
struct Job: Codable, Equatable, Sendable {
    var suite: SuiteName
    var unit: String
    /// The cases to run of it; nil for all.
    var selection: Selection?

    init(_ suite: SuiteName, _ unit: String, _ selection: Selection? = nil) {
        self.suite = suite
        self.unit = unit
        self.selection = selection
    }
}

extension SuiteName: Codable {}

/// Runs units that come as lines on standard input, and answers each with a line on standard output: a process of its own,
/// so that a crash of the emulator costs one unit.
public struct Worker {
    private let factory: SuiteFactory

    public init(_ factory: SuiteFactory) { self.factory = factory }

    /// Serves until standard input ends.
    public func serve() throws {
        let encoder = JSONEncoder()
        while let line = readLine(strippingNewline: true) {
            let job = try JSONDecoder().decode(Job.self, from: Data(line.utf8))
            let results = factory.results(of: job)
            FileHandle.standardOutput.write(try encoder.encode(results) + Data("\n".utf8))
        }
    }
}

extension SuiteFactory {
    /// Runs one unit; what keeps it from running is a failure of the unit.
    func results(of job: Job) -> [CaseResult] {
        let start = ContinuousClock.now
        var results: [CaseResult]
        do {
            guard let part = try parts(job.suite)[job.unit] else {
                throw RunnerProblem("suite \(job.suite.rawValue) has no '\(job.unit)'")
            }
            results = try run(job, part)
        } catch {
            let failure = CaseFailure(differences: ["\(error)"])
            results = [CaseResult(job.suite.rawValue, job.unit, checks: 0, failure: failure)]
        }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        for index in results.indices { results[index].seconds = elapsed / Double(results.count) }
        return results
    }

    /// The results of all cases of the unit, or of those that are selected. Of the others, what kept the unit from its end
    /// counts: it may have been before a selected case.
    private func run(_ job: Job, _ part: any Suite) throws -> [CaseResult] {
        guard let selection = job.selection else { return try part.run(job.unit) }
        return try part.run(job.unit, selection).filter {
            selection.contains($0.name) || $0.outcome == .failed && $0.name == CheckedOutput.endName(job.unit)
        }
    }

    /// All units of a suite, in their order.
    public func units(_ suite: SuiteName) throws -> [String] { try suites(suite).flatMap { try $0.units() } }
}
