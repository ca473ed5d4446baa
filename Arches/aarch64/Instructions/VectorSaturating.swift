import BSDUserCore

/// Operations on the integer lanes of two registers that saturate and tell so in FPSR.QC (DDI 0487, C7.2).
enum VectorSaturating {
    static let rows: [Instruction<Translator>] = additionRows + shiftRows + multiplicationRows + accumulationRows

    private static let additionRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 00001 1 rn rd", "sqadd", except: Reserved.lowDouble) { t, w in
            add(&t, w, .addSaturatingSigned, .add)
        },
        row("01 0 11110 lane 1 rm 00001 1 rn rd", "sqadd") { t, w in add(&t, w, .addSaturatingSigned, .add) },
        row("0 q 1 01110 lane 1 rm 00001 1 rn rd", "uqadd", except: Reserved.lowDouble) { t, w in
            add(&t, w, .addSaturatingUnsigned, .add)
        },
        row("01 1 11110 lane 1 rm 00001 1 rn rd", "uqadd") { t, w in add(&t, w, .addSaturatingUnsigned, .add) },
        row("0 q 0 01110 lane 1 rm 00101 1 rn rd", "sqsub", except: Reserved.lowDouble) { t, w in
            add(&t, w, .subSaturatingSigned, .sub)
        },
        row("01 0 11110 lane 1 rm 00101 1 rn rd", "sqsub") { t, w in add(&t, w, .subSaturatingSigned, .sub) },
        row("0 q 1 01110 lane 1 rm 00101 1 rn rd", "uqsub", except: Reserved.lowDouble) { t, w in
            add(&t, w, .subSaturatingUnsigned, .sub)
        },
        row("01 1 11110 lane 1 rm 00101 1 rn rd", "uqsub") { t, w in add(&t, w, .subSaturatingUnsigned, .sub) },
        row("0 q 0 01110 lane 10000 00011 10 rn rd", "suqadd", except: Reserved.lowDouble, addUnsigned),
        row("01 0 11110 lane 10000 00011 10 rn rd", "suqadd", addUnsigned),
        row("0 q 1 01110 lane 10000 00011 10 rn rd", "usqadd", except: Reserved.lowDouble, addSigned),
        row("01 1 11110 lane 10000 00011 10 rn rd", "usqadd", addSigned),
    ]

    private static let shiftRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 01001 1 rn rd", "sqshl", except: Reserved.lowDouble) { t, w in
            shift(&t, w, .shiftSaturatingSigned)
        },
        row("01 0 11110 lane 1 rm 01001 1 rn rd", "sqshl") { t, w in shift(&t, w, .shiftSaturatingSigned) },
        row("0 q 1 01110 lane 1 rm 01001 1 rn rd", "uqshl", except: Reserved.lowDouble) { t, w in
            shift(&t, w, .shiftSaturatingUnsigned)
        },
        row("01 1 11110 lane 1 rm 01001 1 rn rd", "uqshl") { t, w in shift(&t, w, .shiftSaturatingUnsigned) },
        row("0 q 0 01110 lane 1 rm 01011 1 rn rd", "sqrshl", except: Reserved.lowDouble) { t, w in
            shift(&t, w, .shiftRoundingSaturatingSigned)
        },
        row("01 0 11110 lane 1 rm 01011 1 rn rd", "sqrshl") { t, w in shift(&t, w, .shiftRoundingSaturatingSigned) },
        row("0 q 1 01110 lane 1 rm 01011 1 rn rd", "uqrshl", except: Reserved.lowDouble) { t, w in
            shift(&t, w, .shiftRoundingSaturatingUnsigned)
        },
        row("01 1 11110 lane 1 rm 01011 1 rn rd", "uqrshl") { t, w in shift(&t, w, .shiftRoundingSaturatingUnsigned) },
    ]

    private static let multiplicationRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 10110 1 rn rd", "sqdmulh", except: Reserved.byteAndDoubleLanes) { t, w in
            multiply(&t, w, .mulHighDoubling)
        },
        row("01 0 11110 lane 1 rm 10110 1 rn rd", "sqdmulh", except: Reserved.byteAndDoubleLanes) { t, w in
            multiply(&t, w, .mulHighDoubling)
        },
        row("0 q 1 01110 lane 1 rm 10110 1 rn rd", "sqrdmulh", except: Reserved.byteAndDoubleLanes) { t, w in
            multiply(&t, w, .mulHighDoublingRounding)
        },
        row("01 1 11110 lane 1 rm 10110 1 rn rd", "sqrdmulh", except: Reserved.byteAndDoubleLanes) { t, w in
            multiply(&t, w, .mulHighDoublingRounding)
        },
        row("0 q 0 01111 lane l m rml 1100 h 0 rn rd", "sqdmulh", except: Reserved.byteAndDoubleLanes) { t, w in
            multiplyByElement(&t, w, .mulHighDoubling)
        },
        row("01 0 11111 lane l m rml 1100 h 0 rn rd", "sqdmulh", except: Reserved.byteAndDoubleLanes) { t, w in
            multiplyByElement(&t, w, .mulHighDoubling)
        },
        row("0 q 0 01111 lane l m rml 1101 h 0 rn rd", "sqrdmulh", except: Reserved.byteAndDoubleLanes) { t, w in
            multiplyByElement(&t, w, .mulHighDoublingRounding)
        },
        row("01 0 11111 lane l m rml 1101 h 0 rn rd", "sqrdmulh", except: Reserved.byteAndDoubleLanes) { t, w in
            multiplyByElement(&t, w, .mulHighDoublingRounding)
        },
    ]

    /// FEAT_RDM.
    private static let accumulationRows: [Instruction<Translator>] = [
        row("0 q 1 01110 lane 0 rm 10000 1 rn rd", "sqrdmlah", except: Reserved.byteAndDoubleLanes) { t, w in
            accumulate(&t, w, isSubtraction: false)
        },
        row("01 1 11110 lane 0 rm 10000 1 rn rd", "sqrdmlah", except: Reserved.byteAndDoubleLanes) { t, w in
            accumulate(&t, w, isSubtraction: false)
        },
        row("0 q 1 01110 lane 0 rm 10001 1 rn rd", "sqrdmlsh", except: Reserved.byteAndDoubleLanes) { t, w in
            accumulate(&t, w, isSubtraction: true)
        },
        row("01 1 11110 lane 0 rm 10001 1 rn rd", "sqrdmlsh", except: Reserved.byteAndDoubleLanes) { t, w in
            accumulate(&t, w, isSubtraction: true)
        },
        row("0 q 1 01111 lane l m rml 1101 h 0 rn rd", "sqrdmlah", except: Reserved.byteAndDoubleLanes) { t, w in
            accumulateByElement(&t, w, isSubtraction: false)
        },
        row("01 1 11111 lane l m rml 1101 h 0 rn rd", "sqrdmlah", except: Reserved.byteAndDoubleLanes) { t, w in
            accumulateByElement(&t, w, isSubtraction: false)
        },
        row("0 q 1 01111 lane l m rml 1111 h 0 rn rd", "sqrdmlsh", except: Reserved.byteAndDoubleLanes) { t, w in
            accumulateByElement(&t, w, isSubtraction: true)
        },
        row("01 1 11111 lane l m rml 1111 h 0 rn rd", "sqrdmlsh", except: Reserved.byteAndDoubleLanes) { t, w in
            accumulateByElement(&t, w, isSubtraction: true)
        },
    ]

    // MARK: Addition

    private static func add(_ t: inout Translator, _ w: Word, _ operation: VectorBinary, _ exact: VectorBinary) {
        let shape = t.shape(w)
        let (left, right) = (t.vector(w[Bits.rn]), t.vector(w[Bits.rm]))
        let result = t.builder.vector(operation, left, right, shape.lane)
        t.noteSaturation(t.builder.vector(exact, left, right, shape.lane), result, shape)
        t.setVector(w[Bits.rd], result, shape)
    }

    /// Unsigned numbers added to signed ones: with the sign bits inverted it is an unsigned addition.
    private static func addUnsigned(_ t: inout Translator, _ w: Word) {
        let shape = t.shape(w)
        let (left, right, signs) = (t.vector(w[Bits.rd]), t.vector(w[Bits.rn]), t.signs(shape.lane))
        let raised = t.builder.vector(.xor, left, signs)
        let sum = t.builder.vector(.addSaturatingUnsigned, raised, right, shape.lane)
        let result = t.builder.vector(.xor, sum, signs)
        t.noteSaturation(t.builder.vector(.add, left, right, shape.lane), result, shape)
        t.setVector(w[Bits.rd], result, shape)
    }

    /// Signed numbers added to unsigned ones: negative ones are subtracted.
    private static func addSigned(_ t: inout Translator, _ w: Word) {
        let shape = t.shape(w)
        let (left, right) = (t.vector(w[Bits.rd]), t.vector(w[Bits.rn]))
        let isNegative = t.builder.vector(.compareGreaterSigned, t.zeroVector, right, shape.lane)
        let negated = t.builder.vector(.negate, right, shape.lane)
        let difference = t.builder.vector(.subSaturatingUnsigned, left, negated, shape.lane)
        let sum = t.builder.vector(.addSaturatingUnsigned, left, right, shape.lane)
        let result = t.builder.vectorSelect(isNegative, difference, sum)
        t.noteSaturation(t.builder.vector(.add, left, right, shape.lane), result, shape)
        t.setVector(w[Bits.rd], result, shape)
    }

    // MARK: Shifts

    /// A shift to the left has saturated when shifting back does not give the number again; one to the right never does.
    private static func shift(_ t: inout Translator, _ w: Word, _ operation: VectorBinary) {
        let shape = t.shape(w)
        let (number, amount, lane) = (t.vector(w[Bits.rn]), t.vector(w[Bits.rm]), shape.lane)
        let isSigned = operation == .shiftSaturatingSigned || operation == .shiftRoundingSaturatingSigned
        let plain: VectorBinary = isSigned ? .shiftSigned : .shiftUnsigned
        let raised = t.builder.vector(.left, amount, by: lane.bitCount - 8, lane)
        let isLeft = t.builder.vector(.compareGreaterSigned, raised, t.zeroVector, lane)
        let shifted = t.builder.vector(plain, number, amount, lane)
        let back = t.builder.vector(plain, shifted, t.builder.vector(.negate, amount, lane), lane)
        let expected = t.builder.vectorSelect(isLeft, back, number)
        t.noteSaturation(number, expected, shape)
        t.setVector(w[Bits.rd], t.builder.vector(operation, number, amount, lane), shape)
    }

    // MARK: Multiplication

    private static func multiply(_ t: inout Translator, _ w: Word, _ operation: VectorBinary) {
        let shape = t.shape(w)
        t.multiplyDoubling(w, operation, t.vector(w[Bits.rm]), shape)
    }

    private static func multiplyByElement(_ t: inout Translator, _ w: Word, _ operation: VectorBinary) {
        let shape = t.shape(w)
        t.multiplyDoubling(w, operation, t.indexedElement(w, shape.lane), shape)
    }

    private static func accumulate(_ t: inout Translator, _ w: Word, isSubtraction: Bool) {
        let shape = t.shape(w)
        t.accumulateDoubling(w, t.vector(w[Bits.rm]), shape, isSubtraction: isSubtraction)
    }

    private static func accumulateByElement(_ t: inout Translator, _ w: Word, isSubtraction: Bool) {
        let shape = t.shape(w)
        t.accumulateDoubling(w, t.indexedElement(w, shape.lane), shape, isSubtraction: isSubtraction)
    }
}

extension Translator {
    /// Twice the product's high half; it saturates for the product of two least numbers alone.
    fileprivate mutating func multiplyDoubling(
        _ w: Word, _ operation: VectorBinary, _ right: Value, _ shape: VectorShape
    ) {
        let (left, lane) = (vector(w[Bits.rn]), shape.lane)
        let least = signs(lane)
        let isLeast = builder.vector(
            .and, builder.vector(.compareEqual, left, least, lane), builder.vector(.compareEqual, right, least, lane))
        noteSaturation(isLeast, zeroVector, shape)
        setVector(w[Bits.rd], builder.vector(operation, left, right, lane), shape)
    }

    /// The destination plus or minus twice the product, its high half rounded.
    fileprivate mutating func accumulateDoubling(
        _ w: Word, _ right: Value, _ shape: VectorShape, isSubtraction: Bool
    ) {
        var left = vector(w[Bits.rn])
        let (addend, lane) = (vector(w[Bits.rd]), shape.lane)
        if isSubtraction { left = builder.vector(.not, left) }
        // -x = ~x + 1: the complement's product lacks one times the factor.
        var sums: [Value] = []
        for isHigh in [false, true] {
            let wideAddend = widened(addend, lane, isHigh: isHigh, isSigned: true)
            let product = builder.vector(isHigh ? .mulHighSigned : .mulLowSigned, left, right, lane)
            var sum = builder.vector(
                .add, builder.vector(.left, wideAddend, by: lane.bitCount - 1, lane.twice), product, lane.twice)
            if isSubtraction {
                let factor = widened(right, lane, isHigh: isHigh, isSigned: true)
                sum = builder.vector(.add, sum, factor, lane.twice)
            }
            // One place less than the manual has it: halves of all the terms, which are even before the rounding.
            sums.append(builder.vector(.rightRoundingSigned, sum, by: lane.bitCount - 1, lane.twice))
        }
        let low = builder.vector(.narrowSigned, sums[0], lane.twice)
        let result = builder.vector(.interleaveLow, low, builder.vector(.narrowSigned, sums[1], lane.twice), .bits64)
        let exactLow = builder.vector(.narrow, sums[0], lane.twice)
        let exactHigh = builder.vector(.narrow, sums[1], lane.twice)
        noteSaturation(builder.vector(.interleaveLow, exactLow, exactHigh, .bits64), result, shape)
        setVector(w[Bits.rd], result, shape)
    }

    /// The element of rm that an instruction names, in every lane.
    mutating func indexedElement(_ w: Word, _ lane: VectorLane) -> Value {
        let (register, index) = w.indexedElement(lane)
        return builder.vector(.duplicateLane, vector(register), lane, number: index)
    }
}

extension Word {
    /// Register and lane of an element: the smaller the lanes, the fewer registers it can be in (DDI 0487, C4.1.95).
    func indexedElement(_ lane: VectorLane) -> (register: Int, index: Int) {
        let (high, low, middle) = (self[Bits.high], self[Bits.low], self[Bits.middle])
        switch lane {
        case .bits16: return (self[Bits.rmLow], high << 2 | low << 1 | middle)
        case .bits32: return (self[Bits.rm], high << 1 | low)
        default: return (self[Bits.rm], high)
        }
    }
}
