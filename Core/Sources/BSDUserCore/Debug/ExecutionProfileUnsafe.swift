/// How often each block is executed, for `-d profile`. The engine's lock protects it; the counters change without.
///
/// Each guest instruction of translated code has a counter that its code increments. Threads may lose increments to each
/// other; one thread loses none.
final class ExecutionProfile {
    /// A block's counters: `first ..< first + count`.
    private struct Block {
        var pc: GuestAddress
        var first: Int
        var count: Int
    }

    /// What one execution of a mark stands for.
    private struct Weight {
        var guestInstructions: UInt32
        var hostInstructions: UInt32
    }

    /// How much of a block was executed.
    struct Total: Equatable {
        var pc: GuestAddress
        /// Times that it was entered.
        var executions: UInt64 = 0
        var guestInstructions: UInt64 = 0
        var hostInstructions: UInt64 = 0
    }

    /// More counters than the arena, of 256 MB, has room for code that increments them.
    static let capacity = 1 << 23

    private let memory: ReservedMemory
    private let counters: UnsafeMutablePointer<UInt64>
    private var blocks: [Block] = []
    /// A weight for each counter.
    private var weights: [Weight] = []
    /// What was counted by counters that are zero again.
    private var collected: [GuestAddress: Total] = [:]

    /// Nil when the host has no room.
    init?() {
        guard let memory = ReservedMemory(byteCount: Self.capacity * MemoryLayout<UInt64>.stride) else { return nil }
        self.memory = memory
        counters = memory.base.bindMemory(to: UInt64.self, capacity: Self.capacity)
    }

    deinit { memory.release() }

    /// The counters of the next block, which has at most `count` guest instructions; nil when there is no room.
    func place(count: Int) -> UnsafeMutablePointer<UInt64>? {
        weights.count + count <= Self.capacity ? counters + weights.count : nil
    }

    /// Notes a block whose counters stand at the last `place`, with the guest and the host instructions of each mark.
    func add(pc: GuestAddress, guestInstructions: [Int], hostInstructions: [Int]) {
        blocks.append(Block(pc: pc, first: weights.count, count: guestInstructions.count))
        for (guest, host) in zip(guestInstructions, hostInstructions) {
            weights.append(Weight(guestInstructions: UInt32(guest), hostInstructions: UInt32(host)))
        }
    }

    /// Takes over what was counted so far; the counters start again.
    private func collect() {
        for block in blocks where block.count > 0 {
            var total = collected[block.pc] ?? Total(pc: block.pc)
            total.executions &+= counters[block.first]
            for index in block.first..<block.first + block.count {
                total.guestInstructions &+= counters[index] &* UInt64(weights[index].guestInstructions)
                total.hostInstructions &+= counters[index] &* UInt64(weights[index].hostInstructions)
            }
            collected[block.pc] = total
        }
        clearCounters()
    }

    private func clearCounters() { memory.clear(used: weights.count * MemoryLayout<UInt64>.stride) }

    /// The code of all blocks is given up.
    func forgetBlocks() {
        collect()
        blocks = []
        weights = []
    }

    /// Forgets what was counted, but not the blocks.
    func reset() {
        clearCounters()
        collected = [:]
    }

    /// What was counted since the last time.
    func take() -> [Total] {
        collect()
        defer { collected = [:] }
        return Array(collected.values)
    }
}
