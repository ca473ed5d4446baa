/// What the emulator knows of a file; the guest's structures take what they have room for.
struct FileAttributes: Equatable, Sendable {
    var device: UInt64 = 0
    var inode: UInt64 = 0
    var linkCount: UInt64 = 0
    var mode: UInt32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
    /// Device that a special file stands for.
    var specialDevice: UInt64 = 0
    var accessed = TimeSpecification()
    var modified = TimeSpecification()
    var changed = TimeSpecification()
    var born = TimeSpecification()
    var byteCount: Int64 = 0
    /// Blocks of 512 bytes.
    var blockCount: Int64 = 0
    var blockBytes: Int32 = 0

    /// The type in the mode: one of `FileMode`'s.
    var type: UInt32 { mode & FileMode.typeMask }

    /// FreeBSD's `makedev` of 12 and later (`sys/types.h`).
    static func device(major: UInt32, minor: UInt32) -> UInt64 {
        let (major, minor) = (UInt64(major), UInt64(minor))
        return (major & 0xffff_ff00) << 32 | (major & 0xff) << 8 | (minor & 0xff00) << 24 | minor & 0xffff_00ff
    }

    /// Major and minor number of a guest device.
    static func parts(ofDevice device: UInt64) -> (major: UInt32, minor: UInt32) {
        (
            UInt32(truncatingIfNeeded: device >> 32 & 0xffff_ff00 | device >> 8 & 0xff),
            UInt32(truncatingIfNeeded: device >> 24 & 0xff00 | device & 0xffff_00ff)
        )
    }
}

/// `struct stat` of FreeBSD 12 and later.
struct FileStatus: GuestStruct, Sendable {
    var attributes = FileAttributes()

    init() {}
    init(_ attributes: FileAttributes) { self.attributes = attributes }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        var mode = UInt16(truncatingIfNeeded: attributes.mode)
        var flags: UInt32 = 0
        var generation: UInt64 = 0
        visitor.int("st_dev", &attributes.device)
        visitor.int("st_ino", &attributes.inode)
        visitor.int("st_nlink", &attributes.linkCount)
        visitor.int("st_mode", &mode, .octal)
        visitor.pad(2)
        visitor.int("st_uid", &attributes.user)
        visitor.int("st_gid", &attributes.group)
        visitor.pad(4)
        visitor.int("st_rdev", &attributes.specialDevice, .named { $0 == .max ? "NODEV" : String($0) })
        visitor.nested("st_atim", &attributes.accessed)
        visitor.nested("st_mtim", &attributes.modified)
        visitor.nested("st_ctim", &attributes.changed)
        visitor.nested("st_birthtim", &attributes.born)
        visitor.int("st_size", &attributes.byteCount)
        visitor.int("st_blocks", &attributes.blockCount)
        visitor.int("st_blksize", &attributes.blockBytes)
        visitor.int("st_flags", &flags)
        visitor.int("st_gen", &generation)
        visitor.pad(80)
        attributes.mode = UInt32(mode)
    }
}

/// `struct freebsd11_stat`: inodes and devices of 32 bits.
struct FileStatus11: GuestStruct, Sendable {
    var attributes = FileAttributes()

    init() {}
    init(_ attributes: FileAttributes) { self.attributes = attributes }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        var narrow = NarrowAttributes(attributes)
        var mode = UInt16(truncatingIfNeeded: attributes.mode)
        var links = UInt16(clamping: attributes.linkCount)
        var flags: UInt32 = 0
        var generation: UInt32 = 0
        visitor.int("st_dev", &narrow.device)
        visitor.int("st_ino", &narrow.inode)
        visitor.int("st_mode", &mode, .octal)
        visitor.int("st_nlink", &links)
        visitor.int("st_uid", &attributes.user)
        visitor.int("st_gid", &attributes.group)
        visitor.int("st_rdev", &narrow.specialDevice)
        visitor.nested("st_atim", &attributes.accessed)
        visitor.nested("st_mtim", &attributes.modified)
        visitor.nested("st_ctim", &attributes.changed)
        visitor.int("st_size", &attributes.byteCount)
        visitor.int("st_blocks", &attributes.blockCount)
        visitor.int("st_blksize", &attributes.blockBytes)
        visitor.int("st_flags", &flags)
        visitor.int("st_gen", &generation)
        visitor.pad(4)
        visitor.nested("st_birthtim", &attributes.born)
        narrow.widen(into: &attributes, mode: UInt32(mode), links: UInt64(links))
    }
}

/// `struct nstat`, the form of FreeBSD's NetBSD-compatible calls.
struct FileStatusN: GuestStruct, Sendable {
    var attributes = FileAttributes()

    init() {}
    init(_ attributes: FileAttributes) { self.attributes = attributes }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        var narrow = NarrowAttributes(attributes)
        var links = UInt32(clamping: attributes.linkCount)
        var flags: UInt32 = 0
        var generation: UInt32 = 0
        visitor.int("st_dev", &narrow.device)
        visitor.int("st_ino", &narrow.inode)
        visitor.int("st_mode", &attributes.mode, .octal)
        visitor.int("st_nlink", &links)
        visitor.int("st_uid", &attributes.user)
        visitor.int("st_gid", &attributes.group)
        visitor.int("st_rdev", &narrow.specialDevice)
        visitor.nested("st_atim", &attributes.accessed)
        visitor.nested("st_mtim", &attributes.modified)
        visitor.nested("st_ctim", &attributes.changed)
        visitor.int("st_size", &attributes.byteCount)
        visitor.int("st_blocks", &attributes.blockCount)
        visitor.int("st_blksize", &attributes.blockBytes)
        visitor.int("st_flags", &flags)
        visitor.int("st_gen", &generation)
        visitor.nested("st_birthtim", &attributes.born)
        narrow.widen(into: &attributes, mode: attributes.mode, links: UInt64(links))
    }
}

/// The numbers that had 32 bits before FreeBSD 12.
private struct NarrowAttributes {
    var device: UInt32
    var inode: UInt32
    var specialDevice: UInt32

    init(_ attributes: FileAttributes) {
        device = UInt32(truncatingIfNeeded: attributes.device)
        inode = UInt32(truncatingIfNeeded: attributes.inode)
        specialDevice = UInt32(truncatingIfNeeded: attributes.specialDevice)
    }

    // A walk that reads brings new numbers; one that writes must not cut the old ones.
    func widen(into attributes: inout FileAttributes, mode: UInt32, links: UInt64) {
        if device != UInt32(truncatingIfNeeded: attributes.device) { attributes.device = UInt64(device) }
        if inode != UInt32(truncatingIfNeeded: attributes.inode) { attributes.inode = UInt64(inode) }
        if specialDevice != UInt32(truncatingIfNeeded: attributes.specialDevice) {
            attributes.specialDevice = UInt64(specialDevice)
        }
        attributes.mode = mode
        attributes.linkCount = links
    }
}
