import BSDUserCore

/// Floating-point operations on the lanes of two registers (DDI 0487, C7.2). Lanes beyond those that an instruction names
/// repeat these, so that they raise nothing else.
enum VectorFloat {
    static let rows: [Instruction<Translator>] = arithmeticRows + comparisonRows + pairRows + stepRows + elementRows

    private static let arithmeticRows: [Instruction<Translator>] = [
        row("0 q 0 01110 0 sz 1 rm 11000 1 rn rd", "fmaxnm", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .maxNumber)
        },
        row("0 q 0 01110 1 sz 1 rm 11000 1 rn rd", "fminnm", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .minNumber)
        },
        row("0 q 0 01110 0 sz 1 rm 11001 1 rn rd", "fmla", except: Reserved.lowDoubleFloat) { t, w in fused(&t, w, [])
        },
        row("0 q 0 01110 1 sz 1 rm 11001 1 rn rd", "fmls", except: Reserved.lowDoubleFloat) { t, w in
            fused(&t, w, .negatedProduct)
        },
        row("0 q 0 01110 0 sz 1 rm 11010 1 rn rd", "fadd", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .add)
        },
        row("0 q 0 01110 1 sz 1 rm 11010 1 rn rd", "fsub", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .sub)
        },
        row("0 q 1 01110 1 sz 1 rm 11010 1 rn rd", "fabd", except: Reserved.lowDoubleFloat) { t, w in
            absoluteDifference(&t, w)
        },
        row("01 1 11110 1 sz 1 rm 11010 1 rn rd", "fabd") { t, w in absoluteDifference(&t, w) },
        row("0 q 1 01110 0 sz 1 rm 11011 1 rn rd", "fmul", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .mul)
        },
        row("0 q 0 01110 0 sz 1 rm 11110 1 rn rd", "fmax", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .max)
        },
        row("0 q 0 01110 1 sz 1 rm 11110 1 rn rd", "fmin", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .min)
        },
        row("0 q 1 01110 0 sz 1 rm 11111 1 rn rd", "fdiv", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .div)
        },
    ]

    private static let comparisonRows: [Instruction<Translator>] = [
        row("0 q 0 01110 0 sz 1 rm 11100 1 rn rd", "fcmeq", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .compareEqual)
        },
        row("01 0 11110 0 sz 1 rm 11100 1 rn rd", "fcmeq") { t, w in binary(&t, w, .compareEqual) },
        row("0 q 1 01110 0 sz 1 rm 11100 1 rn rd", "fcmge", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .compareGreaterOrEqual)
        },
        row("01 1 11110 0 sz 1 rm 11100 1 rn rd", "fcmge") { t, w in binary(&t, w, .compareGreaterOrEqual) },
        row("0 q 1 01110 1 sz 1 rm 11100 1 rn rd", "fcmgt", except: Reserved.lowDoubleFloat) { t, w in
            binary(&t, w, .compareGreater)
        },
        row("01 1 11110 1 sz 1 rm 11100 1 rn rd", "fcmgt") { t, w in binary(&t, w, .compareGreater) },
        row("0 q 1 01110 0 sz 1 rm 11101 1 rn rd", "facge", except: Reserved.lowDoubleFloat) { t, w in
            compareMagnitudes(&t, w, .compareGreaterOrEqual)
        },
        row("01 1 11110 0 sz 1 rm 11101 1 rn rd", "facge") { t, w in compareMagnitudes(&t, w, .compareGreaterOrEqual) },
        row("0 q 1 01110 1 sz 1 rm 11101 1 rn rd", "facgt", except: Reserved.lowDoubleFloat) { t, w in
            compareMagnitudes(&t, w, .compareGreater)
        },
        row("01 1 11110 1 sz 1 rm 11101 1 rn rd", "facgt") { t, w in compareMagnitudes(&t, w, .compareGreater) },
    ]

    private static let pairRows: [Instruction<Translator>] = [
        row("0 q 1 01110 0 sz 1 rm 11000 1 rn rd", "fmaxnmp", except: Reserved.lowDoubleFloat) { t, w in
            pairwise(&t, w, .maxNumber)
        },
        row("0 q 1 01110 1 sz 1 rm 11000 1 rn rd", "fminnmp", except: Reserved.lowDoubleFloat) { t, w in
            pairwise(&t, w, .minNumber)
        },
        row("0 q 1 01110 0 sz 1 rm 11010 1 rn rd", "faddp", except: Reserved.lowDoubleFloat) { t, w in
            pairwise(&t, w, .add)
        },
        row("0 q 1 01110 0 sz 1 rm 11110 1 rn rd", "fmaxp", except: Reserved.lowDoubleFloat) { t, w in
            pairwise(&t, w, .max)
        },
        row("0 q 1 01110 1 sz 1 rm 11110 1 rn rd", "fminp", except: Reserved.lowDoubleFloat) { t, w in
            pairwise(&t, w, .min)
        },
        row("01 1 11110 0 sz 11000 01100 10 rn rd", "fmaxnmp") { t, w in pair(&t, w, .maxNumber) },
        row("01 1 11110 1 sz 11000 01100 10 rn rd", "fminnmp") { t, w in pair(&t, w, .minNumber) },
        row("01 1 11110 0 sz 11000 01101 10 rn rd", "faddp") { t, w in pair(&t, w, .add) },
        row("01 1 11110 0 sz 11000 01111 10 rn rd", "fmaxp") { t, w in pair(&t, w, .max) },
        row("01 1 11110 1 sz 11000 01111 10 rn rd", "fminp") { t, w in pair(&t, w, .min) },
        row("0 1 1 01110 00 11000 01100 10 rn rd", "fmaxnmv") { t, w in across(&t, w, .maxNumber, .fullSingle) },
        row("0 1 1 01110 10 11000 01100 10 rn rd", "fminnmv") { t, w in across(&t, w, .minNumber, .fullSingle) },
        row("0 1 1 01110 00 11000 01111 10 rn rd", "fmaxv") { t, w in across(&t, w, .max, .fullSingle) },
        row("0 1 1 01110 10 11000 01111 10 rn rd", "fminv") { t, w in across(&t, w, .min, .fullSingle) },
    ]

    private static let stepRows: [Instruction<Translator>] = [
        row("0 q 0 01110 0 sz 1 rm 11011 1 rn rd", "fmulx", except: Reserved.lowDoubleFloat) { t, w in
            step(&t, w) { $0.multipliedExtended($1, $2, $3) }
        },
        row("01 0 11110 0 sz 1 rm 11011 1 rn rd", "fmulx") { t, w in step(&t, w) { $0.multipliedExtended($1, $2, $3) }
        },
        row("0 q 0 01110 0 sz 1 rm 11111 1 rn rd", "frecps", except: Reserved.lowDoubleFloat) { t, w in
            step(&t, w) { $0.reciprocalStep($1, $2, $3) }
        },
        row("01 0 11110 0 sz 1 rm 11111 1 rn rd", "frecps") { t, w in step(&t, w) { $0.reciprocalStep($1, $2, $3) } },
        row("0 q 0 01110 1 sz 1 rm 11111 1 rn rd", "frsqrts", except: Reserved.lowDoubleFloat) { t, w in
            step(&t, w) { $0.rootStep($1, $2, $3) }
        },
        row("01 0 11110 1 sz 1 rm 11111 1 rn rd", "frsqrts") { t, w in step(&t, w) { $0.rootStep($1, $2, $3) } },
    ]

    private static let elementRows: [Instruction<Translator>] = [
        row("0 q 0 01111 1 sz l m rml 0001 h 0 rn rd", "fmla", except: Reserved.lowDoubleElement) { t, w in
            fusedByElement(&t, w, [])
        },
        row("01 0 11111 1 sz l m rml 0001 h 0 rn rd", "fmla", except: Reserved.doubleElement) { t, w in
            fusedByElement(&t, w, [])
        },
        row("0 q 0 01111 1 sz l m rml 0101 h 0 rn rd", "fmls", except: Reserved.lowDoubleElement) { t, w in
            fusedByElement(&t, w, .negatedProduct)
        },
        row("01 0 11111 1 sz l m rml 0101 h 0 rn rd", "fmls", except: Reserved.doubleElement) { t, w in
            fusedByElement(&t, w, .negatedProduct)
        },
        row("0 q 0 01111 1 sz l m rml 1001 h 0 rn rd", "fmul", except: Reserved.lowDoubleElement) { t, w in
            multiplyByElement(&t, w) { $0.builder.vectorFloat(.mul, $1, $2, $3) }
        },
        row("01 0 11111 1 sz l m rml 1001 h 0 rn rd", "fmul", except: Reserved.doubleElement) { t, w in
            multiplyByElement(&t, w) { $0.builder.vectorFloat(.mul, $1, $2, $3) }
        },
        row("0 q 1 01111 1 sz l m rml 1001 h 0 rn rd", "fmulx", except: Reserved.lowDoubleElement) { t, w in
            multiplyByElement(&t, w) { $0.multipliedExtended($1, $2, $3) }
        },
        row("01 1 11111 1 sz l m rml 1001 h 0 rn rd", "fmulx", except: Reserved.doubleElement) { t, w in
            multiplyByElement(&t, w) { $0.multipliedExtended($1, $2, $3) }
        },
    ]

    typealias Step = (inout Translator, Value, Value, VectorLane) -> Value

    // MARK: Lane by lane

    // Without a shape, that of words for single and double precision is meant.

    static func binary(
        _ t: inout Translator, _ w: Word, _ operation: VectorFloatBinary, _ shape: VectorShape? = nil
    ) {
        step(&t, w, shape) { $0.builder.vectorFloat(operation, $1, $2, $3) }
    }

    static func step(_ t: inout Translator, _ w: Word, _ shape: VectorShape? = nil, _ body: Step) {
        let shape = shape ?? w.floatShape
        let (left, right) = (t.repeated(w[Bits.rn], shape), t.repeated(w[Bits.rm], shape))
        let result = body(&t, left, right, shape.lane)
        t.setVector(w[Bits.rd], result, shape)
    }

    static func absoluteDifference(_ t: inout Translator, _ w: Word, _ shape: VectorShape? = nil) {
        step(&t, w, shape) { t, left, right, lane in
            t.magnitude(t.builder.vectorFloat(.sub, left, right, lane), lane)
        }
    }

    static func compareMagnitudes(
        _ t: inout Translator, _ w: Word, _ operation: VectorFloatBinary, _ shape: VectorShape? = nil
    ) {
        step(&t, w, shape) { t, left, right, lane in
            let (first, second) = (t.magnitude(left, lane), t.magnitude(right, lane))
            return t.builder.vectorFloat(operation, first, second, lane)
        }
    }

    static func fused(
        _ t: inout Translator, _ w: Word, _ signs: FusedAttributes, _ shape: VectorShape? = nil
    ) {
        let shape = shape ?? w.floatShape
        let (left, right) = (t.repeated(w[Bits.rn], shape), t.repeated(w[Bits.rm], shape))
        let addend = t.repeated(w[Bits.rd], shape)
        t.setVector(w[Bits.rd], t.builder.vectorMultiplyAdd(left, right, addend, shape.lane, signs), shape)
    }

    // MARK: Pairs

    static func pairwise(
        _ t: inout Translator, _ w: Word, _ operation: VectorFloatBinary, _ shape: VectorShape? = nil
    ) {
        let shape = shape ?? w.floatShape
        let (even, odd) = t.pairs(t.vector(w[Bits.rn]), t.vector(w[Bits.rm]), shape)
        t.setVector(w[Bits.rd], t.builder.vectorFloat(operation, even, odd, shape.lane), shape)
    }

    /// Lanes 0 and 1 of one register.
    static func pair(
        _ t: inout Translator, _ w: Word, _ operation: VectorFloatBinary, _ shape: VectorShape? = nil
    ) {
        let (pair, lane) = (t.vector(w[Bits.rn]), shape?.lane ?? w.floatLane)
        let first = t.builder.vector(.duplicateLane, pair, lane, number: 0)
        let second = t.builder.vector(.duplicateLane, pair, lane, number: 1)
        let result = t.builder.vectorFloat(operation, first, second, lane)
        t.setVector(w[Bits.rd], result, VectorShape(lane: lane, extent: .scalar))
    }

    /// All lanes of the shape, neighbours first (DDI 0487, Reduce).
    static func across(
        _ t: inout Translator, _ w: Word, _ operation: VectorFloatBinary, _ shape: VectorShape
    ) {
        var (value, count) = (t.vector(w[Bits.rn]), shape.laneCount)
        while count > 1 {
            let (even, odd) = t.pairs(value, value, shape)
            value = t.builder.vectorFloat(operation, even, odd, shape.lane)
            count /= 2
        }
        t.setVector(w[Bits.rd], value, VectorShape(lane: shape.lane, extent: .scalar))
    }

    // MARK: By element

    static func fusedByElement(
        _ t: inout Translator, _ w: Word, _ signs: FusedAttributes, _ shape: VectorShape? = nil
    ) {
        let shape = shape ?? w.floatShape
        let (left, right) = (t.repeated(w[Bits.rn], shape), t.indexedElement(w, shape.lane))
        let addend = t.repeated(w[Bits.rd], shape)
        t.setVector(w[Bits.rd], t.builder.vectorMultiplyAdd(left, right, addend, shape.lane, signs), shape)
    }

    static func multiplyByElement(_ t: inout Translator, _ w: Word, _ shape: VectorShape? = nil, _ body: Step) {
        let shape = shape ?? w.floatShape
        let (left, right) = (t.repeated(w[Bits.rn], shape), t.indexedElement(w, shape.lane))
        let result = body(&t, left, right, shape.lane)
        t.setVector(w[Bits.rd], result, shape)
    }
}

extension Translator {
    /// The lanes without their signs.
    mutating func magnitude(_ value: Value, _ lane: VectorLane) -> Value {
        builder.vector(.andNot, value, signs(lane))
    }

    /// Where one operand is infinite and the other zero.
    private mutating func isUndefinedProduct(_ left: Value, _ right: Value, _ lane: VectorLane) -> Value {
        let infinity = lanes(Double.infinity, lane)
        let isLeftInfinite = builder.vector(.compareEqual, magnitude(left, lane), infinity, lane)
        let isRightInfinite = builder.vector(.compareEqual, magnitude(right, lane), infinity, lane)
        let (first, second) = (isZero(left, lane), isZero(right, lane))
        let leftFirst = builder.vector(.and, isLeftInfinite, second)
        return builder.vector(.or, leftFirst, builder.vector(.and, isRightInfinite, first))
    }

    private mutating func isZero(_ value: Value, _ lane: VectorLane) -> Value {
        builder.vectorFloat(.compareEqual, value, zeroVector, lane)
    }

    /// FMULX: infinity times zero is two, with the sign of a product.
    mutating func multipliedExtended(_ left: Value, _ right: Value, _ lane: VectorLane) -> Value {
        let isUndefined = isUndefinedProduct(left, right, lane)
        let signs = signs(lane)
        let two = builder.vectorSelect(signs, left, lanes(2.0, lane))
        let one = builder.vectorSelect(signs, right, lanes(1.0, lane))
        let first = builder.vectorSelect(isUndefined, two, left)
        let second = builder.vectorSelect(isUndefined, one, right)
        return builder.vectorFloat(.mul, first, second, lane)
    }

    /// FRECPS: 2 - ab, rounded once; the product of infinity and zero counts as zero.
    mutating func reciprocalStep(_ left: Value, _ right: Value, _ lane: VectorLane) -> Value {
        let isUndefined = isUndefinedProduct(left, right, lane)
        let first = builder.vector(.andNot, left, isUndefined)
        let second = builder.vector(.andNot, right, isUndefined)
        return builder.vectorMultiplyAdd(first, second, lanes(2.0, lane), lane, .negatedProduct)
    }

    /// FRSQRTS: (3 - ab) / 2, rounded once. Of great products one factor is halved beforehand, so that what is to be
    /// halved does not overflow: its exponent is great enough then.
    mutating func rootStep(_ left: Value, _ right: Value, _ lane: VectorLane) -> Value {
        let isUndefined = isUndefinedProduct(left, right, lane)
        let first = builder.vector(.andNot, left, isUndefined)
        let second = builder.vector(.andNot, right, isUndefined)
        let fraction = lane.fractionBits
        let isGreat = isGreatProduct(first, second, lane, fraction)
        let half = builder.vector(.and, isGreat, lanes(1 << UInt64(fraction), lane))
        let halved = builder.vector(.sub, first, half, lane)
        let addend = builder.vectorSelect(isGreat, lanes(1.5, lane), lanes(3.0, lane))
        let scale = builder.vectorSelect(isGreat, lanes(1.0, lane), lanes(0.5, lane))
        let difference = builder.vectorMultiplyAdd(halved, second, addend, lane, .negatedProduct)
        return builder.vectorFloat(.mul, difference, scale, lane)
    }

    /// Where the exponents of two finite numbers add up to nearly more than there is.
    private mutating func isGreatProduct(
        _ left: Value, _ right: Value, _ lane: VectorLane, _ fraction: Int
    ) -> Value {
        let greatest = lane.greatestExponent
        func exponent(_ t: inout Translator, _ value: Value) -> Value {
            t.builder.vector(.rightUnsigned, t.magnitude(value, lane), by: fraction, lane)
        }
        let (first, second) = (exponent(&self, left), exponent(&self, right))
        let limit = lanes(greatest, lane)
        let isFirstFinite = builder.vector(.compareGreaterSigned, limit, first, lane)
        let isSecondFinite = builder.vector(.compareGreaterSigned, limit, second, lane)
        let sum = builder.vector(.add, first, second, lane)
        let isGreat = builder.vector(.compareGreaterSigned, sum, lanes(greatest + greatest / 2 - 4, lane), lane)
        return builder.vector(.and, isGreat, builder.vector(.and, isFirstFinite, isSecondFinite))
    }
}
