/// Readable text of blocks, for logs and test failures.
public struct Printer {
    private let registers: RegisterFile

    /// A printer that names registers as `registers` does.
    public init(registers: RegisterFile) { self.registers = registers }

    /// A block, one operation a line, the first line telling address and size.
    public func text(of block: Block) -> String {
        var text = "block 0x\(hexadecimal(block.pc)), \(block.byteCount) bytes of guest code\n"
        for (index, operation) in block.operations.enumerated() {
            text += line(index, operation, pc: block.pc) + "\n"
        }
        return text
    }

    /// One operation without its line end.
    public func line(_ index: Int, _ operation: Operation, pc: UInt64 = 0) -> String {
        let row = OpcodeTable.rows[Int(operation.opcode.rawValue)]
        let number = String(index)
        var text = String(repeating: " ", count: max(0, 5 - number.count))
        text += hasResult(operation) ? "%\(number) = " : String(repeating: " ", count: number.count + 4)
        text += "\(operation.opcode)"
        if operation.type != .none { text += ".\(operation.type)" }
        text += attributes(operation)
        let operands = operands(operation, row, pc: pc)
        return operands.isEmpty ? text : text + " " + operands.joined(separator: ", ")
    }

    private func hasResult(_ operation: Operation) -> Bool {
        switch operation.opcode {
        case .put, .store: false
        default: operation.type != .none
        }
    }

    private func operands(_ operation: Operation, _ row: OpcodeRow, pc: UInt64) -> [String] {
        switch operation.opcode {
        case .const: return ["0x\(hexadecimal(operation.constant))"]
        case .goto: return ["0x\(hexadecimal(operation.constant))"] + returnAddress(operation, operation.a, pc: pc)
        case .jump: return [value(operation.a)] + returnAddress(operation, operation.b, pc: pc)
        case .mark:
            let offset = Int64(Int32(bitPattern: operation.a))
            return ["0x\(hexadecimal(pc &+ UInt64(bitPattern: offset)))"]
        case .extractBits: return [value(operation.a), field(operation.b)]
        case .insertBits: return [value(operation.a), value(operation.b), field(operation.c)]
        case .exit, .exitIf:
            let reason = ExitReason(rawValue: operation.b).map { "\($0)" } ?? "reason \(operation.b)"
            let condition = operation.opcode == .exitIf ? [value(operation.c)] : []
            return condition + [reason, value(operation.a)]
        case .floatCompare, .floatCompareFlags:
            return [typeName(operation.c), value(operation.a), value(operation.b)]
        case .floatFromSigned, .floatFromUnsigned, .floatToSigned, .floatToUnsigned, .floatToHalf:
            return [typeName(operation.c), value(operation.a)]
        case .atomicUpdate, .vectorBinary, .vectorFloatBinary: return [value(operation.a), value(operation.b)]
        case .vectorUnary, .vectorShift, .vectorFloatUnary: return [value(operation.a), "\(operation.b)"]
        case .vectorCopyLane:
            return [value(operation.a), value(operation.b), "\(operation.c & 0xFF)", "\(operation.c >> 8)"]
        case .call, .callPure:
            let values = [operation.a, operation.b, operation.c].filter { Value(raw: $0) != .none }
            return ["helper \(operation.flags)"] + values.map(value)
        default:
            return [(row.a, operation.a), (row.b, operation.b), (row.c, operation.c)].compactMap(operand)
        }
    }

    private func operand(_ kind: OperandKind, _ raw: UInt32) -> String? {
        switch kind {
        case .none: nil
        case .integer, .float, .anyFloat, .any, .flags, .vector: value(raw)
        case .immediate: "\(Int32(bitPattern: raw))"
        case .register: Int(raw) < registers.rows.count ? registers.rows[Int(raw)].name : "register\(raw)"
        case .label: "L\(raw)"
        }
    }

    private func returnAddress(_ operation: Operation, _ distance: UInt32, pc: UInt64) -> [String] {
        guard operation.isCall else { return [] }
        return ["0x\(hexadecimal(pc &+ UInt64(bitPattern: Int64(Int32(bitPattern: distance)))))"]
    }

    private func attributes(_ operation: Operation) -> String {
        switch operation.opcode {
        case .compare: return suffix(IntegerCondition(rawValue: operation.flags))
        case .condition: return suffix(FlagCondition(rawValue: operation.flags))
        case .floatToSigned, .floatToUnsigned: return suffix(FloatRounding(rawValue: operation.flags))
        case .floatRound:
            return suffix(FloatRounding(rawValue: operation.flags & 0x7F)) + named(operation.flags >> 7, ["exact"])
        case .floatMinMax: return suffix(FloatMinMax(rawValue: operation.flags))
        case .floatMultiplyAdd: return named(operation.flags, ["negatedProduct", "negatedAddend"])
        case .addFlags, .subFlags, .addWithCarryFlags, .logicFlags:
            return named(operation.flags, ["invertedCarry", "narrow"])
        case .goto where operation.flags == JumpKind.jump.rawValue: return ""
        case .goto, .jump: return suffix(JumpKind(rawValue: operation.flags))
        case .floatCompare, .floatCompareFlags:
            return named(operation.flags, ["unordered", "equal", "less", "greater", "signalling"])
        case .mark: return operation.flags & 1 == 0 ? "" : ".inDelaySlot"
        case .load, .store, .compareExchange: return access(operation.flags)
        case .atomicUpdate: return suffix(AtomicOperation(rawValue: operation.c)) + access(operation.flags)
        default: return vectorAttributes(operation)
        }
    }

    private func access(_ flags: UInt8) -> String {
        ".\(MemoryAttributes(rawValue: flags).byteCount)"
            + named(flags >> 3, ["signed", "bigEndian", "wrap32", "aligned"])
    }

    private func vectorAttributes(_ operation: Operation) -> String {
        let lane = ".\(VectorLane(rawValue: operation.flags).bitCount)"
        switch operation.opcode {
        case .vectorFromScalar, .vectorDuplicate, .vectorInsert, .vectorCopyLane: return lane
        case .vectorExtract: return lane + named(operation.flags >> 2, ["signed"])
        case .vectorShiftInsert: return lane + named(operation.flags >> 3, ["right"])
        case .vectorUnary: return suffix(VectorUnary(rawValue: operation.c)) + lane
        case .vectorBinary: return suffix(VectorBinary(rawValue: operation.c)) + lane
        case .vectorShift: return suffix(VectorShift(rawValue: operation.c)) + lane
        case .vectorFloatUnary: return suffix(VectorFloatUnary(rawValue: operation.c)) + lane
        case .vectorFloatBinary: return suffix(VectorFloatBinary(rawValue: operation.c)) + lane
        case .vectorHash: return suffix(VectorHash(rawValue: operation.flags))
        case .vectorMultiplyAdd: return lane + named(operation.flags >> 2, ["negatedProduct", "negatedAddend"])
        default: return ""
        }
    }

    private func suffix<T>(_ condition: T?) -> String { condition.map { ".\($0)" } ?? ".unknown" }

    private func named(_ bits: UInt8, _ names: [String]) -> String {
        names.enumerated().filter { bits >> UInt8($0.offset) & 1 != 0 }.map { "." + $0.element }.joined()
    }

    private func value(_ raw: UInt32) -> String {
        let value = Value(raw: raw)
        return value.isConstant ? "\(value.constant)" : "%\(value.index)"
    }

    private func field(_ raw: UInt32) -> String { "[\(raw & 0xff), \(raw >> 8)]" }

    private func typeName(_ raw: UInt32) -> String {
        ValueType(rawValue: UInt8(truncatingIfNeeded: raw)).map { "\($0)" } ?? "type \(raw)"
    }

    private func hexadecimal(_ number: UInt64) -> String { String(number, radix: 16) }
}
