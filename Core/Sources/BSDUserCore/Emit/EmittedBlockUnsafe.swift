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
/// a stub, where a call lands when it is returned from.
struct ChainRecord {
    /// Guest address of the target, or of what the call returns to.
    var target: UInt64
    /// Distance in bytes from the record to the jump's rel32 field, which lies within eight aligned bytes; or to the landing.
    var jumpDistance: Int32
    /// Distance in bytes from the record to the stub, where the jump leads until it is linked; `noStub` of a landing.
    var stubDistance: Int32

    static let noStub: Int32 = 0

    var isLanding: Bool { stubDistance == ChainRecord.noStub }

    /// The byte that a landing's comparison begins with: REX.W.
    static let openLanding: UInt8 = 0x48
    /// The byte in its place when the block must not be returned into: RET, to what an earlier call returns to.
    static let closedLanding: UInt8 = 0xC3

    /// Where a record of a block lies, from the start of its code: the last bytes of that are its records.
    static func place(_ index: UInt32, of count: UInt32, codeCount: UInt32) -> UInt32 {
        codeCount &- (count &- index) &* UInt32(MemoryLayout<ChainRecord>.size)
    }
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
