/// Rules beyond the operand kinds.
extension VerifierPass {
    /// Types that an operation may have.
    private func allows(_ opcode: Opcode, _ type: ValueType) -> Bool {
        switch opcode {
        case .get, .put, .load, .store, .select: type.bits > 0
        case .const: type == .i64
        case .floatAdd, .floatSub, .floatMul, .floatDiv, .floatSqrt, .floatNegate, .floatAbsolute, .floatConvert,
            .floatFromSigned, .floatFromUnsigned, .floatMultiplyAdd, .floatMinMax, .floatRound, .floatFromHalf:
            type.isFloat
        case .bitcast: type.isFloat || type.isInteger
        case .condition, .floatCompare, .takeFloatFlags: type == .i64 || type == .i32
        case .addFlags, .subFlags, .addWithCarryFlags, .logicFlags, .unpackFlags, .floatCompareFlags: type == .flags
        case .packFlags, .floatToHalf: type == .i32
        case .call, .callPure: type == .none || type == .i64 || type == .v128
        case .compareExchange: type.isInteger || type == .v128
        case .vectorExtract: type.isInteger || type.isFloat
        case .vectorFromScalar, .vectorDuplicate, .vectorInsert, .vectorCopyLane, .vectorExtractBytes, .vectorUnary,
            .vectorBinary, .vectorShift, .vectorShiftInsert, .vectorSelect, .vectorFloatUnary, .vectorFloatBinary,
            .vectorMultiplyAdd, .vectorHash:
            type == .v128
        case .mark, .fence, .setFloatMode, .skipIf, .label, .goto, .jump, .exit, .exitIf: type == .none
        default: type.isInteger
        }
    }

    mutating func checkType(_ index: Int, _ operation: Operation) {
        if !allows(operation.opcode, operation.type) {
            report(index, "\(operation.opcode) has no type \(operation.type)")
        }
    }

    mutating func checkOrder(_ index: Int, _ operation: Operation, _ row: OpcodeRow) {
        let leaves = operation.opcode == .exit || operation.opcode == .exitIf
        if (row.effects.contains(.faults) || leaves) && !hasMark { report(index, "no mark tells the restart address") }
        if row.effects.contains(.faults) && hasWritten {
            report(index, "may fault after its instruction has written a register")
        }
        switch operation.opcode {
        case .mark:
            hasMark = true
            hasWritten = false
        case .put: hasWritten = true
        case .skipIf:
            if placed.contains(operation.b) { report(index, "skips back to label \(operation.b)") }
            skippedTo.insert(operation.b)
        case .label:
            if !placed.insert(operation.a).inserted { report(index, "label \(operation.a) is placed twice") }
            firstUsable = index
        default: break
        }
    }

    mutating func checkSpecifics(_ index: Int, _ operation: Operation) {
        switch operation.opcode {
        case .get, .put: checkRegister(index, operation)
        case .extractBits: checkBitField(index, operation.b, operation.type)
        case .insertBits: checkBitField(index, operation.c, operation.type)
        case .floatFromSigned, .floatFromUnsigned:
            checkNamedType(index, operation.c, isFloat: false)
        case .floatCompare, .floatToHalf:
            checkNamedType(index, operation.c, isFloat: true)
        case .floatCompareFlags:
            checkNamedType(index, operation.c, isFloat: true)
            if operation.flags & ~FloatCondition.signalling.rawValue != 0 {
                report(index, "unknown kind of comparison")
            }
        case .floatToSigned, .floatToUnsigned:
            checkNamedType(index, operation.c, isFloat: true)
            if FloatRounding(rawValue: operation.flags) == nil { report(index, "unknown rounding") }
        case .floatRound:
            if FloatRounding(rawValue: operation.flags & 0x7F) == nil { report(index, "unknown rounding") }
        case .floatMinMax:
            if FloatMinMax(rawValue: operation.flags) == nil { report(index, "unknown kind") }
        case .compare:
            if IntegerCondition(rawValue: operation.flags) == nil { report(index, "unknown condition") }
        case .condition:
            if FlagCondition(rawValue: operation.flags) == nil { report(index, "unknown condition") }
        case .load, .store: checkAccess(index, operation)
        case .compareExchange, .atomicUpdate: checkAtomic(index, operation)
        case .exit, .exitIf:
            if ExitReason(rawValue: operation.b) == nil { report(index, "unknown exit reason \(operation.b)") }
        case .goto, .jump:
            if JumpKind(rawValue: operation.flags) == nil { report(index, "unknown kind of jump") }
            if operation.opcode == .goto && operation.flags == JumpKind.return_.rawValue {
                report(index, "a return to a known address")
            }
            let isContinued = operation.flags == JumpKind.continuedCall.rawValue
            if isContinued && !isLabel(index + 1) { report(index, "no label behind a call to go on at") }
        default: checkVector(index, operation)
        }
    }

    private func isLabel(_ index: Int) -> Bool {
        index < operations.count && operations[index].opcode == .label
    }

    private mutating func checkRegister(_ index: Int, _ operation: Operation) {
        guard Int(operation.a) < registers.rows.count else { return }
        let row = registers.rows[Int(operation.a)]
        let isExact = operation.type.bits == row.byteCount * 8
        if operation.type.bits > row.byteCount * 8 { report(index, "\(row.name) is narrower than \(operation.type)") }
        let takesPart = row.registerClass == .float || row.registerClass == .vector
        if operation.opcode == .put && !takesPart && !isExact {
            report(index, "\(row.name) has another width than \(operation.type)")
        }
        if !holds(row, operation.type) { report(index, "\(row.name) does not hold \(operation.type)") }
    }

    private func holds(_ row: RegisterRow, _ type: ValueType) -> Bool {
        switch row.registerClass {
        case .integer: type.isInteger
        case .float: type.isFloat
        case .vector: type.isFloat || type == .v128
        case .hidden: type == .v128 || row.byteCount < 16
        }
    }

    private mutating func checkBitField(_ index: Int, _ field: UInt32, _ type: ValueType) {
        let width = Int(field >> 8)
        if width < 1 || Int(field & 0xff) + width > type.bits { report(index, "the bit field exceeds \(type)") }
    }

    private mutating func checkNamedType(_ index: Int, _ raw: UInt32, isFloat: Bool) {
        guard let type = ValueType(rawValue: UInt8(truncatingIfNeeded: raw)), type.bits > 0, type.isFloat == isFloat
        else { return report(index, "c names no type of the operand") }
    }

    private mutating func checkAccess(_ index: Int, _ operation: Operation) {
        let bits = MemoryAttributes(rawValue: operation.flags).byteCount * 8
        if operation.type.isInteger ? bits > operation.type.bits : bits != operation.type.bits {
            report(index, "\(bits / 8) bytes do not fit \(operation.type)")
        }
    }

    private mutating func checkAtomic(_ index: Int, _ operation: Operation) {
        let attributes = MemoryAttributes(rawValue: operation.flags)
        checkAccess(index, operation)
        if attributes.contains(.signed) { report(index, "an atomic operation does not extend signs") }
        if operation.type == .v128 && (!attributes.contains(.aligned) || attributes.contains(.bigEndian)) {
            report(index, "16 bytes are exchanged aligned and in little-endian order")
        }
        if operation.opcode == .atomicUpdate && AtomicOperation(rawValue: operation.c) == nil {
            report(index, "unknown atomic operation")
        }
    }
}
