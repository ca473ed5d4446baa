/// Integer arithmetic, logic, shifts and bit fields.
extension BlockEmitter {
    @inline(__always)
    func alu(_ operation: ALUOperation, _ width: Width, _ destination: GPR, _ source: RegisterOrMemory) {
        switch source {
        case .register(let register): assembler.alu(operation, width, destination, register)
        case .memory(let address): assembler.alu(operation, width, destination, address)
        }
    }

    @inline(__always)
    func move(_ width: Width, _ destination: GPR, _ source: RegisterOrMemory) {
        switch source {
        case .register(let register):
            if register != destination { assembler.mov(width, destination, register) }
        case .memory(let address): assembler.loadZeroExtended(width, destination, address)
        }
    }

    @inline(__always)
    func mask(_ operand: RegisterOrMemory) -> UInt64 {
        if case .register(let register) = operand { return BlockEmitter.mask(register) }
        return 0
    }

    @inline(__always)
    private func register(_ operand: RegisterOrMemory) -> GPR? {
        if case .register(let register) = operand { return register }
        return nil
    }

    // MARK: Addition and logic

    func lowerAdd(_ operation: Operation) {
        if let a = constant(operation.a), let b = constant(operation.b) {
            makeConstant(a &+ b)
        } else if constant(operation.a) != nil {
            add(operation.b, operation.a, operation.type)
        } else {
            add(operation.a, operation.b, operation.type)
        }
    }

    private func add(_ a: UInt32, _ b: UInt32, _ type: ValueType) {
        let width = width(type)
        if let addend = immediate(b, width) {
            addImmediate(a, addend, type)
            return
        }
        let first = useOperand(a)
        let second = useOperand(b)
        if let firstRegister = register(first), let secondRegister = register(second) {
            let destination = defineGPR(prefer: firstRegister)
            if destination == firstRegister {
                assembler.alu(.add, width, destination, secondRegister)
            } else if destination == secondRegister {
                assembler.alu(.add, width, destination, firstRegister)
            } else if firstRegister == .rbp || firstRegister == .r13 {
                // These bases need a displacement; as an index they do not.
                assembler.lea(width, destination, Address(secondRegister, index: firstRegister))
            } else {
                assembler.lea(width, destination, Address(firstRegister, index: secondRegister))
            }
            return
        }
        commutative(.add, width, first, second)
    }

    private func addImmediate(_ a: UInt32, _ addend: Int32, _ type: ValueType) {
        let width = width(type)
        if addend == 0 {
            makeAlias(of: a)
            return
        }
        let source = useOperand(a)
        let destination = defineGPR(prefer: register(source))
        if let register = register(source), register != destination {
            assembler.lea(width, destination, Address(register, addend))
        } else {
            move(width, destination, source)
            assembler.alu(.add, width, destination, addend)
        }
    }

    /// destination = first op second, for operands that may change places; at most one is in memory, or both are.
    private func commutative(
        _ operation: ALUOperation, _ width: Width, _ first: RegisterOrMemory, _ second: RegisterOrMemory
    ) {
        let destination = defineGPR(prefer: register(first) ?? register(second))
        if register(second) == destination {
            alu(operation, width, destination, first)
        } else {
            move(width, destination, first)
            alu(operation, width, destination, second)
        }
    }

    func lowerSub(_ operation: Operation) {
        let width = width(operation.type)
        if let a = constant(operation.a), let b = constant(operation.b) {
            makeConstant(a &- b)
            return
        }
        if let subtrahend = immediate(operation.b, width), subtrahend != Int32.min {
            addImmediate(operation.a, -subtrahend, operation.type)
            return
        }
        if constant(operation.a) == 0 {
            let source = useOperand(operation.b)
            let destination = defineGPR(prefer: register(source))
            move(width, destination, source)
            assembler.unary(.neg, width, destination)
            return
        }
        let first = useOperand(operation.a)
        let second = useOperand(operation.b)
        let destination = defineGPR(prefer: register(first), avoiding: overlap(first, second))
        move(width, destination, first)
        alu(.sub, width, destination, second)
    }

    /// The register of `second` must not become the destination, unless it is that of `first` too.
    @inline(__always)
    private func overlap(_ first: RegisterOrMemory, _ second: RegisterOrMemory) -> UInt64 {
        mask(second) & ~mask(first)
    }

    func lowerLogic(_ operation: Operation) {
        let width = width(operation.type)
        var (a, b) = (operation.a, operation.b)
        if let first = constant(a) {
            if let second = constant(b) {
                makeConstant(fold(operation.opcode, first, second))
                return
            }
            swap(&a, &b)
        }
        if let value = immediate(b, width) {
            logicImmediate(operation, a, value)
            return
        }
        if resolve(a) == resolve(b) {
            if operation.opcode == .xor { makeConstant(0) } else { makeAlias(of: a) }
            return
        }
        let kind: ALUOperation = operation.opcode == .and ? .and : operation.opcode == .or ? .or : .xor
        let first = useOperand(a)
        let second = useOperand(b)
        commutative(kind, width, first, second)
    }

    private func fold(_ opcode: Opcode, _ a: Int64, _ b: Int64) -> Int64 {
        switch opcode {
        case .and: a & b
        case .or: a | b
        default: a ^ b
        }
    }

    private func logicImmediate(_ operation: Operation, _ a: UInt32, _ value: Int32) {
        let width = width(operation.type)
        switch operation.opcode {
        case .and:
            andImmediate(a, value, width)
            return
        default:
            if value == 0 {
                makeAlias(of: a)
                return
            }
        }
        let source = useOperand(a)
        let destination = defineGPR(prefer: register(source))
        move(width, destination, source)
        if operation.opcode == .xor && value == -1 {
            assembler.unary(.not, width, destination)
        } else {
            assembler.alu(operation.opcode == .or ? .or : .xor, width, destination, value)
        }
    }

    private func andImmediate(_ a: UInt32, _ value: Int32, _ width: Width) {
        if value == 0 {
            makeConstant(0)
            return
        }
        if value == -1 {
            makeAlias(of: a)
            return
        }
        if value == 0xFF || value == 0xFFFF {
            zeroExtend(a, value == 0xFF ? .byte : .word)
            return
        }
        let source = useOperand(a)
        let destination = defineGPR(prefer: register(source))
        // A mask without the sign bit clears the upper half anyway: the shorter form does.
        let effective: Width = value >= 0 ? .dword : width
        move(effective, destination, source)
        assembler.alu(.and, effective, destination, value)
    }

    func lowerAndNot(_ operation: Operation) {
        let width = width(operation.type)
        if let b = constant(operation.b) {
            let mask = ~b
            if let a = constant(operation.a) {
                makeConstant(a & mask)
                return
            }
            if width == .dword || Int64(Int32(truncatingIfNeeded: mask)) == mask {
                andImmediate(operation.a, Int32(truncatingIfNeeded: mask), width)
                return
            }
        }
        let a = useGPR(operation.a)
        let b = useGPR(operation.b)
        assembler.andn(width, defineGPR(prefer: a), inverted: b, a)
    }

    // MARK: Multiplication and division

    func lowerMul(_ operation: Operation) {
        if values[current].traits.contains(.precomputed) { return }
        let width = width(operation.type)
        if let a = constant(operation.a), let b = constant(operation.b) {
            makeConstant(a &* b)
            return
        }
        if let partner = partner(operation, .mulHighSigned) ?? partner(operation, .mulHighUnsigned) {
            multiplyWide(operation, isSigned: operations[partner].opcode == .mulHighSigned)
            own(HostRegister(.rax), current)
            adopt(partner, .rdx)
            return
        }
        var (a, b) = (operation.a, operation.b)
        if constant(a) != nil { swap(&a, &b) }
        if let factor = immediate(b, width) {
            let source = useGPR(a)
            assembler.imul(width, defineGPR(prefer: source), source, factor)
            return
        }
        let first = useOperand(a)
        let second = useOperand(b)
        let destination = defineGPR(prefer: register(first) ?? register(second))
        let other: RegisterOrMemory
        if register(second) == destination {
            other = first
        } else {
            move(width, destination, first)
            other = second
        }
        switch other {
        case .register(let register): assembler.imul(width, destination, register)
        case .memory(let address): assembler.imul(width, destination, address)
        }
    }

    func lowerMulHigh(_ operation: Operation) {
        if values[current].traits.contains(.precomputed) { return }
        multiplyWide(operation, isSigned: operation.opcode == .mulHighSigned)
        own(HostRegister(.rdx), current)
        if let partner = partner(operation, .mul) { adopt(partner, .rax) }
    }

    /// rdx:rax = a * b.
    private func multiplyWide(_ operation: Operation, isSigned: Bool) {
        let width = width(operation.type)
        let fixed = BlockEmitter.mask(GPR.rax) | BlockEmitter.mask(GPR.rdx)
        vacateAccumulators()
        var a = useGPR(operation.a, avoiding: fixed & ~BlockEmitter.mask(GPR.rax))
        var b = useGPR(operation.b, avoiding: fixed & ~mask(.register(a)))
        if b == .rax { swap(&a, &b) }
        if a != .rax { assembler.mov(.qword, .rax, a) }
        release(HostRegister(.rax))
        release(HostRegister(.rdx))
        assembler.unary(isSigned ? .imul : .mul, width, b)
    }

    func lowerDivide(_ operation: Operation) {
        if values[current].traits.contains(.precomputed) { return }
        let isSigned = operation.opcode == .divSigned || operation.opcode == .remSigned
        let isQuotient = operation.opcode == .divSigned || operation.opcode == .divUnsigned
        let width = width(operation.type)
        let fixed = BlockEmitter.mask(GPR.rax) | BlockEmitter.mask(GPR.rdx)
        vacateAccumulators()
        let divisorConstant = constant(operation.b)
        let dividend = useGPR(operation.a, avoiding: BlockEmitter.mask(GPR.rdx))
        let divisor = useGPR(operation.b, avoiding: fixed)
        if dividend != .rax { assembler.mov(.qword, .rax, dividend) }
        release(HostRegister(.rax))
        release(HostRegister(.rdx))
        divide(width, isSigned: isSigned, divisor, divisorConstant)
        own(HostRegister(isQuotient ? .rax : .rdx), current)
        let other: Opcode
        switch operation.opcode {
        case .divSigned: other = .remSigned
        case .divUnsigned: other = .remUnsigned
        case .remSigned: other = .divSigned
        default: other = .divUnsigned
        }
        if let partner = partner(operation, other) { adopt(partner, isQuotient ? .rdx : .rax) }
    }

    /// rax = rdx:rax / divisor, rdx = the remainder; divisors at which the host would trap take a cold path.
    private func divide(_ width: Width, isSigned: Bool, _ divisor: GPR, _ constant: Int64?) {
        let value = constant.map { width == .dword ? Int64(Int32(truncatingIfNeeded: $0)) : $0 }
        var cold: ColdPath?
        if isSigned {
            if value == nil || value == 0 || value == -1 {
                assembler.lea(width, .rdx, Address(divisor, 1))
                assembler.alu(.cmp, width, .rdx, 1)
                cold = ColdPath(.divideSigned, entry: assembler.jccForward(.belowOrEqual))
            }
            assembler.signExtendAccumulator(width)
            assembler.unary(.idiv, width, divisor)
        } else {
            if value == nil || value == 0 {
                assembler.test(width, divisor, divisor)
                cold = ColdPath(.divideUnsigned, entry: assembler.jccForward(.equal))
            }
            assembler.zero(.rdx)
            assembler.unary(.div, width, divisor)
        }
        guard var cold else { return }
        cold.first = HostRegister(divisor)
        cold.width = width
        addCold(cold)
    }

    /// An operation nearby that wants the other half of what the current one computes.
    private func partner(_ operation: Operation, _ opcode: Opcode) -> Int? {
        var index = current + 1
        let end = min(count, current + 8)
        while index < end {
            let candidate = operations[index]
            switch candidate.opcode {
            case .put, .mark, .get: break
            default:
                if !opcodeTraits[Int(candidate.opcode.rawValue)].effects.isEmpty { return nil }
            }
            if candidate.opcode == opcode && candidate.type == operation.type
                && resolve(candidate.a) == resolve(operation.a)
                && resolve(candidate.b) == resolve(operation.b) && !values[index].traits.contains(.dead)
            {
                return index
            }
            index += 1
        }
        return nil
    }

    private func adopt(_ value: Int, _ register: GPR) {
        values[value].traits.insert(.precomputed)
        own(HostRegister(register), value)
    }

    // MARK: Shifts

    func lowerShift(_ operation: Operation) {
        let width = width(operation.type)
        let kind: ShiftOperation =
            operation.opcode == .shiftLeft ? .shl : operation.opcode == .shiftRight ? .shr : .sar
        guard let amount = constant(operation.b) else {
            let source = useGPR(operation.a)
            let count = useGPR(operation.b)
            assembler.shiftx(kind, width, defineGPR(prefer: source), source, count: count)
            return
        }
        let count = UInt8(truncatingIfNeeded: amount & (width == .dword ? 31 : 63))
        if let value = constant(operation.a) {
            makeConstant(fold(kind, width, value, count))
        } else if count == 0 {
            makeAlias(of: operation.a)
        } else {
            let source = useOperand(operation.a)
            let destination = defineGPR(prefer: register(source))
            move(width, destination, source)
            assembler.shift(kind, width, destination, count)
        }
    }

    private func fold(_ kind: ShiftOperation, _ width: Width, _ value: Int64, _ count: UInt8) -> Int64 {
        if width == .dword {
            let low = Int32(truncatingIfNeeded: value)
            switch kind {
            case .shl: return Int64(low &<< Int32(count))
            case .shr: return Int64(UInt32(bitPattern: low) &>> UInt32(count))
            default: return Int64(low &>> Int32(count))
            }
        }
        switch kind {
        case .shl: return value &<< Int64(count)
        case .shr: return Int64(bitPattern: UInt64(bitPattern: value) &>> UInt64(count))
        default: return value &>> Int64(count)
        }
    }

    func lowerRotate(_ operation: Operation) {
        let width = width(operation.type)
        if let amount = constant(operation.b) {
            let count = UInt8(truncatingIfNeeded: amount & (width == .dword ? 31 : 63))
            if count == 0 {
                makeAlias(of: operation.a)
                return
            }
            let source = useGPR(operation.a)
            assembler.rorx(width, defineGPR(prefer: source), source, count)
            return
        }
        let counter = GPR.rcx
        vacate(HostRegister(counter))
        let count = useGPR(operation.b)
        let source = useGPR(operation.a, avoiding: count == counter ? 0 : BlockEmitter.mask(counter))
        if count != counter { assembler.mov(.dword, counter, count) }
        release(HostRegister(counter))
        lock(HostRegister(counter))
        let destination = defineGPR(avoiding: BlockEmitter.mask(counter))
        if destination != source { assembler.mov(width, destination, source) }
        assembler.shiftByCL(.ror, width, destination)
    }

    // MARK: Bits

    func lowerCountLeadingZeros(_ operation: Operation) {
        let source = useGPR(operation.a)
        assembler.lzcnt(width(operation.type), defineGPR(prefer: source), source)
    }

    func lowerByteSwap(_ operation: Operation) {
        let width = width(operation.type)
        let source = useOperand(operation.a)
        let destination = defineGPR(prefer: register(source))
        if case .memory(let address) = source {
            assembler.loadSwapped(width, destination, address)
            return
        }
        move(width, destination, source)
        assembler.bswap(width, destination)
    }

    func lowerExtension(_ operation: Operation) {
        if let value = constant(operation.a) {
            makeConstant(extend(operation.opcode, value))
            return
        }
        let isSpare =
            operation.opcode == .signExtend32 && !values[current].traits.contains(.upperNeeded)
            || operation.opcode == .zeroExtend32 && isZeroExtended(operation.a)
        if isSpare {
            makeAlias(of: operation.a)
            return
        }
        switch operation.opcode {
        case .zeroExtend8: zeroExtend(operation.a, .byte)
        case .zeroExtend16: zeroExtend(operation.a, .word)
        case .zeroExtend32: zeroExtend(operation.a, .dword)
        case .signExtend8: signExtend(operation.a, .byte)
        case .signExtend16: signExtend(operation.a, .word)
        default: signExtend(operation.a, .dword)
        }
    }

    private func extend(_ opcode: Opcode, _ value: Int64) -> Int64 {
        switch opcode {
        case .zeroExtend8: Int64(UInt8(truncatingIfNeeded: value))
        case .zeroExtend16: Int64(UInt16(truncatingIfNeeded: value))
        case .zeroExtend32: Int64(UInt32(truncatingIfNeeded: value))
        case .signExtend8: Int64(Int8(truncatingIfNeeded: value))
        case .signExtend16: Int64(Int16(truncatingIfNeeded: value))
        default: Int64(Int32(truncatingIfNeeded: value))
        }
    }

    func zeroExtend(_ operand: UInt32, _ from: Width) {
        switch useOperand(operand) {
        case .register(let source): assembler.movzx(defineGPR(prefer: source), from: from, source)
        case .memory(let address): assembler.loadZeroExtended(from, defineGPR(), address)
        }
    }

    func signExtend(_ operand: UInt32, _ from: Width) {
        let width = width(operations[current].type)
        if from == .dword && (width == .dword || isSignExtended(operand)) {
            makeAlias(of: operand)
            return
        }
        switch useOperand(operand) {
        case .register(let source): assembler.movsx(width, defineGPR(prefer: source), from: from, source)
        case .memory(let address): assembler.loadSignExtended(width, defineGPR(), from: from, address)
        }
    }

    /// Whether the 64 bits of a value's register are known to be the extension of its low 32.
    private func isSignExtended(_ operand: UInt32) -> Bool {
        guard let value = definition(resolve(operand)) else { return false }
        let operation = operations[value]
        switch operation.opcode {
        case .compare, .condition, .floatCompare, .zeroExtend8, .zeroExtend16: return true
        case .signExtend32: return operation.type == .i64
        case .shiftRight:
            // A 32-bit shift clears the upper half, and a count above 0 clears bit 31.
            return operation.type == .i32 && (constant(operation.b).map { $0 & 31 != 0 } ?? false)
        default: return false
        }
    }

    func lowerExtract(_ operation: Operation) {
        let bits = operation.type.bits
        let lsb = Int(operation.b & 0xFF)
        let length = Int(operation.b >> 8 & 0xFF)
        let width = width(operation.type)
        if lsb + length >= bits {
            if lsb == 0 {
                makeAlias(of: operation.a)
                return
            }
            let source = useOperand(operation.a)
            let destination = defineGPR(prefer: register(source))
            move(width, destination, source)
            assembler.shift(.shr, width, destination, UInt8(truncatingIfNeeded: lsb))
            return
        }
        if lsb == 0, let from = wholeWidth(length) {
            zeroExtend(operation.a, from)
            return
        }
        let source = useGPR(operation.a)
        let destination = defineGPR(prefer: source)
        if length > 32 {
            if destination != source { assembler.mov(.qword, destination, source) }
            if lsb + length < 64 { assembler.shift(.shl, .qword, destination, UInt8(64 - lsb - length)) }
            assembler.shift(.shr, .qword, destination, UInt8(64 - length))
            return
        }
        if lsb > 0 {
            assembler.rorx(width, destination, source, UInt8(truncatingIfNeeded: lsb))
        } else if destination != source {
            assembler.mov(.dword, destination, source)
        }
        if let from = wholeWidth(length) {
            assembler.movzx(destination, from: from, destination)
        } else {
            assembler.alu(.and, .dword, destination, Int32(truncatingIfNeeded: (1 << length) - 1))
        }
    }

    private func wholeWidth(_ length: Int) -> Width? {
        switch length {
        case 8: .byte
        case 16: .word
        case 32: .dword
        default: nil
        }
    }

    func lowerInsert(_ operation: Operation) {
        let width = width(operation.type)
        let bits = operation.type.bits
        let lsb = Int(operation.c & 0xFF)
        let length = Int(operation.c >> 8 & 0xFF)
        if length >= bits {
            makeAlias(of: operation.b)
            return
        }
        let field = (Int64(1) << Int64(length) &- 1) << Int64(lsb)
        if constant(operation.b) == 0 && (width == .dword || Int64(Int32(truncatingIfNeeded: ~field)) == ~field) {
            andImmediate(operation.a, Int32(truncatingIfNeeded: ~field), width)
            return
        }
        // Rotate the field to the bottom, shift the new bits in from the top, rotate them into place.
        let replacement = useGPR(operation.b)
        let source = useGPR(operation.a)
        let destination = defineGPR(prefer: source, avoiding: BlockEmitter.mask(replacement))
        if lsb > 0 {
            assembler.rorx(width, destination, source, UInt8(truncatingIfNeeded: lsb))
        } else if destination != source {
            assembler.mov(width, destination, source)
        }
        assembler.shrd(width, destination, replacement, UInt8(truncatingIfNeeded: length))
        if lsb + length < bits {
            assembler.rorx(width, destination, destination, UInt8(truncatingIfNeeded: bits - lsb - length))
        }
    }
}
