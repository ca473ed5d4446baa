/// `msync`, `madvise`, `mincore` and the `mlock` family (sys/vm/vm_mmap.c).
extension AddressSpace {
    // MARK: msync

    /// `MS_` bits of FreeBSD; `MS_SYNC` is 0.
    private static let asynchronousFlag: Int32 = 1
    private static let invalidateFlag: Int32 = 2

    /// Writes changed pages back. A size of 0 means the whole mapping at the address.
    public func sync(_ address: GuestAddress, _ byteCount: UInt64, _ flags: Int32) throws(Errno) {
        let both = AddressSpace.asynchronousFlag | AddressSpace.invalidateFlag
        guard flags & ~both == 0, flags != both else { throw .EINVAL }
        var range = try pages(address, byteCount)
        let invalidates = flags & AddressSpace.invalidateFlag != 0
        let parts = try locked { () throws(Errno) in
            if range.isEmpty {
                guard let whole = table.mapping(at: range.lowerBound) else { throw .ENOMEM }
                range = whole.start..<whole.end
            }
            guard table.isCovered(range, where: { $0.kind != .foreign }) else { throw .ENOMEM }
            return table.parts(of: range)
        }
        if invalidates, parts.contains(where: { $0.attributes.contains(.locked) }) { throw .EBUSY }
        for part in parts where part.kind == .file && part.isShared {
            try HostMemory.sync(
                part.start, part.byteCount, waits: flags & AddressSpace.asynchronousFlag == 0,
                invalidates: invalidates)
        }
    }

    // MARK: madvise

    /// What a number of `MADV_` does.
    private enum Advice: Int32 {
        case normal = 0, random, sequential, willNeed, doNotNeed, free, noSync, autoSync, noCore, core, protect
    }

    /// Takes advice on a range.
    public func advise(_ address: GuestAddress, _ byteCount: UInt64, _ raw: Int32) throws(Errno) {
        guard let advice = Advice(rawValue: raw) else { throw .EINVAL }
        // MADV_PROTECT asks for PROC_SPROTECT, which takes privilege.
        guard advice != .protect else { throw .EPERM }
        let end = address.addingReportingOverflow(byteCount)
        guard !end.overflow, address >= userStart || byteCount == 0, end.partialValue <= userTop else {
            throw .EINVAL
        }
        let range = try pages(address, byteCount)
        locked { take(advice, range) }
    }

    private func take(_ advice: Advice, _ range: Range<GuestAddress>) {
        switch advice {
        case .noSync: table.update(range) { if $0.isBacked { $0.attributes.insert(.noSync) } }
        case .autoSync: table.update(range) { $0.attributes.remove(.noSync) }
        case .noCore: table.update(range) { if $0.isBacked { $0.attributes.insert(.noCore) } }
        case .core: table.update(range) { $0.attributes.remove(.noCore) }
        default: break
        }
        guard let host = AddressSpace.hostAdvice(advice) else { return }
        for part in table.parts(of: range) where part.isBacked {
            if advice == .free && (part.kind != .anonymous || part.isShared) { continue }
            HostMemory.advise(part.start, part.byteCount, host)
        }
    }

    /// The host's advice that does the same; FreeBSD's `MADV_DONTNEED` keeps the bytes, Linux's does not.
    private static func hostAdvice(_ advice: Advice) -> HostMemory.Advice? {
        switch advice {
        case .normal: .normal
        case .random: .random
        case .sequential: .sequential
        case .willNeed: .willNeed
        case .free: .free
        case .noCore: .doNotDump
        case .core: .dump
        case .doNotNeed, .noSync, .autoSync, .protect: nil
        }
    }

    // MARK: mincore

    /// `MINCORE_INCORE | MINCORE_REFERENCED`.
    private static let residentPage: UInt8 = 3

    /// Tells for each page of a range whether it is in memory; `ENOMEM` when part of it is not mapped. The size alone
    /// says how many pages, and no page at all must still be mapped (`kern_mincore`).
    public func residency(_ address: GuestAddress, _ byteCount: UInt64) throws(Errno) -> [UInt8] {
        let start = address & ~(pageBytes - 1)
        guard byteCount <= userTop else { throw .ENOMEM }
        let end = start.addingReportingOverflow(roundUp(byteCount))
        guard !end.overflow, end.partialValue <= userTop else { throw .ENOMEM }
        let range = start..<end.partialValue
        let isCovered = locked { table.mapping(at: start) != nil && table.isCovered(range) { $0.kind != .foreign } }
        guard isCovered else { throw .ENOMEM }
        guard !range.isEmpty else { return [] }
        let hostPages = try HostMemory.residentPages(range.lowerBound, UInt64(range.count))
        let perPage = Int(pageBytes / HostMemory.pageBytes)
        return (0..<Int(UInt64(range.count) / pageBytes)).map { page in
            hostPages[(page * perPage)..<((page + 1) * perPage)].contains(true) ? AddressSpace.residentPage : 0
        }
    }

    // MARK: mlock

    /// Locks a range in memory; `ENOMEM` when part of it is not mapped or the host's limit is reached.
    public func lockPages(_ address: GuestAddress, _ byteCount: UInt64) throws(Errno) {
        try setLocked(try lockRange(address, byteCount), true)
    }

    public func unlockPages(_ address: GuestAddress, _ byteCount: UInt64) throws(Errno) {
        try setLocked(try lockRange(address, byteCount), false)
    }

    private func lockRange(_ address: GuestAddress, _ byteCount: UInt64) throws(Errno) -> Range<GuestAddress> {
        let range = try pages(address, byteCount)
        let isCovered = locked { table.isCovered(range) { $0.isBacked } }
        guard isCovered else { throw .ENOMEM }
        return range
    }

    private func setLocked(_ range: Range<GuestAddress>, _ isLocked: Bool) throws(Errno) {
        guard !range.isEmpty else { return }
        try locked { () throws(Errno) in
            if isLocked {
                try HostMemory.lock(range.lowerBound, UInt64(range.count))
                table.update(range) { $0.attributes.insert(.locked) }
            } else {
                try HostMemory.unlock(range.lowerBound, UInt64(range.count))
                table.update(range) { $0.attributes.remove(.locked) }
            }
        }
    }

    /// `MCL_CURRENT` and `MCL_FUTURE`.
    private static let currentFlag: Int32 = 1
    private static let futureFlag: Int32 = 2

    /// Locks all mappings, present or to come, as the flags say.
    public func lockAll(_ flags: Int32) throws(Errno) {
        guard flags != 0, flags & ~(AddressSpace.currentFlag | AddressSpace.futureFlag) == 0 else {
            throw .EINVAL
        }
        if flags & AddressSpace.currentFlag != 0 {
            for mapping in mappings where mapping.isBacked && !mapping.protection.isEmpty {
                try setLocked(mapping.start..<mapping.end, true)
            }
        }
        if flags & AddressSpace.futureFlag != 0 { locked { locksFuture = true } }
    }

    public func unlockAll() throws(Errno) {
        locked { locksFuture = false }
        for mapping in mappings where mapping.attributes.contains(.locked) {
            try setLocked(mapping.start..<mapping.end, false)
        }
    }
}
