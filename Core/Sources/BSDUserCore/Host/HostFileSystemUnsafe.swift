import CHost
import Glibc

extension HostPath {
    static let atNoFollow = AT_SYMLINK_NOFOLLOW
    static let atFollow = AT_SYMLINK_FOLLOW
    static let removeDirectory = AT_REMOVEDIR
    /// `AT_EACCESS`.
    static let effectiveAccess: Int32 = 0x200
}

/// Mounted file systems of the host.
enum HostFileSystem {
    /// A line of `/proc/self/mountinfo`.
    private struct Mount {
        var identifier: UInt64
        var point: [UInt8]
        var type: [UInt8]
        var source: [UInt8]
    }

    /// Attributes of the file system that an open file is on.
    static func attributes(ofDescriptor descriptor: Int32, _ paths: PathRoot) throws(Errno) -> FileSystemAttributes {
        var attributes = try statistics(descriptor)
        // fstatfs(2): what no file system holds, such as a pipe.
        guard !nameless.contains(attributes.type) else { throw .EINVAL }
        let identifier = mountIdentifier(descriptor)
        if let mount = mounts().last(where: { $0.identifier == identifier }) {
            name(&attributes, mount, paths)
        }
        return attributes
    }

    /// All file systems that the guest can reach.
    static func mounted(_ paths: PathRoot) -> [FileSystemAttributes] {
        let mounted = reachable(paths)
        let root = [UInt8(ascii: "/")]
        // A root that is no mount point of the host's is one of the guest's: there is always a file system at "/".
        guard let descriptor = paths.rootDescriptor, !mounted.contains(where: { $0.mountPoint == root }),
            var attributes = try? attributes(ofDescriptor: descriptor, paths)
        else { return mounted }
        attributes.mountPoint = root
        return [attributes] + mounted
    }

    /// The kinds of file systems that are mounted on the host, each once. Those that hold no files of users are synthetic.
    static func mountedTypes() -> [(name: [UInt8], number: Int32, isSynthetic: Bool)] {
        var seen: Set<[UInt8]> = []
        return mounts().compactMap { mount in
            guard seen.insert(typeName(mount)).inserted else { return nil }
            // FreeBSD's `f_type` is the kind's number.
            let number = statistics(mount)?.type ?? 0
            let isSynthetic = hidden.contains(mount.type) || mount.type.elementsEqual("devtmpfs".utf8)
            return (typeName(mount), Int32(bitPattern: number), isSynthetic)
        }
    }

    /// `MFSNAMELEN` is 16, with the zero byte.
    private static func typeName(_ mount: Mount) -> [UInt8] { Array(mount.type.prefix(15)) }

    private static func reachable(_ paths: PathRoot) -> [FileSystemAttributes] {
        mounts().compactMap { mount in
            // The host's kernel interfaces are no file systems of the guest.
            guard !hidden.contains(mount.type), paths.guestPath(mount.point) != nil,
                var attributes = statistics(mount)
            else { return nil }
            name(&attributes, mount, paths)
            return attributes
        }
    }

    /// Nil for what cannot be reached.
    private static func statistics(_ mount: Mount) -> FileSystemAttributes? {
        let descriptor = HostPath.openPath(mount.point)
        guard descriptor >= 0 else { return nil }
        defer { _ = HostSystemCall.close(descriptor) }
        return try? statistics(Int32(descriptor))
    }

    private static let hidden: Set<[UInt8]> = Set(
        ["proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "securityfs", "debugfs", "tracefs", "bpf", "pstore"]
            .map { Array($0.utf8) })

    /// PIPEFS_MAGIC, SOCKFS_MAGIC, ANON_INODE_FS_MAGIC (linux/magic.h).
    private static let nameless: Set<UInt32> = [0x5049_5045, 0x534f_434b, 0x0904_1934]

    private static func name(_ attributes: inout FileSystemAttributes, _ mount: Mount, _ paths: PathRoot) {
        attributes.typeName = typeName(mount)
        attributes.source = mount.source
        attributes.mountPoint = paths.guestPath(mount.point) ?? [UInt8(ascii: "/")]
    }

    private static func statistics(_ descriptor: Int32) throws(Errno) -> FileSystemAttributes {
        var raw = chost_statfs()
        let result = withUnsafeMutableBytes(of: &raw) {
            HostSystemCall.fstatfs(Int(descriptor), Int(bitPattern: $0.baseAddress))
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
        var attributes = FileSystemAttributes()
        attributes.type = UInt32(truncatingIfNeeded: raw.type)
        attributes.flags = FlagSet<MountFlags>(host: UInt64(bitPattern: raw.flags)).guest
        // FreeBSD counts in fragments and names the transfer size apart.
        attributes.blockBytes = UInt64(raw.fragment_size > 0 ? raw.fragment_size : raw.block_size)
        attributes.blockCount = UInt64(bitPattern: raw.blocks)
        attributes.freeBlocks = UInt64(bitPattern: raw.free)
        attributes.availableBlocks = raw.available
        attributes.fileCount = UInt64(bitPattern: raw.files)
        attributes.freeFiles = raw.free_files
        attributes.nameLimit = UInt32(truncatingIfNeeded: raw.name_length)
        attributes.identifier =
            UInt64(UInt32(bitPattern: raw.identifier.1)) << 32 | UInt64(UInt32(bitPattern: raw.identifier.0))
        return attributes
    }

    // statx: STATX_MNT_ID 0x1000.
    private static func mountIdentifier(_ descriptor: Int32) -> UInt64 {
        var raw = chost_statx()
        let path: [UInt8] = [0]
        let result = withUnsafeMutableBytes(of: &raw) { raw in
            path.withUnsafeBytes {
                HostSystemCall.statx(
                    Int(descriptor), Int(bitPattern: $0.baseAddress), Int(HostPath.emptyPath), 0x1000,
                    Int(bitPattern: raw.baseAddress))
            }
        }
        return result == 0 ? raw.mount : 0
    }

    // proc_pid_mountinfo(5): 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw
    private static func mounts() -> [Mount] {
        HostFile.contents(ofSystemFile: "/proc/self/mountinfo").split(separator: UInt8(ascii: "\n")).compactMap {
            line in
            let fields = line.split(separator: UInt8(ascii: " "))
            guard let separator = fields.firstIndex(where: { $0.elementsEqual("-".utf8) }),
                fields.count > separator + 2, separator > 5,
                let identifier = UInt64(String(decoding: fields[0], as: UTF8.self))
            else { return nil }
            return Mount(
                identifier: identifier, point: unescaped(fields[4]), type: Array(fields[separator + 1]),
                source: unescaped(fields[separator + 2]))
        }
    }

    // Blanks and backslashes stand as three octal digits.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), digits.count == 3,
                let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
            {
                result.append(code)
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}

extension HostPath {
    /// Opens a path on the host without permission to read; negative for an errno.
    static func openPath(_ path: [UInt8]) -> Int {
        (path + [0]).withUnsafeBytes {
            HostSystemCall.openat(-100, Int(bitPattern: $0.baseAddress), Int(pathOnly | O_CLOEXEC), 0)
        }
    }
}

/// Directories of the host.
enum HostDirectory {
    /// The next entries, as many as the host puts into so many bytes; none at the end.
    static func read(_ descriptor: Int32, byteCount: Int) throws(Errno) -> [DirectoryEntry] {
        var result = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: max(byteCount, 1)) { buffer, used in
            result = HostSystemCall.getdents(Int(descriptor), Int(bitPattern: buffer.baseAddress), byteCount)
            used = max(0, result)
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
        return bytes.withUnsafeBytes { buffer in
            var entries: [DirectoryEntry] = []
            var offset = 0
            // struct linux_dirent64: ino u64, off s64, reclen u16, type u8, name (getdents(2)).
            while offset + 19 < buffer.count {
                let length = Int(buffer.loadUnaligned(fromByteOffset: offset + 16, as: UInt16.self))
                guard length > 19, offset + length <= buffer.count else { break }
                entries.append(
                    DirectoryEntry(
                        inode: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self),
                        nextPosition: buffer.loadUnaligned(fromByteOffset: offset + 8, as: Int64.self),
                        type: buffer[offset + 18],
                        name: Array(buffer[(offset + 19)..<(offset + length)].prefix { $0 != 0 })))
                offset += length
            }
            return entries
        }
    }
}
