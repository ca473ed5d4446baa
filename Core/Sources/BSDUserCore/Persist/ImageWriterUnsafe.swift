/// Makes a file of the translation cache from blocks that lie in memory.
///
/// Code is copied as it is but for its exits: those whose targets are in the file as well jump straight there, all
/// others lead to their stubs.
struct ImageWriter {
    /// One block, wherever it lies.
    struct Source {
        var pc: GuestAddress
        var byteCount: UInt32
        var chainCount: UInt32
        var code: UnsafeRawBufferPointer
        var faults: UnsafeBufferPointer<FaultEntry>
    }

    private static let codeAlignment: UInt64 = 16
    private static let leastSlotCountLog2: UInt32 = 4

    private var sources: [Source] = []

    /// Adds every block of a file.
    mutating func add(_ image: StoredImage) {
        sources.reserveCapacity(sources.count + Int(image.count))
        for index in 0..<image.count {
            let block = image[index]
            sources.append(
                Source(
                    pc: block.pc, byteCount: block.byteCount, chainCount: block.chainCount,
                    code: UnsafeRawBufferPointer(start: image.base + Int(block.code), count: Int(block.codeCount)),
                    faults: image.faults(of: index)))
        }
    }

    /// Adds a block of this process.
    mutating func add(_ block: BlockRecord, _ table: BlockTable, _ cache: CodeCache) {
        sources.append(
            Source(
                pc: block.pc, byteCount: block.byteCount, chainCount: block.chainCount,
                code: UnsafeRawBufferPointer(start: cache.address(block.code), count: Int(block.codeCount)),
                faults: table.faultEntries(of: block)))
    }

    /// The bytes of the file; nil when they would be too many. `content` is the checksum of the guest's code and its
    /// length.
    mutating func file(
        key: ImageKey, path: [UInt8], content: (checksum: UInt64, count: UInt64), isRecent: Bool
    ) -> StoredFile? {
        // Guest code that lies together runs together; and a search by place needs the order.
        sources.sort { $0.pc < $1.pc }
        var header = StoredHeader(
            isRecent: isRecent ? 1 : 0, contentChecksum: content.checksum, contentBytes: content.count,
            blockCount: UInt32(sources.count), slotCountLog2: Self.slotCountLog2(sources.count),
            faultCount: UInt32(sources.reduce(0) { $0 + $1.faults.count }))
        StoredImage.layOut(&header)
        let codeBytes = sources.reduce(UInt64(0)) { ($0 + UInt64($1.code.count) + 15) & ~(Self.codeAlignment - 1) }
        header.fileBytes = UInt64(header.code) + codeBytes
        guard header.fileBytes <= UInt64(StoredImage.maximumBytes),
            let memory = ReservedMemory(byteCount: Int(header.fileBytes))
        else { return nil }
        let base = memory.base.assumingMemoryBound(to: UInt8.self)
        fill(base, header, key)
        let kept = path.prefix(StoredImage.pathBytes - 1)
        kept.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(
                start: memory.base + StoredHeader.byteCount + ImageKey.byteCount, count: StoredImage.pathBytes
            ).copyMemory(from: $0)
        }
        let image = StoredImage(base, header)
        image.forEachChainRecord { image.connect($0) }
        let checked = UnsafeRawBufferPointer(
            start: memory.base + StoredHeader.uncheckedBytes,
            count: Int(header.fileBytes) - StoredHeader.uncheckedBytes)
        header.checksum = Checksum.of(checked)
        memory.base.storeBytes(of: header, as: StoredHeader.self)
        return StoredFile(memory: memory)
    }

    private static func slotCountLog2(_ blockCount: Int) -> UInt32 {
        var log2 = leastSlotCountLog2
        while 1 << Int(log2) < 2 * blockCount { log2 += 1 }
        return log2
    }

    private func fill(_ base: UnsafeMutablePointer<UInt8>, _ header: StoredHeader, _ key: ImageKey) {
        let raw = UnsafeMutableRawPointer(base)
        raw.storeBytes(of: header, as: StoredHeader.self)
        (raw + StoredHeader.byteCount).copyMemory(from: key.bytes, byteCount: ImageKey.byteCount)
        let blocks = (raw + Int(header.blocks)).assumingMemoryBound(to: StoredBlock.self)
        let slots = (raw + Int(header.slots)).assumingMemoryBound(to: UInt32.self)
        let faults = (raw + Int(header.faults)).assumingMemoryBound(to: FaultEntry.self)
        let mask = (1 << Int(header.slotCountLog2)) - 1
        var code = header.code
        var firstFault: UInt32 = 0
        for (index, source) in sources.enumerated() {
            blocks[index] = StoredBlock(
                pc: source.pc, byteCount: source.byteCount, code: code, codeCount: UInt32(source.code.count),
                firstFault: firstFault, faultCount: UInt32(source.faults.count), chainCount: source.chainCount)
            if let bytes = source.code.baseAddress {
                (raw + Int(code)).copyMemory(from: bytes, byteCount: source.code.count)
            }
            if let entries = source.faults.baseAddress {
                (faults + Int(firstFault)).update(from: entries, count: source.faults.count)
            }
            firstFault += UInt32(source.faults.count)
            code = (code + UInt32(source.code.count) + 15) & ~UInt32(Self.codeAlignment - 1)
            var slot = Int(StoredImage.firstSlot(source.pc, header.slotCountLog2))
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(index + 1)
        }
    }
}

/// A file in memory, to be written.
struct StoredFile {
    private let memory: ReservedMemory

    fileprivate init(memory: ReservedMemory) { self.memory = memory }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory.base, count: memory.byteCount) }

    func release() { memory.release() }
}

extension StoredImage {
    /// Lets the exit with a chain record jump to its target where the file has it, and otherwise to its stub. The
    /// block may be returned into.
    fileprivate func connect(_ record: UInt32) {
        let chain = UnsafeRawPointer(base + Int(record)).load(as: ChainRecord.self)
        let field = Int(record) + Int(chain.jumpDistance)
        if chain.isLanding {
            base[field] = ChainRecord.openLanding
            return
        }
        let target = index(at: chain.target).map { Int(self[$0].code) } ?? Int(record) + Int(chain.stubDistance)
        let displacement = Int32(truncatingIfNeeded: target - field - 4)
        UnsafeMutableRawPointer(base + field).storeBytes(of: displacement, as: Int32.self)
    }
}
