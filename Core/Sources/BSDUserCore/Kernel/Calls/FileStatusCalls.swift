/// What is known of files, directories and file systems.
enum FileStatusCalls {
    static let rows: [SystemCallRow] = [
        systemCall(551, "fstat", Fd(), Out<FileStatus>("sb")) { thread, fd, out throws(Errno) in
            try out.store(FileStatus(thread.attributes(fd)))
        },
        systemCall(552, "fstatat", DirFd(), Path(), Out<FileStatus>("buf"), Flags<AtFlags>("flag")) {
            thread, directory, path, out, flags throws(Errno) in
            try out.store(FileStatus(thread.attributes(directory, path, flags)))
        },
        systemCall(188, "freebsd11_stat", Path(), Out<FileStatus11>("ub")) { thread, path, out throws(Errno) in
            try out.store(FileStatus11(thread.attributes(DirFd.current, path, FlagSet(guest: 0))))
        },
        systemCall(189, "freebsd11_fstat", Fd(), Out<FileStatus11>("sb")) { thread, fd, out throws(Errno) in
            try out.store(FileStatus11(thread.attributes(fd)))
        },
        systemCall(190, "freebsd11_lstat", Path(), Out<FileStatus11>("ub")) { thread, path, out throws(Errno) in
            try out.store(FileStatus11(thread.attributes(DirFd.current, path, noFollow)))
        },
        systemCall(493, "freebsd11_fstatat", DirFd(), Path(), Out<FileStatus11>("buf"), Flags<AtFlags>("flag")) {
            thread, directory, path, out, flags throws(Errno) in
            try out.store(FileStatus11(thread.attributes(directory, path, flags)))
        },
        systemCall(278, "freebsd11_nstat", Path(), Out<FileStatusN>("ub")) { thread, path, out throws(Errno) in
            try out.store(FileStatusN(thread.attributes(DirFd.current, path, FlagSet(guest: 0))))
        },
        systemCall(279, "freebsd11_nfstat", Fd(), Out<FileStatusN>("sb")) { thread, fd, out throws(Errno) in
            try out.store(FileStatusN(thread.attributes(fd)))
        },
        systemCall(280, "freebsd11_nlstat", Path(), Out<FileStatusN>("ub")) { thread, path, out throws(Errno) in
            try out.store(FileStatusN(thread.attributes(DirFd.current, path, noFollow)))
        },
        systemCall(33, "access", Path(), Flags<AccessMode>("amode")) { thread, path, mode throws(Errno) in
            try thread.checkAccess(DirFd.current, path, mode, FlagSet(guest: 0))
        },
        systemCall(376, "eaccess", Path(), Flags<AccessMode>("amode")) { thread, path, mode throws(Errno) in
            try thread.checkAccess(DirFd.current, path, mode, FlagSet(guest: AtFlags.effectiveAccess))
        },
        systemCall(489, "faccessat", DirFd(), Path(), Flags<AccessMode>("amode"), Flags<AtFlags>("flag")) {
            thread, directory, path, mode, flags throws(Errno) in
            try thread.checkAccess(directory, path, mode, flags)
        },
        systemCall(554, "getdirentries", Fd(), OutBuffer(filled: .records), Out<GuestOffset>("basep"), returns: .count)
        {
            thread, fd, buffer, base throws(Errno) in
            let (bytes, position) = try thread.directoryEntries(fd, buffer, isOld: false)
            try base.storeIfPresent(GuestOffset(position))
            return bytes
        },
        systemCall(
            196, "freebsd11_getdirentries", Fd(), OutBuffer(length: .unsigned, filled: .records),
            Out<GuestLong>("basep"),
            returns: .count
        ) { thread, fd, buffer, base throws(Errno) in
            let (bytes, position) = try thread.directoryEntries(fd, buffer, isOld: true)
            try base.storeIfPresent(GuestLong(position))
            return bytes
        },
        systemCall(272, "freebsd11_getdents", Fd(), OutBuffer(filled: .records), returns: .count) {
            thread, fd, buffer throws(Errno) in
            try thread.directoryEntries(fd, buffer, isOld: true).byteCount
        },
        systemCall(191, "pathconf", Path(), Enumeration<PathVariable>("name"), returns: .count) {
            thread, path, name throws(Errno) in
            try thread.pathVariable(name, thread.attributes(DirFd.current, path, FlagSet(guest: 0)))
        },
        systemCall(513, "lpathconf", Path(), Enumeration<PathVariable>("name"), returns: .count) {
            thread, path, name throws(Errno) in
            try thread.pathVariable(name, thread.attributes(DirFd.current, path, noFollow))
        },
        systemCall(192, "fpathconf", Fd(), Enumeration<PathVariable>("name"), returns: .count) {
            thread, fd, name throws(Errno) in
            try thread.pathVariable(name, ofDescriptor: fd)
        },
        systemCall(555, "statfs", Path(), Out<FileSystemStatus>("buf")) { thread, path, out throws(Errno) in
            try out.store(FileSystemStatus(thread.fileSystem(path)))
        },
        systemCall(556, "fstatfs", Fd(), Out<FileSystemStatus>("buf")) { thread, fd, out throws(Errno) in
            try out.store(FileSystemStatus(HostFileSystem.attributes(ofDescriptor: fd, thread.process.paths)))
        },
        systemCall(396, "freebsd11_statfs", Path(), Out<FileSystemStatus11>("buf")) { thread, path, out throws(Errno) in
            try out.store(FileSystemStatus11(thread.fileSystem(path)))
        },
        systemCall(397, "freebsd11_fstatfs", Fd(), Out<FileSystemStatus11>("buf")) { thread, fd, out throws(Errno) in
            try out.store(FileSystemStatus11(HostFileSystem.attributes(ofDescriptor: fd, thread.process.paths)))
        },
        systemCall(
            148, "quotactl", Path(), Signed("cmd"), Signed("uid"), Pointer("arg"), support: .refused,
            note: "no file system has quotas of FreeBSD's form: EOPNOTSUPP"
        ) { thread, path, _, _, _ throws(Errno) in
            _ = try thread.attributes(DirFd.current, path, FlagSet(guest: 0))
            throw .EOPNOTSUPP
        },
        systemCall(
            557, "getfsstat", DependentPointer.outputs("buf", FileSystemStatus.self), Long("bufsize"),
            Enumeration<StatisticsMode>("mode"), returns: .count
        ) { thread, address, byteCount, mode throws(Errno) in
            try thread.fileSystems(FileSystemStatus.self, address, byteCount, mode) { FileSystemStatus($0) }
        },
        systemCall(
            395, "freebsd11_getfsstat", DependentPointer.outputs("buf", FileSystemStatus11.self), Long("bufsize"),
            Enumeration<StatisticsMode>("mode"), returns: .count
        ) { thread, address, byteCount, mode throws(Errno) in
            try thread.fileSystems(FileSystemStatus11.self, address, byteCount, mode) { FileSystemStatus11($0) }
        },
    ]

    private static let noFollow = FlagSet<AtFlags>(guest: AtFlags.symlinkNoFollow)
}

extension GuestThread {
    func attributes(_ fd: Int32) throws(Errno) -> FileAttributes {
        try HostFileStatus.read(fd, [0], flags: HostPath.emptyPath)
    }

    func attributes(_ directory: Int32, _ path: [UInt8], _ flags: FlagSet<AtFlags>) throws(Errno) -> FileAttributes {
        let known = AtFlags.symlinkNoFollow | AtFlags.resolveBeneath | AtFlags.emptyPath
        guard flags.guest & ~known == 0 else { throw .EINVAL }
        if path.isEmpty && flags.contains(AtFlags.emptyPath) { return try attributes(directory) }
        let follow = !flags.contains(AtFlags.symlinkNoFollow)
        let target = try process.paths.target(
            directory, path, follow: follow, isBeneath: flags.contains(AtFlags.resolveBeneath),
            seesDevices: true)
        let noFollow: Int32 = follow ? 0 : HostPath.atNoFollow
        let found = try HostFileStatus.read(target.directory, target.path, flags: target.flags | noFollow)
        return target.isDescriptor ? Self.descriptorDevice(target.directory, found) : found
    }

    /// What `/dev/fd` holds are character devices that all may read and write, whatever file is open there
    /// (`fildesc_drvinit` in sys/kern/kern_descrip.c): programs see that their output is no file to be replaced.
    private static func descriptorDevice(_ fd: Int32, _ file: FileAttributes) -> FileAttributes {
        var device = FileAttributes()
        // Numbers of their own; FreeBSD has no fixed ones.
        device.device = FileAttributes.device(major: 0, minor: 0x71)
        device.inode = UInt64(fd) + 0x100
        device.specialDevice = FileAttributes.device(major: 0, minor: UInt32(bitPattern: fd) + 0x20)
        (device.mode, device.linkCount, device.blockBytes) = (FileMode.characterDevice | 0o666, 1, 4096)
        (device.accessed, device.modified) = (file.accessed, file.modified)
        (device.changed, device.born) = (file.changed, file.born)
        return device
    }

    func checkAccess(
        _ directory: Int32, _ path: [UInt8], _ mode: FlagSet<AccessMode>, _ flags: FlagSet<AtFlags>
    ) throws(Errno) {
        guard mode.unknown == 0 else { throw .EINVAL }
        guard flags.guest & ~(AtFlags.effectiveAccess | AtFlags.resolveBeneath | AtFlags.emptyPath) == 0 else {
            throw .EINVAL
        }
        let target = try process.paths.target(
            directory, path, follow: true, isBeneath: flags.contains(AtFlags.resolveBeneath),
            seesDevices: true)
        let effective: Int32 = flags.contains(AtFlags.effectiveAccess) ? HostPath.effectiveAccess : 0
        _ = try HostPath.call(
            .faccessat, target.directory, target.path, Int(mode.hostInt), Int(target.flags | effective))
    }

    /// `getdirentries` in the new form or the old; the second value is the position before.
    func directoryEntries(_ fd: Int32, _ buffer: GuestBuffer, isOld: Bool) throws(Errno)
        -> (byteCount: Int, position: Int64)
    {
        guard HostPath.isDirectory(fd) else { throw HostPath.isOpen(fd) ? .EINVAL : .EBADF }
        let position = Int64(max(0, HostSystemCall.lseek(Int(fd), 0, 1)))
        let room = Int(min(buffer.byteCount, 1 << 20))
        // A record of the host has at least 3/4 of the bytes of the guest's new form, and more than its old one.
        let hostRoom = isOld ? room : room / 4 * 3
        let isDescriptorFolder = HostPath.isOnProcess(fd)
        var entries = try HostDirectory.read(fd, byteCount: hostRoom)
        var bytes: [UInt8] = []
        while bytes.isEmpty, !entries.isEmpty {
            // Some file systems of the host have longer names than FreeBSD: no path could lead there.
            for entry in entries where entry.name.count <= DirectoryEntry.nameLimit {
                guard let entry = isDescriptorFolder ? Self.descriptorEntry(entry) : entry else { continue }
                bytes += isOld ? entry.encoded11(memory.abi) : entry.encoded(memory.abi)
            }
            if bytes.isEmpty { entries = try HostDirectory.read(fd, byteCount: hostRoom) }
        }
        try buffer.store(bytes)
        return (bytes.count, position)
    }

    /// An entry of `/dev/fd`, a character device as in FreeBSD; nil for a descriptor of the emulator.
    private static func descriptorEntry(_ entry: DirectoryEntry) -> DirectoryEntry? {
        guard let number = Int32(String(decoding: entry.name, as: UTF8.self)) else { return entry }
        guard HostDescriptors.isGuests(number) else { return nil }
        var device = entry
        device.type = DirectoryEntry.characterDevice
        return device
    }

    /// `fpathconf`: pipes and sockets tell one thing, what else has no name nothing (`kern_fpathconf`).
    func pathVariable(_ name: EnumeratedValue<PathVariable>, ofDescriptor fd: Int32) throws(Errno) -> Int {
        let attributes = try attributes(fd)
        guard name.guest != 53, HostPath.ofDescriptor(fd) == nil else { return try pathVariable(name, attributes) }
        guard [FileMode.fifo, FileMode.socket].contains(attributes.type) else { throw .EOPNOTSUPP }
        guard name.guest == 6 else { throw .EINVAL }
        return 512
    }

    func pathVariable(_ name: EnumeratedValue<PathVariable>, _ attributes: FileAttributes) throws(Errno) -> Int {
        let type = attributes.mode & FileMode.typeMask
        switch name.guest {
        case 1: return 32767
        case 2, 3: return 255
        case 4: return DirectoryEntry.nameLimit
        case 5: return GuestMemory.pathLimit
        case 6:
            guard type == FileMode.fifo || type == FileMode.directory else { throw .EINVAL }
            return 512
        case 7, 8, 55: return 1
        case 9: return 0xff
        case 10, 16, 17, 65: return Int(attributes.blockBytes)
        case 12: return 64
        case 14, 15: return Int(attributes.blockBytes)
        case 18: return GuestMemory.pathLimit
        case 53: return 1
        case 54, 59, 61, 62, 63, 64: return 0
        case 60: return 3
        default: throw .EINVAL
        }
    }

    func fileSystem(_ path: [UInt8]) throws(Errno) -> FileSystemAttributes {
        let descriptor = try process.paths.open(
            DirFd.current, path, hostFlags: HostPath.pathOnly | HostPath.closeOnExec, mode: 0)
        defer { _ = HostSystemCall.close(Int(descriptor)) }
        return try HostFileSystem.attributes(ofDescriptor: descriptor, process.paths)
    }

    /// `getfsstat`: how many file systems there are, or as many as fit.
    func fileSystems<Form: GuestStruct>(
        _ form: Form.Type, _ address: GuestAddress, _ byteCount: Int64, _ mode: EnumeratedValue<StatisticsMode>,
        _ make: (FileSystemAttributes) -> Form
    ) throws(Errno) -> Int {
        guard byteCount >= 0, StatisticsMode.accepted.contains(mode.guest) else { throw .EINVAL }
        let all = HostFileSystem.mounted(process.paths)
        if address == 0 { return all.count }
        let stride = Form.byteCount(memory.abi)
        let shown = all.prefix(Int(byteCount) / stride)
        var position = address
        for attributes in shown {
            try memory.store(make(attributes), at: position)
            position += UInt64(stride)
        }
        return shown.count
    }
}
