import BSDUserCore

/// What of a result is compared.
struct Mask {
    /// Flags that a later instruction of the block overwrites are not computed (FlagLiveness), so that where an access
    /// faults in between they may be older ones.
    let isSequence: Bool

    /// What differs between two results; empty when they agree.
    func differences(_ own: SequenceOutcome<AArch64State>, _ oracle: SequenceOutcome<AArch64State>) -> [String] {
        let (left, right) = (own.state, oracle.state)
        if own.end == oracle.end && left == right { return [] }
        var found: [String] = []
        if own.end != oracle.end { found.append("ends \(own.end), oracle \(oracle.end) \(oracle.detail)") }
        for number in 0..<32 where left.general[number] != right.general[number] {
            found.append(
                "x\(number) \(hexadecimalText(left.general[number])), oracle \(hexadecimalText(right.general[number]))")
        }
        for number in 0..<64 where left.vectors[number] != right.vectors[number] {
            let name = "v\(number / 2)\(number & 1 == 0 ? "" : " high")"
            found.append(
                "\(name) \(hexadecimalText(left.vectors[number])), oracle \(hexadecimalText(right.vectors[number]))")
        }
        for (name, own, other) in [
            ("nzcv", isFlagOpen(own) ? right.nzcv : left.nzcv, right.nzcv),
            ("fpsr", lacksUnderflow(left, right) ? right.fpsr : left.fpsr, right.fpsr),
            ("fpcr", left.fpcr, right.fpcr),
        ] where own != other {
            found.append("\(name) \(hexadecimalText(own)), oracle \(hexadecimalText(other))")
        }
        for index in left.memory.indices where left.memory[index] != right.memory[index] {
            found.append(
                "byte \(index) \(hexadecimalText(left.memory[index])), oracle \(hexadecimalText(right.memory[index]))")
        }
        return found
    }

    /// What of two results that do not differ is not the same.
    func omission(
        _ own: SequenceOutcome<AArch64State>, _ oracle: SequenceOutcome<AArch64State>
    ) -> ConformanceOmission? {
        if lacksUnderflow(own.state, oracle.state) { return .tininess }
        return own.state.nzcv != oracle.state.nzcv ? .shortcoming("flags that are overwritten behind a fault") : nil
    }

    private func isFlagOpen(_ own: SequenceOutcome<AArch64State>) -> Bool { isSequence && own.end != .none }

    /// Whether an underflow is missing that only Arm sees. Of a sequence, later instructions may have taken the number that
    /// shows it away.
    private func lacksUnderflow(_ state: AArch64State, _ other: AArch64State) -> Bool {
        (isSequence || hasLeastNormal(state)) && state.fpsr != other.fpsr
            && state.fpsr | FloatFlags.underflow.rawValue == other.fpsr
    }

    /// A number that rounding makes the least normal one is too small before it, as Arm sees it, and not after it, as
    /// the host does.
    private func hasLeastNormal(_ state: AArch64State) -> Bool {
        state.vectors.contains { half in
            half << 1 == 0x0020 << 48 || (half << 1) & 0xffff_fffe == 0x100_0000
                || (half >> 31) & 0xffff_fffe == 0x100_0000
        }
    }
}
