/// Lanes in another order.
extension BlockEmitter {
    func lowerPermutation(_ kind: VectorBinary, _ operation: Operation, _ size: Int) {
        switch kind {
        case .even, .odd: lowerSeparation(operation, size, isOdd: kind == .odd)
        case .transposeEven, .transposeOdd: lowerTransposition(operation, size, isOdd: kind == .transposeOdd)
        default:
            // The host looks at bits 0 to 3, and at bit 7, which gives 0.
            let (table, indices) = (useXMM(operation.a), useXMM(operation.b))
            let control = temporaryXMM()
            assembler.packed(PackedOpcode(0xDC), control, indices, HeaderConstant.beyondTable.address)
            assembler.pshufb(defineXMM(), table, control: control)
        }
    }

    /// The lanes of one parity: dwords by a shuffle, smaller ones as those of twice the width without their other half.
    private func lowerSeparation(_ operation: Operation, _ size: Int, isOdd: Bool) {
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        if size == 2 {
            assembler.shuffleSingles(defineXMM(), a, b, control: isOdd ? 0xDD : 0x88)
            return
        }
        let first = temporaryXMM()
        takeHalf(isOdd, size, first, a)
        var second = first
        if a != b {
            second = temporaryXMM()
            takeHalf(isOdd, size, second, b)
        }
        assembler.packed(size == 0 ? .packWordsToUnsigned : .packDwordsToUnsigned, defineXMM(), first, second)
    }

    /// The high or low half of each lane of twice the width, as a number.
    private func takeHalf(_ isHigh: Bool, _ size: Int, _ destination: XMM, _ source: XMM) {
        if isHigh {
            assembler.shift(.right, size + 1, destination, source, 8 << size)
        } else {
            let mask: HeaderConstant = size == 0 ? .lowBytes : .lowWords
            assembler.packed(.and, destination, source, mask.address)
        }
    }

    private func lowerTransposition(_ operation: Operation, _ size: Int, isOdd: Bool) {
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let first = temporaryXMM()
        if size == 2 {
            assembler.shuffleSingles(first, a, b, control: isOdd ? 0xDD : 0x88)
            assembler.packed(.shuffleDwords, defineXMM(), first, immediate: 0xD8)
            return
        }
        let second = temporaryXMM()
        takeHalf(isOdd, size, first, a)
        if isOdd { assembler.shift(.right, size + 1, second, b, 8 << size) }
        assembler.shift(.left, size + 1, second, isOdd ? second : b, 8 << size)
        assembler.packed(.or, defineXMM(), first, second)
    }

    func lowerDuplicateLane(_ operation: Operation, _ size: Int) {
        let source = useXMM(operation.a)
        let index = UInt8(operation.b)
        switch size {
        case 3: assembler.packed(.shuffleDwords, defineXMM(), source, immediate: index == 0 ? 0x44 : 0xEE)
        case 2: assembler.packed(.shuffleDwords, defineXMM(), source, immediate: index * 0x55)
        default:
            let destination = defineXMM()
            if index > 0 { assembler.shiftBytes(.right, destination, source, Int(index) << size) }
            assembler.packed(.broadcast(size), destination, index > 0 ? destination : source)
        }
    }

    func lowerReverseLanes(_ operation: Operation, _ size: Int) -> Bool {
        switch (size, operation.b) {
        case (0, 1): reverseBytes(operation, .reverse2)
        case (0, 2): reverseBytes(operation, .reverse4)
        case (0, 3): reverseBytes(operation, .reverse8)
        case (0, 4): reverseBytes(operation, .swap128)
        case (1, 2...3):
            let source = useXMM(operation.a)
            let control: UInt8 = operation.b == 2 ? 0xB1 : 0x1B
            let destination = defineXMM()
            assembler.shuffleWords(isHigh: false, destination, source, control: control)
            assembler.shuffleWords(isHigh: true, destination, destination, control: control)
        case (2, 3): shuffle(operation, 0xB1)
        case (2, 4): shuffle(operation, 0x1B)
        case (3, 4): shuffle(operation, 0x4E)
        default: return false
        }
        return true
    }

    private func reverseBytes(_ operation: Operation, _ control: HeaderConstant) {
        let source = useXMM(operation.a)
        assembler.pshufb(defineXMM(), source, control: control.address)
    }

    private func shuffle(_ operation: Operation, _ control: UInt8) {
        let source = useXMM(operation.a)
        assembler.packed(.shuffleDwords, defineXMM(), source, immediate: control)
    }
}
