import CHost

/// How the execution of a block ended.
enum BlockOutcome {
    /// Goes on at `CPUState.pc`.
    case next
    /// An exit for the core; reason and argument are in the header.
    case exit(ExitReason)
}

/// Executes IR blocks operation by operation on the same state that translated code uses.
///
/// It is the oracle of the translator's tests, runs everything under `--no-jit`, and executes the single guest
/// instruction at which translated code was stopped when the host did not tell enough about why.
struct Interpreter: ~Copyable {
    /// Offset in bytes and width of every register, by `RegisterIndex`.
    private struct Slot {
        var offset: Int32
        var byteCount: Int32
    }

    let state: CPUState
    private let slots: UnsafeMutablePointer<Slot>
    private let values: UnsafeMutablePointer<UInt64>
    private let helpers: UnsafePointer<Helper.Function>
    private let profile: FloatProfile
    /// Restart address and delay-slot bit of the last mark.
    private var restart: UInt64 = 0
    private var inDelaySlot = false

    /// An interpreter for one thread. `helpers` are the architecture's and live as long.
    init(
        state: CPUState, registers: RegisterFile, profile: FloatProfile, helpers: UnsafePointer<Helper.Function>
    ) {
        self.state = state
        self.helpers = helpers
        self.profile = profile
        slots = .allocate(capacity: max(1, registers.rows.count))
        for (index, row) in registers.rows.enumerated() {
            slots[index] = Slot(offset: Int32(row.offset), byteCount: Int32(row.byteCount))
        }
        values = .allocate(capacity: Builder.capacity)
        values.initialize(repeating: 0, count: Builder.capacity)
    }

    deinit {
        slots.deallocate()
        values.deallocate()
    }

    /// Executes a block that the verifier accepts, or only its first guest instruction (with its delay slot).
    mutating func run(_ block: Block, onlyFirstInstruction: Bool = false) -> BlockOutcome {
        restart = block.pc
        inDelaySlot = false
        let operations = block.operations
        var index = 0
        while index < operations.count {
            let operation = operations[index]
            switch operation.opcode {
            case .mark:
                restart = block.pc &+ UInt64(bitPattern: Int64(Int32(bitPattern: operation.a)))
                inDelaySlot = operation.flags & 1 != 0
                if onlyFirstInstruction && restart != block.pc {
                    state.pc = restart
                    return .next
                }
            case .skipIf:
                if value(operation.a) != 0 { index = target(of: operation.b, in: operations, after: index) }
            case .label: break
            case .goto:
                state.pc = operation.constant
                return .next
            case .jump:
                state.pc = value(operation.a)
                return .next
            case .exit: return leave(operation)
            case .exitIf:
                if value(operation.c) != 0 { return leave(operation) }
            case .load, .store, .compareExchange:
                if let reason = access(index, operation) { return stop(reason) }
            case .floatAdd, .floatSub, .floatMul, .floatDiv, .floatSqrt, .floatCompare, .floatConvert, .floatFromSigned,
                .floatToSigned:
                if let reason = float(index, operation) { return stop(reason) }
            case .call: call(index, operation)
            default: values[index] = simple(operation, operations)
            }
            index &+= 1
        }
        // The verifier rejects a block without an end; nothing to execute beyond it.
        return stop(.illegalInstruction)
    }

    // MARK: Control

    private func leave(_ operation: Operation) -> BlockOutcome {
        state.setHeader(.exitArgument, value(operation.a))
        return stop(ExitReason(rawValue: operation.b) ?? .illegalInstruction)
    }

    private func stop(_ reason: ExitReason) -> BlockOutcome {
        state.pc = restart
        state.inDelaySlot = inDelaySlot
        state.setHeader(.exitReason, reason.rawValue)
        return .exit(reason)
    }

    private func target(of label: UInt32, in operations: UnsafeBufferPointer<Operation>, after start: Int) -> Int {
        var index = start &+ 1
        while index < operations.count {
            if operations[index].opcode == .label && operations[index].a == label { return index }
            index &+= 1
        }
        return operations.count
    }

    private func call(_ index: Int, _ operation: Operation) {
        let function = helpers[Int(operation.flags)]
        values[index] = function(
            state.registers, argument(operation.a), argument(operation.b), argument(operation.c))
    }

    private func argument(_ raw: UInt32) -> UInt64 { Value(raw: raw) == .none ? 0 : value(raw) }

    // MARK: Values

    @inline(__always)
    private func value(_ raw: UInt32) -> UInt64 {
        let operand = Value(raw: raw)
        return operand.isConstant ? UInt64(bitPattern: operand.constant) : values[operand.index]
    }

    private func simple(_ operation: Operation, _ operations: UnsafeBufferPointer<Operation>) -> UInt64 {
        switch operation.opcode {
        case .const: return operation.constant
        case .get: return get(operation)
        case .put: put(operation)
        case .compare:
            let holds = IntegerArithmetic.compare(
                operation.flags, operation.type, value(operation.a), value(operation.b))
            return holds ? 1 : 0
        case .condition: return condition(operation, operations)
        case .select: return value(operation.a) != 0 ? value(operation.b) : value(operation.c)
        case .extractBits: return IntegerArithmetic.extractBits(value(operation.a), operation.b)
        case .insertBits: return IntegerArithmetic.insertBits(value(operation.a), value(operation.b), operation.c)
        case .countLeadingZeros, .byteSwap, .signExtend8, .signExtend16, .signExtend32, .zeroExtend8, .zeroExtend16,
            .zeroExtend32:
            return IntegerArithmetic.unary(operation.opcode, operation.type, value(operation.a))
        case .bitcast: return value(operation.a)
        case .floatNegate: return value(operation.a) ^ signBit(operation.type)
        case .floatAbsolute: return value(operation.a) & ~signBit(operation.type)
        case .setFloatMode: return CoreHelper.setFloatMode.function(state.registers, value(operation.a), 0, 0)
        case .takeFloatFlags: return CoreHelper.takeFloatFlags.function(state.registers, 0, 0, 0)
        case .fence: chost_fence()
        case .addFlags, .subFlags: break
        default:
            return IntegerArithmetic.binary(operation.opcode, operation.type, value(operation.a), value(operation.b))
        }
        return 0
    }

    private func signBit(_ type: ValueType) -> UInt64 { type == .f64 ? 1 << 63 : 1 << 31 }

    private func condition(_ operation: Operation, _ operations: UnsafeBufferPointer<Operation>) -> UInt64 {
        let source = operations[Int(operation.a)]
        let holds = IntegerArithmetic.satisfies(
            operation.flags, isAddition: source.opcode == .addFlags,
            isNarrow: FlagAttributes(rawValue: source.flags).contains(.narrow), value(source.a), value(source.b))
        return holds ? 1 : 0
    }

    private func get(_ operation: Operation) -> UInt64 {
        let offset = Int(slots[Int(operation.a)].offset)
        return operation.type.bits == 64
            ? state.load(offset, as: UInt64.self) : UInt64(state.load(offset, as: UInt32.self))
    }

    private func put(_ operation: Operation) {
        let offset = Int(slots[Int(operation.a)].offset)
        let new = value(operation.b)
        if operation.type.bits == 64 {
            state.store(new, offset)
        } else {
            state.store(UInt32(truncatingIfNeeded: new), offset)
        }
    }
}

// MARK: - Memory

extension Interpreter {
    /// Executes a memory access; the reason to leave when it fails.
    private func access(_ index: Int, _ operation: Operation) -> ExitReason? {
        let attributes = MemoryAttributes(rawValue: operation.flags)
        switch operation.opcode {
        case .load: return load(index, operation, attributes)
        case .store: return store(operation, attributes)
        default: return compareExchange(index, operation, attributes)
        }
    }

    private func load(_ index: Int, _ operation: Operation, _ attributes: MemoryAttributes) -> ExitReason? {
        let address = address(operation.a, operation.b, attributes)
        let size = attributes.byteCount
        if isMisaligned(address, size, attributes) { return alignmentFault(address, isWrite: false) }
        var loaded: UInt64 = 0
        guard chost_load(address, UInt32(size), &loaded) == 0 else { return memoryFault(address, isWrite: false) }
        let ordered = inOrder(loaded, size, attributes)
        guard attributes.contains(.signed) else {
            values[index] = ordered
            return nil
        }
        let unused = UInt64(64 &- size &* 8)
        values[index] = UInt64(bitPattern: Int64(bitPattern: ordered &<< unused) &>> Int64(unused))
        return nil
    }

    private func store(_ operation: Operation, _ attributes: MemoryAttributes) -> ExitReason? {
        let address = address(operation.a, operation.c, attributes)
        let size = attributes.byteCount
        if isMisaligned(address, size, attributes) { return alignmentFault(address, isWrite: true) }
        let new = inOrder(value(operation.b), size, attributes)
        return chost_store(address, UInt32(size), new) == 0 ? nil : memoryFault(address, isWrite: true)
    }

    private func compareExchange(_ index: Int, _ operation: Operation, _ attributes: MemoryAttributes) -> ExitReason? {
        let address = address(operation.a, 0, attributes)
        let size = operation.type == .i32 ? 4 : 8
        if isMisaligned(address, size, attributes) { return alignmentFault(address, isWrite: true) }
        let expected = inOrder(value(operation.b), size, attributes)
        let replacement = inOrder(value(operation.c), size, attributes)
        var held: UInt64 = 0
        guard chost_compare_exchange(address, UInt32(size), expected, replacement, &held) == 0 else {
            return memoryFault(address, isWrite: true)
        }
        values[index] = inOrder(held, size, attributes)
        return nil
    }

    private func address(_ base: UInt32, _ displacement: UInt32, _ attributes: MemoryAttributes) -> UInt64 {
        let sum = value(base) &+ UInt64(bitPattern: Int64(Int32(bitPattern: displacement)))
        return attributes.contains(.wrap32) ? sum & 0xffff_ffff : sum
    }

    private func isMisaligned(_ address: UInt64, _ size: Int, _ attributes: MemoryAttributes) -> Bool {
        attributes.contains(.aligned) && address & UInt64(size &- 1) != 0
    }

    /// The low `size` bytes between memory's order and the host's.
    private func inOrder(_ number: UInt64, _ size: Int, _ attributes: MemoryAttributes) -> UInt64 {
        let unused = UInt64(64 &- size &* 8)
        return attributes.contains(.bigEndian) ? (number &<< unused).byteSwapped : (number &<< unused) &>> unused
    }

    private func alignmentFault(_ address: UInt64, isWrite: Bool) -> ExitReason {
        state.setHeader(.faultAddress, address)
        state.setHeader(.faultIsWrite, UInt32(isWrite ? 1 : 0))
        // BUS_ADRALN of FreeBSD's sys/signal.h.
        state.setHeader(.faultCode, Int32(1))
        return .alignmentFault
    }

    private func memoryFault(_ address: UInt64, isWrite: Bool) -> ExitReason {
        let fault = chost_last_fault()
        // Code 0: the host does not tell where a non-canonical address failed. It is not mapped: SEGV_MAPERR.
        state.setHeader(.faultAddress, fault.code == 0 ? address : fault.address)
        state.setHeader(.faultCode, fault.code == 0 ? 1 : fault.code)
        state.setHeader(.faultIsWrite, UInt32(isWrite ? 1 : 0))
        return .memoryFault
    }
}

// MARK: - Floating point

extension Interpreter {
    /// Executes a floating-point operation; the reason to leave when it traps.
    private func float(_ index: Int, _ operation: Operation) -> ExitReason? {
        var request = chost_float_request()
        request.operation = UInt8(truncatingIfNeeded: operationNumber(operation.opcode).rawValue)
        request.operand_bits = operandBits(operation)
        request.result_bits = UInt8(operation.type.bits)
        request.flags = operation.flags
        request.a = value(operation.a)
        if OpcodeTable.hasSecondFloatOperand(operation.opcode) { request.b = value(operation.b) }
        let mode: UInt32 = state.header(.floatMode)
        if chost_float_execute(mode, &request) != 0 { fixUp(operation, mode, &request) }
        if request.raised & mode >> FloatMode.trapShift != 0 {
            state.setHeader(.exitArgument, UInt64(request.raised))
            return .floatException
        }
        state.setHeader(.floatFlags, state.header(.floatFlags, as: UInt32.self) | request.raised)
        values[index] = request.result
        return nil
    }

    private func fixUp(_ operation: Operation, _ mode: UInt32, _ request: inout chost_float_request) {
        let fixup = FloatFixup(
            opcode: operation.opcode, type: operation.type, flags: operation.flags,
            operandType: request.operand_bits == 64 ? .f64 : .f32, roundingMode: mode & FloatMode.roundingMask,
            profile: profile)
        let (result, raised) = fixup.evaluate(request.a, request.b)
        request.result = result
        request.raised |= raised.rawValue
    }

    private func operandBits(_ operation: Operation) -> UInt8 {
        switch operation.opcode {
        case .floatCompare, .floatFromSigned, .floatToSigned:
            UInt8(ValueType(rawValue: UInt8(truncatingIfNeeded: operation.c))?.bits ?? 64)
        case .floatConvert: operation.type == .f64 ? 32 : 64
        default: UInt8(operation.type.bits)
        }
    }

    private func operationNumber(_ opcode: Opcode) -> chost_float_operation {
        switch opcode {
        case .floatAdd: CHOST_FLOAT_ADD
        case .floatSub: CHOST_FLOAT_SUB
        case .floatMul: CHOST_FLOAT_MUL
        case .floatDiv: CHOST_FLOAT_DIV
        case .floatSqrt: CHOST_FLOAT_SQRT
        case .floatCompare: CHOST_FLOAT_COMPARE
        case .floatConvert: CHOST_FLOAT_CONVERT
        case .floatFromSigned: CHOST_FLOAT_FROM_SIGNED
        default: CHOST_FLOAT_TO_SIGNED
        }
    }
}

extension OpcodeTable {
    @inline(__always)
    static func hasSecondFloatOperand(_ opcode: Opcode) -> Bool {
        switch opcode {
        case .floatAdd, .floatSub, .floatMul, .floatDiv, .floatCompare: true
        default: false
        }
    }
}
