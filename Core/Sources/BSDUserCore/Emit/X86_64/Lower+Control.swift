/// Conditions, jumps, exits and calls.
extension BlockEmitter {
    // MARK: Conditions

    /// The host condition that tells whether `operand` is not 0; emits the instruction that sets the flags.
    func emitCondition(_ operand: UInt32) -> Condition {
        let resolved = resolve(operand)
        if let value = definition(resolved) {
            let operation = operations[value]
            if values[value].traits.contains(.fused) {
                return operation.opcode == .compare ? emitCompare(value) : emitFlagCondition(operation)
            }
            if let slot = slotOnly(value), isLastUse(value) {
                assembler.alu(.cmp, width(operation.type), slot, 0)
                return .notEqual
            }
            let register = useGPR(resolved)
            assembler.test(width(operation.type), register, register)
            return .notEqual
        }
        let register = useGPR(resolved)
        assembler.test(.qword, register, register)
        return .notEqual
    }

    private func emitCompare(_ value: Int) -> Condition {
        let operation = operations[value]
        let width = width(operation.type)
        var (a, b) = (operation.a, operation.b)
        var condition = hostCondition(operation.flags)
        if flagsAreHeld(heldFlags), flags(operations[heldFlags], serve: operation, condition) { return condition }
        if values[value].traits.contains(.folded) {
            let isZero = emitTest(value)
            return condition == .equal ? isZero : isZero.negated
        }
        if let repeated = repeatComparison(operation) { return repeated }
        if constant(a) != nil && constant(b) == nil {
            swap(&a, &b)
            condition = mirrored(condition)
        }
        if let value = immediate(b, width) {
            let first = useOperand(a)
            if value == 0, case .register(let register) = first {
                assembler.test(width, register, register)
            } else {
                alu(.cmp, width, first, value)
            }
            return condition
        }
        let first = useOperand(a)
        let second = useOperand(b)
        switch (first, second) {
        case (.register(let register), _): alu(.cmp, width, register, second)
        case (.memory(let address), .register(let register)): assembler.alu(.cmp, width, address, register)
        case (.memory, .memory):
            let register = allocate(BlockEmitter.integerTemporaryMask).gpr
            move(width, register, first)
            alu(.cmp, width, register, second)
        }
        return condition
    }

    /// Whether the host's flags, which `held` has made, are also those of a comparison, as far as the condition goes.
    private func flags(_ held: Operation, serve comparison: Operation, _ condition: Condition) -> Bool {
        guard !FlagAttributes(rawValue: held.flags).contains(.invertedCarry), flagWidth(held) == width(comparison.type)
        else { return false }
        let (a, b) = (resolve(comparison.a), resolve(comparison.b))
        switch held.opcode {
        case .subFlags:
            if a == resolve(held.a) && b == resolve(held.b) { return true }
            // A difference is zero where its operands are equal.
            guard condition == .equal || condition == .notEqual, constant(b) == 0, let value = definition(a) else {
                return false
            }
            let difference = operations[value]
            return difference.opcode == .sub && difference.type == comparison.type
                && resolve(difference.a) == resolve(held.a) && resolve(difference.b) == resolve(held.b)
        case .logicFlags: return a == resolve(held.a) && constant(b) == 0
        default: return false
        }
    }

    /// For a comparison with 0 of what an earlier comparison gave, as guests without flags branch: where the operands of that
    /// are still in registers it is made again, and the jump does not wait for the 0 or 1.
    private func repeatComparison(_ operation: Operation) -> Condition? {
        let isInverse = operation.flags == IntegerCondition.equal.rawValue
        guard isInverse || operation.flags == IntegerCondition.notEqual.rawValue, constant(operation.b) == 0,
            let value = definition(resolve(operation.a)), operations[value].opcode == .compare,
            values[value].traits.isDisjoint(with: [.fused, .folded])
        else { return nil }
        let earlier = operations[value]
        guard let first = remainingRegister(earlier.a) else { return nil }
        let width = width(earlier.type)
        if let number = immediate(earlier.b, width) {
            alu(.cmp, width, .register(first.gpr), number)
        } else if let second = remainingRegister(earlier.b) {
            alu(.cmp, width, first.gpr, .register(second.gpr))
        } else {
            return nil
        }
        let condition = hostCondition(earlier.flags)
        return isInverse ? condition.negated : condition
    }

    private func alu(_ kind: ALUOperation, _ width: Width, _ operand: RegisterOrMemory, _ immediate: Int32) {
        switch operand {
        case .register(let register): assembler.alu(kind, width, register, immediate)
        case .memory(let address): assembler.alu(kind, width, address, immediate)
        }
    }

    private func hostCondition(_ raw: UInt8) -> Condition {
        switch IntegerCondition(rawValue: raw) {
        case .equal, nil: .equal
        case .notEqual: .notEqual
        case .lessSigned: .less
        case .lessOrEqualSigned: .lessOrEqual
        case .greaterSigned: .greater
        case .greaterOrEqualSigned: .greaterOrEqual
        case .lessUnsigned: .below
        case .lessOrEqualUnsigned: .belowOrEqual
        case .greaterUnsigned: .above
        case .greaterOrEqualUnsigned: .aboveOrEqual
        }
    }

    /// The condition with the operands exchanged.
    private func mirrored(_ condition: Condition) -> Condition {
        switch condition {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .below: .above
        case .belowOrEqual: .aboveOrEqual
        case .above: .below
        case .aboveOrEqual: .belowOrEqual
        default: condition
        }
    }

    /// `compare` and `condition` as values.
    func lowerCondition(_ operation: Operation) {
        if values[current].traits.contains(.fused) { return }
        if operation.opcode == .condition {
            lowerFlagCondition(operation)
        } else {
            materialise(emitCompare(current))
        }
    }

    /// 0 or 1 by a condition, as the result of the current operation; the flags are set already.
    func materialise(_ condition: Condition) {
        let destination = defineGPR()
        assembler.setcc(condition, destination)
        assembler.movzx(destination, from: .byte, destination)
    }

    func lowerSelect(_ operation: Operation) {
        let width = width(operation.type)
        if let condition = constant(operation.a) {
            makeAlias(of: condition != 0 ? operation.b : operation.c)
            return
        }
        if resolve(operation.b) == resolve(operation.c) {
            makeAlias(of: operation.b)
            return
        }
        // Operands first: loading them could disturb the flags.
        beginBesideFlags(operation.a)
        let chosen = useGPR(operation.b)
        let other = useGPR(operation.c)
        endBesideFlags()
        let condition = emitCondition(operation.a)
        locked = BlockEmitter.mask(chosen) | BlockEmitter.mask(other)
        let destination = defineGPR(prefer: other, avoiding: BlockEmitter.mask(chosen) & ~BlockEmitter.mask(other))
        if destination != other { assembler.mov(width, destination, other) }
        assembler.cmov(condition, width, destination, chosen)
    }

    // MARK: Labels

    func placeLabel(_ label: UInt32) {
        var isTarget = isAtLanding
        isAtLanding = false
        var index = 0
        while index < labelFixupCount {
            if labelFixups[index].label == label {
                assembler.patch32Here(labelFixups[index].fixup)
                labelFixupCount -= 1
                labelFixups[index] = labelFixups[labelFixupCount]
                isTarget = true
            } else {
                index += 1
            }
        }
        // Reached by falling through alone, everything known stays known.
        guard isTarget else { return }
        isReachable = true
        heldFlags = -1
        isFenced = false
        forgetValues()
    }

    func lowerSkip(_ operation: Operation) {
        if let condition = constant(operation.a) {
            if condition == 0 { return }
            // Liveness has it that nothing but the skip's fall-through leads to the label.
            if isChainedSkip(current) { current = afterMarks(current + 1) } else { jumpToLabel(operation.b) }
            return
        }
        if isChainedSkip(current) {
            // skip L; goto A; L: the other condition jumps to A.
            let condition = emitCondition(operation.a).negated
            let keeps = flagsAreHeld(heldFlags)
            let next = afterMarks(current + 1)
            emitChain(condition, operations[next].constant)
            if keeps { heldFlagsEnd = assembler.position }
            current = next
            return
        }
        if operation.b < Builder.capacity {
            let target = afterMarks(Int(labelOperations[Int(operation.b)]) + 1)
            if target < count, isForwardJump(operations[target]) {
                // skip L; ...; L: goto B: the condition jumps to B.
                emitChain(emitCondition(operation.a), operations[target].constant)
                return
            }
        }
        let condition = emitCondition(operation.a)
        let keeps = flagsAreHeld(heldFlags)
        addLabelFixup(assembler.jccForward(condition), operation.b)
        if keeps { heldFlagsEnd = assembler.position }
    }

    /// Whether a skip leads over nothing but a jump forward, which then takes the opposite condition.
    func isChainedSkip(_ index: Int) -> Bool {
        let next = afterMarks(index + 1)
        guard next < count, isForwardJump(operations[next]) else { return false }
        let label = afterMarks(next + 1)
        return label < count && operations[label].opcode == .label && operations[label].a == operations[index].b
    }

    private func jumpToLabel(_ label: UInt32) {
        addLabelFixup(assembler.jmpForward(), label)
        isReachable = false
    }

    private func addLabelFixup(_ fixup: Assembler.Fixup, _ label: UInt32) {
        guard labelFixupCount < Builder.capacity else {
            hasFailed = true
            return
        }
        labelFixups[labelFixupCount] = LabelFixup(fixup: fixup, label: label)
        labelFixupCount += 1
    }

    private func afterMarks(_ index: Int) -> Int {
        var index = index
        while index < count && operations[index].opcode == .mark { index += 1 }
        return index
    }

    // MARK: Leaving the block

    /// Whether a jump must pay the budget: every loop has such a jump.
    @inline(__always)
    private func isBackward(_ target: UInt64) -> Bool { target <= pc }

    /// Whether an operation is a jump to a known address that neither pays the budget nor is a call.
    private func isForwardJump(_ operation: Operation) -> Bool {
        operation.opcode == .goto && !operation.isCall && !isBackward(operation.constant)
    }

    func lowerGoto(_ operation: Operation) {
        let target = operation.constant
        isReachable = false
        if operation.isCall {
            lowerCall(target, operation)
            return
        }
        guard isBackward(target) else {
            emitChain(nil, target)
            return
        }
        payBudget()
        if target == pc {
            assembler.jcc(.noSign, to: start)
        } else {
            emitChain(.noSign, target)
        }
        leaveForBudget(target)
    }

    private static let budget = Address(.rbp, -Int32(CPUState.registerBias))

    /// The sign tells whether the budget has run out.
    private func payBudget() { assembler.alu(.sub, .dword, BlockEmitter.budget, 1) }

    private func leaveForBudget(_ target: UInt64) {
        storePC(target)
        assembler.jmp(Thunks.header(.interruptThunk))
    }

    /// A jump whose target is filled in when it is known.
    private func emitChain(_ condition: Condition?, _ target: UInt64) {
        alignForPatching(opcodeBytes: condition == nil ? 1 : 2)
        addChain(condition.map { assembler.jccForward($0) } ?? assembler.jmpForward(), target)
    }

    /// The rel32 that comes does not cross eight aligned bytes, so that one store changes it. Prefixes without effect (CS) fill
    /// up; unlike NOPs they cost no instruction.
    private func alignForPatching(opcodeBytes: UInt) {
        while (UInt(bitPattern: assembler.position) &+ opcodeBytes) & 7 > 4 { assembler.emit8(0x2E) }
    }

    private func addChain(_ fixup: Assembler.Fixup, _ target: UInt64, isLanding: Bool = false) {
        guard chainCount < Builder.capacity else {
            hasFailed = true
            return
        }
        chains[chainCount] = Chain(fixup: fixup, target: target, isLanding: isLanding, stub: fixup)
        chainCount += 1
    }

    func lowerJump(_ operation: Operation) {
        isReachable = false
        if operation.flags == JumpKind.return_.rawValue {
            lowerReturn(operation.a)
            return
        }
        let target = jumpTarget(operation.a)
        if operation.isCall {
            lowerCall(through: target, operation)
        } else {
            assembler.jumpThroughTable(target, alignmentLog2: instructionAlignmentLog2)
        }
    }

    /// The register of a jump's target, none that the look-up needs.
    private func jumpTarget(_ operand: UInt32) -> GPR {
        switch useOperand(operand) {
        case .register(let register) where register != .rcx && register != .rdx: return register
        case .register(let register): assembler.mov(.qword, .rax, register)
        case .memory(let address): assembler.loadZeroExtended(.qword, .rax, address)
        }
        return .rax
    }

    // MARK: Calls and returns of the guest

    /// A call of the host's, whose processor then knows where the guest's return leads. Calls look at the budget in either
    /// direction: the time that a tree of calls takes grows with each level of it, though none leads back.
    private func lowerCall(_ target: UInt64, _ operation: Operation) {
        if isBackward(target) {
            payBudget()
        } else {
            assembler.alu(.cmp, .dword, BlockEmitter.budget, 0)
        }
        let cold = coldPathCount
        addCold(ColdPath(.callWithoutBudget, entry: assembler.jccForward(.sign)))
        alignForPatching(opcodeBytes: 1)
        addChain(assembler.callForward(), target)
        emitLanding(operation, distance: operation.a, cold)
    }

    private func lowerCall(through target: GPR, _ operation: Operation) {
        let code = assembler.lookUpJump(target, alignmentLog2: instructionAlignmentLog2)
        let cold = coldPathCount
        var path = ColdPath(.callMiss, entry: assembler.jccForward(.notEqual))
        path.first = HostRegister(target)
        addCold(path)
        assembler.call(code)
        emitLanding(operation, distance: operation.b, cold)
    }

    /// Leaves translated code by a thunk where a call would have been made, and is returned to where that would be.
    func emitColdCall(_ thunk: StateHeader, landing: Assembler.Fixup) {
        assembler.call(Thunks.header(thunk))
        assembler.jmp(to: landing)
    }

    /// Where a call returns to, and what the cold path with the index `cold` does in its place: goes on behind the guest's
    /// call if that is where the guest returns to, the address in rax. Otherwise an earlier call may be the one.
    private func emitLanding(_ operation: Operation, distance: UInt32, _ cold: Int) {
        let next = pc &+ UInt64(bitPattern: Int64(Int32(bitPattern: distance)))
        let landing = assembler.position
        if cold < coldPathCount { coldPaths[cold].resume = landing }
        compareReturn(with: next)
        if operation.flags == JumpKind.continuedCall.rawValue {
            addChain(landing, next, isLanding: true)
            addCold(ColdPath(.otherReturn, entry: assembler.jccForward(.notEqual)))
            isAtLanding = true
        } else {
            emitChain(.equal, next)
            assembler.ret()
        }
    }

    /// Compares rax with the address that a call returns to. Begins with `ChainRecord.openLanding`.
    private func compareReturn(with next: UInt64) {
        if let low = Int32(exactly: Int64(bitPattern: next)) {
            assembler.alu(.cmp, .qword, .rax, low)
        } else {
            assembler.movImmediate64(.rcx, next)
            assembler.alu(.cmp, .qword, .rax, .rcx)
        }
    }

    private func lowerReturn(_ operand: UInt32) {
        let target = jumpTarget(operand)
        if target != .rax { assembler.mov(.qword, .rax, target) }
        assembler.ret()
    }

    // MARK: Exits

    func lowerExit(_ operation: Operation) {
        isReachable = false
        emitExit(operation.b, argument: operation.a, in: exitArgument(operation.a))
    }

    /// The register of an exit's argument, or none when it is a constant.
    private func exitArgument(_ operand: UInt32) -> HostRegister {
        constant(operand) != nil || operand == Value.none.raw ? .none : HostRegister(useGPR(operand))
    }

    func lowerExitIf(_ operation: Operation) {
        if let condition = constant(operation.c) {
            if condition != 0 { lowerExit(operation) }
            return
        }
        let argument = exitArgument(operation.a)
        let condition = emitCondition(operation.c)
        var cold = ColdPath(.exit, entry: assembler.jccForward(condition))
        cold.first = argument
        addCold(cold)
    }

    // MARK: Calls

    /// Calls entry `index` of the helper table. All guest registers are in their slots meanwhile.
    func callHelper(_ index: Int, _ a: UInt32?, _ b: UInt32?, _ c: UInt32?) {
        isFenced = false
        saveAllLiveValues()
        storeVectorArguments(a, b, c)
        loadArgument(a, .rax)
        loadArgument(b, .rdx)
        loadArgument(c, .rcx)
        assembler.loadZeroExtended(.qword, .r11, Thunks.header(.helperTable))
        assembler.loadZeroExtended(.qword, .r11, Address(.r11, Int32(truncatingIfNeeded: index * 8)))
        assembler.call(Thunks.header(.helperThunk))
        // Vector operands were loaded into temporaries, which the call has changed.
        for code in 16..<16 + UInt8(PinMap.firstPinnedVector) { release(HostRegister(code: code)) }
        let operation = operations[current]
        guard values[current].useCount > 0 else { return }
        if operation.type == .v128 {
            assembler.loadVector(defineXMM(), scratch(CPUState.resultIndex * 16))
        } else if operation.type.isFloat {
            assembler.mov(width(operation.type), defineXMM(), .rax)
        } else if operation.type != .none {
            own(HostRegister(.rax), current)
        }
    }

    /// Whether a call takes an operand for a vector. What stands for it may be a scalar with zeros above.
    private func isVector(_ operand: UInt32) -> Bool {
        definition(operand).map { operations[$0].type == .v128 } ?? false
    }

    /// Vector operands go through the scratch.
    private func storeVectorArguments(_ operands: UInt32?...) {
        for (index, operand) in operands.enumerated() {
            guard let operand, isVector(operand) else { continue }
            let register = useXMM(operand)
            assembler.storeVector(scratch(index * 16), register)
            unlock(HostRegister(register))
        }
    }

    private func loadArgument(_ operand: UInt32?, _ target: GPR) {
        guard let operand, operand != Value.none.raw else {
            assembler.zero(target)
            return
        }
        let resolved = resolve(operand)
        if let constant = constant(resolved) {
            loadConstant(target, constant)
            return
        }
        guard let value = definition(resolved), !isVector(operand) else { return }
        if operations[value].type.isFloat {
            assembler.mov(width(operations[value].type), target, useXMM(resolved))
        } else {
            load(HostRegister(target), value)
        }
    }
}
