/// An entry of a directory, for `struct dirent` and its older form.
struct DirectoryEntry: Equatable, Sendable {
    var inode: UInt64
    /// Where a read that goes on after this entry starts.
    var nextPosition: Int64
    /// `DT_*`: the same numbers on both systems.
    var type: UInt8
    var name: [UInt8]

    /// Longest name that fits into the structures, and that a path may have (`NAME_MAX`).
    static let nameLimit = 255
    /// `DT_CHR`.
    static let characterDevice: UInt8 = 2

    /// `struct dirent` of FreeBSD 12: records are multiples of 8.
    func encoded(_ abi: GuestABI) -> [UInt8] {
        var header = Header(inode: inode, position: nextPosition, type: type, nameBytes: UInt16(name.count))
        header.recordBytes = UInt16((Header.byteCount(abi) + name.count + 1 + 7) & ~7)
        return padded(header.encoded(abi), to: Int(header.recordBytes))
    }

    /// `struct freebsd11_dirent`: records are multiples of 4, inodes have 32 bits.
    func encoded11(_ abi: GuestABI) -> [UInt8] {
        var header = Header11(inode: UInt32(truncatingIfNeeded: inode), type: type, nameBytes: UInt8(name.count))
        header.recordBytes = UInt16((Header11.byteCount(abi) + name.count + 1 + 3) & ~3)
        return padded(header.encoded(abi), to: Int(header.recordBytes))
    }

    private func padded(_ header: [UInt8], to byteCount: Int) -> [UInt8] {
        let used = header + name
        return used + [UInt8](repeating: 0, count: byteCount - used.count)
    }

    /// `struct dirent` before `d_name`.
    struct Header: GuestStruct, Sendable {
        var inode: UInt64 = 0
        var position: Int64 = 0
        var recordBytes: UInt16 = 0
        var type: UInt8 = 0
        var nameBytes: UInt16 = 0

        init() {}
        init(inode: UInt64, position: Int64, type: UInt8, nameBytes: UInt16) {
            (self.inode, self.position, self.type, self.nameBytes) = (inode, position, type, nameBytes)
        }

        mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
            visitor.int("d_fileno", &inode)
            visitor.int("d_off", &position)
            visitor.int("d_reclen", &recordBytes)
            visitor.int("d_type", &type)
            visitor.pad(1)
            visitor.int("d_namlen", &nameBytes)
            visitor.pad(2)
        }
    }

    /// `struct freebsd11_dirent` before `d_name`.
    struct Header11: GuestStruct, Sendable {
        var inode: UInt32 = 0
        var recordBytes: UInt16 = 0
        var type: UInt8 = 0
        var nameBytes: UInt8 = 0

        init() {}
        init(inode: UInt32, type: UInt8, nameBytes: UInt8) {
            (self.inode, self.type, self.nameBytes) = (inode, type, nameBytes)
        }

        mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
            visitor.int("d_fileno", &inode)
            visitor.int("d_reclen", &recordBytes)
            visitor.int("d_type", &type)
            visitor.int("d_namlen", &nameBytes)
        }
    }
}
