import BSDUserCore

/// How our names and LLVM's go together.
enum Names {
    /// Whether LLVM's name of a word fits ours.
    static func agree(_ own: String?, _ llvm: String?, _ word: UInt32) -> Bool {
        guard let own, let llvm else { return own == llvm || isKnownGap(own, llvm) }
        if own == llvm || aliases[own]?.contains(llvm) == true { return true }
        guard own.hasPrefix("c.cond."), let format = own.last else { return false }
        return llvm == "c.\(predicates[Int(word & 15)]).\(format)"
    }

    /// Shorter names that LLVM prints for some operands, and names that it does not tell apart.
    private static let aliases: [String: Set<String>] = [
        "dextm": ["dext"], "dextu": ["dext"], "dinsm": ["dins"], "dinsu": ["dins"],
        "beq": ["beqz", "b"], "bne": ["bnez"], "beql": ["beqzl"], "bnel": ["bnezl"], "bgezal": ["bal"],
        "addu": ["move"], "daddu": ["move"], "or": ["move"], "sub": ["neg"], "subu": ["negu"], "dsub": ["dneg"],
        "dsubu": ["dnegu"], "nor": ["not"], "jr": ["jr.hb"], "jalr": ["jr", "jr.hb", "jalr.hb"],
        "sll": ["nop", "ssnop", "ehb", "pause"], "cop0": privileged, "cop2": ["mfc2", "mtc2", "dmfc2", "dmtc2"],
    ]
    private static let privileged: Set<String> = [
        "mfc0", "mtc0", "dmfc0", "dmtc0", "tlbr", "tlbwi", "tlbwr", "tlbp", "eret", "deret", "wait", "di", "ei",
    ]
    private static let predicates = [
        "f", "un", "eq", "ueq", "olt", "ult", "ole", "ule", "sf", "ngle", "seq", "ngl", "lt", "nge", "le", "ngt",
    ]

    /// Words that one of the two does not name, with the reason.
    private static func isKnownGap(_ own: String?, _ llvm: String?) -> Bool {
        switch (own, llvm) {
        // A jump to MIPS16 or microMIPS, which this processor does not have; EJTAG's debug breakpoint.
        case (nil, "jalx"), (nil, "sdbbp"): true
        // LLVM does not look at bits 11 to 25, which must be 0.
        case (nil, "sync"): true
        // LLVM knows few coprocessor operations, hints and hardware registers, and no paired single at all.
        case ("cop0", nil), ("cop2", nil), ("rdhwr", nil), ("prefx", nil): true
        case (let own?, nil): own.hasSuffix(".ps")
        default: false
        }
    }
}
