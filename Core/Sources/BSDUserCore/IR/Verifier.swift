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
private enum ValueKind {
    case nothing
    /// An integer with all 64 bits defined.
    case wide
    /// An integer whose upper half is undefined.
    case narrow
    case single, double
    case flags

    var isInteger: Bool { self == .wide || self == .narrow }
}

private struct VerifierPass {
    let operations: UnsafeBufferPointer<Operation>
    let registers: RegisterFile
    var violations: [Violation] = []

    /// Kinds of the values defined so far.
    private var kinds: [ValueKind] = []
    /// Values before this index may not be used: they stand before a label.
    private var firstUsable = 0
    private var skippedTo: Set<UInt32> = []
    private var placed: Set<UInt32> = []
    private var hasMark = false
    /// The last operation ended the block, so that only a label may follow.
    private var isUnreachable = false
    /// A register was written since the last mark.
    private var hasWritten = false

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

    private mutating func report(_ index: Int, _ message: String) {
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
        case .integer, .float, .anyFloat, .any, .flags:
            let value = Value(raw: raw)
            if operation.opcode == .call && value == .none { return }
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
        default:
            checkAny(index, operation, actual, name)
        }
    }

    /// `put`, `store`, `bitcast` and `call` take values of several types.
    private mutating func checkAny(_ index: Int, _ operation: Operation, _ actual: ValueKind, _ name: String) {
        if actual == .flags { return report(index, "\(name): only a condition reads flags") }
        switch operation.opcode {
        case .put:
            if operation.type.isFloat ? actual != floatKind(operation.type) : !actual.isInteger {
                report(index, "\(name) is not \(operation.type)")
            }
            if operation.type == .i64 && actual == .narrow {
                report(index, "\(name): the upper half of a 32-bit value is undefined")
            }
        case .store:
            if operation.type.isFloat ? actual != floatKind(operation.type) : !actual.isInteger {
                report(index, "\(name) is not \(operation.type)")
            }
            if actual == .narrow && MemoryAttributes(rawValue: operation.flags).byteCount == 8 {
                report(index, "\(name): the upper half of a 32-bit value is undefined")
            }
        case .bitcast:
            if operation.type.isFloat != actual.isInteger { report(index, "\(name): nothing to reinterpret") }
            if operation.type.bits == 64 && (actual == .narrow || actual == .single)
                || operation.type.bits == 32 && actual == .double
            {
                report(index, "\(name) has another width")
            }
        default: break
        }
    }

    /// Whether an operation reads the bits above 32 of its integer operand `name`.
    private func readsUpperHalf(_ operation: Operation, _ name: String) -> Bool {
        switch operation.opcode {
        case .signExtend8, .signExtend16, .signExtend32, .zeroExtend8, .zeroExtend16, .zeroExtend32, .setFloatMode:
            return false
        case .extractBits:
            return operation.type == .i64 && fieldEnd(operation.b) > 32
        case .insertBits where name == "b":
            return operation.type == .i64 && Int(operation.c >> 8) > 32
        case .shiftLeft, .shiftRight, .shiftRightArithmetic, .rotateRight:
            return name == "a" && operation.type == .i64
        case .select where name == "a": return true
        case .load, .store: return !MemoryAttributes(rawValue: operation.flags).contains(.wrap32)
        case .compareExchange where name == "a":
            return !MemoryAttributes(rawValue: operation.flags).contains(.wrap32)
        case .addFlags, .subFlags, .floatFromSigned:
            return operation.c == UInt32(ValueType.i64.rawValue)
        case .jump, .exit, .exitIf, .skipIf: return true
        default: return operation.type == .i64
        }
    }

    private func fieldEnd(_ field: UInt32) -> Int { Int(field & 0xff) + Int(field >> 8) }

    /// The type that `c` or the operation itself names for operands of either floating-point type.
    private func sourceType(_ operation: Operation) -> ValueType? {
        switch operation.opcode {
        case .floatCompare, .floatToSigned: ValueType(rawValue: UInt8(truncatingIfNeeded: operation.c))
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
        case .addFlags, .subFlags: return .flags
        case .const, .compare, .condition, .floatCompare, .takeFloatFlags: return .wide
        // What memory held comes zero-extended.
        case .compareExchange: return .wide
        default: break
        }
        switch operation.type {
        case .none: return .nothing
        case .i32: return .narrow
        case .i64: return .wide
        case .f32: return .single
        case .f64: return .double
        case .flags: return .flags
        }
    }
}

// MARK: - Rules beyond the operand kinds

extension VerifierPass {
    /// Types that an operation may have.
    private func allows(_ opcode: Opcode, _ type: ValueType) -> Bool {
        switch opcode {
        case .get, .put, .load, .store: type.bits > 0
        case .const: type == .i64
        case .floatAdd, .floatSub, .floatMul, .floatDiv, .floatSqrt, .floatNegate, .floatAbsolute, .floatConvert,
            .floatFromSigned:
            type.isFloat
        case .bitcast: type.bits > 0
        case .condition, .floatCompare, .takeFloatFlags: type == .i64 || type == .i32
        case .addFlags, .subFlags: type == .flags
        case .call: type == .none || type == .i64
        case .mark, .fence, .setFloatMode, .skipIf, .label, .goto, .jump, .exit, .exitIf: type == .none
        default: type == .i32 || type == .i64
        }
    }

    private mutating func checkType(_ index: Int, _ operation: Operation) {
        if !allows(operation.opcode, operation.type) {
            report(index, "\(operation.opcode) has no type \(operation.type)")
        }
    }

    private mutating func checkOrder(_ index: Int, _ operation: Operation, _ row: OpcodeRow) {
        let leaves = operation.opcode == .exit || operation.opcode == .exitIf
        if (row.effects.contains(.faults) || leaves) && !hasMark { report(index, "no mark tells the restart address") }
        if row.effects.contains(.faults) && hasWritten {
            report(index, "may fault after its instruction has written a register")
        }
        switch operation.opcode {
        case .mark:
            hasMark = true
            hasWritten = false
        case .put: hasWritten = true
        case .skipIf:
            if placed.contains(operation.b) { report(index, "skips back to label \(operation.b)") }
            skippedTo.insert(operation.b)
        case .label:
            if !placed.insert(operation.a).inserted { report(index, "label \(operation.a) is placed twice") }
            firstUsable = index
        default: break
        }
    }

    private mutating func checkSpecifics(_ index: Int, _ operation: Operation) {
        switch operation.opcode {
        case .get, .put: checkRegister(index, operation)
        case .extractBits: checkBitField(index, operation.b, operation.type)
        case .insertBits: checkBitField(index, operation.c, operation.type)
        case .addFlags, .subFlags, .floatFromSigned:
            checkNamedType(index, operation.c, isFloat: false)
        case .floatCompare, .floatToSigned:
            checkNamedType(index, operation.c, isFloat: true)
        case .compare:
            if IntegerCondition(rawValue: operation.flags) == nil { report(index, "unknown condition") }
        case .condition:
            if FlagCondition(rawValue: operation.flags) == nil { report(index, "unknown condition") }
        case .load, .store: checkAccess(index, operation)
        case .exit, .exitIf:
            if ExitReason(rawValue: operation.b) == nil { report(index, "unknown exit reason \(operation.b)") }
        case .jump:
            if JumpKind(rawValue: operation.flags) == nil { report(index, "unknown kind of jump") }
        default: break
        }
        if operation.opcode == .floatToSigned && FloatRounding(rawValue: operation.flags) == nil {
            report(index, "unknown rounding")
        }
    }

    private mutating func checkRegister(_ index: Int, _ operation: Operation) {
        guard Int(operation.a) < registers.rows.count else { return }
        let row = registers.rows[Int(operation.a)]
        let isExact = operation.type.bits == row.byteCount * 8
        if operation.type.bits > row.byteCount * 8 { report(index, "\(row.name) is narrower than \(operation.type)") }
        if operation.opcode == .put && row.registerClass != .float && !isExact {
            report(index, "\(row.name) has another width than \(operation.type)")
        }
        if row.registerClass != .hidden && (row.registerClass == .float) != operation.type.isFloat {
            report(index, "\(row.name) does not hold \(operation.type)")
        }
    }

    private mutating func checkBitField(_ index: Int, _ field: UInt32, _ type: ValueType) {
        let width = Int(field >> 8)
        if width < 1 || Int(field & 0xff) + width > type.bits { report(index, "the bit field exceeds \(type)") }
    }

    private mutating func checkNamedType(_ index: Int, _ raw: UInt32, isFloat: Bool) {
        guard let type = ValueType(rawValue: UInt8(truncatingIfNeeded: raw)), type.bits > 0, type.isFloat == isFloat
        else { return report(index, "c names no type of the operand") }
    }

    private mutating func checkAccess(_ index: Int, _ operation: Operation) {
        let bits = MemoryAttributes(rawValue: operation.flags).byteCount * 8
        if operation.type.isFloat ? bits != operation.type.bits : bits > operation.type.bits {
            report(index, "\(bits / 8) bytes do not fit \(operation.type)")
        }
    }
}
