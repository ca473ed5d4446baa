/// Instructions by name. `size` is the base-2 logarithm of a lane's size in bytes.
extension PackedOpcode {
    static let and = PackedOpcode(0xDB)
    /// The first operand is inverted.
    static let andNot = PackedOpcode(0xDF)
    static let or = PackedOpcode(0xEB)
    static let xor = PackedOpcode(0xEF)

    static func add(_ size: Int) -> PackedOpcode {
        PackedOpcode([0xFC, 0xFD, 0xFE, 0xD4][size], isWide: size == 3)
    }
    static func sub(_ size: Int) -> PackedOpcode {
        PackedOpcode([0xF8, 0xF9, 0xFA, 0xFB][size], isWide: size == 3)
    }
    static func equal(_ size: Int) -> PackedOpcode {
        size == 3
            ? PackedOpcode(0x29, .escape0F38, form: .vexOnly) : PackedOpcode([0x74, 0x75, 0x76][size], form: .vexOnly)
    }
    static func greaterSigned(_ size: Int) -> PackedOpcode {
        size == 3
            ? PackedOpcode(0x37, .escape0F38, form: .vexOnly) : PackedOpcode([0x64, 0x65, 0x66][size], form: .vexOnly)
    }
    static func interleaveLow(_ size: Int) -> PackedOpcode {
        PackedOpcode([0x60, 0x61, 0x62, 0x6C][size], isWide: size == 3)
    }
    static func interleaveHigh(_ size: Int) -> PackedOpcode {
        PackedOpcode([0x68, 0x69, 0x6A, 0x6D][size], isWide: size == 3)
    }
    static func broadcast(_ size: Int) -> PackedOpcode {
        PackedOpcode([0x78, 0x79, 0x58, 0x59][size], .escape0F38, isWide: size == 3)
    }

    static let mulWords = PackedOpcode(0xD5)
    static let mulDwords = PackedOpcode(0x40, .escape0F38)
    static let mulHighWords = PackedOpcode(0xE5)
    /// The high half of twice the product, rounded.
    static let mulHighRoundingWords = PackedOpcode(0x0B, .escape0F38)
    /// Neighbours multiplied and added, which are unsigned and signed, and both signed.
    static let mulAddBytes = PackedOpcode(0x04, .escape0F38)
    static let mulAddWords = PackedOpcode(0xF5)
    /// The sums of the differences of each 8 bytes.
    static let sumDifferences = PackedOpcode(0xF6)
    /// Packs with saturation: signed words and dwords to signed and to unsigned lanes.
    static let packWords = PackedOpcode(0x63)
    static let packDwords = PackedOpcode(0x6B)
    static let packWordsToUnsigned = PackedOpcode(0x67)
    static let packDwordsToUnsigned = PackedOpcode(0x2B, .escape0F38)

    static let shuffleBytes = PackedOpcode(0x00, .escape0F38)
    static let shuffleDwords = PackedOpcode(0x70)
    static let alignRight = PackedOpcode(0x0F, .escape0F3A)
    static let test = PackedOpcode(0x17, .escape0F38, form: .vexOnly)
    static let mulEvenDwords = PackedOpcode(0x28, .escape0F38, isWide: true)
    /// VPLZCNTD and VPLZCNTQ, of AVX-512 CD.
    static func leadingZeros(_ size: Int) -> PackedOpcode {
        PackedOpcode(0x44, .escape0F38, isWide: size == 3, form: .evexOnly)
    }
    /// The averages of bytes or words, rounded up.
    static func average(_ size: Int) -> PackedOpcode { PackedOpcode(size == 0 ? 0xE0 : 0xE3) }
    /// VPOPCNTB, of AVX-512 BITALG.
    static let countOnesOfBytes = PackedOpcode(0x54, .escape0F38, form: .evexOnly)

    static let aesEncryptLast = PackedOpcode(0xDD, .escape0F38, form: .vexOnly)
    static let aesEncrypt = PackedOpcode(0xDC, .escape0F38, form: .vexOnly)
    static let aesDecryptLast = PackedOpcode(0xDF, .escape0F38, form: .vexOnly)
    static let aesDecrypt = PackedOpcode(0xDE, .escape0F38, form: .vexOnly)
    static let aesInverseMixColumns = PackedOpcode(0xDB, .escape0F38, form: .vexOnly)
    static let mulPolynomial = PackedOpcode(0x44, .escape0F3A, form: .vexOnly)

    /// The lesser or greater lanes; nil for lanes of 64 bits.
    static func least(_ size: Int, isSigned: Bool) -> PackedOpcode? {
        switch (size, isSigned) {
        case (0, true): PackedOpcode(0x38, .escape0F38)
        case (1, true): PackedOpcode(0xEA)
        case (2, true): PackedOpcode(0x39, .escape0F38)
        case (0, false): PackedOpcode(0xDA)
        case (1, false): PackedOpcode(0x3A, .escape0F38)
        case (2, false): PackedOpcode(0x3B, .escape0F38)
        default: nil
        }
    }
    static func greatest(_ size: Int, isSigned: Bool) -> PackedOpcode? {
        switch (size, isSigned) {
        case (0, true): PackedOpcode(0x3C, .escape0F38)
        case (1, true): PackedOpcode(0xEE)
        case (2, true): PackedOpcode(0x3D, .escape0F38)
        case (0, false): PackedOpcode(0xDE)
        case (1, false): PackedOpcode(0x3E, .escape0F38)
        case (2, false): PackedOpcode(0x3F, .escape0F38)
        default: nil
        }
    }

    /// A shift of each lane by the number in another; amounts beyond the width shift everything out. Lanes of 16 bits and
    /// signed ones of 64 need AVX-512.
    static func variableShift(_ size: Int, _ direction: ShiftDirection) -> PackedOpcode {
        switch direction {
        case .left where size == 1: PackedOpcode(0x12, .escape0F38, isWide: true, form: .evexOnly)
        case .right where size == 1: PackedOpcode(0x10, .escape0F38, isWide: true, form: .evexOnly)
        case .rightSigned where size == 1: PackedOpcode(0x11, .escape0F38, isWide: true, form: .evexOnly)
        case .left: PackedOpcode(0x47, .escape0F38, isWide: size == 3, form: .wideInBoth)
        case .right: PackedOpcode(0x45, .escape0F38, isWide: size == 3, form: .wideInBoth)
        case .rightSigned: PackedOpcode(0x46, .escape0F38, isWide: size == 3, form: size == 3 ? .evexOnly : .any)
        }
    }
}

enum ShiftDirection {
    case left, right, rightSigned
}

extension Assembler {
    /// A shift of lanes of 16 to 64 bits by a number; amounts beyond the width shift everything out. A signed one of 64 bits
    /// needs AVX-512.
    @inline(__always)
    mutating func shift(_ direction: ShiftDirection, _ size: Int, _ destination: XMM, _ source: XMM, _ count: Int) {
        let selector: UInt8 =
            switch direction {
            case .left: 6
            case .right: 2
            case .rightSigned: 4
            }
        let opcode =
            size == 3 && direction == .rightSigned
            ? PackedOpcode(0x72, isWide: true, form: .evexOnly)
            : PackedOpcode([0x71, 0x72, 0x73][size - 1], isWide: size == 3)
        packedShift(opcode, selector, destination, source, UInt8(count))
    }

    /// The whole shifted by bytes.
    @inline(__always)
    mutating func shiftBytes(_ direction: ShiftDirection, _ destination: XMM, _ source: XMM, _ count: Int) {
        packedShift(PackedOpcode(0x73), direction == .left ? 7 : 3, destination, source, UInt8(count))
    }
}
