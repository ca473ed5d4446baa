/// Integer lanes: comparisons, products and averages that the host composes from a few instructions.
extension BlockEmitter {
    // MARK: Comparisons

    /// The host compares for equal and for greater signed numbers.
    mutating func lowerVectorComparison(_ kind: VectorBinary, _ operation: Operation, _ size: Int) {
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

    private mutating func compareQwords(_ kind: VectorBinary, _ result: XMM, _ a: XMM, _ b: XMM) {
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
    private mutating func invert(_ source: XMM) {
        assembler.packed(.xor, defineXMM(), source, HeaderConstant.ones.address)
    }

    // MARK: Products

    /// Bytes of even and odd number, multiplied as words.
    mutating func lowerByteProduct(_ operation: Operation) {
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
    mutating func lowerDoublingProduct(_ operation: Operation, isRounding: Bool) {
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

    // MARK: Differences and averages

    mutating func lowerDifference(_ operation: Operation, _ size: Int, isSigned: Bool) -> Bool {
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

    /// The bits that both have, and half of those that one has.
    mutating func lowerHalvingAddition(_ kind: VectorBinary, _ operation: Operation, _ size: Int) -> Bool {
        guard 1...2 ~= size else { return false }
        let (a, b) = (useXMM(operation.a), useXMM(operation.b))
        let (both, one) = (temporaryXMM(), temporaryXMM())
        assembler.packed(.and, both, a, b)
        assembler.packed(.xor, one, a, b)
        assembler.shift(kind == .halvingAddSigned ? .rightSigned : .right, size, one, one, 1)
        assembler.packed(.add(size), defineXMM(), both, one)
        return true
    }
}
