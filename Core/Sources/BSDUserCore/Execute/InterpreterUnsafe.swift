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
    struct Slot {
        var offset: Int32
        var byteCount: Int32
    }

    let state: CPUState
    let slots: UnsafeMutablePointer<Slot>
    let values: UnsafeMutablePointer<UInt64>
    /// The upper halves of vectors.
    let upperHalves: UnsafeMutablePointer<UInt64>
    private let helpers: UnsafePointer<Helper.Function>
    let profile: FloatProfile
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
        upperHalves = .allocate(capacity: Builder.capacity)
        upperHalves.initialize(repeating: 0, count: Builder.capacity)
    }

    deinit {
        slots.deallocate()
        values.deallocate()
        upperHalves.deallocate()
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
            case .load, .store, .compareExchange, .atomicUpdate:
                if let reason = access(index, operation) { return stop(reason) }
            case .call, .callPure: call(index, operation)
            case .get: get(index, operation)
            case .put: put(operation)
            case .select:
                let chosen = value(operation.a) != 0 ? operation.b : operation.c
                set(index, vector(chosen))
            default:
                if !Interpreter.isEvaluated(operation.opcode) {
                    values[index] = simple(operation)
                } else if let reason = evaluate(index, operation) {
                    return stop(reason)
                }
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
        for (position, raw) in [operation.a, operation.b, operation.c].enumerated() {
            let operand = Value(raw: raw)
            if operand != .none && !operand.isConstant { state.setVectorScratch(position, vector(raw)) }
        }
        let result = function(
            state.registers, argument(operation.a), argument(operation.b), argument(operation.c))
        set(
            index,
            operation.type == .v128 ? state.vectorScratch(CPUState.resultIndex) : VectorBits(low: result))
    }

    private func argument(_ raw: UInt32) -> UInt64 { Value(raw: raw) == .none ? 0 : value(raw) }

    // MARK: Values

    @inline(__always)
    func value(_ raw: UInt32) -> UInt64 {
        let operand = Value(raw: raw)
        return operand.isConstant ? UInt64(bitPattern: operand.constant) : values[operand.index]
    }

    /// All bits of an operand; those of a scalar are the low ones.
    @inline(__always)
    func vector(_ raw: UInt32) -> VectorBits {
        let operand = Value(raw: raw)
        return VectorBits(low: value(raw), high: operand.isConstant ? 0 : upperHalves[operand.index])
    }

    @inline(__always)
    func set(_ index: Int, _ bits: VectorBits) {
        values[index] = bits.low
        upperHalves[index] = bits.high
    }

    private func simple(_ operation: Operation) -> UInt64 {
        switch operation.opcode {
        case .const: return operation.constant
        case .compare:
            let holds = IntegerArithmetic.compare(
                operation.flags, operation.type, value(operation.a), value(operation.b))
            return holds ? 1 : 0
        // Flags are kept packed.
        case .addFlags, .subFlags, .addWithCarryFlags, .logicFlags:
            return IntegerArithmetic.flags(
                operation.opcode, FlagAttributes(rawValue: operation.flags), value(operation.a), value(operation.b),
                operation.opcode == .addWithCarryFlags ? value(operation.c) : 0)
        case .packFlags: return value(operation.a)
        case .unpackFlags: return value(operation.a) & UInt64(PackedFlags.all.rawValue)
        case .condition:
            let flags = PackedFlags(rawValue: UInt32(truncatingIfNeeded: value(operation.a)))
            return IntegerArithmetic.satisfies(operation.flags, flags) ? 1 : 0
        case .addWithCarry:
            let sum = value(operation.a) &+ value(operation.b) &+ value(operation.c)
            return operation.type == .i32 ? sum & 0xFFFF_FFFF : sum
        case .extractBits: return IntegerArithmetic.extractBits(value(operation.a), operation.b)
        case .insertBits: return IntegerArithmetic.insertBits(value(operation.a), value(operation.b), operation.c)
        case .countLeadingZeros, .byteSwap, .signExtend8, .signExtend16, .signExtend32, .zeroExtend8, .zeroExtend16,
            .zeroExtend32:
            return IntegerArithmetic.unary(operation.opcode, operation.type, value(operation.a))
        case .bitcast: return value(operation.a)
        case .setFloatMode: return CoreHelper.setFloatMode.function(state.registers, value(operation.a), 0, 0)
        case .takeFloatFlags: return CoreHelper.takeFloatFlags.function(state.registers, 0, 0, 0)
        case .fence: chost_fence()
        default:
            return IntegerArithmetic.binary(operation.opcode, operation.type, value(operation.a), value(operation.b))
        }
        return 0
    }

    private func get(_ index: Int, _ operation: Operation) {
        let offset = Int(slots[Int(operation.a)].offset)
        switch operation.type.bits {
        case 128: set(index, state.loadVector(offset))
        case 64: values[index] = state.load(offset)
        default: values[index] = UInt64(state.load(offset, as: UInt32.self))
        }
    }

    private func put(_ operation: Operation) {
        let slot = slots[Int(operation.a)]
        let offset = Int(slot.offset)
        if slot.byteCount == 16 {
            let low = value(operation.b)
            // A part of a vector register clears the rest.
            switch operation.type.bits {
            case 128: state.storeVector(vector(operation.b), offset)
            case 64: state.storeVector(VectorBits(low: low), offset)
            default: state.storeVector(VectorBits(low: low & 0xFFFF_FFFF), offset)
            }
        } else if operation.type.bits == 64 {
            state.store(value(operation.b), offset)
        } else {
            state.store(UInt32(truncatingIfNeeded: value(operation.b)), offset)
        }
    }
}
