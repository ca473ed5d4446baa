import BSDUserCore
import Foundation
import Testing

@testable import AArch64
@testable import TestSupport

extension OracleComparison {
    /// Every row: the same words on the same states must leave the same states.
    @Suite("Rows")
    struct Rows {
        /// Words of a row, and states for each.
        private static let words = 40
        private static let states = 25

        @Test("Every row gives what Unicorn gives, interpreted and translated, in at least 1,000 states")
        func everyRow() throws {
            let contest = try Contest<AArch64>()
            var operands = OracleComparison.operands(1)
            let only = ProcessInfo.processInfo.environment["BSDUSER_TEST_ROW"]
            var (rowCount, stateCount) = (0, 0)
            var failures: [String] = []
            for row in AArch64.rows {
                let plan = RowPlan(row, try Encoding.aarch64.parse(row.pattern))
                if let only, plan.name != only { continue }
                if case .elsewhere(let reason) = plan.kind {
                    print("aarch64 differential: not asked: \(plan.name): \(reason)")
                    continue
                }
                let requests = Rows.requests(plan, &operands)
                let found = try contest.differences(requests) { _ in Mask() }
                rowCount += 1
                stateCount += requests.count
                if let first = found.first {
                    failures.append("\(plan.name) '\(plan.pattern)': \(found.count) differ, first \(first)")
                }
            }
            print("aarch64 differential: \(rowCount) rows, \(stateCount) states, \(failures.count) rows differ")
            #expect(failures == [])
        }

        private static func requests(_ plan: RowPlan, _ operands: inout Operands) -> [Request] {
            var requests: [Request] = []
            for _ in 0..<words {
                let word = plan.word(&operands)
                let sequence = plan.sequence(word, &operands)
                for _ in 0..<states {
                    requests.append(Request(words: sequence, state: plan.state(Word(word), &operands)))
                }
            }
            return requests
        }
    }
}
