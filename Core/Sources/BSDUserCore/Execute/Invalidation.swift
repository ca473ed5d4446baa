/// Translated code that no longer matches the guest's, and guest pages that are watched for writes.
extension ExecutionEngine {
    /// Write faults on a page after which it stays writable; the guest's own cache maintenance then has to do.
    private static let hotPageFaultCount: UInt16 = 3

    /// The guest's cache lines in this range were flushed: its code may be another one, where the mapping is the same.
    func invalidate(_ start: GuestAddress, _ byteCount: UInt64) {
        lock()
        detachImages(start, byteCount, keepsMapping: true)
        removeBlocks(start, byteCount)
        unlock()
    }

    /// As `invalidate`, after the mapping itself changed: the host's protection of its pages is new as well.
    func mappingChanged(_ start: GuestAddress, _ byteCount: UInt64) {
        lock()
        forgetKnownCode()
        detachImages(start, byteCount, keepsMapping: false)
        removeBlocks(start, byteCount)
        forEachKnownPage(start, byteCount) { _, index in
            table.pages.elements[Int(index)].isProtected = 0
            table.pages.elements[Int(index)].faultCount = 0
            table.pages.elements[Int(index)].isHot = 0
        }
        unlock()
    }

    /// The host is about to write guest memory for the guest, by a system call: pages that were watched are let go.
    func prepareForWrite(_ start: GuestAddress, _ byteCount: UInt64) {
        lock()
        forEachKnownPage(start, byteCount) { page, index in
            if table.pages[index].isProtected != 0 { release(page, index) }
        }
        unlock()
    }

    /// A write to this address failed. True when the page was watched, and the write is worth another try.
    func releasePage(containing address: GuestAddress) -> Bool {
        lock()
        defer { unlock() }
        let page = address >> BlockTable.pageShift
        let index = table.existingPage(page)
        guard index != 0, table.pages[index].isProtected != 0 else { return false }
        let record = table.pages.elements + Int(index)
        record.pointee.faultCount = min(record.pointee.faultCount + 1, ExecutionEngine.hotPageFaultCount)
        if record.pointee.faultCount == ExecutionEngine.hotPageFaultCount { record.pointee.isHot = 1 }
        release(page, index)
        return true
    }

    /// As `releasePage`; also true when another thread has let the page go since the write failed.
    func mayWriteNow(_ address: GuestAddress) -> Bool {
        releasePage(containing: address) || source.allows(address, writing: true)
    }

    private func release(_ page: UInt64, _ index: UInt32) {
        source.setWriteProtection(false, page: page << BlockTable.pageShift)
        table.pages.elements[Int(index)].isProtected = 0
        removeBlocks(page << BlockTable.pageShift, pageBytes)
    }

    /// Watches the writable page of `pc` before its code is read; how many bytes from there on are watched.
    func protectWindow(_ pc: GuestAddress) -> Int {
        let page = pc >> BlockTable.pageShift
        protect(page)
        let rest = Int(pageBytes - pc % pageBytes)
        // An instruction and its delay slot, or one of variable length, may reach into the next page.
        guard rest < 16, let next = source.code(at: (page + 1) << BlockTable.pageShift) else { return rest }
        if next.isWritable { protect(page + 1) }
        return rest + 16
    }

    private func protect(_ page: UInt64) {
        let index = table.pageIndex(page)
        guard index != 0, table.pages[index].isProtected == 0, table.pages[index].isHot == 0 else { return }
        source.setWriteProtection(true, page: page << BlockTable.pageShift)
        table.pages.elements[Int(index)].isProtected = 1
    }

    private func forEachKnownPage(_ start: UInt64, _ byteCount: UInt64, _ body: (UInt64, UInt32) -> Void) {
        guard byteCount > 0, table.pages.count > 1 else { return }
        let last = start.addingReportingOverflow(byteCount - 1)
        let firstPage = start >> BlockTable.pageShift
        let lastPage = (last.overflow ? UInt64.max : last.partialValue) >> BlockTable.pageShift
        if lastPage - firstPage < UInt64(table.pages.count) {
            for page in firstPage...lastPage {
                let index = table.existingPage(page)
                if index != 0 { body(page, index) }
            }
            return
        }
        var affected: [(UInt64, UInt32)] = []
        table.forEachPage { page, index in
            if page >= firstPage && page <= lastPage { affected.append((page, index)) }
        }
        for (page, index) in affected { body(page, index) }
    }

    /// Takes the blocks of a guest range out of the tables. The lock is held.
    func removeBlocks(_ start: UInt64, _ byteCount: UInt64) {
        guard byteCount > 0 else { return }
        let end = start.addingReportingOverflow(byteCount)
        let range = dependents(on: start..<(end.overflow ? UInt64.max : end.partialValue))
        let links = table.links
        let threads = threads
        let translator = translator
        table.removeBlocks(range.lowerBound, range.upperBound &- range.lowerBound) { block in
            guard let translator else { return }
            links.forEachChainRecord(from: block.firstIncoming) { translator.cache.unlink(record: $0) }
            block.forEachChainRecord { translator.cache.closeLanding(record: $0) }
            for thread in threads { thread.forget(block.pc) }
        }
    }
}
