import CHost

/// Access to guest memory at guest addresses; an address that is not mapped gives `EFAULT`, never a host fault.
///
/// Guest addresses are host addresses. What lies outside the guest's space (`start ..< end`) is the emulator's and is
/// refused before it is touched.
public final class GuestMemory {
    /// What an access does.
    public enum Access: Sendable {
        case read, write
    }

    /// The guest's word size and byte order.
    public let abi: GuestABI
    /// First address that a guest can map, and the end of its space.
    public let start: GuestAddress
    public let end: GuestAddress

    /// Called before the host kernel writes to a range on the guest's behalf, so that translated code in it can be
    /// dropped and its write protection lifted.
    var willWrite: ((GuestAddress, UInt64) -> Void)?

    /// Memory of a guest whose addresses lie in `start ..< end`.
    public init(abi: GuestABI, start: GuestAddress = 0, end: GuestAddress = 1 << 47) {
        self.abi = abi
        self.start = start
        self.end = end
    }

    /// Refuses a range that does not lie wholly inside the guest's space.
    @inline(__always)
    func check(_ address: GuestAddress, _ byteCount: UInt64) throws(Errno) {
        guard address >= start, address < end, byteCount <= end - address else { throw .badAddress }
    }

    // MARK: Numbers in guest byte order

    /// Loads a number.
    public func load<T: FixedWidthInteger>(at address: GuestAddress, as type: T.Type = T.self) throws(Errno) -> T {
        try check(address, UInt64(MemoryLayout<T>.size))
        var raw = T.zero
        guard chost_copy_from_guest(&raw, address, MemoryLayout<T>.size) == 0 else { throw .badAddress }
        return abi.byteOrder == .big ? T(bigEndian: raw) : T(littleEndian: raw)
    }

    /// Stores a number.
    public func store<T: FixedWidthInteger>(_ value: T, at address: GuestAddress) throws(Errno) {
        try check(address, UInt64(MemoryLayout<T>.size))
        var raw = abi.byteOrder == .big ? value.bigEndian : value.littleEndian
        guard chost_copy_to_guest(address, &raw, MemoryLayout<T>.size) == 0 else { throw .badAddress }
    }

    /// Loads a `size_t`, `long` (zero-extended) or pointer.
    public func loadWord(at address: GuestAddress) throws(Errno) -> UInt64 {
        abi.wordBytes == 8 ? try load(at: address) : UInt64(try load(at: address, as: UInt32.self))
    }

    /// Stores the low bits of a value as a `size_t`, `long` or pointer.
    public func storeWord(_ value: UInt64, at address: GuestAddress) throws(Errno) {
        if abi.wordBytes == 8 { return try store(value, at: address) }
        try store(UInt32(truncatingIfNeeded: value), at: address)
    }

    // MARK: Bytes

    /// Copies bytes out of guest memory.
    public func read(at address: GuestAddress, count: Int) throws(Errno) -> [UInt8] {
        try check(address, UInt64(count))
        var isComplete = true
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard count > 0, let base = buffer.baseAddress else { return }
            isComplete = chost_copy_from_guest(base, address, count) == 0
            initialized = isComplete ? count : 0
        }
        guard isComplete else { throw .badAddress }
        return bytes
    }

    /// Copies bytes into guest memory.
    public func write(_ bytes: [UInt8], at address: GuestAddress) throws(Errno) {
        try check(address, UInt64(bytes.count))
        guard chost_copy_to_guest(address, bytes, bytes.count) == 0 else { throw .badAddress }
    }

    /// Copies bytes into guest memory.
    public func write(_ bytes: UnsafeRawBufferPointer, at address: GuestAddress) throws(Errno) {
        try check(address, UInt64(bytes.count))
        guard chost_copy_to_guest(address, bytes.baseAddress, bytes.count) == 0 else { throw .badAddress }
    }

    /// Fills guest memory with zeros.
    public func clear(at address: GuestAddress, count: Int) throws(Errno) {
        guard count > 0 else { return }
        try check(address, UInt64(count))
        guard chost_fill_guest(address, 0, count) == 0 else { throw .badAddress }
    }

    /// A string up to its terminating zero, which is not part of the result; nil when the first `maximum` bytes hold no
    /// zero (the caller says `ENAMETOOLONG` or `E2BIG`).
    public func readString(at address: GuestAddress, maximum: Int) throws(Errno) -> [UInt8]? {
        guard address >= start, address < end else { throw .badAddress }
        let limit = min(UInt64(maximum), end - address)
        let length = chost_string_length(address, limit)
        guard length >= 0 else { throw .badAddress }
        if UInt64(length) == limit {
            if limit < UInt64(maximum) { throw .badAddress }
            return nil
        }
        return try read(at: address, count: Int(length))
    }

    /// A host pointer to a guest buffer, to hand to the host kernel, which reports an unmapped part as `EFAULT`.
    ///
    /// A range for writing loses its translated code first.
    public func hostPointer(_ address: GuestAddress, _ byteCount: UInt64, _ access: Access) throws(Errno)
        -> UnsafeMutableRawPointer?
    {
        if byteCount == 0 { return UnsafeMutableRawPointer(bitPattern: UInt(address)) }
        try check(address, byteCount)
        if access == .write { willWrite?(address, byteCount) }
        return UnsafeMutableRawPointer(bitPattern: UInt(address))
    }
}
