import CHost

/// The execution of one guest thread.
final class ThreadExecution {
    let engine: ExecutionEngine
    let cpu: CPUState
    private var interpreter: Interpreter
    /// The thread's indirect-jump table; nil under the interpreter.
    private let jumpTable: ReservedMemory?
    /// Where the guest's calls return to; nil under the interpreter.
    private let returnStack: ReturnStack?
    /// The way into translated code; nil under the interpreter.
    private let gate: Gate?
    /// The failed access that was last tried again, and how often.
    private var retried = Retry()

    /// What every entry needs of the translator and the engine, as plain values: uses of the objects would be counted.
    private struct Gate {
        let alignmentLog2: UInt32
        let flushing: UnsafePointer<UInt32>
    }

    private struct Retry: Equatable {
        var pc: GuestAddress = 0
        var address: GuestAddress = 0
        var count = 0
        /// A mapping that changes this often between failure and look is not what its table says.
        static let limit = 1000
    }

    /// Prepares a state for execution; on the thread that will run it, `enterThread` follows.
    init?(engine: ExecutionEngine, cpu: CPUState) {
        self.engine = engine
        self.cpu = cpu
        jumpTable = engine.translator == nil ? nil : ReservedMemory(byteCount: CodeTranslator.jumpTableBytes)
        gate = engine.translator.map { translator in
            Gate(
                alignmentLog2: UInt32(truncatingIfNeeded: translator.instructionAlignmentLog2),
                flushing: UnsafePointer(engine.flushing))
        }
        returnStack = engine.translator == nil ? nil : ReturnStack()
        if engine.translator != nil && (jumpTable == nil || returnStack == nil) {
            jumpTable?.release()
            returnStack?.release()
            return nil
        }
        interpreter = Interpreter(
            state: cpu, registers: engine.description.registers, profile: engine.description.floatProfile,
            helpers: UnsafePointer(engine.helperTable + CoreHelper.allCases.count))
        cpu.setHeader(.helperTable, engine.helperTable)
        applyFloatMode()
        returnStack?.attach(to: cpu)
        if let jumpTable { engine.translator?.install(in: cpu, jumpTable: jumpTable.base) }
        engine.add(self)
    }

    deinit {
        jumpTable?.release()
        returnStack?.release()
    }

    private func applyFloatMode() {
        _ = CoreHelper.setFloatMode.function(cpu.registers, UInt64(cpu.header(.floatMode, as: UInt32.self)), 0, 0)
    }

    /// Makes the state's registers and floating-point mode those of another.
    func takeRegisters(of other: CPUState) {
        cpu.copyRegisters(of: other)
        cpu.setHeader(.floatFlags, other.header(.floatFlags, as: UInt32.self))
        applyFloatMode()
    }

    /// Ties the calling host thread to the state: alternate signal stack, and what signal handlers look at.
    /// False when the host has no memory for that: a handler must not run on the stack of translated code.
    @discardableResult
    func enterThread() -> Bool {
        guard chost_fault_prepare_thread() == 0 else { return false }
        chost_set_current_registers(cpu.registers)
        return true
    }

    /// Undoes `enterThread`, and takes the thread off the engine.
    func leaveThread() {
        chost_set_current_registers(nil)
        chost_fault_release_thread()
        engine.remove(self)
    }

    /// Empties the jump table. The thread is not in guest code.
    func clearJumpTable() {
        guard let jumpTable, let translator = engine.translator else { return }
        jumpTable.clear(used: jumpTable.byteCount)
        CodeTranslator.initialiseJumpTable(jumpTable.base, translator.instructionAlignmentLog2)
    }

    /// Takes a guest address out of the jump table. The engine's lock is held; the thread may be in guest code.
    func forget(_ pc: GuestAddress) {
        guard let entry = jumpEntry(pc) else { return }
        if entry.load(as: UInt64.self) != pc { return }
        // A key that misses, as in `initialiseJumpTable`. Whoever has read the entry already runs the old code once more.
        let isFirst = entry == jumpTable?.base
        let alignment = engine.translator?.instructionAlignmentLog2 ?? 0
        entry.storeBytes(of: isFirst ? 1 << alignment : 0, as: UInt64.self)
    }

    /// As `forget(_:)` for every guest address of a range.
    func forgetAll(in range: Range<GuestAddress>) {
        guard let jumpTable else { return }
        for index in 0..<CodeTranslator.jumpTableEntries {
            let pc = jumpTable.base.load(fromByteOffset: index &* 16, as: UInt64.self)
            if range.contains(pc) { forget(pc) }
        }
    }

    private func remember(_ pc: GuestAddress, _ code: UnsafeRawPointer) {
        guard let entry = jumpEntry(pc) else { return }
        entry.storeBytes(of: UInt(bitPattern: code), toByteOffset: 8, as: UInt.self)
        entry.storeBytes(of: pc, as: UInt64.self)
    }

    private func jumpEntry(_ pc: GuestAddress) -> UnsafeMutableRawPointer? {
        guard let jumpTable, let translator = engine.translator else { return nil }
        let index = pc &>> translator.instructionAlignmentLog2 & UInt64(CodeTranslator.jumpTableEntries &- 1)
        return jumpTable.base + Int(index) &* 16
    }

    // MARK: Running

    /// Runs guest code from `cpu.pc` until the core or the architecture must act.
    func run() -> ExitReason {
        while true {
            cpu.inDelaySlot = false
            if chost_take_interrupt(cpu.registers, engine.backEdgesPerVisit) != 0 {
                cpu.setHeader(.exitReason, ExitReason.interrupt.rawValue)
                return .interrupt
            }
            engine.log?.entered(cpu.pc)
            guard var reason = advance() else { continue }
            if reason == .memoryFault, mayBeEarlyAccess() {
                guard let alone = interpretOnce(onlyFirstInstruction: true) else { continue }
                reason = alone
            }
            switch reason {
            case .flushCode: flushCode()
            case .memoryFault:
                if engine.source.growStack(at: cpu.faultAddress) || isWorthRetry() { continue }
                setFaultCode()
                return reason
            default: return reason
            }
        }
    }

    /// Runs guest code in the way that fits until an exit, or nil at a safepoint.
    @inline(__always)
    private func advance() -> ExitReason? {
        if trapsFloats { return interpretOnce(onlyFirstInstruction: false) }
        if engine.architecture.mustStep(cpu) { return interpretOnce(onlyFirstInstruction: true) }
        if let gate { return execute(gate) }
        return interpret()
    }

    /// A floating-point exception is to trap. Translated code knows neither all that an instruction raised nor, after the
    /// slow path of an invalid operation, what stood in the destination: the interpreter runs while that is so.
    private var trapsFloats: Bool { cpu.header(.floatMode, as: UInt32.self) >> FloatMode.trapShift != 0 }

    /// FreeBSD's BUS_OBJERR, which stands for every bus error of the host.
    private static let busError: Int32 = 3

    /// Whether the access that failed is possible now: another thread's change of the mapping came in between.
    private func isWorthRetry() -> Bool {
        let address = cpu.faultAddress
        guard cpu.faultCode != Self.busError, engine.source.allows(address, writing: cpu.faultIsWrite) else {
            return false
        }
        let count = retried.pc == cpu.pc && retried.address == address ? retried.count + 1 : 1
        retried = Retry(pc: cpu.pc, address: address, count: count)
        return count < Retry.limit
    }

    /// Whether the access that has failed may be that of a later instruction, which the one at `cpu.pc` was translated
    /// together with. Alone this one does not fail, or in its own way.
    private func mayBeEarlyAccess() -> Bool {
        guard let code = engine.source.code(at: cpu.pc), code.byteCount >= 4 else { return false }
        var word: UInt64 = 0
        guard chost_load(UInt64(UInt(bitPattern: code.pointer)), 4, &word) == 0 else { return false }
        return engine.architecture.mayAccessEarly(UInt32(truncatingIfNeeded: word))
    }

    /// The guest's view of a failed access: the host does not tell reserved addresses from mapped ones.
    private func setFaultCode() {
        if cpu.faultCode == Self.busError { return }
        cpu.setHeader(.faultCode, engine.source.faultCode(at: cpu.faultAddress))
    }

    /// The guest flushed a cache line, and goes on at `cpu.pc`.
    private func flushCode() {
        let line = ExecutionEngine.flushLineBytes
        engine.invalidate(cpu.exitArgument & ~(line - 1), line)
    }

    /// Interprets until an exit, or nil at a safepoint.
    private func interpret() -> ExitReason? {
        while cpu.header(.interruptRequested, as: UInt32.self) == 0 {
            engine.lockForBlocks()
            guard let block = engine.interpretedBlock(at: cpu.pc) else {
                engine.unlock()
                return fetchFault()
            }
            cpu.setHeader(.inTranslatedCode, UInt32(1))
            engine.unlock()
            let outcome = interpreter.run(block)
            cpu.setHeader(.inTranslatedCode, UInt32(0))
            if case .exit(let reason) = outcome { return reason }
        }
        return nil
    }

    // MARK: Translated code

    /// Runs translated code until an exit, or nil at a safepoint.
    private func execute(_ gate: Gate) -> ExitReason? {
        var next: Resolution
        if let code = chost_find_code(cpu.registers, cpu.pc, gate.alignmentLog2, gate.flushing) {
            next = .code(code)
        } else {
            next = resolve()
        }
        while true {
            guard case .code(let code) = next else { return leaveTranslation(next) }
            switch LeaveStatus(rawValue: chost_enter(cpu.registers, code)) {
            case .chain: next = follow()
            case .jumpMiss:
                // The table that always misses is in force when someone wants this thread to stop.
                if cpu.header(.jumpTable, as: UInt.self) != cpu.header(.ownJumpTable, as: UInt.self) { return nil }
                next = resolve()
            case .exit: return exitReason()
            case .interrupt:
                // Without a request the budget has run out.
                if cpu.header(.interruptRequested, as: UInt32.self) == 0 { engine.lookAtRegisters(of: cpu.pc) }
                return nil
            case nil: return nil
            }
        }
    }

    /// Finds or makes the code of the block at `cpu.pc`, and enters it in the jump table.
    private func resolve() -> Resolution {
        guard let translator = engine.translator else { return .interpret }
        engine.lockForBlocks()
        defer { engine.unlock() }
        let next = engine.resolve(cpu.pc, translator)
        if case .code(let code) = next {
            remember(cpu.pc, code)
            cpu.setHeader(.inTranslatedCode, UInt32(1))
        }
        return next
    }

    private func follow() -> Resolution {
        guard let translator = engine.translator else { return .interpret }
        engine.lockForBlocks()
        defer { engine.unlock() }
        let record: UInt = cpu.header(.chainSlot)
        cpu.setHeader(.chainSlot, UInt(0))
        let next =
            record == 0
            ? engine.resolve(cpu.pc, translator) : engine.follow(chainRecord: record, cpu, translator)
        if case .code = next { cpu.setHeader(.inTranslatedCode, UInt32(1)) }
        return next
    }

    private func leaveTranslation(_ next: Resolution) -> ExitReason? {
        if case .interpret = next { return interpretOnce(onlyFirstInstruction: false) }
        return fetchFault()
    }

    /// Why translated code was left by its exit thunk; nil when it goes on at `cpu.pc`.
    @inline(__always)
    private func exitReason() -> ExitReason? {
        let reason = ExitReason(rawValue: cpu.header(.exitReason)) ?? .illegalInstruction
        return cpu.header(.faultHost, as: UInt.self) == 0 ? reason : faultReason(reason)
    }

    /// Why the instruction at the host address of a fault failed; nil when it goes on at `cpu.pc`.
    private func faultReason(_ reason: ExitReason) -> ExitReason? {
        engine.lock()
        restorePC()
        cpu.setHeader(.faultHost, UInt(0))
        engine.unlock()
        // The host tells neither which exceptions came together nor an address that is not canonical.
        if reason == .floatException {
            defer { cpu.noteFloatException() }
            return interpretOnce(onlyFirstInstruction: true)
        }
        if cpu.faultCode == 0 { return interpretOnce(onlyFirstInstruction: true) }
        if cpu.faultIsWrite && engine.releasePage(containing: cpu.faultAddress) { return nil }
        return reason
    }

    /// Stands for the host address of a fault whose guest address is known already.
    private static let settledFault: UInt = 1

    /// Sets the guest's address from the host address of a fault. The engine's lock is held.
    private func restorePC() {
        let host: UInt = cpu.header(.faultHost)
        guard let translator = engine.translator, host > Self.settledFault, let offset = translator.cache.offset(host)
        else { return }
        let block = engine.table.block(containing: offset)
        guard block != 0 else { return restorePC(fromImage: offset) }
        let record = engine.table.blocks[block]
        guard let entry = engine.table.faultEntry(of: block, at: offset &- record.code) else { return }
        cpu.pc = record.pc &+ UInt64(bitPattern: Int64(entry.restartOffset))
        cpu.inDelaySlot = entry.inDelaySlot
    }

    private func restorePC(fromImage offset: UInt32) {
        guard let place = engine.images?.faultPlace(at: offset) else { return }
        cpu.pc = place.pc &+ UInt64(bitPattern: Int64(place.entry.restartOffset))
        cpu.inDelaySlot = place.entry.inDelaySlot
    }

    /// Before everything is flushed: what the thread, which has left guest code, has yet to look up in the tables and in
    /// the code that it left is looked up for it. The engine's lock is held.
    func settleExit() {
        guard let translator = engine.translator else { return }
        if cpu.header(.faultHost, as: UInt.self) > Self.settledFault {
            restorePC()
            cpu.setHeader(.faultHost, Self.settledFault)
        }
        let record: UInt = cpu.header(.chainSlot)
        guard record != 0, let offset = translator.cache.offset(record) else { return }
        cpu.pc = translator.cache.target(ofRecord: offset)
        cpu.setHeader(.chainSlot, UInt(0))
    }

    /// Interprets the block at `cpu.pc` or its first instruction without keeping it; nil to go on at `cpu.pc`.
    private func interpretOnce(onlyFirstInstruction: Bool) -> ExitReason? {
        engine.lockForBlocks()
        guard let block = engine.checkedBlock(at: cpu.pc, onlyFirstInstruction: onlyFirstInstruction) else {
            engine.unlock()
            return fetchFault()
        }
        let operations = Array(block.operations)
        engine.unlock()
        let outcome = operations.withUnsafeBufferPointer { copy in
            interpreter.run(
                Block(pc: block.pc, byteCount: block.byteCount, operations: copy),
                onlyFirstInstruction: onlyFirstInstruction)
        }
        if case .exit(let reason) = outcome { return reason }
        return nil
    }

    /// The instruction at `cpu.pc` cannot be fetched.
    private func fetchFault() -> ExitReason {
        let pc = cpu.pc
        cpu.setHeader(.faultAddress, pc)
        cpu.setHeader(.faultCode, engine.source.faultCode(at: pc))
        cpu.setHeader(.faultIsWrite, UInt32(0))
        cpu.setHeader(.exitArgument, pc)
        cpu.setHeader(.exitReason, ExitReason.fetchFault.rawValue)
        return .fetchFault
    }
}
