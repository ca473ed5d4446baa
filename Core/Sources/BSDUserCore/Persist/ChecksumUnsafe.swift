import CHost

/// A number that changes when bytes are damaged.
enum Checksum {
    static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        chost_checksum(bytes.baseAddress, bytes.count, seed)
    }

    static func of(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 { bytes.withUnsafeBytes { of($0, seed: seed) } }

    /// The checksum of guest memory; nil when it cannot be read as far as `count`.
    static func ofGuest(_ address: GuestAddress, count: UInt64) -> UInt64? {
        var checksum: UInt64 = 0
        let part = 1 << 16
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: part, alignment: 64)
        defer { buffer.deallocate() }
        guard let base = buffer.baseAddress else { return nil }
        var done: UInt64 = 0
        while done < count {
            let size = Int(min(UInt64(part), count - done))
            guard chost_copy_from_guest(base, address &+ done, size) == 0 else { return nil }
            checksum = chost_checksum(base, size, checksum)
            done += UInt64(size)
        }
        return checksum
    }
}
