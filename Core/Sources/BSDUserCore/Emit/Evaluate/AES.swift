/// The rounds of AES (FIPS 197) on a state of 16 bytes, column after column.
enum AES {
    /// The S-box: the inverse in GF(2^8), then the affine transformation of FIPS 197, 5.1.1.
    private static let box: [UInt8] = (0..<256).map { number in
        let inverse = inverse(UInt8(number))
        let rotations = (1...4).map { inverse << UInt8($0) | inverse >> UInt8(8 - $0) }
        return rotations.reduce(inverse, ^) ^ 0x63
    }

    private static let inverseBox: [UInt8] = {
        var inverse = [UInt8](repeating: 0, count: 256)
        for (number, image) in box.enumerated() { inverse[Int(image)] = UInt8(number) }
        return inverse
    }()

    private static func inverse(_ number: UInt8) -> UInt8 {
        // The multiplicative group has 255 elements: the inverse is the power 254.
        (0..<253).reduce(number) { power, _ in multiply(power, number) }
    }

    /// The product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1.
    private static func multiply(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var (product, factor, rest) = (UInt8(0), a, b)
        while rest != 0 {
            if rest & 1 != 0 { product ^= factor }
            factor = factor << 1 ^ (factor & 0x80 != 0 ? 0x1B : 0)
            rest >>= 1
        }
        return product
    }

    /// SubBytes and ShiftRows, or their inverses: row r moves by r columns.
    static func substitute(_ state: VectorBits, isInverse: Bool) -> VectorBits {
        let table = isInverse ? inverseBox : box
        return VectorBits(.bits8) { index in
            let (row, column) = (index & 3, index >> 2)
            let source = (column + (isInverse ? 4 - row : row)) & 3
            return UInt64(table[Int(state.lane(row + 4 * source, .bits8))])
        }
    }

    /// Each column multiplied by a matrix whose rows are rotations of `coefficients`.
    static func mixColumns(_ state: VectorBits, _ coefficients: [UInt8]) -> VectorBits {
        VectorBits(.bits8) { index in
            let (row, column) = (index & 3, index & ~3)
            return (0..<4).reduce(0) { sum, other in
                let byte = UInt8(truncatingIfNeeded: state.lane(column + other, .bits8))
                return sum ^ UInt64(multiply(byte, coefficients[(other - row) & 3]))
            }
        }
    }
}
