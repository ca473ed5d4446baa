import BSDUserCore

/// Loads and stores of single lanes of one to four registers, and loads of an element into every lane (DDI 0487, C4.1.94:
/// Advanced SIMD load/store single structure).
enum VectorLanes {
    static let rows: [Instruction<Translator>] = storeRows + loadRows + replicateRows + indexedRows

    private static let storeRows: [Instruction<Translator>] = [
        row("0 q 0011010 0 0 00000 000 lanelow ssize rn rt", "st1") { t, w in store(&t, w, 1, .bits8) },
        row("0 q 0011010 0 1 00000 000 lanelow ssize rn rt", "st2") { t, w in store(&t, w, 2, .bits8) },
        row("0 q 0011010 0 0 00000 001 lanelow ssize rn rt", "st3") { t, w in store(&t, w, 3, .bits8) },
        row("0 q 0011010 0 1 00000 001 lanelow ssize rn rt", "st4") { t, w in store(&t, w, 4, .bits8) },
        row("0 q 0011010 0 0 00000 010 lanelow -0 rn rt", "st1") { t, w in store(&t, w, 1, .bits16) },
        row("0 q 0011010 0 1 00000 010 lanelow -0 rn rt", "st2") { t, w in store(&t, w, 2, .bits16) },
        row("0 q 0011010 0 0 00000 011 lanelow -0 rn rt", "st3") { t, w in store(&t, w, 3, .bits16) },
        row("0 q 0011010 0 1 00000 011 lanelow -0 rn rt", "st4") { t, w in store(&t, w, 4, .bits16) },
        row("0 q 0011010 0 0 00000 100 lanelow 00 rn rt", "st1") { t, w in store(&t, w, 1, .bits32) },
        row("0 q 0011010 0 1 00000 100 lanelow 00 rn rt", "st2") { t, w in store(&t, w, 2, .bits32) },
        row("0 q 0011010 0 0 00000 101 lanelow 00 rn rt", "st3") { t, w in store(&t, w, 3, .bits32) },
        row("0 q 0011010 0 1 00000 101 lanelow 00 rn rt", "st4") { t, w in store(&t, w, 4, .bits32) },
        row("0 q 0011010 0 0 00000 100 0 01 rn rt", "st1") { t, w in store(&t, w, 1, .bits64) },
        row("0 q 0011010 0 1 00000 100 0 01 rn rt", "st2") { t, w in store(&t, w, 2, .bits64) },
        row("0 q 0011010 0 0 00000 101 0 01 rn rt", "st3") { t, w in store(&t, w, 3, .bits64) },
        row("0 q 0011010 0 1 00000 101 0 01 rn rt", "st4") { t, w in store(&t, w, 4, .bits64) },
    ]

    private static let loadRows: [Instruction<Translator>] = [
        row("0 q 0011010 1 0 00000 000 lanelow ssize rn rt", "ld1") { t, w in load(&t, w, 1, .bits8) },
        row("0 q 0011010 1 1 00000 000 lanelow ssize rn rt", "ld2") { t, w in load(&t, w, 2, .bits8) },
        row("0 q 0011010 1 0 00000 001 lanelow ssize rn rt", "ld3") { t, w in load(&t, w, 3, .bits8) },
        row("0 q 0011010 1 1 00000 001 lanelow ssize rn rt", "ld4") { t, w in load(&t, w, 4, .bits8) },
        row("0 q 0011010 1 0 00000 010 lanelow -0 rn rt", "ld1") { t, w in load(&t, w, 1, .bits16) },
        row("0 q 0011010 1 1 00000 010 lanelow -0 rn rt", "ld2") { t, w in load(&t, w, 2, .bits16) },
        row("0 q 0011010 1 0 00000 011 lanelow -0 rn rt", "ld3") { t, w in load(&t, w, 3, .bits16) },
        row("0 q 0011010 1 1 00000 011 lanelow -0 rn rt", "ld4") { t, w in load(&t, w, 4, .bits16) },
        row("0 q 0011010 1 0 00000 100 lanelow 00 rn rt", "ld1") { t, w in load(&t, w, 1, .bits32) },
        row("0 q 0011010 1 1 00000 100 lanelow 00 rn rt", "ld2") { t, w in load(&t, w, 2, .bits32) },
        row("0 q 0011010 1 0 00000 101 lanelow 00 rn rt", "ld3") { t, w in load(&t, w, 3, .bits32) },
        row("0 q 0011010 1 1 00000 101 lanelow 00 rn rt", "ld4") { t, w in load(&t, w, 4, .bits32) },
        row("0 q 0011010 1 0 00000 100 0 01 rn rt", "ld1") { t, w in load(&t, w, 1, .bits64) },
        row("0 q 0011010 1 1 00000 100 0 01 rn rt", "ld2") { t, w in load(&t, w, 2, .bits64) },
        row("0 q 0011010 1 0 00000 101 0 01 rn rt", "ld3") { t, w in load(&t, w, 3, .bits64) },
        row("0 q 0011010 1 1 00000 101 0 01 rn rt", "ld4") { t, w in load(&t, w, 4, .bits64) },
    ]

    private static let replicateRows: [Instruction<Translator>] = [
        row("0 q 0011010 1 0 00000 110 0 ssize rn rt", "ld1r") { t, w in replicate(&t, w, 1) },
        row("0 q 0011010 1 1 00000 110 0 ssize rn rt", "ld2r") { t, w in replicate(&t, w, 2) },
        row("0 q 0011010 1 0 00000 111 0 ssize rn rt", "ld3r") { t, w in replicate(&t, w, 3) },
        row("0 q 0011010 1 1 00000 111 0 ssize rn rt", "ld4r") { t, w in replicate(&t, w, 4) },
        row("0 q 0011011 1 0 rm 110 0 ssize rn rt", "ld1r") { t, w in replicate(&t, w, 1) },
        row("0 q 0011011 1 1 rm 110 0 ssize rn rt", "ld2r") { t, w in replicate(&t, w, 2) },
        row("0 q 0011011 1 0 rm 111 0 ssize rn rt", "ld3r") { t, w in replicate(&t, w, 3) },
        row("0 q 0011011 1 1 rm 111 0 ssize rn rt", "ld4r") { t, w in replicate(&t, w, 4) },
    ]

    private static let indexedRows: [Instruction<Translator>] = [
        row("0 q 0011011 0 0 rm 000 lanelow ssize rn rt", "st1") { t, w in store(&t, w, 1, .bits8) },
        row("0 q 0011011 0 1 rm 000 lanelow ssize rn rt", "st2") { t, w in store(&t, w, 2, .bits8) },
        row("0 q 0011011 0 0 rm 001 lanelow ssize rn rt", "st3") { t, w in store(&t, w, 3, .bits8) },
        row("0 q 0011011 0 1 rm 001 lanelow ssize rn rt", "st4") { t, w in store(&t, w, 4, .bits8) },
        row("0 q 0011011 0 0 rm 010 lanelow -0 rn rt", "st1") { t, w in store(&t, w, 1, .bits16) },
        row("0 q 0011011 0 1 rm 010 lanelow -0 rn rt", "st2") { t, w in store(&t, w, 2, .bits16) },
        row("0 q 0011011 0 0 rm 011 lanelow -0 rn rt", "st3") { t, w in store(&t, w, 3, .bits16) },
        row("0 q 0011011 0 1 rm 011 lanelow -0 rn rt", "st4") { t, w in store(&t, w, 4, .bits16) },
        row("0 q 0011011 0 0 rm 100 lanelow 00 rn rt", "st1") { t, w in store(&t, w, 1, .bits32) },
        row("0 q 0011011 0 1 rm 100 lanelow 00 rn rt", "st2") { t, w in store(&t, w, 2, .bits32) },
        row("0 q 0011011 0 0 rm 101 lanelow 00 rn rt", "st3") { t, w in store(&t, w, 3, .bits32) },
        row("0 q 0011011 0 1 rm 101 lanelow 00 rn rt", "st4") { t, w in store(&t, w, 4, .bits32) },
        row("0 q 0011011 0 0 rm 100 0 01 rn rt", "st1") { t, w in store(&t, w, 1, .bits64) },
        row("0 q 0011011 0 1 rm 100 0 01 rn rt", "st2") { t, w in store(&t, w, 2, .bits64) },
        row("0 q 0011011 0 0 rm 101 0 01 rn rt", "st3") { t, w in store(&t, w, 3, .bits64) },
        row("0 q 0011011 0 1 rm 101 0 01 rn rt", "st4") { t, w in store(&t, w, 4, .bits64) },
        row("0 q 0011011 1 0 rm 000 lanelow ssize rn rt", "ld1") { t, w in load(&t, w, 1, .bits8) },
        row("0 q 0011011 1 1 rm 000 lanelow ssize rn rt", "ld2") { t, w in load(&t, w, 2, .bits8) },
        row("0 q 0011011 1 0 rm 001 lanelow ssize rn rt", "ld3") { t, w in load(&t, w, 3, .bits8) },
        row("0 q 0011011 1 1 rm 001 lanelow ssize rn rt", "ld4") { t, w in load(&t, w, 4, .bits8) },
        row("0 q 0011011 1 0 rm 010 lanelow -0 rn rt", "ld1") { t, w in load(&t, w, 1, .bits16) },
        row("0 q 0011011 1 1 rm 010 lanelow -0 rn rt", "ld2") { t, w in load(&t, w, 2, .bits16) },
        row("0 q 0011011 1 0 rm 011 lanelow -0 rn rt", "ld3") { t, w in load(&t, w, 3, .bits16) },
        row("0 q 0011011 1 1 rm 011 lanelow -0 rn rt", "ld4") { t, w in load(&t, w, 4, .bits16) },
        row("0 q 0011011 1 0 rm 100 lanelow 00 rn rt", "ld1") { t, w in load(&t, w, 1, .bits32) },
        row("0 q 0011011 1 1 rm 100 lanelow 00 rn rt", "ld2") { t, w in load(&t, w, 2, .bits32) },
        row("0 q 0011011 1 0 rm 101 lanelow 00 rn rt", "ld3") { t, w in load(&t, w, 3, .bits32) },
        row("0 q 0011011 1 1 rm 101 lanelow 00 rn rt", "ld4") { t, w in load(&t, w, 4, .bits32) },
        row("0 q 0011011 1 0 rm 100 0 01 rn rt", "ld1") { t, w in load(&t, w, 1, .bits64) },
        row("0 q 0011011 1 1 rm 100 0 01 rn rt", "ld2") { t, w in load(&t, w, 2, .bits64) },
        row("0 q 0011011 1 0 rm 101 0 01 rn rt", "ld3") { t, w in load(&t, w, 3, .bits64) },
        row("0 q 0011011 1 1 rm 101 0 01 rn rt", "ld4") { t, w in load(&t, w, 4, .bits64) },
    ]

    /// Number of the lane: Q, S and the size field, as many of their bits as the lanes need.
    private static func index(_ w: Word, _ lane: VectorLane) -> Int {
        (w[Bits.full] << 3 | w[Bits.laneLow] << 2 | w[Bits.structureSize]) >> lane.sizeLog2
    }

    private static func load(_ t: inout Translator, _ w: Word, _ count: Int, _ lane: VectorLane) {
        let (base, index) = (t.base(w[Bits.rn]), index(w, lane))
        let elements = loadElements(&t, base, count, lane)
        for (number, element) in elements.enumerated() {
            let register = (w[Bits.rt] + number) & 31
            let result = t.builder.vectorInsert(t.vector(register), index, element, lane)
            t.builder.put(.vector(register), result, .v128)
        }
        t.moveStructureBase(w, base, count << lane.sizeLog2)
    }

    private static func replicate(_ t: inout Translator, _ w: Word, _ count: Int) {
        let (base, lane) = (t.base(w[Bits.rn]), VectorLane(sizeLog2: w[Bits.structureSize]))
        for (number, element) in loadElements(&t, base, count, lane).enumerated() {
            t.setVector((w[Bits.rt] + number) & 31, t.builder.vectorDuplicate(element, lane), isFull: w.isFull)
        }
        t.moveStructureBase(w, base, count << lane.sizeLog2)
    }

    private static func loadElements(_ t: inout Translator, _ base: Value, _ count: Int, _ lane: VectorLane) -> [Value]
    {
        (0..<count).map { t.load(.unsigned(sizeLog2: lane.sizeLog2), base, $0 << lane.sizeLog2) }
    }

    private static func store(_ t: inout Translator, _ w: Word, _ count: Int, _ lane: VectorLane) {
        let (base, index) = (t.base(w[Bits.rn]), index(w, lane))
        for number in 0..<count {
            let element = t.builder.vectorExtract(t.vector((w[Bits.rt] + number) & 31), index, lane, .i64)
            let displacement = Int32(number << lane.sizeLog2)
            t.builder.store(base, displacement: displacement, element, MemoryAttributes(rawValue: lane.rawValue))
        }
        t.moveStructureBase(w, base, count << lane.sizeLog2)
    }
}
