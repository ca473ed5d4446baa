// Constants of sys/sys/mman.h. What the calls do with them is AddressSpace's affair, so that none has a host's number.

/// `PROT_*`, and `PROT_MAX` of the same bits above them.
enum ProtectionFlags: FlagTable {
    static let rows = [
        FlagRow(1, nil, "PROT_READ"), FlagRow(2, nil, "PROT_WRITE"), FlagRow(4, nil, "PROT_EXEC"),
        FlagRow(0x1_0000, nil, "PROT_MAX(PROT_READ)"), FlagRow(0x2_0000, nil, "PROT_MAX(PROT_WRITE)"),
        FlagRow(0x4_0000, nil, "PROT_MAX(PROT_EXEC)"),
    ]
    static let zeroName: String? = "PROT_NONE"
}

/// `MAP_*`. An alignment is a number in the top byte.
enum MappingFlags: FlagTable {
    static let rows: [FlagRow] = plain + alignments

    private static let plain = [
        FlagRow(0x1, nil, "MAP_SHARED"), FlagRow(0x2, nil, "MAP_PRIVATE"), FlagRow(0x10, nil, "MAP_FIXED"),
        FlagRow(0x20, nil, "MAP_RESERVED0020"), FlagRow(0x40, nil, "MAP_RESERVED0040"),
        FlagRow(0x200, nil, "MAP_HASSEMAPHORE"), FlagRow(0x400, nil, "MAP_STACK"),
        FlagRow(0x800, nil, "MAP_NOSYNC"), FlagRow(0x1000, nil, "MAP_ANON"), FlagRow(0x2000, nil, "MAP_GUARD"),
        FlagRow(0x4000, nil, "MAP_EXCL"), FlagRow(0x2_0000, nil, "MAP_NOCORE"),
        FlagRow(0x4_0000, nil, "MAP_PREFAULT_READ"), FlagRow(0x8_0000, nil, "MAP_32BIT"),
    ]

    private static let alignments =
        [FlagRow(0x100_0000, nil, "MAP_ALIGNED_SUPER", mask: 0xff00_0000)]
        + (2..<64).map { FlagRow($0 << 24, nil, "MAP_ALIGNED(\($0))", mask: 0xff00_0000) }
}

/// `MS_*`.
enum SyncFlags: FlagTable {
    static let rows = [FlagRow(1, nil, "MS_ASYNC"), FlagRow(2, nil, "MS_INVALIDATE")]
    static let zeroName: String? = "MS_SYNC"
}

/// `MCL_*`.
enum LockAllFlags: FlagTable {
    static let rows = [FlagRow(1, nil, "MCL_CURRENT"), FlagRow(2, nil, "MCL_FUTURE")]
}

/// `MADV_*`.
enum AdviceNumbers: EnumerationTable {
    static let rows = [
        "NORMAL", "RANDOM", "SEQUENTIAL", "WILLNEED", "DONTNEED", "FREE", "NOSYNC", "AUTOSYNC", "NOCORE", "CORE",
        "PROTECT",
    ].enumerated().map { EnumerationRow(Int32($0.offset), nil, "MADV_" + $0.element) }
}

/// `INHERIT_*`.
enum InheritanceNumbers: EnumerationTable {
    static let rows = ["SHARE", "COPY", "NONE", "ZERO"].enumerated().map {
        EnumerationRow(Int32($0.offset), nil, "INHERIT_" + $0.element)
    }
}
