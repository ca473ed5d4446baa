/// Integer lanes: comparisons, products and averages that the host composes from a few instructions.
extension BlockEmitter {
    // MARK: Comparisons

    /// The host compares for equal and for greater signed numbers.
    func lowerVectorComparison(_ kind: VectorBinary, _ operation: Operation, _ size: Int) {
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let result = temporaryXMM()
        if kind == .compareTest {
            let zero = temporaryXMM()
            assembler.packed(.and, result, a, b)
            assembler.zero(zero)
            assembler.packed(.equal(size), result, result, zero)
            invert(result)
            return
        }
        let isSigned = kind == .compareGreaterOrEqualSigned
        guard let least = PackedOpcode.least(size, isSigned: isSigned) else {
            compareQwords(kind, result, a, b)
            return
        }
        // The lesser one is `b`: greater or equal. It is not `a`: greater.
        assembler.packed(least, result, a, b)
        let isGreater = kind == .compareGreaterUnsigned
        assembler.packed(.equal(size), result, result, reachable(isGreater ? a : b))
        if isGreater { invert(result) } else { finish(result) }
    }

    private func compareQwords(_ kind: VectorBinary, _ result: XMM, _ a: XMM, _ b: XMM) {
        // Unsigned numbers are in order as signed ones with their signs inverted; greater or equal is not less.
        let isGreater = kind == .compareGreaterUnsigned
        let (first, second) = isGreater ? (a, b) : (b, a)
        if kind == .compareGreaterOrEqualSigned {
            let (left, right) = (reachable(first), reachable(second))
            assembler.packed(.greaterSigned(3), result, left, right)
        } else {
            let other = temporaryXMM()
            assembler.packed(.xor, result, first, HeaderConstant.signsOfQwords.address)
            assembler.packed(.xor, other, second, HeaderConstant.signsOfQwords.address)
            assembler.packed(.greaterSigned(3), result, result, other)
        }
        if isGreater { finish(result) } else { invert(result) }
    }

    /// The result is a temporary's bits inverted.
    private func invert(_ source: XMM) {
        assembler.packed(.xor, defineXMM(), source, HeaderConstant.ones.address)
    }

    // MARK: Products

    /// Bytes of even and odd number, multiplied as words.
    func lowerByteProduct(_ operation: Operation) {
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (even, odd) = (temporaryXMM(), temporaryXMM())
        assembler.shift(.right, 1, even, a, 8)
        assembler.shift(.right, 1, odd, b, 8)
        assembler.packed(.mulWords, odd, even, odd)
        assembler.shift(.left, 1, odd, odd, 8)
        assembler.packed(.mulWords, even, a, b)
        assembler.packed(.and, even, even, HeaderConstant.lowBytes.address)
        assembler.packed(.or, defineXMM(), even, odd)
    }

    /// The high half of twice the product of words. That of two least numbers comes out as the least one, which no other product
    /// gives, and becomes the greatest.
    func lowerDoublingWords(_ operation: Operation, isRounding: Bool) {
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (result, other) = (temporaryXMM(), temporaryXMM())
        if isRounding {
            assembler.packed(.mulHighRoundingWords, result, a, b)
        } else {
            assembler.packed(.mulHighWords, result, a, b)
            assembler.packed(.mulWords, other, a, b)
            assembler.shift(.left, 1, result, result, 1)
            assembler.shift(.right, 1, other, other, 15)
            assembler.packed(.or, result, result, other)
        }
        assembler.packed(.equal(1), other, result, HeaderConstant.signsOfWords.address)
        assembler.packed(.xor, defineXMM(), result, other)
    }

    /// The same of dwords: those of even and odd number at twice the width.
    func lowerDoublingDwords(_ operation: Operation, isRounding: Bool) {
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (even, odd) = (temporaryXMM(), temporaryXMM())
        assembler.shift(.right, 3, even, a, 32)
        assembler.shift(.right, 3, odd, b, 32)
        assembler.packed(.mulEvenDwords, odd, even, odd)
        assembler.packed(.mulEvenDwords, even, a, b)
        for product in [even, odd] {
            assembler.packed(.add(3), product, product, product)
            if isRounding { assembler.packed(.add(3), product, product, HeaderConstant.halvesOfQwords.address) }
        }
        assembler.shuffleSingles(even, even, odd, control: 0xDD)
        assembler.packed(.shuffleDwords, even, even, immediate: 0xD8)
        assembler.packed(.equal(2), odd, even, HeaderConstant.signsOfDwords.address)
        assembler.packed(.xor, defineXMM(), even, odd)
    }

    // MARK: Differences and averages

    func lowerDifference(_ operation: Operation, _ size: Int, isSigned: Bool) -> Bool {
        guard let greatest = PackedOpcode.greatest(size, isSigned: isSigned),
            let least = PackedOpcode.least(size, isSigned: isSigned)
        else { return false }
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (greater, lesser) = (temporaryXMM(), temporaryXMM())
        assembler.packed(greatest, greater, a, b)
        assembler.packed(least, lesser, a, b)
        assembler.packed(.sub(size), defineXMM(), greater, lesser)
        return true
    }

    /// The magnitudes of signed numbers of 64 bits.
    func lowerAbsoluteQwords(_ operation: Operation) {
        let source = useXMM(operation.a)
        let (signs, result) = (temporaryXMM(), temporaryXMM())
        assembler.zero(signs)
        assembler.packed(.greaterSigned(3), signs, signs, reachable(source))
        assembler.packed(.xor, result, source, signs)
        assembler.packed(.sub(3), defineXMM(), result, signs)
    }

    /// From the bits in which the operands differ, of which each counts half, and those that both, either or one alone has.
    func lowerAverage(_ kind: VectorBinary, _ operation: Operation, _ size: Int) -> Bool {
        guard 1...2 ~= size else { return size == 0 && lowerAverageOfBytes(kind, operation) }
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (whole, half) = (temporaryXMM(), temporaryXMM())
        let isSigned: Bool
        switch kind {
        case .halvingAddSigned, .roundingHalvingAddSigned, .halvingSubSigned: isSigned = true
        default: isSigned = false
        }
        assembler.packed(.xor, half, a, b)
        assembler.shift(isSigned ? .rightSigned : .right, size, half, half, 1)
        switch kind {
        case .halvingAddSigned, .halvingAddUnsigned:
            assembler.packed(.and, whole, a, b)
            assembler.packed(.add(size), defineXMM(), whole, half)
        case .halvingSubSigned, .halvingSubUnsigned:
            assembler.packed(.andNot, whole, a, b)
            assembler.packed(.sub(size), defineXMM(), half, whole)
        default:
            assembler.packed(.or, whole, a, b)
            assembler.packed(.sub(size), defineXMM(), whole, half)
        }
        return true
    }

    /// The host rounds averages of unsigned bytes up. Signed ones are in the same order with their signs inverted.
    private func lowerAverageOfBytes(_ kind: VectorBinary, _ operation: Operation) -> Bool {
        let isSigned = kind == .halvingAddSigned || kind == .roundingHalvingAddSigned
        let isRounding = kind == .roundingHalvingAddSigned
        guard isSigned || kind == .halvingAddUnsigned else { return false }
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (result, other) = (temporaryXMM(), temporaryXMM())
        if isSigned {
            assembler.packed(.xor, result, a, HeaderConstant.signsOfBytes.address)
            assembler.packed(.xor, other, b, HeaderConstant.signsOfBytes.address)
            assembler.packed(.average(0), result, result, other)
        } else {
            assembler.packed(.average(0), result, a, b)
        }
        if !isRounding {
            assembler.packed(.xor, other, a, b)
            assembler.packed(.and, other, other, HeaderConstant.onesOfBytes.address)
            assembler.packed(.sub(0), result, result, other)
        }
        if isSigned { assembler.packed(.xor, result, result, HeaderConstant.signsOfBytes.address) }
        finish(result)
        return true
    }

    // MARK: Saturation

    /// No more is added than is missing, no more subtracted than is there.
    func lowerUnsignedSaturation(_ kind: VectorBinary, _ operation: Operation, _ size: Int) -> Bool {
        guard size == 2, let least = PackedOpcode.least(size, isSigned: false) else { return false }
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let amount = temporaryXMM()
        if kind == .subSaturatingUnsigned {
            assembler.packed(least, amount, a, b)
            assembler.packed(.sub(size), defineXMM(), a, amount)
            return true
        }
        assembler.packed(.xor, amount, a, HeaderConstant.ones.address)
        assembler.packed(least, amount, amount, b)
        assembler.packed(.add(size), defineXMM(), a, amount)
        return true
    }

    /// A sum has overflown when its sign is that of neither operand, a difference when its sign and that of the second operand
    /// are not that of the first one.
    func lowerSignedSaturation(_ operation: Operation, _ size: Int, isAddition: Bool) {
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (result, overflow, bound) = (temporaryXMM(), temporaryXMM(), temporaryXMM())
        assembler.packed(isAddition ? .add(size) : .sub(size), result, a, b)
        assembler.packed(.xor, overflow, a, result)
        assembler.packed(.xor, bound, b, isAddition ? result : a)
        assembler.packed(.and, overflow, overflow, bound)
        // The greatest number where the first operand is not negative, else the least.
        assembler.movaps(bound, a)
        let signs: HeaderConstant = size == 3 ? .signsOfQwords : .signsOfDwords
        let minusOne = temporaryXMM()
        assembler.loadVector(minusOne, HeaderConstant.ones.address)
        assembler.packed(.greaterSigned(size), bound, bound, minusOne)
        unlock(HostRegister(minusOne))
        assembler.packed(.xor, bound, bound, signs.address)
        assembler.blendBySign(size, result, result, bound, mask: overflow)
        finish(result)
    }
}
