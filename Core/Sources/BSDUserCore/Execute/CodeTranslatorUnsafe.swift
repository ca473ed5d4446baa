import CHost

/// The translator's part of the engine: emitter, arena, thunks, and the table that stops indirect jumps.
///
/// The engine's lock protects it.
final class CodeTranslator {
    /// Reserved for translated code; only what is used costs memory.
    static let arenaBytes = 256 << 20
    /// With more than this left an emitter that fails does so for another reason than room.
    private static let ampleBytes = 2 << 20

    /// Entries of a thread's jump table, and the bytes of one: guest address and host address.
    static let jumpTableEntries = 1 << 16
    static let jumpTableBytes = jumpTableEntries * 16

    var cache: CodeCache
    private var thunks: Thunks
    /// Where in the arena the thunks begin.
    private var thunksOffset: UInt32
    /// Made for the first block: a program whose translation is in the cache needs none.
    private var emitter: BlockEmitter?
    private var pins: PinMap
    private let registers: RegisterFile
    private let reportsFlushing: Bool
    /// Who counts executions.
    private var profile: ExecutionProfile?
    private var recordsMarks = false
    private let floatProfile: UnsafeMutablePointer<FloatProfile>
    /// A jump table without any entry.
    private let missTable: ReservedMemory
    let instructionAlignmentLog2: UInt64

    init?(_ description: ArchitectureDescription, separatesViews: Bool = false) {
        guard var cache = CodeCache(byteCount: CodeTranslator.arenaBytes, separatesViews: separatesViews) else {
            return nil
        }
        guard let missTable = ReservedMemory(byteCount: CodeTranslator.jumpTableBytes) else {
            cache.release()
            return nil
        }
        let pins = PinMap(description.registers, features: HostProcessor().features)
        let alignmentLog2 = description.instructionAlignmentLog2
        (thunksOffset, thunks) = CodeTranslator.emitThunks(pins, &cache, instructionAlignmentLog2: alignmentLog2)
        self.pins = pins
        registers = description.registers
        reportsFlushing = description.floatProfile.reportsFlushing
        floatProfile = .allocate(capacity: 1)
        floatProfile.initialize(to: description.floatProfile)
        instructionAlignmentLog2 = UInt64(description.instructionAlignmentLog2)
        self.cache = cache
        self.missTable = missTable
        CodeTranslator.initialiseJumpTable(missTable.base, instructionAlignmentLog2)
        chost_fault_set_arena(cache.executable, cache.byteCount)
    }

    deinit {
        chost_fault_set_arena(cache.executable, 0)
        cache.release()
        missTable.release()
        floatProfile.deallocate()
    }

    private static func emitThunks(
        _ pins: PinMap, _ cache: inout CodeCache, instructionAlignmentLog2: Int
    ) -> (UInt32, Thunks) {
        let offset = cache.nextOffset
        var assembler = Assembler(start: cache.place, count: Thunks.maximumByteCount, hasAVX512: pins.hasAVX512)
        let thunks = Thunks.emit(&assembler, pins, instructionAlignmentLog2: instructionAlignmentLog2)
        cache.commit(Thunks.maximumByteCount)
        cache.reserveCommitted()
        return (offset, thunks)
    }

    /// Keeps other integer registers in the host's from now on. All code is gone and no thread is in it, but one may be about
    /// to return from the thunks through which it left: they stay, and others take their place.
    func pin(_ integers: [RegisterIndex]) {
        pins = PinMap(registers, integers: integers, features: pins.features)
        emitter = nil
        (thunksOffset, thunks) = CodeTranslator.emitThunks(
            pins, &cache, instructionAlignmentLog2: Int(instructionAlignmentLog2))
    }

    /// The guest's integer registers that host registers hold.
    var pinnedIntegers: [RegisterIndex] { pins.integers }

    /// Before anything is translated: makes code as the log wants to see it.
    func prepare(for log: ExecutionLog?) {
        recordsMarks = log?.wantsMarks == true
        emitter?.recordsMarks = recordsMarks
        profile = log?.profile
    }

    /// Prepares a thread's state, but for the thunks; `jumpTable` is its own.
    func install(in state: CPUState, jumpTable: UnsafeMutableRawPointer) {
        state.setHeader(.ownJumpTable, jumpTable)
        state.setHeader(.jumpTable, jumpTable)
        state.setHeader(.missTable, missTable.base)
        CodeTranslator.initialiseJumpTable(jumpTable, instructionAlignmentLog2)
    }

    /// Tells a thread that is not in guest code where the thunks are, and empties its stack of returns.
    func installThunks(in state: CPUState) {
        let base = UInt(bitPattern: cache.address(thunksOffset))
        thunks.install(in: state, base: base, profile: floatProfile)
        ReturnStack.empty(in: state, landing: base + UInt(thunks.emptyStack))
    }

    /// The thunks in force.
    var thunkCode: UnsafeRawBufferPointer {
        cache.code(thunksOffset, count: UInt32(truncatingIfNeeded: thunks.byteCount))
    }

    /// What translated code uses of the host's processor.
    var features: HostFeatures { pins.features }

    /// Makes a zeroed table miss every address: a zero key belongs into entry 0, and any other entry never matches it;
    /// entry 0 gets a key that belongs elsewhere.
    static func initialiseJumpTable(_ table: UnsafeMutableRawPointer, _ alignmentLog2: UInt64) {
        table.storeBytes(of: 1 << alignmentLog2, as: UInt64.self)
    }

    /// Writes a block's code to the arena: its offset, the outcome, or nil when there is no room or the emitter gave up.
    func emit(_ block: Block) -> (UInt32, EmittedBlock)? {
        let emitter = emitter ?? makeEmitter()
        if let profile { emitter.counters = profile.place(count: block.operations.count) }
        guard let emitted = emitter.emit(block, at: cache.place, byteCount: cache.remaining) else { return nil }
        let offset = cache.nextOffset
        cache.commit(emitted.byteCount)
        return (offset, emitted)
    }

    private func makeEmitter() -> BlockEmitter {
        let made = BlockEmitter(
            pins: pins, instructionAlignmentLog2: Int(instructionAlignmentLog2), reportsFlushing: reportsFlushing)
        made.recordsMarks = recordsMarks
        emitter = made
        return made
    }

    /// What the log sees of the block that was emitted last; `window` is where its guest code was read to.
    func describe(
        _ block: Block, at offset: UInt32, _ emitted: EmittedBlock, window: UnsafeRawBufferPointer
    ) -> TranslatedBlock {
        let last = block.operations.last
        let end = block.pc &+ UInt64(block.byteCount)
        return TranslatedBlock(
            pc: block.pc, guestCode: UnsafeRawBufferPointer(rebasing: window.prefix(block.byteCount)),
            hostCode: UnsafeRawBufferPointer(start: cache.address(offset), count: emitted.byteCount),
            fallsThrough: last?.opcode == .goto && last?.constant == end,
            address: UInt(bitPattern: cache.address(offset)), hotByteCount: emitted.hotByteCount,
            marks: emitted.marks, chainRecords: emitted.chainRecords, counters: emitter?.counters ?? nil)
    }

    /// Whether a failure to emit may be for want of room.
    var isNearlyFull: Bool { cache.remaining < CodeTranslator.ampleBytes }
}

/// Where execution goes on.
enum Resolution {
    /// In translated code.
    case code(UnsafeRawPointer)
    /// With one block under the interpreter: the emitter gave it up.
    case interpret
    /// Nowhere: the code cannot be fetched.
    case fetchFault
}

// The lock is held in all of these.
extension ExecutionEngine {
    /// The translated code of the block at `pc`, translating it when it is new.
    func resolve(_ pc: GuestAddress, _ translator: CodeTranslator) -> Resolution {
        switch translation(at: pc, translator) {
        case .block(let index): .code(translator.cache.address(table.blocks[index].code))
        case .stored(_, let code): .code(translator.cache.address(code))
        case .impossible: .interpret
        case nil: .fetchFault
        }
    }

    /// Follows the exit whose chain record stands at a host address, and patches it to jump straight to its target.
    func follow(chainRecord address: UInt, _ cpu: CPUState, _ translator: CodeTranslator) -> Resolution {
        guard let record = translator.cache.offset(address) else { return .fetchFault }
        let target = translator.cache.target(ofRecord: record)
        cpu.pc = target
        let generation = generation
        let code: UInt32
        let isNoted: Bool
        // A flush took the exit's own code away. A dead block may be linked: its code stays until the next flush.
        switch translation(at: target, translator) {
        case .block(let index):
            code = table.blocks[index].code
            isNoted = generation == self.generation && table.addLink(chainRecord: record, target: index)
        case .stored(let image, let place):
            code = place
            isNoted = generation == self.generation && addLink(chainRecord: record, to: image)
        case .impossible: return .interpret
        case nil: return .fetchFault
        }
        if isNoted { translator.cache.link(record: record, to: code) }
        return .code(translator.cache.address(code))
    }

    /// Where the translation of a block is.
    private enum Translation {
        /// It must be interpreted.
        case impossible
        /// In the table, with this index.
        case block(UInt32)
        /// In a file of the translation cache, at this offset in the arena.
        case stored(CodeImage, UInt32)
    }

    /// Finds or makes the translation of the block at `pc`; nil when it cannot be fetched.
    private func translation(at pc: GuestAddress, _ translator: CodeTranslator) -> Translation? {
        let known = table.block(at: pc)
        if known != 0 { return .block(known) }
        let image = images?.image(at: pc, self, translator)
        if let image, let code = image.arenaCode(at: pc) { return .stored(image, code) }
        guard let index = newBlock(at: pc, translator) else { return nil }
        if index == 0 { return .impossible }
        image?.newBlockCount += 1
        return .block(index)
    }

    /// Translates the block at `pc`: its index; 0 when it must be interpreted, nil when it cannot be fetched.
    private func newBlock(at pc: GuestAddress, _ translator: CodeTranslator) -> UInt32? {
        log?.translationBegins()
        guard let block = checkedBlock(at: pc) else { return nil }
        if !table.hasRoom(faultCount: block.operations.count) { flushAll() }
        var emitted = translator.emit(block)
        if emitted == nil && translator.isNearlyFull {
            flushAll()
            emitted = translator.emit(block)
        }
        guard let (code, result) = emitted else {
            log?.givenUp(block)
            return 0
        }
        log?.emitted(translator.describe(block, at: code, result, window: builtCode))
        let index = table.insert(
            pc: pc, byteCount: block.byteCount, code: code, codeCount: result.byteCount,
            chainCount: result.chainRecords.count, faults: result.faults)
        listCode(of: index)
        return index
    }
}
