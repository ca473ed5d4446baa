import Testing

@testable import BSDUserCore

@Suite("Barriers") struct FenceTests {
    /// What may stand between two barriers, or between an atomic operation and a barrier.
    enum Between: String, CaseIterable {
        case nothing, computation, load, store, call, join, exit
    }

    private func build(
        _ machine: TranslatedMachine, after operation: (inout Builder, Value) -> Void, _ between: Between
    ) -> Builder {
        var builder = Builder()
        builder.begin(pc: TranslatedMachine.pc)
        builder.mark(restart: TranslatedMachine.pc)
        let address = builder.constant(Int64(Int(bitPattern: machine.memory)))
        operation(&builder, address)
        let label = builder.makeLabel()
        switch between {
        case .nothing: break
        case .computation:
            let sum = builder.binary(.add, builder.get(RegisterIndex(1)), builder.constant(7))
            builder.put(RegisterIndex(2), sum)
        case .load: builder.put(RegisterIndex(1), builder.load(address, .bytes8))
        case .store: builder.store(address, builder.get(RegisterIndex(1)), .bytes8)
        case .call: _ = builder.call(HelperIndex(0), .none, .none, .none, .none)
        case .join:
            builder.skipIf(builder.get(RegisterIndex(1)), to: label)
            builder.put(RegisterIndex(2), builder.constant(3))
            builder.place(label)
        case .exit:
            // Chained: nothing jumps to the label.
            builder.skipIf(builder.get(RegisterIndex(1)), to: label)
            builder.goto(TranslatedMachine.pc + 8)
            builder.place(label)
        }
        builder.fence()
        builder.goto(TranslatedMachine.pc + 4)
        return builder
    }

    private func fenceCount(_ builder: borrowing Builder, _ machine: TranslatedMachine) -> Int {
        machine.setRegisters(
            Array(repeating: 1, count: TranslatedMachine.registerCount),
            memory: Array(repeating: 0, count: TranslatedMachine.memoryBytes), mode: 0)
        _ = machine.translate(builder.block)
        // lock or dword ptr [rbp + displacement], 0
        let displacement = withUnsafeBytes(of: CPUState.fenceDisplacement.littleEndian) { Array($0) }
        let fence: [UInt8] = [0xF0, 0x83, 0x8D] + displacement + [0x00]
        let code = machine.lastCode
        return code.indices.filter { code[$0...].starts(with: fence) }.count
    }

    @Test(
        "A barrier that has accesses between it and the one before stays, any other goes", arguments: Between.allCases)
    func afterFence(_ between: Between) throws {
        let machine = try TranslatedMachine()
        let builder = build(machine, after: { builder, _ in builder.fence() }, between)
        let isNeeded = [.load, .store, .call, .join].contains(between)
        #expect(fenceCount(builder, machine) == (isNeeded ? 2 : 1))
    }

    @Test("A barrier right behind an atomic operation goes", arguments: Between.allCases)
    func afterAtomicOperation(_ between: Between) throws {
        let machine = try TranslatedMachine()
        let isNeeded = [.load, .store, .call, .join].contains(between)
        let exchange = build(
            machine,
            after: { builder, address in
                let new = builder.get(RegisterIndex(3))
                _ = builder.compareExchange(address, expected: new, new: new, .bytes8, .i64)
            }, between)
        #expect(fenceCount(exchange, machine) == (isNeeded ? 1 : 0))
        let update = build(
            machine,
            after: { builder, address in
                _ = builder.atomicUpdate(.xor, address, builder.get(RegisterIndex(3)), .bytes8, .i64)
            }, between)
        #expect(fenceCount(update, machine) == (isNeeded ? 1 : 0))
    }
}
