import BSDUserCore

/// Whether flags are read before they are overwritten: a look at the next few instructions on both sides of branches.
///
/// A fault on the way shows the program older flags in the machine context; that is all, since what it resumes
/// overwrites them.
extension Translator {
    /// Instructions looked at in all.
    private static var budget: Int { 64 }

    /// Whether flags that the instruction at `address` sets may be read from the register file.
    mutating func flagsAreWanted(after address: UInt64) -> Bool {
        if builder.isOnlyFirstInstruction { return true }
        var budget = Translator.budget
        return areRead(from: address &+ 4, areAtHand: true, &budget)
    }

    /// `areAtHand`: readers are still in the block that set the flags, and take them from there. Behind an instruction
    /// that may fault they may be in another one: that in which the program goes on after its handler.
    private mutating func areRead(from start: UInt64, areAtHand isFirst: Bool, _ budget: inout Int) -> Bool {
        var (address, areAtHand) = (start, isFirst)
        while true {
            budget &-= 1
            guard budget >= 0, let word = word(at: address) ?? wordAround(address) else { return true }
            // The commonest are passed without being looked up: no access reads flags, writes them or branches.
            if word.isAccess {
                if self.word(at: address) != nil { cover(address) }
                areAtHand = false
                address &+= 4
                continue
            }
            let row = instructions.row(of: word)
            guard row >= 0 else { return true }
            let traits = Traits(rawValue: instructions.traits(of: row))
            // A conditional comparison that traps itself is done again in a block of its own.
            let mayTrap = mayTrap(word, row)
            let restarts = mayTrap && traits.contains(.writesFlags)
            if traits.contains(.readsFlags) && (!areAtHand || restarts) || traits.contains(.leaves) { return true }
            if self.word(at: address) != nil { cover(address) }
            if traits.contains(.writesFlags) { return false }
            if traits.contains(.skips) || mayTrap { areAtHand = false }
            if traits.isDisjoint(with: [.branches26, .branches19, .branches14]) {
                address &+= 4
                continue
            }
            areAtHand = false
            let target = branchTarget(address, word, traits)
            if traits.contains(.branches26) {
                address = target
            } else {
                if areRead(from: target, areAtHand: false, &budget) { return true }
                address &+= 4
            }
        }
    }

    private mutating func wordAround(_ address: UInt64) -> Word? {
        builder.codeWord(at: address).map { Word(UInt32(littleEndian: $0)) }
    }

    /// Whether an instruction may trap to the interpreter where FPCR.FZ is set: those on floating-point numbers, whose names
    /// begin or, as those of SCVTF and UCVTF, end so.
    private func mayTrap(_ word: Word, _ row: Int) -> Bool {
        let letter = UInt8(ascii: "f")
        return word.isVector && instructions.name(of: row).withUTF8Buffer { $0.first == letter || $0.last == letter }
    }

    private func branchTarget(_ address: UInt64, _ word: Word, _ traits: Traits) -> UInt64 {
        let field =
            traits.contains(.branches26)
            ? Bits.immediate26 : traits.contains(.branches19) ? Bits.immediate19 : Bits.immediate14
        return address &+ UInt64(bitPattern: Int64(word[field]) << 2)
    }
}

extension Word {
    /// Whether the word belongs to the loads and stores (DDI 0487, C4.1), all of which may fault.
    fileprivate var isAccess: Bool { bits & 0x0a00_0000 == 0x0800_0000 }

    /// Whether the word is one of those on scalars and vectors in vector registers.
    fileprivate var isVector: Bool { bits & 0x0e00_0000 == 0x0e00_0000 }
}
