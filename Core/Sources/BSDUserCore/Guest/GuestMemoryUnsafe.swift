import CHost

/// Access to guest memory at guest addresses; an address that is not mapped gives `EFAULT`, never a host fault.
///
/// Guest addresses are host addresses. Numbers are in the guest's byte order, words in its word size.
public final class GuestMemory: @unchecked Sendable {
    /// The guest's word size and byte order.
    public let abi: GuestABI
    /// The mappings behind the addresses.
    public let addressSpace: AddressSpace

    /// Memory of an address space.
    public init(abi: GuestABI, addressSpace: AddressSpace) {
        self.abi = abi
        self.addressSpace = addressSpace
        _ = chost_fault_install()
    }

    /// Memory without a reservation: all addresses below `AddressSpace.hostStart` that something maps.
    public convenience init(abi: GuestABI) {
        let limits = AddressSpace.Limits(dataBytes: 0, maximumDataBytes: 0, stackBytes: 0)
        let space = AddressSpace(
            userTop: AddressSpace.hostStart, pageBytes: UInt64(abi.pageBytes), limits: limits, reserves: false)
        self.init(abi: abi, addressSpace: space)
    }

    /// What a buffer is handed out for.
    public enum Access: Sendable {
        /// The host reads guest memory.
        case read
        /// The host writes guest memory.
        case write
    }

    // MARK: Ranges

    /// Whether a range lies where guest memory may be: below the top of user addresses and clear of the emulator.
    @inline(__always)
    func contains(_ address: GuestAddress, _ byteCount: UInt64) -> Bool {
        let end = address.addingReportingOverflow(byteCount)
        guard !end.overflow, end.partialValue <= addressSpace.userTop else { return false }
        return addressSpace.foreignRanges.isEmpty || !addressSpace.touchesForeign(address, byteCount)
    }

    @inline(__always)
    private func check(_ address: GuestAddress, _ byteCount: Int) throws(Errno) {
        guard byteCount >= 0, contains(address, UInt64(byteCount)) else { throw .EFAULT }
    }

    /// A pointer for a system call of the host; the host's kernel finds out itself what is not mapped.
    ///
    /// For a write, translations of code in the range are dropped first and its pages are writable to the host.
    public func hostPointer(_ address: GuestAddress, _ byteCount: Int, for access: Access) throws(Errno)
        -> UnsafeMutableRawPointer
    {
        try check(address, byteCount)
        addressSpace.prepareForHost(address, UInt64(byteCount), writing: access == .write)
        // Address 0 is a valid guest address but no pointer in Swift. No guest maps the first page.
        guard let pointer = UnsafeMutableRawPointer(bitPattern: UInt(address)) else {
            if byteCount == 0 { return GuestMemory.nowhere }
            throw .EFAULT
        }
        return pointer
    }

    /// Stands for a null pointer with a length of 0.
    nonisolated(unsafe) private static let nowhere = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)

    /// Carries out an access that may fault; one that met the growth area of a stack, or a mapping that another thread
    /// was changing, gets another try.
    @inline(__always)
    private func attempt(_ access: () -> Bool) throws(Errno) {
        if access() { return }
        let fault = chost_last_fault()
        guard
            addressSpace.growStack(at: fault.address)
                || addressSpace.allows(fault.address, writing: fault.is_write != 0),
            access()
        else { throw .EFAULT }
    }

    // MARK: Bytes

    /// Fills a host buffer from guest memory.
    public func read(at address: GuestAddress, into buffer: UnsafeMutableRawBufferPointer) throws(Errno) {
        guard let start = buffer.baseAddress, buffer.count > 0 else { return }
        try check(address, buffer.count)
        try attempt { chost_copy_from_guest(start, address, buffer.count) == 0 }
    }

    /// Copies bytes out of guest memory.
    public func read(at address: GuestAddress, count: Int) throws(Errno) -> [UInt8] {
        try check(address, count)
        guard count > 0 else { return [] }
        // A guest may name any count: what is not there is found before memory of that size is asked for.
        guard count <= GuestMemory.largestTrustedCount || addressSpace.isMapped(address, UInt64(count)) else {
            throw .EFAULT
        }
        let bytes = count <= GuestMemory.largestShortCount ? short(at: address, count) : long(at: address, count)
        guard bytes.count == count else { throw .EFAULT }
        return bytes
    }

    // The initialiser that hands out an array's memory asks Swift's library for a type each time: a copy of what lies on
    // the stack takes less.
    private func short(at address: GuestAddress, _ count: Int) -> [UInt8] {
        var room = InlineArray<256, UInt8>(repeating: 0)
        return withUnsafeMutableBytes(of: &room) { room in
            let buffer = UnsafeMutableRawBufferPointer(rebasing: room[..<count])
            return (try? read(at: address, into: buffer)) == nil ? [] : Array(buffer)
        }
    }

    private func long(at address: GuestAddress, _ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = (try? read(at: address, into: UnsafeMutableRawBufferPointer(buffer))) == nil ? 0 : count
        }
    }

    private static let largestShortCount = 256
    private static let largestTrustedCount = 1 << 20

    /// Copies a host buffer to guest memory.
    public func write(_ buffer: UnsafeRawBufferPointer, at address: GuestAddress) throws(Errno) {
        guard let start = buffer.baseAddress, buffer.count > 0 else { return }
        try check(address, buffer.count)
        try attempt { chost_copy_to_guest(address, start, buffer.count) == 0 }
    }

    /// Copies bytes to guest memory.
    public func write(_ bytes: [UInt8], at address: GuestAddress) throws(Errno) {
        let outcome = bytes.withUnsafeBytes { buffer in
            Result { () throws(Errno) in try write(buffer, at: address) }
        }
        try outcome.get()
    }

    /// Sets `count` bytes of guest memory to zero.
    public func clear(at address: GuestAddress, count: Int) throws(Errno) {
        try check(address, count)
        guard count > 0 else { return }
        try attempt { chost_fill_guest(address, 0, count) == 0 }
    }

    /// The bytes of a C string without its end; nil when there is no end within `limit` bytes.
    public func string(at address: GuestAddress, limit: Int) throws(Errno) -> [UInt8]? {
        guard limit > 0 else { return nil }
        try check(address, 1)
        let reach = min(UInt64(limit), addressSpace.userTop - address)
        let length = chost_string_length(address, reach)
        guard length >= 0 else { throw .EFAULT }
        guard length < limit else { return nil }
        guard UInt64(length) < reach else { throw .EFAULT }
        return try read(at: address, count: Int(length))
    }

    // MARK: Numbers

    /// Loads an integer of the guest's byte order; one access of its width.
    public func load<T: FixedWidthInteger>(at address: GuestAddress, as type: T.Type = T.self) throws(Errno) -> T {
        try check(address, MemoryLayout<T>.size)
        var raw: UInt64 = 0
        try attempt { chost_load(address, UInt32(MemoryLayout<T>.size), &raw) == 0 }
        let value = T(truncatingIfNeeded: raw)
        return abi.byteOrder == .big ? value.byteSwapped : value
    }

    /// Stores an integer in the guest's byte order; one access of its width.
    public func store<T: FixedWidthInteger>(_ value: T, at address: GuestAddress) throws(Errno) {
        try check(address, MemoryLayout<T>.size)
        let ordered = abi.byteOrder == .big ? value.byteSwapped : value
        let raw = UInt64(truncatingIfNeeded: ordered)
        try attempt { chost_store(address, UInt32(MemoryLayout<T>.size), raw) == 0 }
    }

    /// Loads an unsigned word: a pointer, a size, an `unsigned long`.
    public func loadWord(at address: GuestAddress) throws(Errno) -> UInt64 {
        abi.wordBytes == 8
            ? try load(at: address, as: UInt64.self) : UInt64(try load(at: address, as: UInt32.self))
    }

    /// Loads a `long`, sign-extended.
    public func loadSignedWord(at address: GuestAddress) throws(Errno) -> Int64 {
        abi.wordBytes == 8 ? try load(at: address, as: Int64.self) : Int64(try load(at: address, as: Int32.self))
    }

    /// Stores the low bytes of `value` as a word.
    public func storeWord(_ value: UInt64, at address: GuestAddress) throws(Errno) {
        if abi.wordBytes == 8 {
            try store(value, at: address)
        } else {
            try store(UInt32(truncatingIfNeeded: value), at: address)
        }
    }

    /// Compares and exchanges 4 or 8 bytes atomically; returns what memory held, in the guest's byte order.
    public func compareExchange<T: FixedWidthInteger>(
        at address: GuestAddress, expected: T, replacement: T
    ) throws(Errno) -> T {
        try check(address, MemoryLayout<T>.size)
        let isBig = abi.byteOrder == .big
        let old = UInt64(truncatingIfNeeded: isBig ? expected.byteSwapped : expected)
        let new = UInt64(truncatingIfNeeded: isBig ? replacement.byteSwapped : replacement)
        var held: UInt64 = 0
        try attempt { chost_compare_exchange(address, UInt32(MemoryLayout<T>.size), old, new, &held) == 0 }
        let value = T(truncatingIfNeeded: held)
        return isBig ? value.byteSwapped : value
    }

    // MARK: Vectors

    /// A buffer that the guest names: `struct iovec`.
    public struct Buffer: Sendable, Equatable {
        public var address: GuestAddress
        public var byteCount: UInt64

        public init(address: GuestAddress, byteCount: UInt64) {
            self.address = address
            self.byteCount = byteCount
        }
    }

    /// Greatest number of buffers in one call (`UIO_MAXIOV`).
    public static let maximumVectorCount = 1024

    /// Reads an array of `struct iovec`: `EINVAL` for a bad count, or for lengths that add up beyond `ssize_t`.
    public func vectors(at address: GuestAddress, count: Int) throws(Errno) -> [Buffer] {
        guard count >= 0, count <= GuestMemory.maximumVectorCount else { throw .EINVAL }
        let largestTotal: UInt64 = abi.wordBytes == 8 ? UInt64(Int64.max) : UInt64(Int32.max)
        var buffers: [Buffer] = []
        buffers.reserveCapacity(count)
        var total: UInt64 = 0
        for index in 0..<count {
            let entry = address &+ UInt64(index * 2 * abi.wordBytes)
            let buffer = Buffer(
                address: try loadWord(at: entry), byteCount: try loadWord(at: entry &+ UInt64(abi.wordBytes)))
            let sum = total.addingReportingOverflow(buffer.byteCount)
            guard !sum.overflow, sum.partialValue <= largestTotal else { throw .EINVAL }
            total = sum.partialValue
            buffers.append(buffer)
        }
        return buffers
    }

    /// A null-terminated array of pointers, as `execve` has it; nil when there are more than `limit`.
    public func pointers(at address: GuestAddress, limit: Int) throws(Errno) -> [GuestAddress]? {
        var pointers: [GuestAddress] = []
        var entry = address
        while pointers.count <= limit {
            let pointer = try loadWord(at: entry)
            if pointer == 0 { return pointers }
            pointers.append(pointer)
            entry = entry &+ UInt64(abi.wordBytes)
        }
        return nil
    }

    // MARK: Stack

    /// Grows the stack whose growth area holds `address`; true when the access is worth another try.
    public func growStack(toReach address: GuestAddress) -> Bool { addressSpace.growStack(at: address) }
}
