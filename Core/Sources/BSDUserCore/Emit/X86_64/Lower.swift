/// Selects the code of one operation.
extension BlockEmitter {
    @inline(__always)
    func width(_ type: ValueType) -> Width { type == .i32 || type == .f32 ? .dword : .qword }
    @inline(__always)
    func precision(_ type: ValueType) -> Precision { type == .f32 ? .single : .double }

    func lower(_ operation: Operation) {
        if operation.type == .flags {
            lowerFlags(operation)
            return
        }
        if heldFlags >= 0 && flagsAreHeld(heldFlags) {
            lowerBesideFlags(operation)
        } else {
            lowerAlone(operation)
        }
    }

    /// Operations that are moves of values leave the host's flags as they are.
    private func lowerBesideFlags(_ operation: Operation) {
        switch operation.opcode {
        case .put, .get, .mark, .const, .packFlags, .unpackFlags:
            keepsFlags = true
            lowerAlone(operation)
            keepsFlags = false
            heldFlagsEnd = assembler.position
        default: lowerAlone(operation)
        }
    }

    private func lowerAlone(_ operation: Operation) {
        if setsFlags(current) {
            lowerWithFlags(operation)
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
        case .mark: lowerMark(operation)
        case .add where values[current].traits.contains(.folded): lowerScaledAdd(operation)
        case .add: lowerAdd(operation)
        case .sub: lowerSub(operation)
        case .and where values[current].traits.contains(.folded): lowerFoldedAnd(operation)
        case .and, .or, .xor: lowerLogic(operation)
        case .andNot: lowerAndNot(operation)
        case .mul: lowerMul(operation)
        case .mulHighSigned, .mulHighUnsigned: lowerMulHigh(operation)
        case .divSigned, .divUnsigned, .remSigned, .remUnsigned: lowerDivide(operation)
        case .shiftLeft, .shiftRight, .shiftRightArithmetic: lowerShift(operation)
        case .rotateRight: lowerRotate(operation)
        case .countLeadingZeros: lowerCountLeadingZeros(operation)
        case .byteSwap: lowerByteSwap(operation)
        case .bitReverse: lowerBitReverse(operation)
        case .addWithCarry: lowerWithFlags(operation)
        case .signExtend8, .signExtend16, .signExtend32, .zeroExtend8, .zeroExtend16, .zeroExtend32:
            lowerExtension(operation)
        case .extractBits: lowerExtract(operation)
        case .insertBits: lowerInsert(operation)
        case .compare, .condition: lowerCondition(operation)
        // Another name of their operand.
        case .packFlags, .unpackFlags: break
        case .select where operation.type.usesVectorRegister: lowerVectorRegisterSelect(operation)
        case .select: lowerSelect(operation)
        case .load: lowerLoad(operation)
        case .store: lowerStore(operation)
        case .compareExchange where operation.type == .v128: lowerCompareExchangeVector(operation)
        case .compareExchange: lowerCompareExchange(operation)
        case .atomicUpdate: lowerAtomicUpdate(operation)
        case .fence: lowerFence()
        case .floatAdd, .floatSub, .floatMul, .floatDiv: lowerFloatArithmetic(operation)
        case .floatSqrt: lowerFloatSqrt(operation)
        case .floatMultiplyAdd: lowerFloatMultiplyAdd(operation)
        case .floatMinMax: lowerFloatMinMax(operation)
        case .floatRound: lowerFloatRound(operation)
        case .floatFromUnsigned: lowerFloatFromUnsigned(operation)
        case .floatToUnsigned: lowerFloatToUnsigned(operation)
        case .floatNegate, .floatAbsolute: lowerFloatSign(operation)
        case .floatCompare: lowerFloatCompare(operation)
        case .floatConvert: lowerFloatConvert(operation)
        case .floatFromSigned: lowerFloatFromSigned(operation)
        case .floatToSigned: lowerFloatToSigned(operation)
        case .bitcast: lowerBitcast(operation)
        case .setFloatMode: callHelper(CoreHelper.setFloatMode.rawValue, operation.a, nil, nil)
        case .takeFloatFlags: callHelper(CoreHelper.takeFloatFlags.rawValue, nil, nil, nil)
        case .call, .callPure:
            callHelper(CoreHelper.allCases.count + Int(operation.flags), operation.a, operation.b, operation.c)
        case .skipIf: lowerSkip(operation)
        case .label: break
        case .goto: lowerGoto(operation)
        case .jump: lowerJump(operation)
        case .exit: lowerExit(operation)
        case .exitIf: lowerExitIf(operation)
        case .vectorFromScalar: lowerFromScalar(operation, isDuplicated: false)
        case .vectorDuplicate: lowerFromScalar(operation, isDuplicated: true)
        case .vectorExtract: lowerVectorExtract(operation)
        case .vectorInsert: lowerVectorInsert(operation)
        case .vectorCopyLane: lowerVectorCopyLane(operation)
        default: if !lowerVector(operation) && !lowerVectorFloat(operation) { lowerExecuted(operation) }
        }
    }

    /// Adds a row to the side table when the restart address has changed; called before code that may fault.
    @inline(__always)
    func noteFault() {
        if faultCount > 0 && faults[faultCount &- 1].restart == restart { return }
        guard faultCount < Builder.capacity else { return }
        faults[faultCount] = FaultEntry(
            hostOffset: UInt32(truncatingIfNeeded: assembler.position - start), restart: restart)
        faultCount &+= 1
    }

    // MARK: Guest registers

    private func lowerGet(_ operation: Operation) {
        let register = Int(operation.a)
        let placement = placements[register]
        let type = operation.type
        let held = resolve(holders[register])
        if held == Value.none.raw {
            values[current].home = UInt16(truncatingIfNeeded: register)
            if !type.usesVectorRegister { values[current].traits.insert(.wholeRegister) }
            holders[register] = UInt32(truncatingIfNeeded: current)
            return
        }
        if serves(held, type, register) {
            keepAvailable(held, in: register)
            makeAlias(of: held)
            return
        }
        // The home is known under another type: this value gets a copy of its own.
        if placement.host.isNone {
            let slot = Address(.rbp, placement.displacement)
            if type == .v128 {
                assembler.loadVector(defineXMM(), slot)
            } else if type.isFloat {
                assembler.loadScalar(precision(type), defineXMM(), slot)
            } else {
                assembler.loadZeroExtended(width(type), defineGPR(), slot)
            }
        } else {
            move(define(), placement.host)
        }
    }

    /// Whether a value that a register is known to hold can stand for the register read at `type`.
    func serves(_ held: UInt32, _ type: ValueType, _ register: Int) -> Bool {
        guard let value = definition(held) else { return !type.usesVectorRegister }
        let heldType = operations[value].type
        guard heldType.usesVectorRegister == type.usesVectorRegister else { return false }
        if values[value].traits.contains(.constant) || type.bits <= heldType.registerBits { return true }
        guard values[value].traits.contains(.wholeRegister), heldType != .flags else { return false }
        // A scalar without anything above it is the vector register that it was put into.
        return !type.usesVectorRegister
            || placements[register].byteCount == 16 && values[value].home == UInt16(truncatingIfNeeded: register)
    }

    /// A value that is nowhere else any more is still in the register that is known to hold it.
    private func keepAvailable(_ held: UInt32, in register: Int) {
        guard let value = definition(held) else { return }
        let info = values[value]
        if info.host.isNone && info.home == ValueInfo.noRegister && info.spill == ValueInfo.noSpill {
            values[value].home = UInt16(truncatingIfNeeded: register)
            // The register may hold more than the scalar.
            if operations[value].type.isFloat { values[value].traits.remove(.wholeRegister) }
        }
    }

    private func lowerPut(_ operation: Operation) {
        let register = Int(operation.a)
        let placement = placements[register]
        let operand = resolve(operation.b)
        if values[current].traits.contains(.soft) {
            putSoftly(register, placement.host, operand)
            return
        }
        if placement.byteCount == 16 {
            putVector(register, operand, operation.type)
            return
        }
        if holders[register] == operand { return }
        displace(register, for: operand)
        if placement.host.isNone {
            putSlot(register, placement, operand, operation.type)
        } else {
            putPinned(register, placement.host, operand)
        }
    }

    /// Nothing will see the register's new value: its host register serves the value if it is there already.
    private func putSoftly(_ register: Int, _ host: HostRegister, _ operand: UInt32) {
        guard let value = definition(operand), values[value].host == host else { return }
        release(host)
        values[value].home = UInt16(truncatingIfNeeded: register)
        holders[register] = operand
    }

    /// The home of `register` is about to get the value `operand`: another one that is only there and still needed moves
    /// out, be it the guest register's own or one that was computed there ahead of a `put`.
    func displace(_ register: Int, for operand: UInt32) {
        let host = placements[register].host
        let early = host.isNone ? -1 : owners[Int(host.code)]
        if early >= 0 && UInt32(early) != operand && values[Int(early)].host == host
            && values[Int(early)].home == ValueInfo.noRegister && isOnlyThere(Int(early))
        {
            copyAway(Int(early))
        }
        guard let holder = definition(resolve(holders[register])), values[holder].home == UInt16(register) else {
            return
        }
        if values[holder].host.isNone && isOnlyThere(holder) { copyAway(holder) }
        values[holder].home = ValueInfo.noRegister
    }

    /// Whether a value is needed after the current operation, and has no other place than a register or home.
    private func isOnlyThere(_ value: Int) -> Bool {
        let info = values[value]
        return Int(info.lastUse) > current && info.spill == ValueInfo.noSpill && !info.traits.contains(.constant)
    }

    private func putPinned(_ register: Int, _ host: HostRegister, _ operand: UInt32) {
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

    private func putConstant(_ host: HostRegister, _ constant: Int64) {
        release(host)
        loadConstant(host.gpr, constant)
    }

    private func putSlot(
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
        if operations[value].type.usesVectorRegister {
            assembler.storeScalar(width == .qword ? .double : .single, slot, useXMM(operand))
        } else {
            assembler.store(width, slot, useGPR(operand))
        }
        // A value of another width than the register cannot stand for it, nor the register for the value.
        let type = operations[value].type
        if !type.usesVectorRegister && type.registerBits != Int(placement.byteCount) * 8 {
            holders[register] = Value.none.raw
        } else if values[value].home == ValueInfo.noRegister {
            values[value].home = UInt16(truncatingIfNeeded: register)
        }
    }
}
