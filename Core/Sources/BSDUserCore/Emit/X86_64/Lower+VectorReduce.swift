/// Bits counted, neighbours added, and what one number is made of from all lanes.
extension BlockEmitter {
    /// The bits set in each byte: those of the halves, looked up.
    func lowerCountOnes(_ operation: Operation) {
        let source = useXMM(operation.a)
        if pins.features.contains(.bitCounts) {
            assembler.packed(.countOnesOfBytes, defineXMM(), source)
            return
        }
        let (low, high, table) = (temporaryXMM(), temporaryXMM(), temporaryXMM())
        assembler.loadVector(table, HeaderConstant.bitCounts.address)
        assembler.packed(.and, low, source, HeaderConstant.lowNibbles.address)
        assembler.shift(.right, 1, high, source, 4)
        assembler.packed(.and, high, high, HeaderConstant.lowNibbles.address)
        assembler.pshufb(low, table, control: low)
        assembler.pshufb(high, table, control: high)
        assembler.packed(.add(0), defineXMM(), low, high)
    }

    /// The bits of each byte in reverse: those of the halves, looked up, and exchanged.
    func lowerReverseBits(_ operation: Operation) {
        let source = useXMM(operation.a)
        let (low, high, table) = (temporaryXMM(), temporaryXMM(), temporaryXMM())
        assembler.packed(.and, low, source, HeaderConstant.lowNibbles.address)
        assembler.shift(.right, 1, high, source, 4)
        assembler.packed(.and, high, high, HeaderConstant.lowNibbles.address)
        assembler.loadVector(table, HeaderConstant.reversedHighNibbles.address)
        assembler.pshufb(low, table, control: low)
        assembler.loadVector(table, HeaderConstant.reversedNibbles.address)
        assembler.pshufb(high, table, control: high)
        assembler.packed(.or, defineXMM(), low, high)
    }

    // MARK: Pairs

    func lowerAddPairs(_ operation: Operation, _ size: Int, isSigned: Bool) {
        let source = useXMM(operation.a)
        let result = temporaryXMM()
        addPairs(result, source, size, isSigned: isSigned)
        finish(result)
    }

    /// The sums of neighbours at twice the width, in a temporary.
    private func addPairs(_ result: XMM, _ source: XMM, _ size: Int, isSigned: Bool) {
        switch (size, isSigned) {
        case (0, true):
            // The first factor counts as unsigned.
            assembler.loadVector(result, HeaderConstant.onesOfBytes.address)
            assembler.packed(.mulAddBytes, result, result, source)
        case (0, false): assembler.packed(.mulAddBytes, result, source, HeaderConstant.onesOfBytes.address)
        case (1, true): assembler.packed(.mulAddWords, result, source, HeaderConstant.onesOfWords.address)
        case (1, false):
            let odd = temporaryXMM()
            assembler.packed(.and, result, source, HeaderConstant.lowWords.address)
            assembler.shift(.right, 2, odd, source, 16)
            assembler.packed(.add(2), result, result, odd)
            unlock(HostRegister(odd))
        default:
            let odd = temporaryXMM()
            let widening = PackedOpcode(isSigned ? 0x25 : 0x35, .escape0F38)
            assembler.packed(.shuffleDwords, result, source, immediate: 0x08)
            assembler.packed(.shuffleDwords, odd, source, immediate: 0x0D)
            assembler.packed(widening, result, result)
            assembler.packed(widening, odd, odd)
            assembler.packed(.add(3), result, result, odd)
            unlock(HostRegister(odd))
        }
    }

    // MARK: All lanes

    /// Halves combined until one lane is left.
    func lowerAcross(_ operation: Operation, _ size: Int, _ combination: PackedOpcode?) -> Bool {
        guard let combination else { return false }
        let source = useXMM(operation.a)
        let result = temporaryXMM()
        combineHalves(combination, size, result, source)
        keepFirstLane(size, result)
        return true
    }

    /// Lane 0 becomes the combination of all lanes; those above are undefined.
    private func combineHalves(_ combination: PackedOpcode, _ size: Int, _ result: XMM, _ source: XMM) {
        let moved = temporaryXMM()
        var (bytes, whole) = (8, source)
        while bytes >= 1 << size {
            assembler.shiftBytes(.right, moved, whole, bytes)
            assembler.packed(combination, result, whole, moved)
            (bytes, whole) = (bytes / 2, result)
        }
    }

    /// The result is lane 0 of a temporary.
    private func keepFirstLane(_ size: Int, _ source: XMM) {
        switch size {
        case 0: assembler.packed(.and, defineXMM(), source, HeaderConstant.firstByte.address)
        case 1: assembler.packed(.and, defineXMM(), source, HeaderConstant.firstWord.address)
        case 2: assembler.insertSingle(defineXMM(), source, source, control: 0x0E)
        default: assembler.movq(defineXMM(), source)
        }
    }

    func lowerSumAcross(_ operation: Operation, _ size: Int) {
        let source = useXMM(operation.a)
        let result = temporaryXMM()
        if size == 0 { sumBytes(result, source) } else { combineHalves(.add(size), size, result, source) }
        keepFirstLane(size, result)
    }

    /// The sum of all bytes, unsigned, in the low half.
    private func sumBytes(_ result: XMM, _ source: XMM) {
        let other = temporaryXMM()
        assembler.zero(other)
        assembler.packed(.sumDifferences, result, source, other)
        assembler.shiftBytes(.right, other, result, 8)
        assembler.packed(.add(3), result, result, other)
    }

    /// Lanes at twice the width, then their sum.
    func lowerWideSumAcross(_ operation: Operation, _ size: Int, isSigned: Bool) {
        let source = useXMM(operation.a)
        let result = temporaryXMM()
        switch (size, isSigned) {
        case (0, false):
            sumBytes(result, source)
            assembler.movq(defineXMM(), result)
        case (0, true):
            assembler.packed(.xor, result, source, HeaderConstant.signsOfBytes.address)
            sumBytes(result, result)
            assembler.packed(.add(3), result, result, HeaderConstant.minusSumOfSigns.address)
            keepFirstLane(1, result)
        default:
            addPairs(result, source, size, isSigned: isSigned)
            combineHalves(.add(size + 1), size + 1, result, result)
            keepFirstLane(size + 1, result)
        }
    }
}
