/// Floating-point lanes rounded, and converted to other formats and to integers.
extension BlockEmitter {
    func lowerVectorFloatUnary(_ operation: Operation, isDouble: Bool) -> Bool {
        switch VectorFloatUnary(rawValue: operation.c) {
        case .squareRoot:
            let (source, destination) = beginConversion(operation)
            assembler.packedFloat(0x51, isDouble: isDouble, destination, XMM(code: 0), source)
            executeUnordered(destination, isDouble: isDouble, destination, source, nil, nil)
        case .round: lowerLanesRound(operation, isDouble: isDouble)
        case .toSigned:
            lowerLanesToInteger(operation, isDouble: isDouble, isSigned: true)
        case .toUnsigned:
            guard assembler.hasAVX512 else { return false }
            lowerLanesToInteger(operation, isDouble: isDouble, isSigned: false)
        case .fromSigned:
            if isDouble && !assembler.hasAVX512 {
                lowerDoublesFromIntegers(operation)
            } else {
                lowerLanesFromInteger(operation, isDouble ? .doublesFromSigned : .singlesFromSigned)
            }
        case .fromUnsigned:
            guard assembler.hasAVX512 else { return false }
            lowerLanesFromInteger(operation, isDouble ? .doublesFromUnsigned : .singlesFromUnsigned)
        case .widenLow, .widenHigh:
            guard VectorLane(rawValue: operation.flags).sizeLog2 == 2 else { return false }
            lowerLanesWiden(operation)
        case .narrow:
            guard isDouble else { return false }
            let (source, destination) = beginConversion(operation)
            assembler.packedConvert(.narrowDoubles, destination, source)
            executeUnordered(destination, isDouble: false, destination, source, nil, nil)
        case nil: return false
        }
        return true
    }

    /// Operand and result, in registers of their own: the cold path needs the operand.
    private func beginConversion(_ operation: Operation) -> (XMM, XMM) {
        let source = useXMM(operation.a)
        let destination = defineXMM(avoiding: BlockEmitter.mask(source))
        noteFault()
        return (source, destination)
    }

    /// As `checkOperand` for scalars.
    private func checkLanes(isDouble: Bool, _ operand: XMM) {
        guard reportsFlushing else { return }
        let test = temporaryXMM()
        assembler.movaps(test, operand)
        assembler.packedCompare(.unordered, isDouble: isDouble, test, test, test)
        unlock(HostRegister(test))
    }

    // MARK: Formats

    private func lowerLanesWiden(_ operation: Operation) {
        let (source, destination) = beginConversion(operation)
        let isHigh = operation.c == VectorFloatUnary.widenHigh.rawValue
        let upper = isHigh ? accumulator(for: destination) : source
        if isHigh { assembler.shiftBytes(.right, upper, source, 8) }
        assembler.packedConvert(.widenSingles, destination, upper)
        executeUnordered(destination, isDouble: true, destination, source, nil, nil)
    }

    private func lowerLanesFromInteger(_ operation: Operation, _ conversion: PackedConversion) {
        let source = useXMM(operation.a)
        let destination = defineXMM()
        noteFault()
        assembler.packedConvert(conversion, destination, source)
    }

    /// One after the other.
    private func lowerDoublesFromIntegers(_ operation: Operation) {
        let source = useXMM(operation.a)
        let (low, high) = (temporaryXMM(), temporaryXMM())
        let number = allocate(BlockEmitter.integerTemporaryMask).gpr
        noteFault()
        assembler.zero(low)
        assembler.mov(.qword, number, source)
        assembler.convertSigned(.qword, to: .double, low, upper: low, number)
        assembler.extract(.qword, number, source, lane: 1)
        assembler.convertSigned(.qword, to: .double, high, upper: low, number)
        assembler.unpackLowQwords(defineXMM(), low, high)
    }

    /// The same the other way.
    private func truncateDoubles(_ destination: XMM, _ source: XMM) {
        let number = allocate(BlockEmitter.integerTemporaryMask).gpr
        let high = temporaryXMM()
        assembler.shiftBytes(.right, high, source, 8)
        assembler.truncateToSigned(from: .double, .qword, number, source)
        assembler.mov(.qword, destination, number)
        assembler.truncateToSigned(from: .double, .qword, number, high)
        assembler.insert(.qword, destination, destination, number, lane: 1)
        unlock(HostRegister(high))
    }

    // MARK: Integral values

    private func lowerLanesRound(_ operation: Operation, isDouble: Bool) {
        let number = UInt8(truncatingIfNeeded: operation.b)
        let (source, destination) = beginConversion(operation)
        let isExact = number & 0x80 != 0
        checkLanes(isDouble: isDouble, source)
        if let control = roundingControl(number & 0x7F) {
            assembler.packedRound(isDouble: isDouble, destination, source, control, suppressInexact: !isExact)
            executeUnordered(destination, isDouble: isDouble, destination, source, nil, nil)
            return
        }
        let rounded = accumulator(for: destination)
        roundAway(isDouble: isDouble, rounded, source)
        executeUnordered(rounded, isDouble: isDouble, destination, source, nil, nil)
        if isExact { noteInexact(isDouble: isDouble, source) }
        if rounded != destination { assembler.movaps(destination, rounded) }
        coldPaths[coldPathCount &- 1].resume = assembler.position
    }

    /// Rounds to nearest, halves away from zero: what is left of a magnitude after truncation, doubled and truncated, is what
    /// has to be added. Less than a quarter counts as a quarter, so that there are no subnormal numbers. All of it is exact.
    /// What is not finite becomes a NaN.
    func roundAway(isDouble: Bool, _ destination: XMM, _ source: XMM) {
        let size = isDouble ? 3 : 2
        let quarter: HeaderConstant = isDouble ? .quarters64 : .quarters32
        let (whole, sign) = (temporaryXMM(), temporaryXMM())
        assembler.shift(.right, size, sign, source, (8 << size) - 1)
        assembler.shift(.left, size, sign, sign, (8 << size) - 1)
        assembler.packed(.xor, destination, source, sign)
        // Of a NaN and another the host takes the second one.
        assembler.loadVector(whole, quarter.address)
        assembler.packedFloat(FloatOperation.max.rawValue, isDouble: isDouble, destination, whole, destination)
        assembler.packedRound(isDouble: isDouble, whole, destination, .towardZero, suppressInexact: true)
        assembler.packedFloat(FloatOperation.sub.rawValue, isDouble: isDouble, destination, destination, whole)
        assembler.packedFloat(FloatOperation.add.rawValue, isDouble: isDouble, destination, destination, destination)
        assembler.packedRound(isDouble: isDouble, destination, destination, .towardZero, suppressInexact: true)
        assembler.packedFloat(FloatOperation.add.rawValue, isDouble: isDouble, destination, destination, whole)
        assembler.packed(.or, destination, destination, sign)
        unlock(HostRegister(whole))
        unlock(HostRegister(sign))
    }

    /// Raises inexact where a number is not integral.
    private func noteInexact(isDouble: Bool, _ source: XMM) {
        let unused = allocate(BlockEmitter.vectorTemporaryMask).xmm
        assembler.packedRound(isDouble: isDouble, unused, source, .towardZero, suppressInexact: false)
    }

    // MARK: Integers

    /// A conversion that is invalid gives the least integer, or all ones of an unsigned one, which no valid one gives or which
    /// the cold path gives again.
    private func lowerLanesToInteger(_ operation: Operation, isDouble: Bool, isSigned: Bool) {
        let (source, destination) = beginConversion(operation)
        let rounding = FloatRounding(rawValue: UInt8(truncatingIfNeeded: operation.b)) ?? .current
        let isOneByOne = isDouble && !assembler.hasAVX512
        checkLanes(isDouble: isDouble, source)
        let result = accumulator(for: destination)
        var rounded = source
        switch rounding {
        case .current where !isOneByOne:
            assembler.packedConvert(
                isDouble
                    ? (isSigned ? .roundDoubles : .roundDoublesToUnsigned)
                    : (isSigned ? .roundSingles : .roundSinglesToUnsigned), result, source)
        case .towardZero: break
        case .nearestAway:
            rounded = temporaryXMM()
            roundAway(isDouble: isDouble, rounded, source)
        default:
            rounded = temporaryXMM()
            let control = roundingControl(rounding.rawValue) ?? .current
            assembler.packedRound(isDouble: isDouble, rounded, source, control, suppressInexact: true)
        }
        if isOneByOne {
            truncateDoubles(result, rounded)
        } else if rounding != .current {
            assembler.packedConvert(
                isDouble
                    ? (isSigned ? .truncateDoubles : .truncateDoublesToUnsigned)
                    : (isSigned ? .truncateSingles : .truncateSinglesToUnsigned), result, rounded)
        }
        let size = isDouble ? 3 : 2
        let invalid: HeaderConstant = isSigned ? (isDouble ? .signsOfQwords : .signsOfDwords) : .ones
        let test = temporaryXMM()
        assembler.movaps(test, result)
        assembler.packed(.equal(size), test, test, invalid.address)
        executeIfAny(test, destination, source, nil, nil)
        if rounded != source { noteInexact(isDouble: isDouble, source) }
        if result != destination { assembler.movaps(destination, result) }
        coldPaths[coldPathCount &- 1].resume = assembler.position
    }
}
