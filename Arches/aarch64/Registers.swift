import BSDUserCore

/// Numbers of the guest registers.
///
/// `x0` to `x30` and `sp` are gdb's (org.gnu.gdb.aarch64.core); the vector registers and the two floating-point control
/// registers follow (org.gnu.gdb.aarch64.fpu). `pc` is the core's.
enum Register {
    static let x0 = 0, x1 = 1, x8 = 8, linkRegister = 30
    /// Where an instruction's register number 31 is the stack pointer; elsewhere it is the zero register, which has no
    /// place in the file.
    static let sp = 31
    static let zero = 31
    static let vector0 = 32
    static let fpsr = 64, fpcr = 65
    /// The condition flags as the translator packs them.
    static let flags = 66
    /// TPIDR_EL0 and TPIDRRO_EL0.
    static let threadPointer = 67, threadPointerReadOnly = 68
    /// Address and contents of the last load exclusive; all ones in place of an address when there is none.
    static let exclusiveAddress = 69, exclusiveValue = 70, exclusiveHighValue = 71
    /// Outcome of a store exclusive, between its parts.
    static let storeOutcome = 72
    static let count = 73
}

/// Where the registers stand in the register file.
enum RegisterOffset {
    static let rest = 264
    static let vectors = 384

    static func of(_ number: Int) -> Int {
        switch number {
        case 0...Register.sp: 8 * (number + 1)
        case Register.vector0..<Register.fpsr: vectors + 16 * (number - Register.vector0)
        default: rest + 8 * (number - Register.fpsr)
        }
    }
}

extension RegisterIndex {
    static func general(_ number: Int) -> RegisterIndex { RegisterIndex(number) }
    static func vector(_ number: Int) -> RegisterIndex { RegisterIndex(Register.vector0 &+ number) }
    static var sp: RegisterIndex { RegisterIndex(Register.sp) }
    static var fpsr: RegisterIndex { RegisterIndex(Register.fpsr) }
    static var fpcr: RegisterIndex { RegisterIndex(Register.fpcr) }
    static var flags: RegisterIndex { RegisterIndex(Register.flags) }
    static var threadPointer: RegisterIndex { RegisterIndex(Register.threadPointer) }
    static var threadPointerReadOnly: RegisterIndex { RegisterIndex(Register.threadPointerReadOnly) }
    static var exclusiveAddress: RegisterIndex { RegisterIndex(Register.exclusiveAddress) }
    static var exclusiveValue: RegisterIndex { RegisterIndex(Register.exclusiveValue) }
    static var exclusiveHighValue: RegisterIndex { RegisterIndex(Register.exclusiveHighValue) }
    static var storeOutcome: RegisterIndex { RegisterIndex(Register.storeOutcome) }
}

extension RegisterFile {
    /// The register table. Pinned are the registers that compiled code uses most: arguments, the system call number and
    /// indirect result, the first saved registers, stack pointer and link register; and the vector registers that calls
    /// do not preserve, arguments first.
    static let aarch64 = RegisterFile(
        rows: rows,
        pinnedIntegers: [0, 1, 2, 3, 8, 19, 20, 21, Register.sp, Register.linkRegister].map { .general($0) },
        pinnedFloats: (Array(0...7) + Array(16...31) + Array(8...15)).map { .vector($0) })

    private static let rows: [RegisterRow] = {
        var rows: [RegisterRow] = []
        func add(_ name: String, byteCount: Int = 8, _ registerClass: RegisterClass = .integer) {
            let offset = RegisterOffset.of(rows.count)
            rows.append(RegisterRow(name, offset: offset, byteCount: byteCount, registerClass))
        }
        for number in 0..<31 { add("x\(number)") }
        add("sp")
        for number in 0..<32 { add("v\(number)", byteCount: 16, .vector) }
        for name in ["fpsr", "fpcr"] { add(name) }
        add("nzcv", byteCount: 4, .hidden)
        let hidden = [
            "tpidr", "tpidrro", "exclusiveaddress", "exclusivevalue", "exclusivehighvalue", "storeoutcome",
        ]
        for name in hidden { add(name, .hidden) }
        return rows
    }()
}
