/// Code that is rarely needed: written after the hot code of its block.
struct ColdPath {
    enum Kind: UInt8 {
        /// Leaves translated code by an `exit`.
        case exit
        /// Leaves translated code because the budget has run out before a call.
        case callWithoutBudget
        /// Leaves translated code because the jump table does not have the target of a call.
        case callMiss
        /// Goes on where an earlier call returns to.
        case otherReturn
        /// Leaves translated code because an address is misaligned.
        case misaligned
        /// Division by 0 or -1, by 0.
        case divideSigned
        case divideUnsigned
        /// Calls `floatFixup`.
        case fixup
        /// Calls `floatFixup` for exceptions alone, and sets the host's flags.
        case comparison
        /// Calls `execute`.
        case execute
        /// Leaves translated code by the exception that `execute` found.
        case trapped
    }

    let kind: Kind
    /// The jump that leads here.
    let entry: Assembler.Fixup
    /// Where the hot code goes on.
    var resume: Assembler.Fixup
    /// Index of the operation.
    var operation: UInt16 = 0
    /// As in `FaultEntry`.
    var restart: Int32 = 0
    var first = HostRegister.none
    var second = HostRegister.none
    var third = HostRegister.none
    var result = HostRegister.none
    var width = Width.qword
    var comparison = ComparisonClass.any
    var displacement: Int32 = 0

    init(_ kind: Kind, entry: Assembler.Fixup) {
        self.kind = kind
        self.entry = entry
        resume = entry
    }
}

extension BlockEmitter {
    /// Queues a cold path that, if it returns, returns to the next instruction.
    func addCold(_ path: ColdPath) {
        guard coldPathCount < Builder.capacity else {
            hasFailed = true
            return
        }
        coldPaths[coldPathCount] = path
        coldPaths[coldPathCount].operation = UInt16(truncatingIfNeeded: current)
        coldPaths[coldPathCount].restart = restart
        coldPaths[coldPathCount].resume = assembler.position
        coldPathCount &+= 1
    }

    /// Writes the cold code; false when there is no room.
    func emitColdPaths() -> Bool {
        for index in 0..<coldPathCount {
            guard assembler.remaining >= BlockEmitter.operationReserve else { return false }
            let path = coldPaths[index]
            assembler.patch32Here(path.entry)
            emit(path)
        }
        return true
    }

    private func emit(_ path: ColdPath) {
        let operation = operations[Int(path.operation)]
        restart = path.restart
        switch path.kind {
        case .exit:
            emitExit(operation.b, argument: operation.a, in: path.first)
        case .callWithoutBudget:
            storePC(operation.constant)
            emitColdCall(.interruptThunk, landing: path.resume)
        case .callMiss:
            if path.first.gpr != .rax { assembler.mov(.qword, .rax, path.first.gpr) }
            emitColdCall(.jumpMissThunk, landing: path.resume)
        case .otherReturn: assembler.ret()
        case .misaligned:
            let wraps = MemoryAttributes(rawValue: operation.flags).contains(.wrap32)
            assembler.lea(wraps ? .dword : .qword, .rax, Address(path.first.gpr, path.displacement))
            assembler.store(.qword, Thunks.header(.faultAddress), .rax)
            let isWrite: Int32 = operation.opcode == .load ? 0 : 1
            assembler.store(.dword, Thunks.header(.faultIsWrite), immediate: isWrite)
            emitExit(ExitReason.alignmentFault.rawValue, argument: Value.none.raw, in: .none)
        case .divideSigned: emitSignedDivision(path)
        case .divideUnsigned:
            // x / 0 = 0, x % 0 = x.
            assembler.mov(path.width, .rdx, .rax)
            assembler.zero(.rax)
            assembler.jmp(to: path.resume)
        case .fixup: emitFixup(path, operation)
        case .comparison: emitComparison(path, operation)
        case .execute: emitExecution(path, operation)
        case .trapped: emitTrap()
        }
    }

    /// x / 0 = 0, x % 0 = x; x / -1 = -x modulo the width, x % -1 = 0.
    private func emitSignedDivision(_ path: ColdPath) {
        let divisor = path.first.gpr
        assembler.test(path.width, divisor, divisor)
        let minusOne = assembler.jccForwardShort(.notEqual)
        assembler.mov(path.width, .rdx, .rax)
        assembler.zero(.rax)
        assembler.jmp(to: path.resume)
        assembler.patch8Here(minusOne)
        assembler.unary(.neg, path.width, .rax)
        assembler.zero(.rdx)
        assembler.jmp(to: path.resume)
    }

    /// Stores an exit's outcome in the header and leaves. The argument is in a register, or else a constant or none.
    func emitExit(_ reason: UInt32, argument: UInt32, in register: HostRegister) {
        if !register.isNone {
            assembler.store(.qword, Thunks.header(.exitArgument), register.gpr)
        } else {
            let value = constant(argument) ?? 0
            if Int64(Int32(truncatingIfNeeded: value)) == value {
                assembler.store(.qword, Thunks.header(.exitArgument), immediate: Int32(truncatingIfNeeded: value))
            } else {
                assembler.mov(.rax, constant: UInt64(bitPattern: value))
                assembler.store(.qword, Thunks.header(.exitArgument), .rax)
            }
        }
        emitExit(reason)
    }

    /// Leaves by the exception that `execute` found, and has put into the header.
    func emitTrap() { emitExit(ExitReason.floatException.rawValue) }

    /// Leaves with the argument that is in the header.
    private func emitExit(_ reason: UInt32) {
        storePC(pc &+ UInt64(bitPattern: Int64(restart &>> 1)))
        assembler.store(.dword, Thunks.header(.inDelaySlot), immediate: restart & 1)
        assembler.store(.dword, Thunks.header(.exitReason), immediate: Int32(bitPattern: reason))
        assembler.jmp(Thunks.header(.exitThunk))
    }

    func storePC(_ address: UInt64) {
        let low = Int32(truncatingIfNeeded: address)
        if UInt64(bitPattern: Int64(low)) == address {
            assembler.store(.qword, Thunks.header(.pc), immediate: low)
        } else {
            assembler.mov(.rax, constant: address)
            assembler.store(.qword, Thunks.header(.pc), .rax)
        }
    }
}
