/// The backward pass over operations that make flags.
///
/// Flags are emitted in one of three ways. Where nothing but conditions reads them, each condition emits the comparison
/// for itself. Where they are needed as a number (a guest register holds them), they are made at once and packed, and
/// conditions take them from the host's flags while these last, and from the number afterwards. And where the
/// operation before computes the same as a value, its instruction leaves them in the host's flags.
extension BlockEmitter {
    /// Whether the operation's instruction must leave the flags that the next operation stands for.
    @inline(__always)
    func setsFlags(_ index: Int) -> Bool {
        let next = index &+ 1
        return next < count && values[next].traits.contains(.precomputed) && operations[next].type == .flags
    }

    /// Flags that something but a condition uses are needed packed.
    @inline(__always)
    func markPacked(_ operation: Operation, _ operands: UInt8) {
        if operands & 1 != 0 { markPacked(operation.a) }
        if operands & 2 != 0 { markPacked(operation.b) }
        if operands & 4 != 0 { markPacked(operation.c) }
    }

    @inline(__always)
    private func markPacked(_ operand: UInt32) {
        guard let value = definition(resolve(operand)), operations[value].type == .flags else { return }
        values[value].traits.insert(.packed)
    }

    /// Whether an addition may take its carry straight from flags: from such as have a register.
    func isCarry(_ operand: UInt32) -> Bool {
        guard let value = definition(resolve(operand)), operations[value].opcode == .condition else { return false }
        switch FlagCondition(rawValue: operations[value].flags) {
        case .carry, .notCarry: break
        default: return false
        }
        guard let flags = definition(resolve(operations[value].a)) else { return false }
        return operations[flags].type != .flags || operations[flags].opcode == .addWithCarryFlags
    }

    /// Of an addition's flags all are needed unless the condition is the carry of another.
    func markCarryUse(_ operation: Operation, _ index: Int) {
        guard let flags = definition(resolve(operation.a)), operations[flags].opcode == .addWithCarryFlags
        else { return }
        let info = values[index]
        if info.traits.contains(.fused) && operations[Int(info.lastUse)].opcode == .addWithCarry { return }
        values[flags].traits.insert(.packed)
    }

    /// Notes the uses of an operation that makes flags, when that is not done as for every other operation.
    func analyseFlags(_ operation: Operation, _ index: Int) -> Bool {
        // Made at once in any case: they take more than one instruction.
        if operation.opcode == .addWithCarryFlags && !values[index].traits.contains(.packed) {
            let isComputed = index > 0 && isComputedBefore(operation, index)
            values[index].traits.insert(isComputed ? .carryOnly : .packed)
        }
        if operation.opcode == .floatCompareFlags {
            if !values[index].traits.contains(.packed) && isNeutral(after: index) && comparisonClass(index) != nil {
                values[index].traits.insert(.heldOnly)
            }
            return false
        }
        let isPacked = !values[index].traits.isDisjoint(with: [.packed, .carryOnly])
        if index > 0 && isComputedBefore(operation, index) && (isPacked || isNeutral(after: index)) {
            values[index].traits.insert(.precomputed)
            return true
        }
        guard operation.opcode == .logicFlags, let value = definition(resolve(operation.a)), value == index - 1,
            operations[value].opcode == .and, values[value].useCount == 0,
            operations[value].type == flagType(operation)
        else { return false }
        values[index].traits.insert(.idiom)
        let place = isPacked ? index : Int(values[index].lastUse)
        use(operations[value].a, at: place, upper: operations[value].type == .i64)
        use(operations[value].b, at: place, upper: operations[value].type == .i64)
        return true
    }

    func flagType(_ operation: Operation) -> ValueType {
        FlagAttributes(rawValue: operation.flags).contains(.narrow) ? .i32 : .i64
    }

    /// Whether the operation before computes the value that the flags are of, and something uses that value.
    private func isComputedBefore(_ operation: Operation, _ index: Int) -> Bool {
        let before = operations[index - 1]
        guard values[index - 1].useCount > 0, before.type == flagType(operation) else { return false }
        switch (operation.opcode, before.opcode) {
        case (.addFlags, .add), (.subFlags, .sub):
            return resolve(operation.a) == resolve(before.a) && resolve(operation.b) == resolve(before.b)
        case (.addWithCarryFlags, .addWithCarry):
            return resolve(operation.a) == resolve(before.a) && resolve(operation.b) == resolve(before.b)
                && resolve(operation.c) == resolve(before.c)
        case (.logicFlags, .and), (.logicFlags, .or), (.logicFlags, .xor), (.logicFlags, .andNot):
            return definition(resolve(operation.a)) == index - 1
        default: return false
        }
    }

    /// What the host's flags must be after a comparison of unordered operands, so that every condition that reads them
    /// comes out right; nil when two conditions disagree.
    func comparisonClass(_ index: Int) -> ComparisonClass? {
        var found = ComparisonClass.any
        for next in index + 1..<max(index + 1, Int(values[index].lastUse) + 1) {
            let operation = operations[next]
            guard operation.opcode == .condition, resolve(operation.a) == UInt32(truncatingIfNeeded: index) else {
                continue
            }
            let needed: ComparisonClass
            switch FlagCondition(rawValue: operation.flags) {
            case .overflow, .notOverflow: continue
            case .less, .greaterOrEqual, .lessOrEqual, .greater: needed = .allSet
            default: needed = .onlyParity
            }
            if found != .any && found != needed { return nil }
            found = needed
        }
        return found
    }

    /// Whether nothing up to the last use of the flags changes the host's flags.
    private func isNeutral(after index: Int) -> Bool {
        let end = Int(values[index].lastUse)
        if end - index > 16 { return false }
        var next = index + 1
        while next < end {
            switch operations[next].opcode {
            case .put, .get, .mark, .const, .packFlags, .unpackFlags: break
            case .condition where resolve(operations[next].a) == UInt32(truncatingIfNeeded: index): break
            default: return false
            }
            next += 1
        }
        switch operations[end].opcode {
        case .condition, .skipIf, .select: return true
        default: return false
        }
    }
}

/// The host's flags that stand for unordered operands after UCOMIS has set ZF, PF and CF.
enum ComparisonClass: UInt8 {
    /// Whatever they are, with PF set.
    case any
    /// ZF, PF and CF: less and not greater.
    case allSet
    /// PF alone: neither zero nor carry.
    case onlyParity
}
