/// Operations that the host has no instructions for: the core's helper `execute` does them.
extension BlockEmitter {
    func lowerExecuted(_ operation: Operation) {
        let row = OpcodeTable.rows[Int(operation.opcode.rawValue)]
        let operands = opcodeTraits[Int(operation.opcode.rawValue)].operands
        if operands & 1 != 0 { storeOperand(0, operation.a, row.a) }
        if operands & 2 != 0 { storeOperand(1, operation.b, row.b) }
        if operands & 4 != 0 { storeOperand(2, operation.c, row.c) }
        storeRequest(operation)
        assembler.call(Thunks.header(.executeThunk))
        if row.effects.contains(.faults) {
            assembler.alu(.cmp, .dword, Thunks.header(.requestTrap), 0)
            addCold(ColdPath(.trapped, entry: assembler.jccForward(.notEqual)))
        }
        guard values[current].useCount > 0 else { return }
        let result = scratch(CPUState.resultIndex * 16)
        switch operation.type {
        case .v128: assembler.loadVector(defineXMM(), result)
        case .f32, .f64:
            assembler.loadScalar(precision(operation.type), defineXMM(), result)
            values[current].traits.insert(.wholeRegister)
        default: assembler.loadZeroExtended(.qword, defineGPR(), result)
        }
    }

    /// Says what `execute` is to do.
    func storeRequest(_ operation: Operation) {
        let row = OpcodeTable.rows[Int(operation.opcode.rawValue)]
        let word =
            UInt32(operation.opcode.rawValue) | UInt32(operation.type.rawValue) << 16 | UInt32(operation.flags) << 24
        storeRequest(0, word)
        if row.b == .immediate { storeRequest(4, operation.b) }
        if row.c == .immediate { storeRequest(8, operation.c) }
    }

    private func storeRequest(_ offset: Int, _ value: UInt32) {
        let address = Address(.rbp, Thunks.headerDisplacement(StateHeader.request.rawValue + offset))
        assembler.store(.dword, address, immediate: Int32(bitPattern: value))
    }

    private func storeOperand(_ index: Int, _ operand: UInt32, _ kind: OperandKind) {
        let place = scratch(index * 16)
        guard let value = definition(resolve(operand)), operations[value].type.usesVectorRegister else {
            if let immediate = immediate(operand, .qword) {
                assembler.store(.qword, place, immediate: immediate)
            } else {
                assembler.store(.qword, place, useGPR(operand))
            }
            return
        }
        let register = useXMM(operand)
        switch kind == .vector ? .v128 : scalarType(value) {
        case .f32:
            // The bits above a number have no meaning.
            assembler.store(.qword, place, immediate: 0)
            assembler.storeScalar(.single, place, register)
        case .f64: assembler.storeScalar(.double, place, register)
        default: assembler.storeVector(place, register)
        }
        unlock(HostRegister(register))
    }

    /// The type under which the current operation reads a scalar. The value may be a vector, of which the low lane is meant.
    private func scalarType(_ value: Int) -> ValueType {
        let operation = operations[current]
        switch operation.opcode {
        case .vectorFromScalar, .vectorDuplicate, .vectorInsert: return operations[value].type
        default: return FloatEvaluator.operandType(operation)
        }
    }
}
