/// Guest registers of 16 bytes, and choices between values in vector registers.
extension BlockEmitter {
    /// Guest register := `operand`. A scalar clears the rest of the register.
    func putVector(_ register: Int, _ operand: UInt32, _ type: ValueType) {
        guard let value = definition(operand) else { return }
        let isExact = operations[value].type == type
        let isClean = type == .v128 || isExact && values[value].traits.contains(.wholeRegister)
        // A register that a scalar was read from holds it, and more; the scalar may have become clean in another since.
        let isHome = type == .v128 || values[value].home == UInt16(truncatingIfNeeded: register)
        if holders[register] == operand && isClean && isHome { return }
        let placement = placements[register]
        if placement.host.isNone {
            // Into a register before the slot, which may be its only place, is written.
            let source = useXMM(operand)
            displace(register, for: operand)
            storeVectorSlot(Address(.rbp, placement.displacement), source, type, isClean: isClean)
            holders[register] = isExact ? operand : Value.none.raw
            if isExact && values[value].home == ValueInfo.noRegister {
                values[value].home = UInt16(truncatingIfNeeded: register)
                if !isClean { values[value].traits.remove(.wholeRegister) }
            }
            return
        }
        let host = placement.host
        let isThere = registerHolding(value) == host
        if isThere && values[value].host.isNone && (isExact || isLastUse(value)) {
            values[value].home = ValueInfo.noRegister
        } else {
            displace(register, for: operand)
            if values[value].host != host {
                release(host)
                load(host, value)
            }
        }
        if !isClean { clearAbove(type, host.xmm, host.xmm) }
        guard isExact else {
            holders[register] = Value.none.raw
            return
        }
        // From here on the pinned register is the value's place, and its temporary is free.
        release(values[value].host.isNone ? host : values[value].host)
        values[value].home = UInt16(truncatingIfNeeded: register)
        values[value].spill = ValueInfo.noSpill
        if type != .v128 { values[value].traits.insert(.wholeRegister) }
        holders[register] = operand
    }

    private func storeVectorSlot(_ slot: Address, _ source: XMM, _ type: ValueType, isClean: Bool) {
        if isClean {
            assembler.storeVector(slot, source)
            return
        }
        let cleared = allocate(BlockEmitter.vectorTemporaryMask).xmm
        clearAbove(type, cleared, source)
        assembler.storeVector(slot, cleared)
    }

    /// The scalar alone, with zeros above it.
    func clearAbove(_ type: ValueType, _ destination: XMM, _ source: XMM) {
        if type == .f64 {
            assembler.movq(destination, source)
        } else {
            assembler.insertSingle(destination, source, source, control: 0x0E)
        }
    }

    /// Notes that nothing stands above the current operation's scalar when that is so for `source`.
    @inline(__always)
    func inheritClean(_ source: UInt32) {
        if isClean(source) { values[current].traits.insert(.wholeRegister) }
    }

    /// Whether nothing stands above an operand, read as a scalar of the current operation's type: what stands for it may be
    /// a wider one.
    func isClean(_ operand: UInt32) -> Bool {
        guard let value = definition(resolve(operand)), values[value].traits.contains(.wholeRegister) else {
            return false
        }
        let type = operations[value].type
        return type.isFloat && type.bits <= operations[current].type.bits
    }

    /// `select` between values in vector registers.
    func lowerVectorRegisterSelect(_ operation: Operation) {
        if let condition = constant(operation.a) {
            makeAlias(of: condition != 0 ? operation.b : operation.c)
            return
        }
        if resolve(operation.b) == resolve(operation.c) {
            makeAlias(of: operation.b)
            return
        }
        beginBesideFlags(operation.a)
        let chosen = useXMM(operation.b)
        let other = useXMM(operation.c)
        endBesideFlags()
        let condition = emitCondition(operation.a)
        locked = BlockEmitter.mask(chosen) | BlockEmitter.mask(other)
        let destination = defineXMM(prefer: other, avoiding: BlockEmitter.mask(chosen) & ~BlockEmitter.mask(other))
        if destination != other { assembler.movaps(destination, other) }
        let skip = assembler.jccForwardShort(condition.negated)
        assembler.movaps(destination, chosen)
        assembler.patch8Here(skip)
        if isClean(operation.b) && isClean(operation.c) { values[current].traits.insert(.wholeRegister) }
    }
}
