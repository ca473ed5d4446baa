import BSDUserCore
import Foundation
import Testing

@testable import MIPS64
@testable import TestSupport

extension OracleComparison {
    /// Every row: the same words on the same states must leave the same states.
    @Suite("Rows")
    struct Rows {
        /// Words of a row, and states for each.
        private static let words = 40
        private static let states = 25

        /// What was asked of an oracle.
        private struct Tally {
            var rows: [String] = []
            var stateCount = 0
        }

        @Test("Every row gives what its oracle gives, interpreted and translated, in at least 1,000 states")
        func everyRow() throws {
            let contest = try Contest<MIPS64>()
            var operands = OracleComparison.operands(1)
            let only = ProcessInfo.processInfo.environment["BSDUSER_TEST_ROW"]
            var tallies: [String: Tally] = [:]
            var failures: [String] = []
            for row in MIPS64.rows {
                let plan = RowPlan(row, try Encoding.mips64.parse(row.pattern))
                if let only, plan.name != only { continue }
                let requests = Rows.requests(plan, &operands)
                #expect(requests.count >= 1000, "\(plan.name)")
                let (oracle, found) = try Rows.judge(plan, requests, contest, &operands)
                tallies[oracle, default: Tally()].rows.append(plan.name)
                tallies[oracle, default: Tally()].stateCount += requests.count
                if let first = found.first { failures.append("\(plan.name): \(found.count) differ, first \(first)") }
            }
            for (oracle, tally) in tallies.sorted(by: { $0.key < $1.key }) {
                print("mips64 differential: oracle \(oracle): \(tally.rows.joined(separator: " "))")
                print("mips64 differential: oracle \(oracle): \(tally.rows.count) rows, \(tally.stateCount) states")
            }
            let rowCount = tallies.values.reduce(0) { $0 + $1.rows.count }
            let stateCount = tallies.values.reduce(0) { $0 + $1.stateCount }
            print("mips64 differential: \(rowCount) rows, \(stateCount) states, \(failures.count) rows differ")
            #expect(only != nil || rowCount == MIPS64.rows.count)
            #expect(failures == [])
        }

        /// Asks a row's oracle: which one it is, and what differs.
        private static func judge(
            _ plan: RowPlan, _ requests: [Request], _ contest: Contest<MIPS64>, _ operands: inout Operands
        ) throws -> (String, [String]) {
            guard case .manual(let reason) = plan.kind else {
                let found = try contest.differences(requests) { Mask(plan.name, Word($0.words[0]), $0.state) }
                return ("Unicorn", found)
            }
            print("mips64 differential: not asked of Unicorn: \(plan.name): \(reason)")
            var found: [String] = []
            for (name, subject) in contest.subjects {
                found += ManualOracle.differences(plan, requests, subject, &operands).map { "\(name) \($0)" }
            }
            return ("manual", found)
        }

        private static func requests(_ plan: RowPlan, _ operands: inout Operands) -> [Request] {
            var requests: [Request] = []
            for _ in 0..<words {
                let word = plan.word(&operands)
                for _ in 0..<states {
                    requests.append(
                        Request(words: plan.sequence(word), state: plan.state(Word(word), &operands)))
                }
            }
            return requests
        }
    }
}
