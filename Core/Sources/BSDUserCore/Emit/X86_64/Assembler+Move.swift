/// Moves between general-purpose registers and memory, and atomic operations on memory.
extension Assembler {
    // MARK: Registers and constants

    @inline(__always)
    mutating func mov(_ width: Width, _ destination: GPR, _ source: GPR) {
        encode(
            width == .byte ? 0x8A : 0x8B, width, reg: destination.code, rm: source.code,
            needsREX: width == .byte && (destination.code | source.code) >= 4)
    }

    /// Loads a constant by the shortest MOV; flags stay.
    @inline(__always)
    mutating func mov(_ destination: GPR, constant: UInt64) {
        let low = destination.code & 7
        let rexB = destination.code &>> 3
        if constant >> 32 == 0 {
            if rexB != 0 { emit8(0x41) }
            emit8(0xB8 | low)
            emit32(UInt32(truncatingIfNeeded: constant))
        } else if Int64(bitPattern: constant) == Int64(Int32(truncatingIfNeeded: constant)) {
            emit8(0x48 | rexB)
            emit8(0xC7)
            emit8(0xC0 | low)
            emit32(UInt32(truncatingIfNeeded: constant))
        } else {
            movImmediate64(destination, constant)
        }
    }

    /// MOV of an immediate of 64 bits, in ten bytes whatever it is.
    @inline(__always)
    mutating func movImmediate64(_ destination: GPR, _ immediate: UInt64) {
        emit8(0x48 | destination.code &>> 3)
        emit8(0xB8 | destination.code & 7)
        emit64(immediate)
    }

    /// destination = 0, by XOR: flags are lost.
    @inline(__always)
    mutating func zero(_ destination: GPR) { alu(.xor, .dword, destination, destination) }

    /// MOVZX from a byte or word; MOV of 32 bits clears the upper half.
    @inline(__always)
    mutating func movzx(_ destination: GPR, from width: Width, _ source: GPR) {
        switch width {
        case .byte:
            encode(0xB6, map: .escape0F, .dword, reg: destination.code, rm: source.code, needsREX: source.code >= 4)
        case .word: encode(0xB7, map: .escape0F, .dword, reg: destination.code, rm: source.code)
        case .dword, .qword: mov(width, destination, source)
        }
    }

    @inline(__always)
    mutating func movsx(_ width: Width, _ destination: GPR, from sourceWidth: Width, _ source: GPR) {
        switch sourceWidth {
        case .byte:
            encode(0xBE, map: .escape0F, width, reg: destination.code, rm: source.code, needsREX: source.code >= 4)
        case .word: encode(0xBF, map: .escape0F, width, reg: destination.code, rm: source.code)
        case .dword, .qword:
            if width == .qword && sourceWidth == .dword {
                encode(0x63, .qword, reg: destination.code, rm: source.code)
            } else {
                mov(width, destination, source)
            }
        }
    }

    @inline(__always)
    mutating func xchg(_ width: Width, _ first: GPR, _ second: GPR) {
        encode(
            width == .byte ? 0x86 : 0x87, width, reg: first.code, rm: second.code,
            needsREX: width == .byte && (first.code | second.code) >= 4)
    }

    @inline(__always)
    mutating func lea(_ width: Width, _ destination: GPR, _ address: Address) {
        encode(0x8D, width, reg: destination.code, address)
    }

    // MARK: Loads and stores

    /// Loads a value of `width` and clears the rest of the register.
    @inline(__always)
    mutating func loadZeroExtended(_ width: Width, _ destination: GPR, _ source: Address) {
        switch width {
        case .byte: encode(0xB6, map: .escape0F, .dword, reg: destination.code, source)
        case .word: encode(0xB7, map: .escape0F, .dword, reg: destination.code, source)
        case .dword, .qword: encode(0x8B, width, reg: destination.code, source)
        }
    }

    /// Loads rax from any address, or stores it there: the forms of MOV with an offset of 64 bits (Intel SDM volume 2B).
    mutating func loadRAX(absolute address: UInt64) { movRAX(0xA1, address) }
    mutating func storeRAX(absolute address: UInt64) { movRAX(0xA3, address) }

    private mutating func movRAX(_ opcode: UInt8, _ address: UInt64) {
        emit8(0x48)
        emit8(opcode)
        emit64(address)
    }

    /// Loads a value of `sourceWidth` and extends its sign to `width` (which clears the upper half if 32 bits).
    @inline(__always)
    mutating func loadSignExtended(
        _ width: Width, _ destination: GPR, from sourceWidth: Width, _ source: Address
    ) {
        switch sourceWidth {
        case .byte: encode(0xBE, map: .escape0F, width, reg: destination.code, source)
        case .word: encode(0xBF, map: .escape0F, width, reg: destination.code, source)
        case .dword, .qword:
            if width == .qword && sourceWidth == .dword {
                encode(0x63, .qword, reg: destination.code, source)
            } else {
                encode(0x8B, width, reg: destination.code, source)
            }
        }
    }

    @inline(__always)
    mutating func store(_ width: Width, _ destination: Address, _ source: GPR) {
        encode(
            width == .byte ? 0x88 : 0x89, width, reg: source.code, destination,
            needsREX: width == .byte && source.code >= 4)
    }

    /// The immediate is sign-extended to the operand size.
    @inline(__always)
    mutating func store(_ width: Width, _ destination: Address, immediate: Int32) {
        encode(width == .byte ? 0xC6 : 0xC7, width, reg: 0, destination)
        switch width {
        case .byte: emit8(UInt8(truncatingIfNeeded: immediate))
        case .word: emit16(UInt16(truncatingIfNeeded: immediate))
        case .dword, .qword: emit32(UInt32(bitPattern: immediate))
        }
    }

    /// MOVBE load of 16 (the upper part of the register stays), 32 or 64 bits.
    @inline(__always)
    mutating func loadSwapped(_ width: Width, _ destination: GPR, _ source: Address) {
        encode(0xF0, map: .escape0F38, width, reg: destination.code, source)
    }

    /// MOVBE store of 16, 32 or 64 bits.
    @inline(__always)
    mutating func storeSwapped(_ width: Width, _ destination: Address, _ source: GPR) {
        encode(0xF1, map: .escape0F38, width, reg: source.code, destination)
    }

    // MARK: Stack

    @inline(__always)
    mutating func push(_ source: GPR) {
        if source.code >= 8 { emit8(0x41) }
        emit8(0x50 | source.code & 7)
    }

    @inline(__always)
    mutating func pop(_ destination: GPR) {
        if destination.code >= 8 { emit8(0x41) }
        emit8(0x58 | destination.code & 7)
    }

    // MARK: Atomic operations

    /// Exchanges register and memory; always locked.
    @inline(__always)
    mutating func xchg(_ width: Width, _ memory: Address, _ register: GPR) {
        encode(
            width == .byte ? 0x86 : 0x87, width, reg: register.code, memory,
            needsREX: width == .byte && register.code >= 4)
    }

    /// LOCK CMPXCHG: if memory equals (r/e)ax then memory = replacement, else (r/e)ax = memory; ZF tells which.
    @inline(__always)
    mutating func lockCmpxchg(_ width: Width, _ memory: Address, _ replacement: GPR) {
        emit8(0xF0)
        encode(
            width == .byte ? 0xB0 : 0xB1, map: .escape0F, width, reg: replacement.code, memory,
            needsREX: width == .byte && replacement.code >= 4)
    }

    /// LOCK CMPXCHG16B: rdx:rax against memory, rcx:rbx as the replacement.
    @inline(__always)
    mutating func lockCmpxchg16b(_ memory: Address) {
        emit8(0xF0)
        encode(0xC7, map: .escape0F, .qword, reg: 1, memory)
    }

    /// LOCK XADD: memory += register, register = the old value.
    @inline(__always)
    mutating func lockXadd(_ width: Width, _ memory: Address, _ register: GPR) {
        emit8(0xF0)
        encode(
            width == .byte ? 0xC0 : 0xC1, map: .escape0F, width, reg: register.code, memory,
            needsREX: width == .byte && register.code >= 4)
    }

    @inline(__always)
    mutating func lockALU(_ operation: ALUOperation, _ width: Width, _ memory: Address, _ source: GPR) {
        emit8(0xF0)
        alu(operation, width, memory, source)
    }

    @inline(__always)
    mutating func lockALU(_ operation: ALUOperation, _ width: Width, _ memory: Address, _ immediate: Int32) {
        emit8(0xF0)
        alu(operation, width, memory, immediate)
    }

    /// Orders earlier stores before later loads, by a locked operation that changes nothing in a place of the thread's own: it takes
    /// a quarter of MFENCE's time.
    @inline(__always)
    mutating func storeLoadFence(_ place: Address) { lockALU(.or, .dword, place, 0) }
}
