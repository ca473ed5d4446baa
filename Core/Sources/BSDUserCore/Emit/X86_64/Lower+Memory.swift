/// Guest memory: loads, stores, atomic operations.
extension BlockEmitter {
    /// The host address of `operand + displacement`. Guest addresses are host addresses.
    func address(_ operand: UInt32, _ displacement: Int32, _ attributes: MemoryAttributes) -> Address {
        if values[current].traits.contains(.folded) { return foldedAddress(displacement) }
        let wraps = attributes.contains(.wrap32)
        if let base = constant(operand) {
            let sum = base &+ Int64(displacement)
            if wraps { return Address(absolute: Int32(truncatingIfNeeded: sum), is32Bit: true) }
            if sum == Int64(Int32(truncatingIfNeeded: sum)) { return Address(absolute: Int32(truncatingIfNeeded: sum)) }
        }
        if !wraps, let sum = addressOfSum(operand, displacement) { return sum }
        return Address(useGPR(operand), displacement, is32Bit: wraps)
    }

    /// Base and index of an address that is a sum, when both terms are still in registers: the access then need not
    /// wait for the addition, which is done for the guest register alone.
    private func addressOfSum(_ operand: UInt32, _ displacement: Int32) -> Address? {
        guard let value = definition(resolve(operand)) else { return nil }
        let operation = operations[value]
        guard operation.opcode == .add, operation.type == .i64, !values[value].traits.contains(.constant),
            let first = remainingRegister(operation.a), let second = remainingRegister(operation.b)
        else { return nil }
        lock(first)
        lock(second)
        return Address(first.gpr, index: second.gpr, displacement)
    }

    /// The register that still holds a value, whether or not the value is live.
    func remainingRegister(_ operand: UInt32) -> HostRegister? {
        guard let value = definition(resolve(operand)), !values[value].traits.contains(.constant) else { return nil }
        let register = registerHolding(value)
        return register.isNone ? nil : register
    }

    /// Leaves by an alignment fault unless the address is a multiple of the access size.
    func checkAlignment(_ operand: UInt32, _ displacement: Int32, _ attributes: MemoryAttributes) {
        guard attributes.contains(.aligned), attributes.sizeLog2 > 0 else { return }
        let lowBits = Int32(attributes.byteCount - 1)
        let base = useGPR(operand)
        if displacement & lowBits == 0 {
            assembler.test(.byte, base, lowBits)
        } else {
            let sum = allocate(BlockEmitter.integerTemporaryMask).gpr
            assembler.lea(.dword, sum, Address(base, displacement))
            assembler.test(.byte, sum, lowBits)
        }
        var cold = ColdPath(.misaligned, entry: assembler.jccForward(.notEqual))
        cold.first = HostRegister(base)
        cold.displacement = displacement
        addCold(cold)
    }

    @inline(__always)
    func width(_ attributes: MemoryAttributes) -> Width {
        switch attributes.sizeLog2 {
        case 0: .byte
        case 1: .word
        case 2: .dword
        default: .qword
        }
    }

    /// Whether bytes must be swapped: a byte has no order.
    @inline(__always)
    private func isSwapped(_ attributes: MemoryAttributes) -> Bool {
        attributes.contains(.bigEndian) && attributes.sizeLog2 > 0
    }

    // MARK: Loads

    func lowerLoad(_ operation: Operation) {
        let attributes = MemoryAttributes(rawValue: operation.flags)
        let displacement = Int32(bitPattern: operation.b)
        isFenced = false
        checkAlignment(operation.a, displacement, attributes)
        let source = address(operation.a, displacement, attributes)
        if operation.type.usesVectorRegister {
            loadFloat(operation, source, isSwapped(attributes))
            return
        }
        let destination = defineGPR()
        noteFault()
        if isSwapped(attributes) {
            loadSwapped(operation, destination, source, attributes)
        } else if attributes.contains(.signed) {
            assembler.loadSignExtended(width(operation.type), destination, from: width(attributes), source)
        } else {
            assembler.loadZeroExtended(width(attributes), destination, source)
        }
    }

    private func loadSwapped(
        _ operation: Operation, _ destination: GPR, _ source: Address, _ attributes: MemoryAttributes
    ) {
        let isSigned = attributes.contains(.signed)
        switch attributes.sizeLog2 {
        case 1 where isSigned:
            assembler.loadSwapped(.word, destination, source)
            assembler.movsx(width(operation.type), destination, from: .word, destination)
        case 1:
            assembler.loadZeroExtended(.word, destination, source)
            assembler.shift(.rol, .word, destination, 8)
        case 2:
            assembler.loadSwapped(.dword, destination, source)
            if isSigned && operation.type == .i64 {
                assembler.movsx(.qword, destination, from: .dword, destination)
            }
        default: assembler.loadSwapped(.qword, destination, source)
        }
    }

    private func loadFloat(_ operation: Operation, _ source: Address, _ isSwapped: Bool) {
        let destination = defineXMM()
        noteFault()
        if operation.type == .v128 {
            assembler.loadVector(destination, source)
        } else {
            assembler.loadScalar(precision(operation.type), destination, source)
            values[current].traits.insert(.wholeRegister)
        }
        if isSwapped { swapBytes(operation.type, destination, destination) }
    }

    private func swapBytes(_ type: ValueType, _ destination: XMM, _ source: XMM) {
        let control: HeaderConstant = type == .v128 ? .swap128 : type == .f32 ? .swap32 : .swap64
        assembler.pshufb(destination, source, control: control.address)
    }

    // MARK: Stores

    func lowerStore(_ operation: Operation) {
        let attributes = MemoryAttributes(rawValue: operation.flags)
        let displacement = Int32(bitPattern: operation.c)
        isFenced = false
        checkAlignment(operation.a, displacement, attributes)
        let destination = address(operation.a, displacement, attributes)
        if operation.type.usesVectorRegister {
            storeFloat(operation, destination, isSwapped(attributes))
            return
        }
        let width = width(attributes)
        let swapped = isSwapped(attributes)
        if let value = constant(operation.b) {
            let bits = swapped ? swap(value, width) : value
            let low = Int32(truncatingIfNeeded: bits)
            if width != .qword || Int64(low) == bits {
                noteFault()
                assembler.store(width, destination, immediate: low)
                return
            }
        }
        let value = useGPR(operation.b)
        noteFault()
        if swapped {
            assembler.storeSwapped(width, destination, value)
        } else {
            assembler.store(width, destination, value)
        }
    }

    private func swap(_ value: Int64, _ width: Width) -> Int64 {
        switch width {
        case .byte: value
        case .word: Int64(Int16(truncatingIfNeeded: value).byteSwapped)
        case .dword: Int64(Int32(truncatingIfNeeded: value).byteSwapped)
        case .qword: value.byteSwapped
        }
    }

    private func storeFloat(_ operation: Operation, _ destination: Address, _ isSwapped: Bool) {
        var value = useXMM(operation.b)
        if isSwapped {
            let swapped = allocate(BlockEmitter.vectorTemporaryMask).xmm
            swapBytes(operation.type, swapped, value)
            value = swapped
        }
        noteFault()
        if operation.type == .v128 {
            assembler.storeVector(destination, value)
        } else {
            assembler.storeScalar(precision(operation.type), destination, value)
        }
    }
}
