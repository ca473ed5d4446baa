import Foundation
import Synchronization

/// Runs the units of a shard on several workers and makes the report.
public struct Coordinator: Sendable {
    private let settings: Settings
    private let known: KnownFailures
    private let workerCommand: [String]
    private let workerCount: Int

    /// `workerCommand` starts a worker with the same settings.
    public init(_ settings: Settings, _ known: KnownFailures, workerCommand: [String], workerCount: Int) {
        self.settings = settings
        self.known = known
        self.workerCommand = workerCommand
        self.workerCount = max(1, workerCount)
    }

    /// The units of a shard. With a pattern, those of each suite whose names fit it, with all their cases; in a suite that
    /// has none, those that may have a case whose name fits it, with such cases alone.
    public static func units(
        _ factory: SuiteFactory, _ suites: [SuiteName], shard: Shard, matching pattern: String?
    ) throws -> [Unit] {
        guard let pattern else {
            let all = try suites.flatMap { suite in try factory.units(suite).map { Unit(job: Job(suite, $0)) } }
            return shard.part(of: all)
        }
        let selection = Selection(pattern)
        return try suites.flatMap { suite in
            let whole = try factory.units(suite).filter { selection.contains($0) }
            if !whole.isEmpty { return whole.map { Unit(job: Job(suite, $0)) } }
            return try factory.suites(suite).flatMap { part in
                try part.units().filter { part.mayHave(selection, in: $0) }
                    .map { Unit(job: Job(suite, $0, selection)) }
            }
        }
    }

    /// A unit that is to run.
    public struct Unit: Sendable, CustomStringConvertible {
        let job: Job
        public var suite: SuiteName { job.suite }

        public var description: String { "\(job.suite.rawValue): \(job.unit)" }
    }

    /// What the threads share.
    private struct State {
        var next = 0
        var results: [CaseResult] = []
        var problem: (any Error)?
    }

    /// Runs them all; `progress` hears of every result. With `isComplete` the units are all that the suites, or this shard of
    /// them, have.
    public func run(_ units: [Unit], isComplete: Bool, into report: Report, progress: Progress) throws -> Report {
        let state = Mutex(State())
        let group = DispatchGroup()
        for _ in 0..<min(workerCount, max(1, units.count)) {
            group.enter()
            Thread.detachNewThread {
                serve(units.map(\.job), state, progress)
                group.leave()
            }
        }
        group.wait()
        var report = report
        try state.withLock { state in
            if let problem = state.problem { throw problem }
            report.results = state.results
        }
        for result in report.results { report.seconds[result.suite, default: 0] += result.seconds }
        if isComplete { report.unmatched = known.unmatched(report) }
        progress.show(report.close())
        return report
    }

    private func serve(_ jobs: [Job], _ state: borrowing Mutex<State>, _ progress: Progress) {
        let worker = WorkerProcess(workerCommand)
        defer { worker.end() }
        while let job = takeNext(jobs, state) {
            progress.starts(job)
            do {
                let answer = try worker.run(job)
                let results = (answer ?? [lost(job, worker.autopsy())]).map { known.judged(repeatable($0, job)) }
                state.withLock { $0.results += results }
                progress.ended(job, results)
            } catch {
                state.withLock { $0.problem = $0.problem ?? error }
                return
            }
        }
    }

    private func takeNext(_ jobs: [Job], _ state: borrowing Mutex<State>) -> Job? {
        state.withLock { state in
            guard state.problem == nil, state.next < jobs.count else { return nil }
            defer { state.next += 1 }
            return jobs[state.next]
        }
    }

    /// The result of a unit that took its worker with it.
    private func lost(_ job: Job, _ reason: String) -> CaseResult {
        CaseResult(
            suite: job.suite.rawValue, name: job.unit, outcome: .failed,
            failure: CaseFailure(differences: [reason], seed: settings.seed))
    }

    /// The result with the command that runs it again.
    private func repeatable(_ result: CaseResult, _ job: Job) -> CaseResult {
        var result = result
        result.failure?.command = settings.command(job.suite.rawValue, result.name)
        return result
    }
}
