/// The backward pass: last uses, dead operations and dead writes, fused conditions, and the registers to compute into.
extension BlockEmitter {
    private static var never: Int32 { Int32.max }

    func analyse() {
        forwardGets()
        for register in 0..<pins.registerCount {
            nextGets[register] = BlockEmitter.never
            nextPuts[register] = BlockEmitter.never
        }
        var nextObserver = BlockEmitter.never
        var index = count &- 1
        while index >= 0 {
            analyse(index, &nextObserver)
            index &-= 1
        }
    }

    // MARK: Forwarding

    /// Makes each `get` of a register that the block has read or written before another name of that value. Writes that
    /// are overwritten before anything else sees them are then dead.
    private func forwardGets() {
        forgetHolders()
        var index = 0
        while index < count {
            values[index] = ValueInfo(alias: UInt32(truncatingIfNeeded: index))
            let operation = operations[index]
            switch operation.opcode {
            case .get: forward(index, operation)
            case .put: holders[Int(operation.a)] = heldAfterPut(operation)
            // Flags in a register are their packed form.
            case .packFlags, .unpackFlags: values[index].alias = resolve(operation.a)
            case .call: forgetHolders()
            case .skipIf:
                if !isChainedSkip(index), operation.b < Builder.capacity { labelReferences[Int(operation.b)] &+= 1 }
            case .goto, .jump:
                if operation.flags == JumpKind.continuedCall.rawValue { forgetHolders() }
            case .label: passLabel(index, operation)
            default: break
            }
            index &+= 1
        }
    }

    private func forgetHolders() {
        for register in 0..<pins.registerCount { holders[register] = Value.none.raw }
    }

    private func forward(_ index: Int, _ operation: Operation) {
        let register = Int(operation.a)
        if !operation.type.usesVectorRegister { values[index].traits.insert(.wholeRegister) }
        let held = holders[register]
        if held == Value.none.raw {
            holders[register] = UInt32(truncatingIfNeeded: index)
        } else if serves(held, operation.type, register) {
            values[index].alias = held
        } else if operation.type == .v128 {
            holders[register] = UInt32(truncatingIfNeeded: index)
        }
    }

    /// The operand that a register is known to hold after a `put`: none when that cleared bits of it.
    func heldAfterPut(_ operation: Operation) -> UInt32 {
        let operand = resolve(operation.b)
        guard placements[Int(operation.a)].byteCount == 16, let value = definition(operand),
            operations[value].type != operation.type
        else { return operand }
        return Value.none.raw
    }

    /// What is known stays known at a label that nothing but the operation before it leads to.
    private func passLabel(_ index: Int, _ operation: Operation) {
        guard operation.a < Builder.capacity else { return }
        let label = Int(operation.a)
        labelOperations[label] = Int32(truncatingIfNeeded: index)
        if labelReferences[label] != 0 { forgetHolders() }
        labelReferences[label] = 0
    }

    // MARK: Liveness

    @inline(__always)
    private func analyse(_ index: Int, _ nextObserver: inout Int32) {
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
            nextObserver = Int32(truncatingIfNeeded: index)
            return
        default: break
        }
        checkHint(index, nextObserver)
        if operation.type == .flags && analyseFlags(operation, index) { return }
        if !setsFlags(index), let idiom = idiom(operation) {
            values[index].traits.insert(.idiom)
            values[index].constant = idiom.encoded
            use(idiom.source, at: index, upper: idiom.readsUpperHalf)
            return
        }
        let place = useIndex(operation, index)
        let upper = needsUpper(traits.upper, operation, index)
        let operands = traits.operands & ~foldOperands(operation, index, place)
        if operands & 1 != 0 { use(operation.a, at: place, upper: upper) }
        if operands & 2 != 0 { use(operation.b, at: place, upper: upper) }
        if operands & 4 != 0 { use(operation.c, at: place, upper: upper) }
        if operation.opcode != .condition { markPacked(operation, traits.operands) }
        if traits.passesHint || takesLowHalf(operation) { passHint(from: index, to: operation.a) }
        switch operation.opcode {
        case .skipIf:
            markCondition(operation.a)
            nextObserver = Int32(truncatingIfNeeded: index)
        case .exitIf: markCondition(operation.c)
        case .condition: markCarryUse(operation, index)
        case .addWithCarry: if isCarry(operation.c) { markCondition(operation.c) }
        // The flags of an addition need a temporary more than the operands leave.
        case .select:
            if let value = definition(resolve(operation.a)), operations[value].opcode == .compare {
                markCondition(operation.a)
            }
        default: break
        }
        if traits.isObserver { nextObserver = Int32(truncatingIfNeeded: index) }
    }

    /// Where the operands of an operation are read: at the operation, or where a fused comparison is consumed.
    @inline(__always)
    private func useIndex(_ operation: Operation, _ index: Int) -> Int {
        switch operation.opcode {
        case .addFlags, .subFlags, .logicFlags:
            return values[index].traits.contains(.packed) ? index : Int(values[index].lastUse)
        case .compare, .condition:
            guard values[index].useCount == 1, values[index].traits.contains(.usedAsCondition) else { return index }
            values[index].traits.insert(.fused)
            return Int(values[index].lastUse)
        default: return index
        }
    }

    @inline(__always)
    private func analysePut(_ operation: Operation, _ index: Int, _ nextObserver: Int32) {
        let register = Int(operation.a)
        let next = nextPuts[register]
        let isSeen = next >= nextObserver || nextGets[register] <= next
        let host = placements[register].host
        if !isSeen && host.isNone {
            values[index].traits.insert(.dead)
            return
        }
        nextPuts[register] = Int32(truncatingIfNeeded: index)
        nextGets[register] = BlockEmitter.never
        if !isSeen { values[index].traits.insert(.soft) }
        guard let value = definition(resolve(operation.b)) else { return }
        if isSeen { use(operation.b, at: index, upper: true) }
        if operations[value].type == .flags { values[value].traits.insert(.packed) }
        guard !host.isNone, host.isVector == operations[value].type.usesVectorRegister else { return }
        // What clears the rest of the register cannot stand there as the wider value that it was.
        if placements[register].byteCount == 16 && operations[value].type != operation.type { return }
        // A write that is seen decides before one that is not.
        if isSeen || values[value].hintRegister == ValueInfo.noRegister {
            values[value].hintRegister = UInt16(truncatingIfNeeded: register)
            values[value].hintPut = UInt16(truncatingIfNeeded: index)
        }
    }

    /// Drops the wish to compute a value into its pinned register ahead of the `put`, unless nothing between the two
    /// sees the register.
    @inline(__always)
    private func checkHint(_ index: Int, _ nextObserver: Int32) {
        let register = values[index].hintRegister
        guard register != ValueInfo.noRegister else { return }
        let put = Int32(values[index].hintPut)
        if put > nextObserver || nextPuts[Int(register)] != put || nextGets[Int(register)] < put {
            values[index].hintRegister = ValueInfo.noRegister
        }
    }

    @inline(__always)
    private func takesLowHalf(_ operation: Operation) -> Bool {
        operation.opcode == .vectorUnary && operation.c == VectorUnary.lowHalf.rawValue
    }

    @inline(__always)
    private func passHint(from index: Int, to operand: UInt32) {
        guard values[index].hintRegister != ValueInfo.noRegister, let value = definition(resolve(operand)),
            values[value].useCount == 1, values[value].hintRegister == ValueInfo.noRegister,
            operations[value].type.usesVectorRegister == operations[index].type.usesVectorRegister
        else { return }
        values[value].hintRegister = values[index].hintRegister
        values[value].hintPut = values[index].hintPut
    }

    /// The operation that defines an operand, unless it is a small constant or absent.
    @inline(__always)
    func definition(_ operand: UInt32) -> Int? { operand < UInt32(count) ? Int(operand) : nil }

    @inline(__always)
    private func needsUpper(_ use: OpcodeTraits.UpperUse, _ operation: Operation, _ index: Int) -> Bool {
        switch use {
        case .never: false
        case .byType: operation.type == .i64
        case .asResult: operation.type == .i64 && values[index].traits.contains(.upperNeeded)
        case .byFlags: operation.flags & FlagAttributes.narrow.rawValue == 0
        case .always: true
        }
    }

    @inline(__always)
    func use(_ operand: UInt32, at index: Int, upper: Bool) {
        guard let value = definition(resolve(operand)) else { return }
        if upper { values[value].traits.insert(.upperNeeded) }
        if values[value].useCount < 255 { values[value].useCount &+= 1 }
        if Int(values[value].lastUse) < index { values[value].lastUse = UInt16(truncatingIfNeeded: index) }
    }

    @inline(__always)
    private func markCondition(_ operand: UInt32) {
        guard let value = definition(resolve(operand)) else { return }
        values[value].traits.insert(.usedAsCondition)
    }
}
