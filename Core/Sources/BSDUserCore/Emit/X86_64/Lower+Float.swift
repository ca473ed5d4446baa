/// Floating point on scalar SSE in its VEX form. A NaN result, an unordered comparison or a conversion out of range
/// branches to a cold path that computes what the guest's processor would give; the branch is predicted not taken.
extension BlockEmitter {
    /// Queues the slow path of the current operation: it reads the operands and writes `result`. A trap that it decides on
    /// finds the host's NaN already in a pinned destination.
    func addFixup(
        _ condition: Condition, _ first: XMM, _ second: XMM?, _ third: XMM? = nil, result: HostRegister
    ) {
        var cold = ColdPath(.fixup, entry: assembler.jccForward(condition))
        cold.first = HostRegister(first)
        cold.second = second.map { HostRegister($0) } ?? .none
        cold.third = third.map { HostRegister($0) } ?? .none
        cold.result = result
        addCold(cold)
    }

    /// For instructions that take subnormal operands silently (Intel SDM volume 1, 11.5.2.2, names those that do not): a
    /// comparison with itself traps where it has to.
    func checkOperand(_ precision: Precision, _ operand: XMM) {
        if reportsFlushing { assembler.ucomi(precision, operand, operand) }
    }

    // MARK: Arithmetic

    func lowerFloatArithmetic(_ operation: Operation) {
        let precision = precision(operation.type)
        let first = useXMM(operation.a)
        let second = useXMM(operation.b)
        let kind: FloatOperation
        // The result's register gets its upper part from the first operand.
        let isCommutative = operation.opcode == .floatAdd || operation.opcode == .floatMul
        let isExchanged = isCommutative && !isClean(operation.a) && isClean(operation.b)
        switch operation.opcode {
        case .floatAdd: kind = .add
        case .floatSub: kind = .sub
        case .floatMul: kind = .mul
        default: kind = .div
        }
        // The slow path needs the operands, so the result goes elsewhere.
        let destination = defineXMM(avoiding: BlockEmitter.mask(first) | BlockEmitter.mask(second))
        noteFault()
        if isExchanged {
            assembler.float(kind, precision, destination, second, first)
        } else {
            assembler.float(kind, precision, destination, first, second)
        }
        inheritClean(isExchanged ? operation.b : operation.a)
        assembler.ucomi(precision, destination, destination)
        addFixup(.parity, first, second, result: HostRegister(destination))
    }

    func lowerFloatSqrt(_ operation: Operation) {
        let precision = precision(operation.type)
        let source = useXMM(operation.a)
        let destination = defineXMM(avoiding: BlockEmitter.mask(source))
        noteFault()
        assembler.sqrt(precision, destination, upper: source, source)
        inheritClean(operation.a)
        assembler.ucomi(precision, destination, destination)
        addFixup(.parity, source, nil, result: HostRegister(destination))
    }

    func lowerFloatSign(_ operation: Operation) {
        let isDouble = operation.type == .f64
        let source = useXMM(operation.a)
        let destination = defineXMM(prefer: source)
        inheritClean(operation.a)
        if operation.opcode == .floatNegate {
            let sign: HeaderConstant = isDouble ? .sign64 : .sign32
            assembler.logic(.xor, .single, destination, source, sign.address)
        } else {
            let magnitude: HeaderConstant = isDouble ? .magnitude64 : .magnitude32
            assembler.logic(.and, .single, destination, source, magnitude.address)
        }
    }

    // MARK: Comparison

    func lowerFloatCompare(_ operation: Operation) {
        let precision = precision(ValueType(rawValue: UInt8(truncatingIfNeeded: operation.c)) ?? .f64)
        let condition = FloatCondition(rawValue: operation.flags)
        var first = useXMM(operation.a)
        var second = useXMM(operation.b)
        let relations = condition.intersection([.equal, .less, .greater])
        // After the slow path is split off the operands are ordered: CF means less, ZF equal.
        if relations == .less || relations == [.less, .equal] {
            // The carry-free conditions come by exchanging the operands; COMI treats both alike.
            swap(&first, &second)
        }
        let destination = defineGPR()
        noteFault()
        if condition.contains(.signalling) {
            assembler.comi(precision, first, second)
        } else {
            assembler.ucomi(precision, first, second)
        }
        let jump = assembler.jccForward(.parity)
        switch relations {
        case .equal: setBoolean(.equal, destination)
        case .less, .greater: setBoolean(.above, destination)
        case [.less, .equal], [.greater, .equal]: setBoolean(.aboveOrEqual, destination)
        case [.less, .greater]: setBoolean(.notEqual, destination)
        case []: assembler.mov(destination, constant: 0)
        default: assembler.mov(destination, constant: 1)
        }
        var cold = ColdPath(.fixup, entry: jump)
        cold.first = HostRegister(first)
        cold.second = HostRegister(second)
        cold.result = HostRegister(destination)
        addCold(cold)
    }

    private func setBoolean(_ condition: Condition, _ destination: GPR) {
        assembler.setcc(condition, destination)
        assembler.movzx(destination, from: .byte, destination)
    }

    // MARK: Conversion

    func lowerFloatConvert(_ operation: Operation) {
        let source = useXMM(operation.a)
        let destination = defineXMM(avoiding: BlockEmitter.mask(source))
        let from: Precision = operation.type == .f64 ? .single : .double
        noteFault()
        assembler.convertPrecision(from: from, destination, upper: source, source)
        // The narrower result leaves the upper half of the wider operand.
        if from == .single { inheritClean(operation.a) }
        assembler.ucomi(precision(operation.type), destination, destination)
        addFixup(.parity, source, nil, result: HostRegister(destination))
    }

    func lowerFloatFromSigned(_ operation: Operation) {
        let from = width(ValueType(rawValue: UInt8(truncatingIfNeeded: operation.c)) ?? .i64)
        let source = useGPR(operation.a)
        let destination = defineXMM()
        noteFault()
        // The instruction keeps the upper part of a register; zeroing it first cuts the dependency.
        assembler.zero(destination)
        assembler.convertSigned(from, to: precision(operation.type), destination, upper: destination, source)
        values[current].traits.insert(.wholeRegister)
    }

    func lowerFloatToSigned(_ operation: Operation) {
        let operandType = ValueType(rawValue: UInt8(truncatingIfNeeded: operation.c)) ?? .f64
        let precision = precision(operandType)
        let width = width(operation.type)
        let source = useXMM(operation.a)
        let destination = defineGPR()
        noteFault()
        checkOperand(precision, source)
        let rounding = FloatRounding(rawValue: operation.flags) ?? .current
        switch rounding {
        case .current:
            assembler.roundToSigned(from: precision, width, destination, source)
            addIndefiniteCheck(width, destination, source)
            return
        case .towardZero:
            assembler.truncateToSigned(from: precision, width, destination, source)
            addIndefiniteCheck(width, destination, source)
            return
        default: break
        }
        let rounded = temporaryXMM()
        roundScalar(operandType, rounded, source, rounding)
        assembler.truncateToSigned(from: precision, width, destination, rounded)
        addIndefiniteCheck(width, destination, source)
        // In range: once more, for the inexact flag alone.
        assembler.round(precision, rounded, upper: source, source, .current, suppressInexact: false)
        coldPaths[coldPathCount &- 1].resume = assembler.position
    }

    /// The least integer stands for every invalid conversion; it is the only one from which 1 cannot be taken.
    private func addIndefiniteCheck(_ width: Width, _ result: GPR, _ source: XMM) {
        assembler.alu(.cmp, width, result, 1)
        addFixup(.overflow, source, nil, result: HostRegister(result))
    }

    func lowerBitcast(_ operation: Operation) {
        let width = width(operation.type)
        if operation.type.isFloat {
            if constant(operation.a) == 0 {
                assembler.zero(defineXMM())
            } else {
                let source = useGPR(operation.a)
                assembler.mov(width, defineXMM(), source)
            }
            values[current].traits.insert(.wholeRegister)
        } else {
            let source = useXMM(operation.a)
            assembler.mov(width, defineGPR(), source)
        }
    }

    // MARK: Slow path

    /// Hands operation and operands to `floatFixup` through the header's scratch and takes the result from there.
    func emitFixup(_ path: ColdPath, _ operation: Operation) {
        let trap = emitFixupCall(path, operation)
        if path.result.isVector {
            assembler.loadScalar(precision(operation.type), path.result.xmm, scratch(FloatFixupRequest.first))
        } else {
            assembler.loadZeroExtended(
                width(operation.type), path.result.gpr, scratch(FloatFixupRequest.first))
        }
        finishFixup(path, trap)
    }

    /// As `emitFixup` for a comparison that leaves nothing but the host's flags: those of unordered operands. PF is set by
    /// the comparisons of a byte that is 0xFF with itself and with 0xFC.
    func emitComparison(_ path: ColdPath, _ operation: Operation) {
        let trap = emitFixupCall(path, operation)
        if path.comparison == .onlyParity {
            assembler.alu(.cmp, .byte, HeaderConstant.magnitude64.address, Int32(Int8(bitPattern: 0xFC)))
        } else {
            assembler.alu(.cmp, .byte, HeaderConstant.magnitude64.address, -1)
            assembler.stc()
        }
        finishFixup(path, trap)
    }

    private func finishFixup(_ path: ColdPath, _ trap: Assembler.Fixup) {
        assembler.jmp(to: path.resume)
        assembler.patch8Here(trap)
        emitExit(
            ExitReason.floatException.rawValue, argument: 0x8000_0000 | FloatFlags.invalid.rawValue, in: .none)
    }

    /// The call of `floatFixup`, and the jump on its wish for a trap.
    private func emitFixupCall(_ path: ColdPath, _ operation: Operation) -> Assembler.Fixup {
        let operandType = FloatEvaluator.operandType(operation)
        assembler.storeScalar(.double, scratch(FloatFixupRequest.first), path.first.xmm)
        if !path.second.isNone {
            assembler.storeScalar(.double, scratch(FloatFixupRequest.second), path.second.xmm)
        }
        if !path.third.isNone {
            assembler.storeScalar(.double, scratch(FloatFixupRequest.third), path.third.xmm)
        }
        let packed =
            UInt32(operation.opcode.rawValue) | UInt32(operation.type.rawValue) << 16 | UInt32(operation.flags) << 24
        assembler.store(.dword, scratch(FloatFixupRequest.operation), immediate: Int32(bitPattern: packed))
        assembler.store(
            .dword, scratch(FloatFixupRequest.operandType), immediate: Int32(operandType.rawValue))
        assembler.call(Thunks.header(.fixupThunk))
        assembler.alu(.cmp, .dword, scratch(FloatFixupRequest.trap), 0)
        return assembler.jccForwardShort(.notEqual)
    }

    func scratch(_ offset: Int) -> Address {
        Address(.rbp, Thunks.headerDisplacement(StateHeader.scratch.rawValue + offset))
    }
}
