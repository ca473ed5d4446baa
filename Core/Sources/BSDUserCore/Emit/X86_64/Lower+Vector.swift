/// Operations on integer lanes that the host has one or a few instructions for. The others go to `lowerExecuted`.
extension BlockEmitter {
    /// A vector temporary until the end of the operation.
    func temporaryXMM() -> XMM {
        let register = allocate(BlockEmitter.vectorTemporaryMask)
        lock(register)
        return register.xmm
    }

    /// The register itself, or a copy where an instruction has no EVEX form.
    func reachable(_ register: XMM, _ opcode: PackedOpcode) -> XMM {
        opcode.isVEXOnly ? reachable(register) : register
    }

    /// The register itself, or a copy that VEX reaches.
    func reachable(_ register: XMM) -> XMM {
        guard register.code >= 16 else { return register }
        let copy = temporaryXMM()
        assembler.movaps(copy, register)
        return copy
    }

    /// Whether an operation on lanes was lowered.
    func lowerVector(_ operation: Operation) -> Bool {
        let lane = VectorLane(rawValue: operation.flags)
        switch operation.opcode {
        case .vectorBinary: return lowerVectorBinary(operation, lane)
        case .vectorUnary: return lowerVectorUnary(operation, lane)
        case .vectorShift: return lowerVectorShift(operation, lane)
        case .vectorShiftInsert: return lowerVectorShiftInsert(operation, lane)
        case .vectorSelect:
            lowerVectorSelect(operation)
            return true
        case .vectorExtractBytes:
            let (low, high) = (useXMM(operation.a), useXMM(operation.b))
            assembler.packed(.alignRight, defineXMM(), high, low, immediate: UInt8(operation.c))
            return true
        case .vectorHash: return lowerVectorHash(operation)
        default: return false
        }
    }

    // MARK: Two vectors

    private func lowerVectorBinary(_ operation: Operation, _ lane: VectorLane) -> Bool {
        guard let kind = VectorBinary(rawValue: operation.c) else { return false }
        let size = lane.sizeLog2
        if kind == .andNot {
            // The host inverts its first operand.
            let (a, b) = (useXMM(operation.a), useXMM(operation.b))
            assembler.packed(.andNot, defineXMM(), b, a)
            return true
        }
        if let opcode = packedOpcode(kind, size) {
            packedBinary(opcode, operation)
            return true
        }
        switch kind {
        case .orNot:
            let (a, b) = (useXMM(operation.a), useXMM(operation.b))
            let inverse = temporaryXMM()
            assembler.packed(.andNot, inverse, a, b)
            assembler.packed(.xor, defineXMM(), inverse, HeaderConstant.ones.address)
        case .mulLowSigned, .mulLowUnsigned, .mulHighSigned, .mulHighUnsigned: lowerWideProduct(kind, operation, size)
        case .mul where size == 0: lowerByteProduct(operation)
        case .mulHighDoubling, .mulHighDoublingRounding:
            let isRounding = kind == .mulHighDoublingRounding
            if size == 1 {
                lowerDoublingWords(operation, isRounding: isRounding)
            } else {
                lowerDoublingDwords(operation, isRounding: isRounding)
            }
        case .absoluteDifferenceSigned: return lowerDifference(operation, size, isSigned: true)
        case .absoluteDifferenceUnsigned: return lowerDifference(operation, size, isSigned: false)
        case .halvingAddUnsigned, .halvingAddSigned, .roundingHalvingAddSigned, .roundingHalvingAddUnsigned,
            .halvingSubSigned, .halvingSubUnsigned:
            return lowerAverage(kind, operation, size)
        case .addSaturatingUnsigned, .subSaturatingUnsigned: return lowerUnsignedSaturation(kind, operation, size)
        case .addSaturatingSigned, .subSaturatingSigned:
            lowerSignedSaturation(operation, size, isAddition: kind == .addSaturatingSigned)
        case .compareGreaterUnsigned, .compareGreaterOrEqualSigned, .compareGreaterOrEqualUnsigned, .compareTest:
            lowerVectorComparison(kind, operation, size)
        case .even, .odd, .transposeEven, .transposeOdd, .tableLookup: lowerPermutation(kind, operation, size)
        case .shiftSigned: return lowerVariableShift(operation, size, isSigned: true)
        case .shiftUnsigned: return lowerVariableShift(operation, size, isSigned: false)
        case .aesEncrypt, .aesDecrypt, .mulPolynomialLow, .mulPolynomialHigh: return lowerCipher(kind, operation, size)
        default: return false
        }
        return true
    }

    private func packedBinary(_ opcode: PackedOpcode, _ operation: Operation) {
        let a = useXMM(operation.a)
        let b = useXMM(operation.b)
        let first = reachable(a, opcode)
        let second = reachable(b, opcode)
        let destination = defineXMM()
        guard opcode.isVEXOnly, destination.code >= 16 else {
            assembler.packed(opcode, destination, first, second)
            return
        }
        let result = temporaryXMM()
        assembler.packed(opcode, result, first, second)
        assembler.movaps(destination, result)
    }

    /// The lanes of the halves made twice as wide, and multiplied as such.
    private func lowerWideProduct(_ kind: VectorBinary, _ operation: Operation, _ size: Int) {
        let isSigned = kind == .mulLowSigned || kind == .mulHighSigned
        let isHigh = kind == .mulHighSigned || kind == .mulHighUnsigned
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (first, second) = (temporaryXMM(), temporaryXMM())
        widen(first, a, size, isSigned: isSigned, isHigh: isHigh)
        widen(second, b, size, isSigned: isSigned, isHigh: isHigh)
        let product: PackedOpcode =
            switch size {
            case 0: .mulWords
            case 1: .mulDwords
            default: isSigned ? PackedOpcode(0x28, .escape0F38, isWide: true) : PackedOpcode(0xF4, isWide: true)
            }
        assembler.packed(product, defineXMM(), first, second)
    }

    /// Lanes of the low or high half extended to twice their width: VPMOVSX and VPMOVZX.
    private func widen(_ destination: XMM, _ source: XMM, _ size: Int, isSigned: Bool, isHigh: Bool) {
        let opcodes: [UInt8] = isSigned ? [0x20, 0x23, 0x25] : [0x30, 0x33, 0x35]
        let opcode = PackedOpcode(opcodes[size], .escape0F38)
        guard isHigh else {
            assembler.packed(opcode, destination, source)
            return
        }
        assembler.shiftBytes(.right, destination, source, 8)
        assembler.packed(opcode, destination, destination)
    }

    private func packedOpcode(_ kind: VectorBinary, _ size: Int) -> PackedOpcode? {
        switch kind {
        case .and: .and
        case .or: .or
        case .xor: .xor
        case .add: .add(size)
        case .sub: .sub(size)
        case .interleaveLow: .interleaveLow(size)
        case .interleaveHigh: .interleaveHigh(size)
        // Of two lanes each operand has one of even and one of odd number.
        case .even where size == 3, .transposeEven where size == 3: .interleaveLow(3)
        case .odd where size == 3, .transposeOdd where size == 3: .interleaveHigh(3)
        case .compareEqual: .equal(size)
        case .compareGreaterSigned: .greaterSigned(size)
        case .mul where size == 1: .mulWords
        case .mul where size == 2: .mulDwords
        case .maxSigned: .greatest(size, isSigned: true)
        case .maxUnsigned: .greatest(size, isSigned: false)
        case .minSigned: .least(size, isSigned: true)
        case .minUnsigned: .least(size, isSigned: false)
        default: narrowOpcode(kind, size)
        }
    }

    /// Operations that the host has for the smaller lanes.
    private func narrowOpcode(_ kind: VectorBinary, _ size: Int) -> PackedOpcode? {
        switch (kind, size) {
        case (.addSaturatingSigned, 0...1): PackedOpcode(0xEC + UInt8(size))
        case (.addSaturatingUnsigned, 0...1): PackedOpcode(0xDC + UInt8(size))
        case (.subSaturatingSigned, 0...1): PackedOpcode(0xE8 + UInt8(size))
        case (.subSaturatingUnsigned, 0...1): PackedOpcode(0xD8 + UInt8(size))
        case (.roundingHalvingAddUnsigned, 0...1): .average(size)
        default: nil
        }
    }

    // MARK: One vector

    private func lowerVectorUnary(_ operation: Operation, _ lane: VectorLane) -> Bool {
        let size = lane.sizeLog2
        switch VectorUnary(rawValue: operation.c) {
        case .lowHalf where isLowHalf(operation.a): makeAlias(of: operation.a)
        case .lowHalf:
            let source = useXMM(operation.a)
            assembler.movq(defineXMM(), source)
        case .not:
            let source = useXMM(operation.a)
            assembler.packed(.xor, defineXMM(), source, HeaderConstant.ones.address)
        case .negate:
            let source = useXMM(operation.a)
            let zero = temporaryXMM()
            assembler.zero(zero)
            assembler.packed(.sub(size), defineXMM(), zero, source)
        case .absolute where size < 3:
            let source = useXMM(operation.a)
            assembler.packed(PackedOpcode(0x1C + UInt8(size), .escape0F38), defineXMM(), source)
        case .absolute: lowerAbsoluteQwords(operation)
        case .countLeadingZeros:
            guard size > 1, pins.features.contains(.leadingZeros) else { return false }
            let source = useXMM(operation.a)
            assembler.packed(.leadingZeros(size), defineXMM(), source)
        case .reverseBits where size == 0: lowerReverseBits(operation)
        case .duplicateLane: lowerDuplicateLane(operation, size)
        case .reverseLanes: return lowerReverseLanes(operation, size)
        case .widenLowSigned: lowerWiden(operation, size, isSigned: true, isHigh: false)
        case .widenLowUnsigned: lowerWiden(operation, size, isSigned: false, isHigh: false)
        case .widenHighSigned: lowerWiden(operation, size, isSigned: true, isHigh: true)
        case .widenHighUnsigned: lowerWiden(operation, size, isSigned: false, isHigh: true)
        case .narrow: lowerNarrow(operation, size)
        case .narrowSigned where size < 3: lowerPack(operation, size == 1 ? .packWords : .packDwords)
        case .narrowSignedToUnsigned where size < 3:
            lowerPack(operation, size == 1 ? .packWordsToUnsigned : .packDwordsToUnsigned)
        case .narrowUnsigned where size < 3:
            let bound: HeaderConstant = size == 1 ? .lowBytes : .lowWords
            guard let least = PackedOpcode.least(size, isSigned: false) else { return false }
            let source = useXMM(operation.a)
            let limited = temporaryXMM()
            assembler.packed(least, limited, source, bound.address)
            let control: HeaderConstant = size == 1 ? .narrowWords : .narrowDwords
            assembler.packed(.shuffleBytes, defineXMM(), limited, control.address)
        case .countOnes where size == 0: lowerCountOnes(operation)
        case .addPairsSigned: lowerAddPairs(operation, size, isSigned: true)
        case .addPairsUnsigned: lowerAddPairs(operation, size, isSigned: false)
        case .sumAcross: lowerSumAcross(operation, size)
        case .sumAcrossWideSigned: lowerWideSumAcross(operation, size, isSigned: true)
        case .sumAcrossWideUnsigned: lowerWideSumAcross(operation, size, isSigned: false)
        case .maxAcrossSigned: return lowerAcross(operation, size, .greatest(size, isSigned: true))
        case .maxAcrossUnsigned: return lowerAcross(operation, size, .greatest(size, isSigned: false))
        case .minAcrossSigned: return lowerAcross(operation, size, .least(size, isSigned: true))
        case .minAcrossUnsigned: return lowerAcross(operation, size, .least(size, isSigned: false))
        case .aesMixColumns, .aesInverseMixColumns: return lowerMixColumns(operation)
        default: return false
        }
        return true
    }

    /// Whether nothing stands in the upper half of what an operation gives.
    private func isLowHalf(_ operand: UInt32) -> Bool {
        guard let value = definition(resolve(operand)) else { return false }
        let operation = operations[value]
        switch operation.opcode {
        case .vectorFromScalar: return true
        case .vectorUnary:
            switch VectorUnary(rawValue: operation.c) {
            case .lowHalf, .narrow, .narrowSigned, .narrowSignedToUnsigned, .narrowUnsigned, .sumAcross,
                .sumAcrossWideSigned, .sumAcrossWideUnsigned:
                return true
            default: return false
            }
        case .vectorFloatUnary: return operation.c == VectorFloatUnary.narrow.rawValue
        default: return false
        }
    }

    private func lowerWiden(_ operation: Operation, _ size: Int, isSigned: Bool, isHigh: Bool) {
        let source = useXMM(operation.a)
        widen(defineXMM(), source, size, isSigned: isSigned, isHigh: isHigh)
    }

    private func lowerNarrow(_ operation: Operation, _ size: Int) {
        let source = useXMM(operation.a)
        let destination = defineXMM()
        guard size == 3 else {
            let control: HeaderConstant = size == 1 ? .narrowWords : .narrowDwords
            assembler.packed(.shuffleBytes, destination, source, control.address)
            return
        }
        assembler.packed(.shuffleDwords, destination, source, immediate: 0x08)
        assembler.movq(destination, destination)
    }

    /// A pack with saturation of one vector; the results are the low half.
    private func lowerPack(_ operation: Operation, _ opcode: PackedOpcode) {
        let source = useXMM(operation.a)
        let destination = defineXMM()
        assembler.packed(opcode, destination, source, source)
        assembler.movq(destination, destination)
    }

    private func lowerVectorSelect(_ operation: Operation) {
        let (mask, chosen, other) = (useXMM(operation.a), useXMM(operation.b), useXMM(operation.c))
        let first = temporaryXMM()
        assembler.packed(.and, first, mask, chosen)
        let second = temporaryXMM()
        assembler.packed(.andNot, second, mask, other)
        assembler.packed(.or, defineXMM(), first, second)
    }

    // MARK: Numbers and lanes

    func lowerFromScalar(_ operation: Operation, isDuplicated: Bool) {
        let size = VectorLane(rawValue: operation.flags).sizeLog2
        if isInVectorRegister(operation.a) {
            let source = useXMM(operation.a)
            let destination = defineXMM()
            if isDuplicated {
                assembler.packed(.broadcast(size), destination, source)
            } else {
                clearAbove(size == 3 ? .f64 : .f32, destination, source)
            }
            return
        }
        if constant(operation.a) == 0 {
            assembler.zero(defineXMM())
            return
        }
        var source = useGPR(operation.a)
        if size < 2 && !isDuplicated {
            let low = allocate(BlockEmitter.integerTemporaryMask).gpr
            assembler.movzx(low, from: size == 0 ? .byte : .word, source)
            source = low
        }
        let destination = defineXMM()
        assembler.mov(size == 3 ? .qword : .dword, destination, source)
        if isDuplicated { assembler.packed(.broadcast(size), destination, destination) }
    }

    private func isInVectorRegister(_ operand: UInt32) -> Bool {
        guard let value = definition(resolve(operand)) else { return false }
        return operations[value].type.usesVectorRegister
    }

    func lowerVectorExtract(_ operation: Operation) {
        let lane = VectorLane(rawValue: operation.flags)
        let source = useXMM(operation.a)
        let index = UInt8(operation.b)
        if operation.type.isFloat {
            let bytes = index << UInt8(lane.sizeLog2)
            let destination = defineXMM(prefer: source)
            if bytes > 0 {
                assembler.shiftBytes(.right, destination, source, Int(bytes))
            } else if destination != source {
                assembler.movaps(destination, source)
            }
            return
        }
        let destination = defineGPR()
        extractLane(lane.sizeLog2, destination, source, index)
        guard lane.contains(.signed), lane.bitCount < operation.type.bits else { return }
        let from: Width = lane.sizeLog2 == 0 ? .byte : lane.sizeLog2 == 1 ? .word : .dword
        assembler.movsx(width(operation.type), destination, from: from, destination)
    }

    private func extractLane(_ size: Int, _ destination: GPR, _ source: XMM, _ index: UInt8) {
        switch size {
        case 0: assembler.extractNarrow(.byte, destination, source, lane: index)
        case 1: assembler.extractNarrow(.word, destination, source, lane: index)
        case 2 where index == 0: assembler.mov(.dword, destination, source)
        case 2: assembler.extract(.dword, destination, source, lane: index)
        case _ where index == 0: assembler.mov(.qword, destination, source)
        default: assembler.extract(.qword, destination, source, lane: index)
        }
    }

    private func insertLane(_ size: Int, _ destination: XMM, _ source: XMM, _ element: GPR, _ index: UInt8) {
        switch size {
        case 0: assembler.insertNarrow(.byte, destination, source, element, lane: index)
        case 1: assembler.insertNarrow(.word, destination, source, element, lane: index)
        case 2: assembler.insert(.dword, destination, source, element, lane: index)
        default: assembler.insert(.qword, destination, source, element, lane: index)
        }
    }

    func lowerVectorInsert(_ operation: Operation) {
        let size = VectorLane(rawValue: operation.flags).sizeLog2
        let source = useXMM(operation.a)
        let element: GPR
        if isInVectorRegister(operation.b) {
            let number = useXMM(operation.b)
            element = allocate(BlockEmitter.integerTemporaryMask).gpr
            assembler.mov(size == 3 ? .qword : .dword, element, number)
        } else {
            element = useGPR(operation.b)
        }
        insertLane(size, defineXMM(prefer: source), source, element, UInt8(operation.c))
    }

    func lowerVectorCopyLane(_ operation: Operation) {
        let size = VectorLane(rawValue: operation.flags).sizeLog2
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (index, source) = (UInt8(operation.c & 0xFF), UInt8(operation.c >> 8))
        switch size {
        case 3 where index == 0: assembler.shuffleDoubles(defineXMM(), b, a, control: source | 2)
        case 3: assembler.shuffleDoubles(defineXMM(), a, b, control: source << 1)
        case 2: assembler.insertSingle(defineXMM(), a, b, control: source << 6 | index << 4)
        default:
            let element = allocate(BlockEmitter.integerTemporaryMask).gpr
            extractLane(size, element, b, source)
            insertLane(size, defineXMM(prefer: a), a, element, index)
        }
    }
}
