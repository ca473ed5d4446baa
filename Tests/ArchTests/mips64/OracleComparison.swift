import Foundation
import Testing

@testable import BSDUserCore
@testable import MIPS64
@testable import TestSupport

/// Tests that share the oracle's memory window, one after the other.
@Suite("mips64 against the oracle", .serialized)
struct OracleComparison {
    /// `BSDUSER_TEST_SEED` repeats a run or makes another one.
    static func operands(_ seed: UInt64) -> Operands {
        Operands(UInt64(ProcessInfo.processInfo.environment["BSDUSER_TEST_SEED"] ?? "") ?? seed)
    }
}

extension Contest<MIPS64> {
    /// What differs beyond what the mask leaves open.
    func differences(_ requests: [Request], mask: (Request) -> Mask) throws -> [String] {
        try differences(requests, describe: describe) { request, own, reply in
            mask(request).differences(own, reply)
        }
    }

    /// What the first word reads.
    private func describe(_ request: Request) -> String {
        func hex(_ value: UInt64) -> String { String(value, radix: 16) }
        let (state, w) = (request.state, Word(request.words[0]))
        let gpr = [Bits.rs, Bits.rt, Bits.rd].map { hex(state.gpr[w[$0]]) }.joined(separator: " ")
        let fpr = [Bits.fr, Bits.ft, Bits.fs, Bits.fd].map { hex(state.fpr[w[$0]]) }.joined(separator: " ")
        return
            "rs rt rd \(gpr), fr ft fs fd \(fpr), fcsr \(hex(UInt64(state.fcsr))) hi \(hex(state.hi)) lo \(hex(state.lo))"
    }
}
