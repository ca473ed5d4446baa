import CHost
import Glibc

/// The arena that translated code stands in: filled from the bottom, emptied only as a whole.
struct CodeCache {
    /// Where code is written, and where the same bytes are executed. Equal unless the host refuses memory that is both.
    private(set) var writable: UnsafeMutablePointer<UInt8>
    private(set) var executable: UnsafeMutablePointer<UInt8>
    let byteCount: Int
    /// Bytes at the start that are never given up: the thunks, and those that were in force before.
    private(set) var reserved = 0
    private(set) var used = 0
    /// Up to here the host has provided pages.
    private var providedBytes = 0
    /// Where the files of the translation cache begin, which stand at the end of the arena.
    private(set) var limit: Int

    private static let largePageBytes = 2 << 20
    /// A block starts at a multiple of this: half a fetch line of current processors, a quarter of a cache line.
    private static let blockAlignment = 16

    /// Maps the arena; nil when the host allows neither kind. `separatesViews` asks for the second.
    init?(byteCount: Int, separatesViews: Bool = false) {
        self.byteCount = byteCount
        limit = byteCount
        guard let views = (separatesViews ? nil : CodeCache.mapSingle(byteCount)) ?? CodeCache.mapDual(byteCount) else {
            return nil
        }
        writable = views.0
        executable = views.1
    }

    func release() {
        munmap(writable, byteCount)
        if isDual { munmap(executable, byteCount) }
    }

    /// Whether code is written through another view than it is executed in.
    var isDual: Bool { writable != executable }

    private typealias Views = (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>)

    /// Private memory that is writable and executable: `fork` copies it like everything else.
    private static func mapSingle(_ byteCount: Int) -> Views? {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let protection = PROT_READ | PROT_WRITE | PROT_EXEC
        guard let mapping = mmap(nil, byteCount + largePageBytes, protection, flags, -1, 0), mapping != MAP_FAILED
        else {
            return nil
        }
        // Cut to a multiple of a large page. The first stays in small pages: a short program touches few of them.
        let slack = (0 &- Int(bitPattern: mapping)) & (largePageBytes - 1)
        if slack > 0 { munmap(mapping, slack) }
        munmap(mapping + slack + byteCount, largePageBytes - slack)
        let start = mapping + slack
        if byteCount > largePageBytes {
            madvise(start + largePageBytes, byteCount - largePageBytes, MADV_HUGEPAGE)
        }
        let view = start.assumingMemoryBound(to: UInt8.self)
        return (view, view)
    }

    /// Two views of one anonymous file, for hosts that refuse memory which is both writable and executable.
    private static func mapDual(_ byteCount: Int) -> Views? {
        let file = chost_memory_file(Int64(byteCount))
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard let write = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), write != MAP_FAILED else {
            return nil
        }
        guard let execute = mmap(nil, byteCount, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0), execute != MAP_FAILED
        else {
            munmap(write, byteCount)
            return nil
        }
        return (write.assumingMemoryBound(to: UInt8.self), execute.assumingMemoryBound(to: UInt8.self))
    }

    /// In the child of a `fork`: gives the two views a file of their own, at the same addresses, with the bytes that
    /// matter copied. Returns false when the host refuses; the old file must then not be written any more.
    mutating func separateFromParent() -> Bool {
        guard isDual else { return true }
        let file = chost_memory_file(Int64(byteCount))
        guard file >= 0 else { return false }
        defer { close(file) }
        let fixed = MAP_SHARED | MAP_FIXED
        guard pwrite(file, writable, reserved, 0) == reserved,
            mmap(writable, byteCount, PROT_READ | PROT_WRITE, fixed, file, 0) != MAP_FAILED,
            mmap(executable, byteCount, PROT_READ | PROT_EXEC, fixed, file, 0) != MAP_FAILED
        else { return false }
        removeAll()
        return true
    }

    // MARK: Filling

    /// Where the next block is written.
    var place: UnsafeMutablePointer<UInt8> { writable + used }
    var remaining: Int { limit &- used }
    /// The offset of the next block, which is where `place` is.
    var nextOffset: UInt32 { UInt32(truncatingIfNeeded: used) }

    /// Takes the bytes that were written at `place`.
    mutating func commit(_ count: Int) {
        let end = used &+ count &+ CodeCache.blockAlignment &- 1
        used = min(limit, end & ~(CodeCache.blockAlignment &- 1))
        if used >= providedBytes, providedBytes < CodeCache.largePageBytes { provide() }
    }

    /// Large pages come by themselves.
    private mutating func provide() {
        let start = (used &+ 4095) & ~4095
        providedBytes =
            start >= CodeCache.largePageBytes
            ? start
            : ReservedMemory.provide(writable, byteCount: CodeCache.largePageBytes, from: start, alreadyUsed: used)
    }

    /// Makes what has been committed so far permanent.
    mutating func reserveCommitted() { reserved = used }

    /// Gives up everything but the reserved start.
    mutating func removeAll() { used = reserved }

    // MARK: Files of the translation cache

    /// Takes whole pages from the end of the arena; their offset, or nil when less than half of it would remain.
    mutating func takeFromEnd(_ count: Int) -> UInt32? {
        let start = (limit &- count) & ~4095
        guard count > 0, start >= byteCount / 2, start >= used else { return nil }
        limit = start
        return UInt32(truncatingIfNeeded: start)
    }

    /// Where the bytes at an offset are written.
    func writablePlace(_ offset: UInt32) -> UnsafeMutablePointer<UInt8> { writable + Int(offset) }

    /// Gives pages back that nothing executes; only those taken last can be used again.
    mutating func giveBack(_ offset: UInt32, _ count: Int) {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED
        mmap(writable + Int(offset), count, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0)
        if Int(offset) == limit { limit = min(byteCount, (Int(offset) &+ count &+ 4095) & ~4095) }
    }

    /// Gives back all that was taken from the end.
    mutating func giveBackAll() {
        if limit < byteCount { giveBack(UInt32(truncatingIfNeeded: limit), byteCount &- limit) }
    }

    /// The address at which the code at an offset executes.
    @inline(__always)
    func address(_ offset: UInt32) -> UnsafeRawPointer { UnsafeRawPointer(executable + Int(offset)) }

    /// The offset of an address in translated code, or nil when it is elsewhere.
    func offset(_ address: UInt) -> UInt32? {
        let distance = address &- UInt(bitPattern: executable)
        return distance < UInt(byteCount) ? UInt32(truncatingIfNeeded: distance) : nil
    }

    /// Code as it executes.
    func code(_ offset: UInt32, count: UInt32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: address(offset), count: Int(count))
    }

    /// Makes the host tell of the arena once more, as of code that was just mapped: `perf` gives a child of `fork` the code
    /// and the names of its parent until then.
    func announce() {
        let writes = isDual ? 0 : PROT_WRITE
        mprotect(executable, byteCount, PROT_READ | writes)
        mprotect(executable, byteCount, PROT_READ | PROT_EXEC | writes)
    }

    // MARK: Links

    /// The chain record at an offset.
    private func record(_ offset: UInt32) -> ChainRecord {
        UnsafeRawPointer(writable + Int(offset)).load(as: ChainRecord.self)
    }

    /// The guest address that the exit with this chain record goes to.
    func target(ofRecord offset: UInt32) -> GuestAddress { record(offset).target }

    /// Lets an exit jump to code at an offset.
    func link(record offset: UInt32, to code: UInt32) { patch(offset, record(offset).jumpDistance, to: Int(code)) }

    /// Lets an exit lead to its stub again.
    func unlink(record offset: UInt32) {
        let chain = record(offset)
        patch(offset, chain.jumpDistance, to: Int(offset) &+ Int(chain.stubDistance))
    }

    /// The block with a record must neither be left nor be returned into without a look at the tables.
    func disconnect(record offset: UInt32) {
        if isLanding(record: offset) { closeLanding(record: offset) } else { unlink(record: offset) }
    }

    /// Whether a record is no exit's, but that of where a call lands.
    func isLanding(record offset: UInt32) -> Bool { record(offset).isLanding }

    /// The block with a record must not be entered any more where its calls return to. Does nothing to exits.
    func closeLanding(record offset: UInt32) { setLanding(offset, ChainRecord.closedLanding) }

    /// The block may be returned into again. Does nothing to exits.
    func openLanding(record offset: UInt32) { setLanding(offset, ChainRecord.openLanding) }

    private func setLanding(_ offset: UInt32, _ byte: UInt8) {
        let chain = record(offset)
        if chain.isLanding { chost_patch8(writable + Int(offset) + Int(chain.jumpDistance), byte) }
    }

    /// Where an exit leads now: an offset in the arena.
    func destination(ofRecord offset: UInt32) -> UInt32 {
        let field = Int(offset) &+ Int(record(offset).jumpDistance)
        let displacement = UnsafeRawPointer(writable + field).loadUnaligned(as: Int32.self)
        return UInt32(truncatingIfNeeded: field &+ 4 &+ Int(displacement))
    }

    private func patch(_ record: UInt32, _ jumpDistance: Int32, to target: Int) {
        let field = Int(record) &+ Int(jumpDistance)
        chost_patch32(writable + field, UInt32(truncatingIfNeeded: target &- field &- 4))
    }
}
