/// Floating-point operations on lanes. As in scalar code a NaN in the result leads to a cold path, in which the helper
/// `execute` computes all lanes as the guest's processor would.
extension BlockEmitter {
    /// Whether an operation on floating-point lanes was lowered.
    func lowerVectorFloat(_ operation: Operation) -> Bool {
        let lane = VectorLane(rawValue: operation.flags)
        // Half precision is executed by the helper.
        guard lane.sizeLog2 >= 2 else { return false }
        let isDouble = lane.sizeLog2 == 3
        switch operation.opcode {
        case .vectorFloatBinary: lowerVectorFloatBinary(operation, isDouble: isDouble)
        case .vectorFloatUnary: return lowerVectorFloatUnary(operation, isDouble: isDouble)
        case .vectorMultiplyAdd: lowerVectorMultiplyAdd(operation, isDouble: isDouble)
        default: return false
        }
        return true
    }

    // MARK: Two vectors

    private func lowerVectorFloatBinary(_ operation: Operation, isDouble: Bool) {
        let (first, second) = (useXMM(operation.a), useXMM(operation.b))
        let destination = defineXMM(avoiding: BlockEmitter.mask(first) | BlockEmitter.mask(second))
        noteFault()
        switch VectorFloatBinary(rawValue: operation.c) {
        case .min, .minNumber: lowerLanesMinMax(.min, isDouble: isDouble, destination, first, second)
        case .max, .maxNumber: lowerLanesMinMax(.max, isDouble: isDouble, destination, first, second)
        case .compareGreater: lowerLanesCompare(.greater, isDouble: isDouble, destination, first, second)
        case .compareGreaterOrEqual: lowerLanesCompare(.greaterOrEqual, isDouble: isDouble, destination, first, second)
        case .compareEqual: lowerLanesCompare(.equal, isDouble: isDouble, destination, first, second)
        default:
            let kind = packedOperation(operation.c)
            assembler.packedFloat(kind.rawValue, isDouble: isDouble, destination, first, second)
            executeUnordered(destination, isDouble: isDouble, destination, first, second, nil)
        }
    }

    /// As for scalars: unordered operands apart, both orders together have the sign of a zero.
    private func lowerLanesMinMax(
        _ kind: FloatOperation, isDouble: Bool, _ destination: XMM, _ first: XMM, _ second: XMM
    ) {
        let other = executeUnordered(first, second, isDouble: isDouble, destination)
        assembler.packedFloat(kind.rawValue, isDouble: isDouble, other, second, first)
        assembler.packedFloat(kind.rawValue, isDouble: isDouble, destination, first, second)
        assembler.packed(kind == .min ? .or : .and, destination, destination, other)
        coldPaths[coldPathCount &- 1].resume = assembler.position
    }

    private func lowerLanesCompare(
        _ relation: PackedRelation, isDouble: Bool, _ destination: XMM, _ first: XMM, _ second: XMM
    ) {
        let result = executeUnordered(first, second, isDouble: isDouble, destination)
        let (left, right) = (reachable(first), reachable(second))
        assembler.packedCompare(relation, isDouble: isDouble, result, left, right)
        assembler.movaps(destination, result)
        coldPaths[coldPathCount &- 1].resume = assembler.position
    }

    /// Queues the cold path for operands of which one is a NaN; gives a temporary.
    private func executeUnordered(_ first: XMM, _ second: XMM, isDouble: Bool, _ result: XMM) -> XMM {
        let test = temporaryXMM()
        let (left, right) = (reachable(first), reachable(second))
        assembler.packedCompare(.unordered, isDouble: isDouble, test, left, right)
        if left != first { unlock(HostRegister(left)) }
        if right != second { unlock(HostRegister(right)) }
        executeIfAny(test, result, first, second, nil)
        return test
    }

    private func packedOperation(_ raw: UInt32) -> FloatOperation {
        switch VectorFloatBinary(rawValue: raw) {
        case .sub: .sub
        case .mul: .mul
        case .div: .div
        default: .add
        }
    }

    private func lowerVectorMultiplyAdd(_ operation: Operation, isDouble: Bool) {
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
        executeUnordered(destination, isDouble: isDouble, destination, first, second, addend)
    }

    /// Queues the cold path that is taken when a lane of `tested` is a NaN.
    func executeUnordered(
        _ tested: XMM, isDouble: Bool, _ result: XMM, _ first: XMM, _ second: XMM?, _ third: XMM?
    ) {
        let test = temporaryXMM()
        var lanes = tested
        if tested.code >= 16 {
            assembler.movaps(test, tested)
            lanes = test
        }
        assembler.packedCompare(.unordered, isDouble: isDouble, test, lanes, lanes)
        executeIfAny(test, result, first, second, third)
    }

    /// Queues the cold path that is taken when a bit of `test` is set.
    func executeIfAny(_ test: XMM, _ result: XMM, _ first: XMM, _ second: XMM?, _ third: XMM?) {
        assembler.packed(.test, test, test)
        var cold = ColdPath(.execute, entry: assembler.jccForward(.notEqual))
        cold.first = HostRegister(first)
        cold.second = second.map { HostRegister($0) } ?? .none
        cold.third = third.map { HostRegister($0) } ?? .none
        cold.result = HostRegister(result)
        addCold(cold)
    }

    /// The cold path: as `lowerExecuted`, with operands and result in registers that are settled.
    func emitExecution(_ path: ColdPath, _ operation: Operation) {
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
