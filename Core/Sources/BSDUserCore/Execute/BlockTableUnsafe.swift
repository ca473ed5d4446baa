/// One translated block.
struct BlockRecord {
    /// Guest address and bytes of guest code.
    var pc: UInt64
    var byteCount: UInt32
    /// 0 after invalidation.
    var isLive: UInt32
    /// Where its code starts: an offset in the code arena, or the index of its first operation under the interpreter.
    var code: UInt32
    var codeCount: UInt32
    /// Its rows in the pool of fault entries.
    var firstFault: UInt32
    var faultCount: UInt32
    /// Its chain records, which are the last bytes of its code.
    var chainCount: UInt32
    /// The first link that leads here, 0 for none.
    var firstIncoming: UInt32
    /// The next block of the first and of the second guest page it touches, as page nodes.
    var nextInFirstPage: UInt32
    var nextInSecondPage: UInt32
}

extension BlockRecord {
    /// Calls `body` with the offset in the code arena of each of its chain records.
    func forEachChainRecord(_ body: (UInt32) -> Void) {
        for index in 0..<chainCount {
            body(code &+ ChainRecord.place(index, of: chainCount, codeCount: codeCount))
        }
    }
}

/// A direct exit that was patched to jump straight to its target.
struct LinkRecord {
    /// Offset in the code arena of the exit's chain record.
    var chainRecord: UInt32
    /// The next link to the same target, 0 for none.
    var next: UInt32
}

extension Pool where Element == LinkRecord {
    /// Calls `body` with the chain record of every link of a list.
    func forEachChainRecord(from first: UInt32, _ body: (UInt32) -> Void) {
        var link = first
        while link != 0 {
            body(self[link].chainRecord)
            link = self[link].next
        }
    }
}

/// What is known of a guest page with translated code.
struct PageRecord {
    /// First node of its blocks: block index << 1 | 1 when the page is the block's second.
    var firstNode: UInt32
    /// Write faults so far on the page while it was protected.
    var faultCount: UInt16
    /// 1 while the host denies writes.
    var isProtected: UInt8
    /// 1 when it is written so often that only the guest's own cache maintenance invalidates.
    var isHot: UInt8
}

/// All translated blocks of a process: by guest address, by guest page, by place in the arena.
///
/// Blocks are numbered in the order of their code, so that the array is sorted by `code`. Not synchronised: the engine's
/// lock protects it.
struct BlockTable {
    static let pageShift: UInt64 = 12

    private(set) var blocks: Pool<BlockRecord>
    private(set) var links: Pool<LinkRecord>
    private(set) var pages: Pool<PageRecord>
    private(set) var faults: Pool<FaultEntry>
    private var blockMap = RawMap(keepsNeighbours: true)
    private var pageMap = RawMap(capacityLog2: 8)

    /// An empty table; nil when the host has no room.
    init?() {
        guard let blocks = Pool<BlockRecord>(capacity: 1 << 21), let links = Pool<LinkRecord>(capacity: 1 << 22),
            let pages = Pool<PageRecord>(capacity: 1 << 20), let faults = Pool<FaultEntry>(capacity: 1 << 25)
        else { return nil }
        self.blocks = blocks
        self.links = links
        self.pages = pages
        self.faults = faults
    }

    func release() {
        blocks.release()
        links.release()
        pages.release()
        faults.release()
        blockMap.release()
        pageMap.release()
    }

    /// Whether one more block with this many fault entries fits.
    func hasRoom(faultCount: Int) -> Bool {
        blocks.hasRoom(for: 1) && faults.hasRoom(for: faultCount) && pages.hasRoom(for: 2) && links.hasRoom(for: 1)
    }

    // MARK: Lookup

    /// The live block at a guest address, 0 for none.
    @inline(__always)
    func block(at pc: UInt64) -> UInt32 { blockMap.value(pc) }

    /// The block whose code contains an offset in the arena, 0 for none.
    func block(containing code: UInt32) -> UInt32 {
        var low = 1
        var high = blocks.count
        while low < high {
            let middle = (low &+ high) / 2
            if blocks.elements[middle].code <= code { low = middle &+ 1 } else { high = middle }
        }
        guard low > 1 else { return 0 }
        let record = blocks.elements[low &- 1]
        return code &- record.code < record.codeCount ? UInt32(low &- 1) : 0
    }

    /// The fault entry in force at an offset from a block's code.
    func faultEntry(of block: UInt32, at offset: UInt32) -> FaultEntry? {
        FaultEntry.inForce(at: offset, among: faultEntries(of: blocks[block]))
    }

    /// The rows of a block's side table.
    func faultEntries(of block: BlockRecord) -> UnsafeBufferPointer<FaultEntry> {
        UnsafeBufferPointer(start: faults.elements + Int(block.firstFault), count: Int(block.faultCount))
    }

    // MARK: Growth

    /// Enters a block; `hasRoom` was asked before. Returns its index, 0 when there is no room.
    mutating func insert(
        pc: UInt64, byteCount: Int, code: UInt32, codeCount: Int, chainCount: Int,
        faults entries: UnsafeBufferPointer<FaultEntry>
    ) -> UInt32 {
        guard hasRoom(faultCount: entries.count) else { return 0 }
        let firstFault = UInt32(faults.count)
        for entry in entries { _ = faults.append(entry) }
        let record = BlockRecord(
            pc: pc, byteCount: UInt32(byteCount), isLive: 1, code: code, codeCount: UInt32(codeCount),
            firstFault: firstFault, faultCount: UInt32(entries.count), chainCount: UInt32(chainCount),
            firstIncoming: 0, nextInFirstPage: 0, nextInSecondPage: 0)
        guard let index = blocks.append(record) else { return 0 }
        blockMap.set(pc, index)
        let firstPage = pc >> BlockTable.pageShift
        let lastPage = (pc &+ UInt64(max(1, byteCount)) &- 1) >> BlockTable.pageShift
        addToPage(firstPage, node: index << 1)
        if lastPage != firstPage { addToPage(lastPage, node: index << 1 | 1) }
        return index
    }

    private mutating func addToPage(_ page: UInt64, node: UInt32) {
        let index = pageIndex(page)
        guard index != 0 else { return }
        setNext(of: node, pages[index].firstNode)
        pages.elements[Int(index)].firstNode = node
    }

    /// The record of a page, made when there is none; 0 when there is no room.
    mutating func pageIndex(_ page: UInt64) -> UInt32 {
        let known = pageMap.value(page)
        if known != 0 { return known }
        guard let made = pages.append(PageRecord(firstNode: 0, faultCount: 0, isProtected: 0, isHot: 0)) else {
            return 0
        }
        pageMap.set(page, made)
        return made
    }

    /// The record of a page with translated code, 0 for none.
    func existingPage(_ page: UInt64) -> UInt32 { pageMap.value(page) }

    @inline(__always)
    private func next(of node: UInt32) -> UInt32 {
        let record = blocks.elements + Int(node >> 1)
        return node & 1 == 0 ? record.pointee.nextInFirstPage : record.pointee.nextInSecondPage
    }

    @inline(__always)
    private func setNext(of node: UInt32, _ next: UInt32) {
        let record = blocks.elements + Int(node >> 1)
        if node & 1 == 0 { record.pointee.nextInFirstPage = next } else { record.pointee.nextInSecondPage = next }
    }

    /// Notes that the exit with this chain record jumps to `target`. False when there is no room.
    mutating func addLink(chainRecord: UInt32, target: UInt32) -> Bool {
        addLink(chainRecord: chainRecord, before: &blocks.elements[Int(target)].firstIncoming)
    }

    /// Notes a link at the head of a list. False when there is no room.
    mutating func addLink(chainRecord: UInt32, before first: inout UInt32) -> Bool {
        guard let index = links.append(LinkRecord(chainRecord: chainRecord, next: first)) else { return false }
        first = index
        return true
    }

    /// Calls `body` with every live block whose code lies in a guest range.
    func forEachBlock(in range: Range<UInt64>, _ body: (BlockRecord) -> Void) {
        for index in 1..<max(1, blocks.count) {
            let block = blocks.elements[index]
            if block.isLive != 0, block.pc >= range.lowerBound, block.pc &+ UInt64(block.byteCount) <= range.upperBound
            {
                body(block)
            }
        }
    }

    // MARK: Invalidation

    /// Takes the live blocks that overlap a guest range out of the table and hands each to `body`.
    mutating func removeBlocks(_ start: UInt64, _ byteCount: UInt64, _ body: (BlockRecord) -> Void) {
        guard byteCount > 0, blocks.count > 1 else { return }
        let last = start.addingReportingOverflow(byteCount &- 1)
        let end = last.overflow ? UInt64.max : last.partialValue
        let firstPage = start >> BlockTable.pageShift
        let lastPage = end >> BlockTable.pageShift
        if lastPage &- firstPage < UInt64(pageMap.count) {
            for page in firstPage...lastPage { removeBlocks(ofPage: pageMap.value(page), start, end, body) }
        } else {
            var affected: [UInt32] = []
            pageMap.forEach { page, index in
                if page >= firstPage && page <= lastPage { affected.append(index) }
            }
            for index in affected { removeBlocks(ofPage: index, start, end, body) }
        }
    }

    private mutating func removeBlocks(
        ofPage page: UInt32, _ start: UInt64, _ end: UInt64, _ body: (BlockRecord) -> Void
    ) {
        guard page != 0 else { return }
        var previous: UInt32 = 0
        var node = pages[page].firstNode
        while node != 0 {
            let following = next(of: node)
            let block = node >> 1
            let record = blocks[block]
            let blockEnd = record.pc &+ UInt64(max(1, record.byteCount)) &- 1
            if record.isLive != 0 && record.pc <= end && blockEnd >= start { kill(block, body) }
            if blocks[block].isLive != 0 {
                previous = node
            } else if previous == 0 {
                pages.elements[Int(page)].firstNode = following
            } else {
                setNext(of: previous, following)
            }
            node = following
        }
    }

    private mutating func kill(_ block: UInt32, _ body: (BlockRecord) -> Void) {
        blocks.elements[Int(block)].isLive = 0
        if blockMap.value(blocks[block].pc) == block { blockMap.remove(blocks[block].pc) }
        body(blocks[block])
        blocks.elements[Int(block)].firstIncoming = 0
    }

    /// Forgets every block. Pages keep what is known of their protection.
    mutating func removeAllBlocks() {
        blocks.removeAll()
        links.removeAll()
        faults.removeAll()
        blockMap.removeAll()
        for index in 1..<max(1, pages.count) { pages.elements[index].firstNode = 0 }
    }

    /// Calls `body` with the number and the record of every page.
    func forEachPage(_ body: (UInt64, UInt32) -> Void) { pageMap.forEach(body) }
}
