@testable import BSDUserCore

/// Writes random valid IR: a sequence of guest instructions that read registers, compute, touch memory and write
/// registers, with skips, exits and helper calls among them.
struct RandomBlock: ~Copyable {
    var builder = Builder()
    var random: SplitMix
    let base: UInt64
    var wide: [Value] = []
    var narrow: [Value] = []
    var doubles: [Value] = []
    var singles: [Value] = []
    var booleans: [Value] = []
    var vectors: [Value] = []
    var flags: [Value] = []
    var openLabel: Label?
    /// The current instruction has not written a register: what may fault is still allowed.
    var mayFault = true

    init(seed: UInt64, memory: UInt64) {
        random = SplitMix(state: seed)
        base = memory
    }

    var block: Block { builder.block }

    mutating func build(instructions: Int) {
        builder.begin(pc: TranslatedMachine.pc)
        for index in 0..<instructions {
            builder.mark(restart: TranslatedMachine.pc + UInt64(index * 4), inDelaySlot: below(5) == 0)
            mayFault = true
            for _ in 0..<(1 + below(4)) { operation() }
            if below(3) == 0 { idiom() }
            for _ in 0..<below(3) { put() }
            control(index)
        }
        if let label = openLabel { builder.place(label) }
        forget()
        finish(instructions)
        builder.byteCount = instructions * 4
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    mutating func forget() {
        wide = []
        narrow = []
        doubles = []
        singles = []
        booleans = []
        vectors = []
        flags = []
    }

    // MARK: Operands

    mutating func constant() -> Int64 {
        switch below(6) {
        case 0: 0
        case 1: Int64(below(256)) - 128
        case 2: Int64(Int32.min)
        case 3: Int64.min
        case 4: -1
        default: Int64(truncatingIfNeeded: random.next())
        }
    }

    mutating func wideValue() -> Value {
        let choice = below(8)
        if choice < 4 && !wide.isEmpty { return pick(wide) }
        if choice == 4 { return builder.constant(constant()) }
        let value = builder.get(RegisterIndex(below(TranslatedMachine.wideCount)))
        wide.append(value)
        return value
    }

    mutating func narrowValue() -> Value {
        switch below(4) {
        case 0 where !narrow.isEmpty: return pick(narrow)
        case 1: return builder.constant(Int64(Int32(truncatingIfNeeded: constant())))
        case 2:
            let value = builder.get(
                RegisterIndex(TranslatedMachine.narrowStart + below(TranslatedMachine.narrowCount)), .i32)
            narrow.append(value)
            return value
        // A wider operand is used modulo the width.
        default: return wideValue()
        }
    }

    mutating func integer(_ type: ValueType) -> Value { type == .i32 ? narrowValue() : wideValue() }

    mutating func float(_ type: ValueType) -> Value {
        let known = type == .f64 ? doubles : singles
        if !known.isEmpty && below(2) == 0 { return pick(known) }
        let start = type == .f64 ? TranslatedMachine.doubleStart : TranslatedMachine.singleStart
        let value: Value
        if below(4) == 0 {
            let register = TranslatedMachine.vectorStart + below(TranslatedMachine.vectorCount)
            value = builder.get(RegisterIndex(register), type)
        } else if below(6) == 0 {
            let integer = type == .f64 ? wideValue() : narrowValue()
            value = builder.unary(.bitcast, integer, type)
        } else {
            value = builder.get(RegisterIndex(start + below(TranslatedMachine.floatCount)), type)
        }
        keep(value, type)
        return value
    }

    mutating func boolean() -> Value {
        if !booleans.isEmpty && below(2) == 0 { return pick(booleans) }
        return condition()
    }

    mutating func condition() -> Value {
        let type = pick([ValueType.i32, .i64])
        if below(2) == 0 { return builder.condition(pick(FlagCondition.allCases), flagsValue()) }
        switch below(4) {
        case 0: return builder.addCondition(pick(FlagCondition.allCases), integer(type), integer(type), type)
        case 1: return builder.subCondition(pick(FlagCondition.allCases), integer(type), integer(type), type)
        default: return builder.compare(pick(IntegerCondition.allCases), integer(type), integer(type), type)
        }
    }

    mutating func keep(_ value: Value, _ type: ValueType) {
        switch type {
        case .i64: wide.append(value)
        case .i32: narrow.append(value)
        case .f64: doubles.append(value)
        case .f32: singles.append(value)
        case .v128: vectors.append(value)
        case .flags: flags.append(value)
        case .none: break
        }
    }

    // MARK: Operations

    mutating func operation() {
        switch below(18) {
        case 11, 12: keep(flagsValue(), .flags)
        case 13: floatingBeyond()
        case 14, 15, 16, 17: vector()
        case 0, 1, 2: binary()
        case 3: unary()
        case 4: field()
        case 5:
            let value = condition()
            booleans.append(value)
            wide.append(value)
        case 6:
            let type = pick([ValueType.i32, .i64])
            keep(builder.select(boolean(), integer(type), integer(type), type), type)
            let float = pick([ValueType.f32, .f64])
            keep(builder.select(boolean(), self.float(float), self.float(float), float), float)
        case 7, 8: memory()
        case 9: floating()
        default: widen()
        }
    }

    mutating func binary() {
        let type = pick([ValueType.i32, .i64])
        let opcode = pick([
            Opcode.add, .sub, .mul, .and, .or, .xor, .andNot, .mulHighSigned, .mulHighUnsigned, .divSigned,
            .divUnsigned, .remSigned, .remUnsigned, .shiftLeft, .shiftRight, .shiftRightArithmetic, .rotateRight, .add,
            .sub, .or,
        ])
        let (a, b) = (integer(type), integer(type))
        keep(builder.binary(opcode, a, b, type), type)
        // Quotient with remainder, and both halves of a product, are wanted together.
        if opcode == .add && below(2) == 0 {
            let shifted = builder.binary(.shiftLeft, b, builder.constant(Int64(below(5))), type)
            keep(builder.binary(.add, a, shifted, type), type)
        }
        let partners: [Opcode: Opcode] = [
            .divSigned: .remSigned, .remUnsigned: .divUnsigned, .mul: .mulHighSigned, .mulHighUnsigned: .mul,
        ]
        if let partner = partners[opcode], below(2) == 0 { keep(builder.binary(partner, a, b, type), type) }
    }

    mutating func unary() {
        let type = pick([ValueType.i32, .i64])
        let opcode = pick([
            Opcode.countLeadingZeros, .byteSwap, .bitReverse, .signExtend8, .signExtend16, .zeroExtend8, .zeroExtend16,
        ])
        keep(builder.unary(opcode, integer(type), type), type)
    }

    mutating func widen() {
        let opcode = pick([Opcode.signExtend32, .zeroExtend32, .signExtend32])
        keep(builder.unary(opcode, narrowValue(), .i64), .i64)
    }

    /// Rotations and extensions spelt as shifts, and shifts that only look so.
    mutating func idiom() {
        let type = pick([ValueType.i32, .i64])
        let left = 1 + below(type.bits - 1)
        let right = below(4) == 0 ? 1 + below(type.bits - 1) : type.bits - left
        let source = integer(type)
        if below(2) == 0 {
            let amount = pick([type.bits - 8, type.bits - 16, 32])
            let shifted = builder.binary(.shiftLeft, source, builder.constant(Int64(amount)), type)
            let opcode = pick([Opcode.shiftRight, .shiftRightArithmetic])
            keep(builder.binary(opcode, through(shifted, type), builder.constant(Int64(amount)), type), type)
            return
        }
        let high = through(builder.binary(.shiftLeft, source, builder.constant(Int64(left)), type), type)
        let low = through(builder.binary(.shiftRight, source, builder.constant(Int64(right)), type), type)
        wide.append(builder.binary(.or, high, low))
    }

    /// A value as the next instruction sees it: sign-extended, and perhaps through a register.
    mutating func through(_ value: Value, _ type: ValueType) -> Value {
        let wide = type == .i32 ? builder.unary(.signExtend32, value) : value
        if below(2) == 0 { return wide }
        let register = RegisterIndex(below(TranslatedMachine.wideCount))
        builder.put(register, wide)
        mayFault = false
        return builder.get(register)
    }

    mutating func field() {
        let type = pick([ValueType.i32, .i64])
        let lsb = below(type.bits)
        let width = 1 + below(type.bits - lsb)
        if below(2) == 0 {
            keep(builder.extractBits(integer(type), lsb: lsb, width: width, type), type)
        } else {
            keep(builder.insertBits(integer(type), integer(type), lsb: lsb, width: width, type), type)
        }
    }

    mutating func memory() {
        let sizes = [MemoryAttributes.bytes1, .bytes2, .bytes4, .bytes8]
        let size = below(4)
        var attributes = sizes[size]
        if below(2) == 0 { attributes.formUnion(.bigEndian) }
        let displacement = Int32(below(TranslatedMachine.memoryBytes / 2))
        let address =
            below(2) == 0
            ? builder.constant(Int64(bitPattern: base))
            : builder.binary(
                .add, below(2) == 0 ? builder.constant(Int64(bitPattern: base)) : wideBase(),
                scaled(builder.binary(.and, wideValue(), builder.constant(0x3F8))))
        if below(4) == 0 { attributes.formUnion(.aligned) }
        switch below(6) {
        case 0, 1:
            if below(2) == 0 { attributes.formUnion(.signed) }
            let type = size == 3 ? ValueType.i64 : pick([ValueType.i32, .i64])
            keep(builder.load(address, displacement: displacement, attributes, type), type)
        case 2, 3: builder.store(address, displacement: displacement, wideValue(), attributes)
        case 4:
            let type = pick([ValueType.f32, .f64])
            var order: MemoryAttributes = type == .f32 ? .bytes4 : .bytes8
            if below(2) == 0 { order.formUnion(.bigEndian) }
            if below(2) == 0 {
                keep(builder.load(address, displacement: displacement, order, type), type)
            } else {
                builder.store(address, displacement: displacement, float(type), order, type)
            }
        default: exchange(address)
        }
    }

    /// The base as a value that is no constant.
    private mutating func wideBase() -> Value {
        let zero = builder.binary(.and, wideValue(), builder.constant(0))
        return builder.binary(.or, zero, builder.constant(Int64(bitPattern: base)))
    }

    /// A number below 1024 as it is, or its low bits shifted as an index is.
    private mutating func scaled(_ number: Value) -> Value {
        let amount = below(4)
        if amount == 0 { return number }
        let small = builder.binary(.and, number, builder.constant(0x78))
        return builder.binary(.shiftLeft, small, builder.constant(Int64(amount)))
    }

    mutating func exchange(_ address: Value) {
        let type = pick([ValueType.i32, .i64])
        let sizes = [MemoryAttributes.bytes1, .bytes2, .bytes4, .bytes8]
        var attributes = sizes[below(type == .i32 ? 3 : 4)]
        if below(2) == 0 { attributes.formUnion(.bigEndian) }
        switch below(3) {
        case 0:
            let old = builder.atomicUpdate(
                pick(AtomicOperation.allCases), address, integer(type), attributes, type)
            if below(3) > 0 { wide.append(old) }
        case 1 where below(2) == 0:
            // A multiple of 16, whatever the address was.
            let aligned = builder.binary(.andNot, address, builder.constant(15))
            let held = builder.load(aligned, .bytes16, .v128)
            let expected = below(2) == 0 ? held : vectorValue()
            keep(
                builder.compareExchange(
                    aligned, expected: expected, new: vectorValue(), [.bytes16, .aligned], .v128), .v128)
        default:
            let held = builder.load(address, attributes, type)
            let expected = below(2) == 0 ? held : integer(type)
            wide.append(
                builder.compareExchange(address, expected: expected, new: integer(type), attributes, type))
        }
    }

    mutating func floating() {
        let type = pick([ValueType.f32, .f64])
        let other: ValueType = type == .f64 ? .f32 : .f64
        switch below(8) {
        case 0, 1, 2:
            let opcode = pick([Opcode.floatAdd, .floatSub, .floatMul, .floatDiv])
            keep(builder.binary(opcode, float(type), float(type), type), type)
        case 3:
            let opcode = pick([Opcode.floatSqrt, .floatNegate, .floatAbsolute])
            keep(builder.unary(opcode, float(type), type), type)
        case 4:
            let condition = FloatCondition(rawValue: UInt8(below(32)))
            let value = builder.floatCompare(condition, float(type), float(type), type)
            wide.append(value)
            booleans.append(value)
        case 5: keep(builder.unary(.floatConvert, float(other), type), type)
        case 6:
            let from = pick([ValueType.i32, .i64])
            keep(builder.floatFromSigned(integer(from), from: from, to: type), type)
        case 7 where below(3) == 0:
            let integer = type == .f64 ? ValueType.i64 : .i32
            keep(builder.unary(.bitcast, float(type), integer), integer)
        default:
            let to = pick([ValueType.i32, .i64])
            keep(builder.floatToSigned(float(type), from: type, to: to, pick(FloatRounding.allCases)), to)
        }
    }

    // MARK: State and control

    mutating func put() {
        mayFault = false
        switch below(8) {
        case 0:
            let register = TranslatedMachine.narrowStart + below(TranslatedMachine.narrowCount)
            builder.put(RegisterIndex(register), narrowValue(), .i32)
        case 1:
            let register = TranslatedMachine.doubleStart + below(TranslatedMachine.floatCount)
            builder.put(RegisterIndex(register), float(.f64), .f64)
        case 2:
            let register = TranslatedMachine.singleStart + below(TranslatedMachine.floatCount)
            builder.put(RegisterIndex(register), float(.f32), .f32)
        case 3:
            let packed = flags.isEmpty || below(2) == 0 ? flagsValue() : pick(flags)
            builder.put(RegisterIndex(TranslatedMachine.flagsRegister), builder.packFlags(packed), .i32)
        case 4: putVector()
        default: builder.put(RegisterIndex(below(TranslatedMachine.wideCount)), wideValue())
        }
    }

    mutating func control(_ index: Int) {
        switch below(14) {
        case 0:
            let argument = below(2) == 0 ? Value(raw: 0x8000_0005) : wideValue()
            builder.exitIf(boolean(), .trap, argument)
        case 1:
            let result = builder.call(HelperIndex(0), wideValue(), wideValue(), below(2) == 0 ? .none : wideValue())
            wide.append(result)
            if below(2) == 0 {
                keep(
                    builder.callPure(HelperIndex(1), vectorValue(), wideValue(), vectorValue(), .v128), .v128)
            }
        case 2 where openLabel == nil:
            let label = builder.makeLabel()
            builder.skipIf(boolean(), to: label)
            openLabel = label
        case 3, 4:
            guard let label = openLabel else { return }
            builder.place(label)
            forget()
            openLabel = nil
        case 5 where below(4) == 0: branch(index)
        case 6: wide.append(builder.takeFloatFlags())
        case 7: builder.setFloatMode(builder.constant(Int64(below(32) | below(4) << 6)))
        case 8: builder.fence()
        default: break
        }
    }

    /// A conditional branch as front ends write it.
    mutating func branch(_ index: Int) {
        let label = builder.makeLabel()
        builder.skipIf(boolean(), to: label)
        builder.goto(TranslatedMachine.pc + UInt64(index * 4 + 4))
        builder.place(label)
        forget()
    }

    mutating func finish(_ instructions: Int) {
        builder.mark(restart: TranslatedMachine.pc + UInt64(instructions * 4))
        let next = TranslatedMachine.pc + UInt64(instructions * 4 + 4)
        switch below(8) {
        case 0: builder.goto(TranslatedMachine.pc + UInt64(instructions * 4))
        case 1: builder.goto(TranslatedMachine.pc - 64)
        case 2: builder.jump(wideValue())
        case 3: builder.exit(.systemCall, wideValue())
        case 4: builder.returnTo(wideValue())
        case 5: builder.call(wideValue(), returningTo: next)
        case 6: builder.call(TranslatedMachine.pc + UInt64(below(2)) * 0x2000 - 0x100, returningTo: next)
        default:
            let label = builder.makeLabel()
            builder.skipIf(boolean(), to: label)
            builder.goto(TranslatedMachine.pc + 0x1000)
            builder.place(label)
            builder.goto(TranslatedMachine.pc + UInt64(below(2)) * 0x2000 - 0x100)
        }
    }
}
