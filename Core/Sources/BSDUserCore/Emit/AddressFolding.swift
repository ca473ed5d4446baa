/// Sums and shifts that become part of a host address: base + (index << scale) + displacement. The backward pass decides, by
/// the operands as the front end wrote them; both passes see the same.
extension BlockEmitter {
    /// A term of a sum: an operand, shifted left by up to 3.
    struct Term {
        let operand: UInt32
        let scale: UInt8
    }

    func term(_ operand: UInt32, _ type: ValueType) -> Term {
        guard let value = definition(operand), operations[value].opcode == .shiftLeft, operations[value].type == type
        else { return Term(operand: operand, scale: 0) }
        let amount = Value(raw: operations[value].b)
        guard amount.isConstant, amount.constant > 0, amount.constant <= 3 else {
            return Term(operand: operand, scale: 0)
        }
        return Term(operand: operations[value].a, scale: UInt8(amount.constant))
    }

    /// Notes the uses of an addition or access that folds an operand; false when it folds none.
    @inline(__always)
    mutating func analyseFolding(_ operation: Operation, _ index: Int) -> Bool {
        switch operation.opcode {
        case .add: foldShift(operation, index)
        case .load, .store: foldSum(operation, index)
        default: false
        }
    }

    private mutating func foldShift(_ operation: Operation, _ index: Int) -> Bool {
        let shifted = term(operation.b, operation.type)
        guard shifted.scale > 0, definition(resolve(operation.a)) != nil, !setsFlags(index) else { return false }
        values[index].traits.insert(.folded)
        let upper = operation.type == .i64 && values[index].traits.contains(.upperNeeded)
        use(operation.a, at: index, upper: upper)
        use(shifted.operand, at: index, upper: upper)
        return true
    }

    /// The sum must be needed for nothing after the access, and its address must not be looked at otherwise.
    private mutating func foldSum(_ operation: Operation, _ index: Int) -> Bool {
        let attributes = MemoryAttributes(rawValue: operation.flags)
        guard attributes.isDisjoint(with: [.aligned, .wrap32]), let sum = definition(operation.a),
            operations[sum].opcode == .add, operations[sum].type == .i64, values[sum].useCount == 0,
            definition(operations[sum].a) != nil, definition(operations[sum].b) != nil
        else { return false }
        values[index].traits.insert(.folded)
        use(operations[sum].a, at: index, upper: true)
        use(term(operations[sum].b, .i64).operand, at: index, upper: true)
        if operation.opcode == .store {
            use(operation.b, at: index, upper: true)
            markPacked(operation, 2)
        }
        return true
    }

    /// The address of a folded access.
    mutating func foldedAddress(_ operand: UInt32, _ displacement: Int32) -> Address {
        let sum = operations[Int(operand)]
        let index = term(sum.b, .i64)
        let base = useGPR(sum.a)
        return Address(base, index: useGPR(index.operand), scale: index.scale, displacement)
    }

    /// A sum with a shifted term.
    mutating func lowerScaledAdd(_ operation: Operation) {
        let shifted = term(operation.b, operation.type)
        let base = useGPR(operation.a)
        let index = useGPR(shifted.operand)
        let destination = defineGPR(prefer: base)
        assembler.lea(width(operation.type), destination, Address(base, index: index, scale: shifted.scale))
    }
}
