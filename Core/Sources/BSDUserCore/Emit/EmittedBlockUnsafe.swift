/// What to report when code at or after a host address stops: a row of a block's side table.
///
/// A row holds until the next one. Rows are in ascending order of `hostOffset`.
struct FaultEntry {
    /// Bytes from the start of the block's host code.
    var hostOffset: UInt32
    /// Bytes from the block's guest address to the restart address, shifted left by one, with the delay-slot bit.
    var restart: Int32

    var restartOffset: Int32 { restart >> 1 }
    var inDelaySlot: Bool { restart & 1 != 0 }

    /// The row of a side table in force at an offset from the block's code.
    static func inForce(at offset: UInt32, among entries: UnsafeBufferPointer<FaultEntry>) -> FaultEntry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low &+ high) / 2
            if entries[middle].hostOffset <= offset { low = middle &+ 1 } else { high = middle }
        }
        return low == 0 ? nil : entries[low &- 1]
    }
}

/// A direct exit that the dispatcher may link to its target; stands in the code beside its stub, 8-byte aligned. Or, without
/// a stub, the comparison behind a call with the address that it returns to.
struct ChainRecord {
    /// Guest address of the target.
    var target: UInt64
    /// Distance in bytes from the record to the jump's rel32 field, which lies within eight aligned bytes, as does the
    /// comparison's word.
    var jumpDistance: Int32
    /// Distance in bytes from the record to the stub, where the jump leads until it is linked; `noStub` of a comparison.
    var stubDistance: Int32

    static let noStub: Int32 = 0

    var isLanding: Bool { stubDistance == ChainRecord.noStub }

    /// The word of a comparison with the target: all of it where an instruction can hold it, else its upper half.
    var landingWord: UInt32 {
        let isShort = Int32(exactly: Int64(bitPattern: target)) != nil
        return UInt32(truncatingIfNeeded: isShort ? target : target >> 32)
    }

    /// In the place of that word: no address of a guest's begins so. What returns there goes on elsewhere.
    static let noLanding: UInt32 = 0x8000_0001
}

/// The outcome of translating one block.
///
/// The buffers belong to the emitter and hold until it emits the next block.
struct EmittedBlock {
    /// Bytes of host code, from the block's entry: hot code, cold code, chain records.
    let byteCount: Int
    let faults: UnsafeBufferPointer<FaultEntry>
    /// Offsets in bytes of the chain records from the block's start.
    let chainRecords: UnsafeBufferPointer<UInt32>
    /// Host instructions' bytes without cold code: a measure of density.
    let hotByteCount: Int
    /// Where the code of each guest instruction begins; empty unless the emitter was told to record it.
    let marks: UnsafeBufferPointer<FaultEntry>
}
