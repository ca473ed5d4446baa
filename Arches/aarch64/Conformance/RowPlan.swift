import BSDUserCore

/// How a row's words and states are made, so that what the manual defines is what gets tested.
struct RowPlan {
    /// Bytes of memory that a sequence may touch, from the oracle's window on.
    static let memoryBytes = 128

    let name: String
    let pattern: String
    let fixed: FixedBits
    let traits: Traits
    let kind: Kind

    enum Kind: Equatable {
        case plain
        /// `size` bytes at an address that `mode` makes, aligned when `isAligned`.
        case memory(size: Int, mode: AddressMode, isAligned: Bool)
        case branch
        case jumpToRegister
        /// The oracle cannot say; the reason, and where it is tested instead.
        case elsewhere(String)
    }

    enum AddressMode {
        case base, scaledOffset, offset, post, pre, register, literal
    }

    init(_ row: Instruction<Translator>, _ fixed: FixedBits) {
        name = row.name.description
        pattern = row.pattern.description
        self.fixed = fixed
        traits = Traits(rawValue: row.traits)
        kind = RowPlan.kind(name, pattern, fixed)
    }

    /// The row as the runner lists it.
    var row: ConformanceRow {
        var judge = ConformanceRow.Judge.oracle
        if case .elsewhere(let reason) = kind { judge = .elsewhere(reason) }
        return ConformanceRow(name: name, pattern: pattern, mask: fixed.mask, match: fixed.match, judge: judge)
    }

    private static func kind(_ name: String, _ pattern: String, _ fixed: FixedBits) -> Kind {
        if let reason = untestable[name] { return .elsewhere(reason) }
        if name == "fcvtzs", pattern.hasPrefix("01 0 111110 001") {
            return .elsewhere(
                "the oracle extends the sign of the 16 bits to 32; SystemTests has 'A half-precision number becomes a "
                    + "fixed-point one of 16 bits, and nothing above them'")
        }
        if ["ldsmax", "ldsmin"].contains(name), Word(fixed.match)[Bits.size] == 2 { return .elsewhere(signedUpdates) }
        switch name {
        case "b", "bl", "b.cond", "cbz", "cbnz", "tbz", "tbnz": return .branch
        case "br", "blr", "ret": return .jumpToRegister
        case "dc zva": return .memory(size: 64, mode: .base, isAligned: false)
        default: break
        }
        guard isMemory(name), !name.hasPrefix("prf") else { return .plain }
        let mode = addressMode(pattern, fixed)
        let isOrdinary =
            mode != .base && !name.hasPrefix("ldapu") && !name.hasPrefix("stlu") || isVector(fixed.match)
        return .memory(size: accessBytes(name, fixed), mode: mode, isAligned: !isOrdinary)
    }

    private static func isMemory(_ name: String) -> Bool {
        (name.hasPrefix("ld") || name.hasPrefix("st") || name.hasPrefix("cas") || name.hasPrefix("swp"))
    }

    private static func addressMode(_ pattern: String, _ fixed: FixedBits) -> AddressMode {
        if pattern.includes("imm19") { return .literal }
        if pattern.includes("imm12") { return .scaledOffset }
        if pattern.includes("option") { return .register }
        if pattern.includes("imm7") {
            return [1: .post, 3: .pre][Word(fixed.match)[Field(23, 2)]] ?? .offset
        }
        guard pattern.includes("imm9") else {
            return isStructure(fixed.match) && pattern.includes("rm") ? .post : .base
        }
        return [1: .post, 3: .pre][Word(fixed.match)[Bits.indexLow]] ?? .offset
    }

    /// Loads and stores of vector registers, and those of structures among them.
    private static func isVector(_ word: UInt32) -> Bool {
        word & 0x0e00_0000 == 0x0c00_0000 || word >> 26 & 0xb == 0xb
    }
    private static func isStructure(_ word: UInt32) -> Bool { word & 0x0e00_0000 == 0x0c00_0000 && word >> 28 & 3 == 0 }

    /// Bytes of an access; of both parts for pairs; the most that a structure can have.
    private static func accessBytes(_ name: String, _ fixed: FixedBits) -> Int {
        let w = Word(fixed.match)
        if isStructure(w.bits) { return 64 }
        if isVector(w.bits) {
            if w.bits >> 27 & 7 == 5 { return 8 << w[Bits.size] }
            return 1 << (w[Field(23, 1)] << 2 | w[Bits.size])
        }
        if name.includes("casp") { return w[Field(30, 1)] == 0 ? 8 : 16 }
        if ["stxp", "stlxp", "ldxp", "ldaxp"].contains(name) { return w[Bits.size] == 2 ? 8 : 16 }
        if name.hasPrefix("ldp") || name.hasPrefix("ldnp") || name.hasPrefix("stp") || name.hasPrefix("stnp") {
            return w[Bits.size] == 2 ? 16 : 8
        }
        if w.bits >> 24 & 0x3b == 0x18 { return w[Bits.size] == 1 ? 8 : 4 }
        return 1 << w[Bits.size]
    }

    private static let signedUpdates =
        "the oracle compares sizes below eight bytes as unsigned numbers; SystemTests has "
        + "'ldsmax and ldsmin compare small sizes as signed numbers'"

    private static let machineRegisters = "most system registers are the machine's own; SystemTests has "

    /// Rows that the oracle, which runs in kernel mode on a machine of its own, cannot judge, with the test that has them.
    private static let untestable: [String: String] = [
        "mrs": machineRegisters + "'System registers that user mode has read as FreeBSD shows them'",
        "msr": machineRegisters + "'FPCR keeps its bits and sets the rounding; FPSR keeps its own'",
        "hint": "in the oracle some wait for an interrupt; SystemTests has 'Hints do nothing'",
        "ldsmaxb": signedUpdates, "ldsmaxh": signedUpdates, "ldsminb": signedUpdates, "ldsminh": signedUpdates,
    ]

    // MARK: Words

    /// A word of the row that the manual defines and that stays inside the test's code and memory.
    func word(_ operands: inout Operands) -> UInt32 {
        while true {
            let word = adjusted(operands.word(fixed), &operands)
            if isDefined(Word(word)) { return word }
        }
    }

    private func adjusted(_ word: UInt32, _ operands: inout Operands) -> UInt32 {
        switch kind {
        case .branch: return RowPlan.branch(word, distance: 2 + operands.below(5))
        case .memory(_, .literal, _):
            return word & ~Bits.immediate19.mask | Bits.immediate19.encode(operands.below(4))
        default: break
        }
        switch name {
        case "svc": return word & ~Bits.immediate16.mask
        // With the low half alone the oracle raises exceptions of the high one too.
        case "fcmla" where pattern.includes("01111 01"): return word | Bits.full.mask
        // Words with lanes of 16 bits have rows of their own.
        case "scvtf", "ucvtf", "fcvtzs", "fcvtzu":
            return pattern.includes("immh") && Word(word)[Bits.shiftHigh] < 4 ? word | Bits.shiftHigh.encode(4) : word
        // Most logical immediates and bit fields with random fields are reserved.
        case "and", "orr", "eor", "ands", "sbfm", "bfm", "ubfm", "extr":
            guard pattern.includes("imms"), !operands.oneIn(8) else { return word }
            return fieldWord(word, &operands)
        default:
            // A shift that a 32-bit operation does not have.
            let isShift = pattern.includes("shift") && word >> 31 == 0 && !operands.oneIn(8)
            return isShift ? word & ~(1 << 15) : word
        }
    }

    /// The branch with another distance, in words.
    static func branch(_ word: UInt32, distance: Int) -> UInt32 {
        let field = distanceField(word)
        return word & ~field.mask | field.encode(distance)
    }

    /// The distance of a branch, by the class of its word (DDI 0487, C4.1, "Branches, Exception Generating and System").
    static func distanceField(_ word: UInt32) -> Field {
        switch word >> 24 & 0x7f {
        case 0x14...0x17: Bits.immediate26
        case 0x36, 0x37: Bits.immediate14
        default: Bits.immediate19
        }
    }

    /// Whether bits that are a register in other words are part of something else in this row's.
    func isImmediate(_ register: Field) -> Bool {
        switch register {
        case Bits.rm: ["imm", "rmif"].contains { pattern.includes($0) && !pattern.includes(" rm ") }
        case Bits.rd: pattern.hasSuffix("nzcv") || pattern.hasSuffix("1")
        default: false
        }
    }

    private func fieldWord(_ word: UInt32, _ operands: inout Operands) -> UInt32 {
        let is64Bit = word >> 31 == 1
        var word = word & ~(Bits.n.mask | Bits.immr.mask | Bits.imms.mask)
        let bits = is64Bit ? 64 : 32
        let isField = name.hasSuffix("fm") || name == "extr"
        word |= Bits.n.encode(is64Bit && (isField || operands.oneIn(2)) ? 1 : 0)
        if name != "extr" {
            word |= Bits.immr.encode(operands.below(bits))
        } else {
            word |= Bits.rm.encode(operands.below(32))
        }
        return word | Bits.imms.encode(operands.below(bits))
    }

    /// Leaves out what the manual calls CONSTRAINED UNPREDICTABLE in the choice of registers, and what would leave the
    /// test.
    func isDefined(_ w: Word) -> Bool {
        guard case .memory(let size, let mode, let isAligned) = kind else {
            // `blr x30` reads its target before it links, in the manual and here; the oracle has it so too.
            return kind != .jumpToRegister || w[Bits.rn] != Register.zero
        }
        let (rt, rn) = (w[Bits.rt], w[Bits.rn])
        if name == "dc zva" { return rt != Register.zero }
        let isPair = pattern.includes("rt2")
        // The stack pointer is a multiple of 16, so that the displacement decides about alignment.
        if isAligned && mode == .offset && rn == Register.sp && w[Bits.immediate9] % size != 0 { return false }
        if Self.isVector(w.bits) {
            return !(isPair && name.hasPrefix("ld") && rt == w[Bits.rt2]) && (mode != .register || w[Bits.rm] != rn)
        }
        if (mode == .post || mode == .pre) && rn != Register.sp {
            if rt == rn || isPair && w[Bits.rt2] == rn { return false }
        }
        if isPair && name.hasPrefix("ld") && rt == w[Bits.rt2] { return false }
        if mode == .register && w[Bits.rm] == rn { return false }
        if pattern.includes("rs"), name.hasPrefix("st"), pattern.includes("001000") {
            if w[Bits.rs] == rt || w[Bits.rs] == rn && rn != Register.sp { return false }
            if isPair && w[Bits.rs] == w[Bits.rt2] { return false }
        }
        // The last register of a pair would be number 31, and the base must survive.
        if name == "casp", w[Bits.rs] | 1 == rn || w[Bits.rt] | 1 == rn { return rn == Register.sp && rn & 1 == 1 }
        return true
    }

    // MARK: States

    func state(_ w: Word, _ operands: inout Operands) -> AArch64State {
        var state = operands.state(named: Operands.named(w.bits))
        switch kind {
        case .memory(let size, let mode, let isAligned): place(&state, w, size, mode, isAligned, &operands)
        case .jumpToRegister:
            state.general[w[Bits.rn]] = ConformanceWindow.codeAddress + UInt64(4 * (2 + operands.below(5)))
        case .branch where operands.oneIn(2) && name.hasPrefix("c"):
            state.general[w[Bits.rt]] = operands.oneIn(2) ? 0 : 1 << 32
        default: break
        }
        if pattern.hasPrefix("sf 1"), operands.oneIn(3), w[Bits.rm] != Register.zero {
            state.general[w[Bits.rm]] = state.general[w[Bits.rn]]
        }
        return state
    }

    /// Puts an address inside the window into the base register.
    private func place(
        _ state: inout AArch64State, _ w: Word, _ size: Int, _ mode: AddressMode, _ isAligned: Bool,
        _ operands: inout Operands
    ) {
        let place = 16 + operands.below(RowPlan.memoryBytes - 16 - max(size, 32))
        let address = ConformanceWindow.memoryAddress + UInt64(isAligned ? place / size * size : place)
        let offset: UInt64
        switch mode {
        case .literal: return
        case .base, .post: offset = 0
        case .scaledOffset: offset = UInt64(w[Bits.immediate12] * size)
        case .offset, .pre:
            let isPair = pattern.includes("imm7")
            let bytes = isPair ? w[Bits.immediate7] * size / 2 : w[Bits.immediate9]
            offset = UInt64(bitPattern: Int64(bytes))
        case .register:
            let index = w[Bits.rm] == Register.zero ? 0 : state.general[w[Bits.rm]]
            let extended: UInt64 =
                switch w[Bits.option] {
                case 2: index & 0xffff_ffff
                case 6: UInt64(bitPattern: Int64(Int32(truncatingIfNeeded: index)))
                default: index
                }
            offset = extended << (w[Bits.scaled] == 0 ? 0 : UInt64(size.trailingZeroBitCount))
        }
        let base = address &- offset
        let register = w[name == "dc zva" ? Bits.rt : Bits.rn]
        // The oracle does not look whether the stack pointer is a multiple of 16.
        state.general[register] = register == Register.sp ? base & ~15 : base
        // Compare and exchange now and then succeeds.
        if name.hasPrefix("cas"), operands.oneIn(2), w[Bits.rs] != Register.zero, w[Bits.rs] | 1 != w[Bits.rn] | 1 {
            let start = Int(address - ConformanceWindow.memoryAddress)
            let bytes = name == "casp" ? size / 2 : size
            state.general[w[Bits.rs]] = Self.number(state.memory, start, bytes)
            if name == "casp", w[Bits.rs] < 30 {
                state.general[w[Bits.rs] + 1] = Self.number(state.memory, start + bytes, bytes)
            }
        }
    }

    private static func number(_ memory: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
        memory[start..<start + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    // MARK: Sequences

    /// The instruction with what precedes and follows it: branches get a ladder that shows where they went, a store
    /// exclusive the load that it needs.
    func sequence(_ word: UInt32, _ operands: inout Operands) -> [UInt32] {
        switch kind {
        case .branch, .jumpToRegister, .memory(_, .literal, _):
            // add xN, xN, #1 for a few registers.
            return [word] + [8, 9, 10, 11, 12, 13, 14].map { 0x9100_0400 | $0 << 5 | $0 }
        case .memory where name.hasPrefix("stx") || name.hasPrefix("stlx"):
            guard !operands.oneIn(4), let load = exclusiveLoad(word) else { return [word] }
            return [load, word]
        default: return [word]
        }
    }

    /// The load exclusive of the same size and base, into registers that the store does not use.
    private func exclusiveLoad(_ word: UInt32) -> UInt32? {
        let w = Word(word)
        let used = [w[Bits.rt], w[Bits.rn], w[Bits.rs], pattern.includes("rt2") ? w[Bits.rt2] : 32]
        let free = (0..<31).filter { !used.contains($0) }
        let load = word & ~(Bits.rt.mask | Bits.rs.mask) | 1 << 22 | Bits.rs.encode(31) | Bits.rt.encode(free[0])
        guard pattern.includes("rt2") else { return load }
        return load & ~Bits.rt2.mask | Bits.rt2.encode(free[1])
    }
}
