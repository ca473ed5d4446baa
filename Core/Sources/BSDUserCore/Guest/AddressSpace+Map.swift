/// `mmap` as FreeBSD's kern_mmap and vm_mmap_object have it (sys/vm/vm_mmap.c).
extension AddressSpace {
    /// FreeBSD's `MAP_` bits.
    public struct MapFlags: OptionSet, Sendable {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }

        public static let shared = MapFlags(rawValue: 0x1)
        public static let `private` = MapFlags(rawValue: 0x2)
        public static let fixed = MapFlags(rawValue: 0x10)
        /// `MAP_RENAME` and `MAP_NORESERVE`, which never did anything.
        public static let obsolete = MapFlags(rawValue: 0x60)
        public static let hasSemaphore = MapFlags(rawValue: 0x200)
        public static let stack = MapFlags(rawValue: 0x400)
        public static let noSync = MapFlags(rawValue: 0x800)
        public static let anonymous = MapFlags(rawValue: 0x1000)
        public static let guardPages = MapFlags(rawValue: 0x2000)
        public static let exclusive = MapFlags(rawValue: 0x4000)
        public static let noCore = MapFlags(rawValue: 0x20000)
        public static let prefaultRead = MapFlags(rawValue: 0x40000)
        public static let low2GiB = MapFlags(rawValue: 0x80000)
        /// `MAP_ALIGNED(n)`: the number in the top byte; 1 is `MAP_ALIGNED_SUPER`.
        public static let alignmentMask = MapFlags(rawValue: Int32(bitPattern: 0xff00_0000))
        public static let known: MapFlags = [
            .shared, .private, .fixed, .hasSemaphore, .stack, .noSync, .anonymous, .guardPages, .exclusive, .noCore,
            .prefaultRead, .low2GiB, .alignmentMask,
        ]

        /// Base-2 logarithm of the alignment asked for; 0 for none.
        var alignmentLog2: UInt32 { UInt32(bitPattern: rawValue) >> 24 }
    }

    /// The arguments of `mmap`.
    public struct MapRequest: Sendable {
        public var address: GuestAddress
        public var byteCount: UInt64
        public var protection: Int32
        public var flags: MapFlags
        /// A descriptor of the host, or -1.
        public var descriptor: Int32
        public var offset: Int64

        public init(
            address: GuestAddress = 0, byteCount: UInt64, protection: Int32 = 3,
            flags: MapFlags = [.private, .anonymous], descriptor: Int32 = -1, offset: Int64 = 0
        ) {
            self.address = address
            self.byteCount = byteCount
            self.protection = protection
            self.flags = flags
            self.descriptor = descriptor
            self.offset = offset
        }
    }

    /// `MAP_32BIT_MAX_ADDR`.
    private static let low2GiBEnd: GuestAddress = 1 << 31
    private static let superpageBytes: UInt64 = 2 << 20
    /// Bits of a `PROT_MAX`, above those of the protection (`_PROT_MAX_SHIFT`).
    private static let maximumProtectionShift: Int32 = 16

    /// The current and, if given, the greatest protection in a `prot` argument.
    static func protections(_ raw: Int32) throws(Errno) -> (MemoryProtection, maximum: MemoryProtection?) {
        guard raw & ~0x7_0007 == 0 else { throw .EINVAL }
        let current = MemoryProtection(rawValue: UInt8(raw & 7))
        let maximum = MemoryProtection(rawValue: UInt8(raw >> maximumProtectionShift & 7))
        if maximum.isEmpty { return (current, nil) }
        guard current.isSubset(of: maximum) else { throw .EOPNOTSUPP }
        return (current, maximum)
    }

    /// A request after all checks that need no look at the mappings.
    private struct Plan {
        var address: GuestAddress
        var byteCount: UInt64
        var offsetInPage: UInt64
        var fileOffset: UInt64
        var alignment: UInt64
        var protection: MemoryProtection
        var maximum: MemoryProtection
        var flags: MapFlags
        var content: HostMemory.Content
        var kind: GuestMapping.Kind
        var file: MappedFile?
        var fileByteCount: UInt64 = 0
        var limit: GuestAddress
    }

    /// Maps memory; the result is where.
    public func map(_ request: MapRequest) throws(Errno) -> GuestAddress {
        var plan = try plan(request)
        try attachFile(&plan, request)
        let start = try change { (touched) throws(Errno) in try place(plan, &touched) }
        if plan.flags.contains(.prefaultRead), plan.kind == .file {
            HostMemory.advise(start, plan.byteCount, .willNeed)
        }
        return start + plan.offsetInPage
    }

    // MARK: Checks

    private func plan(_ request: MapRequest) throws(Errno) -> Plan {
        let (protection, maximum) = try AddressSpace.protections(request.protection)
        var flags = request.flags.subtracting(.obsolete)
        var offset = request.offset
        guard request.byteCount > 0, !flags.contains(.anonymous) || request.descriptor == -1 && offset == 0 else {
            throw .EINVAL
        }
        if flags.contains(.stack) {
            guard request.descriptor == -1, protection.isSuperset(of: [.read, .write]) else {
                throw .EINVAL
            }
            flags.insert(.anonymous)
            offset = 0
        }
        try AddressSpace.check(flags, request, protection)
        guard offset >= 0 else { throw .EINVAL }
        let offsetInPage = UInt64(offset) & (pageBytes - 1)
        let sum = request.byteCount.addingReportingOverflow(offsetInPage + pageBytes - 1)
        guard !sum.overflow else { throw .EINVAL }
        var plan = Plan(
            address: request.address, byteCount: sum.partialValue & ~(pageBytes - 1), offsetInPage: offsetInPage,
            fileOffset: UInt64(offset) - offsetInPage, alignment: try alignment(flags), protection: protection,
            maximum: maximum ?? .all, flags: flags, content: .anonymous(isShared: flags.contains(.shared)),
            kind: flags.contains(.guardPages) ? .guardPages : .anonymous, limit: userTop)
        if plan.kind == .guardPages { plan.maximum = [] }
        try chooseHint(&plan)
        return plan
    }

    private static func check(_ flags: MapFlags, _ request: MapRequest, _ protection: MemoryProtection)
        throws(Errno)
    {
        let allowedWithGuard: MapFlags = [.fixed, .guardPages, .exclusive, .low2GiB, .alignmentMask]
        let isValid =
            MapFlags.known.isSuperset(of: flags)
            && (!flags.contains(.exclusive) || flags.contains(.fixed))
            && !flags.isSuperset(of: [.shared, .private])
            && (!flags.contains(.guardPages)
                || protection.isEmpty && request.descriptor == -1 && request.offset == 0
                    && allowedWithGuard.isSuperset(of: flags))
        guard isValid else { throw .EINVAL }
    }

    private func alignment(_ flags: MapFlags) throws(Errno) -> UInt64 {
        let log2 = flags.alignmentLog2
        if log2 <= 1 { return pageBytes }
        guard log2 < 64, UInt64(1) << log2 >= pageBytes else { throw .EINVAL }
        return 1 << log2
    }

    private func chooseHint(_ plan: inout Plan) throws(Errno) {
        if plan.flags.contains(.fixed) {
            let start = plan.address.subtractingReportingOverflow(plan.offsetInPage)
            let end = start.partialValue.addingReportingOverflow(plan.byteCount)
            guard !start.overflow, start.partialValue % pageBytes == 0, !end.overflow,
                start.partialValue >= userStart, end.partialValue <= userTop,
                !plan.flags.contains(.low2GiB) || end.partialValue <= AddressSpace.low2GiBEnd
            else { throw .EINVAL }
            plan.address = start.partialValue
            return
        }
        if plan.flags.contains(.low2GiB) {
            plan.limit = min(userTop, AddressSpace.low2GiBEnd)
            if plan.address > plan.limit || plan.byteCount > plan.limit - plan.address { plan.address = 0 }
            return
        }
        // A hint among what break may come to need is moved past it.
        let base = searchBase
        let text = program.textStart & ~(pageBytes - 1)
        if plan.address == 0 || plan.address >= text && plan.address < base { plan.address = base }
    }

    /// Where the search for free addresses starts without a hint.
    private var searchBase: GuestAddress {
        let end = program.dataStart.addingReportingOverflow(limits.maximumDataBytes)
        return end.overflow ? userTop : roundUp(end.partialValue)
    }

    func roundUp(_ address: GuestAddress) -> GuestAddress {
        address > ~(pageBytes - 1) ? ~(pageBytes - 1) : (address + pageBytes - 1) & ~(pageBytes - 1)
    }

    // MARK: Files

    /// What vn_mmap checks of a file, and what of it is mapped (sys/kern/vfs_vnops.c).
    private func attachFile(_ plan: inout Plan, _ request: MapRequest) throws(Errno) {
        guard !plan.flags.contains(.anonymous), plan.kind != .guardPages else { return }
        let file = HostFile(borrowing: request.descriptor)
        guard let access = file.access, let status = try? file.status() else { throw .EBADF }
        guard !plan.flags.isDisjoint(with: [.shared, .private]) else { throw .EINVAL }
        switch status.kind {
        case .zeroDevice:
            plan.fileOffset = 0
            return
        case .directory: throw .EINVAL
        case .other: throw .ENODEV
        case .regular, .characterDevice: break
        }
        var allowed: MemoryProtection = [.execute]
        if access.reads { allowed.insert(.read) }
        if access.writes || !plan.flags.contains(.shared) { allowed.insert(.write) }
        if plan.protection.contains(.execute), file.isOnNoExecMount { allowed.remove(.execute) }
        guard plan.protection.isSubset(of: allowed) else { throw .EACCES }
        let end = plan.fileOffset.addingReportingOverflow(plan.byteCount)
        guard !end.overflow, end.partialValue <= UInt64(Int64.max) else { throw .EINVAL }
        plan.maximum = plan.maximum.intersection(allowed)
        plan.kind = .file
        plan.file = MappedFile(
            device: status.device, inode: status.inode, byteCount: status.byteCount, modified: status.modified,
            changed: status.changed)
        plan.fileByteCount = status.byteCount
        plan.content = .file(
            descriptor: request.descriptor, offset: plan.fileOffset, isShared: plan.flags.contains(.shared))
    }

    private func index(of file: MappedFile?) -> Int32 {
        guard let file else { return -1 }
        if let known = files.firstIndex(of: file) { return Int32(known) }
        files.append(file)
        return Int32(files.count - 1)
    }

    // MARK: Placing. The lock is held.

    private func place(_ plan: Plan, _ touched: inout [Range<GuestAddress>]) throws(Errno) -> GuestAddress {
        guard plan.byteCount <= limits.virtualBytes, table.byteCount <= limits.virtualBytes - plan.byteCount else {
            throw .ENOMEM
        }
        if plan.flags.contains(.stack), plan.byteCount <= pageBytes { throw .EINVAL }
        if plan.flags.contains(.fixed) {
            let range = plan.address..<(plan.address + plan.byteCount)
            try checkFixed(range, isExclusive: plan.flags.contains(.exclusive))
            noteCode(range, &touched)
            try claim(range)
            try fill(range, plan)
            return plan.address
        }
        // Where the host holds addresses that are free to the guest, the search goes on past them.
        while true {
            let start = try freeAddress(plan)
            let range = start..<(start + plan.byteCount)
            let foreignCount = foreignRanges.count
            do {
                try claim(range)
            } catch {
                guard foreignRanges.count > foreignCount else { throw error }
                continue
            }
            try fill(range, plan)
            return start
        }
    }

    private func checkFixed(_ range: Range<GuestAddress>, isExclusive: Bool) throws(Errno) {
        var isTaken = false
        table.forEachPart(of: range) { if isExclusive || $0.kind == .foreign { isTaken = true } }
        // KERN_NO_SPACE (vm_mmap_to_errno).
        if isTaken { throw .ENOMEM }
    }

    private func freeAddress(_ plan: Plan) throws(Errno) -> GuestAddress {
        let hint = max(roundUp(plan.address), userStart)
        let base = plan.flags.contains(.low2GiB) ? userStart : max(searchBase, userStart)
        // MAP_ALIGNED_SUPER is a wish; MAP_ALIGNED(n) is an order.
        let wantsSuper = plan.flags.alignmentLog2 == 1 && plan.byteCount >= AddressSpace.superpageBytes
        let alignments = wantsSuper ? [AddressSpace.superpageBytes, pageBytes] : [plan.alignment]
        for start in hint > base ? [hint, base] : [hint] {
            for alignment in alignments {
                let found = table.firstFree(
                    from: start, byteCount: plan.byteCount, alignment: alignment, page: pageBytes, below: plan.limit)
                if let found { return found }
            }
        }
        throw .ENOMEM
    }

    /// Maps on the host and notes it. Nothing has changed when the host refuses.
    private func fill(_ range: Range<GuestAddress>, _ plan: Plan) throws(Errno) {
        if plan.flags.contains(.stack) {
            return try fillStack(range, plan.protection, plan.maximum, plan.flags)
        }
        if plan.kind == .guardPages {
            try vacateKeepingClaim(range)
        } else {
            _ = try HostMemory.map(
                range.lowerBound, UInt64(range.count), plan.content, plan.protection.host, .replacing)
        }
        var mapping = GuestMapping(
            start: range.lowerBound, end: range.upperBound, protection: plan.protection,
            maximumProtection: plan.maximum, kind: plan.kind)
        mapping.attributes = AddressSpace.attributes(plan.flags)
        mapping.inheritance = plan.flags.contains(.shared) ? .share : .copy
        if plan.kind == .file {
            mapping.file = index(of: plan.file)
            mapping.fileOffset = plan.fileOffset
            if plan.protection.contains(.write) { mapping.attributes.insert(.written) }
        }
        table.remove(range)
        table.insert(mapping)
        if plan.kind == .file { fillTail(mapping, plan) }
        if mapping.attributes.contains(.noCore) { HostMemory.advise(mapping.start, mapping.byteCount, .doNotDump) }
        lockIfWanted(range)
    }

    /// Pages without access, whether reserved or not.
    func vacateKeepingClaim(_ range: Range<GuestAddress>) throws(Errno) {
        _ = try HostMemory.map(range.lowerBound, UInt64(range.count), .reservation, .none, .replacing)
    }

    private static func attributes(_ flags: MapFlags) -> GuestMapping.Attributes {
        var attributes: GuestMapping.Attributes = []
        if flags.contains(.shared) { attributes.insert(.shared) }
        if flags.contains(.noSync) { attributes.insert(.noSync) }
        if flags.contains(.noCore) { attributes.insert(.noCore) }
        return attributes
    }

    /// The rest of the guest's page after the end of a file reads as zero, though the host's pages are smaller.
    private func fillTail(_ mapping: GuestMapping, _ plan: Plan) {
        guard pageBytes > HostMemory.pageBytes, plan.fileByteCount > plan.fileOffset else { return }
        let inFile = plan.fileByteCount - plan.fileOffset
        let hostEnd = (inFile + HostMemory.pageBytes - 1) & ~(HostMemory.pageBytes - 1)
        let guestEnd = min((inFile + pageBytes - 1) & ~(pageBytes - 1), mapping.byteCount)
        guard hostEnd < guestEnd else { return }
        _ = try? HostMemory.map(
            mapping.start + hostEnd, guestEnd - hostEnd, .anonymous(isShared: mapping.isShared),
            mapping.protection.host, .replacing)
    }

    func lockIfWanted(_ range: Range<GuestAddress>) {
        guard locksFuture else { return }
        table.update(range) { if $0.isBacked { $0.attributes.insert(.locked) } }
        try? HostMemory.lock(range.lowerBound, UInt64(range.count))
    }

    // MARK: Stacks

    /// `sgrowsiz`: how far a stack grows at least (sys/kern/kern_mib.c, vmparam.h SGROWSIZ).
    private static let stackGrowthBytes: UInt64 = 128 << 10

    /// A stack: its top mapped, below it room to grow, whose lowest page stays a guard (vm_map_stack).
    private func fillStack(
        _ range: Range<GuestAddress>, _ protection: MemoryProtection, _ maximum: MemoryProtection, _ flags: MapFlags
    ) throws(Errno) {
        let initial = min(roundUp(AddressSpace.stackGrowthBytes), UInt64(range.count) - pageBytes)
        let stackStart = range.upperBound - initial
        // The upper part first: when it fails, nothing has changed.
        _ = try HostMemory.map(stackStart, initial, .anonymous(isShared: false), protection.host, .replacing)
        try vacateKeepingClaim(range.lowerBound..<stackStart)
        var stack = GuestMapping(
            start: stackStart, end: range.upperBound, protection: protection, maximumProtection: maximum,
            kind: .anonymous)
        stack.attributes = AddressSpace.attributes(flags).union(.growsDown)
        let area = GuestMapping(
            start: range.lowerBound, end: stackStart, protection: [], maximumProtection: [], kind: .growthArea)
        table.remove(range)
        table.insert(stack)
        table.insert(area)
        widenGrowthBounds(range.lowerBound..<stackStart)
        lockIfWanted(stackStart..<range.upperBound)
    }

    /// Grows the stack whose growth area holds `address` (vm_map_growstack); false when there is none or no room.
    public func growStack(at address: GuestAddress) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        guard let area = table.mapping(at: address), area.kind == .growthArea,
            let stack = table.mapping(at: area.end), stack.attributes.contains(.growsDown)
        else { return false }
        let room = area.byteCount - min(area.byteCount, pageBytes)
        let needed = area.end - (address & ~(pageBytes - 1))
        guard needed <= room else { return false }
        var growth = min(max(needed, roundUp(AddressSpace.stackGrowthBytes)), room)
        if isMainStack(stack) {
            let used = mainStackTop - stack.start
            let left = (limits.stackBytes - min(limits.stackBytes, used)) & ~(pageBytes - 1)
            guard needed <= left else { return false }
            growth = min(growth, left)
        }
        guard growth <= limits.virtualBytes, table.byteCount <= limits.virtualBytes - growth else { return false }
        let start = area.end - growth
        let isMapped = try? HostMemory.map(
            start, growth, .anonymous(isShared: false), stack.protection.host, .replacing)
        guard isMapped == true else { return false }
        table.growStack(area, downTo: start)
        lockIfWanted(start..<area.end)
        return true
    }

    /// Whether a stack is the first thread's: it reaches up to where that one starts.
    private func isMainStack(_ stack: GuestMapping) -> Bool {
        mainStackTop > stack.start && table.isCovered(stack.start..<mainStackTop) { $0.kind == .anonymous }
    }

    /// Maps the first thread's stack below `top`.
    func mapMainStack(top: GuestAddress, byteCount: UInt64, protection: MemoryProtection) throws(Errno) {
        let size = roundUp(byteCount)
        guard top <= userTop, top % pageBytes == 0, size < top, size > pageBytes else {
            throw .ENOMEM
        }
        _ = try map(
            MapRequest(
                address: top - size, byteCount: size,
                protection: Int32(protection.rawValue) | 0x7 << AddressSpace.maximumProtectionShift,
                flags: [.private, .anonymous, .stack, .fixed, .exclusive]))
        mainStackTop = top
    }
}
