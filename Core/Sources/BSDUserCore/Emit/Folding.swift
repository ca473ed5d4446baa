/// Operations that their only user carries out along with its own work: additions and shifts as an address, a conjunction
/// as a test of bits. The backward pass decides, and keeps what goes in alive up to the user.
extension BlockEmitter {
    /// An address as the host's instructions add it up.
    struct AddressTerms {
        let base: UInt32
        let index: UInt32
        let scale: UInt8
    }

    /// The terms of an access's address when it is a sum.
    func addressTerms(_ operation: Operation) -> AddressTerms? {
        guard let sum = definition(resolve(operation.a)) else { return nil }
        let (addition, first, second) = (operations[sum], resolve(operations[sum].a), resolve(operations[sum].b))
        guard addition.opcode == .add, addition.type == .i64, definition(first) != nil, let other = definition(second)
        else { return nil }
        let shift = operations[other]
        let amount = Value(raw: resolve(shift.b))
        if shift.opcode == .shiftLeft, shift.type == .i64, amount.isConstant, 1...3 ~= amount.constant,
            definition(resolve(shift.a)) != nil
        {
            return AddressTerms(base: first, index: resolve(shift.a), scale: UInt8(amount.constant))
        }
        return AddressTerms(base: first, index: second, scale: 0)
    }

    /// The conjunction whose bits a comparison with zero tests.
    func testedBits(_ operation: Operation) -> Operation? {
        let relation = IntegerCondition(rawValue: operation.flags)
        guard relation == .equal || relation == .notEqual, Value(raw: resolve(operation.b)) == Value(constant: 0),
            let value = definition(resolve(operation.a))
        else { return nil }
        let conjunction = operations[value]
        guard conjunction.opcode == .and, conjunction.type == operation.type, definition(resolve(conjunction.a)) != nil
        else { return nil }
        return conjunction
    }

    /// Folds what defines operand `a` into the operation; true when it did, and has noted the uses.
    mutating func foldOperand(_ operation: Operation, _ index: Int, _ place: Int) -> Bool {
        switch operation.opcode {
        case .load, .store:
            let attributes = MemoryAttributes(rawValue: operation.flags)
            guard attributes.isDisjoint(with: [.aligned, .wrap32]), isUnused(operation.a),
                let terms = addressTerms(operation)
            else { return false }
            use(terms.base, at: index, upper: true)
            use(terms.index, at: index, upper: true)
        case .compare:
            guard isUnused(operation.a), let conjunction = testedBits(operation) else { return false }
            use(conjunction.a, at: place, upper: operation.type == .i64)
            use(conjunction.b, at: place, upper: operation.type == .i64)
        default: return false
        }
        values[index].traits.insert(.folded)
        return true
    }

    /// Whether nothing later than the operation under analysis uses a value.
    private func isUnused(_ operand: UInt32) -> Bool {
        guard let value = definition(resolve(operand)) else { return false }
        return values[value].useCount == 0
    }

    /// Sets the flags for a comparison of a conjunction with zero; gives the condition that holds when it is zero.
    mutating func emitTest(_ conjunction: Operation) -> Condition {
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
