import BSDUserCore

/// Numbers of the guest registers.
///
/// The first 72 follow gdb's MIPS feature descriptions (org.gnu.gdb.mips.cpu, .cp0, .fpu), so that the register table
/// serves the debugger in its own order; `pc`, which gdb has between `cause` and `f0`, is the core's.
enum Register {
    static let v0 = 2, v1 = 3, a0 = 4, a1 = 5, a2 = 6, a3 = 7, t9 = 25, sp = 29, ra = 31
    static let status = 32, lo = 33, hi = 34, badAddress = 35, cause = 36
    static let float0 = 37
    static let fcsr = 69, fir = 70
    /// `sysarch(MIPS_SET_TLS)`'s value, and what `rdhwr $29` reads.
    static let threadPointer = 71, userLocal = 72
    /// Address and value of the last load linked; an odd address when there is none.
    static let linkedAddress = 73, linkedValue = 74
    /// Outcome of a store conditional, between its parts.
    static let storeOutcome = 75
    /// Where execution goes on after a branch whose delay slot holds an instruction that enters the kernel.
    static let slotTarget = 76
    /// Condition or target of a branch while its delay slot skips.
    static let branchValue = 77
    /// 1 when the `synci` in the delay slot of the branch that runs next was done.
    static let flushDone = 78
    /// The eight floating-point condition codes, 0 or 1 each.
    static let condition0 = 79
    static let count = 87
}

/// Where the registers stand in the register file.
enum RegisterOffset {
    /// `$0` has a slot that nothing writes; `$n` stands at `8 * n`, since offset 0 belongs to the core.
    static let zero = 256
    static let rest = 264

    static func of(_ number: Int) -> Int {
        switch number {
        case 0: zero
        case 1..<32: 8 * number
        default: rest + 8 * (number - 32)
        }
    }
}

extension RegisterIndex {
    static func general(_ number: Int) -> RegisterIndex { RegisterIndex(number) }
    static func float(_ number: Int) -> RegisterIndex { RegisterIndex(Register.float0 &+ number) }
    static func condition(_ number: Int) -> RegisterIndex { RegisterIndex(Register.condition0 &+ number) }
    static var lo: RegisterIndex { RegisterIndex(Register.lo) }
    static var hi: RegisterIndex { RegisterIndex(Register.hi) }
    static var userLocal: RegisterIndex { RegisterIndex(Register.userLocal) }
    static var linkedAddress: RegisterIndex { RegisterIndex(Register.linkedAddress) }
    static var linkedValue: RegisterIndex { RegisterIndex(Register.linkedValue) }
    static var storeOutcome: RegisterIndex { RegisterIndex(Register.storeOutcome) }
    static var slotTarget: RegisterIndex { RegisterIndex(Register.slotTarget) }
    static var branchValue: RegisterIndex { RegisterIndex(Register.branchValue) }
    static var flushDone: RegisterIndex { RegisterIndex(Register.flushDone) }
}

extension RegisterFile {
    /// The register table. Pinned are the registers that compiled n64 code uses most, counted as it runs: results, the first
    /// arguments and saved registers, stack pointer.
    static let mips64 = RegisterFile(
        rows: rows,
        pinnedIntegers: [2, 4, 5, 6, 7, 16, 17, 18, 29, 3].map { RegisterIndex.general($0) },
        pinnedFloats: ([0, 12, 13, 14, 1, 2, 3, 20, 22, 24] + [
            4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 17, 18, 19, 21, 23, 25,
        ])
        .map { RegisterIndex.float($0) })

    private static let rows: [RegisterRow] = {
        var rows: [RegisterRow] = []
        func add(_ name: String, _ registerClass: RegisterClass = .integer) {
            rows.append(RegisterRow(name, offset: RegisterOffset.of(rows.count), registerClass))
        }
        for number in 0..<32 { add("r\(number)") }
        for name in ["status", "lo", "hi", "badvaddr", "cause"] { add(name) }
        for number in 0..<32 { add("f\(number)", .float) }
        for name in ["fcsr", "fir"] { add(name) }
        let hidden = [
            "tls", "userlocal", "linkedaddress", "linkedvalue", "storeoutcome", "slottarget", "branchvalue",
            "flushdone",
        ]
        for name in hidden { add(name, .hidden) }
        for number in 0..<8 { add("fcc\(number)", .hidden) }
        return rows
    }()
}
