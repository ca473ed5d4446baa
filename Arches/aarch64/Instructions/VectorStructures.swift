import BSDUserCore

/// Loads and stores of one to four vector registers as structures: element by element in turn, or one after the other
/// (DDI 0487, C4.1.94 and C7.2: LD1 to LD4, ST1 to ST4).
enum VectorStructures {
    static let rows: [Instruction<Translator>] = multipleRows + indexedRows

    private static let multipleRows: [Instruction<Translator>] = [
        row("0 q 0011000 0 0 00000 0000 ssize rn rt", "st4", except: Reserved.lowDoubleStructure) { t, w in
            storeInterleaved(&t, w, 4)
        },
        row("0 q 0011000 0 0 00000 0010 ssize rn rt", "st1") { t, w in storeConsecutive(&t, w, 4) },
        row("0 q 0011000 0 0 00000 0100 ssize rn rt", "st3", except: Reserved.lowDoubleStructure) { t, w in
            storeInterleaved(&t, w, 3)
        },
        row("0 q 0011000 0 0 00000 0110 ssize rn rt", "st1") { t, w in storeConsecutive(&t, w, 3) },
        row("0 q 0011000 0 0 00000 0111 ssize rn rt", "st1") { t, w in storeConsecutive(&t, w, 1) },
        row("0 q 0011000 0 0 00000 1000 ssize rn rt", "st2", except: Reserved.lowDoubleStructure) { t, w in
            storeInterleaved(&t, w, 2)
        },
        row("0 q 0011000 0 0 00000 1010 ssize rn rt", "st1") { t, w in storeConsecutive(&t, w, 2) },
        row("0 q 0011000 1 0 00000 0000 ssize rn rt", "ld4", except: Reserved.lowDoubleStructure) { t, w in
            loadInterleaved(&t, w, 4)
        },
        row("0 q 0011000 1 0 00000 0010 ssize rn rt", "ld1") { t, w in loadConsecutive(&t, w, 4) },
        row("0 q 0011000 1 0 00000 0100 ssize rn rt", "ld3", except: Reserved.lowDoubleStructure) { t, w in
            loadInterleaved(&t, w, 3)
        },
        row("0 q 0011000 1 0 00000 0110 ssize rn rt", "ld1") { t, w in loadConsecutive(&t, w, 3) },
        row("0 q 0011000 1 0 00000 0111 ssize rn rt", "ld1") { t, w in loadConsecutive(&t, w, 1) },
        row("0 q 0011000 1 0 00000 1000 ssize rn rt", "ld2", except: Reserved.lowDoubleStructure) { t, w in
            loadInterleaved(&t, w, 2)
        },
        row("0 q 0011000 1 0 00000 1010 ssize rn rt", "ld1") { t, w in loadConsecutive(&t, w, 2) },
    ]

    /// The base register moves by a register, or by the bytes transferred.
    private static let indexedRows: [Instruction<Translator>] = [
        row("0 q 0011001 0 0 rm 0000 ssize rn rt", "st4", except: Reserved.lowDoubleStructure) { t, w in
            storeInterleaved(&t, w, 4)
        },
        row("0 q 0011001 0 0 rm 0010 ssize rn rt", "st1") { t, w in storeConsecutive(&t, w, 4) },
        row("0 q 0011001 0 0 rm 0100 ssize rn rt", "st3", except: Reserved.lowDoubleStructure) { t, w in
            storeInterleaved(&t, w, 3)
        },
        row("0 q 0011001 0 0 rm 0110 ssize rn rt", "st1") { t, w in storeConsecutive(&t, w, 3) },
        row("0 q 0011001 0 0 rm 0111 ssize rn rt", "st1") { t, w in storeConsecutive(&t, w, 1) },
        row("0 q 0011001 0 0 rm 1000 ssize rn rt", "st2", except: Reserved.lowDoubleStructure) { t, w in
            storeInterleaved(&t, w, 2)
        },
        row("0 q 0011001 0 0 rm 1010 ssize rn rt", "st1") { t, w in storeConsecutive(&t, w, 2) },
        row("0 q 0011001 1 0 rm 0000 ssize rn rt", "ld4", except: Reserved.lowDoubleStructure) { t, w in
            loadInterleaved(&t, w, 4)
        },
        row("0 q 0011001 1 0 rm 0010 ssize rn rt", "ld1") { t, w in loadConsecutive(&t, w, 4) },
        row("0 q 0011001 1 0 rm 0100 ssize rn rt", "ld3", except: Reserved.lowDoubleStructure) { t, w in
            loadInterleaved(&t, w, 3)
        },
        row("0 q 0011001 1 0 rm 0110 ssize rn rt", "ld1") { t, w in loadConsecutive(&t, w, 3) },
        row("0 q 0011001 1 0 rm 0111 ssize rn rt", "ld1") { t, w in loadConsecutive(&t, w, 1) },
        row("0 q 0011001 1 0 rm 1000 ssize rn rt", "ld2", except: Reserved.lowDoubleStructure) { t, w in
            loadInterleaved(&t, w, 2)
        },
        row("0 q 0011001 1 0 rm 1010 ssize rn rt", "ld1") { t, w in loadConsecutive(&t, w, 2) },
    ]

    // MARK: One register after the other

    private static func loadConsecutive(_ t: inout Translator, _ w: Word, _ count: Int) {
        let (base, sizeLog2) = (t.base(w[Bits.rn]), w.isFull ? 4 : 3)
        let values = (0..<count).map { t.loadPart(sizeLog2, base, $0 << sizeLog2) }
        for (number, value) in values.enumerated() { t.setPart((w[Bits.rt] + number) & 31, sizeLog2, value) }
        t.moveStructureBase(w, base, count << sizeLog2)
    }

    private static func storeConsecutive(_ t: inout Translator, _ w: Word, _ count: Int) {
        let (base, sizeLog2) = (t.base(w[Bits.rn]), w.isFull ? 4 : 3)
        for number in 0..<count { t.storePart((w[Bits.rt] + number) & 31, sizeLog2, base, number << sizeLog2) }
        t.moveStructureBase(w, base, count << sizeLog2)
    }

    // MARK: In turn

    private static func structureShape(_ w: Word) -> VectorShape {
        VectorShape(lane: VectorLane(sizeLog2: w[Bits.structureSize]), extent: w.isFull ? .full : .half)
    }

    private static func loadInterleaved(_ t: inout Translator, _ w: Word, _ count: Int) {
        let shape = structureShape(w)
        let (base, byteCount) = (t.base(w[Bits.rn]), count * (w.isFull ? 16 : 8))
        let parts = stride(from: 0, to: byteCount, by: 16).map { t.loadPart(byteCount - $0 < 16 ? 3 : 4, base, $0) }
        let memory = parts.enumerated().map { number, part in
            byteCount - 16 * number < 16 ? t.builder.vectorFromScalar(part, .bits64) : part
        }
        let values = t.separated(memory, count, shape)
        for (number, value) in values.enumerated() { t.setVector((w[Bits.rt] + number) & 31, value, shape) }
        t.moveStructureBase(w, base, byteCount)
    }

    private static func storeInterleaved(_ t: inout Translator, _ w: Word, _ count: Int) {
        let shape = structureShape(w)
        let (base, byteCount) = (t.base(w[Bits.rn]), count * (w.isFull ? 16 : 8))
        let values = (0..<count).map { t.vector((w[Bits.rt] + $0) & 31) }
        for (number, value) in t.interleaved(values, shape).enumerated() {
            let displacement = Int32(16 * number)
            if byteCount - 16 * number < 16 {
                let low = t.builder.vectorExtract(value, 0, .bits64, .i64)
                t.builder.store(base, displacement: displacement, low, .bytes8)
            } else {
                t.builder.store(base, displacement: displacement, value, .bytes16, .v128)
            }
        }
        t.moveStructureBase(w, base, byteCount)
    }
}

extension Translator {
    /// Moves the base register of an indexed form.
    mutating func moveStructureBase(_ w: Word, _ base: Value, _ byteCount: Int) {
        guard w[Bits.isIndexed] == 1 else { return }
        if w[Bits.rm] == Register.zero { return moveBase(w[Bits.rn], base, byteCount) }
        setOrSP(w[Bits.rn], builder.binary(.add, base, get(w[Bits.rm])))
    }

    /// Vectors whose elements memory holds in turn.
    fileprivate mutating func separated(_ memory: [Value], _ count: Int, _ shape: VectorShape) -> [Value] {
        let lane = shape.lane
        guard count != 3 else {
            return (0..<3).map { number in
                gathered(memory) { byte in
                    (3 * (byte >> lane.sizeLog2) + number) << lane.sizeLog2 | byte & ((1 << lane.sizeLog2) - 1)
                }
            }
        }
        let (even, odd) = parted(memory, lane)
        guard count == 4 else { return even + odd }
        let (first, second) = (parted(even, lane), parted(odd, lane))
        return first.even + second.even + first.odd + second.odd
    }

    /// The lanes of even and of odd number; those of one vector alone stand twice.
    private mutating func parted(_ vectors: [Value], _ lane: VectorLane) -> (even: [Value], odd: [Value]) {
        var (even, odd): ([Value], [Value]) = ([], [])
        for place in stride(from: 0, to: vectors.count, by: 2) {
            let second = vectors[min(place + 1, vectors.count - 1)]
            even.append(builder.vector(.even, vectors[place], second, lane))
            odd.append(builder.vector(.odd, vectors[place], second, lane))
        }
        return (even, odd)
    }

    /// What memory holds of vectors whose elements it has in turn.
    fileprivate mutating func interleaved(_ values: [Value], _ shape: VectorShape) -> [Value] {
        let (lane, isFull) = (shape.lane, shape.extent == .full)
        switch values.count {
        case 2: return joined([values[0]], [values[1]], lane, isFull: isFull)
        case 4:
            let even = joined([values[0]], [values[2]], lane, isFull: isFull)
            let odd = joined([values[1]], [values[3]], lane, isFull: isFull)
            return joined(even, odd, lane, isFull: true)
        default:
            return (0..<(isFull ? 3 : 2)).map { number in
                gathered(values) { byte in
                    let element = (16 * number + byte) >> lane.sizeLog2
                    let place = (element / 3) << lane.sizeLog2 | byte & ((1 << lane.sizeLog2) - 1)
                    return 16 * (element % 3) + place
                }
            }
        }
    }

    /// The lanes of two lists of vectors in turn: of all, or of the low halves.
    private mutating func joined(_ first: [Value], _ second: [Value], _ lane: VectorLane, isFull: Bool) -> [Value] {
        var result: [Value] = []
        for (left, right) in zip(first, second) {
            result.append(builder.vector(.interleaveLow, left, right, lane))
            if isFull { result.append(builder.vector(.interleaveHigh, left, right, lane)) }
        }
        return result
    }

    /// A vector of bytes that `source` picks from the bytes of several vectors.
    private mutating func gathered(_ vectors: [Value], _ source: (Int) -> Int) -> Value {
        var result: Value?
        for (number, vector) in vectors.enumerated() {
            var indices: [UInt64] = [0, 0]
            for byte in 0..<16 {
                let place = source(byte)
                let index: UInt64 = place >> 4 == number ? UInt64(place & 15) : 0xff
                indices[byte >> 3] |= index << UInt64(8 * (byte & 7))
            }
            let pattern = builder.vectorConstant(low: indices[0], high: indices[1])
            let part = builder.vector(.tableLookup, vector, pattern)
            result = result.map { builder.vector(.or, $0, part) } ?? part
        }
        return result ?? zeroVector
    }
}
