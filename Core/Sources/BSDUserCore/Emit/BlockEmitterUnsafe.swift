/// Translates IR blocks into x86-64 code: one backward pass over a block for liveness, one forward pass that selects,
/// allocates and encodes.
///
/// Pinned guest registers stay in host registers, every other `put` is stored at once, so that guest state is exact
/// wherever an operation may fault, without maps. Values that a block computes live in four integer and six vector
/// temporaries. An instance serves one thread at a time.
final class BlockEmitter {
    /// A jump that leaves the block to a known guest address, or where a call that returns to it lands.
    struct Chain {
        let fixup: Assembler.Fixup
        let target: UInt64
        let isLanding: Bool
        /// Where the jump leads until it is linked.
        var stub: Assembler.Fixup
    }

    /// A jump to a label that is not placed yet.
    struct LabelFixup {
        let fixup: Assembler.Fixup
        let label: UInt32
    }

    /// The most bytes that one operation's hot or cold code takes.
    static let operationReserve = 768
    /// Values that can be saved, behind the state's registers.
    static let spillSlotCount = CPUState.spillBytes / 8

    let pins: PinMap
    let instructionAlignmentLog2: Int

    var assembler: Assembler
    /// Start of the block's code.
    var start: UnsafeMutablePointer<UInt8>
    var pc: UInt64 = 0
    var operations: UnsafePointer<Operation>
    var count = 0

    let opcodeTraits: UnsafeMutablePointer<OpcodeTraits>
    let placements: UnsafeMutablePointer<RegisterPlacement>
    /// Indexed by operation.
    let values: UnsafeMutablePointer<ValueInfo>
    /// Indexed by guest register: the operand that its home holds, or `Value.none`.
    let holders: UnsafeMutablePointer<UInt32>
    /// Indexed by guest register, for the backward pass: index of the next `get` and `put`.
    let nextGets: UnsafeMutablePointer<Int32>
    let nextPuts: UnsafeMutablePointer<Int32>
    /// Indexed by host register: the value in it, or -1.
    let owners: UnsafeMutablePointer<Int32>
    /// Indexed by label: its operation, and for the forwarding pass how many jumps lead to it.
    let labelOperations: UnsafeMutablePointer<Int32>
    let labelReferences: UnsafeMutablePointer<Int32>
    let labelFixups: UnsafeMutablePointer<LabelFixup>
    var labelFixupCount = 0
    let chains: UnsafeMutablePointer<Chain>
    var chainCount = 0
    let chainOffsets: UnsafeMutablePointer<UInt32>
    let coldPaths: UnsafeMutablePointer<ColdPath>
    var coldPathCount = 0
    let faults: UnsafeMutablePointer<FaultEntry>
    var faultCount = 0

    /// Where the code of each guest instruction begins, when someone looks at code (`recordsMarks`), and the counters of
    /// their executions, one for each; nil counts nothing.
    let marks: UnsafeMutablePointer<FaultEntry>
    var markCount = 0
    var recordsMarks = false
    var counters: UnsafeMutablePointer<UInt64>?

    /// The operation that is being lowered.
    var current = 0
    /// Host registers that the current operation uses, a bit each.
    var locked: UInt64 = 0
    /// The current operation has its operands in registers: those that die here are dead from now on.
    var operandsAreRead = false
    /// The operation whose flags the host's flags are, or -1, and the place in the code up to which that holds.
    var heldFlags = -1
    var heldFlagsEnd: UnsafeMutablePointer<UInt8>
    /// The instructions that come must leave the host's flags alone.
    var keepsFlags = false
    /// Guest memory has not been accessed since the last locked instruction: a barrier has nothing to order.
    var isFenced = false
    /// Free spill slots, a bit each.
    var freeSpills: UInt64 = 0
    /// Where the search for a temporary starts, so that cached values take turns.
    var nextTemporary = 0
    /// Restart offset and delay-slot bit of the last mark, as in `FaultEntry.restart`.
    var restart: Int32 = 0
    /// Subnormal operands have to trap under some modes.
    let reportsFlushing: Bool
    /// Whether control reaches the current operation.
    var isReachable = true
    /// The label that comes is where a call returns to.
    var isAtLanding = false
    /// The block needs more temporaries or spill slots than there are: it cannot be translated, whatever the room.
    var hasFailed = false

    init(pins: PinMap, instructionAlignmentLog2: Int, reportsFlushing: Bool = false) {
        let capacity = Builder.capacity
        self.pins = pins
        self.reportsFlushing = reportsFlushing
        self.instructionAlignmentLog2 = instructionAlignmentLog2
        placements = pins.placements
        opcodeTraits = .allocate(capacity: OpcodeTable.rows.count)
        for (index, row) in OpcodeTable.rows.enumerated() { (opcodeTraits + index).initialize(to: OpcodeTraits(row)) }
        values = .allocate(capacity: capacity)
        holders = .allocate(capacity: max(1, pins.registerCount))
        nextGets = .allocate(capacity: max(1, pins.registerCount))
        nextPuts = .allocate(capacity: max(1, pins.registerCount))
        owners = .allocate(capacity: HostRegister.count)
        labelOperations = .allocate(capacity: capacity)
        labelReferences = .allocate(capacity: capacity)
        labelReferences.initialize(repeating: 0, count: capacity)
        labelOperations.initialize(repeating: 0, count: capacity)
        labelFixups = .allocate(capacity: capacity)
        chains = .allocate(capacity: capacity)
        chainOffsets = .allocate(capacity: capacity)
        coldPaths = .allocate(capacity: capacity)
        faults = .allocate(capacity: capacity)
        marks = .allocate(capacity: capacity)
        let placeholder = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
        start = placeholder
        heldFlagsEnd = placeholder
        assembler = Assembler(start: placeholder, count: 0, hasAVX512: pins.hasAVX512)
        operations = UnsafePointer(UnsafeMutablePointer<Operation>.allocate(capacity: 0))
        placeholder.deallocate()
        operations.deallocate()
    }

    deinit {
        opcodeTraits.deallocate()
        values.deallocate()
        holders.deallocate()
        nextGets.deallocate()
        nextPuts.deallocate()
        owners.deallocate()
        labelOperations.deallocate()
        labelReferences.deallocate()
        labelFixups.deallocate()
        chains.deallocate()
        chainOffsets.deallocate()
        coldPaths.deallocate()
        faults.deallocate()
        marks.deallocate()
    }

    /// Writes the block's code at `place`, or returns nil when `byteCount` bytes are too few.
    ///
    /// `place` is where the code will run, or another view of it with the same low three address bits. The result's
    /// buffers hold until the next call.
    func emit(_ block: Block, at place: UnsafeMutablePointer<UInt8>, byteCount: Int) -> EmittedBlock? {
        guard let base = block.operations.baseAddress, block.operations.count <= Builder.capacity else { return nil }
        operations = base
        count = block.operations.count
        pc = block.pc
        start = place
        assembler = Assembler(start: place, count: byteCount, hasAVX512: pins.hasAVX512)
        analyse()
        resetForward()
        guard lowerOperations() else { return nil }
        let hotByteCount = assembler.position - start
        guard emitColdPaths(), emitChainStubs() else { return nil }
        return EmittedBlock(
            byteCount: assembler.position - start,
            faults: UnsafeBufferPointer(start: faults, count: faultCount),
            chainRecords: UnsafeBufferPointer(start: chainOffsets, count: chainCount), hotByteCount: hotByteCount,
            marks: UnsafeBufferPointer(start: marks, count: markCount))
    }

    private func resetForward() {
        labelFixupCount = 0
        chainCount = 0
        coldPathCount = 0
        faultCount = 0
        markCount = 0
        restart = 0
        isReachable = true
        isAtLanding = false
        hasFailed = false
        heldFlags = -1
        keepsFlags = false
        isFenced = false
        forgetValues()
    }

    /// Writes the hot code; false when there is no room.
    private func lowerOperations() -> Bool {
        current = 0
        while current < count {
            if assembler.remaining < BlockEmitter.operationReserve || hasFailed { return false }
            let operation = operations[current]
            if operation.opcode == .label {
                placeLabel(operation.a)
            } else if isReachable && !values[current].traits.contains(.dead) {
                locked = 0
                operandsAreRead = false
                lower(operation)
            }
            current += 1
        }
        // A block that does not end is malformed; the verifier reports it, and here it must not run on.
        if isReachable { assembler.ud2() }
        return !hasFailed
    }

    /// Every jump to a known guest address first leads to a stub that passes the address of the chain record.
    private func emitChainStubs() -> Bool {
        guard chainCount > 0 else { return true }
        let stubBytes = 16
        guard assembler.remaining >= chainCount * (stubBytes + MemoryLayout<ChainRecord>.size) + 16 else {
            return false
        }
        for index in 0..<chainCount where !chains[index].isLanding {
            assembler.patch32Here(chains[index].fixup)
            chains[index].stub = assembler.position
            // Filled in below, when the place of the record is known.
            assembler.lea(.qword, .rax, Address(instructionPointerRelative: 0))
            assembler.jmp(Thunks.header(.chainThunk))
        }
        while UInt(bitPattern: assembler.position) & 7 != 0 { assembler.emit8(0xCC) }
        for index in 0..<chainCount { emitChainRecord(index) }
        return true
    }

    private func emitChainRecord(_ index: Int) {
        let chain = chains[index]
        let record = assembler.position
        // The displacement ends the seven bytes of the LEA.
        if !chain.isLanding { assembler.patch32(chain.stub + 3, to: record) }
        let stubDistance = chain.isLanding ? ChainRecord.noStub : Int32(truncatingIfNeeded: chain.stub - record)
        assembler.emit64(chain.target)
        assembler.emit32(UInt32(truncatingIfNeeded: chain.fixup - record))
        assembler.emit32(UInt32(bitPattern: stubDistance))
        chainOffsets[index] = UInt32(truncatingIfNeeded: record - start)
    }
}
