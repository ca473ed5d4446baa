import CHost

/// The execution of one guest thread.
final class ThreadExecution {
    /// Back-edges between two visits of the dispatcher when nobody asks for one earlier.
    private static let budget: Int32 = 1 << 20

    let engine: ExecutionEngine
    let cpu: CPUState
    private var interpreter: Interpreter

    /// Prepares a state for execution; on the thread that will run it, `enterThread` follows.
    init?(engine: ExecutionEngine, cpu: CPUState) {
        self.engine = engine
        self.cpu = cpu
        interpreter = Interpreter(
            state: cpu, registers: engine.description.registers, profile: engine.description.floatProfile,
            helpers: UnsafePointer(engine.helperTable + CoreHelper.allCases.count))
        cpu.setHeader(.helperTable, engine.helperTable)
        _ = CoreHelper.setFloatMode.function(cpu.registers, UInt64(cpu.header(.floatMode, as: UInt32.self)), 0, 0)
        engine.add(self)
    }

    /// Ties the calling host thread to the state: alternate signal stack, and what signal handlers look at.
    func enterThread() {
        _ = chost_fault_prepare_thread()
        chost_set_current_registers(cpu.registers)
    }

    /// Undoes `enterThread`, and takes the thread off the engine.
    func leaveThread() {
        chost_set_current_registers(nil)
        chost_fault_release_thread()
        engine.remove(self)
    }

    func clearJumpTable() {}

    // MARK: Running

    /// Runs guest code from `cpu.pc` until the core or the architecture must act.
    func run() -> ExitReason {
        while true {
            cpu.inDelaySlot = false
            if chost_take_interrupt(cpu.registers, ThreadExecution.budget) != 0 {
                cpu.setHeader(.exitReason, ExitReason.interrupt.rawValue)
                return .interrupt
            }
            guard let reason = interpret() else { continue }
            if reason == .flushCode {
                flushCode()
                continue
            }
            return reason
        }
    }

    /// The guest flushed a cache line, and goes on at `cpu.pc`.
    private func flushCode() {
        let line = ExecutionEngine.flushLineBytes
        engine.invalidate(cpu.exitArgument & ~(line - 1), line)
    }

    /// Interprets until an exit, or nil at a safepoint.
    private func interpret() -> ExitReason? {
        while cpu.header(.interruptRequested, as: UInt32.self) == 0 {
            engine.lock()
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

    /// The instruction at `cpu.pc` cannot be fetched.
    private func fetchFault() -> ExitReason {
        let pc = cpu.pc
        cpu.setHeader(.faultAddress, pc)
        cpu.setHeader(.faultCode, engine.source.fetchFaultCode(at: pc))
        cpu.setHeader(.faultIsWrite, UInt32(0))
        cpu.setHeader(.exitArgument, pc)
        cpu.setHeader(.exitReason, ExitReason.fetchFault.rawValue)
        return .fetchFault
    }
}
