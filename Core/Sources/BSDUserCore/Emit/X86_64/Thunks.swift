/// The status that `enter` returns: how translated code was left.
enum LeaveStatus: UInt64 {
    /// By `exit` or a fault: the header tells reason and address.
    case exit = 0
    /// By a direct exit that is not linked: `chainSlot` holds the address of its `ChainRecord`.
    case chain = 1
    /// By an indirect jump that the table does not know: `pc` holds the target.
    case jumpMiss = 2
    /// By the budget: `pc` holds the target.
    case interrupt = 3
}

/// The code in the arena through which translated code is entered and left.
struct Thunks {
    /// Offsets in bytes from where `emit` began.
    private(set) var enter = 0
    private(set) var exit = 0
    private(set) var chain = 0
    private(set) var jumpMiss = 0
    private(set) var interrupt = 0
    private(set) var helper = 0
    private(set) var fixup = 0
    private(set) var execute = 0
    private(set) var emptyStack = 0
    private(set) var byteCount = 0

    /// Room that `emit` needs at most, bytes.
    static let maximumByteCount = 4096

    /// Host registers that `enter` must preserve for its C caller.
    private static let calleeSaved: [GPR] = [.rbx, .rbp, .r12, .r13, .r14, .r15]
    /// Aligns the stack to 16 after the return address and the callee-saved registers.
    private static let frameBytes: Int32 = 8

    /// Writes the thunks.
    static func emit(_ assembler: inout Assembler, _ pins: PinMap, instructionAlignmentLog2: Int) -> Thunks {
        var thunks = Thunks()
        let start = assembler.position
        thunks.enter = 0
        emitEnter(&assembler, pins)
        thunks.exit = assembler.position - start
        assembler.zero(.rax)
        let common = assembler.position
        emitLeave(&assembler, pins)
        thunks.chain = assembler.position - start
        assembler.store(.qword, header(.chainSlot), .rax)
        assembler.mov(.rax, constant: LeaveStatus.chain.rawValue)
        assembler.jmp(to: common)
        thunks.jumpMiss = assembler.position - start
        assembler.store(.qword, header(.pc), .rax)
        assembler.mov(.rax, constant: LeaveStatus.jumpMiss.rawValue)
        assembler.jmp(to: common)
        thunks.interrupt = assembler.position - start
        assembler.mov(.rax, constant: LeaveStatus.interrupt.rawValue)
        assembler.jmp(to: common)
        thunks.helper = assembler.position - start
        emitHelper(&assembler, pins)
        thunks.fixup = assembler.position - start
        emitKeepingCall(&assembler, pins, .floatFixup)
        thunks.execute = assembler.position - start
        emitKeepingCall(&assembler, pins, .execute)
        thunks.emptyStack = assembler.position - start
        emitEmptyStack(&assembler, instructionAlignmentLog2)
        thunks.byteCount = assembler.position - start
        return thunks
    }

    /// Prepares a thread's state for translated code: thunk addresses and constants in its header. `base` is the
    /// executable address where `emit` began.
    func install(in state: CPUState, base: UInt, profile: UnsafePointer<FloatProfile>) {
        state.setHeader(.enterThunk, base + UInt(enter))
        state.setHeader(.exitThunk, base + UInt(exit))
        state.setHeader(.chainThunk, base + UInt(chain))
        state.setHeader(.jumpMissThunk, base + UInt(jumpMiss))
        state.setHeader(.interruptThunk, base + UInt(interrupt))
        state.setHeader(.helperThunk, base + UInt(helper))
        state.setHeader(.fixupThunk, base + UInt(fixup))
        state.setHeader(.executeThunk, base + UInt(execute))
        state.setHeader(.floatProfile, UInt(bitPattern: profile))
        for constant in HeaderConstant.allCases {
            state.setHeader(constant, constant.value)
        }
    }

    /// A header field as translated code addresses it.
    @inline(__always)
    static func header(_ field: StateHeader) -> Address {
        Address(.rbp, headerDisplacement(field.rawValue))
    }

    @inline(__always)
    static func headerDisplacement(_ offset: Int) -> Int32 {
        Int32(truncatingIfNeeded: offset - CPUState.headerBytes - CPUState.registerBias)
    }

    // MARK: Parts

    /// `enter(registers, hostAddress)` with the C calling convention.
    private static func emitEnter(_ assembler: inout Assembler, _ pins: PinMap) {
        for register in calleeSaved { assembler.push(register) }
        assembler.alu(.sub, .qword, .rsp, frameBytes)
        assembler.lea(.qword, .rbp, Address(.rdi, Int32(CPUState.registerBias)))
        assembler.mov(.qword, .rax, .rsi)
        assembler.store(.qword, header(.hostStack), .rsp)
        assembler.loadZeroExtended(.qword, .rsp, header(.returnStack))
        assembler.stmxcsr(header(.hostControl))
        assembler.ldmxcsr(header(.guestControl))
        movePins(&assembler, pins.pins, isStore: false)
        assembler.store(.dword, header(.inTranslatedCode), immediate: 1)
        assembler.jmp(.rax)
    }

    /// Returns from `enter` with the status in rax.
    private static func emitLeave(_ assembler: inout Assembler, _ pins: PinMap) {
        // First: as soon as the thread counts as outside, another may flush all code and empty the stack.
        assembler.store(.qword, header(.returnStack), .rsp)
        assembler.store(.dword, header(.inTranslatedCode), immediate: 0)
        movePins(&assembler, pins.pins, isStore: true)
        assembler.stmxcsr(header(.guestControl))
        assembler.ldmxcsr(header(.hostControl))
        assembler.loadZeroExtended(.qword, .rsp, header(.hostStack))
        assembler.alu(.add, .qword, .rsp, frameBytes)
        for register in calleeSaved.reversed() { assembler.pop(register) }
        assembler.ret()
    }

    /// Calls helper r11 with rax, rdx, rcx; the result is in rax. All other temporaries are lost, pinned registers go
    /// through their slots, so that the helper sees and may change the guest's state.
    private static func emitHelper(_ assembler: inout Assembler, _ pins: PinMap) {
        movePins(&assembler, pins.pins, isStore: true)
        // rbx, which the helper preserves, is in its slot.
        assembler.mov(.qword, .rbx, .rsp)
        assembler.loadZeroExtended(.qword, .rsp, header(.hostStack))
        assembler.stmxcsr(header(.guestControl))
        assembler.ldmxcsr(header(.hostControl))
        assembler.lea(.qword, .rdi, Address(.rbp, -Int32(CPUState.registerBias)))
        assembler.mov(.qword, .rsi, .rax)
        assembler.call(.r11)
        assembler.ldmxcsr(header(.guestControl))
        assembler.mov(.qword, .rsp, .rbx)
        movePins(&assembler, pins.pins, isStore: false)
        assembler.ret()
    }

    /// A guest's return, its target in rax, has found the stack empty: the entry that has led here stays for the next one.
    private static func emitEmptyStack(_ assembler: inout Assembler, _ instructionAlignmentLog2: Int) {
        assembler.alu(.sub, .qword, .rsp, 8)
        assembler.jumpThroughTable(.rax, alignmentLog2: instructionAlignmentLog2)
    }

    /// Calls one of the core's helpers whose operands and result are in the header; every register is kept.
    private static func emitKeepingCall(_ assembler: inout Assembler, _ pins: PinMap, _ helper: CoreHelper) {
        let callerSaved: [GPR] = [.rax, .rcx, .rdx, .rsi, .rdi, .r8, .r9, .r10, .r11]
        let vectors = (0..<(pins.hasAVX512 ? 32 : 16)).map { XMM(code: UInt8($0)) }
        assembler.store(.qword, header(.keptStack), .rsp)
        assembler.loadZeroExtended(.qword, .rsp, header(.hostStack))
        // With nine registers a multiple of 16.
        assembler.alu(.sub, .qword, .rsp, 8)
        for register in callerSaved { assembler.push(register) }
        let slotBytes = pins.hasVectors ? 16 : 8
        assembler.alu(.sub, .qword, .rsp, Int32(vectors.count * slotBytes))
        for (index, register) in vectors.enumerated() {
            let slot = Address(.rsp, Int32(index * slotBytes))
            if pins.hasVectors {
                assembler.storeVector(slot, register)
            } else {
                assembler.storeScalar(.double, slot, register)
            }
        }
        assembler.stmxcsr(header(.guestControl))
        assembler.ldmxcsr(header(.hostControl))
        assembler.lea(.qword, .rdi, Address(.rbp, -Int32(CPUState.registerBias)))
        assembler.loadZeroExtended(.qword, .r11, header(.helperTable))
        assembler.call(Address(.r11, Int32(helper.rawValue * 8)))
        assembler.ldmxcsr(header(.guestControl))
        for (index, register) in vectors.enumerated() {
            let slot = Address(.rsp, Int32(index * slotBytes))
            if pins.hasVectors {
                assembler.loadVector(register, slot)
            } else {
                assembler.loadScalar(.double, register, slot)
            }
        }
        assembler.alu(.add, .qword, .rsp, Int32(vectors.count * slotBytes))
        for register in callerSaved.reversed() { assembler.pop(register) }
        assembler.loadZeroExtended(.qword, .rsp, header(.keptStack))
        assembler.ret()
    }

    private static func movePins(_ assembler: inout Assembler, _ pins: [PinMap.Pin], isStore: Bool) {
        for pin in pins {
            let slot = Address(.rbp, pin.displacement)
            let width: Width = pin.byteCount == 8 ? .qword : .dword
            let precision: Precision = pin.byteCount == 8 ? .double : .single
            switch (pin.host.isVector, isStore) {
            case (true, true) where pin.byteCount == 16: assembler.storeVector(slot, pin.host.xmm)
            case (true, false) where pin.byteCount == 16: assembler.loadVector(pin.host.xmm, slot)
            case (false, true): assembler.store(width, slot, pin.host.gpr)
            case (false, false): assembler.loadZeroExtended(width, pin.host.gpr, slot)
            case (true, true): assembler.storeScalar(precision, slot, pin.host.xmm)
            case (true, false): assembler.loadScalar(precision, pin.host.xmm, slot)
            }
        }
    }
}
