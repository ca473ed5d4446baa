import BSDUserCore

/// Copies of lanes, permutations, table lookups (DDI 0487, C7.2).
enum VectorPermute {
    static let rows: [Instruction<Translator>] = copyRows + permuteRows + tableRows

    private static let copyRows: [Instruction<Translator>] = [
        row("0 q 0 01110000 place 0 0000 1 rn rd", "dup", except: Reserved.lowDoubleElements) { t, w in
            duplicateLane(&t, w)
        },
        row("01 0 11110000 place 0 0000 1 rn rd", "dup", except: Reserved.noElement) { t, w in
            let (lane, index) = t.element(w)
            let copied = t.builder.vector(.duplicateLane, t.vector(w[Bits.rn]), lane, number: index)
            t.setVector(w[Bits.rd], copied, VectorShape(lane: lane, extent: .scalar))
        },
        row("0 q 0 01110000 place 0 0001 1 rn rd", "dup", except: Reserved.lowDoubleElements) { t, w in
            let (lane, _) = t.element(w)
            t.setVector(w[Bits.rd], t.builder.vectorDuplicate(t.get(w[Bits.rn]), lane), isFull: w.isFull)
        },
        row("0 1 0 01110000 place 0 0011 1 rn rd", "ins", except: Reserved.noElement) { t, w in
            let (lane, index) = t.element(w)
            let (old, new) = (t.vector(w[Bits.rd]), t.get(w[Bits.rn]))
            t.builder.put(.vector(w[Bits.rd]), t.builder.vectorInsert(old, index, new, lane), .v128)
        },
        row("0 1 1 01110000 place 0 index 1 rn rd", "ins", except: Reserved.noElement) { t, w in
            let (lane, index) = t.element(w)
            let source = w[Bits.elementIndex] >> lane.sizeLog2
            let (old, new) = (t.vector(w[Bits.rd]), t.vector(w[Bits.rn]))
            t.builder.put(.vector(w[Bits.rd]), t.builder.vectorCopyLane(old, index, new, source, lane), .v128)
        },
        row("0 q 0 01110000 place 0 0101 1 rn rd", "smov", except: Reserved.signedElements) { t, w in
            let (lane, index) = t.element(w)
            let type: ValueType = w.isFull ? .i64 : .i32
            let number = t.builder.vectorExtract(t.vector(w[Bits.rn]), index, lane.union(.signed), type)
            t.set(w[Bits.rd], number, type)
        },
        row("0 q 0 01110000 place 0 0111 1 rn rd", "umov", except: Reserved.unsignedElements) { t, w in
            let (lane, index) = t.element(w)
            let number = t.builder.vectorExtract(t.vector(w[Bits.rn]), index, lane, .i64)
            if w.isFull { t.set(w[Bits.rd], number) } else { t.setExtended(w[Bits.rd], number) }
        },
    ]

    private static let permuteRows: [Instruction<Translator>] = [
        row("0 q 0 01110 lane 0 rm 0 001 10 rn rd", "uzp1", except: Reserved.lowDouble) { t, w in
            let shape = t.shape(w)
            t.setVector(w[Bits.rd], t.pairs(t.vector(w[Bits.rn]), t.vector(w[Bits.rm]), shape).even, shape)
        },
        row("0 q 0 01110 lane 0 rm 0 101 10 rn rd", "uzp2", except: Reserved.lowDouble) { t, w in
            let shape = t.shape(w)
            t.setVector(w[Bits.rd], t.pairs(t.vector(w[Bits.rn]), t.vector(w[Bits.rm]), shape).odd, shape)
        },
        row("0 q 0 01110 lane 0 rm 0 010 10 rn rd", "trn1", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .transposeEven)
        },
        row("0 q 0 01110 lane 0 rm 0 110 10 rn rd", "trn2", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .transposeOdd)
        },
        row("0 q 0 01110 lane 0 rm 0 011 10 rn rd", "zip1", except: Reserved.lowDouble) { t, w in
            t.threeSame(w, .interleaveLow)
        },
        row("0 q 0 01110 lane 0 rm 0 111 10 rn rd", "zip2", except: Reserved.lowDouble) { t, w in
            let shape = t.shape(w)
            let (first, second) = (t.vector(w[Bits.rn]), t.vector(w[Bits.rm]))
            if shape.extent == .full {
                return t.setVector(w[Bits.rd], t.builder.vector(.interleaveHigh, first, second, shape.lane), shape)
            }
            // Of halves the low interleaving is all of it, the upper half of which is wanted.
            let all = t.builder.vector(.interleaveLow, first, second, shape.lane)
            t.setVector(w[Bits.rd], t.builder.vector(.duplicateLane, all, .bits64, number: 1), shape)
        },
        row("0 q 1 01110 00 0 rm 0 index 0 rn rd", "ext", except: Reserved.lowBytes) { t, w in
            let (first, low, high) = (w[Bits.elementIndex], t.vector(w[Bits.rn]), t.vector(w[Bits.rm]))
            if w.isFull {
                let bytes = t.builder.vectorExtractBytes(low: low, high: high, first: first)
                return t.builder.put(.vector(w[Bits.rd]), bytes, .v128)
            }
            let both = t.builder.vector(.interleaveLow, low, high, .bits64)
            let bytes = t.builder.vectorExtractBytes(low: both, high: both, first: first)
            t.setVector(w[Bits.rd], bytes, isFull: false)
        },
    ]

    private static let tableRows: [Instruction<Translator>] = [
        row("0 q 0 01110 00 0 rm 0 len 0 00 rn rd", "tbl") { t, w in
            t.setVector(w[Bits.rd], lookUp(&t, w), isFull: w.isFull)
        },
        row("0 q 0 01110 00 0 rm 0 len 1 00 rn rd", "tbx") { t, w in
            let end = t.lanes(UInt64(16 * (w[Bits.tableLength] + 1)), .bits8)
            let isInside = t.builder.vector(.compareGreaterUnsigned, end, t.vector(w[Bits.rm]), .bits8)
            let found = lookUp(&t, w)
            let result = t.builder.vectorSelect(isInside, found, t.vector(w[Bits.rd]))
            t.setVector(w[Bits.rd], result, isFull: w.isFull)
        },
    ]

    private static func duplicateLane(_ t: inout Translator, _ w: Word) {
        let (lane, index) = t.element(w)
        let copies = t.builder.vector(.duplicateLane, t.vector(w[Bits.rn]), lane, number: index)
        t.setVector(w[Bits.rd], copies, isFull: w.isFull)
    }

    /// Bytes of one to four registers, numbered from the first; a number beyond them gives 0.
    private static func lookUp(_ t: inout Translator, _ w: Word) -> Value {
        let indices = t.vector(w[Bits.rm])
        var result = t.builder.vector(.tableLookup, t.vector(w[Bits.rn]), indices)
        for number in 1..<w[Bits.tableLength] + 1 {
            let own = t.builder.vector(.sub, indices, t.lanes(UInt64(16 * number), .bits8), .bits8)
            let found = t.builder.vector(.tableLookup, t.vector((w[Bits.rn] + number) & 31), own)
            result = t.builder.vector(.or, result, found)
        }
        return result
    }
}

extension Translator {
    /// Size and number of a lane, which the lowest set bit of a field separates.
    func element(_ w: Word) -> (lane: VectorLane, index: Int) {
        let sizeLog2 = w[Bits.place].trailingZeroBitCount
        return (VectorLane(sizeLog2: sizeLog2), w[Bits.place] >> (sizeLog2 + 1))
    }

    /// An operation on lanes of two registers.
    mutating func threeSame(_ w: Word, _ operation: VectorBinary) {
        let shape = shape(w)
        let result = builder.vector(operation, vector(w[Bits.rn]), vector(w[Bits.rm]), shape.lane)
        setVector(w[Bits.rd], result, shape)
    }
}
