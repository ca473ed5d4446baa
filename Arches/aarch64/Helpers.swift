import BSDUserCore

/// Functions that translated code calls.
enum Helpers {
    /// CNTVCT_EL0.
    static let counter = HelperIndex(0)
    static let floatMode = HelperIndex(1)

    /// Indexed by `HelperIndex`.
    static var table: [Helper] { scalars + VectorHelpers.table }

    static var scalars: [Helper] {
        [
            TimeCounter.helper,
            Helper("floatMode") { _, control, _, _ in
                UInt64(FloatControl.mode(UInt32(truncatingIfNeeded: control)).rawValue)
            },
        ]
    }
}

/// The polynomials of the CRC32 instructions, over {0, 1}, with the least significant bit for the highest power of 64 (or 32).
struct Checksum {
    let bits: UInt64
    /// The inverse modulo the 64th power.
    let inverse: UInt64

    static let ethernet = Checksum(0xedb8_8320)
    static let castagnoli = Checksum(0x82f6_3b78)

    /// A polynomial of degree 32, given without its highest term.
    private init(_ low: UInt64) {
        bits = low << 1 | 1
        // Each step gets one more bit of the product right.
        inverse = (1..<64).reduce(1) { inverse, place in
            let product = Checksum.product(inverse, low << 1 | 1)
            return inverse | (product >> UInt64(place) & 1) << UInt64(place)
        }
    }

    /// The low half of a product.
    private static func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
        (0..<64).reduce(0) { sum, place in sum ^ (b >> UInt64(place) & 1 == 0 ? 0 : a << UInt64(place)) }
    }
}
