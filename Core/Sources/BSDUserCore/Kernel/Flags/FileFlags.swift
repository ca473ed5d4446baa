import Glibc

/// Flags of `open` (`sys/fcntl.h`).
enum OpenFlags: FlagTable {
    static let zeroName: String? = "O_RDONLY"
    static let accessMask: UInt64 = 3
    static let nonblock: UInt64 = 0x4
    static let append: UInt64 = 0x8
    static let sharedLock: UInt64 = 0x10
    static let exclusiveLock: UInt64 = 0x20
    static let async: UInt64 = 0x40
    static let noFollow: UInt64 = 0x100
    static let create: UInt64 = 0x200
    static let truncate: UInt64 = 0x400
    static let exclusive: UInt64 = 0x800
    static let noControllingTerminal: UInt64 = 0x8000
    static let directory: UInt64 = 0x20000
    static let execute: UInt64 = 0x40000
    static let closeOnExec: UInt64 = 0x100000
    static let path: UInt64 = 0x400000
    static let resolveBeneath: UInt64 = 0x800000
    static let rows: [FlagRow] = [
        FlagRow(0, O_RDONLY, "O_RDONLY", mask: accessMask),
        FlagRow(1, O_WRONLY, "O_WRONLY", mask: accessMask),
        FlagRow(2, O_RDWR, "O_RDWR", mask: accessMask),
        FlagRow(nonblock, O_NONBLOCK, "O_NONBLOCK"),
        FlagRow(append, O_APPEND, "O_APPEND"),
        // Locks are taken after opening.
        FlagRow(sharedLock, nil, "O_SHLOCK"),
        FlagRow(exclusiveLock, nil, "O_EXLOCK"),
        FlagRow(async, O_ASYNC, "O_ASYNC"),
        // The host's O_SYNC contains its O_DSYNC: as fields of one row each would not be total.
        FlagRow(0x80, O_SYNC, "O_SYNC", mask: 0x1000080),
        FlagRow(0x1000000, O_DSYNC, "O_DSYNC", mask: 0x1000080),
        FlagRow(noFollow, O_NOFOLLOW, "O_NOFOLLOW"),
        FlagRow(create, O_CREAT, "O_CREAT"),
        FlagRow(truncate, O_TRUNC, "O_TRUNC"),
        FlagRow(0x800, O_EXCL, "O_EXCL"),
        FlagRow(noControllingTerminal, O_NOCTTY, "O_NOCTTY"),
        FlagRow(0x10000, 0x4000, "O_DIRECT"),
        FlagRow(directory, O_DIRECTORY, "O_DIRECTORY"),
        // A file open for execution can neither be read nor written: the host's O_PATH.
        FlagRow(execute, 0x200000, "O_EXEC"),
        FlagRow(0x80000, nil, "O_TTY_INIT"),
        FlagRow(closeOnExec, O_CLOEXEC, "O_CLOEXEC"),
        FlagRow(0x200000, nil, "O_VERIFY"),
        FlagRow(path, nil, "O_PATH"),
        FlagRow(resolveBeneath, nil, "O_RESOLVE_BENEATH"),
        FlagRow(0x2000000, nil, "O_EMPTY_PATH"),
    ]
}

/// Flags of `fcntl(F_SETFL)` and `F_GETFL`: those of `open` that can change.
enum StatusFlags: FlagTable {
    static let zeroName: String? = "O_RDONLY"
    static let rows =
        OpenFlags.rows.filter { $0.guest & 0x10000cf != 0 || $0.mask == OpenFlags.accessMask }
        + [FlagRow(0x10000, 0x4000, "O_DIRECT")]
}

/// Flags of `pipe2`: of those of `open`, whose host values they have.
enum PipeFlags: FlagTable {
    static let rows = OpenFlags.rows.filter { $0.guest == OpenFlags.nonblock || $0.guest == OpenFlags.closeOnExec }
}

/// Flags of the calls that take a directory and a path (`AT_*`).
enum AtFlags: FlagTable {
    static let effectiveAccess: UInt64 = 0x100
    static let symlinkNoFollow: UInt64 = 0x200
    static let symlinkFollow: UInt64 = 0x400
    static let removeDirectory: UInt64 = 0x800
    static let resolveBeneath: UInt64 = 0x2000
    static let emptyPath: UInt64 = 0x4000
    static let rows: [FlagRow] = [
        // The host's AT_EACCESS and AT_REMOVEDIR share a bit; each belongs to calls of its own.
        FlagRow(effectiveAccess, nil, "AT_EACCESS"),
        FlagRow(symlinkNoFollow, AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"),
        FlagRow(symlinkFollow, AT_SYMLINK_FOLLOW, "AT_SYMLINK_FOLLOW"),
        FlagRow(removeDirectory, AT_REMOVEDIR, "AT_REMOVEDIR"),
        FlagRow(resolveBeneath, nil, "AT_RESOLVE_BENEATH"),
        FlagRow(emptyPath, 0x1000, "AT_EMPTY_PATH"),
    ]
}

/// Modes of `access`.
enum AccessMode: FlagTable {
    static let zeroName: String? = "F_OK"
    static let execute: UInt64 = 1
    static let rows: [FlagRow] = [
        FlagRow(4, R_OK, "R_OK"), FlagRow(2, W_OK, "W_OK"), FlagRow(execute, X_OK, "X_OK"),
    ]
}

/// Operations of `flock`.
enum LockOperation: FlagTable {
    static let shared: UInt64 = 1
    static let exclusive: UInt64 = 2
    static let withoutWaiting: UInt64 = 4
    static let unlock: UInt64 = 8
    static let rows: [FlagRow] = [
        FlagRow(shared, LOCK_SH, "LOCK_SH"), FlagRow(exclusive, LOCK_EX, "LOCK_EX"),
        FlagRow(withoutWaiting, LOCK_NB, "LOCK_NB"), FlagRow(unlock, LOCK_UN, "LOCK_UN"),
    ]
}

/// Origins of `lseek`; SEEK_DATA and SEEK_HOLE are the same numbers, too.
enum Whence: EnumerationTable {
    static let current: Int32 = 1
    static let end: Int32 = 2
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, SEEK_SET, "SEEK_SET"), EnumerationRow(current, SEEK_CUR, "SEEK_CUR"),
        EnumerationRow(end, SEEK_END, "SEEK_END"), EnumerationRow(3, 3, "SEEK_DATA"), EnumerationRow(4, 4, "SEEK_HOLE"),
    ]
}

/// Commands of `fcntl`.
enum DescriptorCommand: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, F_DUPFD, "F_DUPFD"), EnumerationRow(1, F_GETFD, "F_GETFD"),
        EnumerationRow(2, F_SETFD, "F_SETFD"), EnumerationRow(3, F_GETFL, "F_GETFL"),
        EnumerationRow(4, F_SETFL, "F_SETFL"), EnumerationRow(5, nil, "F_GETOWN"),
        EnumerationRow(6, nil, "F_SETOWN"), EnumerationRow(7, nil, "F_OGETLK"),
        EnumerationRow(8, nil, "F_OSETLK"), EnumerationRow(9, nil, "F_OSETLKW"), EnumerationRow(10, nil, "F_DUP2FD"),
        EnumerationRow(11, F_GETLK, "F_GETLK"), EnumerationRow(12, F_SETLK, "F_SETLK"),
        EnumerationRow(13, F_SETLKW, "F_SETLKW"), EnumerationRow(14, nil, "F_SETLK_REMOTE"),
        EnumerationRow(15, nil, "F_READAHEAD"), EnumerationRow(16, nil, "F_RDAHEAD"),
        EnumerationRow(17, F_DUPFD_CLOEXEC, "F_DUPFD_CLOEXEC"), EnumerationRow(18, nil, "F_DUP2FD_CLOEXEC"),
        EnumerationRow(19, 1033, "F_ADD_SEALS"), EnumerationRow(20, 1034, "F_GET_SEALS"),
        EnumerationRow(21, nil, "F_ISUNIONSTACK"), EnumerationRow(22, nil, "F_KINFO"),
    ]
}

/// Kinds of record locks.
enum LockKind: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(1, Int32(F_RDLCK), "F_RDLCK"), EnumerationRow(2, Int32(F_UNLCK), "F_UNLCK"),
        EnumerationRow(3, Int32(F_WRLCK), "F_WRLCK"), EnumerationRow(4, nil, "F_UNLCKSYS"),
        EnumerationRow(5, nil, "F_CANCEL"),
    ]
}

/// Types of files in `st_mode`, in octal on both systems.
enum FileMode {
    static let typeMask: UInt32 = 0o170000
    static let fifo: UInt32 = 0o010000
    static let characterDevice: UInt32 = 0o020000
    static let directory: UInt32 = 0o040000
    static let blockDevice: UInt32 = 0o060000
    static let regular: UInt32 = 0o100000
    static let symbolicLink: UInt32 = 0o120000
    static let socket: UInt32 = 0o140000
    /// Everything that `chmod` can set.
    static let permissionMask: UInt32 = 0o7777

    /// Whether a file of that type is a vnode to `fcntl` and its relatives: pipes, sockets and what has no type are not.
    static func isOfFileSystem(_ type: UInt32) -> Bool { type != 0 && type != fifo && type != socket }
}

/// Flags of files (`sys/stat.h`); the host keeps none of them.
enum FileFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(0x1, nil, "UF_NODUMP"), FlagRow(0x2, nil, "UF_IMMUTABLE"), FlagRow(0x4, nil, "UF_APPEND"),
        FlagRow(0x8, nil, "UF_OPAQUE"), FlagRow(0x10, nil, "UF_NOUNLINK"), FlagRow(0x80, nil, "UF_SYSTEM"),
        FlagRow(0x100, nil, "UF_SPARSE"), FlagRow(0x200, nil, "UF_OFFLINE"), FlagRow(0x400, nil, "UF_REPARSE"),
        FlagRow(0x800, nil, "UF_ARCHIVE"), FlagRow(0x1000, nil, "UF_READONLY"), FlagRow(0x8000, nil, "UF_HIDDEN"),
        FlagRow(0x10000, nil, "SF_ARCHIVED"), FlagRow(0x20000, nil, "SF_IMMUTABLE"),
        FlagRow(0x40000, nil, "SF_APPEND"), FlagRow(0x100000, nil, "SF_NOUNLINK"),
        FlagRow(0x200000, nil, "SF_SNAPSHOT"),
    ]
    /// Flags that only the superuser may set.
    static let superuserMask: UInt64 = 0x3f0000
}

/// Advice of `posix_fadvise`.
enum FileAdvice: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, 0, "POSIX_FADV_NORMAL"), EnumerationRow(1, 1, "POSIX_FADV_RANDOM"),
        EnumerationRow(2, 2, "POSIX_FADV_SEQUENTIAL"), EnumerationRow(3, 3, "POSIX_FADV_WILLNEED"),
        EnumerationRow(4, 4, "POSIX_FADV_DONTNEED"), EnumerationRow(5, 5, "POSIX_FADV_NOREUSE"),
    ]
}

/// Names of `pathconf` and `fpathconf` (`sys/unistd.h`).
enum PathVariable: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(1, Int32(_PC_LINK_MAX), "_PC_LINK_MAX"),
        EnumerationRow(2, Int32(_PC_MAX_CANON), "_PC_MAX_CANON"),
        EnumerationRow(3, Int32(_PC_MAX_INPUT), "_PC_MAX_INPUT"),
        EnumerationRow(4, Int32(_PC_NAME_MAX), "_PC_NAME_MAX"),
        EnumerationRow(5, Int32(_PC_PATH_MAX), "_PC_PATH_MAX"), EnumerationRow(6, Int32(_PC_PIPE_BUF), "_PC_PIPE_BUF"),
        EnumerationRow(7, Int32(_PC_CHOWN_RESTRICTED), "_PC_CHOWN_RESTRICTED"),
        EnumerationRow(8, Int32(_PC_NO_TRUNC), "_PC_NO_TRUNC"), EnumerationRow(9, Int32(_PC_VDISABLE), "_PC_VDISABLE"),
        EnumerationRow(10, nil, "_PC_ALLOC_SIZE_MIN"), EnumerationRow(12, nil, "_PC_FILESIZEBITS"),
        EnumerationRow(14, nil, "_PC_REC_INCR_XFER_SIZE"), EnumerationRow(15, nil, "_PC_REC_MAX_XFER_SIZE"),
        EnumerationRow(16, nil, "_PC_REC_MIN_XFER_SIZE"), EnumerationRow(17, nil, "_PC_REC_XFER_ALIGN"),
        EnumerationRow(18, nil, "_PC_SYMLINK_MAX"), EnumerationRow(53, nil, "_PC_ASYNC_IO"),
        EnumerationRow(54, nil, "_PC_PRIO_IO"), EnumerationRow(55, nil, "_PC_SYNC_IO"),
        EnumerationRow(59, nil, "_PC_ACL_EXTENDED"), EnumerationRow(60, nil, "_PC_ACL_PATH_MAX"),
        EnumerationRow(61, nil, "_PC_CAP_PRESENT"), EnumerationRow(62, nil, "_PC_INF_PRESENT"),
        EnumerationRow(63, nil, "_PC_MAC_PRESENT"), EnumerationRow(64, nil, "_PC_ACL_NFS4"),
        EnumerationRow(65, nil, "_PC_MIN_HOLE_SIZE"),
    ]
}

/// Flags of `close_range`.
enum CloseRangeFlags: FlagTable {
    static let rows: [FlagRow] = [FlagRow(4, nil, "CLOSE_RANGE_CLOEXEC")]
}
