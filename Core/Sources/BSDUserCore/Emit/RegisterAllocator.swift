/// Where values are: a forward allocation in one pass, driven by the last uses of the backward pass.
///
/// A value is in a temporary, in the home of a guest register (pinned host register or slot), in a spill slot, or is a
/// constant. A temporary that caches a guest register stays known until it is needed for something else.
extension BlockEmitter {
    /// Temporaries, general-purpose then vector, as host register codes.
    static let integerTemporaryMask: UInt64 = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 11
    static let vectorTemporaryMask: UInt64 = 0x3F << 16

    @inline(__always)
    static func mask(_ register: HostRegister) -> UInt64 { register.isNone ? 0 : 1 &<< UInt64(register.code) }
    @inline(__always)
    static func mask(_ register: GPR) -> UInt64 { 1 &<< UInt64(register.code) }
    @inline(__always)
    static func mask(_ register: XMM) -> UInt64 { 1 &<< UInt64(register.code &+ 16) }

    @inline(__always)
    func lock(_ register: HostRegister) { locked |= BlockEmitter.mask(register) }
    @inline(__always)
    func unlock(_ register: HostRegister) { locked &= ~BlockEmitter.mask(register) }

    /// At the start of a block and at a label nothing is known but guest state.
    func forgetValues() {
        for register in 0..<pins.registerCount { holders[register] = Value.none.raw }
        for register in 0..<HostRegister.count { owners[register] = -1 }
        freeSpills = UInt64.max >> UInt64(64 - BlockEmitter.spillSlotCount)
        locked = 0
    }

    // MARK: Operands

    /// The operand that `operand` is another name of.
    @inline(__always)
    func resolve(_ operand: UInt32) -> UInt32 {
        var operand = operand
        while operand < UInt32(count) {
            let alias = values[Int(operand)].alias
            if alias == operand { break }
            operand = alias
        }
        return operand
    }

    /// The operand's value when it is constant.
    @inline(__always)
    func constant(_ operand: UInt32) -> Int64? {
        let resolved = resolve(operand)
        if let value = definition(resolved) {
            return values[value].traits.contains(.constant) ? values[value].constant : nil
        }
        let value = Value(raw: resolved)
        return value.isConstant ? value.constant : nil
    }

    /// The operand's value when it is a constant that an instruction can hold; 32-bit operands always are.
    @inline(__always)
    func immediate(_ operand: UInt32, _ width: Width) -> Int32? {
        guard let constant = constant(operand) else { return nil }
        let low = Int32(truncatingIfNeeded: constant)
        return width != .qword || Int64(low) == constant ? low : nil
    }

    /// Whether the current operation is the last to use the value.
    @inline(__always)
    func isLastUse(_ value: Int) -> Bool { Int(values[value].lastUse) <= current }

    /// Makes the result of the current operation another name of `operand`.
    func makeAlias(of operand: UInt32) {
        let resolved = resolve(operand)
        values[current].alias = resolved
        guard let value = definition(resolved) else { return }
        if values[value].lastUse < values[current].lastUse { values[value].lastUse = values[current].lastUse }
    }

    /// Makes the result of the current operation a constant.
    @inline(__always)
    func makeConstant(_ constant: Int64) {
        values[current].constant = constant
        values[current].traits.insert(.constant)
    }

    // MARK: Reading

    /// The operand in a general-purpose register, which stays locked for the current operation.
    func useGPR(_ operand: UInt32, avoiding: UInt64 = 0) -> GPR {
        let resolved = resolve(operand)
        guard let value = definition(resolved) else {
            let register = allocate(BlockEmitter.integerTemporaryMask & ~avoiding).gpr
            loadConstant(register, Value(raw: resolved).isConstant ? Value(raw: resolved).constant : 0)
            lock(HostRegister(register))
            return register
        }
        return use(value, BlockEmitter.integerTemporaryMask, avoiding: avoiding).gpr
    }

    /// The operand in a vector register, which stays locked for the current operation.
    func useXMM(_ operand: UInt32, avoiding: UInt64 = 0) -> XMM {
        let resolved = resolve(operand)
        guard let value = definition(resolved) else { return allocate(BlockEmitter.vectorTemporaryMask).xmm }
        return use(value, BlockEmitter.vectorTemporaryMask, avoiding: avoiding).xmm
    }

    private func use(_ value: Int, _ temporaries: UInt64, avoiding: UInt64) -> HostRegister {
        let place = registerHolding(value)
        if !place.isNone && BlockEmitter.mask(place) & avoiding == 0 {
            lock(place)
            return place
        }
        let register = allocate(temporaries & ~avoiding)
        load(register, value)
        lock(register)
        // A second copy is not kept track of; the first one serves later uses.
        if place.isNone { own(register, value) }
        return register
    }

    /// The host register that holds a value now, or none.
    @inline(__always)
    func registerHolding(_ value: Int) -> HostRegister {
        if !values[value].host.isNone { return values[value].host }
        guard values[value].home != ValueInfo.noRegister else { return .none }
        return placements[Int(values[value].home)].host
    }

    /// A general operand of an instruction: the value's register, or the slot of its guest register when this is its
    /// last use and it is not in a register.
    func useOperand(_ operand: UInt32) -> RegisterOrMemory {
        let resolved = resolve(operand)
        if let value = definition(resolved), isLastUse(value), let slot = slotOnly(value) { return .memory(slot) }
        return .register(useGPR(operand))
    }

    /// The slot of a guest register or the spill slot that is the only place of a value.
    @inline(__always)
    func slotOnly(_ value: Int) -> Address? {
        let info = values[value]
        guard info.host.isNone, !info.traits.contains(.constant) else { return nil }
        guard info.home != ValueInfo.noRegister else {
            return info.spill == ValueInfo.noSpill ? nil : spillAddress(info.spill)
        }
        let placement = placements[Int(info.home)]
        return placement.host.isNone ? Address(.rbp, placement.displacement) : nil
    }

    /// Loads a value into a register of its class, wherever it is.
    func load(_ register: HostRegister, _ value: Int) {
        let info = values[value]
        if info.traits.contains(.constant) {
            loadConstant(register.gpr, info.constant)
            return
        }
        let place = registerHolding(value)
        if !place.isNone {
            move(register, place)
        } else if info.home != ValueInfo.noRegister {
            let placement = placements[Int(info.home)]
            loadSlot(register, Address(.rbp, placement.displacement), operations[value].type, placement)
        } else if info.spill != ValueInfo.noSpill {
            let address = spillAddress(info.spill)
            if register.isVector && operations[value].type == .v128 {
                assembler.loadVector(register.xmm, address)
            } else if register.isVector {
                assembler.loadScalar(.double, register.xmm, address)
            } else {
                assembler.loadZeroExtended(.qword, register.gpr, address)
            }
        } else {
            // A use without a definition: malformed input, which the verifier reports.
            hasFailed = true
        }
    }

    private func loadSlot(
        _ register: HostRegister, _ slot: Address, _ type: ValueType, _ placement: RegisterPlacement
    ) {
        if register.isVector && type == .v128 {
            assembler.loadVector(register.xmm, slot)
        } else if register.isVector {
            assembler.loadScalar(type == .f32 ? .single : .double, register.xmm, slot)
        } else {
            assembler.loadZeroExtended(placement.byteCount == 8 ? .qword : .dword, register.gpr, slot)
        }
    }

    func loadConstant(_ register: GPR, _ constant: Int64) {
        if constant == 0 && !keepsFlags {
            assembler.zero(register)
        } else {
            assembler.mov(register, constant: UInt64(bitPattern: constant))
        }
    }

    /// Copies between registers of the same class; nothing when they are the same.
    @inline(__always)
    func move(_ destination: HostRegister, _ source: HostRegister) {
        if destination == source { return }
        if destination.isVector {
            assembler.movaps(destination.xmm, source.xmm)
        } else {
            assembler.mov(.qword, destination.gpr, source.gpr)
        }
    }

    // MARK: Writing

    /// The register for the current operation's result: the pinned register that it will be put into, else a
    /// temporary. Operands that die here may lose their register to it, except those in `avoiding`.
    func define(prefer: HostRegister = .none, avoiding: UInt64 = 0) -> HostRegister {
        let info = values[current]
        if info.hintRegister != ValueInfo.noRegister, let pinned = takeHint(info, avoiding) {
            release(pinned)
            own(pinned, current)
            lock(pinned)
            return pinned
        }
        let temporaries =
            operations[current].type.usesVectorRegister
            ? BlockEmitter.vectorTemporaryMask : BlockEmitter.integerTemporaryMask
        operandsAreRead = true
        unlockDying(temporaries & ~avoiding)
        let register =
            canReuse(prefer, temporaries & ~avoiding) ? prefer : allocate(temporaries & ~avoiding & ~locked)
        release(register)
        own(register, current)
        lock(register)
        return register
    }

    func defineGPR(prefer: GPR? = nil, avoiding: UInt64 = 0) -> GPR {
        define(prefer: prefer.map { HostRegister($0) } ?? .none, avoiding: avoiding).gpr
    }

    func defineXMM(prefer: XMM? = nil, avoiding: UInt64 = 0) -> XMM {
        define(prefer: prefer.map { HostRegister($0) } ?? .none, avoiding: avoiding).xmm
    }

    /// The pinned register of the hint, when writing it early disturbs no value that is needed before the `put`.
    private func takeHint(_ info: ValueInfo, _ avoiding: UInt64) -> HostRegister? {
        let register = Int(info.hintRegister)
        let pinned = placements[register].host
        if BlockEmitter.mask(pinned) & avoiding != 0 { return nil }
        let early = owners[Int(pinned.code)]
        if early >= 0 && Int(early) != current && values[Int(early)].host == pinned && !isLastUse(Int(early)) {
            return nil
        }
        guard let holder = definition(resolve(holders[register])), values[holder].home == info.hintRegister else {
            holders[register] = Value.none.raw
            return pinned
        }
        let needsCopy = values[holder].host.isNone && values[holder].spill == ValueInfo.noSpill
        if needsCopy && !isLastUse(holder) && !values[holder].traits.contains(.constant) {
            // Needed before the put: leave the register. Needed only after it: the copy is due anyway.
            if values[holder].lastUse <= info.hintPut { return nil }
            copyAway(holder)
        }
        values[holder].home = ValueInfo.noRegister
        holders[register] = Value.none.raw
        return pinned
    }

    /// Lets go of the temporaries of operands whose last use is the current operation.
    private func unlockDying(_ candidates: UInt64) {
        var remaining = locked & candidates
        while remaining != 0 {
            let code = remaining.trailingZeroBitCount
            remaining &= remaining &- 1
            let owner = owners[code]
            if owner < 0 || (Int(owner) != current && isLastUse(Int(owner))) { locked &= ~(1 &<< UInt64(code)) }
        }
    }

    @inline(__always)
    private func canReuse(_ register: HostRegister, _ allowed: UInt64) -> Bool {
        guard !register.isNone, BlockEmitter.mask(register) & allowed & ~locked != 0 else { return false }
        let owner = owners[Int(register.code)]
        return owner < 0 || isLastUse(Int(owner))
    }

    /// Notes that `register` holds `value`.
    @inline(__always)
    func own(_ register: HostRegister, _ value: Int) {
        values[value].host = register
        owners[Int(register.code)] = Int32(truncatingIfNeeded: value)
    }

    /// Makes the value in a temporary forget it.
    @inline(__always)
    func release(_ register: HostRegister) {
        let owner = owners[Int(register.code)]
        guard owner >= 0 else { return }
        if values[Int(owner)].host == register { values[Int(owner)].host = .none }
        owners[Int(register.code)] = -1
    }

    // MARK: Temporaries

    /// A temporary out of `candidates` that is free for anything until the end of the operation; its former value is
    /// saved if something still needs it. It is not locked.
    func allocate(_ candidates: UInt64) -> HostRegister {
        var best = HostRegister.none
        var bestCost = 5
        var remaining = candidates & ~locked
        if remaining == 0 {
            hasFailed = true
            return HostRegister(code: UInt8(truncatingIfNeeded: candidates.trailingZeroBitCount & 31))
        }
        // Take turns: look first at the registers from `nextTemporary` on.
        let rotated = remaining & (~0 &<< UInt64(nextTemporary))
        var first = rotated
        while remaining != 0 {
            let source = first != 0 ? first : remaining
            let code = source.trailingZeroBitCount
            let bit: UInt64 = 1 &<< UInt64(code)
            first &= ~bit
            remaining &= ~bit
            let cost = evictionCost(code)
            let isLonger = cost == bestCost && cost >= 3 && isNeededLonger(code, Int(best.code))
            if cost < bestCost || isLonger {
                bestCost = cost
                best = HostRegister(code: UInt8(truncatingIfNeeded: code))
                if cost == 0 { break }
            }
        }
        nextTemporary = Int(best.code) + 1
        if nextTemporary > 11 && nextTemporary < 16 || nextTemporary > 21 { nextTemporary = 0 }
        evict(best)
        return best
    }

    /// 0 free, 1 holds a dead value, 2 caches a guest register, 3 holds a live value that is elsewhere too, 4 needs a
    /// spill.
    @inline(__always)
    private func evictionCost(_ code: Int) -> Int {
        let owner = owners[code]
        guard owner >= 0 else { return 0 }
        let info = values[Int(owner)]
        if info.host.code != UInt8(truncatingIfNeeded: code) { return 0 }
        if Int(info.lastUse) < current || (Int(info.lastUse) == current && operandsAreRead) {
            return info.home == ValueInfo.noRegister ? 1 : 2
        }
        if info.home != ValueInfo.noRegister || info.spill != ValueInfo.noSpill || info.traits.contains(.constant) {
            return 3
        }
        return 4
    }

    /// Of two live values the one that is needed longer makes way: the other may be done with before it is needed.
    @inline(__always)
    private func isNeededLonger(_ code: Int, _ other: Int) -> Bool {
        values[Int(owners[code])].lastUse > values[Int(owners[other])].lastUse
    }

    /// Frees a temporary, saving its value when that is live and nowhere else.
    func evict(_ register: HostRegister) {
        let owner = owners[Int(register.code)]
        guard owner >= 0 else { return }
        if evictionCost(Int(register.code)) == 4 { spill(Int(owner), register) }
        release(register)
    }

    private func spill(_ value: Int, _ register: HostRegister) {
        let isWide = operations[value].type == .v128
        guard let slot = allocateSpill(isWide: isWide) else {
            hasFailed = true
            return
        }
        values[value].spill = slot
        if isWide {
            assembler.storeVector(spillAddress(slot), register.xmm)
        } else if register.isVector {
            assembler.storeScalar(.double, spillAddress(slot), register.xmm)
        } else {
            assembler.store(.qword, spillAddress(slot), register.gpr)
        }
    }

    /// A spill slot. Slots are freed all at once at the next label, or here when their values are dead.
    private func allocateSpill(isWide: Bool) -> UInt8? {
        if freeSpillPlaces(isWide) == 0 { reclaimSpills() }
        let places = freeSpillPlaces(isWide)
        guard places != 0 else { return nil }
        let slot = places.trailingZeroBitCount
        freeSpills &= ~((isWide ? 3 : 1) &<< UInt64(slot))
        return UInt8(truncatingIfNeeded: slot)
    }

    /// Slots where a value may go: a vector takes an even one and the next.
    @inline(__always)
    private func freeSpillPlaces(_ isWide: Bool) -> UInt64 {
        isWide ? freeSpills & freeSpills &>> 1 & 0x5555_5555_5555_5555 : freeSpills
    }

    private func reclaimSpills() {
        var used: UInt64 = 0
        for value in 0..<count where values[value].spill != ValueInfo.noSpill {
            if Int(values[value].lastUse) < current {
                values[value].spill = ValueInfo.noSpill
            } else {
                used |= (operations[value].type == .v128 ? 3 : 1) &<< UInt64(values[value].spill)
            }
        }
        freeSpills = UInt64.max >> UInt64(64 - BlockEmitter.spillSlotCount) & ~used
    }

    @inline(__always)
    func spillAddress(_ slot: UInt8) -> Address {
        Address(.rbp, CPUState.spillDisplacement + Int32(slot) * 8)
    }

    /// Copies a value out of the home of a guest register that is about to change.
    func copyAway(_ value: Int) {
        let isVector = operations[value].type.usesVectorRegister
        let register = allocate(isVector ? BlockEmitter.vectorTemporaryMask : BlockEmitter.integerTemporaryMask)
        load(register, value)
        own(register, value)
    }

    /// Empties a temporary that an instruction needs: a live value moves to another one.
    func vacate(_ register: HostRegister) {
        let owner = owners[Int(register.code)]
        guard owner >= 0, values[Int(owner)].host == register else {
            owners[Int(register.code)] = -1
            return
        }
        let value = Int(owner)
        let isLive = Int(values[value].lastUse) > current
        let isElsewhere =
            values[value].home != ValueInfo.noRegister || values[value].spill != ValueInfo.noSpill
            || values[value].traits.contains(.constant)
        guard isLive && !isElsewhere else {
            if Int(values[value].lastUse) != current || isElsewhere { release(register) }
            return
        }
        let temporaries = register.isVector ? BlockEmitter.vectorTemporaryMask : BlockEmitter.integerTemporaryMask
        let other = allocate(temporaries & ~BlockEmitter.mask(register))
        move(other, register)
        owners[Int(register.code)] = -1
        own(other, value)
    }

    /// Empties rax and rdx for an instruction that works on both.
    func vacateAccumulators() {
        let before = locked
        locked |= BlockEmitter.mask(GPR.rax) | BlockEmitter.mask(GPR.rdx)
        vacate(HostRegister(.rax))
        vacate(HostRegister(.rdx))
        locked = before
    }

    /// Before a call of a helper: live values leave their registers and the homes that the helper may change.
    func saveAllLiveValues() {
        var value = 0
        while value < current {
            if Int(values[value].lastUse) >= current && !values[value].traits.contains(.constant)
                && values[value].spill == ValueInfo.noSpill && values[value].alias == UInt32(value)
                && (!values[value].host.isNone || values[value].home != ValueInfo.noRegister)
            {
                saveForCall(value)
            }
            value += 1
        }
        for code in 0..<HostRegister.count { release(HostRegister(code: UInt8(code))) }
        for register in 0..<pins.registerCount {
            if let holder = definition(resolve(holders[register])) { values[holder].home = ValueInfo.noRegister }
            holders[register] = Value.none.raw
        }
    }

    private func saveForCall(_ value: Int) {
        var place = registerHolding(value)
        if place.isNone {
            place = use(
                value,
                operations[value].type.usesVectorRegister
                    ? BlockEmitter.vectorTemporaryMask : BlockEmitter.integerTemporaryMask, avoiding: 0)
            unlock(place)
        }
        spill(value, place)
    }
}

/// An operand of an instruction that takes either.
enum RegisterOrMemory {
    case register(GPR)
    case memory(Address)
}
