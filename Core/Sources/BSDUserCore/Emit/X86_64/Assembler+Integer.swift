/// The two-operand integer operations that share one encoding scheme, by their opcode extension.
enum ALUOperation: UInt8 {
    case add, or, adc, sbb, and, sub, xor, cmp
}

/// Shifts and rotates, by their opcode extension.
enum ShiftOperation: UInt8 {
    case rol = 0
    case ror = 1
    case rcl = 2
    case rcr = 3
    case shl = 4
    case shr = 5
    case sar = 7
}

/// One-operand operations of opcode F6/F7, by their opcode extension. The last four work on rdx:rax.
enum UnaryOperation: UInt8 {
    case not = 2
    case neg = 3
    case mul = 4
    case imul = 5
    case div = 6
    case idiv = 7
}

/// Arithmetic on general-purpose registers. Operands are in the manual's order: destination first.
extension Assembler {
    // MARK: ALU

    @inline(__always)
    mutating func alu(_ operation: ALUOperation, _ width: Width, _ destination: GPR, _ source: GPR) {
        encode(
            operation.rawValue &<< 3 | (width == .byte ? 2 : 3), width, reg: destination.code, rm: source.code,
            needsREX: width == .byte && (destination.code | source.code) >= 4)
    }

    @inline(__always)
    mutating func alu(_ operation: ALUOperation, _ width: Width, _ destination: GPR, _ source: Address) {
        encode(
            operation.rawValue &<< 3 | (width == .byte ? 2 : 3), width, reg: destination.code, source,
            needsREX: width == .byte && destination.code >= 4)
    }

    @inline(__always)
    mutating func alu(_ operation: ALUOperation, _ width: Width, _ destination: Address, _ source: GPR) {
        encode(
            operation.rawValue &<< 3 | (width == .byte ? 0 : 1), width, reg: source.code, destination,
            needsREX: width == .byte && source.code >= 4)
    }

    /// The immediate is sign-extended to the operand size.
    @inline(__always)
    mutating func alu(_ operation: ALUOperation, _ width: Width, _ destination: GPR, _ immediate: Int32) {
        if width == .byte {
            if destination == .rax {
                emit8(operation.rawValue &<< 3 | 4)
            } else {
                encode(
                    0x80, width, reg: operation.rawValue, rm: destination.code, needsREX: destination.code >= 4)
            }
            emit8(UInt8(truncatingIfNeeded: immediate))
        } else if immediate == Int32(Int8(truncatingIfNeeded: immediate)) {
            encode(0x83, width, reg: operation.rawValue, rm: destination.code)
            emit8(UInt8(truncatingIfNeeded: immediate))
        } else if destination == .rax {
            if width == .word { emit8(0x66) }
            if width == .qword { emit8(0x48) }
            emit8(operation.rawValue &<< 3 | 5)
            emitImmediate(width, immediate)
        } else {
            encode(0x81, width, reg: operation.rawValue, rm: destination.code)
            emitImmediate(width, immediate)
        }
    }

    @inline(__always)
    mutating func alu(_ operation: ALUOperation, _ width: Width, _ destination: Address, _ immediate: Int32) {
        let isShort = immediate == Int32(Int8(truncatingIfNeeded: immediate))
        encode(width == .byte ? 0x80 : isShort ? 0x83 : 0x81, width, reg: operation.rawValue, destination)
        if width == .byte || isShort {
            emit8(UInt8(truncatingIfNeeded: immediate))
        } else {
            emitImmediate(width, immediate)
        }
    }

    /// The immediate field of an operand of more than a byte: at most 32 bits.
    @inline(__always)
    private mutating func emitImmediate(_ width: Width, _ immediate: Int32) {
        if width == .word {
            emit16(UInt16(truncatingIfNeeded: immediate))
        } else {
            emit32(UInt32(bitPattern: immediate))
        }
    }

    @inline(__always)
    mutating func test(_ width: Width, _ first: GPR, _ second: GPR) {
        encode(
            width == .byte ? 0x84 : 0x85, width, reg: second.code, rm: first.code,
            needsREX: width == .byte && (first.code | second.code) >= 4)
    }

    @inline(__always)
    mutating func test(_ width: Width, _ first: GPR, _ immediate: Int32) {
        if first == .rax {
            if width == .word { emit8(0x66) }
            if width == .qword { emit8(0x48) }
            emit8(width == .byte ? 0xA8 : 0xA9)
        } else {
            encode(
                width == .byte ? 0xF6 : 0xF7, width, reg: 0, rm: first.code,
                needsREX: width == .byte && first.code >= 4)
        }
        if width == .byte { emit8(UInt8(truncatingIfNeeded: immediate)) } else { emitImmediate(width, immediate) }
    }

    @inline(__always)
    mutating func test(_ width: Width, _ first: Address, _ immediate: Int32) {
        encode(width == .byte ? 0xF6 : 0xF7, width, reg: 0, first)
        if width == .byte { emit8(UInt8(truncatingIfNeeded: immediate)) } else { emitImmediate(width, immediate) }
    }

    @inline(__always)
    mutating func unary(_ operation: UnaryOperation, _ width: Width, _ operand: GPR) {
        encode(
            width == .byte ? 0xF6 : 0xF7, width, reg: operation.rawValue, rm: operand.code,
            needsREX: width == .byte && operand.code >= 4)
    }

    @inline(__always)
    mutating func unary(_ operation: UnaryOperation, _ width: Width, _ operand: Address) {
        encode(width == .byte ? 0xF6 : 0xF7, width, reg: operation.rawValue, operand)
    }

    // MARK: Multiplication

    @inline(__always)
    mutating func imul(_ width: Width, _ destination: GPR, _ source: GPR) {
        encode(0xAF, map: .escape0F, width, reg: destination.code, rm: source.code)
    }

    @inline(__always)
    mutating func imul(_ width: Width, _ destination: GPR, _ source: Address) {
        encode(0xAF, map: .escape0F, width, reg: destination.code, source)
    }

    @inline(__always)
    mutating func imul(_ width: Width, _ destination: GPR, _ source: GPR, _ immediate: Int32) {
        let isShort = immediate == Int32(Int8(truncatingIfNeeded: immediate))
        encode(isShort ? 0x6B : 0x69, width, reg: destination.code, rm: source.code)
        if isShort { emit8(UInt8(truncatingIfNeeded: immediate)) } else { emitImmediate(width, immediate) }
    }

    /// high:low = rdx * source, flags untouched.
    @inline(__always)
    mutating func mulx(_ width: Width, high: GPR, low: GPR, _ source: GPR) {
        encodeVector(
            VectorOpcode(0xF6, .escape0F38, .prefixF2, vexW: width == .qword, evexW: false, operandLog2: 3),
            reg: high.code, vvvv: low.code, rm: source.code)
    }

    /// CDQ or CQO: the sign of (r/e)ax into (r/e)dx.
    @inline(__always)
    mutating func signExtendAccumulator(_ width: Width) {
        if width == .qword { emit8(0x48) }
        emit8(0x99)
    }

    // MARK: Shifts

    /// Shift or rotate by a constant.
    @inline(__always)
    mutating func shift(_ operation: ShiftOperation, _ width: Width, _ operand: GPR, _ count: UInt8) {
        let byteBit: UInt8 = width == .byte ? 0 : 1
        encode(
            (count == 1 ? 0xD0 : 0xC0) | byteBit, width, reg: operation.rawValue, rm: operand.code,
            needsREX: width == .byte && operand.code >= 4)
        if count != 1 { emit8(count) }
    }

    /// Shift or rotate by cl.
    @inline(__always)
    mutating func shiftByCL(_ operation: ShiftOperation, _ width: Width, _ operand: GPR) {
        encode(
            width == .byte ? 0xD2 : 0xD3, width, reg: operation.rawValue, rm: operand.code,
            needsREX: width == .byte && operand.code >= 4)
    }

    /// SHLX, SHRX, SARX: the count is taken modulo the width, flags untouched. `operation` is .shl, .shr or .sar.
    @inline(__always)
    mutating func shiftx(
        _ operation: ShiftOperation, _ width: Width, _ destination: GPR, _ source: GPR, count: GPR
    ) {
        let prefix: OpcodePrefix = operation == .shl ? .prefix66 : operation == .shr ? .prefixF2 : .prefixF3
        encodeVector(
            VectorOpcode(0xF7, .escape0F38, prefix, vexW: width == .qword, evexW: false, operandLog2: 3),
            reg: destination.code, vvvv: count.code, rm: source.code)
    }

    @inline(__always)
    mutating func rorx(_ width: Width, _ destination: GPR, _ source: GPR, _ count: UInt8) {
        encodeVector(
            VectorOpcode(0xF0, .escape0F3A, .prefixF2, vexW: width == .qword, evexW: false, operandLog2: 3),
            reg: destination.code, rm: source.code)
        emit8(count)
    }

    /// destination = the upper half of (destination:source) << count.
    @inline(__always)
    mutating func shld(_ width: Width, _ destination: GPR, _ source: GPR, _ count: UInt8) {
        encode(0xA4, map: .escape0F, width, reg: source.code, rm: destination.code)
        emit8(count)
    }

    /// destination = the lower half of (source:destination) >> count.
    @inline(__always)
    mutating func shrd(_ width: Width, _ destination: GPR, _ source: GPR, _ count: UInt8) {
        encode(0xAC, map: .escape0F, width, reg: source.code, rm: destination.code)
        emit8(count)
    }

    // MARK: Bits

    @inline(__always)
    mutating func lzcnt(_ width: Width, _ destination: GPR, _ source: GPR) {
        encode(0xBD, map: .escape0F, prefix: .prefixF3, width, reg: destination.code, rm: source.code)
    }

    @inline(__always)
    mutating func tzcnt(_ width: Width, _ destination: GPR, _ source: GPR) {
        encode(0xBC, map: .escape0F, prefix: .prefixF3, width, reg: destination.code, rm: source.code)
    }

    @inline(__always)
    mutating func popcnt(_ width: Width, _ destination: GPR, _ source: GPR) {
        encode(0xB8, map: .escape0F, prefix: .prefixF3, width, reg: destination.code, rm: source.code)
    }

    @inline(__always)
    mutating func bswap(_ width: Width, _ operand: GPR) {
        let rex = (width == .qword ? 0x48 : 0) | (operand.code >= 8 ? 0x41 : 0)
        if rex != 0 { emit8(UInt8(rex)) }
        emit8(0x0F)
        emit8(0xC8 | operand.code & 7)
    }

    /// destination = ~inverted & source.
    @inline(__always)
    mutating func andn(_ width: Width, _ destination: GPR, inverted: GPR, _ source: GPR) {
        encodeVector(
            VectorOpcode(0xF2, .escape0F38, .none, vexW: width == .qword, evexW: false, operandLog2: 3),
            reg: destination.code, vvvv: inverted.code, rm: source.code)
    }

    /// Extracts the bit field that `control` names: start in bits 0-7, length in bits 8-15.
    @inline(__always)
    mutating func bextr(_ width: Width, _ destination: GPR, _ source: GPR, control: GPR) {
        encodeVector(
            VectorOpcode(0xF7, .escape0F38, .none, vexW: width == .qword, evexW: false, operandLog2: 3),
            reg: destination.code, vvvv: control.code, rm: source.code)
    }

    /// Clears the bits of `source` from position `index` (low 8 bits) upwards.
    @inline(__always)
    mutating func bzhi(_ width: Width, _ destination: GPR, _ source: GPR, index: GPR) {
        encodeVector(
            VectorOpcode(0xF5, .escape0F38, .none, vexW: width == .qword, evexW: false, operandLog2: 3),
            reg: destination.code, vvvv: index.code, rm: source.code)
    }

    @inline(__always)
    mutating func pext(_ width: Width, _ destination: GPR, _ source: GPR, mask: GPR) {
        encodeVector(
            VectorOpcode(0xF5, .escape0F38, .prefixF3, vexW: width == .qword, evexW: false, operandLog2: 3),
            reg: destination.code, vvvv: source.code, rm: mask.code)
    }

    @inline(__always)
    mutating func pdep(_ width: Width, _ destination: GPR, _ source: GPR, mask: GPR) {
        encodeVector(
            VectorOpcode(0xF5, .escape0F38, .prefixF2, vexW: width == .qword, evexW: false, operandLog2: 3),
            reg: destination.code, vvvv: source.code, rm: mask.code)
    }

    /// CF = the bit.
    @inline(__always)
    mutating func bt(_ width: Width, _ operand: GPR, _ bit: UInt8) {
        encode(0xBA, map: .escape0F, width, reg: 4, rm: operand.code)
        emit8(bit)
    }

    @inline(__always)
    mutating func bt(_ width: Width, _ operand: GPR, bit: GPR) {
        encode(0xA3, map: .escape0F, width, reg: bit.code, rm: operand.code)
    }

    @inline(__always)
    mutating func bts(_ width: Width, _ operand: GPR, _ bit: UInt8) {
        encode(0xBA, map: .escape0F, width, reg: 5, rm: operand.code)
        emit8(bit)
    }

    @inline(__always)
    mutating func btr(_ width: Width, _ operand: GPR, _ bit: UInt8) {
        encode(0xBA, map: .escape0F, width, reg: 6, rm: operand.code)
        emit8(bit)
    }

    // MARK: Conditions

    @inline(__always)
    mutating func setcc(_ condition: Condition, _ destination: GPR) {
        encode(
            0x90 | condition.code, map: .escape0F, .byte, reg: 0, rm: destination.code,
            needsREX: destination.code >= 4)
    }

    @inline(__always)
    mutating func setcc(_ condition: Condition, _ destination: Address) {
        encode(0x90 | condition.code, map: .escape0F, .byte, reg: 0, destination)
    }

    @inline(__always)
    mutating func cmov(_ condition: Condition, _ width: Width, _ destination: GPR, _ source: GPR) {
        encode(0x40 | condition.code, map: .escape0F, width, reg: destination.code, rm: source.code)
    }

    @inline(__always)
    mutating func cmov(_ condition: Condition, _ width: Width, _ destination: GPR, _ source: Address) {
        encode(0x40 | condition.code, map: .escape0F, width, reg: destination.code, source)
    }

    @inline(__always) mutating func clc() { emit8(0xF8) }
    @inline(__always) mutating func stc() { emit8(0xF9) }
    @inline(__always) mutating func cmc() { emit8(0xF5) }
    @inline(__always) mutating func lahf() { emit8(0x9F) }
    @inline(__always) mutating func sahf() { emit8(0x9E) }
}
