/// Jumps, calls, and what else steers the processor.
extension Assembler {
    /// The position of a displacement that is filled in later.
    typealias Fixup = UnsafeMutablePointer<UInt8>

    /// Jcc to code that is not written yet and may be far away.
    @inline(__always)
    mutating func jccForward(_ condition: Condition) -> Fixup {
        emit16(UInt16(0x80 | condition.code) &<< 8 | 0x0F)
        emit32(0)
        return cursor - 4
    }

    /// Jcc to code that is not written yet and within 127 bytes.
    @inline(__always)
    mutating func jccForwardShort(_ condition: Condition) -> Fixup {
        emit16(UInt16(0x70 | condition.code))
        return cursor - 1
    }

    /// JMP to code that is not written yet and may be far away.
    @inline(__always)
    mutating func jmpForward() -> Fixup {
        emit8(0xE9)
        emit32(0)
        return cursor - 4
    }

    /// CALL of code that is not written yet and may be far away.
    @inline(__always)
    mutating func callForward() -> Fixup {
        emit8(0xE8)
        emit32(0)
        return cursor - 4
    }

    /// JMP to code that is not written yet and within 127 bytes.
    @inline(__always)
    mutating func jmpForwardShort() -> Fixup {
        emit16(0x00EB)
        return cursor - 1
    }

    /// Jcc to known code, in the shortest form.
    @inline(__always)
    mutating func jcc(_ condition: Condition, to target: UnsafeMutablePointer<UInt8>) {
        let short = target - (cursor + 2)
        if short >= -128 && short <= 127 {
            emit8(0x70 | condition.code)
            emit8(UInt8(truncatingIfNeeded: short))
        } else {
            patch32(jccForward(condition), to: target)
        }
    }

    /// JMP to known code, in the shortest form.
    @inline(__always)
    mutating func jmp(to target: UnsafeMutablePointer<UInt8>) {
        let short = target - (cursor + 2)
        if short >= -128 && short <= 127 {
            emit8(0xEB)
            emit8(UInt8(truncatingIfNeeded: short))
        } else {
            patch32(jmpForward(), to: target)
        }
    }

    @inline(__always)
    mutating func call(to target: UnsafeMutablePointer<UInt8>) {
        emit8(0xE8)
        emit32(0)
        patch32(cursor - 4, to: target)
    }

    @inline(__always)
    mutating func jmp(_ target: GPR) { encode(0xFF, .dword, reg: 4, rm: target.code) }

    @inline(__always)
    mutating func jmp(_ target: Address) { encode(0xFF, .dword, reg: 4, target) }

    @inline(__always)
    mutating func call(_ target: GPR) { encode(0xFF, .dword, reg: 2, rm: target.code) }

    @inline(__always)
    mutating func call(_ target: Address) { encode(0xFF, .dword, reg: 2, target) }

    @inline(__always) mutating func ret() { emit8(0xC3) }
    @inline(__always) mutating func int3() { emit8(0xCC) }
    @inline(__always) mutating func ud2() { emit16(0x0B0F) }
    @inline(__always) mutating func pause() { emit16(0x90F3) }
    @inline(__always) mutating func mfence() { emit16(0xAE0F); emit8(0xF0) }

    @inline(__always)
    mutating func ldmxcsr(_ source: Address) { encode(0xAE, map: .escape0F, .dword, reg: 2, source) }

    @inline(__always)
    mutating func stmxcsr(_ destination: Address) { encode(0xAE, map: .escape0F, .dword, reg: 3, destination) }
}
