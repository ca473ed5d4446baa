/// Atomic operations on guest memory.
extension BlockEmitter {
    /// Orders all accesses before it with all after it. A locked instruction does that too.
    func lowerFence() {
        if isFenced { return }
        assembler.storeLoadFence(Address(.rbp, CPUState.fenceDisplacement))
        isFenced = true
    }

    func lowerCompareExchange(_ operation: Operation) {
        isFenced = true
        let attributes = MemoryAttributes(rawValue: operation.flags)
        let width = width(attributes)
        let isSwapped = attributes.contains(.bigEndian) && width != .byte
        let accumulator = BlockEmitter.mask(GPR.rax)
        vacate(HostRegister(.rax))
        checkAlignment(operation.a, 0, attributes)
        let base = useGPR(operation.a, avoiding: accumulator)
        let address = Address(base, 0, is32Bit: attributes.contains(.wrap32))
        let expected = useGPR(operation.b)
        var replacement = useGPR(operation.c, avoiding: accumulator)
        if expected != .rax { assembler.mov(max(width, .dword), .rax, expected) }
        if expected != base && expected != replacement { unlock(HostRegister(expected)) }
        release(HostRegister(.rax))
        lock(HostRegister(.rax))
        if isSwapped {
            swapBytes(width, .rax)
            let copy = allocate(BlockEmitter.integerTemporaryMask).gpr
            assembler.mov(max(width, .dword), copy, replacement)
            swapBytes(width, copy)
            replacement = copy
        }
        noteFault()
        assembler.lockCmpxchg(width, address, replacement)
        if isSwapped { swapBytes(width, .rax) }
        // A successful exchange leaves the accumulator alone, upper part included.
        if width == .word || width == .byte || (width == .dword && !isSwapped) {
            assembler.movzx(.rax, from: width, .rax)
        }
        own(HostRegister(.rax), current)
    }

    /// Reverses the bytes of the low part of a register.
    private func swapBytes(_ width: Width, _ register: GPR) {
        if width == .word {
            assembler.shift(.rol, .word, register, 8)
        } else {
            assembler.bswap(width, register)
        }
    }

    private func max(_ width: Width, _ least: Width) -> Width { width.rawValue < least.rawValue ? least : width }

    // MARK: Update

    func lowerAtomicUpdate(_ operation: Operation) {
        isFenced = true
        let attributes = MemoryAttributes(rawValue: operation.flags)
        let kind = AtomicOperation(rawValue: operation.c) ?? .exchange
        let isSwapped = attributes.contains(.bigEndian) && attributes.sizeLog2 > 0
        vacate(HostRegister(.rax))
        checkAlignment(operation.a, 0, attributes)
        let base = useGPR(operation.a, avoiding: BlockEmitter.mask(GPR.rax))
        let address = Address(base, 0, is32Bit: attributes.contains(.wrap32))
        let operand = useGPR(operation.b, avoiding: BlockEmitter.mask(GPR.rax))
        release(HostRegister(.rax))
        lock(HostRegister(.rax))
        if !isSwapped && values[current].useCount == 0, let plain = plainOperation(kind) {
            noteFault()
            assembler.lockALU(plain, width(attributes), address, operand)
            return
        }
        if kind == .exchange || kind == .add && !isSwapped {
            assembler.mov(.qword, .rax, operand)
            exchange(kind, width(attributes), address, isSwapped)
        } else {
            updateInLoop(kind, width(attributes), address, operand, isSwapped)
        }
        if attributes.sizeLog2 < 3 { assembler.movzx(.rax, from: width(attributes), .rax) }
        own(HostRegister(.rax), current)
    }

    /// The locked instruction that leaves no old value.
    private func plainOperation(_ kind: AtomicOperation) -> ALUOperation? {
        switch kind {
        case .add: .add
        case .and: .and
        case .or: .or
        case .xor: .xor
        default: nil
        }
    }

    private func exchange(_ kind: AtomicOperation, _ width: Width, _ address: Address, _ isSwapped: Bool) {
        if isSwapped { swapBytes(width, .rax) }
        noteFault()
        if kind == .exchange {
            assembler.xchg(width, address, .rax)
        } else {
            assembler.lockXadd(width, address, .rax)
        }
        if isSwapped { swapBytes(width, .rax) }
    }

    /// rax = memory; repeats until nobody else has written between the read and the exchange.
    private func updateInLoop(
        _ kind: AtomicOperation, _ width: Width, _ address: Address, _ operand: GPR, _ isSwapped: Bool
    ) {
        let new = allocate(BlockEmitter.integerTemporaryMask).gpr
        let wide = max(width, .dword)
        noteFault()
        assembler.loadZeroExtended(width, .rax, address)
        let again = assembler.position
        assembler.mov(wide, new, kind == .andNot ? operand : .rax)
        if isSwapped && kind != .andNot { swapBytes(width, new) }
        switch kind {
        case .add: assembler.alu(.add, wide, new, operand)
        case .and: assembler.alu(.and, wide, new, operand)
        case .or: assembler.alu(.or, wide, new, operand)
        case .xor: assembler.alu(.xor, wide, new, operand)
        case .andNot:
            if isSwapped { swapBytes(width, new) }
            assembler.andn(wide, new, inverted: new, .rax)
        default:
            assembler.alu(.cmp, width, new, operand)
            assembler.cmov(replaces(kind), wide, new, operand)
        }
        if isSwapped && kind != .andNot { swapBytes(width, new) }
        assembler.lockCmpxchg(width, address, new)
        assembler.jcc(.notEqual, to: again)
        if isSwapped { swapBytes(width, .rax) }
    }

    /// The condition, after memory was compared with the operand, on which the operand takes its place.
    private func replaces(_ kind: AtomicOperation) -> Condition {
        switch kind {
        case .maxSigned: .less
        case .minSigned: .greater
        case .maxUnsigned: .below
        default: .above
        }
    }

    // MARK: 16 bytes

    /// CMPXCHG16B wants rdx:rax and rcx:rbx, and rbx holds a guest register, which must be exact at a fault: a write that
    /// changes nothing faults in its place.
    func lowerCompareExchangeVector(_ operation: Operation) {
        isFenced = true
        let attributes = MemoryAttributes(rawValue: operation.flags)
        let expected = useXMM(operation.b)
        let replacement = useXMM(operation.c)
        checkAlignment(operation.a, 0, attributes)
        let source = useGPR(operation.a)
        // Every temporary is needed: what lives in them goes to the stack.
        for register in [GPR.rax, .rcx, .rdx, .r11] where register != source { evict(HostRegister(register)) }
        if source != .r11 { assembler.mov(.qword, .r11, source) }
        if BlockEmitter.mask(source) & BlockEmitter.integerTemporaryMask != 0 { evict(HostRegister(source)) }
        locked |= BlockEmitter.integerTemporaryMask
        let address = Address(.r11, 0, is32Bit: attributes.contains(.wrap32))
        noteFault()
        assembler.lockALU(.or, .dword, address, 0)
        assembler.mov(.qword, .rax, expected)
        assembler.extract(.qword, .rdx, expected, lane: 1)
        assembler.extract(.qword, .rcx, replacement, lane: 1)
        assembler.store(.qword, scratch(0), .rbx)
        assembler.mov(.qword, .rbx, replacement)
        assembler.lockCmpxchg16b(address)
        assembler.loadZeroExtended(.qword, .rbx, scratch(0))
        let destination = defineXMM()
        assembler.mov(.qword, destination, .rax)
        assembler.insert(.qword, destination, destination, .rdx, lane: 1)
    }
}
