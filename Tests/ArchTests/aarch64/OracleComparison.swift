import Foundation
import Testing

@testable import AArch64
@testable import BSDUserCore
@testable import TestSupport

/// Tests that share the oracle's memory window, one after the other.
@Suite("aarch64 against the oracle", .serialized)
struct OracleComparison {
    /// `BSDUSER_TEST_SEED` repeats a run or makes another one.
    static func operands(_ seed: UInt64) -> Operands {
        Operands(UInt64(ProcessInfo.processInfo.environment["BSDUSER_TEST_SEED"] ?? "") ?? seed)
    }
}

extension Contest<AArch64> {
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
        let general = [Bits.rd, Bits.rn, Bits.rm, Bits.ra].map { hex(state.general[w[$0]]) }.joined(separator: " ")
        let vector = (0...1).map { hex(state.vectors[w[Bits.rn] * 2 + $0]) }.joined(separator: " ")
        return "rd rn rm ra \(general), vn \(vector), nzcv \(hex(UInt64(state.nzcv))), fpcr \(hex(UInt64(state.fpcr)))"
    }
}

/// What of a result is compared.
struct Mask {
    /// What differs between two results; empty when they agree.
    func differences(_ own: Outcome<AArch64Snapshot>, _ oracle: OracleReply<AArch64Snapshot>) -> [String] {
        var found: [String] = []
        if own.exception != oracle.exception {
            found.append("exception \(own.exception), oracle \(oracle.exception) \(oracle.detail)")
        }
        let (left, right) = (own.state, oracle.state)
        for number in 0..<32 where left.general[number] != right.general[number] {
            found.append("x\(number) \(hex(left.general[number])), oracle \(hex(right.general[number]))")
        }
        for number in 0..<64 where left.vectors[number] != right.vectors[number] {
            let name = "v\(number / 2)\(number & 1 == 0 ? "" : " high")"
            found.append("\(name) \(hex(left.vectors[number])), oracle \(hex(right.vectors[number]))")
        }
        for (name, own, other) in [
            ("nzcv", left.nzcv, right.nzcv), ("fpsr", status(left, right), status(right, left)),
            ("fpcr", left.fpcr, right.fpcr),
        ] where own != other {
            found.append("\(name) \(hex(UInt64(own))), oracle \(hex(UInt64(other)))")
        }
        for index in left.memory.indices where left.memory[index] != right.memory[index] {
            found.append("byte \(index) \(hex(UInt64(left.memory[index]))), oracle \(hex(UInt64(right.memory[index])))")
        }
        return found
    }

    private func status(_ state: AArch64Snapshot, _ other: AArch64Snapshot) -> UInt32 {
        let isTinyBefore = (state.fpsr ^ other.fpsr) == FloatFlags.underflow.rawValue && hasLeastNormal(state)
        return isTinyBefore ? state.fpsr & ~FloatFlags.underflow.rawValue : state.fpsr
    }

    /// A number that rounding makes the least normal one is too small before it, as Arm sees it, and not after it, as
    /// the host does.
    private func hasLeastNormal(_ state: AArch64Snapshot) -> Bool {
        state.vectors.contains { half in
            half << 1 == 0x0020 << 48 || (half << 1) & 0xffff_fffe == 0x100_0000
                || (half >> 31) & 0xffff_fffe == 0x100_0000
        }
    }

    private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
