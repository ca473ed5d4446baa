/// A rule of the IR that a block breaks.
public struct Violation: Sendable, CustomStringConvertible {
    /// Index of the operation.
    public let index: Int
    /// What is wrong with it.
    public let message: String

    public var description: String { "operation \(index): \(message)" }
}

/// Checks blocks against the rules of `Opcode` and `OpcodeTable`.
public enum Verifier {
    /// Everything that is wrong with a block; empty when it may be executed.
    public static func violations(in block: Block, registers: RegisterFile) -> [Violation] {
        var pass = VerifierPass(operations: block.operations, registers: registers)
        pass.run()
        return pass.violations
    }
}

/// What a value is, as far as its uses must know.
enum ValueKind {
    case nothing
    /// An integer with all 64 bits defined.
    case wide
    /// An integer whose upper half is undefined.
    case narrow
    case single, double
    case flags
    case vector

    var isInteger: Bool { self == .wide || self == .narrow }
    var isScalar: Bool { isInteger || self == .single || self == .double }
}

struct VerifierPass {
    let operations: UnsafeBufferPointer<Operation>
    let registers: RegisterFile
    var violations: [Violation] = []

    /// Kinds of the values defined so far.
    private var kinds: [ValueKind] = []
    /// Values before this index may not be used: they stand before a label.
    var firstUsable = 0
    var skippedTo: Set<UInt32> = []
    var placed: Set<UInt32> = []
    var hasMark = false
    /// The last operation ended the block, so that only a label may follow.
    private var isUnreachable = false
    /// A register was written since the last mark.
    var hasWritten = false

    init(operations: UnsafeBufferPointer<Operation>, registers: RegisterFile) {
        self.operations = operations
        self.registers = registers
        kinds.reserveCapacity(operations.count)
    }

    mutating func run() {
        if operations.count >= Builder.capacity { report(operations.count - 1, "the block exceeds the capacity") }
        for (index, operation) in operations.enumerated() {
            check(index, operation)
            kinds.append(kind(of: operation))
        }
        guard let last = operations.last, OpcodeTable.rows[Int(last.opcode.rawValue)].effects.contains(.ends) else {
            report(max(0, operations.count - 1), "the block does not end with an operation that leaves it")
            return
        }
        for label in skippedTo.subtracting(placed).sorted() {
            report(operations.count - 1, "label \(label) is never placed")
        }
    }

    mutating func report(_ index: Int, _ message: String) {
        violations.append(Violation(index: index, message: message))
    }

    // MARK: One operation

    private mutating func check(_ index: Int, _ operation: Operation) {
        let row = OpcodeTable.rows[Int(operation.opcode.rawValue)]
        if isUnreachable && operation.opcode != .label { report(index, "no way leads here") }
        isUnreachable = row.effects.contains(.ends)
        checkField(index, operation, operation.a, row.a, "a")
        checkField(index, operation, operation.b, row.b, "b")
        checkField(index, operation, operation.c, row.c, "c")
        checkType(index, operation)
        checkOrder(index, operation, row)
        checkSpecifics(index, operation)
    }

    private mutating func checkField(
        _ index: Int, _ operation: Operation, _ raw: UInt32, _ operandKind: OperandKind, _ name: String
    ) {
        switch operandKind {
        case .none, .immediate, .label: break
        case .register:
            if Int(raw) >= registers.rows.count { report(index, "\(name): there is no register \(raw)") }
        case .integer, .float, .anyFloat, .any, .flags, .vector:
            let value = Value(raw: raw)
            if (operation.opcode == .call || operation.opcode == .callPure) && value == .none { return }
            guard let actual = use(index, value, name) else { return }
            checkOperand(index, operation, actual, operandKind, name)
        }
    }

    /// The kind of a used value, or nil after reporting that it may not be used.
    private mutating func use(_ index: Int, _ value: Value, _ name: String) -> ValueKind? {
        if value.isConstant { return .wide }
        guard value.index < index else {
            report(index, "\(name): %\(value.index) is not defined before")
            return nil
        }
        guard value.index >= firstUsable else {
            report(index, "\(name): %\(value.index) does not live across the label")
            return nil
        }
        guard kinds[value.index] != .nothing else {
            report(index, "\(name): operation \(value.index) has no result")
            return nil
        }
        return kinds[value.index]
    }

    private mutating func checkOperand(
        _ index: Int, _ operation: Operation, _ actual: ValueKind, _ expected: OperandKind, _ name: String
    ) {
        switch expected {
        case .integer:
            guard actual.isInteger else { return report(index, "\(name) is not an integer") }
            if actual == .narrow && readsUpperHalf(operation, name) {
                report(index, "\(name): the upper half of a 32-bit value is undefined")
            }
        case .float:
            if actual != floatKind(operation.type) { report(index, "\(name) is not \(operation.type)") }
        case .anyFloat:
            let source = sourceType(operation)
            if let source, actual != floatKind(source) { report(index, "\(name) is not \(source)") }
            if actual != .single && actual != .double { report(index, "\(name) is not a floating-point value") }
        case .flags:
            if actual != .flags { report(index, "\(name) is not flags") }
        case .vector:
            if actual != .vector { report(index, "\(name) is not a vector") }
        default:
            checkAny(index, operation, actual, name)
        }
    }

    /// Some operations take values of several types.
    private mutating func checkAny(_ index: Int, _ operation: Operation, _ actual: ValueKind, _ name: String) {
        if actual == .flags { return report(index, "\(name): only a condition reads flags") }
        switch operation.opcode {
        case .put, .select, .compareExchange:
            checkType(index, operation, actual, name)
            if operation.type == .i64 && actual == .narrow {
                report(index, "\(name): the upper half of a 32-bit value is undefined")
            }
        case .store:
            checkType(index, operation, actual, name)
            if actual == .narrow && MemoryAttributes(rawValue: operation.flags).byteCount == 8 {
                report(index, "\(name): the upper half of a 32-bit value is undefined")
            }
        case .vectorFromScalar, .vectorDuplicate, .vectorInsert:
            let bits = VectorLane(rawValue: operation.flags).bitCount
            if !actual.isScalar { report(index, "\(name) is not a number") }
            if bits == 64 && (actual == .narrow || actual == .single) || bits < 64 && actual == .double
                || bits < 32 && actual == .single
            {
                report(index, "\(name) has another width than the lane")
            }
        case .bitcast:
            if actual == .vector || operation.type.isFloat != actual.isInteger {
                report(index, "\(name): nothing to reinterpret")
            }
            if operation.type.bits == 64 && (actual == .narrow || actual == .single)
                || operation.type.bits == 32 && actual == .double
            {
                report(index, "\(name) has another width")
            }
        default: break
        }
    }

    /// A value must be of the operation's type, or an integer where that is one.
    private mutating func checkType(_ index: Int, _ operation: Operation, _ actual: ValueKind, _ name: String) {
        let isRight =
            switch operation.type {
            case .i32, .i64: actual.isInteger
            case .v128: actual == .vector
            default: actual == floatKind(operation.type)
            }
        if !isRight { report(index, "\(name) is not \(operation.type)") }
    }

    /// Whether an operation reads the bits above 32 of its integer operand `name`.
    private func readsUpperHalf(_ operation: Operation, _ name: String) -> Bool {
        switch operation.opcode {
        case .signExtend8, .signExtend16, .signExtend32, .zeroExtend8, .zeroExtend16, .zeroExtend32, .setFloatMode,
            .unpackFlags, .floatFromHalf:
            return false
        case .extractBits:
            return operation.type == .i64 && fieldEnd(operation.b) > 32
        case .insertBits where name == "b":
            return operation.type == .i64 && Int(operation.c >> 8) > 32
        case .shiftLeft, .shiftRight, .shiftRightArithmetic, .rotateRight:
            return name == "a" && operation.type == .i64
        case .select where name == "a": return true
        case .load, .store: return !MemoryAttributes(rawValue: operation.flags).contains(.wrap32)
        case .compareExchange where name == "a", .atomicUpdate where name == "a":
            return !MemoryAttributes(rawValue: operation.flags).contains(.wrap32)
        case .atomicUpdate: return MemoryAttributes(rawValue: operation.flags).byteCount == 8
        case .addWithCarryFlags where name == "c", .addWithCarry where name == "c": return true
        case .addFlags, .subFlags, .addWithCarryFlags, .logicFlags:
            return !FlagAttributes(rawValue: operation.flags).contains(.narrow)
        case .floatFromSigned, .floatFromUnsigned:
            return operation.c == UInt32(ValueType.i64.rawValue)
        case .jump, .exit, .exitIf, .skipIf: return true
        default: return operation.type == .i64
        }
    }

    private func fieldEnd(_ field: UInt32) -> Int { Int(field & 0xff) + Int(field >> 8) }

    /// The type that `c` or the operation itself names for operands of either floating-point type.
    private func sourceType(_ operation: Operation) -> ValueType? {
        switch operation.opcode {
        case .floatCompare, .floatCompareFlags, .floatToSigned, .floatToUnsigned, .floatToHalf:
            ValueType(rawValue: UInt8(truncatingIfNeeded: operation.c))
        case .floatConvert: operation.type == .f64 ? .f32 : .f64
        default: nil
        }
    }

    private func floatKind(_ type: ValueType) -> ValueKind {
        switch type {
        case .f32: .single
        case .f64: .double
        default: .nothing
        }
    }

    private func kind(of operation: Operation) -> ValueKind {
        switch operation.opcode {
        case .put, .mark, .store, .fence, .setFloatMode, .skipIf, .label, .goto, .jump, .exit, .exitIf: return .nothing
        case .const, .compare, .condition, .floatCompare, .takeFloatFlags, .floatToHalf: return .wide
        // What memory held comes zero-extended.
        case .atomicUpdate: return .wide
        case .compareExchange where operation.type != .v128: return .wide
        default: break
        }
        switch operation.type {
        case .none: return .nothing
        case .i32: return .narrow
        case .i64: return .wide
        case .f32: return .single
        case .f64: return .double
        case .flags: return .flags
        case .v128: return .vector
        }
    }
}
