import BSDUserCore

/// Doubled products of twice the width, which saturate (DDI 0487, C7.2: SQDMULL, SQDMLAL, SQDMLSL).
enum VectorDoubling {
    static let rows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 1 rm 1101 00 rn rd", "sqdmull", except: Reserved.byteAndDoubleLanes) { t, w in
            product(&t, w, .whole)
        },
        row("01 0 11110 lane 1 rm 1101 00 rn rd", "sqdmull", except: Reserved.byteAndDoubleLanes) { t, w in
            product(&t, w, .whole)
        },
        row("0 q 0 01110 lane 1 rm 1001 00 rn rd", "sqdmlal", except: Reserved.byteAndDoubleLanes) { t, w in
            product(&t, w, .added)
        },
        row("01 0 11110 lane 1 rm 1001 00 rn rd", "sqdmlal", except: Reserved.byteAndDoubleLanes) { t, w in
            product(&t, w, .added)
        },
        row("0 q 0 01110 lane 1 rm 1011 00 rn rd", "sqdmlsl", except: Reserved.byteAndDoubleLanes) { t, w in
            product(&t, w, .subtracted)
        },
        row("01 0 11110 lane 1 rm 1011 00 rn rd", "sqdmlsl", except: Reserved.byteAndDoubleLanes) { t, w in
            product(&t, w, .subtracted)
        },
        row("0 q 0 01111 lane l m rml 1011 h 0 rn rd", "sqdmull", except: Reserved.byteAndDoubleLanes) { t, w in
            productByElement(&t, w, .whole)
        },
        row("01 0 11111 lane l m rml 1011 h 0 rn rd", "sqdmull", except: Reserved.byteAndDoubleLanes) { t, w in
            productByElement(&t, w, .whole)
        },
        row("0 q 0 01111 lane l m rml 0011 h 0 rn rd", "sqdmlal", except: Reserved.byteAndDoubleLanes) { t, w in
            productByElement(&t, w, .added)
        },
        row("01 0 11111 lane l m rml 0011 h 0 rn rd", "sqdmlal", except: Reserved.byteAndDoubleLanes) { t, w in
            productByElement(&t, w, .added)
        },
        row("0 q 0 01111 lane l m rml 0111 h 0 rn rd", "sqdmlsl", except: Reserved.byteAndDoubleLanes) { t, w in
            productByElement(&t, w, .subtracted)
        },
        row("01 0 11111 lane l m rml 0111 h 0 rn rd", "sqdmlsl", except: Reserved.byteAndDoubleLanes) { t, w in
            productByElement(&t, w, .subtracted)
        },
    ]

    /// What becomes of the product: it is the result, or added to the destination, or subtracted from it.
    fileprivate enum Use { case whole, added, subtracted }

    private static func product(_ t: inout Translator, _ w: Word, _ use: Use) {
        let lane = t.shape(w).lane
        t.setDoubledProduct(w, t.vector(w[Bits.rm]), lane, use)
    }

    private static func productByElement(_ t: inout Translator, _ w: Word, _ use: Use) {
        let lane = t.shape(w).lane
        t.setDoubledProduct(w, t.indexedElement(w, lane), lane, use)
    }
}

extension Translator {
    /// Product, doubling and combination saturate each.
    fileprivate mutating func setDoubledProduct(
        _ w: Word, _ right: Value, _ lane: VectorLane, _ use: VectorDoubling.Use
    ) {
        let isScalar = w[Bits.isScalar] == 1
        let shape = VectorShape(lane: lane.twice, extent: isScalar ? .scalar : .full)
        let isHigh = w.isFull && !isScalar
        let product = product(vector(w[Bits.rn]), right, lane, isHigh: isHigh, isSigned: true)
        let doubled = builder.vector(.leftSaturatingSigned, product, by: 1, lane.twice)
        let plain = builder.vector(.left, product, by: 1, lane.twice)
        guard use != .whole else {
            noteSaturation(plain, doubled, shape)
            return setVector(w[Bits.rd], doubled, shape)
        }
        let old = vector(w[Bits.rd])
        let isSum = use == .added
        let exact = builder.vector(isSum ? .add : .sub, old, doubled, lane.twice)
        let result = builder.vector(isSum ? .addSaturatingSigned : .subSaturatingSigned, old, doubled, lane.twice)
        // Either difference tells: what one vector has as its bits, the other has as zeros.
        let differences = builder.vector(
            .or, builder.vector(.xor, plain, doubled), builder.vector(.xor, exact, result))
        noteSaturation(differences, zeroVector, shape)
        setVector(w[Bits.rd], result, shape)
    }
}
