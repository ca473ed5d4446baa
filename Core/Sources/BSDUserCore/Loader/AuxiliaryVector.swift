/// FreeBSD's auxiliary vector: `AT_*` of sys/sys/elf_common.h.
enum AuxiliaryType: UInt64, CaseIterable, Sendable {
    case null = 0
    case programHeaders = 3
    case programHeaderBytes = 4
    case programHeaderCount = 5
    case pageBytes = 6
    case interpreterBase = 7
    case flags = 8
    case entry = 9
    case executablePath = 15
    case canary = 16
    case canaryBytes = 17
    case osReleaseDate = 18
    case processorCount = 19
    case pageSizes = 20
    case pageSizesBytes = 21
    case timePage = 22
    case stackProtection = 23
    case elfHeaderFlags = 24
    case hardwareCapabilities = 25
    case hardwareCapabilities2 = 26
    // From 13.0 on.
    case bsdFlags = 27
    case argumentCount = 28
    case argumentVector = 29
    case environmentCount = 30
    case environmentVector = 31
    case processStrings = 32
    // From 14.0 on.
    case userStackBase = 35
    case userStackLimit = 36

    /// Powerpc numbered its entries differently until 13.0 (sys/powerpc/include/elf.h).
    var oldPowerPCNumber: UInt64 {
        switch self {
        case .executablePath, .canary, .canaryBytes, .osReleaseDate, .processorCount, .pageSizes, .pageSizesBytes:
            rawValue - 2
        case .stackProtection: 21
        default: rawValue
        }
    }
}

/// How an architecture numbers the auxiliary vector.
public enum AuxiliaryNumbering: Sendable {
    /// As all architectures but powerpc.
    case common
    /// Powerpc: the old numbers for programs built before 13.0.
    case renumberedIn13
}

/// What the auxiliary vector and the stack tell a program about itself and the system.
struct ProcessFacts: Sendable {
    var programHeaders: GuestAddress = 0
    var programHeaderBytes: UInt64 = 0
    var programHeaderCount: UInt64 = 0
    var interpreterBase: GuestAddress = 0
    var entry: GuestAddress = 0
    var elfFlags: UInt32 = 0
    var osReleaseDate: Int32 = 0
    /// `__FreeBSD_version` of the program's note; 0 without one.
    var noteRelease: Int32 = 0
    var processorCount: UInt64 = 1
    /// Address of `struct vdso_timekeep`; 0 without one.
    var timePage: GuestAddress = 0
    var stackProtection: UInt64 = 0
    var hardwareCapabilities: (UInt64, UInt64) = (0, 0)
    var stackBase: GuestAddress = 0
    var stackLimitBytes: UInt64 = 0
}
