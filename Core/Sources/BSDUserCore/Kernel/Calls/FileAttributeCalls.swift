/// Permissions, owners, times and flags of files.
enum FileAttributeCalls {
    static let rows: [SystemCallRow] = [
        systemCall(15, "chmod", Path(), Mode()) { thread, path, mode throws(Errno) in
            try thread.changeMode(DirFd.current, path, mode, follow: true)
        },
        systemCall(124, "fchmod", Fd(), Mode()) { thread, fd, mode throws(Errno) in
            try thread.changeMode(fd, mode)
        },
        systemCall(
            274, "lchmod", Path(), Mode(), support: .partial,
            note: "the host keeps no mode of symbolic links: it stays 0777"
        ) { thread, path, mode throws(Errno) in
            try thread.changeMode(DirFd.current, path, mode, follow: false)
        },
        systemCall(490, "fchmodat", DirFd(), Path(), Mode(), Flags<AtFlags>("flag")) {
            thread, directory, path, mode, flags throws(Errno) in
            let follow = try thread.follows(flags)
            try thread.changeMode(
                directory, path, mode, follow: follow, isBeneath: flags.contains(AtFlags.resolveBeneath))
        },
        systemCall(60, "umask", Mode("newmask"), returns: .mode) { _, mask throws(Errno) in
            UInt32(HostSystemCall.umask(Int(mask & 0o777)))
        },
        systemCall(16, "chown", Path(), Identity("uid"), Identity("gid")) { thread, path, user, group throws(Errno) in
            try thread.changeOwner(DirFd.current, path, user, group, follow: true)
        },
        systemCall(254, "lchown", Path(), Identity("uid"), Identity("gid")) { thread, path, user, group throws(Errno) in
            try thread.changeOwner(DirFd.current, path, user, group, follow: false)
        },
        systemCall(123, "fchown", Fd(), Identity("uid"), Identity("gid")) { thread, fd, user, group throws(Errno) in
            try thread.checkNamed(fd)
            try HostPath.callOwner(fd, [0], user.signed, group.signed, HostPath.emptyPath)
        },
        systemCall(491, "fchownat", DirFd(), Path(), Identity("uid"), Identity("gid"), Flags<AtFlags>("flag")) {
            thread, directory, path, user, group, flags throws(Errno) in
            let follow = try thread.follows(flags)
            try thread.changeOwner(
                directory, path, user, group, follow: follow, isBeneath: flags.contains(AtFlags.resolveBeneath))
        },
        systemCall(138, "utimes", Path(), InArray<TimeValue>("tptr", count: 2)) { thread, path, times throws(Errno) in
            try thread.setTimes(DirFd.current, path, FileTimes(values: times), follow: true)
        },
        systemCall(276, "lutimes", Path(), InArray<TimeValue>("tptr", count: 2)) { thread, path, times throws(Errno) in
            try thread.setTimes(DirFd.current, path, FileTimes(values: times), follow: false)
        },
        systemCall(206, "futimes", Fd(), InArray<TimeValue>("tptr", count: 2)) { thread, fd, times throws(Errno) in
            try thread.setTimes(fd, FileTimes(values: times))
        },
        systemCall(494, "futimesat", DirFd(), Path(), InArray<TimeValue>("times", count: 2)) {
            thread, directory, path, times throws(Errno) in
            try thread.setTimes(directory, path, FileTimes(values: times), follow: true)
        },
        systemCall(546, "futimens", Fd(), InArray<TimeSpecification>("times", count: 2)) {
            thread, fd, times throws(Errno) in
            try thread.setTimes(fd, FileTimes(specifications: times))
        },
        systemCall(
            547, "utimensat", DirFd(), Path(), InArray<TimeSpecification>("times", count: 2), Flags<AtFlags>("flag")
        ) {
            thread, directory, path, times, flags throws(Errno) in
            let follow = try thread.follows(flags)
            try thread.setTimes(
                directory, path, FileTimes(specifications: times), follow: follow,
                isBeneath: flags.contains(AtFlags.resolveBeneath))
        },
        systemCall(34, "chflags", Path(), LongFlags<FileFlags>(), support: .partial, note: noFlags) {
            thread, path, flags throws(Errno) in
            try thread.changeFlags(thread.attributes(DirFd.current, path, FlagSet(guest: 0)), flags)
        },
        systemCall(391, "lchflags", Path(), LongFlags<FileFlags>(), support: .partial, note: noFlags) {
            thread, path, flags throws(Errno) in
            try thread.changeFlags(
                thread.attributes(DirFd.current, path, FlagSet(guest: AtFlags.symlinkNoFollow)), flags)
        },
        systemCall(35, "fchflags", Fd(), LongFlags<FileFlags>(), support: .partial, note: noFlags) {
            thread, fd, flags throws(Errno) in
            let attributes = try thread.attributes(fd)
            try thread.checkNamed(fd, attributes)
            try thread.changeFlags(attributes, flags)
        },
        systemCall(
            540, "chflagsat", DirFd(), Path(), LongFlags<FileFlags>(), Flags<AtFlags>("atflag"), support: .partial,
            note: noFlags
        ) { thread, directory, path, flags, atFlags throws(Errno) in
            try thread.changeFlags(thread.attributes(directory, path, atFlags), flags)
        },
    ]

    private static let noFlags = "the host keeps no flags: clearing them succeeds, setting any is EOPNOTSUPP"
}

extension UInt32 {
    /// The same bits as the signed number that calls of the host take for "unchanged".
    fileprivate var signed: Int32 { Int32(bitPattern: self) }
}

/// Two times for a file, for the host: `UTIME_NOW` and `UTIME_OMIT` have other numbers there (`sys/stat.h`).
struct FileTimes {
    // Access and modification: seconds and nanoseconds in the host's form; nil sets both to now.
    private var words: [Int]?

    init(values: [TimeValue]?) throws(Errno) {
        guard let values else { return }
        var words: [Int] = []
        for value in values {
            guard value.isValid else { throw .EINVAL }
            words += [Int(value.seconds), Int(value.microseconds * 1000)]
        }
        self.words = words
    }

    init(specifications: [TimeSpecification]?) throws(Errno) {
        guard let specifications else { return }
        var words: [Int] = []
        for time in specifications {
            switch time.nanoseconds {
            case -1: words += [0, (1 << 30) - 1]
            case -2: words += [0, (1 << 30) - 2]
            default:
                guard time.isValid else { throw .EINVAL }
                words += [Int(time.seconds), Int(time.nanoseconds)]
            }
        }
        self.words = words
    }

    /// Sets the times of a path with its zero byte.
    func apply(_ directory: Int32, _ path: [UInt8], flags: Int32) throws(Errno) {
        var words = words ?? []
        let isNow = words.isEmpty
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostPath.call(.utimensat, directory, path, isNow ? 0 : address, Int(flags))
        }
    }
}

extension GuestThread {
    /// Whether the flags of a `*at` call say to follow a link at the end of the path.
    func follows(_ flags: FlagSet<AtFlags>) throws(Errno) -> Bool {
        guard flags.guest & ~(AtFlags.symlinkNoFollow | AtFlags.resolveBeneath | AtFlags.emptyPath) == 0 else {
            throw .EINVAL
        }
        return !flags.contains(AtFlags.symlinkNoFollow)
    }

    func changeMode(
        _ directory: Int32, _ path: [UInt8], _ mode: UInt32, follow: Bool, isBeneath: Bool = false
    ) throws(Errno) {
        let flags = FlagSet<AtFlags>(
            guest: (follow ? 0 : AtFlags.symlinkNoFollow) | (isBeneath ? AtFlags.resolveBeneath : 0))
        if !follow || mode & 0o3000 != 0 {
            let attributes = try attributes(directory, path, flags)
            try checkSpecialBits(mode, attributes)
            // The mode of a link means nothing on either system, but FreeBSD lets it be set: `chmod -R` does so.
            if attributes.type == FileMode.symbolicLink { return try checkOwner(attributes) }
        }
        let target = try process.paths.target(directory, path, follow: follow, isBeneath: isBeneath)
        let start = target.flags == 0 ? target.directory : DirFd.current
        _ = try HostPath.call(.fchmodat, start, target.absolutePath, Int(mode & FileMode.permissionMask))
    }

    /// What is for the owner of a file and for the superuser to change.
    private func checkOwner(_ attributes: FileAttributes) throws(Errno) {
        let user = HostIdentity.number(.geteuid)
        guard user == 0 || user == attributes.user else { throw .EPERM }
    }

    /// `fchmod`; also of a file that is open for execution, whose mode the host changes by its path only.
    func changeMode(_ fd: Int32, _ mode: UInt32) throws(Errno) {
        let attributes = try attributes(fd)
        try checkNamed(fd, attributes)
        try checkSpecialBits(mode, attributes)
        _ = try HostPath.call(
            .fchmodat, DirFd.current, HostPath.ofOpenFile(fd), Int(mode & FileMode.permissionMask))
    }

    /// chmod(2): for all but the superuser the sticky bit is EFTYPE on what is no directory, and the set-group bit EPERM for
    /// a group that the caller is not in.
    private func checkSpecialBits(_ mode: UInt32, _ attributes: FileAttributes) throws(Errno) {
        guard mode & 0o3000 != 0, HostSystemCall.geteuid() != 0 else { return }
        if mode & 0o1000 != 0, attributes.type != FileMode.directory { throw .EFTYPE }
        guard mode & 0o2000 != 0, attributes.group != HostIdentity.number(.getegid) else { return }
        guard try HostIdentity.groups().contains(attributes.group) else { throw .EPERM }
    }

    func changeOwner(
        _ directory: Int32, _ path: [UInt8], _ user: UInt32, _ group: UInt32, follow: Bool, isBeneath: Bool = false
    ) throws(Errno) {
        let target = try process.paths.target(directory, path, follow: follow, isBeneath: isBeneath)
        let noFollow: Int32 = follow ? 0 : HostPath.atNoFollow
        try HostPath.callOwner(target.directory, target.path, user.signed, group.signed, target.flags | noFollow)
    }

    func setTimes(
        _ directory: Int32, _ path: [UInt8], _ times: FileTimes, follow: Bool, isBeneath: Bool = false
    ) throws(Errno) {
        let target = try process.paths.target(directory, path, follow: follow, isBeneath: isBeneath)
        let noFollow: Int32 = follow ? 0 : HostPath.atNoFollow
        try times.apply(target.directory, target.path, flags: target.flags | noFollow)
    }

    /// `futimes` and `futimens`.
    func setTimes(_ fd: Int32, _ times: FileTimes) throws(Errno) {
        try checkNamed(fd)
        try times.apply(DirFd.current, HostPath.ofOpenFile(fd), flags: 0)
    }

    func changeFlags(_ attributes: FileAttributes, _ flags: FlagSet<FileFlags>) throws(Errno) {
        try checkOwner(attributes)
        if flags.guest & FileFlags.superuserMask != 0, HostIdentity.number(.geteuid) != 0 { throw .EPERM }
        guard flags.guest == 0 else { throw .EOPNOTSUPP }
    }
}
