/// Constants of 16 bytes that translated code reads from the state's header. In the header they cost a displacement,
/// and the code stays free of addresses.
enum HeaderConstant: Int, CaseIterable {
    case swap64 = 256
    case swap32 = 272
    case sign64 = 288
    case sign32 = 304
    case magnitude64 = 320
    case magnitude32 = 336
    case swap128 = 352
    case ones = 368
    case onesOfBytes = 384
    case onesOfWords = 400
    case lowBytes = 416
    case highBytes = 432
    case lowWords = 448
    case lowNibbles = 464
    case bitCounts = 512
    case firstByte = 528
    case firstWord = 544
    case signsOfBytes = 560
    case signsOfWords = 576
    case signsOfDwords = 592
    case signsOfQwords = 608
    case beyondTable = 624
    case reverse2 = 640
    case reverse4 = 656
    case reverse8 = 672
    case narrowWords = 688
    case narrowDwords = 704
    case quarters32 = 720
    case quarters64 = 736
    case sha1Choose = 752
    case sha1Parity = 768
    case sha1Majority = 784
    case minusSumOfSigns = 800
    case reversedNibbles = 816
    case reversedHighNibbles = 832
    case halvesOfQwords = 848

    /// Low and high half.
    var value: (UInt64, UInt64) {
        switch self {
        // Controls of VPSHUFB: byte i of the result is byte control[i]; a set top bit clears it.
        case .swap64: (0x0001_0203_0405_0607, 0x8080_8080_8080_8080)
        case .swap32: (0x8080_8080_0001_0203, 0x8080_8080_8080_8080)
        case .swap128: (0x0809_0A0B_0C0D_0E0F, 0x0001_0203_0405_0607)
        // The bytes of each 2, 4 and 8 in reverse.
        case .reverse2: (0x0607_0405_0203_0001, 0x0E0F_0C0D_0A0B_0809)
        case .reverse4: (0x0405_0607_0001_0203, 0x0C0D_0E0F_0809_0A0B)
        case .reverse8: (0x0001_0203_0405_0607, 0x0809_0A0B_0C0D_0E0F)
        // The low half of each 2 and 4 bytes.
        case .narrowWords: (0x0E0C_0A08_0604_0200, 0x8080_8080_8080_8080)
        case .narrowDwords: (0x0D0C_0908_0504_0100, 0x8080_8080_8080_8080)
        // Added with saturation: numbers from 16 on get the top bit, the others keep their low four.
        case .beyondTable: repeated(0x7070_7070_7070_7070)
        // The numbers 0 to 15 with their bits in reverse, as the low and as the high half of a byte.
        case .reversedNibbles: (0x0E06_0A02_0C04_0800, 0x0F07_0B03_0D05_0901)
        case .reversedHighNibbles: (0xE060_A020_C040_8000, 0xF070_B030_D050_9010)
        // The bits set in the numbers 0 to 15.
        case .bitCounts: (0x0302_0201_0201_0100, 0x0403_0302_0302_0201)
        case .ones: repeated(UInt64.max)
        case .onesOfBytes: repeated(0x0101_0101_0101_0101)
        case .onesOfWords: repeated(0x0001_0001_0001_0001)
        case .lowBytes: repeated(0x00FF_00FF_00FF_00FF)
        case .highBytes: repeated(0xFF00_FF00_FF00_FF00)
        case .lowWords: repeated(0x0000_FFFF_0000_FFFF)
        case .lowNibbles: repeated(0x0F0F_0F0F_0F0F_0F0F)
        case .firstByte: (0xFF, 0)
        case .firstWord: (0xFFFF, 0)
        case .sign64: (1 << 63, 0)
        case .sign32: (1 << 31, 0)
        case .signsOfBytes: repeated(0x8080_8080_8080_8080)
        case .signsOfWords: repeated(0x8000_8000_8000_8000)
        case .signsOfDwords: repeated(0x8000_0000_8000_0000)
        case .signsOfQwords: repeated(1 << 63)
        case .halvesOfQwords: repeated(0x8000_0000)
        // What 16 signed bytes with their signs inverted have too much.
        case .minusSumOfSigns: (0 &- 16 * 128, 0)
        case .magnitude64: (UInt64.max >> 1, 0)
        case .magnitude32: (UInt64(UInt32.max >> 1), 0)
        case .quarters32: repeated(0x3E80_0000_3E80_0000)
        case .quarters64: repeated(0x3FD0_0000_0000_0000)
        // The constants of SHA-1 (FIPS 180-4, 4.2.1).
        case .sha1Choose: repeated(0x5A82_7999_5A82_7999)
        case .sha1Parity: repeated(0x6ED9_EBA1_6ED9_EBA1)
        case .sha1Majority: repeated(0x8F1B_BCDC_8F1B_BCDC)
        }
    }

    private func repeated(_ half: UInt64) -> (UInt64, UInt64) { (half, half) }

    var address: Address { Address(.rbp, Thunks.headerDisplacement(rawValue)) }
}
