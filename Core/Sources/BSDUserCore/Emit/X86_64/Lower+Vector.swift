/// Operations on integer lanes that the host has one or a few instructions for. The others go to `lowerExecuted`.
extension BlockEmitter {
    /// A vector temporary until the end of the operation.
    private mutating func temporaryXMM() -> XMM {
        let register = allocate(BlockEmitter.vectorTemporaryMask)
        lock(register)
        return register.xmm
    }

    /// The register itself, or a copy where an instruction has no EVEX form.
    private mutating func reachable(_ register: XMM, _ opcode: PackedOpcode) -> XMM {
        guard opcode.isVEXOnly, register.code >= 16 else { return register }
        let copy = temporaryXMM()
        assembler.movaps(copy, register)
        return copy
    }

    /// Whether an operation on lanes was lowered.
    mutating func lowerVector(_ operation: Operation) -> Bool {
        let lane = VectorLane(rawValue: operation.flags)
        switch operation.opcode {
        case .vectorBinary: return lowerVectorBinary(operation, lane)
        case .vectorUnary: return lowerVectorUnary(operation, lane)
        case .vectorShift: return lowerVectorShift(operation, lane)
        case .vectorSelect:
            lowerVectorSelect(operation)
            return true
        case .vectorExtractBytes:
            let (low, high) = (useXMM(operation.a), useXMM(operation.b))
            assembler.packed(
                PackedOpcode(0x0F, .escape0F3A), defineXMM(), high, low, immediate: UInt8(operation.c))
            return true
        default: return false
        }
    }

    // MARK: Two vectors

    private mutating func lowerVectorBinary(_ operation: Operation, _ lane: VectorLane) -> Bool {
        guard let kind = VectorBinary(rawValue: operation.c) else { return false }
        let size = lane.sizeLog2
        if kind == .andNot {
            // The host inverts its first operand.
            let (a, b) = (useXMM(operation.a), useXMM(operation.b))
            assembler.packed(PackedOpcode(0xDF), defineXMM(), b, a)
            return true
        }
        if let opcode = packedOpcode(kind, size) {
            packedBinary(opcode, operation)
            return true
        }
        switch kind {
        // Greater or equal is being the greater one of the two.
        case .compareGreaterOrEqualSigned: return compareWithGreatest(.maxSigned, operation, size)
        case .compareGreaterOrEqualUnsigned: return compareWithGreatest(.maxUnsigned, operation, size)
        case .mulLowSigned, .mulLowUnsigned, .mulHighSigned, .mulHighUnsigned:
            lowerWideProduct(kind, operation, size)
            return true
        case .even where size == 2, .odd where size == 2:
            let (a, b) = (useXMM(operation.a), useXMM(operation.b))
            assembler.shuffleSingles(defineXMM(), a, b, control: kind == .even ? 0x88 : 0xDD)
            return true
        default: return false
        }
    }

    private mutating func packedBinary(_ opcode: PackedOpcode, _ operation: Operation) {
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

    private mutating func compareWithGreatest(_ greatest: VectorBinary, _ operation: Operation, _ size: Int) -> Bool {
        guard let choice = packedOpcode(greatest, size), let equal = packedOpcode(.compareEqual, size) else {
            return false
        }
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let destination = defineXMM(avoiding: BlockEmitter.mask(a))
        let result = temporaryXMM()
        assembler.packed(choice, result, a, b)
        let first = reachable(a, equal)
        assembler.packed(equal, result, result, first)
        assembler.movaps(destination, result)
        return true
    }

    /// The lanes of the halves made twice as wide, and multiplied as such.
    private mutating func lowerWideProduct(_ kind: VectorBinary, _ operation: Operation, _ size: Int) {
        let isSigned = kind == .mulLowSigned || kind == .mulHighSigned
        let isHigh = kind == .mulHighSigned || kind == .mulHighUnsigned
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (first, second) = (temporaryXMM(), temporaryXMM())
        widen(first, a, size, isSigned: isSigned, isHigh: isHigh)
        widen(second, b, size, isSigned: isSigned, isHigh: isHigh)
        let product: PackedOpcode =
            switch size {
            case 0: PackedOpcode(0xD5)
            case 1: PackedOpcode(0x40, .escape0F38)
            default: isSigned ? PackedOpcode(0x28, .escape0F38, isWide: true) : PackedOpcode(0xF4, isWide: true)
            }
        assembler.packed(product, defineXMM(), first, second)
    }

    /// Lanes of the low or high half extended to twice their width: VPMOVSX and VPMOVZX.
    private mutating func widen(_ destination: XMM, _ source: XMM, _ size: Int, isSigned: Bool, isHigh: Bool) {
        let opcodes: [UInt8] = isSigned ? [0x20, 0x23, 0x25] : [0x30, 0x33, 0x35]
        let opcode = PackedOpcode(opcodes[size], .escape0F38)
        guard isHigh else {
            assembler.packed(opcode, destination, source)
            return
        }
        assembler.packedShift(PackedOpcode(0x73), 3, destination, source, 8)
        assembler.packed(opcode, destination, destination)
    }

    private func packedOpcode(_ kind: VectorBinary, _ size: Int) -> PackedOpcode? {
        switch kind {
        case .and: PackedOpcode(0xDB)
        case .or: PackedOpcode(0xEB)
        case .xor: PackedOpcode(0xEF)
        case .add: PackedOpcode([0xFC, 0xFD, 0xFE, 0xD4][size], isWide: size == 3)
        case .sub: PackedOpcode([0xF8, 0xF9, 0xFA, 0xFB][size], isWide: size == 3)
        case .interleaveLow: PackedOpcode([0x60, 0x61, 0x62, 0x6C][size], isWide: size == 3)
        case .interleaveHigh: PackedOpcode([0x68, 0x69, 0x6A, 0x6D][size], isWide: size == 3)
        // Of two lanes each operand has one of even and one of odd number.
        case .even where size == 3, .transposeEven where size == 3: PackedOpcode(0x6C, isWide: true)
        case .odd where size == 3, .transposeOdd where size == 3: PackedOpcode(0x6D, isWide: true)
        case .compareEqual where size == 3: PackedOpcode(0x29, .escape0F38, isVEXOnly: true)
        case .compareEqual: PackedOpcode([0x74, 0x75, 0x76][size], isVEXOnly: true)
        case .compareGreaterSigned where size == 3: PackedOpcode(0x37, .escape0F38, isVEXOnly: true)
        case .compareGreaterSigned: PackedOpcode([0x64, 0x65, 0x66][size], isVEXOnly: true)
        case .mul where size == 1: PackedOpcode(0xD5)
        case .mul where size == 2: PackedOpcode(0x40, .escape0F38)
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
        case (.roundingHalvingAddUnsigned, 0): PackedOpcode(0xE0)
        case (.roundingHalvingAddUnsigned, 1): PackedOpcode(0xE3)
        case (.maxSigned, 0): PackedOpcode(0x3C, .escape0F38)
        case (.maxSigned, 1): PackedOpcode(0xEE)
        case (.maxSigned, 2): PackedOpcode(0x3D, .escape0F38)
        case (.maxUnsigned, 0): PackedOpcode(0xDE)
        case (.maxUnsigned, 1): PackedOpcode(0x3E, .escape0F38)
        case (.maxUnsigned, 2): PackedOpcode(0x3F, .escape0F38)
        case (.minSigned, 0): PackedOpcode(0x38, .escape0F38)
        case (.minSigned, 1): PackedOpcode(0xEA)
        case (.minSigned, 2): PackedOpcode(0x39, .escape0F38)
        case (.minUnsigned, 0): PackedOpcode(0xDA)
        case (.minUnsigned, 1): PackedOpcode(0x3A, .escape0F38)
        case (.minUnsigned, 2): PackedOpcode(0x3B, .escape0F38)
        default: nil
        }
    }

    // MARK: One vector

    private mutating func lowerVectorUnary(_ operation: Operation, _ lane: VectorLane) -> Bool {
        let size = lane.sizeLog2
        switch VectorUnary(rawValue: operation.c) {
        case .lowHalf:
            let source = useXMM(operation.a)
            assembler.movq(defineXMM(), source)
        case .not:
            let source = useXMM(operation.a)
            assembler.packed(PackedOpcode(0xEF), defineXMM(), source, HeaderConstant.ones.address)
        case .negate:
            guard let subtraction = packedOpcode(.sub, size) else { return false }
            let source = useXMM(operation.a)
            let zero = temporaryXMM()
            assembler.zero(zero)
            assembler.packed(subtraction, defineXMM(), zero, source)
        case .absolute where size < 3:
            let source = useXMM(operation.a)
            assembler.packed(PackedOpcode(0x1C + UInt8(size), .escape0F38), defineXMM(), source)
        case .duplicateLane:
            let source = useXMM(operation.a)
            let destination = defineXMM()
            let bytes = UInt8(operation.b) << UInt8(size)
            if bytes > 0 { assembler.packedShift(PackedOpcode(0x73), 3, destination, source, bytes) }
            assembler.packed(broadcast(size), destination, bytes > 0 ? destination : source)
        case .widenLowSigned: lowerWiden(operation, size, isSigned: true, isHigh: false)
        case .widenLowUnsigned: lowerWiden(operation, size, isSigned: false, isHigh: false)
        case .widenHighSigned: lowerWiden(operation, size, isSigned: true, isHigh: true)
        case .widenHighUnsigned: lowerWiden(operation, size, isSigned: false, isHigh: true)
        case .narrowSigned where size < 3: lowerPack(operation, size == 1 ? PackedOpcode(0x63) : PackedOpcode(0x6B))
        case .narrowSignedToUnsigned where size < 3:
            lowerPack(operation, size == 1 ? PackedOpcode(0x67) : PackedOpcode(0x2B, .escape0F38))
        case .narrow where size == 3:
            let source = useXMM(operation.a)
            let destination = defineXMM()
            assembler.packed(PackedOpcode(0x70), destination, source, immediate: 0x08)
            assembler.movq(destination, destination)
        default: return false
        }
        return true
    }

    private mutating func lowerWiden(_ operation: Operation, _ size: Int, isSigned: Bool, isHigh: Bool) {
        let source = useXMM(operation.a)
        widen(defineXMM(), source, size, isSigned: isSigned, isHigh: isHigh)
    }

    /// A pack with saturation of one vector; the results are the low half.
    private mutating func lowerPack(_ operation: Operation, _ opcode: PackedOpcode) {
        let source = useXMM(operation.a)
        let destination = defineXMM()
        assembler.packed(opcode, destination, source, source)
        assembler.movq(destination, destination)
    }

    private func broadcast(_ size: Int) -> PackedOpcode {
        PackedOpcode([0x78, 0x79, 0x58, 0x59][size], .escape0F38, isWide: size == 3)
    }

    private mutating func lowerVectorShift(_ operation: Operation, _ lane: VectorLane) -> Bool {
        let size = lane.sizeLog2
        let selector: UInt8
        switch VectorShift(rawValue: operation.c) {
        case .left: selector = 6
        case .rightUnsigned: selector = 2
        case .rightSigned where size < 3: selector = 4
        default: return false
        }
        guard size > 0 else { return false }
        let source = useXMM(operation.a)
        let opcode = PackedOpcode([0x71, 0x72, 0x73][size - 1], isWide: size == 3)
        assembler.packedShift(opcode, selector, defineXMM(), source, UInt8(operation.b))
        return true
    }

    private mutating func lowerVectorSelect(_ operation: Operation) {
        let (mask, chosen, other) = (useXMM(operation.a), useXMM(operation.b), useXMM(operation.c))
        let first = temporaryXMM()
        assembler.packed(PackedOpcode(0xDB), first, mask, chosen)
        let destination = defineXMM(avoiding: BlockEmitter.mask(first))
        assembler.packed(PackedOpcode(0xDF), destination, mask, other)
        assembler.packed(PackedOpcode(0xEB), destination, destination, first)
    }

    // MARK: Numbers and lanes

    mutating func lowerFromScalar(_ operation: Operation, isDuplicated: Bool) {
        let size = VectorLane(rawValue: operation.flags).sizeLog2
        if isInVectorRegister(operation.a) {
            let source = useXMM(operation.a)
            let destination = defineXMM()
            if isDuplicated {
                assembler.packed(broadcast(size), destination, source)
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
        if isDuplicated { assembler.packed(broadcast(size), destination, destination) }
    }

    private func isInVectorRegister(_ operand: UInt32) -> Bool {
        guard let value = definition(resolve(operand)) else { return false }
        return operations[value].type.usesVectorRegister
    }

    mutating func lowerVectorExtract(_ operation: Operation) {
        let lane = VectorLane(rawValue: operation.flags)
        let source = useXMM(operation.a)
        let index = UInt8(operation.b)
        if operation.type.isFloat {
            let bytes = index << UInt8(lane.sizeLog2)
            let destination = defineXMM(prefer: source)
            if bytes > 0 {
                assembler.packedShift(PackedOpcode(0x73), 3, destination, source, bytes)
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

    private mutating func extractLane(_ size: Int, _ destination: GPR, _ source: XMM, _ index: UInt8) {
        switch size {
        case 0: assembler.extractNarrow(.byte, destination, source, lane: index)
        case 1: assembler.extractNarrow(.word, destination, source, lane: index)
        case 2 where index == 0: assembler.mov(.dword, destination, source)
        case 2: assembler.extract(.dword, destination, source, lane: index)
        case _ where index == 0: assembler.mov(.qword, destination, source)
        default: assembler.extract(.qword, destination, source, lane: index)
        }
    }

    private mutating func insertLane(_ size: Int, _ destination: XMM, _ source: XMM, _ element: GPR, _ index: UInt8) {
        switch size {
        case 0: assembler.insertNarrow(.byte, destination, source, element, lane: index)
        case 1: assembler.insertNarrow(.word, destination, source, element, lane: index)
        case 2: assembler.insert(.dword, destination, source, element, lane: index)
        default: assembler.insert(.qword, destination, source, element, lane: index)
        }
    }

    mutating func lowerVectorInsert(_ operation: Operation) {
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

    mutating func lowerVectorCopyLane(_ operation: Operation) {
        let size = VectorLane(rawValue: operation.flags).sizeLog2
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let element = allocate(BlockEmitter.integerTemporaryMask).gpr
        extractLane(size, element, b, UInt8(operation.c >> 8))
        insertLane(size, defineXMM(prefer: a), a, element, UInt8(operation.c & 0xFF))
    }
}
