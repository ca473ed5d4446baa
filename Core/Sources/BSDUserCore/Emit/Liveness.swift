/// The backward pass: last uses, dead operations and dead writes, fused conditions, and the registers to compute into.
extension BlockEmitter {
    private static var never: Int32 { Int32.max }

    mutating func analyse() {
        for register in 0..<pins.registerCount {
            nextGets[register] = BlockEmitter.never
            nextPuts[register] = BlockEmitter.never
        }
        var index = 0
        while index < count {
            values[index] = ValueInfo(alias: UInt32(truncatingIfNeeded: index))
            index &+= 1
        }
        var nextObserver = BlockEmitter.never
        index = count &- 1
        while index >= 0 {
            analyse(index, &nextObserver)
            index &-= 1
        }
    }

    @inline(__always)
    private mutating func analyse(_ index: Int, _ nextObserver: inout Int32) {
        let operation = operations[index]
        let traits = opcodeTraits[Int(operation.opcode.rawValue)]
        let isPure = !traits.effects.contains(.effect)
        if isPure && values[index].useCount == 0 {
            values[index].traits.insert(.dead)
            return
        }
        switch operation.opcode {
        case .put:
            analysePut(operation, index, nextObserver)
            return
        case .get:
            nextGets[Int(operation.a)] = Int32(truncatingIfNeeded: index)
            values[index].hintRegister = ValueInfo.noRegister
            return
        case .mark: return
        case .label:
            if operation.a < Builder.capacity {
                labelOperations[Int(operation.a)] = Int32(truncatingIfNeeded: index)
            }
            nextObserver = Int32(truncatingIfNeeded: index)
            return
        default: break
        }
        checkHint(index, nextObserver)
        let place = useIndex(operation, index)
        if traits.operands & 1 != 0 { use(operation.a, at: place) }
        if traits.operands & 2 != 0 { use(operation.b, at: place) }
        if traits.operands & 4 != 0 { use(operation.c, at: place) }
        if traits.passesHint { passHint(from: index, to: operation.a) }
        switch operation.opcode {
        case .skipIf:
            markCondition(operation.a)
            nextObserver = Int32(truncatingIfNeeded: index)
        case .exitIf: markCondition(operation.c)
        // The flags of an addition need a temporary more than the operands leave.
        case .select: if let value = definition(operation.a), operations[value].opcode == .compare { markCondition(operation.a) }
        default: break
        }
        if traits.isObserver { nextObserver = Int32(truncatingIfNeeded: index) }
    }

    /// Where the operands of an operation are read: at the operation, or where a fused comparison is consumed.
    @inline(__always)
    private func useIndex(_ operation: Operation, _ index: Int) -> Int {
        switch operation.opcode {
        case .addFlags, .subFlags: return Int(values[index].lastUse)
        case .compare, .condition:
            guard values[index].useCount == 1, values[index].traits.contains(.usedAsCondition) else { return index }
            values[index].traits.insert(.fused)
            return Int(values[index].lastUse)
        default: return index
        }
    }

    @inline(__always)
    private mutating func analysePut(_ operation: Operation, _ index: Int, _ nextObserver: Int32) {
        let register = Int(operation.a)
        let next = nextPuts[register]
        if next < nextObserver && nextGets[register] > next {
            // Overwritten before anything can see it.
            values[index].traits.insert(.dead)
            return
        }
        nextPuts[register] = Int32(truncatingIfNeeded: index)
        nextGets[register] = BlockEmitter.never
        guard let value = definition(operation.b) else { return }
        use(operation.b, at: index)
        let host = placements[register].host
        if !host.isNone && host.isVector == operations[value].type.isFloat {
            values[value].hintRegister = UInt16(truncatingIfNeeded: register)
            values[value].hintPut = UInt16(truncatingIfNeeded: index)
        }
    }

    /// Drops the wish to compute a value into its pinned register ahead of the `put`, unless nothing between the two
    /// sees the register.
    @inline(__always)
    private mutating func checkHint(_ index: Int, _ nextObserver: Int32) {
        let register = values[index].hintRegister
        guard register != ValueInfo.noRegister else { return }
        let put = Int32(values[index].hintPut)
        if put > nextObserver || nextPuts[Int(register)] != put || nextGets[Int(register)] < put {
            values[index].hintRegister = ValueInfo.noRegister
        }
    }

    @inline(__always)
    private mutating func passHint(from index: Int, to operand: UInt32) {
        guard values[index].hintRegister != ValueInfo.noRegister, let value = definition(operand),
            values[value].useCount == 1, values[value].hintRegister == ValueInfo.noRegister,
            operations[value].type.isFloat == operations[index].type.isFloat
        else { return }
        values[value].hintRegister = values[index].hintRegister
        values[value].hintPut = values[index].hintPut
    }

    /// The operation that defines an operand, unless it is a small constant or absent.
    @inline(__always)
    func definition(_ operand: UInt32) -> Int? { operand < UInt32(count) ? Int(operand) : nil }

    @inline(__always)
    private mutating func use(_ operand: UInt32, at index: Int) {
        guard let value = definition(operand) else { return }
        if values[value].useCount < 255 { values[value].useCount &+= 1 }
        if Int(values[value].lastUse) < index { values[value].lastUse = UInt16(truncatingIfNeeded: index) }
    }

    @inline(__always)
    private mutating func markCondition(_ operand: UInt32) {
        guard let value = definition(operand) else { return }
        values[value].traits.insert(.usedAsCondition)
    }
}
