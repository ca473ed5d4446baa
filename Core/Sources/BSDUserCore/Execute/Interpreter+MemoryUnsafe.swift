import CHost

/// Memory accesses.
extension Interpreter {
    /// Executes a memory access; the reason to leave when it fails.
    func access(_ index: Int, _ operation: Operation) -> ExitReason? {
        let attributes = MemoryAttributes(rawValue: operation.flags)
        switch (operation.opcode, operation.type) {
        case (.load, .v128): return loadVector(index, operation, attributes)
        case (.load, _): return load(index, operation, attributes)
        case (.store, .v128): return storeVector(operation, attributes)
        case (.store, _): return store(operation, attributes)
        case (.atomicUpdate, _): return atomicUpdate(index, operation, attributes)
        case (_, .v128): return compareExchangeVector(index, operation, attributes)
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
        let size = attributes.byteCount
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

    private func atomicUpdate(_ index: Int, _ operation: Operation, _ attributes: MemoryAttributes) -> ExitReason? {
        let address = address(operation.a, 0, attributes)
        let size = attributes.byteCount
        if isMisaligned(address, size, attributes) { return alignmentFault(address, isWrite: true) }
        var held: UInt64 = 0
        // A compare and exchange that fails tells what memory holds; a read alone would not need write access.
        var expected: UInt64 = 0
        while true {
            let replacement = IntegerArithmetic.atomic(
                operation.c, sizeLog2: attributes.sizeLog2, inOrder(expected, size, attributes), value(operation.b))
            guard
                chost_compare_exchange(
                    address, UInt32(size), expected, inOrder(replacement, size, attributes), &held) == 0
            else { return memoryFault(address, isWrite: true) }
            if held == expected { break }
            expected = held
        }
        values[index] = inOrder(held, size, attributes)
        return nil
    }

    // MARK: Vectors

    private func loadVector(_ index: Int, _ operation: Operation, _ attributes: MemoryAttributes) -> ExitReason? {
        let address = address(operation.a, operation.b, attributes)
        if isMisaligned(address, 16, attributes) { return alignmentFault(address, isWrite: false) }
        let halves = UnsafeMutablePointer<UInt64>.allocate(capacity: 2)
        defer { halves.deallocate() }
        guard chost_load_vector(address, halves) == 0 else { return memoryFault(address, isWrite: false) }
        set(index, inOrder(VectorBits(low: halves[0], high: halves[1]), attributes))
        return nil
    }

    private func storeVector(_ operation: Operation, _ attributes: MemoryAttributes) -> ExitReason? {
        let address = address(operation.a, operation.c, attributes)
        if isMisaligned(address, 16, attributes) { return alignmentFault(address, isWrite: true) }
        let bits = inOrder(vector(operation.b), attributes)
        return chost_store_vector(address, [bits.low, bits.high]) == 0 ? nil : memoryFault(address, isWrite: true)
    }

    private func compareExchangeVector(_ index: Int, _ operation: Operation, _ attributes: MemoryAttributes)
        -> ExitReason?
    {
        let address = address(operation.a, 0, attributes)
        if isMisaligned(address, 16, attributes) { return alignmentFault(address, isWrite: true) }
        let (expected, new) = (vector(operation.b), vector(operation.c))
        let held = UnsafeMutablePointer<UInt64>.allocate(capacity: 2)
        defer { held.deallocate() }
        guard chost_compare_exchange_vector(address, [expected.low, expected.high], [new.low, new.high], held) == 0
        else { return memoryFault(address, isWrite: true) }
        set(index, VectorBits(low: held[0], high: held[1]))
        return nil
    }

    private func inOrder(_ bits: VectorBits, _ attributes: MemoryAttributes) -> VectorBits {
        attributes.contains(.bigEndian) ? VectorBits(low: bits.high.byteSwapped, high: bits.low.byteSwapped) : bits
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
