import Foundation
import TestSupport
import Testing

@testable import BSDUserCore
@testable import MIPS64

/// Tests that share the oracle's memory window, one after the other.
@Suite("mips64 against the oracle", .serialized)
struct OracleComparison {
    /// `BSDUSER_TEST_SEED` repeats a run or makes another one.
    static func operands(_ seed: UInt64) -> Operands {
        Operands(UInt64(ProcessInfo.processInfo.environment["BSDUSER_TEST_SEED"] ?? "") ?? seed)
    }
}

/// The oracle, and the ways in which we execute code.
struct Contest {
    let oracle: UnicornOracle
    let subjects: [(name: String, subject: Subject)]

    init() throws {
        oracle = try UnicornOracle()
        subjects = [
            ("interpreter", try #require(Subject(.interpreter))), ("translator", try #require(Subject(.translator))),
        ]
    }

    /// Lets all answer the same questions; a line for each answer that differs from the oracle's.
    func differences(_ requests: [OracleRequest], mask: (OracleRequest) -> Mask) throws -> [String] {
        let replies = try oracle.run(requests)
        var found: [String] = []
        for (name, subject) in subjects {
            subject.activate()
            var loaded: [UInt32] = []
            for (request, reply) in zip(requests, replies) {
                if request.words != loaded {
                    subject.load(request.words)
                    loaded = request.words
                }
                let lines = mask(request).differences(subject.run(request.state), reply)
                if lines.isEmpty { continue }
                let words = request.words.map { String($0, radix: 16) }.joined(separator: " ")
                found.append("\(name) \(words): \(lines.joined(separator: "; ")); \(describe(request))")
            }
        }
        return found
    }

    /// What the first word reads.
    private func describe(_ request: OracleRequest) -> String {
        func hex(_ value: UInt64) -> String { String(value, radix: 16) }
        let (state, w) = (request.state, Word(request.words[0]))
        let gpr = [Bits.rs, Bits.rt, Bits.rd].map { hex(state.gpr[w[$0]]) }.joined(separator: " ")
        let fpr = [Bits.fr, Bits.ft, Bits.fs, Bits.fd].map { hex(state.fpr[w[$0]]) }.joined(separator: " ")
        return
            "rs rt rd \(gpr), fr ft fs fd \(fpr), fcsr \(hex(UInt64(state.fcsr))) hi \(hex(state.hi)) lo \(hex(state.lo))"
    }
}
