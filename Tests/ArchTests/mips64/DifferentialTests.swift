import Foundation
import TestSupport
import Testing

@testable import BSDUserCore
@testable import MIPS64

/// Tests that share the oracle's memory window, one after the other.
@Suite("mips64 against the oracle", .serialized)
struct OracleComparison {}

extension OracleComparison {
    @Suite("Rows")
    struct DifferentialTests {
        /// Words of a row, and states for each.
        private static let words = 40
        private static let states = 25

        @Test("Every row gives what Unicorn gives, interpreted and translated, in at least 1,000 states")
        func everyRow() throws {
            let oracle = try UnicornOracle()
            let interpreter = try #require(Subject(.interpreter))
            var operands = Operands(UInt64(ProcessInfo.processInfo.environment["BSDUSER_TEST_SEED"] ?? "") ?? 1)
            let only = ProcessInfo.processInfo.environment["BSDUSER_TEST_ROW"]
            var (rowCount, stateCount) = (0, 0)
            var failures: [String] = []
            var elsewhere: [String] = []
            for row in MIPS64.rows {
                let plan = RowPlan(row, try Encoding.mips64.parse(row.pattern))
                if let only, plan.name != only { continue }
                if case .elsewhere(let reason) = plan.kind {
                    elsewhere.append("\(plan.name): \(reason)")
                    continue
                }
                let tested = try test(plan, [("interpreter", interpreter)], oracle, &operands, &failures)
                rowCount += 1
                stateCount += tested
            }
            print("mips64 differential: \(rowCount) rows, \(stateCount) states, \(failures.count) rows differ")
            for line in elsewhere { print("mips64 differential: not asked: \(line)") }
            #expect(failures == [])
        }

        /// Tests a row; the number of states.
        private func test(
            _ plan: RowPlan, _ subjects: [(String, Subject)], _ oracle: UnicornOracle, _ operands: inout Operands,
            _ failures: inout [String]
        ) throws -> Int {
            var requests: [OracleRequest] = []
            for _ in 0..<Self.words {
                let word = plan.word(&operands)
                for _ in 0..<Self.states {
                    requests.append(OracleRequest(words: plan.sequence(word), state: plan.state(Word(word), &operands)))
                }
            }
            let replies = try oracle.run(requests)
            var (differing, first) = (0, "")
            for (name, subject) in subjects {
                var loaded: [UInt32] = []
                for (request, reply) in zip(requests, replies) {
                    if request.words != loaded {
                        subject.load(request.words)
                        loaded = request.words
                    }
                    let word = Word(request.words[0])
                    let found = Mask(plan.name, word, request.state).differences(subject.run(request.state), reply)
                    guard !found.isEmpty else { continue }
                    differing += 1
                    if first.isEmpty {
                        first = "\(name) \(String(word.bits, radix: 16)): \(found.joined(separator: "; ")); before: "
                            + describe(request.state, word)
                    }
                }
            }
            if differing > 0 { failures.append("\(plan.name): \(differing) of \(requests.count) differ, first \(first)") }
            return requests.count
        }

        private func describe(_ state: MIPS64Snapshot, _ w: Word) -> String {
            func hex(_ value: UInt64) -> String { String(value, radix: 16) }
            return "rs \(hex(state.gpr[w[Bits.rs]])) rt \(hex(state.gpr[w[Bits.rt]])) rd \(hex(state.gpr[w[Bits.rd]]))"
                + " fr \(hex(state.fpr[w[Bits.fr]])) ft \(hex(state.fpr[w[Bits.ft]])) fs \(hex(state.fpr[w[Bits.fs]]))"
                + " fd \(hex(state.fpr[w[Bits.fd]])) fcsr \(hex(UInt64(state.fcsr))) hi \(hex(state.hi)) lo \(hex(state.lo))"
        }
    }
}
