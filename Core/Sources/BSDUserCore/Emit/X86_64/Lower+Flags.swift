/// Operations that make flags, and the conditions that read them. `FlagAnalysis` says how each is emitted.
extension BlockEmitter {
    // MARK: The host's flags

    /// Whether the host's flags are those of the operation `value`.
    @inline(__always)
    func flagsAreHeld(_ value: Int) -> Bool {
        value >= 0 && heldFlags == value && heldFlagsEnd == assembler.position
    }

    func holdFlags(_ value: Int) {
        heldFlags = value
        heldFlagsEnd = assembler.position
    }

    /// Begins moves of values between the flags that `condition` may find held and their use.
    func beginBesideFlags(_ condition: UInt32) { keepsFlags = flagsAreHeld(heldFlags) }

    func endBesideFlags() {
        if keepsFlags { heldFlagsEnd = assembler.position }
        keepsFlags = false
    }

    // MARK: Making flags

    func lowerFlags(_ operation: Operation) {
        let traits = values[current].traits
        if operation.opcode == .floatCompareFlags {
            lowerFloatCompareFlags(operation)
            return
        }
        // Made by the conditions that read them, or another name of a number.
        guard traits.contains(.packed) || traits.contains(.precomputed) else { return }
        if !traits.contains(.precomputed) {
            emitFlags(current)
        } else if !flagsAreHeld(current) {
            hasFailed = true
            return
        }
        if traits.contains(.carryOnly) {
            assembler.setcc(.below, defineGPR())
            return
        }
        if FlagAttributes(rawValue: operation.flags).contains(.invertedCarry) { assembler.cmc() }
        if traits.contains(.packed) {
            vacate(HostRegister(.rax))
            release(HostRegister(.rax))
            assembler.lahf()
            assembler.setcc(.overflow, .rax)
            own(HostRegister(.rax), current)
        }
        holdFlags(current)
    }

    /// Sets the host's flags by the instruction of an operation that makes flags, with the host's carry.
    private func emitFlags(_ value: Int) {
        let operation = operations[value]
        let width = flagWidth(operation)
        switch operation.opcode {
        case .subFlags:
            // CMP sets the flags of a subtraction without a result.
            let first = useGPR(operation.a)
            if let immediate = immediate(operation.b, width) {
                assembler.alu(.cmp, width, first, immediate)
            } else {
                alu(.cmp, width, first, useOperand(operation.b))
            }
        case .logicFlags: emitLogicFlags(value, operation, width)
        default:
            let first = useOperand(operation.a)
            let second = useOperand(operation.b)
            let carry = operation.opcode == .addWithCarryFlags ? useGPR(operation.c) : nil
            let scratch = allocate(BlockEmitter.integerTemporaryMask).gpr
            move(width, scratch, first)
            if let carry { assembler.bt(.dword, carry, 0) }
            alu(carry == nil ? .add : .adc, width, scratch, second)
        }
    }

    private func emitLogicFlags(_ value: Int, _ operation: Operation, _ width: Width) {
        guard values[value].traits.contains(.idiom) else {
            let register = useGPR(operation.a)
            assembler.test(width, register, register)
            return
        }
        let source = operations[value - 1]
        let first = useGPR(source.a)
        if let immediate = immediate(source.b, width) {
            assembler.test(width, first, immediate)
        } else {
            assembler.test(width, first, useGPR(source.b))
        }
    }

    /// Arithmetic by the instruction that sets the host's flags, for the operation after it where that wants them.
    func lowerWithFlags(_ operation: Operation) {
        let width = width(operation.type)
        if operation.opcode == .andNot {
            let a = useGPR(operation.a)
            let b = useGPR(operation.b)
            assembler.andn(width, defineGPR(prefer: a), inverted: b, a)
        } else {
            emitArithmetic(hostOperation(operation.opcode), operation, width)
        }
        if setsFlags(current) { holdFlags(current + 1) }
    }

    private func hostOperation(_ opcode: Opcode) -> ALUOperation {
        switch opcode {
        case .sub: .sub
        case .and: .and
        case .or: .or
        case .xor: .xor
        case .addWithCarry: .adc
        default: .add
        }
    }

    private func emitArithmetic(_ kind: ALUOperation, _ operation: Operation, _ width: Width) {
        let carry = kind == .adc ? useCarry(operation.c) : nil
        let kept = carry.map { BlockEmitter.mask($0.register) } ?? 0
        var first = useOperand(operation.a)
        let preferred: GPR? = if case .register(let register) = first { register } else { nil }
        if let immediate = immediate(operation.b, width) {
            let destination = defineGPR(prefer: preferred, avoiding: kept)
            move(width, destination, first)
            if let carry { setCarry(carry) }
            assembler.alu(kind, width, destination, immediate)
            return
        }
        var second = useOperand(operation.b)
        if kind != .sub, case .register(let register) = second, isHinted(register) { swap(&first, &second) }
        // The second operand and the carry are read after the first has been moved.
        let destination = defineGPR(prefer: preferred, avoiding: (kept | mask(second)) & ~mask(first) | kept)
        move(width, destination, first)
        if let carry { setCarry(carry) }
        alu(kind, width, destination, second)
    }

    /// A carry to be added: a bit of a register, or its opposite.
    private struct Carry {
        let register: GPR
        let bit: UInt8
        let isInverted: Bool
    }

    /// The place of a carry: a value of 0 or 1, or the flags that a condition of no other use reads.
    private func useCarry(_ operand: UInt32) -> Carry {
        guard let value = definition(resolve(operand)), operations[value].opcode == .condition,
            values[value].traits.contains(.fused)
        else { return Carry(register: useGPR(operand), bit: 0, isInverted: false) }
        let condition = operations[value]
        let isOpposite = condition.flags == FlagCondition.notCarry.rawValue
        let register = useGPR(condition.a)
        guard let source = definition(resolve(condition.a)), operations[source].type == .flags,
            values[source].traits.contains(.carryOnly)
        else {
            let bit = UInt8(PackedFlags.carry.rawValue.trailingZeroBitCount)
            return Carry(register: register, bit: bit, isInverted: isOpposite)
        }
        let isBorrow = FlagAttributes(rawValue: operations[source].flags).contains(.invertedCarry)
        return Carry(register: register, bit: 0, isInverted: isOpposite != isBorrow)
    }

    private func setCarry(_ carry: Carry) {
        assembler.bt(.dword, carry.register, carry.bit)
        if carry.isInverted { assembler.cmc() }
    }

    /// Whether the current operation's result should be computed into a register.
    private func isHinted(_ register: GPR) -> Bool {
        let hint = values[current].hintRegister
        return hint != ValueInfo.noRegister && placements[Int(hint)].host == HostRegister(register)
    }

    // MARK: Reading flags

    func flagWidth(_ operation: Operation) -> Width {
        FlagAttributes(rawValue: operation.flags).contains(.narrow) ? .dword : .qword
    }

    /// A condition as a value.
    func lowerFlagCondition(_ operation: Operation) {
        let condition = emitFlagCondition(operation)
        let keeps = flagsAreHeld(heldFlags)
        materialise(condition)
        if keeps { heldFlagsEnd = assembler.position }
    }

    /// The host condition of a `condition`; emits what sets the host's flags for it, unless they are set.
    func emitFlagCondition(_ operation: Operation) -> Condition {
        let condition = FlagCondition(rawValue: operation.flags) ?? .overflow
        guard let value = definition(resolve(operation.a)), operations[value].type == .flags else {
            return testPacked(operation.a, condition)
        }
        let isComparison = operations[value].opcode == .floatCompareFlags
        if flagsAreHeld(value) { return isComparison ? comparisonCondition(condition) : hostCondition(condition) }
        if isComparison && !values[value].traits.contains(.heldOnly) {
            return testPackedComparison(operation.a, condition)
        }
        if values[value].traits.contains(.packed) { return testPacked(operation.a, condition) }
        if isComparison || values[value].traits.contains(.precomputed) {
            hasFailed = true
            return .overflow
        }
        emitFlags(value)
        guard FlagAttributes(rawValue: operations[value].flags).contains(.invertedCarry) else {
            return hostCondition(condition)
        }
        switch condition {
        case .carry: return .aboveOrEqual
        case .notCarry: return .below
        case .lowerOrSame, .higher: assembler.cmc()
        default: break
        }
        return hostCondition(condition)
    }

    /// The host's condition for flags as its own ADD and SUB leave them.
    private func hostCondition(_ condition: FlagCondition) -> Condition {
        switch condition {
        case .overflow: .overflow
        case .notOverflow: .noOverflow
        case .carry: .below
        case .notCarry: .aboveOrEqual
        case .zero: .equal
        case .notZero: .notEqual
        case .lowerOrSame: .belowOrEqual
        case .higher: .above
        case .negative: .sign
        case .notNegative: .noSign
        case .less: .less
        case .greaterOrEqual: .greaterOrEqual
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        }
    }

    /// The host's condition after UCOMIS: ZF is equal, CF less, PF unordered.
    private func comparisonCondition(_ condition: FlagCondition) -> Condition {
        switch condition {
        case .overflow: .parity
        case .notOverflow: .noParity
        case .zero: .equal
        case .notZero: .notEqual
        case .carry, .negative, .less: .below
        case .notCarry, .notNegative, .greaterOrEqual: .aboveOrEqual
        case .lowerOrSame, .lessOrEqual: .belowOrEqual
        case .higher, .greater: .above
        }
    }

    /// Tests the bits of packed flags.
    private func testPacked(_ operand: UInt32, _ condition: FlagCondition) -> Condition {
        switch condition {
        case .overflow: testBits(operand, .overflow, .notEqual)
        case .notOverflow: testBits(operand, .overflow, .equal)
        case .carry: testBits(operand, .carry, .notEqual)
        case .notCarry: testBits(operand, .carry, .equal)
        case .zero: testBits(operand, .zero, .notEqual)
        case .notZero: testBits(operand, .zero, .equal)
        case .lowerOrSame: testBits(operand, [.carry, .zero], .notEqual)
        case .higher: testBits(operand, [.carry, .zero], .equal)
        case .negative: testBits(operand, .negative, .notEqual)
        case .notNegative: testBits(operand, .negative, .equal)
        case .less: testSigns(operand, alsoZero: false, .notEqual)
        case .greaterOrEqual: testSigns(operand, alsoZero: false, .equal)
        case .lessOrEqual: testSigns(operand, alsoZero: true, .notEqual)
        case .greater: testSigns(operand, alsoZero: true, .equal)
        }
    }

    /// Of a floating-point comparison: no two of negative, zero and overflow are set together.
    private func testPackedComparison(_ operand: UInt32, _ condition: FlagCondition) -> Condition {
        switch condition {
        case .less: testBits(operand, [.negative, .overflow], .notEqual)
        case .greaterOrEqual: testBits(operand, [.negative, .overflow], .equal)
        case .lessOrEqual: testBits(operand, [.negative, .overflow, .zero], .notEqual)
        case .greater: testBits(operand, [.negative, .overflow, .zero], .equal)
        default: testPacked(operand, condition)
        }
    }

    private func testBits(_ operand: UInt32, _ bits: PackedFlags, _ condition: Condition) -> Condition {
        assembler.test(.dword, useGPR(operand), Int32(bitPattern: bits.rawValue))
        return condition
    }

    /// Whether negative and overflow differ: turned right by 15 bits, negative comes to where overflow was, and zero to
    /// the top.
    private func testSigns(_ operand: UInt32, alsoZero: Bool, _ condition: Condition) -> Condition {
        let packed = useGPR(operand)
        let turned = allocate(BlockEmitter.integerTemporaryMask).gpr
        assembler.movzx(turned, from: .word, packed)
        assembler.store(.dword, scratch(0), turned)
        assembler.rorx(.dword, turned, turned, 15)
        assembler.alu(.xor, .dword, turned, scratch(0))
        assembler.test(.dword, turned, alsoZero ? Int32(bitPattern: 0x8000_0001) : 1)
        return condition
    }
}
