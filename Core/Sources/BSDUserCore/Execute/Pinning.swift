/// Host registers hold those registers of the guest that the program uses most: what `RegisterUse` has found out, or a
/// process before this one.
extension ExecutionEngine {
    /// Guest instructions that one look takes in.
    private static let instructionsPerLook = 48
    /// Blocks that are translated anew for the next process, at most.
    private static let mostFormerBlocks = 1 << 14

    /// Before the program whose code lies at an address begins: keeps the registers that an earlier process has chosen for
    /// it, and looks whether others are better, since it may do something else this time.
    func chooseRegisters(ofProgramAt address: GuestAddress, rounds: [Int32] = RegisterUse.usualRounds) {
        guard let translator, !oneInstructionPerBlock, !translator.pinnedIntegers.isEmpty else { return }
        program = source.fileCode(at: address)
        var followsChoice = false
        if let program, let stored = images?.storedPins(of: program), isUsable(stored.integers, translator) {
            if stored.integers != translator.pinnedIntegers { pin(stored.integers) }
            followsChoice = true
        }
        let use = RegisterUse(description.registers, rounds: rounds, followsChoice: followsChoice)
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
        lockForBlocks()
        defer { unlock() }
        guard let translator, registerUse != nil else { return }
        noteLoop(at: pc)
        guard case .choice(let integers, let isLast)? = registerUse?.endLook(current: translator.pinnedIntegers) else {
            return
        }
        backEdgesPerVisit = isLast ? Self.usualBackEdges : registerUse?.backEdges ?? Self.usualBackEdges
        if isLast { registerUse = nil }
        guard integers != translator.pinnedIntegers else { return }
        newChoice = StoredPins(integers: integers)
        pin(integers)
    }

    /// Looks at what is executed from a loop's start on, as far as it is known without its conditions. What was never
    /// executed is left alone: a look at it might have to watch its page.
    private func noteLoop(at start: GuestAddress) {
        var (pc, instructionCount) = (start, 0)
        repeat {
            guard isTranslated(pc), let (block, _) = assembleBlock(at: pc, false), ExecutionEngine.isComplete(block),
                let last = block.operations.last
            else { return }
            instructionCount += registerUse?.note(block) ?? 0
            // A loop's end is followed by what is executed less often.
            guard last.opcode == .goto, !Self.leads(block, to: start) else { return }
            pc = last.constant
        } while instructionCount < Self.instructionsPerLook
    }

    private func isTranslated(_ pc: GuestAddress) -> Bool {
        table.block(at: pc) != 0 || images?.attached.contains { $0.arenaCode(at: pc) != nil } == true
    }

    private static func leads(_ block: Block, to address: GuestAddress) -> Bool {
        block.operations.contains { $0.opcode == .goto && !$0.isCall && $0.constant == address }
    }

    /// Keeps these integer registers in the host's from now on, for which everything is translated anew. The lock is held by
    /// `lockForBlocks`, or no thread runs yet.
    func pin(_ integers: [RegisterIndex]) {
        guard let translator else { return }
        noteFormerBlocks()
        flushAll(stores: false)
        images?.restart(pins: integers)
        translator.cache.giveBackAll()
        translator.pin(integers)
        for thread in threads { translator.installThunks(in: thread.cpu) }
        listThunks()
    }

    /// The state of a thread that is not in guest code was put back to what it was: the thunks may be others since.
    func refreshThunks(of cpu: CPUState) {
        lock()
        translator?.installThunks(in: cpu)
        unlock()
    }

    // MARK: For the next process

    private func noteFormerBlocks() {
        for image in images?.attached ?? [] where !image.isStale {
            table.forEachBlock(in: image.code.range) { block in
                if formerBlocks.count < Self.mostFormerBlocks { formerBlocks.append(block.pc) }
            }
        }
    }

    /// Before files are written: what ran before the choice, and not since, is translated anew, so that the next process
    /// finds it. The lock is held by `lockForBlocks`.
    func translateFormerBlocks() {
        let addresses = formerBlocks
        formerBlocks = []
        guard let translator else { return }
        for pc in addresses where !translator.isNearlyFull && table.hasRoom(faultCount: Builder.capacity) {
            _ = resolve(pc, translator)
        }
    }
}
