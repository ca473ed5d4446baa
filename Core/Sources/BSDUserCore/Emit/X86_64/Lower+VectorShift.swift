/// Shifts of lanes. The host has none of bytes: they are shifted as halves of words.
extension BlockEmitter {
    func lowerVectorShift(_ operation: Operation, _ lane: VectorLane) -> Bool {
        let size = lane.sizeLog2
        let amount = Int(operation.b)
        switch VectorShift(rawValue: operation.c) {
        case .left: lowerShift(.left, operation, size, amount)
        case .rightUnsigned: lowerShift(.right, operation, size, amount)
        case .rightSigned: lowerShift(.rightSigned, operation, size, amount)
        case .rightRoundingSigned where 1...2 ~= size || size == 3 && assembler.hasAVX512:
            lowerRoundingShift(.rightSigned, operation, size, amount)
        case .rightRoundingUnsigned where size > 0: lowerRoundingShift(.right, operation, size, amount)
        default: return false
        }
        return true
    }

    private func lowerShift(_ direction: ShiftDirection, _ operation: Operation, _ size: Int, _ amount: Int) {
        let source = useXMM(operation.a)
        if size == 0 {
            shiftBytewise(direction, source, amount)
        } else if size == 3 && direction == .rightSigned && !assembler.hasAVX512 {
            shiftSignedQwords(source, amount)
        } else {
            assembler.shift(direction, size, defineXMM(), source, amount)
        }
    }

    private func shiftBytewise(_ direction: ShiftDirection, _ source: XMM, _ amount: Int) {
        let (low, high) = (temporaryXMM(), temporaryXMM())
        // The low byte of each word is shifted as the high one, and comes down by a shift of its own.
        if direction == .left {
            assembler.shift(.left, 1, low, source, 8 + amount)
            assembler.packed(.and, high, source, HeaderConstant.highBytes.address)
            assembler.shift(.left, 1, high, high, amount)
        } else {
            assembler.shift(.left, 1, low, source, 8)
            assembler.shift(direction, 1, low, low, amount)
            assembler.shift(direction, 1, high, source, amount)
            assembler.packed(.and, high, high, HeaderConstant.highBytes.address)
        }
        assembler.shift(.right, 1, low, low, 8)
        assembler.packed(.or, defineXMM(), low, high)
    }

    private func shiftSignedQwords(_ source: XMM, _ amount: Int) {
        let (sign, shifted) = (temporaryXMM(), temporaryXMM())
        assembler.shift(.rightSigned, 2, sign, source, 31)
        assembler.packed(.shuffleDwords, sign, sign, immediate: 0xF5)
        assembler.shift(.left, 3, sign, sign, 64 - amount)
        assembler.shift(.right, 3, shifted, source, amount)
        assembler.packed(.or, defineXMM(), sign, shifted)
    }

    /// What the last bit that is shifted out says is added.
    private func lowerRoundingShift(
        _ direction: ShiftDirection, _ operation: Operation, _ size: Int, _ amount: Int
    ) {
        if amount == 0 {
            makeAlias(of: operation.a)
            return
        }
        let source = useXMM(operation.a)
        let (last, shifted) = (temporaryXMM(), temporaryXMM())
        let bits = 8 << size
        assembler.shift(.left, size, last, source, bits - amount)
        assembler.shift(.right, size, last, last, bits - 1)
        assembler.shift(direction, size, shifted, source, amount)
        assembler.packed(.add(size), defineXMM(), last, shifted)
    }

    func lowerVectorShiftInsert(_ operation: Operation, _ lane: VectorLane) -> Bool {
        let size = lane.sizeLog2
        let (old, new) = (useXMM(operation.a), useXMM(operation.b))
        let (kept, shifted) = (temporaryXMM(), temporaryXMM())
        let amount = Int(operation.c)
        let (direction, opposite): (ShiftDirection, ShiftDirection) =
            lane.contains(.right) ? (.right, .left) : (.left, .right)
        if size == 0 {
            assembler.shift(direction, 1, shifted, new, amount)
            let mask = direction == .left ? 0xFF << amount : 0xFF >> amount
            insertBytes(UInt8(truncatingIfNeeded: mask), kept, old, shifted)
            return true
        }
        if leavesRoom(operation, lane) {
            // A rotation in two instructions.
            assembler.shift(direction, size, shifted, new, amount)
            assembler.packed(.or, defineXMM(), old, shifted)
            return true
        }
        assembler.shift(direction, size, shifted, new, amount)
        assembler.shift(direction, size, kept, old, lane.bitCount - amount)
        assembler.shift(opposite, size, kept, kept, lane.bitCount - amount)
        assembler.packed(.or, defineXMM(), kept, shifted)
        return true
    }

    /// The bits of `new` that `mask` has in each byte, the others of `old`.
    private func insertBytes(_ mask: UInt8, _ masks: XMM, _ old: XMM, _ new: XMM) {
        let number = allocate(BlockEmitter.integerTemporaryMask).gpr
        assembler.mov(number, constant: UInt64(mask))
        assembler.mov(.dword, masks, number)
        assembler.packed(.broadcast(0), masks, masks)
        assembler.packed(.xor, new, new, old)
        assembler.packed(.and, new, new, masks)
        assembler.packed(.xor, defineXMM(), old, new)
    }

    /// Whether the bits that are replaced are known to be zero: what is inserted into was shifted the other way.
    private func leavesRoom(_ operation: Operation, _ lane: VectorLane) -> Bool {
        guard let value = definition(resolve(operation.a)) else { return false }
        let shift = operations[value]
        let opposite: VectorShift = lane.contains(.right) ? .left : .rightUnsigned
        return shift.opcode == .vectorShift && shift.c == opposite.rawValue
            && VectorLane(rawValue: shift.flags).sizeLog2 == lane.sizeLog2
            && Int(shift.b) + Int(operation.c) >= lane.bitCount
    }

    /// By signed amounts in the low bytes: these and their negations as unsigned numbers, of which one exceeds the width
    /// and leaves nothing, or of signed numbers the sign.
    func lowerVariableShift(_ operation: Operation, _ size: Int, isSigned: Bool) -> Bool {
        let needsAVX512 = size == 1 || size == 3 && isSigned
        guard size > 0, assembler.hasAVX512 || !needsAVX512 else { return false }
        let (number, amounts) = (useXMM(operation.a), useXMM(operation.b))
        let (left, right) = (temporaryXMM(), temporaryXMM())
        let unused = (8 << size) - 8
        assembler.shift(.left, size, left, amounts, unused)
        assembler.zero(right)
        assembler.packed(.sub(size), right, right, left)
        assembler.shift(.right, size, right, right, unused)
        guard isSigned else {
            assembler.shift(.right, size, left, left, unused)
            assembler.packed(.variableShift(size, .right), right, number, right)
            assembler.packed(.variableShift(size, .left), left, number, left)
            assembler.packed(.or, defineXMM(), left, right)
            return true
        }
        // Words are chosen by their bytes.
        let isNegative = temporaryXMM()
        if size == 1 {
            assembler.shift(.rightSigned, 1, isNegative, left, 15)
        } else {
            assembler.movaps(isNegative, left)
        }
        assembler.shift(.right, size, left, left, unused)
        assembler.packed(.variableShift(size, .rightSigned), right, number, right)
        assembler.packed(.variableShift(size, .left), left, number, left)
        assembler.blendBySign(size, left, left, right, mask: isNegative)
        finish(left)
        return true
    }
}
