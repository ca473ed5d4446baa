/// Selects the code of one operation.
extension BlockEmitter {
    @inline(__always)
    func width(_ type: ValueType) -> Width { type == .i32 || type == .f32 ? .dword : .qword }
    @inline(__always)
    func precision(_ type: ValueType) -> Precision { type == .f32 ? .single : .double }

    mutating func lower(_ operation: Operation) {
        if operation.type == .v128 || operation.opcode == .put && placements[Int(operation.a)].byteCount == 16 {
            hasFailed = true
            return
        }
        if operation.opcode == .select && operation.type.isFloat
            || operation.opcode == .compareExchange && operation.flags & 7 < 2
        {
            hasFailed = true
            return
        }
        if values[current].traits.contains(.idiom), let idiom = Idiom(encoded: values[current].constant) {
            lowerIdiom(idiom)
            return
        }
        switch operation.opcode {
        case .const: makeConstant(Int64(bitPattern: operation.constant))
        case .get: lowerGet(operation)
        case .put: lowerPut(operation)
        case .mark: restart = Int32(bitPattern: operation.a) &<< 1 | Int32(operation.flags & 1)
        case .add: lowerAdd(operation)
        case .sub: lowerSub(operation)
        case .and, .or, .xor: lowerLogic(operation)
        case .andNot: lowerAndNot(operation)
        case .mul: lowerMul(operation)
        case .mulHighSigned, .mulHighUnsigned: lowerMulHigh(operation)
        case .divSigned, .divUnsigned, .remSigned, .remUnsigned: lowerDivide(operation)
        case .shiftLeft, .shiftRight, .shiftRightArithmetic: lowerShift(operation)
        case .rotateRight: lowerRotate(operation)
        case .countLeadingZeros: lowerCountLeadingZeros(operation)
        case .byteSwap: lowerByteSwap(operation)
        case .signExtend8, .signExtend16, .signExtend32, .zeroExtend8, .zeroExtend16, .zeroExtend32:
            lowerExtension(operation)
        case .extractBits: lowerExtract(operation)
        case .insertBits: lowerInsert(operation)
        case .compare, .condition: lowerCondition(operation)
        // Emitted by the conditions that read them.
        case .addFlags, .subFlags: hasFailed = operation.flags & FlagAttributes.invertedCarry.rawValue != 0
        case .select: lowerSelect(operation)
        case .load: lowerLoad(operation)
        case .store: lowerStore(operation)
        case .compareExchange: lowerCompareExchange(operation)
        case .fence: assembler.storeLoadFence()
        case .floatAdd, .floatSub, .floatMul, .floatDiv: lowerFloatArithmetic(operation)
        case .floatSqrt: lowerFloatSqrt(operation)
        case .floatNegate, .floatAbsolute: lowerFloatSign(operation)
        case .floatCompare: lowerFloatCompare(operation)
        case .floatConvert: lowerFloatConvert(operation)
        case .floatFromSigned: lowerFloatFromSigned(operation)
        case .floatToSigned: lowerFloatToSigned(operation)
        case .bitcast: lowerBitcast(operation)
        case .setFloatMode: callHelper(CoreHelper.setFloatMode.rawValue, operation.a, nil, nil)
        case .takeFloatFlags: callHelper(CoreHelper.takeFloatFlags.rawValue, nil, nil, nil)
        case .call:
            callHelper(CoreHelper.allCases.count + Int(operation.flags), operation.a, operation.b, operation.c)
        case .skipIf: lowerSkip(operation)
        case .label: break
        case .goto: lowerGoto(operation.constant)
        case .jump: lowerJump(operation)
        case .exit: lowerExit(operation)
        case .exitIf: lowerExitIf(operation)
        default: hasFailed = true
        }
    }

    /// Adds a row to the side table when the restart address has changed; called before code that may fault.
    @inline(__always)
    mutating func noteFault() {
        if faultCount > 0 && faults[faultCount &- 1].restart == restart { return }
        guard faultCount < Builder.capacity else { return }
        faults[faultCount] = FaultEntry(
            hostOffset: UInt32(truncatingIfNeeded: assembler.position - start), restart: restart)
        faultCount &+= 1
    }

    // MARK: Guest registers

    private mutating func lowerGet(_ operation: Operation) {
        let register = Int(operation.a)
        let placement = placements[register]
        let type = operation.type
        let held = resolve(holders[register])
        if held == Value.none.raw {
            values[current].home = UInt16(truncatingIfNeeded: register)
            if !type.isFloat { values[current].traits.insert(.wholeRegister) }
            holders[register] = UInt32(truncatingIfNeeded: current)
            return
        }
        if serves(held, type) {
            keepAvailable(held, in: register)
            makeAlias(of: held)
            return
        }
        // The home is known under another type: this value gets a copy of its own.
        if placement.host.isNone {
            let slot = Address(.rbp, placement.displacement)
            if type.isFloat {
                assembler.loadScalar(precision(type), defineXMM(), slot)
            } else {
                assembler.loadZeroExtended(width(type), defineGPR(), slot)
            }
        } else {
            move(define(), placement.host)
        }
    }

    /// Whether a value that a register is known to hold can stand for the register read at `type`.
    func serves(_ held: UInt32, _ type: ValueType) -> Bool {
        guard let value = definition(held) else { return !type.isFloat }
        let heldType = operations[value].type
        guard heldType.isFloat == type.isFloat else { return false }
        if values[value].traits.contains(.constant) { return true }
        return type.bits <= heldType.bits || values[value].traits.contains(.wholeRegister)
    }

    /// A value that is nowhere else any more is still in the register that is known to hold it.
    private mutating func keepAvailable(_ held: UInt32, in register: Int) {
        guard let value = definition(held) else { return }
        let info = values[value]
        if info.host.isNone && info.home == ValueInfo.noRegister && info.spill == ValueInfo.noSpill {
            values[value].home = UInt16(truncatingIfNeeded: register)
        }
    }

    private mutating func lowerPut(_ operation: Operation) {
        let register = Int(operation.a)
        let placement = placements[register]
        let operand = resolve(operation.b)
        if values[current].traits.contains(.soft) {
            putSoftly(register, placement.host, operand)
            return
        }
        if holders[register] == operand { return }
        displace(register)
        if placement.host.isNone {
            putSlot(register, placement, operand, operation.type)
        } else {
            putPinned(register, placement.host, operand)
        }
    }

    /// Nothing will see the register's new value: its host register serves the value if it is there already.
    private mutating func putSoftly(_ register: Int, _ host: HostRegister, _ operand: UInt32) {
        guard let value = definition(operand), values[value].host == host else { return }
        release(host)
        values[value].home = UInt16(truncatingIfNeeded: register)
        holders[register] = operand
    }

    /// The home of `register` is about to change: a value that is only there and still needed moves out.
    private mutating func displace(_ register: Int) {
        guard let holder = definition(resolve(holders[register])), values[holder].home == UInt16(register) else {
            return
        }
        let info = values[holder]
        if Int(info.lastUse) > current && info.host.isNone && info.spill == ValueInfo.noSpill
            && !info.traits.contains(.constant)
        {
            copyAway(holder)
        }
        values[holder].home = ValueInfo.noRegister
    }

    private mutating func putPinned(_ register: Int, _ host: HostRegister, _ operand: UInt32) {
        holders[register] = operand
        guard let value = definition(operand), !values[value].traits.contains(.constant) else {
            putConstant(host, constant(operand) ?? 0)
            return
        }
        if values[value].host != host {
            release(host)
            load(host, value)
        }
        // From here on the pinned register is the value's place, and its temporary is free.
        release(values[value].host.isNone ? host : values[value].host)
        values[value].home = UInt16(truncatingIfNeeded: register)
    }

    private mutating func putConstant(_ host: HostRegister, _ constant: Int64) {
        release(host)
        loadConstant(host.gpr, constant)
    }

    private mutating func putSlot(
        _ register: Int, _ placement: RegisterPlacement, _ operand: UInt32, _ type: ValueType
    ) {
        let slot = Address(.rbp, placement.displacement)
        let width: Width = placement.byteCount == 8 && width(type) == .qword ? .qword : .dword
        holders[register] = operand
        if let immediate = immediate(operand, width) {
            assembler.store(width, slot, immediate: immediate)
            return
        }
        guard let value = definition(operand) else { return }
        if operations[value].type.isFloat {
            assembler.storeScalar(width == .qword ? .double : .single, slot, useXMM(operand))
        } else {
            assembler.store(width, slot, useGPR(operand))
        }
        // A value of another width than the register cannot stand for it, nor the register for the value.
        let type = operations[value].type
        if !type.isFloat && type.bits != Int(placement.byteCount) * 8 {
            holders[register] = Value.none.raw
        } else if values[value].home == ValueInfo.noRegister {
            values[value].home = UInt16(truncatingIfNeeded: register)
        }
    }
}
