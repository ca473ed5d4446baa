/// Host registers hold those registers of the guest that the program uses most: what `RegisterUse` has found out, or a
/// process before this one.
extension ExecutionEngine {
    /// Guest instructions that one look takes in.
    private static let instructionsPerLook = 48

    /// Before the program whose code lies at an address begins: keeps the registers that an earlier process has chosen for
    /// it, or starts to look which those are.
    func chooseRegisters(ofProgramAt address: GuestAddress, rounds: [Int32] = RegisterUse.usualRounds) {
        guard let translator, !oneInstructionPerBlock, !translator.pinnedIntegers.isEmpty else { return }
        program = source.fileCode(at: address)
        if let program, let stored = images?.storedPins(of: program), isUsable(stored.integers, translator) {
            if stored.integers != translator.pinnedIntegers { pin(stored.integers) }
            return
        }
        let use = RegisterUse(description.registers, rounds: rounds)
        registerUse = use
        backEdgesPerVisit = use.backEdges
    }

    /// Whether a file names as many integer registers as there are to be, each once.
    private func isUsable(_ integers: [RegisterIndex], _ translator: CodeTranslator) -> Bool {
        integers.count == translator.pinnedIntegers.count && Set(integers).count == integers.count
            && integers.allSatisfy { register in
                let rows = description.registers.rows
                return rows.indices.contains(Int(register.raw)) && rows[Int(register.raw)].registerClass == .integer
            }
    }

    /// A thread has executed `backEdgesPerVisit` back-edges, the last of which leads to `pc`: a place where the program
    /// often is.
    func lookAtRegisters(of pc: GuestAddress) {
        guard registerUse != nil else { return }
        lockForBlocks()
        defer { unlock() }
        guard let translator, registerUse != nil else { return }
        noteLoop(at: pc)
        guard case .choice(let integers, let isLast)? = registerUse?.endLook(current: translator.pinnedIntegers) else {
            return
        }
        if isLast { endLooks() } else { backEdgesPerVisit = registerUse?.backEdges ?? backEdgesPerVisit }
        guard integers != translator.pinnedIntegers else { return }
        pin(integers)
        if let program { images?.store(StoredPins(integers: integers), of: program) }
    }

    private func endLooks() {
        registerUse = nil
        backEdgesPerVisit = Self.usualBackEdges
    }

    /// Looks at what is executed from a loop's start on, as far as it is known without its conditions.
    private func noteLoop(at start: GuestAddress) {
        var (pc, instructionCount) = (start, 0)
        repeat {
            guard let (block, _) = assembleBlock(at: pc, false), ExecutionEngine.isComplete(block),
                let last = block.operations.last
            else { return }
            instructionCount += registerUse?.note(block) ?? 0
            // A loop's end is followed by what is executed less often.
            guard last.opcode == .goto, !Self.leads(block, to: start) else { return }
            pc = last.constant
        } while instructionCount < Self.instructionsPerLook
    }

    private static func leads(_ block: Block, to address: GuestAddress) -> Bool {
        block.operations.contains { $0.opcode == .goto && $0.constant == address }
    }

    /// Keeps these integer registers in the host's from now on, for which everything is translated anew. The lock is held by
    /// `lockForBlocks`, or no thread runs yet.
    func pin(_ integers: [RegisterIndex]) {
        guard let translator else { return }
        flushAll(stores: false)
        images?.restart(pins: integers)
        translator.cache.giveBackAll()
        translator.pin(integers)
        for thread in threads { translator.installThunks(in: thread.cpu) }
        listThunks()
    }
}
