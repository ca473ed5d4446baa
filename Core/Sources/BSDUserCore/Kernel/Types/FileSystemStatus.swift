/// What the emulator knows of a mounted file system.
struct FileSystemAttributes: Equatable, Sendable {
    var type: UInt32 = 0
    var flags: UInt64 = 0
    var blockBytes: UInt64 = 0
    var blockCount: UInt64 = 0
    var freeBlocks: UInt64 = 0
    var availableBlocks: Int64 = 0
    var fileCount: UInt64 = 0
    var freeFiles: Int64 = 0
    var nameLimit: UInt32 = 255
    var owner: UInt32 = 0
    var identifier: UInt64 = 0
    var typeName: [UInt8] = []
    var source: [UInt8] = []
    var mountPoint: [UInt8] = []
}

/// `struct statfs` of FreeBSD 12 and later.
struct FileSystemStatus: GuestStruct, Sendable {
    var attributes = FileSystemAttributes()

    init() {}
    init(_ attributes: FileSystemAttributes) { self.attributes = attributes }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        var version: UInt32 = 0x2014_0518
        attributes.walk(&visitor, &version, nameBytes: 1024)
    }
}

/// `struct freebsd11_statfs`: names of at most 87 bytes.
struct FileSystemStatus11: GuestStruct, Sendable {
    var attributes = FileSystemAttributes()

    init() {}
    init(_ attributes: FileSystemAttributes) { self.attributes = attributes }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        var version: UInt32 = 0x2003_0518
        attributes.walk(&visitor, &version, nameBytes: 88)
    }
}

extension FileSystemAttributes {
    // The two structures differ in nothing but version and room for names.
    fileprivate mutating func walk<Visitor: FieldVisitor>(
        _ visitor: inout Visitor, _ version: inout UInt32, nameBytes: Int
    ) {
        var low = UInt32(truncatingIfNeeded: identifier)
        var high = UInt32(truncatingIfNeeded: identifier >> 32)
        visitor.int("f_version", &version, .hexadecimal)
        visitor.int("f_type", &type)
        visitor.int("f_flags", &flags, .named { TraceValue.flagText(FlagSet<MountFlags>(guest: $0)) })
        visitor.int("f_bsize", &blockBytes)
        var transferBytes = blockBytes
        visitor.int("f_iosize", &transferBytes)
        visitor.int("f_blocks", &blockCount)
        visitor.int("f_bfree", &freeBlocks)
        visitor.int("f_bavail", &availableBlocks)
        visitor.int("f_files", &fileCount)
        visitor.int("f_ffree", &freeFiles)
        // Counts of reads and writes, and spare words.
        visitor.pad(32 + 80)
        visitor.int("f_namemax", &nameLimit)
        visitor.int("f_owner", &owner)
        visitor.int("f_fsid0", &low)
        visitor.int("f_fsid1", &high)
        visitor.pad(80)
        visitor.characters("f_fstypename", &typeName, count: 16)
        visitor.characters("f_mntfromname", &source, count: nameBytes)
        visitor.characters("f_mntonname", &mountPoint, count: nameBytes)
        identifier = UInt64(high) << 32 | UInt64(low)
    }
}
