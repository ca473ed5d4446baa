import Foundation
import Synchronization

/// What a run shows while it goes on: one line that changes on a terminal, and each failure as it comes.
public final class Progress: Sendable {
    private struct State {
        var cases = 0
        var failed = 0
        var units = 0
        var checks = 0
    }

    private let unitCount: Int
    private let isTerminal: Bool
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    public init(unitCount: Int) {
        self.unitCount = unitCount
        isTerminal = isatty(STDERR_FILENO) != 0
    }

    func starts(_ job: Job) { state.withLock { show($0, job) } }

    func ended(_ job: Job, _ results: [CaseResult]) {
        state.withLock { state in
            state.units += 1
            state.cases += results.count
            state.checks += results.reduce(0) { $0 + $1.checks }
            let failed = results.filter { $0.outcome == .failed }
            state.failed += failed.count
            show(failed)
            show(state, job)
        }
    }

    /// Shows failures.
    func show(_ failed: [CaseResult]) {
        for result in failed {
            write((isTerminal ? "\r\u{1b}[K" : "") + "FAILED \(result.suite): \(result.name)\n")
            for line in result.failure?.lines ?? [] { write(line + "\n") }
        }
    }

    /// Clears the line.
    public func finish() { if isTerminal { write("\r\u{1b}[K") } }

    private func show(_ state: State, _ job: Job) {
        guard isTerminal else { return }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let text =
            "\(state.units)/\(unitCount) \(job.suite.rawValue): \(job.unit.prefix(40))  "
            + "\(SummaryTable.grouped(state.cases)) cases, \(state.failed) failed, "
            + "\(SummaryTable.grouped(state.checks)) checks, \(SummaryTable.duration(seconds))"
        // What is wider than a terminal would leave rubbish behind.
        write("\r\u{1b}[K" + text.prefix(79))
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
