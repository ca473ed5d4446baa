import CHost
import Glibc

/// Calls of the host on memory. Addresses are guest addresses, which are the host's own.
enum HostMemory {
    /// Bytes of a page of the host.
    static let pageBytes: UInt64 = 4096

    /// What the host lets the process do with a page. Guest code is read, never executed in place.
    enum Protection: Sendable {
        case none, read, readWrite

        fileprivate var raw: Int32 {
            switch self {
            case .none: PROT_NONE
            case .read: PROT_READ
            case .readWrite: PROT_READ | PROT_WRITE
            }
        }
    }

    /// What pages hold.
    enum Content: Sendable {
        case anonymous(isShared: Bool)
        case file(descriptor: Int32, offset: UInt64, isShared: Bool)
        /// Address space held free of everything else.
        case reservation
    }

    /// What happens to what is mapped already.
    enum Placement: Sendable {
        case replacing
        case keeping
    }

    /// Maps at a fixed address. With `.keeping` false when something is mapped there already.
    static func map(
        _ address: UInt64, _ byteCount: UInt64, _ content: Content, _ protection: Protection, _ placement: Placement
    ) throws(Errno) -> Bool {
        if let failure = HostFault.error(.mapMemory) { throw Errno(host: failure) }
        var flags = placement == .replacing ? MAP_FIXED : Int32(MAP_FIXED_NOREPLACE)
        var descriptor: Int32 = -1
        var fileOffset: UInt64 = 0
        switch content {
        case .anonymous(let isShared):
            flags |= Int32(MAP_ANONYMOUS) | Int32(MAP_NORESERVE) | (isShared ? Int32(MAP_SHARED) : Int32(MAP_PRIVATE))
        case .file(let file, let offset, let isShared):
            flags |= isShared ? Int32(MAP_SHARED) : Int32(MAP_PRIVATE)
            descriptor = file
            fileOffset = offset
        case .reservation:
            // What cannot be written to is not accounted for. Without MAP_NORESERVE the host does not join it with pages
            // that a guest makes inaccessible: to join and to part them costs more than to change their protection.
            flags |= Int32(MAP_ANONYMOUS) | Int32(MAP_PRIVATE)
        }
        let wanted = UnsafeMutableRawPointer(bitPattern: UInt(address))
        let found = mmap(wanted, Int(byteCount), protection.raw, flags, descriptor, Int(fileOffset))
        if found == MAP_FAILED {
            if errno == EEXIST { return false }
            throw Errno(host: errno)
        }
        guard found == wanted else {
            // A kernel without MAP_FIXED_NOREPLACE takes the address as a hint.
            munmap(found, Int(byteCount))
            return false
        }
        return true
    }

    /// Unmaps for good.
    static func unmap(_ address: UInt64, _ byteCount: UInt64) throws(Errno) {
        try check(.unmapMemory, munmap(pointer(address), Int(byteCount)))
    }

    static func protect(_ address: UInt64, _ byteCount: UInt64, _ protection: Protection) throws(Errno) {
        try check(.protectMemory, mprotect(pointer(address), Int(byteCount), protection.raw))
    }

    /// Replaces pages by anonymous ones with the same bytes, shared with later children or private.
    static func replacePages(_ address: UInt64, _ byteCount: UInt64, isShared: Bool, _ protection: Protection)
        throws(Errno)
    {
        if let failure = HostFault.error(.moveMemory) { throw Errno(host: failure) }
        let failure = chost_replace_pages(address, Int(byteCount), isShared ? 1 : 0, protection.raw)
        if failure != 0 { throw Errno(host: failure) }
    }

    /// Advice that the host shares with FreeBSD; only a hint, so a refusal is none of the guest's concern.
    enum Advice: Sendable {
        case normal, random, sequential, willNeed, free, doNotDump, dump

        fileprivate var raw: Int32 {
            switch self {
            case .normal: MADV_NORMAL
            case .random: MADV_RANDOM
            case .sequential: MADV_SEQUENTIAL
            case .willNeed: MADV_WILLNEED
            case .free: MADV_FREE
            case .doNotDump: MADV_DONTDUMP
            case .dump: MADV_DODUMP
            }
        }
    }

    static func advise(_ address: UInt64, _ byteCount: UInt64, _ advice: Advice) {
        guard HostFault.error(.adviseMemory) == nil else { return }
        _ = madvise(pointer(address), Int(byteCount), advice.raw)
    }

    /// Writes changed pages of shared file mappings back.
    static func sync(_ address: UInt64, _ byteCount: UInt64, waits: Bool, invalidates: Bool) throws(Errno) {
        let flags = (waits ? MS_SYNC : MS_ASYNC) | (invalidates ? MS_INVALIDATE : 0)
        try check(.syncMemory, msync(pointer(address), Int(byteCount), Int32(flags)))
    }

    static func lock(_ address: UInt64, _ byteCount: UInt64) throws(Errno) {
        guard let start = pointer(address) else { return }
        try check(.lockMemory, mlock(start, Int(byteCount)))
    }

    static func unlock(_ address: UInt64, _ byteCount: UInt64) throws(Errno) {
        guard let start = pointer(address) else { return }
        try check(.unlockMemory, munlock(start, Int(byteCount)))
    }

    /// Whether each page of the host is in memory.
    static func residentPages(_ address: UInt64, _ byteCount: UInt64) throws(Errno) -> [Bool] {
        var pages = [UInt8](repeating: 0, count: Int((byteCount + pageBytes - 1) / pageBytes))
        try check(.residentMemory, mincore(pointer(address), Int(byteCount), &pages))
        return pages.map { $0 & 1 != 0 }
    }

    /// Ranges inside `start ..< end` that the process has mapped, in order.
    static func mappedRanges(_ start: UInt64, _ end: UInt64) -> [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        for (range, _) in mappings {
            let first = max(range.lowerBound, start)
            let clipped = first..<max(min(range.upperBound, end), first)
            if !clipped.isEmpty { ranges.append(clipped) }
        }
        return ranges
    }

    /// Every mapping of the process: its addresses, and its line of `/proc/self/maps` (proc_pid_maps(5)): start-end
    /// permissions offset device inode path.
    private static var mappings: [(range: Range<UInt64>, line: ArraySlice<UInt8>)] {
        HostFile.contents(ofSystemFile: "/proc/self/maps").split(separator: UInt8(ascii: "\n")).compactMap { line in
            let bounds = line.prefix { $0 != UInt8(ascii: " ") }.split(separator: UInt8(ascii: "-"))
            guard bounds.count == 2, let low = hexadecimal(bounds[0]), let high = hexadecimal(bounds[1]) else {
                return nil
            }
            return (low..<max(high, low), line)
        }
    }

    /// What stands behind an address: a file, or what the host has in the place of one.
    struct Object: Equatable {
        var device: String
        /// The file's number; 0 for memory of this process alone.
        var file: UInt64
        /// The address's distance from the start of the file, or for memory without one the address.
        var offset: UInt64
        /// The file has no name any more.
        var isRemoved: Bool
    }

    /// The object at an address; nil when nothing is mapped there.
    static func object(at address: UInt64) -> Object? {
        for (range, line) in mappings where range.contains(address) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count >= 5, let offset = hexadecimal(fields[2]) else { continue }
            let file = UInt64(String(decoding: fields[4], as: UTF8.self)) ?? 0
            return Object(
                device: String(decoding: fields[3], as: UTF8.self), file: file,
                offset: file == 0 ? address : address - range.lowerBound + offset,
                isRemoved: line.suffix(9).elementsEqual("(deleted)".utf8))
        }
        return nil
    }

    /// The path of the file at an address; nil when there is none.
    static func mappedPath(at address: UInt64) -> [UInt8]? {
        guard let line = mappings.first(where: { $0.range.contains(address) })?.line else { return nil }
        return line.firstIndex(of: UInt8(ascii: "/")).map { Array(line[$0...]) }
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private static func pointer(_ address: UInt64) -> UnsafeMutableRawPointer? {
        UnsafeMutableRawPointer(bitPattern: UInt(address))
    }

    @inline(__always)
    private static func check(_ call: HostCall, _ result: @autoclosure () -> Int32) throws(Errno) {
        if let failure = HostFault.error(call) { throw Errno(host: failure) }
        if result() != 0 { throw Errno(host: errno) }
    }
}
