import BSDUserCore

/// Functions that translated code calls.
enum Helpers {
    static let crc32 = HelperIndex(0)
    static let crc32c = HelperIndex(1)
    /// CNTVCT_EL0.
    static let counter = HelperIndex(2)
    static let floatMode = HelperIndex(3)

    /// Indexed by `HelperIndex`.
    static var table: [Helper] { scalars + VectorHelpers.table }

    static var scalars: [Helper] {
        [
            Helper("crc32") { _, sum, data, byteCount in Checksum.update(sum, data, byteCount, Checksum.crc32) },
            Helper("crc32c") { _, sum, data, byteCount in Checksum.update(sum, data, byteCount, Checksum.crc32c) },
            TimeCounter.helper,
            Helper("floatMode") { _, control, _, _ in
                UInt64(FloatControl.mode(UInt32(truncatingIfNeeded: control)).rawValue)
            },
        ]
    }
}

/// Cyclic redundancy checks as the CRC32 instructions compute them: least significant bit first, nothing inverted.
enum Checksum {
    static let crc32 = table(0xedb8_8320)
    static let crc32c = table(0x82f6_3b78)

    /// What each byte makes of a sum of zero, for a polynomial with its bits in reverse.
    private static func table(_ polynomial: UInt32) -> [UInt32] {
        (0..<256).map { byte in
            (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 0 ? 0 : polynomial) }
        }
    }

    static func update(_ sum: UInt64, _ data: UInt64, _ byteCount: UInt64, _ table: [UInt32]) -> UInt64 {
        var (sum, data) = (UInt32(truncatingIfNeeded: sum), data)
        for _ in 0..<byteCount {
            sum = sum >> 8 ^ table[Int((sum ^ UInt32(truncatingIfNeeded: data)) & 0xff)]
            data >>= 8
        }
        return UInt64(sum)
    }
}
