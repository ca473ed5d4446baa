import BSDUserCore
import Foundation
import TestSupport
import Testing

@testable import AArch64

@Suite("aarch64 decoding")
struct DecodeTests {
    @Test("No two rows claim the same words, and every pattern is well formed")
    func rowsAreSound() { #expect(RowChecks.problems(.aarch64, AArch64.rows) == []) }

    @Test("LLVM's disassembler gives every word the same name, and knows no word that we do not")
    func agreesWithLLVM() throws {
        var generator = SeededGenerator(2)
        let rows = AArch64.rows
        let set = InstructionSet<Translator>(.aarch64, rows)
        var words = (0..<60_000).map { _ in UInt32.random(in: 0...UInt32.max, using: &generator) }
        for row in rows {
            let bits = try Encoding.aarch64.parse(row.pattern)
            words += (0..<200).map { _ in UInt32.random(in: 0...UInt32.max, using: &generator) & ~bits.mask | bits.match
            }
        }
        let names = try Disassembler.aarch64.names(of: words)
        var problems: [String: Int] = [:]
        var agreed = 0
        let reserved = ReservedWords()
        for (word, llvm) in zip(words, names) {
            let row = set.row(of: Word(word))
            let name = row < 0 ? nil : set.name(of: row).description
            let own = name.flatMap { reserved.contains(word) && llvm == nil ? nil : $0 }
            if Names.agree(own, llvm, word) { agreed += 1; continue }
            problems["\(own ?? "-") / \(llvm ?? "-"), first \(String(word, radix: 16))", default: 0] += 1
        }
        print("aarch64 decoding: \(rows.count) rows, \(agreed) of \(words.count) words agree with LLVM")
        #expect(problems == [:])
    }
}

extension Disassembler {
    /// What the plugin has, and no more.
    static let aarch64 = Disassembler(
        [
            "-triple=aarch64",
            "-mattr=+lse,+rcpc,+rcpc-immo,+crc,+flagm,+altnzcv,+lor,+neon,+fp-armv8,+fullfp16,+rdm,+dotprod,+complxnum,+aes,+sha2,+sha3",
        ], isBigEndian: false)
}

/// Words that a row turns down when it translates them.
struct ReservedWords {
    private let architecture = AArch64()

    func contains(_ word: UInt32) -> Bool {
        var builder = Builder()
        builder.begin(pc: 0x1000)
        withUnsafeBytes(of: word.littleEndian) { bytes in
            guard let start = bytes.baseAddress else { return }
            architecture.translate(&builder, code: start, byteCount: 4)
        }
        guard let last = builder.block.operations.last else { return false }
        return last.opcode == .exit && last.b == ExitReason.illegalInstruction.rawValue
    }
}

/// How our names and LLVM's go together.
enum Names {
    static func agree(_ own: String?, _ llvm: String?, _ word: UInt32) -> Bool {
        guard let own, let llvm else { return own == llvm || isKnownGap(own, llvm, word) }
        // The second form of what widens and narrows has a name of its own.
        let first = llvm.hasSuffix("2") ? String(llvm.dropLast()) : llvm
        if own == llvm || own == first || aliases[own].map({ $0.contains(llvm) || $0.contains(first) }) == true {
            return true
        }
        switch own {
        case "b.cond": return llvm.hasPrefix("b.")
        case "hint", "dc zva", "dc cvac", "dc cvau", "dc civac", "ic ivau": return true
        default: return isOrdered(own, llvm)
        }
    }

    /// Shorter names that LLVM prints for some operands.
    private static let aliases: [String: Set<String>] = [
        "add": ["mov"], "adds": ["cmn"], "sub": ["neg"], "subs": ["cmp", "negs"], "orr": ["mov"], "orn": ["mvn"],
        "ands": ["tst"], "movz": ["mov"], "movn": ["mov"], "sbc": ["ngc"], "sbcs": ["ngcs"],
        "sbfm": ["asr", "sbfiz", "sbfx", "sxtb", "sxth", "sxtw"], "bfm": ["bfi", "bfxil", "bfc"],
        "ubfm": ["lsl", "lsr", "ubfiz", "ubfx", "uxtb", "uxth"], "extr": ["ror"],
        "lslv": ["lsl"], "lsrv": ["lsr"], "asrv": ["asr"], "rorv": ["ror"],
        "madd": ["mul"], "msub": ["mneg"], "smaddl": ["smull"], "smsubl": ["smnegl"], "umaddl": ["umull"],
        "umsubl": ["umnegl"], "csinc": ["cset", "cinc"], "csinv": ["csetm", "cinv"], "csneg": ["cneg"],
        "not": ["mvn"], "dup": ["mov"], "ins": ["mov"], "umov": ["mov"], "sshll": ["sxtl"], "ushll": ["uxtl"],
        "dsb": ["ssbb", "pssbb", "dfb"],
    ]

    /// Names of atomics with acquire and release in them, and the stores that want no result.
    private static func isOrdered(_ own: String, _ llvm: String) -> Bool {
        let size = own.hasSuffix("b") ? "b" : own.hasSuffix("h") ? "h" : ""
        let base = own.dropLast(size.count)
        let bases = base.hasPrefix("ld") ? [base, "st" + base.dropFirst(2)] : [base]
        return bases.contains { base in ["", "a", "l", "al"].contains { llvm == base + $0 + size } }
    }

    /// Words that one of the two does not name, with the reason.
    private static func isKnownGap(_ own: String?, _ llvm: String?, _ word: UInt32) -> Bool {
        switch (own, llvm) {
        // What user mode may not execute, or what is permanently undefined.
        case (nil, "sys"), (nil, "sysl"), (nil, "msr"), (nil, "hvc"), (nil, "smc"), (nil, "hlt"), (nil, "dcps1"),
            (nil, "dcps2"), (nil, "dcps3"), (nil, "eret"), (nil, "drps"), (nil, "udf"), (nil, "tlbi"), (nil, "at"),
            (nil, "dc"), (nil, "ic"):
            true
        // LLVM does not look at bit 20, without which the word is another one of the system's.
        case (nil, "mrs"): word & 1 << 20 == 0
        default: false
        }
    }
}
