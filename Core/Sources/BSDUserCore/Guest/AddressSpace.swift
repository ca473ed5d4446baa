/// What follows changes of guest memory: the translator, which holds copies of guest code.
protocol AddressSpaceObserver: AnyObject {
    /// The mapping of a range that held code changed.
    func mappingChanged(_ start: GuestAddress, _ byteCount: UInt64)
    /// The host is about to write guest memory in a range with write-protected code pages.
    func prepareForWrite(_ start: GuestAddress, _ byteCount: UInt64)
}

/// The one owner of guest memory: what is mapped where, and every change to it.
///
/// All addresses below `userTop` are reserved at the start where the host allows it, so that nothing of the host's ever
/// comes to lie among them. Where it does not, every mapping is made so that it cannot replace anything of the host's.
public final class AddressSpace: @unchecked Sendable {
    /// Addresses that are left to the host in any case: its program and libraries lie above.
    static let hostStart: GuestAddress = 1 << 46
    /// Lowest address of a mapping: the first page is never mapped (`security.bsd.map_at_zero` is 0).
    let userStart: GuestAddress
    /// End of user addresses.
    public let userTop: GuestAddress
    /// Bytes of a page as the guest sees it.
    public let pageBytes: UInt64
    /// Pages that are readable may be executed as well, on processors that cannot tell the two apart.
    public var readImpliesExecute = false
    /// Limits of the process, changed by `setrlimit`. Under the lock once the guest runs.
    public var limits: Limits
    weak var observer: (any AddressSpaceObserver)?

    /// Resource limits in bytes (`RLIMIT_DATA` now and at most, `RLIMIT_STACK`, `RLIMIT_AS`).
    public struct Limits: Sendable {
        public var dataBytes: UInt64
        public var maximumDataBytes: UInt64
        public var stackBytes: UInt64
        public var virtualBytes: UInt64 = .max

        public init(dataBytes: UInt64, maximumDataBytes: UInt64, stackBytes: UInt64) {
            self.dataBytes = dataBytes
            self.maximumDataBytes = maximumDataBytes
            self.stackBytes = stackBytes
        }
    }

    /// Where the program lies: decides where `mmap` looks first and where `break` starts.
    struct Program {
        var textStart: GuestAddress = 0
        /// Start of the data segment (`vm_daddr`), and the end of what `break` has.
        var dataStart: GuestAddress = 0
        var breakEnd: GuestAddress = 0
    }

    let lock = HostLock()
    var table = MappingTable()
    var files: [MappedFile] = []
    var program = Program()
    /// New mappings are locked in memory (`mlockall(MCL_FUTURE)`).
    var locksFuture = false
    /// The first stack, whose growth `RLIMIT_STACK` limits.
    var mainStackTop: GuestAddress = 0
    /// Addresses that are reserved on the host; empty when the host refused.
    private(set) var reserved: Range<GuestAddress> = 0..<0
    /// The emulator's own memory below `userTop`. Read without the lock.
    private(set) var foreignRanges: [Range<GuestAddress>] = []
    /// Former values, which a reader without the lock may still look at.
    private var retiredRanges: [[Range<GuestAddress>]] = []
    /// Pages that may be written by the guest but not by the host.
    private var watchedPages: Set<GuestAddress> = [] {
        didSet { watchesPages = !watchedPages.isEmpty }
    }
    /// Whether there are any; read without the lock.
    private var watchesPages = false
    /// Bounds of all growth areas; read without the lock, so it may only be too wide.
    private var growthBounds: Range<GuestAddress> = 0..<0

    /// A file that is mapped.
    public struct MappedFile: Sendable, Equatable {
        public var device: UInt64
        public var inode: UInt64
        /// As it was when it was mapped: a file that has changed since is another one.
        public var byteCount: UInt64 = 0
        /// Times of the last change of its contents and of its attributes, in nanoseconds since 1970.
        public var modified: Int64 = 0
        public var changed: Int64 = 0
    }

    /// An address space of `userTop` bytes, at most up to `hostStart`.
    init(userTop: GuestAddress, pageBytes: UInt64, limits: Limits, reserves: Bool = true) {
        self.userTop = min(userTop, AddressSpace.hostStart)
        self.pageBytes = pageBytes
        self.limits = limits
        userStart = max(pageBytes, HostMemory.pageBytes)
        if reserves { reserve() }
    }

    /// Memory as an architecture lays it out.
    public convenience init(_ description: ArchitectureDescription, userTop: GuestAddress? = nil) {
        let layout = description.layout
        self.init(
            userTop: min(userTop ?? layout.userTop, layout.userTop), pageBytes: UInt64(description.abi.pageBytes),
            limits: Limits(
                dataBytes: layout.defaultDataBytes, maximumDataBytes: layout.maximumDataBytes,
                stackBytes: layout.defaultStackBytes))
    }

    // MARK: Reservation

    /// Linux's default for the lowest address that a process without privileges may map (`vm.mmap_min_addr`).
    private static let hostMinimum: GuestAddress = 0x10000

    private func reserve() {
        let start = AddressSpace.hostMinimum
        guard start < userTop else { return }
        if (try? HostMemory.map(start, userTop - start, .reservation, .none, .keeping)) == true {
            reserved = start..<userTop
            return
        }
        noteForeign(HostMemory.mappedRanges(start, userTop))
        var done: [Range<GuestAddress>] = []
        for gap in table.gaps(in: start..<userTop) {
            guard (try? HostMemory.map(gap.lowerBound, UInt64(gap.count), .reservation, .none, .keeping)) == true else {
                for range in done { try? HostMemory.unmap(range.lowerBound, UInt64(range.count)) }
                return
            }
            done.append(gap)
        }
        reserved = start..<userTop
    }

    private func noteForeign(_ ranges: [Range<GuestAddress>]) {
        for range in ranges {
            for gap in table.gaps(in: range) {
                table.insert(
                    GuestMapping(
                        start: gap.lowerBound, end: gap.upperBound, protection: [], maximumProtection: [],
                        kind: .foreign))
            }
        }
        let known = table.mappings.filter { $0.kind == .foreign }.map { $0.start..<$0.end }
        guard known != foreignRanges else { return }
        retiredRanges.append(foreignRanges)
        foreignRanges = known
    }

    /// Gives the whole reservation back. For tests: a process has one address space as long as it lives.
    func release() {
        for mapping in table.mappings where mapping.kind != .foreign {
            try? HostMemory.unmap(mapping.start, mapping.byteCount)
        }
        for range in AddressSpace.subtract(foreignRanges, from: reserved) {
            try? HostMemory.unmap(range.lowerBound, UInt64(range.count))
        }
        table = MappingTable()
        reserved = 0..<0
    }

    private static func subtract(
        _ holes: [Range<GuestAddress>], from range: Range<GuestAddress>
    ) -> [Range<GuestAddress>] {
        var parts: [Range<GuestAddress>] = []
        var next = range.lowerBound
        for hole in holes {
            if next < hole.lowerBound { parts.append(next..<hole.lowerBound) }
            next = max(next, hole.upperBound)
        }
        if next < range.upperBound { parts.append(next..<range.upperBound) }
        return parts
    }

    /// Whether a range touches memory of the emulator.
    func touchesForeign(_ address: GuestAddress, _ byteCount: UInt64) -> Bool {
        foreignRanges.contains { $0.lowerBound < address &+ byteCount && address < $0.upperBound }
    }

    // MARK: The host's side of a change. The lock is held.

    /// Makes every free part of a range outside the reservation ours, or throws `ENOMEM` when the host is there.
    func claim(_ range: Range<GuestAddress>) throws(Errno) {
        for gap in table.gaps(in: range) {
            let below = gap.clamped(to: 0..<max(reserved.lowerBound, 0))
            let above = gap.clamped(to: reserved.upperBound..<GuestAddress.max)
            for part in [below, above] where !part.isEmpty {
                guard try HostMemory.map(part.lowerBound, UInt64(part.count), .reservation, .none, .keeping) else {
                    noteForeign(HostMemory.mappedRanges(part.lowerBound, part.upperBound))
                    throw .ENOMEM
                }
            }
        }
    }

    /// Makes a range hold nothing again.
    func vacate(_ range: Range<GuestAddress>) throws(Errno) {
        let inside = range.clamped(to: reserved)
        for part in AddressSpace.subtract([inside], from: range) where !part.isEmpty {
            try HostMemory.unmap(part.lowerBound, UInt64(part.count))
        }
        if !inside.isEmpty {
            _ = try HostMemory.map(inside.lowerBound, UInt64(inside.count), .reservation, .none, .replacing)
        }
    }

    /// Runs a change under the lock, then tells the observer of the ranges with code that it touched.
    ///
    /// The observer has a lock of its own, under which it reads guest code: it is told when ours is free.
    func change<Result>(_ body: (inout [Range<GuestAddress>]) throws(Errno) -> Result) throws(Errno) -> Result {
        var touched: [Range<GuestAddress>] = []
        lock.lock()
        let outcome = Swift.Result { () throws(Errno) in try body(&touched) }
        for range in touched { forgetWatched(range) }
        lock.unlock()
        for range in touched { observer?.mappingChanged(range.lowerBound, UInt64(range.count)) }
        return try outcome.get()
    }

    /// Under the lock, without a change.
    func locked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return try body()
    }

    /// Adds what held code in `range` to the ranges that the observer hears of.
    func noteCode(_ range: Range<GuestAddress>, _ touched: inout [Range<GuestAddress>]) {
        var hasCode = false
        table.forEachPart(of: range) { if isExecutable($0) { hasCode = true } }
        if hasCode { touched.append(range) }
    }

    func isExecutable(_ mapping: GuestMapping) -> Bool {
        mapping.isBacked
            && (mapping.protection.contains(.execute) || readImpliesExecute && mapping.protection.contains(.read))
    }

    // MARK: Questions

    /// The guest's mappings in order, for `kern.proc.vmmap` and core files.
    public var mappings: [GuestMapping] {
        lock.lock()
        defer { lock.unlock() }
        return table.mappings.filter { $0.kind != .foreign }
    }

    /// The mapping that holds an address.
    public func mapping(at address: GuestAddress) -> GuestMapping? {
        lock.lock()
        defer { lock.unlock() }
        guard let mapping = table.mapping(at: address), mapping.kind != .foreign else { return nil }
        return mapping
    }

    /// The file behind a mapping of kind `.file`.
    public func file(_ mapping: GuestMapping) -> MappedFile? {
        lock.lock()
        defer { lock.unlock() }
        return files.indices.contains(Int(mapping.file)) ? files[Int(mapping.file)] : nil
    }

    /// Bytes of all mappings but guards.
    public var mappedByteCount: UInt64 {
        lock.lock()
        defer { lock.unlock() }
        return table.byteCount
    }

    /// Whether the whole range has memory behind it that the guest may use in some way.
    public func isMapped(_ address: GuestAddress, _ byteCount: UInt64) -> Bool {
        let end = address.addingReportingOverflow(byteCount)
        guard !end.overflow else { return false }
        lock.lock()
        defer { lock.unlock() }
        return table.isCovered(address..<end.partialValue) { $0.isBacked && !$0.protection.isEmpty }
    }

    /// FreeBSD's `si_code` of a failed access: `SEGV_MAPERR` 1 or `SEGV_ACCERR` 2, whatever the host said.
    public func faultCode(at address: GuestAddress) -> Int32 {
        lock.lock()
        defer { lock.unlock() }
        guard let mapping = table.mapping(at: address), mapping.kind != .foreign else { return 1 }
        return 2
    }

    /// Whether guest and host allow an access to an address at this moment.
    public func allows(_ address: GuestAddress, writing: Bool) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        guard let mapping = table.mapping(at: address), mapping.isBacked else { return false }
        if !writing { return mapping.protection.contains(.read) }
        return mapping.protection.contains(.write)
            && !watchedPages.contains(address & ~(HostMemory.pageBytes - 1))
    }

    // MARK: Watched pages

    /// Withdraws the host's permission to write a page that the guest may write, or gives it back.
    func setWriteProtection(_ isProtected: Bool, page: GuestAddress) {
        lock.lock()
        defer { lock.unlock() }
        guard let mapping = table.mapping(at: page), mapping.protection.contains(.write) else { return }
        guard (try? HostMemory.protect(page, HostMemory.pageBytes, isProtected ? .read : .readWrite)) != nil else {
            return
        }
        if isProtected { watchedPages.insert(page) } else { watchedPages.remove(page) }
    }

    private func forgetWatched(_ range: Range<GuestAddress>) {
        guard !watchedPages.isEmpty else { return }
        watchedPages = watchedPages.filter { !range.contains($0) }
    }

    /// Before the host's kernel reads or writes guest memory: stacks are grown, watched pages let go.
    @inline(__always)
    func prepareForHost(_ address: GuestAddress, _ byteCount: UInt64, writing: Bool) {
        if address < growthBounds.upperBound, address &+ byteCount > growthBounds.lowerBound {
            growStacks(address, byteCount)
        }
        if writing, watchesPages { releaseWatched(address, byteCount) }
    }

    private func releaseWatched(_ address: GuestAddress, _ byteCount: UInt64) {
        guard byteCount > 0 else { return }
        lock.lock()
        let mask = ~(HostMemory.pageBytes - 1)
        let first = address & mask
        let last = (address &+ (byteCount - 1)) & mask
        let isWatched: Bool
        if (last - first) / HostMemory.pageBytes < UInt64(watchedPages.count) {
            isWatched = stride(from: first, through: last, by: Int(HostMemory.pageBytes)).contains {
                watchedPages.contains($0)
            }
        } else {
            isWatched = watchedPages.contains { $0 >= first && $0 <= last }
        }
        lock.unlock()
        if isWatched { observer?.prepareForWrite(address, byteCount) }
    }

    // MARK: Stacks

    /// Notes a growth area, so that buffers in it are found.
    func widenGrowthBounds(_ range: Range<GuestAddress>) {
        growthBounds =
            growthBounds.isEmpty
            ? range
            : min(growthBounds.lowerBound, range.lowerBound)..<max(growthBounds.upperBound, range.upperBound)
    }

    private func growStacks(_ address: GuestAddress, _ byteCount: UInt64) {
        guard byteCount > 0, let end = Optional(address &+ byteCount), end > address else { return }
        lock.lock()
        let areas = table.parts(of: address..<end).filter { $0.kind == .growthArea }
        lock.unlock()
        for area in areas { _ = growStack(at: area.start) }
    }

    // MARK: Fork

    /// Before `fork`: no other thread is amid a change.
    func prepareFork() { lock.lock() }

    /// After `fork` in the parent.
    func finishForkInParent() { lock.unlock() }

    /// After `fork` in the child, which has its own copy of memory: gives each mapping what `minherit` asked for.
    func finishForkInChild() {
        lock.resetInChild()
        for mapping in table.mappings where mapping.isBacked && mapping.changesByFork {
            let range = mapping.start..<mapping.end
            switch mapping.inheritance {
            case .none:
                table.remove(range)
                try? vacate(range)
            case .zero where mapping.kind == .anonymous:
                _ = try? HostMemory.map(
                    mapping.start, mapping.byteCount, .anonymous(isShared: mapping.isShared), mapping.protection.host,
                    .replacing)
            case .copy where mapping.isShared:
                try? HostMemory.replacePages(
                    mapping.start, mapping.byteCount, isShared: false, mapping.protection.host)
                table.update(range) {
                    $0.attributes.remove(.shared)
                    $0.becomeAnonymous()
                }
            default: break
            }
            // Locks are not inherited (mlock(2)).
            table.update(range) { $0.attributes.remove(.locked) }
        }
    }
}
