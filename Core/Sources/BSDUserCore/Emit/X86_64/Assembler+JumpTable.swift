/// The look-up of a guest address in the jump table.
extension Assembler {
    /// Compares the address in `target` with the only entry that may be its own, and returns where that has the host's
    /// address. `target` is neither rcx nor rdx, which are changed.
    mutating func lookUpJump(_ target: GPR, alignmentLog2: Int) -> Address {
        // Entries of 16 bytes, indexed by the low 16 bits of the address above its alignment: those bits where they stand,
        // scaled by what the alignment leaves of the 16.
        let entryBytesLog2 = 4
        let scale = UInt8(max(0, min(entryBytesLog2 - alignmentLog2, 3)))
        mov(.dword, .rcx, target)
        alu(.and, .dword, .rcx, Int32(truncatingIfNeeded: 0xFFFF << alignmentLog2))
        if alignmentLog2 == 0 { shift(.shl, .dword, .rcx, 1) }
        let excess = alignmentLog2 - entryBytesLog2
        if excess > 0 { shift(.shr, .dword, .rcx, UInt8(truncatingIfNeeded: excess)) }
        loadZeroExtended(.qword, .rdx, Thunks.header(.jumpTable))
        alu(.cmp, .qword, target, Address(.rdx, index: .rcx, scale: scale))
        return Address(.rdx, index: .rcx, scale: scale, 8)
    }

    /// Jumps to where the table says, or leaves translated code.
    mutating func jumpThroughTable(_ target: GPR, alignmentLog2: Int) {
        let code = lookUpJump(target, alignmentLog2: alignmentLog2)
        let miss = jccForwardShort(.notEqual)
        jmp(code)
        patch8Here(miss)
        if target != .rax { mov(.qword, .rax, target) }
        jmp(Thunks.header(.jumpMissThunk))
    }
}
