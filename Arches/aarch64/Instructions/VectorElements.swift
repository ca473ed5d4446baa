import BSDUserCore

/// Integer multiplication by one element, and dot products (DDI 0487, C7.2).
enum VectorElements {
    static let rows: [Instruction<Translator>] = elementRows + longRows + dotRows

    private static let elementRows: [Instruction<Translator>] = [
        row("0 q 0 01111 lane l m rml 1000 h 0 rn rd", "mul", except: Reserved.byteAndDoubleLanes) { t, w in
            multiply(&t, w, nil)
        },
        row("0 q 1 01111 lane l m rml 0000 h 0 rn rd", "mla", except: Reserved.byteAndDoubleLanes) { t, w in
            multiply(&t, w, .add)
        },
        row("0 q 1 01111 lane l m rml 0100 h 0 rn rd", "mls", except: Reserved.byteAndDoubleLanes) { t, w in
            multiply(&t, w, .sub)
        },
    ]

    private static let longRows: [Instruction<Translator>] = [
        row("0 q 0 01111 lane l m rml 1010 h 0 rn rd", "smull", except: Reserved.byteAndDoubleLanes) { t, w in
            long(&t, w, isSigned: true, nil)
        },
        row("0 q 1 01111 lane l m rml 1010 h 0 rn rd", "umull", except: Reserved.byteAndDoubleLanes) { t, w in
            long(&t, w, isSigned: false, nil)
        },
        row("0 q 0 01111 lane l m rml 0010 h 0 rn rd", "smlal", except: Reserved.byteAndDoubleLanes) { t, w in
            long(&t, w, isSigned: true, .add)
        },
        row("0 q 1 01111 lane l m rml 0010 h 0 rn rd", "umlal", except: Reserved.byteAndDoubleLanes) { t, w in
            long(&t, w, isSigned: false, .add)
        },
        row("0 q 0 01111 lane l m rml 0110 h 0 rn rd", "smlsl", except: Reserved.byteAndDoubleLanes) { t, w in
            long(&t, w, isSigned: true, .sub)
        },
        row("0 q 1 01111 lane l m rml 0110 h 0 rn rd", "umlsl", except: Reserved.byteAndDoubleLanes) { t, w in
            long(&t, w, isSigned: false, .sub)
        },
    ]

    /// FEAT_DotProd.
    private static let dotRows: [Instruction<Translator>] = [
        row("0 q 0 01110 10 0 rm 10010 1 rn rd", "sdot") { t, w in dot(&t, w, t.vector(w[Bits.rm]), isSigned: true) },
        row("0 q 1 01110 10 0 rm 10010 1 rn rd", "udot") { t, w in dot(&t, w, t.vector(w[Bits.rm]), isSigned: false) },
        row("0 q 0 01111 10 l m rml 1110 h 0 rn rd", "sdot") { t, w in
            dot(&t, w, t.indexedElement(w, .bits32), isSigned: true)
        },
        row("0 q 1 01111 10 l m rml 1110 h 0 rn rd", "udot") { t, w in
            dot(&t, w, t.indexedElement(w, .bits32), isSigned: false)
        },
    ]

    private static func multiply(_ t: inout Translator, _ w: Word, _ combination: VectorBinary?) {
        let shape = t.shape(w)
        var result = t.builder.vector(.mul, t.vector(w[Bits.rn]), t.indexedElement(w, shape.lane), shape.lane)
        if let combination { result = t.builder.vector(combination, t.vector(w[Bits.rd]), result, shape.lane) }
        t.setVector(w[Bits.rd], result, shape)
    }

    private static func long(_ t: inout Translator, _ w: Word, isSigned: Bool, _ combination: VectorBinary?) {
        let lane = t.shape(w).lane
        let (left, right) = (t.vector(w[Bits.rn]), t.indexedElement(w, lane))
        let product = t.product(left, right, lane, isHigh: w.isFull, isSigned: isSigned)
        t.setCombined(w[Bits.rd], product, lane.twice, combination)
    }

    /// Each lane of 32 bits plus the four products of its bytes.
    private static func dot(_ t: inout Translator, _ w: Word, _ right: Value, isSigned: Bool) {
        let left = t.vector(w[Bits.rn])
        let addPairs: VectorUnary = isSigned ? .addPairsSigned : .addPairsUnsigned
        let low = t.product(left, right, .bits8, isHigh: false, isSigned: isSigned)
        let high = t.product(left, right, .bits8, isHigh: true, isSigned: isSigned)
        let lowPairs = t.builder.vector(addPairs, low, .bits16)
        let highPairs = t.builder.vector(addPairs, high, .bits16)
        let even = t.builder.vector(.even, lowPairs, highPairs, .bits32)
        let odd = t.builder.vector(.odd, lowPairs, highPairs, .bits32)
        let sum = t.builder.vector(.add, even, odd, .bits32)
        t.setVector(w[Bits.rd], t.builder.vector(.add, t.vector(w[Bits.rd]), sum, .bits32), isFull: w.isFull)
    }
}
