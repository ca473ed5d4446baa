import BSDUserCore

/// What of a result is not compared, by rule, with the place in the manual (MIPS64 Architecture For Programmers,
/// release 2: volume I, II-A) that leaves it open.
struct Mask {
    /// Bits of the floating-point registers, HI and LO, and FCSR that count.
    var float = [UInt64](repeating: .max, count: 32)
    var highLow = UInt64.max
    var fcsr = UInt32.max
    /// Results up to the least normal number count as equal: FCSR.FS is set, and volume I leaves open whether a result
    /// is tiny before or after it is rounded.
    private var leastNormal: UInt64 = 0

    /// For several instructions: the cause field is that of the last floating-point instruction alone, while ours shows
    /// everything since the last look (`CPUState.harvest`).
    static var sequence: Mask {
        var mask = Mask()
        mask.fcsr = ~(FloatControl.fiveBits << FloatControl.causeShift)
        return mask
    }

    private init() {}

    init(_ name: String, _ w: Word, _ before: MIPS64State) {
        let divisorIsZero =
            name.hasPrefix("dd")
            ? before.gpr[w[Bits.rt]] == 0 : UInt32(truncatingIfNeeded: before.gpr[w[Bits.rt]]) == 0
        // Volume II-A, DIV: "if the divisor in GPR rt is zero, the arithmetic result value is UNPREDICTABLE".
        if ["div", "divu", "ddiv", "ddivu"].contains(name), divisorIsZero { highLow = 0 }
        if before.fcsr & FloatControl.flush != 0 {
            // Volume I, FCSR.FS: which exceptions a flushed result signals is implementation dependent.
            let bits = FloatControl.bits([.underflow, .inexact])
            leastNormal = name.hasSuffix(".d") && !name.hasPrefix("cvt") ? 0x0010_0000_0000_0000 : 0x0080_0000
            fcsr &= ~(bits << FloatControl.causeShift | bits << FloatControl.flagShift)
        }
        if let register = Mask.narrowResult(name, w) {
            // Volume I, 5.6.3: a 32-bit value leaves the upper half of a 64-bit FPR UNPREDICTABLE.
            float[register] = Mask.losesPayload(name, before.fpr[w[Bits.fs]]) ? 0 : 0xffff_ffff
        }
    }

    /// A legacy quiet NaN whose payload lies in the bits that a single has not: the result must be a NaN (volume I, 6.3),
    /// where the oracle drops the payload and gives an infinity.
    private static func losesPayload(_ name: String, _ source: UInt64) -> Bool {
        name == "cvt.s.d" && source << 1 > 0xffe0_0000_0000_0000 && source >> 29 & 0x7f_ffff == 0
    }

    /// The floating-point register that gets a 32-bit value.
    private static func narrowResult(_ name: String, _ w: Word) -> Int? {
        switch name {
        case "lwc1": w[Bits.ft]
        case "mtc1": w[Bits.fs]
        case "lwxc1": w[Bits.fd]
        case "cvt.s.d", "cvt.s.w", "cvt.s.l", "cvt.s.pl", "cvt.s.pu", "cvt.w.s", "cvt.w.d", "round.w.s", "round.w.d",
            "trunc.w.s", "trunc.w.d", "ceil.w.s", "ceil.w.d", "floor.w.s", "floor.w.d":
            w[Bits.fd]
        case "cvt.d.s", "cvt.l.s", "round.l.s", "trunc.l.s", "ceil.l.s", "floor.l.s", "cvt.ps.s", "c.cond.s": nil
        default: name.hasSuffix(".s") ? w[Bits.fd] : nil
        }
    }

    /// What differs between two results; empty when they agree.
    func differences(_ own: SequenceOutcome<MIPS64State>, _ oracle: SequenceOutcome<MIPS64State>) -> [String] {
        if own.end == oracle.end && own.state == oracle.state { return [] }
        var found: [String] = []
        if isLost(own), oracle.end == .oracleCrashed { return [] }
        if own.end != oracle.end { found.append("ends \(own.end), oracle \(oracle.end) \(oracle.detail)") }
        // After an exception in a delay slot Unicorn still has the branch pending, and takes it before the oracle can
        // read the state (now and then into nowhere): only the exception counts. DelaySlotTests looks at the state.
        if isLost(own) { return found }
        let (left, right) = (own.state, oracle.state)
        for number in 0..<32 where left.gpr[number] != right.gpr[number] {
            found.append(
                "r\(number) \(hexadecimalText(left.gpr[number])), oracle \(hexadecimalText(right.gpr[number]))")
        }
        if (left.hi ^ right.hi) & highLow != 0 {
            found.append("hi \(hexadecimalText(left.hi)), oracle \(hexadecimalText(right.hi))")
        }
        if (left.lo ^ right.lo) & highLow != 0 {
            found.append("lo \(hexadecimalText(left.lo)), oracle \(hexadecimalText(right.lo))")
        }
        for number in 0..<32 where !agree(left.fpr[number] & float[number], right.fpr[number] & float[number]) {
            found.append(
                "f\(number) \(hexadecimalText(left.fpr[number])), oracle \(hexadecimalText(right.fpr[number]))")
        }
        if (left.fcsr ^ right.fcsr) & fcsr != 0 {
            found.append("fcsr \(hexadecimalText(left.fcsr)), oracle \(hexadecimalText(right.fcsr))")
        }
        for index in left.memory.indices where left.memory[index] != right.memory[index] {
            found.append(
                "byte \(index) \(hexadecimalText(left.memory[index])), oracle \(hexadecimalText(right.memory[index]))")
        }
        return found
    }

    private func isLost(_ own: SequenceOutcome<MIPS64State>) -> Bool { own.end != .none && own.inDelaySlot }

    /// What is not compared. What the oracle has of a lost state depends on earlier questions, and may be the same by chance.
    func omission(_ own: SequenceOutcome<MIPS64State>) -> ConformanceOmission? { isLost(own) ? .oracleCannotTell : nil }

    private func agree(_ left: UInt64, _ right: UInt64) -> Bool {
        if left == right { return true }
        guard leastNormal != 0, (left ^ right) & (leastNormal > 0xffff_ffff ? 1 << 63 : 1 << 31) == 0 else {
            return false
        }
        let magnitude = leastNormal > 0xffff_ffff ? UInt64.max >> 1 : 0x7fff_ffff
        return left & magnitude <= leastNormal && right & magnitude <= leastNormal
    }
}
