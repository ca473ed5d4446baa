/// Signal frames and machine contexts (`sendsig`, `sigreturn`, `getcontext` of each machdep.c).
extension GuestThread {
    private var layout: SignalFrameDescription { process.signalFrame }

    /// Builds the frame of a handler and sets the registers to enter it.
    func pushFrame(_ action: SignalAction, _ info: SignalInfo, returnMask: SignalSet) throws(Errno) {
        let frame = frameAddress(action)
        let ucontext = frame &+ UInt64(layout.ucontextOffset)
        let siginfo = frame &+ UInt64(layout.siginfoOffset)
        try writeContext(ucontext, mask: returnMask, clearingReturn: false)
        try writeContextTail(ucontext)
        try memory.store(info, at: siginfo)
        architecture.setSigtrampArguments(
            cpu,
            HandlerEntry(
                signal: info.signal, handler: action.handler, frame: frame, siginfo: siginfo, ucontext: ucontext,
                wantsSiginfo: action.flags.contains(.siginfo), code: info.code, address: info.address,
                trampoline: process.image.trampoline))
    }

    private func frameAddress(_ action: SignalAction) -> GuestAddress {
        let pointer = architecture.stackPointer(cpu)
        let byteCount = UInt64(layout.frameBytes)
        let stack = signals.stack
        let isSwitching = action.flags.contains(.onStack) && !stack.isDisabled && !stack.contains(pointer)
        let top = isSwitching ? stack.base &+ stack.byteCount : pointer &- layout.redZoneBytes
        return (top &- byteCount) & ~(layout.alignment &- 1)
    }

    /// Mask and machine context: what `getcontext` writes (`UC_COPY_SIZE` ends before `uc_link`).
    private func writeContext(_ address: GuestAddress, mask: SignalSet, clearingReturn: Bool) throws(Errno) {
        try memory.store(mask, at: address)
        let machine = address &+ UInt64(layout.mcontextOffset)
        try architecture.getMContext(cpu, memory, machine, clearingReturn: clearingReturn)
        guard let offset = layout.onStackOffset else { return }
        try memory.store(UInt32(isOnAlternateStack ? 1 : 0), at: machine &+ UInt64(offset))
    }

    /// `uc_link`, `uc_stack` and `uc_flags`: the rest of the ucontext.
    private func writeContextTail(_ address: GuestAddress) throws(Errno) {
        try memory.clear(
            at: address &+ UInt64(layout.linkOffset), count: layout.ucontextBytes - layout.linkOffset)
        try memory.store(stackRecord, at: address &+ UInt64(layout.stackOffset))
    }

    /// `ss_flags` of the alternate stack now.
    var stackFlags: Int32 {
        if signals.stack.isDisabled { return SignalStack.disableFlag }
        return isOnAlternateStack ? SignalStack.onStackFlag : 0
    }

    /// `sigonstack`.
    private var isOnAlternateStack: Bool { signals.stack.contains(architecture.stackPointer(cpu)) }

    private func loadContext(_ address: GuestAddress) throws(Errno) {
        let mask = try memory.load(SignalSet.self, at: address)
        try architecture.setMContext(cpu, memory, address &+ UInt64(layout.mcontextOffset))
        setMask(mask)
    }

    /// `sigreturn`: goes back to what a handler interrupted.
    func sigreturn(_ argument: GuestAddress) throws(Errno) {
        try loadContext(architecture.ucontextForSigreturn(cpu, argument: argument))
        throw .justReturn
    }

    /// `getcontext`: the context holds the state after this call, with zero as its result.
    func getContext(_ address: GuestAddress) throws(Errno) {
        guard address != 0 else { throw .EINVAL }
        let (pc, inDelaySlot) = (cpu.pc, cpu.inDelaySlot)
        architecture.setSystemCallResult(cpu, .values(0, second: nil))
        do {
            try writeContext(address, mask: signals.mask, clearingReturn: true)
        } catch {
            cpu.pc = pc
            cpu.inDelaySlot = inDelaySlot
            throw error
        }
        throw .justReturn
    }

    /// `setcontext`.
    func setContext(_ address: GuestAddress) throws(Errno) {
        guard address != 0 else { throw .EINVAL }
        try loadContext(address)
        throw .justReturn
    }

    /// `swapcontext`: saves the state after this call, then loads another.
    func swapContext(saving: GuestAddress, loading: GuestAddress) throws(Errno) {
        guard saving != 0, loading != 0 else { throw .EINVAL }
        let (pc, inDelaySlot) = (cpu.pc, cpu.inDelaySlot)
        architecture.setSystemCallResult(cpu, .values(0, second: nil))
        do throws(Errno) {
            try writeContext(saving, mask: signals.mask, clearingReturn: true)
            try loadContext(loading)
        } catch {
            cpu.pc = pc
            cpu.inDelaySlot = inDelaySlot
            throw error
        }
        throw .justReturn
    }
}
