import BSDUserCore

/// One instruction taken apart.
private struct Instruction {
    let operation: UInt32
    let a: Int
    let b: Int
    let immediate: UInt16

    init(_ word: UInt32) {
        operation = word >> 24
        a = Int(word >> 20 & 15)
        b = Int(word >> 16 & 15)
        immediate = UInt16(truncatingIfNeeded: word)
    }

    var signedImmediate: Int32 { Int32(Int16(bitPattern: immediate)) }
}

extension ToyArchitecture {
    /// Most instructions of a block.
    private static let longestBlock = 64

    func translate(_ builder: inout Builder, code: UnsafeRawPointer, byteCount: Int) {
        guard builder.pc & 3 == 0 else {
            builder.mark(restart: builder.pc)
            builder.exit(.fetchFault, builder.constant(Int64(bitPattern: builder.pc)))
            return
        }
        var count = 0
        while count < Self.longestBlock, (count + 1) * 4 <= byteCount, !builder.isNearlyFull {
            let word = UInt32(littleEndian: code.loadUnaligned(fromByteOffset: count * 4, as: UInt32.self))
            let address = builder.pc &+ UInt64(count * 4)
            count += 1
            builder.byteCount = count * 4
            builder.mark(restart: address)
            if emit(Instruction(word), at: address, &builder) { return }
        }
        builder.goto(builder.pc &+ UInt64(count * 4))
    }

    /// Appends one instruction; true when it ends the block.
    private func emit(_ instruction: Instruction, at address: UInt64, _ builder: inout Builder) -> Bool {
        let a = Toy.register(instruction.a)
        let b = Toy.register(instruction.b)
        let immediate = builder.constant(Int64(instruction.signedImmediate))
        switch instruction.operation {
        case 1:  // li
            builder.put(a, immediate)
        case 2:  // append
            let shifted = builder.binary(.shiftLeft, builder.get(a), builder.constant(16))
            builder.put(a, builder.binary(.or, shifted, builder.constant(Int64(instruction.immediate))))
        case 3:  // add
            let c = builder.get(Toy.register(Int(instruction.immediate)))
            builder.put(a, builder.binary(.add, builder.get(b), c))
        case 4:  // addi
            builder.put(a, builder.binary(.add, builder.get(b), immediate))
        case 5:  // ld
            builder.put(a, builder.load(builder.get(b), displacement: instruction.signedImmediate, .bytes8))
        case 6:  // st
            builder.store(builder.get(b), displacement: instruction.signedImmediate, builder.get(a), .bytes8)
        case 7:  // ldb
            builder.put(a, builder.load(builder.get(b), displacement: instruction.signedImmediate, .bytes1))
        case 8:  // stb
            builder.store(builder.get(b), displacement: instruction.signedImmediate, builder.get(a), .bytes1)
        case 9:  // bnz
            let taken = builder.makeLabel()
            builder.skipIf(builder.get(a), to: taken)
            builder.goto(address &+ 4)
            builder.place(taken)
            builder.goto(address &+ 4 &+ UInt64(bitPattern: Int64(instruction.signedImmediate) * 4))
            return true
        case 10:  // jr
            builder.jump(builder.get(a))
            return true
        case 11:  // syscall
            builder.exit(.systemCall)
            return true
        default:
            builder.exit(.illegalInstruction)
            return true
        }
        return false
    }
}
