/// Names of files: making, moving and removing them, links, and the current directory.
enum FileNameCalls {
    static let rows: [SystemCallRow] = [
        systemCall(9, "link", Path(), Path("link")) { thread, from, to throws(Errno) in
            try thread.link(DirFd.current, from, DirFd.current, to, follow: true)
        },
        systemCall(495, "linkat", DirFd("fd1"), Path("path1"), DirFd("fd2"), Path("path2"), Flags<AtFlags>("flag")) {
            thread, fromDirectory, from, toDirectory, to, flags throws(Errno) in
            guard flags.guest & ~(AtFlags.symlinkFollow | AtFlags.resolveBeneath) == 0 else { throw .EINVAL }
            try thread.link(
                fromDirectory, from, toDirectory, to, follow: flags.contains(AtFlags.symlinkFollow),
                isBeneath: flags.contains(AtFlags.resolveBeneath))
        },
        systemCall(57, "symlink", Path(), Path("link")) { thread, text, path throws(Errno) in
            try thread.makeSymbolicLink(text, DirFd.current, path)
        },
        systemCall(502, "symlinkat", Path("path1"), DirFd(), Path("path2")) {
            thread, text, directory, path throws(Errno) in
            try thread.makeSymbolicLink(text, directory, path)
        },
        systemCall(58, "readlink", Path(), OutBuffer(), returns: .count) { thread, path, buffer throws(Errno) in
            try thread.readLink(DirFd.current, path, buffer)
        },
        systemCall(500, "readlinkat", DirFd(), Path(), OutBuffer(), returns: .count) {
            thread, directory, path, buffer throws(Errno) in
            try thread.readLink(directory, path, buffer)
        },
        systemCall(10, "unlink", Path()) { thread, path throws(Errno) in
            try thread.unlink(DirFd.current, path)
        },
        systemCall(503, "unlinkat", DirFd(), Path(), Flags<AtFlags>("flag")) {
            thread, directory, path, flags throws(Errno) in
            try thread.unlink(directory, path, flags)
        },
        systemCall(568, "funlinkat", DirFd("dfd"), Path(), Signed("fd"), Flags<AtFlags>("flag")) {
            thread, directory, path, fd, flags throws(Errno) in
            try thread.unlink(directory, path, flags, ifSameAs: fd)
        },
        systemCall(137, "rmdir", Path()) { thread, path throws(Errno) in
            try thread.removeDirectory(DirFd.current, path)
        },
        systemCall(128, "rename", Path("from"), Path("to")) { thread, from, to throws(Errno) in
            try thread.rename(DirFd.current, from, DirFd.current, to)
        },
        systemCall(501, "renameat", DirFd("oldfd"), Path("old"), DirFd("newfd"), Path("new")) {
            thread, fromDirectory, from, toDirectory, to throws(Errno) in
            try thread.rename(fromDirectory, from, toDirectory, to)
        },
        systemCall(136, "mkdir", Path(), Mode()) { thread, path, mode throws(Errno) in
            try thread.makeDirectory(DirFd.current, path, mode)
        },
        systemCall(496, "mkdirat", DirFd(), Path(), Mode()) { thread, directory, path, mode throws(Errno) in
            try thread.makeDirectory(directory, path, mode)
        },
        systemCall(132, "mkfifo", Path(), Mode()) { thread, path, mode throws(Errno) in
            try thread.makeNode(DirFd.current, path, FileMode.fifo | mode & 0o7777, device: 0)
        },
        systemCall(497, "mkfifoat", DirFd(), Path(), Mode()) { thread, directory, path, mode throws(Errno) in
            try thread.makeNode(directory, path, FileMode.fifo | mode & 0o7777, device: 0)
        },
        systemCall(559, "mknodat", DirFd(), Path(), Mode(), Wide("dev")) {
            thread, directory, path, mode, device throws(Errno) in
            try thread.makeNode(directory, path, mode, device: device)
        },
        systemCall(14, "freebsd11_mknod", Path(), Mode(), Unsigned("dev")) { thread, path, mode, device throws(Errno) in
            try thread.makeNode(DirFd.current, path, mode, device: UInt64(device))
        },
        systemCall(498, "freebsd11_mknodat", DirFd(), Path(), Mode(), Unsigned("dev")) {
            thread, directory, path, mode, device throws(Errno) in
            try thread.makeNode(directory, path, mode, device: UInt64(device))
        },
        systemCall(12, "chdir", Path()) { thread, path throws(Errno) in
            try thread.changeDirectory(path)
        },
        systemCall(13, "fchdir", Fd()) { thread, fd throws(Errno) in
            try thread.checkNamed(fd)
            // Names in /dev/fd are understood from its descriptor only.
            if HostPath.isOnProcess(fd) { throw .EACCES }
            _ = try HostSystemCall.fchdir.checked(Int(fd))
        },
        systemCall(326, "__getcwd", OutBuffer(filled: .text)) { thread, buffer throws(Errno) in
            guard buffer.byteCount > 1 else { throw .EINVAL }
            try buffer.storeText(thread.process.paths.currentDirectory(), orThrow: .ERANGE)
        },
        systemCall(574, "__realpathat", DirFd(), Path(), OutBuffer(filled: .text), Unsigned("flags")) {
            thread, directory, path, buffer, flags throws(Errno) in
            guard flags == 0 else { throw .EINVAL }
            let descriptor = try thread.process.paths.open(
                directory, path, hostFlags: HostPath.pathOnly | HostPath.closeOnExec, mode: 0)
            defer { _ = HostSystemCall.close(Int(descriptor)) }
            guard let found = thread.process.paths.guestPath(ofDescriptor: descriptor) else { throw .ENOENT }
            try buffer.storeText(found, orThrow: .ENAMETOOLONG)
        },
        systemCall(
            61, "chroot", Path(), support: .partial,
            note: "from a directory outside of the new root relative names lead nowhere"
        ) { thread, path throws(Errno) in try thread.changeRoot(path) },
        systemCall(
            205, "undelete", Path(), support: .refused, note: "no file system has whiteouts: EEXIST, ENOENT"
        ) { thread, path throws(Errno) in
            if thread.isDotName(path) { throw .EINVAL }
            _ = try thread.attributes(DirFd.current, path, FlagSet(guest: AtFlags.symlinkNoFollow))
            throw .EEXIST
        },
        systemCall(
            56, "revoke", Path(), support: .refused, note: "access cannot be revoked on the host: EINVAL"
        ) { thread, path throws(Errno) in
            // revoke(2): EINVAL for what is no character device; EPERM for those of others.
            let mode = try thread.attributes(DirFd.current, path, FlagSet(guest: 0)).mode
            throw mode & FileMode.typeMask == FileMode.characterDevice ? .EPERM : .EINVAL
        },
    ]
}

extension GuestThread {
    func link(
        _ fromDirectory: Int32, _ from: [UInt8], _ toDirectory: Int32, _ to: [UInt8], follow: Bool,
        isBeneath: Bool = false
    ) throws(Errno) {
        do throws(Errno) {
            try makeLink(fromDirectory, from, toDirectory, to, follow: follow, isBeneath: isBeneath)
        } catch .EEXIST {
            // That a directory cannot be linked comes first (`kern_linkat_vp`).
            let flags = (follow ? 0 : AtFlags.symlinkNoFollow) | (isBeneath ? AtFlags.resolveBeneath : 0)
            let source = try attributes(fromDirectory, from, FlagSet(guest: flags))
            throw source.type == FileMode.directory ? .EPERM : .EEXIST
        }
    }

    private func makeLink(
        _ fromDirectory: Int32, _ from: [UInt8], _ toDirectory: Int32, _ to: [UInt8], follow: Bool, isBeneath: Bool
    ) throws(Errno) {
        let target = try process.paths.entry(toDirectory, to)
        guard follow, process.paths.isInsideRoot || isBeneath else {
            let source = try process.paths.entry(fromDirectory, from, isBeneath: isBeneath)
            try HostPath.call(
                .linkat, (source.directory, source.path), (target.directory, target.path),
                flags: follow ? Int(HostPath.atFollow) : 0)
            return
        }
        // The link at the end must be followed inside the root: through the descriptor of what it leads to.
        let source = try process.paths.target(fromDirectory, from, follow: true, isBeneath: isBeneath)
        try HostPath.call(
            .linkat, (DirFd.current, source.absolutePath), (target.directory, target.path),
            flags: Int(HostPath.atFollow))
    }

    func makeSymbolicLink(_ text: [UInt8], _ directory: Int32, _ path: [UInt8]) throws(Errno) {
        let target = try process.paths.entry(directory, path)
        try HostPath.symlink(text + [0], target)
        adoptGroup(target)
    }

    func readLink(_ directory: Int32, _ path: [UInt8], _ buffer: GuestBuffer) throws(Errno) -> Int {
        let target = try process.paths.target(directory, path, follow: false)
        let text: [UInt8]
        do throws(Errno) {
            text = Array(try HostPath.readLink(target.directory, target.path).prefix(Int(buffer.byteCount)))
        } catch .ENOENT where target.flags & HostPath.emptyPath != 0 {
            // Inside a root the file is open already: of such a one that is no link readlinkat(2) of the host says ENOENT.
            throw .EINVAL
        }
        try buffer.store(text)
        return text.count
    }

    /// `unlink`, `unlinkat`, `funlinkat`; a file descriptor says which file it must be.
    func unlink(
        _ directory: Int32, _ path: [UInt8], _ flags: FlagSet<AtFlags> = FlagSet(guest: 0), ifSameAs fd: Int32 = -200
    ) throws(Errno) {
        guard flags.guest & ~(AtFlags.removeDirectory | AtFlags.resolveBeneath) == 0 else { throw .EINVAL }
        // FD_NONE is -200.
        if fd != -200 {
            guard HostDescriptors.isGuests(fd) else { throw .EBADF }
            let open = try attributes(fd)
            let named = try attributes(
                directory, path, FlagSet(guest: AtFlags.symlinkNoFollow | flags.guest & AtFlags.resolveBeneath))
            guard open.inode == named.inode, open.device == named.device else { throw .EDEADLK }
        }
        let isBeneath = flags.contains(AtFlags.resolveBeneath)
        if flags.contains(AtFlags.removeDirectory) {
            return try removeDirectory(directory, path, isBeneath: isBeneath)
        }
        let target = try process.paths.entry(directory, path, isBeneath: isBeneath)
        do throws(Errno) {
            _ = try HostPath.call(.unlinkat, target.directory, target.path, 0)
        } catch .EISDIR {
            // unlink(2): a directory is EPERM; `lookup` never deletes "." and "..".
            throw isDotName(path) ? .EINVAL : .EPERM
        }
    }

    func removeDirectory(_ directory: Int32, _ path: [UInt8], isBeneath: Bool = false) throws(Errno) {
        let target = try process.paths.entry(directory, path, isBeneath: isBeneath)
        do throws(Errno) {
            _ = try HostPath.call(.unlinkat, target.directory, target.path, Int(HostPath.removeDirectory))
        } catch .ENOTEMPTY where isDotName(path) {
            // rmdir(2): EINVAL for "..".
            throw .EINVAL
        }
    }

    func rename(_ fromDirectory: Int32, _ from: [UInt8], _ toDirectory: Int32, _ to: [UInt8]) throws(Errno) {
        let source = try process.paths.entry(fromDirectory, from)
        let target = try renamed(fromDirectory, from, toDirectory, to)
        do throws(Errno) {
            try HostPath.call(.renameat, (source.directory, source.path), (target.directory, target.path))
        } catch .EBUSY where isDotName(from) || isDotName(to) {
            // rename(2): EINVAL for "." and "..".
            throw .EINVAL
        } catch .ENOTDIR where to.last == UInt8(ascii: "/") {
            // A name with a slash is a directory's: there is none of it (`lookup`).
            _ = try attributes(fromDirectory, from, FlagSet(guest: AtFlags.symlinkNoFollow))
            _ = try attributes(toDirectory, to, FlagSet(guest: 0))
            throw .ENOTDIR
        }
    }

    /// The place of the new name. A directory that shall become the root is `EINVAL` (`kern_renameat`).
    private func renamed(_ fromDirectory: Int32, _ from: [UInt8], _ toDirectory: Int32, _ to: [UInt8]) throws(Errno)
        -> PathRoot.Target
    {
        do throws(Errno) {
            return try process.paths.entry(toDirectory, to)
        } catch .EISDIR {
            let source = try attributes(fromDirectory, from, FlagSet(guest: AtFlags.symlinkNoFollow))
            throw source.mode & FileMode.typeMask == FileMode.directory ? .EINVAL : .EISDIR
        }
    }

    fileprivate func isDotName(_ path: [UInt8]) -> Bool {
        let name = path.split(separator: UInt8(ascii: "/")).last ?? []
        return name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8)
    }

    func makeDirectory(_ directory: Int32, _ path: [UInt8], _ mode: UInt32) throws(Errno) {
        let target = try process.paths.entry(directory, path)
        _ = try HostPath.call(.mkdirat, target.directory, target.path, Int(mode & 0o777))
        adoptGroup(target)
    }

    func makeNode(_ directory: Int32, _ path: [UInt8], _ mode: UInt32, device: UInt64) throws(Errno) {
        // mknod(2) makes devices only, and only for the superuser; FIFOs without a device come here, too.
        switch mode & FileMode.typeMask {
        case FileMode.fifo where device == 0: break
        case FileMode.characterDevice, FileMode.blockDevice:
            guard HostSystemCall.geteuid() == 0 else { throw .EPERM }
        default: throw .EINVAL
        }
        let (major, minor) = FileAttributes.parts(ofDevice: device)
        // Linux' encoding for mknod (kdev_t.h, new_encode_dev).
        let host = UInt64(minor & 0xff) | UInt64(major & 0xfff) << 8 | UInt64(minor & ~0xff) << 12
        let target = try process.paths.entry(directory, path)
        _ = try HostPath.call(
            .mknodat, target.directory, target.path, Int(mode), Int(UInt32(truncatingIfNeeded: host)))
        adoptGroup(target)
    }

    func changeDirectory(_ path: [UInt8]) throws(Errno) {
        let flags = HostPath.pathOnly | HostPath.directory | HostPath.closeOnExec
        let descriptor = try process.paths.open(DirFd.current, path, hostFlags: flags, mode: 0)
        defer { _ = HostSystemCall.close(Int(descriptor)) }
        _ = try HostSystemCall.fchdir.checked(Int(descriptor))
    }
}
