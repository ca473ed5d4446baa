import CHost

/// The start of a file of the translation cache. All numbers are in host order: the file never leaves its machine.
struct StoredHeader {
    /// `bsduser` and a format's letter, so that a file says what it is.
    static let magic: UInt64 = 0x5472_6573_7564_7362
    /// Raised whenever the layout of the file or what blocks hold changes.
    static let version: UInt32 = 3
    /// Bytes before the checksum begins to count.
    static let uncheckedBytes = 16
    static var byteCount: Int { MemoryLayout<StoredHeader>.size }

    var magic = StoredHeader.magic
    /// Of all bytes of the file after it.
    var checksum: UInt64 = 0
    var version = StoredHeader.version
    /// 1 when the guest's file had changed so shortly before that another change might not show in its times.
    var isRecent: UInt32 = 0
    var fileBytes: UInt64 = 0
    /// Of the guest code that is in the file, and how much that is.
    var contentChecksum: UInt64 = 0
    var contentBytes: UInt64 = 0
    var blockCount: UInt32 = 0
    /// Base-2 logarithm of the number of slots of the hash table.
    var slotCountLog2: UInt32 = 0
    var faultCount: UInt32 = 0
    /// Offsets in bytes from the start of the file. Key and path follow the header.
    var blocks: UInt32 = 0
    var slots: UInt32 = 0
    var faults: UInt32 = 0
    var code: UInt32 = 0
    var unused: UInt32 = 0
}

/// One translated block of a file. Rows are in ascending order of `code`.
struct StoredBlock {
    var pc: UInt64
    var byteCount: UInt32
    /// Offset in bytes of its code from the start of the file, and the length.
    var code: UInt32
    var codeCount: UInt32
    /// Its rows of the table of faults.
    var firstFault: UInt32
    var faultCount: UInt32
    /// Its chain records, which are the last bytes of its code.
    var chainCount: UInt32

    /// Offset of a chain record from the start of the block's code.
    func chainRecord(_ index: UInt32) -> UInt32 {
        ChainRecord.place(index, of: chainCount, codeCount: codeCount)
    }
}

/// A file of the translation cache in memory.
struct StoredImage {
    let base: UnsafeMutablePointer<UInt8>
    let header: StoredHeader
    private let blocks: UnsafePointer<StoredBlock>
    private let slots: UnsafePointer<UInt32>
    private let faults: UnsafePointer<FaultEntry>

    /// What is at `base`, or nil when it is not whole, not of this version, or made from something else than `key` says.
    init?(_ base: UnsafeMutablePointer<UInt8>, byteCount: Int, key: ImageKey?) {
        guard byteCount >= StoredImage.introductionBytes else { return nil }
        let raw = UnsafeRawPointer(base)
        let header = raw.load(as: StoredHeader.self)
        guard header.magic == StoredHeader.magic, header.version == StoredHeader.version,
            header.fileBytes == UInt64(byteCount), StoredImage.isLaidOut(header)
        else { return nil }
        let storedKey = UnsafeRawBufferPointer(start: raw + StoredHeader.byteCount, count: ImageKey.byteCount)
        if let key, !storedKey.elementsEqual(key.bytes) { return nil }
        let checked = UnsafeRawBufferPointer(
            start: raw + StoredHeader.uncheckedBytes, count: byteCount - StoredHeader.uncheckedBytes)
        guard Checksum.of(checked) == header.checksum else { return nil }
        self.init(base, header)
        guard rowsAreInside else { return nil }
    }

    /// Whether every row speaks of places in the file, and every slot of a row.
    private var rowsAreInside: Bool {
        let end = header.fileBytes
        for index in 0..<Int(count) {
            let block = blocks[index]
            guard UInt64(block.code) + UInt64(block.codeCount) <= end, block.code >= header.code,
                UInt64(block.firstFault) + UInt64(block.faultCount) <= UInt64(header.faultCount),
                UInt64(block.chainCount) * UInt64(MemoryLayout<ChainRecord>.size) <= UInt64(block.codeCount)
            else { return false }
        }
        var used: UInt32 = 0
        for slot in 0..<(1 << Int(header.slotCountLog2)) where slots[slot] != 0 {
            guard slots[slot] <= count else { return false }
            used += 1
        }
        // A search ends at a free slot.
        return used <= count
    }

    /// A file that was just made.
    init(_ base: UnsafeMutablePointer<UInt8>, _ header: StoredHeader) {
        self.base = base
        self.header = header
        let raw = UnsafeRawPointer(base)
        blocks = (raw + Int(header.blocks)).assumingMemoryBound(to: StoredBlock.self)
        slots = (raw + Int(header.slots)).assumingMemoryBound(to: UInt32.self)
        faults = (raw + Int(header.faults)).assumingMemoryBound(to: FaultEntry.self)
    }

    /// Whether the parts that the header speaks of lie in the file one after the other.
    private static func isLaidOut(_ header: StoredHeader) -> Bool {
        guard header.fileBytes <= UInt64(StoredImage.maximumBytes), (1..<32).contains(header.slotCountLog2)
        else { return false }
        var expected = StoredHeader(
            blockCount: header.blockCount, slotCountLog2: header.slotCountLog2, faultCount: header.faultCount)
        // Each part fits by itself, so that their places are far below 32 bits.
        let slotCount = UInt64(1) << UInt64(header.slotCountLog2)
        guard UInt64(header.blockCount) * UInt64(MemoryLayout<StoredBlock>.stride) <= header.fileBytes,
            UInt64(header.faultCount) * UInt64(MemoryLayout<FaultEntry>.stride) <= header.fileBytes,
            slotCount * UInt64(MemoryLayout<UInt32>.stride) <= header.fileBytes, slotCount > UInt64(header.blockCount)
        else { return false }
        layOut(&expected)
        return header.blocks == expected.blocks && header.slots == expected.slots && header.faults == expected.faults
            && header.code == expected.code && UInt64(header.code) <= header.fileBytes
    }

    /// The largest file: a quarter of the code arena, so that there is room for several.
    static let maximumBytes = CodeTranslator.arenaBytes / 4

    /// Room for the path of the guest's file, for `bsduserctl cache`, ended by a zero.
    static let pathBytes = 512
    /// Header, key and path.
    static let introductionBytes = StoredHeader.byteCount + ImageKey.byteCount + pathBytes

    /// Sets the places of the parts from their sizes.
    static func layOut(_ header: inout StoredHeader) {
        var place = UInt64(introductionBytes)
        func part(_ count: UInt64, _ size: Int) -> UInt32 {
            let start = place
            place = (place + count * UInt64(size) + 63) & ~63
            return UInt32(truncatingIfNeeded: start)
        }
        header.blocks = part(UInt64(header.blockCount), MemoryLayout<StoredBlock>.stride)
        header.slots = part(1 << UInt64(header.slotCountLog2), MemoryLayout<UInt32>.stride)
        header.faults = part(UInt64(header.faultCount), MemoryLayout<FaultEntry>.stride)
        header.code = UInt32(truncatingIfNeeded: place)
    }

    // MARK: Look-up

    var count: UInt32 { header.blockCount }

    subscript(_ index: UInt32) -> StoredBlock { blocks[Int(index)] }

    /// The slot at which the search for an address starts.
    @inline(__always)
    static func firstSlot(_ pc: UInt64, _ slotCountLog2: UInt32) -> UInt64 {
        (pc &* 0x9E37_79B9_7F4A_7C15) &>> (64 &- UInt64(slotCountLog2))
    }

    /// The index of the block at a guest address.
    @inline(__always)
    func index(at pc: UInt64) -> UInt32? {
        let mask = (UInt64(1) << UInt64(header.slotCountLog2)) &- 1
        var slot = StoredImage.firstSlot(pc, header.slotCountLog2)
        while true {
            let value = slots[Int(slot)]
            if value == 0 { return nil }
            if blocks[Int(value &- 1)].pc == pc { return value &- 1 }
            slot = (slot &+ 1) & mask
        }
    }

    /// The index of the block whose code holds an offset in the file.
    func index(containing offset: UInt32) -> UInt32? {
        var low = 0
        var high = Int(count)
        while low < high {
            let middle = (low &+ high) / 2
            if blocks[middle].code <= offset { low = middle &+ 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let block = blocks[low &- 1]
        return offset &- block.code < block.codeCount ? UInt32(low &- 1) : nil
    }

    /// The rows of a block's side table.
    func faults(of index: UInt32) -> UnsafeBufferPointer<FaultEntry> {
        let block = blocks[Int(index)]
        return UnsafeBufferPointer(start: faults + Int(block.firstFault), count: Int(block.faultCount))
    }

    /// Calls `body` with the offset in the file of every chain record.
    func forEachChainRecord(_ body: (UInt32) -> Void) {
        for index in 0..<count {
            let block = blocks[Int(index)]
            for chain in 0..<block.chainCount { body(block.code &+ block.chainRecord(chain)) }
        }
    }
}
