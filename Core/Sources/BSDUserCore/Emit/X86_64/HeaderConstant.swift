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

    /// Low and high half.
    var value: (UInt64, UInt64) {
        switch self {
        // Controls of VPSHUFB: byte i of the result is byte control[i]; a set top bit clears it.
        case .swap64: (0x0001_0203_0405_0607, 0x8080_8080_8080_8080)
        case .swap32: (0x8080_8080_0001_0203, 0x8080_8080_8080_8080)
        case .swap128: (0x0809_0A0B_0C0D_0E0F, 0x0001_0203_0405_0607)
        case .ones: (UInt64.max, UInt64.max)
        case .sign64: (1 << 63, 0)
        case .sign32: (1 << 31, 0)
        case .magnitude64: (UInt64.max >> 1, 0)
        case .magnitude32: (UInt64(UInt32.max >> 1), 0)
        }
    }

    var address: Address { Address(.rbp, Thunks.headerDisplacement(rawValue)) }
}
