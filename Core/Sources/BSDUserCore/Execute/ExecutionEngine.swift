import CHost
import Glibc

/// How guest code is executed.
enum ExecutionMode: Sendable {
    /// Blocks are translated to host code.
    case translator
    /// The IR is interpreted (`--no-jit`).
    case interpreter
}

/// The execution of guest code in one process: translated blocks, and the threads that run them.
///
/// One lock protects translation and tables. Threads take it when translated code meets something new, never within it.
final class ExecutionEngine {
    /// Bytes of guest code that a front end sees at most for one block. Most blocks are far shorter, and what lies beyond
    /// is copied in vain.
    static let windowBytes = 256
    /// Guest code invalidated for one flush of a cache line.
    static let flushLineBytes: UInt64 = 64

    /// Turns that are given to others before `tryLock` gives up.
    private static let lockAttempts = 1000

    let architecture: any GuestArchitecture
    let description: ArchitectureDescription
    let mode: ExecutionMode
    let source: any CodeSource
    /// The core's helpers and then the architecture's, as translated code calls them.
    let helperTable: UnsafeMutablePointer<Helper.Function>
    var table: BlockTable
    var threads: [ThreadExecution] = []
    /// Operations of the blocks that the interpreter keeps.
    var operations: Pool<Operation>
    /// Nil under the interpreter.
    let translator: CodeTranslator?
    /// Counts the flushes of everything.
    private(set) var generation = 0
    /// 1 while everything is being flushed; threads then must not enter guest code without the lock.
    let flushing: UnsafeMutablePointer<UInt32>

    /// Translate one guest instruction at a time.
    var oneInstructionPerBlock = false
    /// The translation cache; nil when it is off.
    var images: CodeImages?
    /// What `-d` asked for; nil logs nothing.
    var log: ExecutionLog? { didSet { translator?.prepare(for: log) } }

    /// Back-edges that a thread executes between two visits of the dispatcher when nobody asks for one earlier.
    var backEdgesPerVisit = ExecutionEngine.usualBackEdges
    static let usualBackEdges: Int32 = 1 << 20
    /// What the program uses of its registers; nil when that does not matter any more.
    var registerUse: RegisterUse?
    /// The program's own code, where that is a file.
    var program: FileCode?
    /// A choice of registers that later processes do not know yet.
    var newChoice: StoredPins?
    /// Guest addresses of blocks of files that were translated for other registers.
    var formerBlocks: [GuestAddress] = []

    /// Whom to tell of code; nil for nobody.
    var listings: CodeListings?

    private var builder = Builder()
    /// Stands in for a block that a front end failed to complete.
    private let illegalOperations: UnsafeMutableBufferPointer<Operation>
    private let window: UnsafeMutableRawPointer
    /// Guest addresses last found to be executable and not writable.
    private var knownCode: Range<GuestAddress> = 0..<0
    /// Distance from guest addresses in it to the host's.
    private var knownDistance: UInt64 = 0
    /// The mapping of a file that `knownCode` is a part of.
    private var knownMapping: Range<GuestAddress> = 0..<0
    /// Mappings in which blocks depend on code outside of them.
    private var mappingsLookedAt: [Range<GuestAddress>] = []
    private var lockStorage: UnsafeMutablePointer<pthread_mutex_t>

    /// Nil when the host has no room for the tables or, with the translator, for the code arena. `separatesViews` asks
    /// for an arena that is never writable and executable at the same address.
    init?(
        architecture: any GuestArchitecture, source: any CodeSource, mode: ExecutionMode, separatesViews: Bool = false
    ) {
        guard let table = BlockTable(), let operations = Pool<Operation>(capacity: 1 << 24) else { return nil }
        let description = architecture.description
        let translator = mode == .translator ? CodeTranslator(description, separatesViews: separatesViews) : nil
        if mode == .translator && translator == nil { return nil }
        self.description = description
        self.translator = translator
        self.architecture = architecture
        self.mode = mode
        self.source = source
        self.table = table
        self.operations = operations
        helperTable = CoreHelper.makeTable(architecture.helpers)
        flushing = .allocate(capacity: 1)
        flushing.initialize(to: 0)
        window = .allocate(byteCount: ExecutionEngine.windowBytes, alignment: 16)
        illegalOperations = .allocate(capacity: 2)
        illegalOperations.initializeElement(at: 0, to: Operation(.mark, .none, flags: 0, 0, 0, 0))
        let reason = ExitReason.illegalInstruction.rawValue
        illegalOperations.initializeElement(at: 1, to: Operation(.exit, .none, flags: 0, 0x8000_0000, reason, 0))
        lockStorage = .allocate(capacity: 1)
        pthread_mutex_init(lockStorage, nil)
    }

    deinit {
        table.release()
        operations.release()
        helperTable.deallocate()
        window.deallocate()
        flushing.deallocate()
        illegalOperations.deallocate()
        pthread_mutex_destroy(lockStorage)
        lockStorage.deallocate()
    }

    /// The engine of this process, for the hook that guarded writes call.
    nonisolated(unsafe) private static weak var active: ExecutionEngine?

    /// Makes this the engine of the process: installs the fault handlers, and lets guarded writes reach watched pages.
    func activate() {
        ExecutionEngine.active = self
        PluginVersion.coreIdentity.withUTF8Buffer { text in
            chost_fault_set_version(text.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) })
        }
        _ = chost_fault_install()
        chost_set_write_hook { address in
            ExecutionEngine.active?.mayWriteNow(address) == true ? 1 : 0
        }
    }

    func lock() { pthread_mutex_lock(lockStorage) }
    func unlock() { pthread_mutex_unlock(lockStorage) }

    /// Whether all blocks are just being forgotten. The lock is held.
    var isFlushing: Bool { flushing.pointee != 0 }

    /// Takes the lock if nobody holds it for long.
    func tryLock() -> Bool {
        for _ in 0..<ExecutionEngine.lockAttempts {
            if pthread_mutex_trylock(lockStorage) == 0 { return true }
            sched_yield()
        }
        return false
    }

    /// Takes the lock to find or make blocks: not while everything is being flushed.
    func lockForBlocks() {
        lock()
        while flushing.pointee != 0 { pause() }
    }

    /// Lets others have the lock for a moment.
    private func pause() {
        unlock()
        sched_yield()
        lock()
    }

    // MARK: Blocks

    /// Translates the guest code at `pc` to IR. The block is valid until the next call. Nil when it cannot be fetched.
    func buildBlock(at pc: GuestAddress, onlyFirstInstruction: Bool = false) -> Block? {
        guard let (block, byteCount) = assembleBlock(at: pc, onlyFirstInstruction) else { return nil }
        log?.built(block, code: UnsafeRawBufferPointer(start: window, count: min(byteCount, block.byteCount)))
        return block
    }

    /// The block, and how many bytes of code its front end saw.
    func assembleBlock(at pc: GuestAddress, _ onlyFirstInstruction: Bool) -> (Block, Int)? {
        guard let byteCount = fetch(pc) else { return nil }
        let isSingle = oneInstructionPerBlock || onlyFirstInstruction
        builder.begin(pc: pc, onlyFirstInstruction: isSingle)
        // What is known to be code may go on in the next mapping, whose blocks another mapping's changes leave alone.
        let isKnown = knownCode.contains(pc) && knownMapping.contains(pc)
        builder.setSurroundings(isKnown ? knownMapping : 0..<0, distance: knownDistance)
        architecture.translate(&builder, code: window, byteCount: byteCount)
        if builder.hasLookedAround, !mappingsLookedAt.contains(knownMapping) { mappingsLookedAt.append(knownMapping) }
        return (isSingle ? ExecutionEngine.firstInstruction(builder.block) : builder.block, byteCount)
    }

    /// The block up to its second guest instruction; a delay slot belongs to its branch.
    private static func firstInstruction(_ block: Block) -> Block {
        let next = block.operations.firstIndex { $0.opcode == .mark && $0.a != 0 && Int32(bitPattern: $0.a) > 0 }
        guard let next, let start = UnsafeMutablePointer(mutating: block.operations.baseAddress) else { return block }
        let byteCount = Int(block.operations[next].a)
        let target = block.pc &+ UInt64(byteCount)
        start[next] = Operation(
            .goto, .none, flags: 0, 0, UInt32(truncatingIfNeeded: target), UInt32(truncatingIfNeeded: target >> 32))
        return Block(
            pc: block.pc, byteCount: byteCount, operations: UnsafeBufferPointer(start: start, count: next + 1))
    }

    /// The guest code that the last block was made from.
    var builtCode: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: window, count: ExecutionEngine.windowBytes)
    }

    /// Copies guest code to the window; the number of bytes, or nil when none can be read.
    private func fetch(_ pc: GuestAddress) -> Int? {
        if !isKnown(pc), !findCode(pc) { return fetchWritable(pc) }
        var byteCount = Int(min(knownCode.upperBound - pc, UInt64(ExecutionEngine.windowBytes)))
        let host = pc &+ knownDistance
        if chost_copy_from_guest(window, host, byteCount) == 0 { return byteCount }
        // A mapping may be longer than its file: what lies up to the end of the page must do.
        byteCount = min(byteCount, Int(pageBytes - pc % pageBytes))
        return chost_copy_from_guest(window, host, byteCount) == 0 ? byteCount : nil
    }

    /// Whether all that a front end may see from an address on is known. What is known ends where the source's window did, not
    /// where the code does.
    private func isKnown(_ pc: GuestAddress) -> Bool {
        knownCode.contains(pc) && knownCode.upperBound - pc >= UInt64(ExecutionEngine.windowBytes)
    }

    /// Asks the source for code at an address. False when there is none or it is writable.
    private func findCode(_ pc: GuestAddress) -> Bool {
        guard let code = source.code(at: pc), code.byteCount > 0, !code.isWritable else { return false }
        knownCode = pc..<pc + UInt64(code.byteCount)
        knownDistance = UInt64(UInt(bitPattern: code.pointer)) &- pc
        knownMapping = source.fileCode(at: pc)?.range ?? 0..<0
        return true
    }

    /// As `fetch`, on pages that the guest may write: they are watched from now on.
    private func fetchWritable(_ pc: GuestAddress) -> Int? {
        guard let code = source.code(at: pc), code.byteCount > 0 else { return nil }
        let byteCount = min(code.byteCount, ExecutionEngine.windowBytes, protectWindow(pc))
        let host = UInt64(UInt(bitPattern: code.pointer))
        return chost_copy_from_guest(window, host, byteCount) == 0 ? byteCount : nil
    }

    /// Mappings have changed: the next fetch asks anew.
    func forgetKnownCode() { knownCode = 0..<0 }

    /// A range whose blocks may depend on code of the given one: with it, the mappings that it is a part of, where blocks
    /// have looked around.
    func dependents(on range: Range<GuestAddress>) -> Range<GuestAddress> {
        var result = range
        for mapping in mappingsLookedAt where mapping.overlaps(range) {
            result = min(result.lowerBound, mapping.lowerBound)..<max(result.upperBound, mapping.upperBound)
        }
        mappingsLookedAt.removeAll { $0.overlaps(range) }
        return result
    }

    var pageBytes: UInt64 { 1 << BlockTable.pageShift }

    /// The block at `pc` under the interpreter, from the table or new.
    func interpretedBlock(at pc: GuestAddress) -> Block? {
        let known = table.block(at: pc)
        if known != 0 {
            let record = table.blocks[known]
            let kept = UnsafeBufferPointer(
                start: UnsafePointer(operations.elements + Int(record.code)), count: Int(record.codeCount))
            return Block(pc: pc, byteCount: Int(record.byteCount), operations: kept)
        }
        guard let block = checkedBlock(at: pc) else { return nil }
        if !operations.hasRoom(for: block.operations.count) || !table.hasRoom(faultCount: 0) { flushAll() }
        let first = UInt32(operations.count)
        for operation in block.operations { _ = operations.append(operation) }
        let noFaults = UnsafeBufferPointer<FaultEntry>(start: nil, count: 0)
        _ = table.insert(
            pc: pc, byteCount: block.byteCount, code: first, codeCount: block.operations.count, chainCount: 0,
            faults: noFaults)
        let kept = UnsafeBufferPointer(
            start: UnsafePointer(operations.elements + Int(first)), count: block.operations.count)
        return Block(pc: pc, byteCount: block.byteCount, operations: kept)
    }

    /// As `buildBlock`; in place of a block that the front end failed to complete, one that is an illegal instruction.
    func checkedBlock(at pc: GuestAddress, onlyFirstInstruction: Bool = false) -> Block? {
        guard let block = buildBlock(at: pc, onlyFirstInstruction: onlyFirstInstruction) else { return nil }
        if ExecutionEngine.isComplete(block) { return block }
        return Block(pc: pc, byteCount: 1, operations: UnsafeBufferPointer(illegalOperations))
    }

    /// What every block must satisfy even when the verifier does not run: it fits, and it leaves.
    static func isComplete(_ block: Block) -> Bool {
        guard block.operations.count < Builder.capacity, let last = block.operations.last else { return false }
        switch last.opcode {
        case .goto, .jump, .exit: return true
        default: return false
        }
    }

    // MARK: Threads

    /// Adds a thread; `ThreadExecution` calls it.
    func add(_ thread: ThreadExecution) {
        lock()
        threads.append(thread)
        // With the lock: whoever changes the thunks tells the threads that it knows.
        translator?.installThunks(in: thread.cpu)
        unlock()
    }

    /// Removes a thread that has left translated code for good.
    func remove(_ thread: ThreadExecution?) {
        lock()
        threads.removeAll { $0 === thread }
        unlock()
    }

    /// The program ends, or another takes its place: writes what the log has to say of it as a whole.
    func finishLog() {
        guard log != nil else { return }
        lock()
        log?.finish()
        unlock()
    }

    /// Before `fork`: no other thread is amid a change of the tables.
    func prepareFork() { lockForBlocks() }

    /// After `fork` in the parent.
    func finishForkInParent() { unlock() }

    /// After `fork` in the child, where only the calling thread goes on.
    func finishForkInChild(survivor: ThreadExecution) {
        if threads.count > 1 { threads.removeAll { $0 !== survivor } }
        images?.becomeChild()
        // What the parent has found out it stores itself.
        newChoice = nil
        formerBlocks = []
        pthread_mutex_init(lockStorage, nil)
        forgetKnownCode()
        log?.startAgain()
        // An arena in a shared file is still the parent's.
        if let translator, translator.cache.isDual, translator.cache.separateFromParent() { flushAll() }
        listAgain()
    }

    // MARK: Flushing everything

    /// Forgets all blocks. The lock is held by `lockForBlocks`; every other thread is brought out of guest code first.
    /// `stores`: what is worth it is kept in the translation cache.
    func flushAll(stores: Bool = true) {
        chost_store32(flushing, 1)
        stopOthers()
        generation += 1
        for thread in threads { thread.settleExit() }
        if stores { storeImages() }
        unlinkImages()
        log?.forgetBlocks()
        table.removeAllBlocks()
        operations.removeAll()
        translator?.cache.removeAll()
        for thread in threads {
            thread.clearJumpTable()
            translator?.installThunks(in: thread.cpu)
        }
        chost_store32(flushing, 0)
    }

    /// Before the process ends: brings every other thread out of guest code, and lets none in again. The lock is held.
    func stopForGood() {
        chost_store32(flushing, 1)
        stopOthers()
    }

    /// Others may have the lock meanwhile, but not make or enter blocks: a thread that writes a watched page under the
    /// interpreter needs it to get out.
    private func stopOthers() {
        let current = chost_current_registers()
        for thread in threads where thread.cpu.registers != current {
            chost_request_interrupt(thread.cpu.registers)
        }
        while threads.contains(where: {
            $0.cpu.registers != current && chost_is_in_translated_code($0.cpu.registers) != 0
        }) {
            pause()
        }
    }
}
