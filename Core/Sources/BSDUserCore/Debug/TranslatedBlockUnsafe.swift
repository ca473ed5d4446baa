/// A block that was just translated, as logs and profiles look at it.
struct TranslatedBlock {
    let pc: GuestAddress
    /// Its code in the guest and, with all that belongs to it, on the host; where that executes.
    let guestCode: UnsafeRawBufferPointer
    let hostCode: UnsafeRawBufferPointer
    /// It goes on with what follows its guest code.
    let fallsThrough: Bool
    let address: UInt
    let hotByteCount: Int
    /// Where the code of each guest instruction begins; its offsets ascend.
    let marks: UnsafeBufferPointer<FaultEntry>
    /// Where the records of its exits to other blocks, and of where its calls land, stand, which are no code.
    let chainRecords: UnsafeBufferPointer<UInt32>
    /// The counters of its marks; nil when nobody counts.
    let counters: UnsafeMutablePointer<UInt64>?

    var hotCode: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: hostCode.prefix(hotByteCount)) }

    /// The host code without the records.
    var code: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: hostCode.prefix(chainRecords.first.map { Int($0) } ?? hostCode.count))
    }

    /// The records of its exits: where they stand and where the exits lead.
    var exits: [(offset: Int, target: GuestAddress)] {
        chainRecords.compactMap { offset in
            let record = hostCode.loadUnaligned(fromByteOffset: Int(offset), as: ChainRecord.self)
            return record.isLanding ? nil : (Int(offset), record.target)
        }
    }

    /// Bytes and instructions that count and would not be there otherwise.
    var countingBytes: Int { counters == nil ? 0 : marks.count * BlockEmitter.counterBytes }
    var countingInstructions: Int { counters == nil ? 0 : marks.count * BlockEmitter.counterInstructions }

    /// Instructions of the guest, each once, and the bytes that they were made from.
    struct GuestSize: Equatable {
        var instructions = 0
        var bytes = 0
    }

    /// How many guest instructions begin at each mark, and how many there are. `instructionBytes` is their length, nil where
    /// it varies; then each has a mark of its own.
    ///
    /// One that was fused with the one before has none, which a gap tells. A delay slot's has the address of its branch.
    /// What leaves after an instruction begins with a mark of the next: of several at an address the last is it. The
    /// block may have looked further than it went.
    func guestInstructions(instructionBytes: Int?) -> (ofMarks: [Int], size: GuestSize) {
        var counts = [Int](repeating: 0, count: marks.count)
        var size = GuestSize()
        var following = fallsThrough ? guestCode.count : nil
        var hasDelaySlot = false
        for index in marks.indices.reversed() {
            let offset = Int(marks[index].restartOffset)
            guard (0..<guestCode.count).contains(offset) else { continue }
            if marks[index].inDelaySlot {
                counts[index] = 1
                hasDelaySlot = true
            } else if offset != following {
                let slots = hasDelaySlot ? 1 : 0
                counts[index] = 1
                if let instructionBytes, let following {
                    counts[index] = max(1, (following - offset) / instructionBytes - slots)
                }
                size.instructions += counts[index] + slots
                following = offset
                hasDelaySlot = false
            }
        }
        size.bytes = instructionBytes.map { $0 * size.instructions } ?? guestCode.count
        return (counts, size)
    }

    /// How many host instructions of the hot code belong to each mark, without the counting ones. `offsets` are where
    /// the instructions of the hot code begin.
    func hostInstructionsOfMarks(_ offsets: [Int]) -> [Int] {
        var result = [Int](repeating: 0, count: marks.count)
        var mark = -1
        for offset in offsets {
            while mark + 1 < marks.count, marks[mark + 1].hostOffset <= offset { mark += 1 }
            if mark >= 0 { result[mark] += 1 }
        }
        let counting = counters == nil ? 0 : BlockEmitter.counterInstructions
        return result.map { max(0, $0 - counting) }
    }
}
