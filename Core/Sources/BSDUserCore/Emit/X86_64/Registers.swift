/// A general-purpose host register, by its number in the instruction encoding.
struct GPR: Equatable {
    let code: UInt8

    @inline(__always) init(code: UInt8) { self.code = code }

    static var rax: GPR { GPR(code: 0) }
    static var rcx: GPR { GPR(code: 1) }
    static var rdx: GPR { GPR(code: 2) }
    static var rbx: GPR { GPR(code: 3) }
    static var rsp: GPR { GPR(code: 4) }
    static var rbp: GPR { GPR(code: 5) }
    static var rsi: GPR { GPR(code: 6) }
    static var rdi: GPR { GPR(code: 7) }
    static var r8: GPR { GPR(code: 8) }
    static var r9: GPR { GPR(code: 9) }
    static var r10: GPR { GPR(code: 10) }
    static var r11: GPR { GPR(code: 11) }
    static var r12: GPR { GPR(code: 12) }
    static var r13: GPR { GPR(code: 13) }
    static var r14: GPR { GPR(code: 14) }
    static var r15: GPR { GPR(code: 15) }
}

/// A vector host register. Numbers from 16 on exist with AVX-512VL only, and force the EVEX encoding.
struct XMM: Equatable {
    let code: UInt8

    @inline(__always) init(code: UInt8) { self.code = code }
}

/// The operand size of an integer instruction.
enum Width: UInt8 {
    case byte, word, dword, qword

    @inline(__always) var bytes: Int32 { 1 &<< Int32(rawValue) }
}

/// The precision of a scalar floating-point instruction.
enum Precision: UInt8 {
    case single, double

    @inline(__always) var bytes: Int32 { self == .single ? 4 : 8 }
}

/// A condition of Jcc, SETcc and CMOVcc, by its number in the encoding; the lowest bit negates.
struct Condition: Equatable {
    let code: UInt8

    @inline(__always) init(code: UInt8) { self.code = code }

    @inline(__always) var negated: Condition { Condition(code: code ^ 1) }

    static var overflow: Condition { Condition(code: 0) }
    static var noOverflow: Condition { Condition(code: 1) }
    static var below: Condition { Condition(code: 2) }
    static var aboveOrEqual: Condition { Condition(code: 3) }
    static var equal: Condition { Condition(code: 4) }
    static var notEqual: Condition { Condition(code: 5) }
    static var belowOrEqual: Condition { Condition(code: 6) }
    static var above: Condition { Condition(code: 7) }
    static var sign: Condition { Condition(code: 8) }
    static var noSign: Condition { Condition(code: 9) }
    static var parity: Condition { Condition(code: 10) }
    static var noParity: Condition { Condition(code: 11) }
    static var less: Condition { Condition(code: 12) }
    static var greaterOrEqual: Condition { Condition(code: 13) }
    static var lessOrEqual: Condition { Condition(code: 14) }
    static var greater: Condition { Condition(code: 15) }
}

/// A memory operand: base + (index << scale) + displacement.
struct Address {
    static var noRegister: UInt8 { 0xFF }
    static var instructionPointer: UInt8 { 0xFE }

    var base: UInt8
    var index: UInt8
    /// Left shift of the index register, 0 to 3.
    var scale: UInt8
    /// The address-size prefix: the sum wraps to 32 bits, and is taken from the low halves of the registers.
    var is32Bit: Bool
    var displacement: Int32

    /// `[base + displacement]`.
    @inline(__always)
    init(_ base: GPR, _ displacement: Int32 = 0, is32Bit: Bool = false) {
        self.base = base.code
        index = Address.noRegister
        scale = 0
        self.is32Bit = is32Bit
        self.displacement = displacement
    }

    /// `[base + (index << scale) + displacement]`; `index` must not be rsp.
    @inline(__always)
    init(_ base: GPR, index: GPR, scale: UInt8 = 0, _ displacement: Int32 = 0, is32Bit: Bool = false) {
        self.base = base.code
        self.index = index.code
        self.scale = scale
        self.is32Bit = is32Bit
        self.displacement = displacement
    }

    /// `[(index << scale) + displacement]`, without a base; `index` must not be rsp.
    @inline(__always)
    init(index: GPR, scale: UInt8, _ displacement: Int32 = 0, is32Bit: Bool = false) {
        base = Address.noRegister
        self.index = index.code
        self.scale = scale
        self.is32Bit = is32Bit
        self.displacement = displacement
    }

    /// `[displacement]`: sign-extended to 64 bits, or zero-extended with the address-size prefix.
    @inline(__always)
    init(absolute displacement: Int32, is32Bit: Bool = false) {
        base = Address.noRegister
        index = Address.noRegister
        scale = 0
        self.is32Bit = is32Bit
        self.displacement = displacement
    }

    /// `[rip + displacement]`, counted from the end of the instruction.
    @inline(__always)
    init(instructionPointerRelative displacement: Int32) {
        base = Address.instructionPointer
        index = Address.noRegister
        scale = 0
        is32Bit = false
        self.displacement = displacement
    }

    @inline(__always) var hasIndex: Bool { index != Address.noRegister }
    /// Bit 3 of the base's number, the B bit of a prefix.
    @inline(__always) var baseExtension: UInt8 { base < 16 ? base &>> 3 : 0 }
    /// Bit 3 of the index's number, the X bit of a prefix.
    @inline(__always) var indexExtension: UInt8 { index < 16 ? index &>> 3 : 0 }
}
