/// Floating-point operations on lanes. As in scalar code a NaN in the result leads to a cold path, in which the helper
/// `execute` computes all lanes as the guest's processor would.
extension BlockEmitter {
    /// Whether an operation on floating-point lanes was lowered.
    mutating func lowerVectorFloat(_ operation: Operation) -> Bool {
        let lane = VectorLane(rawValue: operation.flags)
        // Half precision is executed by the helper.
        guard lane.sizeLog2 >= 2 else { return false }
        let isDouble = lane.sizeLog2 == 3
        switch operation.opcode {
        case .vectorFloatBinary:
            guard let kind = packedOperation(operation.c) else { return false }
            let (first, second) = (useXMM(operation.a), useXMM(operation.b))
            let destination = defineXMM(avoiding: BlockEmitter.mask(first) | BlockEmitter.mask(second))
            noteFault()
            assembler.packedFloat(kind.rawValue, isDouble: isDouble, destination, first, second)
            addExecution(destination, isDouble: isDouble, first, second, nil)
        case .vectorFloatUnary where operation.c == VectorFloatUnary.squareRoot.rawValue:
            let source = useXMM(operation.a)
            let destination = defineXMM(avoiding: BlockEmitter.mask(source))
            noteFault()
            assembler.packedFloat(0x51, isDouble: isDouble, destination, XMM(code: 0), source)
            addExecution(destination, isDouble: isDouble, source, nil, nil)
        case .vectorMultiplyAdd: lowerVectorMultiplyAdd(operation, isDouble: isDouble)
        default: return false
        }
        return true
    }

    private func packedOperation(_ raw: UInt32) -> FloatOperation? {
        switch VectorFloatBinary(rawValue: raw) {
        case .add: .add
        case .sub: .sub
        case .mul: .mul
        case .div: .div
        default: nil
        }
    }

    private mutating func lowerVectorMultiplyAdd(_ operation: Operation, isDouble: Bool) {
        let (first, second, addend) = (useXMM(operation.a), useXMM(operation.b), useXMM(operation.c))
        let masks = BlockEmitter.mask(first) | BlockEmitter.mask(second) | BlockEmitter.mask(addend)
        let destination = defineXMM(avoiding: masks)
        noteFault()
        let accumulator = accumulator(for: destination)
        assembler.movaps(accumulator, addend)
        assembler.packedFused231(
            fusedOperation(FusedAttributes(rawValue: operation.flags >> 2)), isDouble: isDouble, accumulator, first,
            second)
        if accumulator != destination { assembler.movaps(destination, accumulator) }
        addExecution(destination, isDouble: isDouble, first, second, addend)
    }

    /// Queues the cold path that is taken when a lane of the result is a NaN.
    private mutating func addExecution(
        _ result: XMM, isDouble: Bool, _ first: XMM, _ second: XMM?, _ third: XMM?
    ) {
        let test = allocate(BlockEmitter.vectorTemporaryMask).xmm
        var tested = result
        if result.code >= 16 {
            assembler.movaps(test, result)
            tested = test
        }
        assembler.packedUnordered(isDouble: isDouble, test, tested, tested)
        assembler.packed(PackedOpcode(0x17, .escape0F38, isVEXOnly: true), test, test)
        var cold = ColdPath(.execute, entry: assembler.jccForward(.notEqual))
        cold.first = HostRegister(first)
        cold.second = second.map { HostRegister($0) } ?? .none
        cold.third = third.map { HostRegister($0) } ?? .none
        cold.result = HostRegister(result)
        addCold(cold)
    }

    /// The cold path: as `lowerExecuted`, with operands and result in registers that are settled.
    mutating func emitExecution(_ path: ColdPath, _ operation: Operation) {
        for (index, register) in [path.first, path.second, path.third].enumerated() where !register.isNone {
            assembler.storeVector(scratch(index * 16), register.xmm)
        }
        storeRequest(operation)
        assembler.call(Thunks.header(.executeThunk))
        assembler.alu(.cmp, .dword, Thunks.header(.requestTrap), 0)
        let trap = assembler.jccForwardShort(.notEqual)
        assembler.loadVector(path.result.xmm, scratch(CPUState.resultIndex * 16))
        assembler.jmp(to: path.resume)
        assembler.patch8Here(trap)
        emitTrap()
    }
}
