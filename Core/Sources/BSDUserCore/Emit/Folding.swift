/// Operations that their only user carries out along with its own work: additions and shifts as an address, a conjunction
/// as a test of bits. The backward pass decides, and keeps what goes in alive up to the user.
extension BlockEmitter {
    /// A sum as the host's addresses have it.
    struct AddressTerms {
        let base: UInt32
        let index: UInt32
        let scale: UInt8

        init(base: UInt32, index: UInt32, scale: UInt8) {
            self.base = base
            self.index = index
            self.scale = scale
        }

        /// What the backward pass noted in the folding operation. The forward pass does not look again: it may know values
        /// by other names.
        init(encoded: Int64) {
            base = UInt32(encoded & 0xFFFF)
            index = UInt32(encoded >> 16 & 0xFFFF)
            scale = UInt8(encoded >> 32 & 3)
        }

        var encoded: Int64 { Int64(base) | Int64(index) << 16 | Int64(scale) << 32 }
    }

    /// The terms of a sum, the second shifted or not; nil when one is a small constant.
    private func terms(_ addition: Operation) -> AddressTerms? {
        let (first, second) = (resolve(addition.a), resolve(addition.b))
        guard addition.opcode == .add, definition(first) != nil, let other = definition(second) else { return nil }
        let shift = operations[other]
        let amount = Value(raw: resolve(shift.b))
        if shift.opcode == .shiftLeft, shift.type == addition.type, amount.isConstant, 1...3 ~= amount.constant,
            definition(resolve(shift.a)) != nil
        {
            return AddressTerms(base: first, index: resolve(shift.a), scale: UInt8(amount.constant))
        }
        return AddressTerms(base: first, index: second, scale: 0)
    }

    /// The conjunction whose bits a comparison with zero tests.
    private func testedBits(_ operation: Operation) -> Int? {
        let relation = IntegerCondition(rawValue: operation.flags)
        guard relation == .equal || relation == .notEqual, Value(raw: resolve(operation.b)) == Value(constant: 0),
            let value = definition(resolve(operation.a))
        else { return nil }
        let conjunction = operations[value]
        guard conjunction.opcode == .and, conjunction.type == operation.type, definition(resolve(conjunction.a)) != nil
        else { return nil }
        return value
    }

    /// Folds what defines operands into the operation. The result has bits 0 and 1 set for `a` and `b` when their uses
    /// are noted.
    @inline(__always)
    func foldOperands(_ operation: Operation, _ index: Int, _ place: Int) -> UInt8 {
        switch operation.opcode {
        case .load, .store: foldAddress(operation, index)
        case .compare: foldTest(operation, index, place)
        case .add: foldShift(operation, index)
        case .and: foldComplement(operation, index)
        case .vectorUnary: foldCipherRound(operation, index, place)
        default: 0
        }
    }

    /// The steps of a round of AES before the mixing of columns: the host's instruction has them all.
    private func foldCipherRound(_ operation: Operation, _ index: Int, _ place: Int) -> UInt8 {
        let kind: VectorBinary
        switch VectorUnary(rawValue: operation.c) {
        case .aesMixColumns: kind = .aesEncrypt
        case .aesInverseMixColumns: kind = .aesDecrypt
        default: return 0
        }
        guard pins.features.contains(.aes), isUnused(operation.a), let value = definition(resolve(operation.a)),
            operations[value].opcode == .vectorBinary, operations[value].c == kind.rawValue
        else { return 0 }
        values[index].traits.insert(.folded)
        values[index].constant = Int64(value)
        use(operations[value].a, at: place, upper: true)
        use(operations[value].b, at: place, upper: true)
        return 1
    }

    private func foldAddress(_ operation: Operation, _ index: Int) -> UInt8 {
        let attributes = MemoryAttributes(rawValue: operation.flags)
        guard attributes.isDisjoint(with: [.aligned, .wrap32]), isUnused(operation.a),
            let sum = definition(resolve(operation.a)), operations[sum].type == .i64, let terms = terms(operations[sum])
        else { return 0 }
        fold(terms, into: index, upper: true)
        return 1
    }

    private func foldTest(_ operation: Operation, _ index: Int, _ place: Int) -> UInt8 {
        guard isUnused(operation.a), let value = testedBits(operation) else { return 0 }
        values[index].traits.insert(.folded)
        values[index].constant = Int64(value)
        use(operations[value].a, at: place, upper: operation.type == .i64)
        use(operations[value].b, at: place, upper: operation.type == .i64)
        return 1
    }

    private func foldShift(_ operation: Operation, _ index: Int) -> UInt8 {
        guard isUnused(operation.b), !setsFlags(index), let terms = terms(operation), terms.scale > 0 else { return 0 }
        fold(terms, into: index, upper: operation.type == .i64 && values[index].traits.contains(.upperNeeded))
        return 3
    }

    /// A conjunction with what nothing else wants the complement of: `andn`.
    private func foldComplement(_ operation: Operation, _ index: Int) -> UInt8 {
        guard !setsFlags(index) else { return 0 }
        for (inverted, other) in [(operation.b, operation.a), (operation.a, operation.b)] {
            guard isUnused(inverted), definition(resolve(other)) != nil, resolve(inverted) != resolve(other),
                let value = definition(resolve(inverted)), operations[value].opcode == .xor,
                operations[value].type == operation.type, constant(operations[value].b) == -1,
                definition(resolve(operations[value].a)) != nil
            else { continue }
            let terms = AddressTerms(base: resolve(other), index: resolve(operations[value].a), scale: 0)
            fold(terms, into: index, upper: operation.type == .i64 && values[index].traits.contains(.upperNeeded))
            return 3
        }
        return 0
    }

    /// The conjunction of the one term with the complement of the other.
    func lowerFoldedAnd(_ operation: Operation) {
        let terms = AddressTerms(encoded: values[current].constant)
        let plain = useGPR(terms.base)
        let inverted = useGPR(terms.index)
        assembler.andn(width(operation.type), defineGPR(prefer: plain), inverted: inverted, plain)
    }

    private func fold(_ terms: AddressTerms, into index: Int, upper: Bool) {
        values[index].traits.insert(.folded)
        values[index].constant = terms.encoded
        use(terms.base, at: index, upper: upper)
        use(terms.index, at: index, upper: upper)
    }

    /// The folded sum of the current operation as an address.
    func foldedAddress(_ displacement: Int32) -> Address {
        let terms = AddressTerms(encoded: values[current].constant)
        let base = useGPR(terms.base)
        return Address(base, index: useGPR(terms.index), scale: terms.scale, displacement)
    }

    /// A sum with a shifted term.
    func lowerScaledAdd(_ operation: Operation) {
        let address = foldedAddress(0)
        assembler.lea(width(operation.type), defineGPR(), address)
    }

    /// Whether nothing later than the operation under analysis uses a value.
    private func isUnused(_ operand: UInt32) -> Bool {
        guard let value = definition(resolve(operand)) else { return false }
        return values[value].useCount == 0
    }

    /// Sets the flags for a comparison of a conjunction with zero; gives the condition that holds when it is zero.
    func emitTest(_ comparison: Int) -> Condition {
        let conjunction = operations[Int(values[comparison].constant)]
        let width = width(conjunction.type)
        let first = useGPR(conjunction.a)
        guard let mask = constant(conjunction.b) else {
            assembler.test(width, first, useGPR(conjunction.b))
            return .equal
        }
        let bits = conjunction.type == .i32 ? Int64(UInt32(truncatingIfNeeded: mask)) : mask
        // A mask without the sign bit of 32 bits tests the same at that width, and in a shorter form.
        if bits >= 0 && bits <= Int64(Int32.max) {
            assembler.test(.dword, first, Int32(bits))
            return .equal
        }
        if bits.nonzeroBitCount == 1 {
            assembler.bt(width, first, UInt8(bits.trailingZeroBitCount))
            return .aboveOrEqual
        }
        assembler.test(width, first, useGPR(conjunction.b))
        return .equal
    }

    /// Whether the upper half of a value's register is known to be clear: the host's 32-bit instructions clear it.
    func isZeroExtended(_ operand: UInt32) -> Bool {
        guard let value = definition(resolve(operand)) else { return false }
        let operation = operations[value]
        switch operation.opcode {
        case .compare, .condition, .zeroExtend8, .zeroExtend16, .zeroExtend32, .countLeadingZeros: return true
        case .load:
            let attributes = MemoryAttributes(rawValue: operation.flags)
            return operation.type == .i32
                || operation.type == .i64 && !attributes.contains(.signed) && attributes.sizeLog2 < 3
        case .extractBits: return operation.type == .i32 || operation.b >> 8 & 0xFF <= 32
        case .add, .sub, .mul, .and, .or, .xor, .andNot, .shiftLeft, .shiftRight, .shiftRightArithmetic, .byteSwap,
            .insertBits, .select:
            return operation.type == .i32
        case .rotateRight: return operation.type == .i32 && constant(operation.b) != nil
        default: return false
        }
    }
}
