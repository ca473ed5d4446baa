import CHost

/// Bytes of a guest structure in the making: numbers at offsets, in the guest's order.
struct GuestRecord {
    private(set) var bytes: [UInt8]
    let abi: GuestABI

    /// A zeroed structure.
    init(byteCount: Int, abi: GuestABI) {
        bytes = [UInt8](repeating: 0, count: byteCount)
        self.abi = abi
    }

    /// A structure read from guest memory.
    init(byteCount: Int, at address: GuestAddress, _ memory: GuestMemory) throws(Errno) {
        self.init(byteCount: byteCount, abi: memory.abi)
        guard chost_copy_from_guest(&bytes, address, byteCount) == 0 else { throw .EFAULT }
    }

    /// Writes the structure to guest memory.
    func write(to address: GuestAddress, _ memory: GuestMemory) throws(Errno) {
        guard chost_copy_to_guest(address, bytes, bytes.count) == 0 else { throw .EFAULT }
    }

    func load<T: FixedWidthInteger>(_ offset: Int, as type: T.Type = T.self) -> T {
        let size = MemoryLayout<T>.size
        guard offset >= 0, offset + size <= bytes.count else { return 0 }
        let raw = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
        return abi.byteOrder == .big ? T(bigEndian: raw) : T(littleEndian: raw)
    }

    mutating func store<T: FixedWidthInteger>(_ value: T, _ offset: Int) {
        let size = MemoryLayout<T>.size
        guard offset >= 0, offset + size <= bytes.count else { return }
        let raw = abi.byteOrder == .big ? value.bigEndian : value.littleEndian
        bytes.withUnsafeMutableBytes { $0.storeBytes(of: raw, toByteOffset: offset, as: T.self) }
    }

    /// A number of the guest's word size, zero-extended.
    func loadWord(_ offset: Int) -> UInt64 {
        abi.wordBytes == 8 ? load(offset) : UInt64(load(offset, as: UInt32.self))
    }

    mutating func storeWord(_ value: UInt64, _ offset: Int) {
        abi.wordBytes == 8 ? store(value, offset) : store(UInt32(truncatingIfNeeded: value), offset)
    }

    func loadSignalSet(_ offset: Int) -> SignalSet {
        SignalSet(words: (load(offset), load(offset + 4), load(offset + 8), load(offset + 12)))
    }

    mutating func storeSignalSet(_ set: SignalSet, _ offset: Int) {
        for (index, word) in set.words.enumerated() { store(word, offset + 4 * index) }
    }
}
