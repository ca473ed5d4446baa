/// What a few IR operations compute together, where the host has one instruction for it. Guest instruction sets without
/// rotations and extensions spell them as shifts.
struct Idiom {
    enum Kind: UInt8 {
        /// Rotation right of 64 bits; of 32 bits with the result sign-extended.
        case rotate64, rotate32
        /// Zeros below the lowest set bit, in `amount` bits.
        case countTrailingZeros
        /// Extension of the low `amount` bits (8, 16 or 32) to the operation's type.
        case zeroExtend, signExtend
        /// The operand itself.
        case whole
    }

    let kind: Kind
    let amount: UInt8
    /// The operand that all is computed from.
    let source: UInt32

    init(_ kind: Kind, amount: UInt8, _ source: UInt32) {
        self.kind = kind
        self.amount = amount
        self.source = source
    }

    /// Whether the upper half of the operand matters.
    var readsUpperHalf: Bool { kind == .rotate64 || kind == .whole || kind == .countTrailingZeros && amount == 64 }

    /// As `ValueInfo.constant` holds it.
    var encoded: Int64 { Int64(kind.rawValue) << 40 | Int64(amount) << 32 | Int64(source) }

    init?(encoded: Int64) {
        guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: encoded >> 40)) else { return nil }
        self.init(kind, amount: UInt8(truncatingIfNeeded: encoded >> 32), UInt32(truncatingIfNeeded: encoded))
    }
}

extension BlockEmitter {
    /// The idiom that ends in an operation, if any. For the backward pass.
    func idiom(_ operation: Operation) -> Idiom? {
        switch operation.opcode {
        case .or: rotation(operation)
        case .insertBits: joinedHalves(operation)
        case .countLeadingZeros: trailingZeros(operation)
        case .shiftRight: extensionByShifts(operation, .zeroExtend)
        case .shiftRightArithmetic: extensionByShifts(operation, .signExtend)
        default: nil
        }
    }

    /// The leading zeros of bits in reverse order.
    private func trailingZeros(_ operation: Operation) -> Idiom? {
        guard let value = definition(resolve(operation.a)), operations[value].opcode == .bitReverse,
            operations[value].type == operation.type
        else { return nil }
        return Idiom(.countTrailingZeros, amount: UInt8(operation.type.bits), operations[value].a)
    }

    /// A shift by a constant, seen through the sign extension that follows a 32-bit one.
    private func shift(_ operand: UInt32, _ type: ValueType) -> (operation: Operation, amount: Int)? {
        guard var value = definition(resolve(operand)) else { return nil }
        if operations[value].opcode == .signExtend32, let inner = definition(resolve(operations[value].a)),
            operations[inner].type == .i32
        {
            value = inner
        }
        let operation = operations[value]
        guard operation.opcode == .shiftLeft || operation.opcode == .shiftRight, operation.type == type else {
            return nil
        }
        let amount = Value(raw: resolve(operation.b))
        guard amount.isConstant else { return nil }
        return (operation, Int(amount.constant) & (type.bits - 1))
    }

    /// x << k | x >> (width - k).
    private func rotation(_ operation: Operation) -> Idiom? {
        guard operation.type == .i64 else { return nil }
        for type in [ValueType.i32, .i64] {
            guard let first = shift(operation.a, type), let second = shift(operation.b, type),
                first.operation.opcode != second.operation.opcode, first.amount > 0,
                first.amount + second.amount == type.bits
            else { continue }
            let source = resolve(first.operation.a)
            guard source == resolve(second.operation.a) else { continue }
            let right = first.operation.opcode == .shiftRight ? first.amount : second.amount
            return Idiom(type == .i32 ? .rotate32 : .rotate64, amount: UInt8(right), source)
        }
        return nil
    }

    /// (x << k) >> k, where width - k is the width of an extension.
    private func extensionByShifts(_ operation: Operation, _ kind: Idiom.Kind) -> Idiom? {
        let amount = Value(raw: resolve(operation.b))
        guard amount.isConstant, let left = shift(operation.a, operation.type), left.operation.opcode == .shiftLeft
        else { return nil }
        let right = Int(amount.constant) & (operation.type.bits - 1)
        let kept = operation.type.bits - right
        guard left.amount == right, kept == 8 || kept == 16 || kept == 32 && operation.type == .i64 else { return nil }
        return Idiom(kind, amount: UInt8(kept), resolve(left.operation.a))
    }

    /// The upper half of a value put above its lower half, as where a product comes in two registers.
    private func joinedHalves(_ operation: Operation) -> Idiom? {
        guard operation.type == .i64, operation.c == 32 | 32 << 8, let upper = definition(resolve(operation.b)),
            operations[upper].opcode == .shiftRight || operations[upper].opcode == .shiftRightArithmetic,
            operations[upper].type == .i64, constant(operations[upper].b) == 32
        else { return nil }
        let whole = resolve(operations[upper].a)
        var lower = resolve(operation.a)
        if let value = definition(lower), [.signExtend32, .zeroExtend32].contains(operations[value].opcode) {
            lower = resolve(operations[value].a)
        }
        return lower == whole ? Idiom(.whole, amount: 64, whole) : nil
    }

    /// Emits what the current operation's idiom computes.
    func lowerIdiom(_ idiom: Idiom) {
        switch idiom.kind {
        case .rotate64:
            let source = useGPR(idiom.source)
            assembler.rorx(.qword, defineGPR(prefer: source), source, idiom.amount)
        case .rotate32:
            let source = useGPR(idiom.source)
            let destination = defineGPR(prefer: source)
            assembler.rorx(.dword, destination, source, idiom.amount)
            if values[current].traits.contains(.upperNeeded) {
                assembler.movsx(.qword, destination, from: .dword, destination)
            }
        case .countTrailingZeros:
            let source = useGPR(idiom.source)
            assembler.tzcnt(width(operations[current].type), defineGPR(prefer: source), source)
        case .whole: makeAlias(of: idiom.source)
        case .zeroExtend: zeroExtend(idiom.source, idiom.amount == 8 ? .byte : idiom.amount == 16 ? .word : .dword)
        case .signExtend: signExtend(idiom.source, idiom.amount == 8 ? .byte : idiom.amount == 16 ? .word : .dword)
        }
    }
}
