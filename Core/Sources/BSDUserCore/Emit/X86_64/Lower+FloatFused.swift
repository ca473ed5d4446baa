/// Floating-point operations beyond the plain arithmetic: fused, least and greatest, rounding, unsigned integers, flags.
extension BlockEmitter {
    func lowerFloatMultiplyAdd(_ operation: Operation) {
        let precision = precision(operation.type)
        let (first, second, addend) = (useXMM(operation.a), useXMM(operation.b), useXMM(operation.c))
        let masks = BlockEmitter.mask(first) | BlockEmitter.mask(second) | BlockEmitter.mask(addend)
        // The slow path needs the operands, so the result goes elsewhere.
        let destination = defineXMM(avoiding: masks)
        let kind = fusedOperation(FusedAttributes(rawValue: operation.flags))
        noteFault()
        let accumulator = accumulator(for: destination)
        assembler.movaps(accumulator, addend)
        assembler.fused231(kind, precision, accumulator, first, second)
        if accumulator != destination { assembler.movaps(destination, accumulator) }
        inheritClean(operation.c)
        assembler.ucomi(precision, destination, destination)
        addFixup(.parity, first, second, addend, result: HostRegister(destination))
    }

    /// Where a result is made in more than one step: an instruction that may trap and be done again must not have changed
    /// a guest register before.
    func accumulator(for destination: XMM) -> XMM {
        guard reportsFlushing, BlockEmitter.mask(destination) & BlockEmitter.vectorTemporaryMask == 0 else {
            return destination
        }
        return temporaryXMM()
    }

    func fusedOperation(_ signs: FusedAttributes) -> FusedOperation {
        switch signs {
        case [.negatedProduct, .negatedAddend]: .nmsub
        case .negatedProduct: .nmadd
        case .negatedAddend: .msub
        default: .madd
        }
    }

    /// The host's MINSS gives the second operand for zeros of either sign: both orders together have the sign bits.
    func lowerFloatMinMax(_ operation: Operation) {
        let precision = precision(operation.type)
        let kind = FloatMinMax(rawValue: operation.flags) ?? .min
        let isMinimum = kind == .min || kind == .minNumber
        let first = useXMM(operation.a)
        let second = useXMM(operation.b)
        let destination = defineXMM(avoiding: BlockEmitter.mask(first) | BlockEmitter.mask(second))
        noteFault()
        assembler.ucomi(precision, first, second)
        addFixup(.parity, first, second, result: HostRegister(destination))
        let other = allocate(BlockEmitter.vectorTemporaryMask).xmm
        assembler.float(isMinimum ? .min : .max, precision, other, second, first)
        assembler.float(isMinimum ? .min : .max, precision, destination, first, second)
        assembler.logic(isMinimum ? .or : .and, .single, destination, destination, other)
        coldPaths[coldPathCount &- 1].resume = assembler.position
        if isClean(operation.a) && isClean(operation.b) { values[current].traits.insert(.wholeRegister) }
    }

    func lowerFloatRound(_ operation: Operation) {
        let precision = precision(operation.type)
        let source = useXMM(operation.a)
        let destination = defineXMM(avoiding: BlockEmitter.mask(source))
        noteFault()
        checkOperand(precision, source)
        guard let control = roundingControl(operation.flags & 0x7F) else {
            let rounded = accumulator(for: destination)
            roundScalar(operation.type, rounded, source, .nearestAway)
            values[current].traits.insert(.wholeRegister)
            assembler.ucomi(precision, rounded, rounded)
            addFixup(.parity, source, nil, result: HostRegister(destination))
            if operation.flags & 0x80 != 0 {
                let unused = allocate(BlockEmitter.vectorTemporaryMask).xmm
                assembler.round(precision, unused, upper: source, source, .current, suppressInexact: false)
            }
            if rounded != destination { assembler.movaps(destination, rounded) }
            coldPaths[coldPathCount &- 1].resume = assembler.position
            return
        }
        assembler.round(
            precision, destination, upper: source, source, control, suppressInexact: operation.flags & 0x80 == 0)
        inheritClean(operation.a)
        assembler.ucomi(precision, destination, destination)
        addFixup(.parity, source, nil, result: HostRegister(destination))
    }

    /// A scalar rounded to an integral value; what stands above it may be anything.
    func roundScalar(_ type: ValueType, _ destination: XMM, _ source: XMM, _ rounding: FloatRounding) {
        if let control = roundingControl(rounding.rawValue) {
            assembler.round(
                precision(type), destination, upper: source, source, control, suppressInexact: true)
            return
        }
        let alone = temporaryXMM()
        clearAbove(type, alone, source)
        roundAway(isDouble: type == .f64, destination, alone)
        unlock(HostRegister(alone))
    }

    /// The host's control of a `FloatRounding`; nil for the one that it has not.
    func roundingControl(_ raw: UInt8) -> RoundingControl? {
        switch FloatRounding(rawValue: raw) {
        case .current, nil: .current
        case .nearestEven: .nearestEven
        case .towardZero: .towardZero
        case .up: .up
        case .down: .down
        case .nearestAway: nil
        }
    }

    // MARK: Unsigned integers

    func lowerFloatFromUnsigned(_ operation: Operation) {
        let isWide = operation.c == UInt32(ValueType.i64.rawValue)
        let source = useGPR(operation.a)
        let destination = defineXMM()
        noteFault()
        assembler.zero(destination)
        if isWide && !assembler.hasAVX512 {
            convertUnsigned(precision(operation.type), destination, source)
        } else if isWide {
            assembler.convertUnsigned(
                .qword, to: precision(operation.type), destination, upper: destination, source)
        } else {
            let wide = allocate(BlockEmitter.integerTemporaryMask).gpr
            assembler.mov(.dword, wide, source)
            assembler.convertSigned(.qword, to: precision(operation.type), destination, upper: destination, wide)
        }
        values[current].traits.insert(.wholeRegister)
    }

    /// As a signed number; one that has the top bit set counts as negative then, and is converted as its half, twice. The bit that
    /// gets lost there is only of use for rounding, and joins the next one. Where the first conversion is inexact, so is the number's own.
    private func convertUnsigned(_ precision: Precision, _ destination: XMM, _ source: GPR) {
        let half = allocate(BlockEmitter.integerTemporaryMask).gpr
        assembler.convertSigned(.qword, to: precision, destination, upper: destination, source)
        assembler.test(.qword, source, source)
        let done = assembler.jccForwardShort(.noSign)
        assembler.mov(.qword, half, source)
        assembler.shift(.shr, .qword, half, 1)
        let even = assembler.jccForwardShort(.aboveOrEqual)
        assembler.alu(.or, .qword, half, 1)
        assembler.patch8Here(even)
        assembler.convertSigned(.qword, to: precision, destination, upper: destination, half)
        assembler.float(.add, precision, destination, destination, destination)
        assembler.patch8Here(done)
    }

    /// A conversion to a signed integer of 64 bits tells by its upper bits whether the result is in range.
    func lowerFloatToUnsigned(_ operation: Operation) {
        let operandType = ValueType(rawValue: UInt8(truncatingIfNeeded: operation.c)) ?? .f64
        let precision = precision(operandType)
        let source = useXMM(operation.a)
        let destination = defineGPR()
        noteFault()
        checkOperand(precision, source)
        let rounded = temporaryXMM()
        roundScalar(operandType, rounded, source, FloatRounding(rawValue: operation.flags) ?? .current)
        assembler.truncateToSigned(from: precision, .qword, destination, rounded)
        if operation.type == .i64 {
            assembler.test(.qword, destination, destination)
            addFixup(.sign, source, nil, result: HostRegister(destination))
        } else {
            let upper = allocate(BlockEmitter.integerTemporaryMask).gpr
            assembler.rorx(.qword, upper, destination, 32)
            assembler.test(.dword, upper, upper)
            addFixup(.notEqual, source, nil, result: HostRegister(destination))
        }
        // In range: once more, for the inexact flag alone.
        assembler.round(precision, rounded, upper: source, source, .current, suppressInexact: false)
        coldPaths[coldPathCount &- 1].resume = assembler.position
    }

    // MARK: Flags

    /// After UCOMIS of ordered operands ZF is equal and CF less; negative is less too. The slow path gives the packed
    /// flags of unordered operands.
    func lowerFloatCompareFlags(_ operation: Operation) {
        let precision = precision(ValueType(rawValue: UInt8(truncatingIfNeeded: operation.c)) ?? .f64)
        let first = useXMM(operation.a)
        let second = useXMM(operation.b)
        let isPacked = !values[current].traits.contains(.heldOnly) && values[current].useCount > 0
        if isPacked {
            vacate(HostRegister(.rax))
            release(HostRegister(.rax))
        }
        noteFault()
        if operation.flags & FloatCondition.signalling.rawValue != 0 {
            assembler.comi(precision, first, second)
        } else {
            assembler.ucomi(precision, first, second)
        }
        guard isPacked else {
            var cold = ColdPath(.comparison, entry: assembler.jccForward(.parity))
            cold.first = HostRegister(first)
            cold.second = HostRegister(second)
            cold.comparison = comparisonClass(current) ?? .any
            addCold(cold)
            holdFlags(current)
            return
        }
        addFixup(.parity, first, second, result: HostRegister(.rax))
        assembler.lahf()
        assembler.alu(.and, .dword, .rax, Int32(PackedFlags([.zero, .carry]).rawValue))
        // Carry (bit 8) goes to negative (bit 15) too.
        assembler.imul(.dword, .rax, .rax, 0x81)
        coldPaths[coldPathCount &- 1].resume = assembler.position
        own(HostRegister(.rax), current)
    }
}
