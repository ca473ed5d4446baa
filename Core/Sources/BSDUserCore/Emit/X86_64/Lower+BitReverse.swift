extension BlockEmitter {
    /// Reverses the bytes, then the halves, quarters and eighths of each.
    func lowerBitReverse(_ operation: Operation) {
        let width = width(operation.type)
        let source = useGPR(operation.a)
        let result = defineGPR(prefer: source)
        let other = allocate(BlockEmitter.integerTemporaryMask).gpr
        let mask = width == .qword ? allocate(BlockEmitter.integerTemporaryMask & ~BlockEmitter.mask(other)).gpr : other
        if result != source { assembler.mov(width, result, source) }
        assembler.bswap(width, result)
        let steps: [(UInt8, UInt64)] = [
            (4, 0x0F0F_0F0F_0F0F_0F0F), (2, 0x3333_3333_3333_3333), (1, 0x5555_5555_5555_5555),
        ]
        for (shift, bits) in steps {
            assembler.mov(width, other, result)
            assembler.shift(.shr, width, other, shift)
            if width == .qword {
                assembler.mov(mask, constant: bits)
                assembler.alu(.and, .qword, other, mask)
                assembler.alu(.and, .qword, result, mask)
            } else {
                assembler.alu(.and, .dword, other, Int32(truncatingIfNeeded: bits))
                assembler.alu(.and, .dword, result, Int32(truncatingIfNeeded: bits))
            }
            assembler.shift(.shl, width, result, shift)
            assembler.alu(.or, width, result, other)
        }
    }
}
