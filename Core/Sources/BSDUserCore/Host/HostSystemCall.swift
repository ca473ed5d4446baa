import CHost

/// The host's system calls that guest calls are carried out with, by their numbers on x86-64.
enum HostSystemCall: Int, Sendable {
    case read = 0
    case write = 1
    case pread = 17
    case pwrite = 18
    case readv = 19
    case writev = 20
    case preadv = 295
    case pwritev = 296
    case preadvWithFlags = 327
    case pwritevWithFlags = 328
    case lseek = 8
    case close = 3
    case dup = 32
    case dup3 = 292
    case fcntl = 72
    case flock = 73
    case fsync = 74
    case fdatasync = 75
    case ftruncate = 77
    case truncate = 76
    case fallocate = 285
    case fileAdvice = 221
    case copyFileRange = 326
    case closeRange = 436
    case sync = 162
    case pipe2 = 293
    case ioctl = 16
    case openat = 257
    case openat2 = 437
    case statx = 332
    case readlinkat = 267
    case linkat = 265
    case symlinkat = 266
    case unlinkat = 263
    case renameat = 264
    case renameat2 = 316
    case mkdirat = 258
    case mknodat = 259
    case fchmodat = 268
    case fchmod = 91
    case fchownat = 260
    case utimensat = 280
    case faccessat = 439
    case fchdir = 81
    case chdir = 80
    case getcwd = 79
    case umask = 95
    case fstatfs = 138
    case statfs = 137
    case getdents = 217
    case poll = 7
    case ppoll = 271
    case pselect = 270
    case epollCreate = 291
    case epollControl = 233
    case epollWait = 232
    case eventfd = 290
    case timerCreate = 283
    case timerSetTime = 286
    case timerGetTime = 287
    case inotifyCreate = 294
    case inotifyAdd = 254
    case inotifyRemove = 255
    case processOpen = 434
    case compareProcesses = 312
    case memoryBarrier = 324
    case waitid = 247
    case segmentGet = 29
    case segmentAttach = 30
    case segmentControl = 31
    case semaphoreGet = 64
    case semaphoreOperate = 65
    case semaphoreControl = 66
    case queueGet = 68
    case queueSend = 69
    case queueReceive = 70
    case queueControl = 71
    case clockGetTime = 228
    case clockSetTime = 227
    case clockAdjust = 159
    case clockGetResolution = 229
    case clockNanosleep = 230
    case setTimeOfDay = 164
    case getrandom = 318
    case processLimit = 302
    case getrusage = 98
    case uname = 63
    case sysinfo = 99
    case getuid = 102
    case geteuid = 107
    case getgid = 104
    case getegid = 108
    case getppid = 110
    case getresuid = 118
    case getresgid = 120
    case getgroups = 115
    case socket = 41
    case socketpair = 53
    case bind = 49
    case connect = 42
    case listen = 50
    case accept4 = 288
    case sendFile = 40
    case setAttribute = 188
    case setLinkAttribute = 189
    case getAttribute = 191
    case getLinkAttribute = 192
    case listAttributes = 194
    case listLinkAttributes = 195
    case removeAttribute = 197
    case removeLinkAttribute = 198
    case getsockname = 51
    case getpeername = 52
    case sendto = 44
    case recvfrom = 45
    case sendmsg = 46
    case recvmsg = 47
    case shutdown = 48
    case getsockopt = 55
    case setsockopt = 54
    case yield = 24
    case getAffinity = 204
    case setAffinity = 203
    case memoryFile = 319
    case futex = 202
    case getProcessor = 309

    /// Makes the call; the kernel's result, negative for an errno. No call that may wait for ever goes this way:
    /// `GuestThread.wait` does.
    @inline(__always)
    func callAsFunction(
        _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
    ) -> Int {
        chost_system_call(rawValue, a, b, c, d, e, f)
    }

    /// Makes the call; an error is thrown as the guest's errno.
    @inline(__always)
    func checked(
        _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
    ) throws(Errno) -> Int {
        let result = chost_system_call(rawValue, a, b, c, d, e, f)
        if result < 0 { throw Errno(host: Int32(truncatingIfNeeded: -result)) }
        return result
    }
}

extension GuestThread {
    /// Makes a call of the host that may wait; a signal for the guest ends it (`Errno.restart` or `EINTR`).
    @inline(__always)
    func wait(
        _ call: HostSystemCall, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
    ) throws(Errno) -> Int {
        let result = try blockingCall(call.rawValue, a, b, c, d, e, f)
        if result < 0 { throw Errno(host: Int32(truncatingIfNeeded: -result)) }
        return result
    }
}
