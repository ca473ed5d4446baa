import BSDUserCore

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
