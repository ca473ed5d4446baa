/// Kinds of kernel events (`sys/event.h`).
enum EventFilter: EnumerationTable {
    static let read: Int32 = -1
    static let write: Int32 = -2
    static let asynchronousIO: Int32 = -3
    static let vnode: Int32 = -4
    static let process: Int32 = -5
    static let signal: Int32 = -6
    static let timer: Int32 = -7
    static let processDescriptor: Int32 = -8
    static let fileSystem: Int32 = -9
    static let listIO: Int32 = -10
    static let user: Int32 = -11
    static let sendFile: Int32 = -12
    static let empty: Int32 = -13

    static let rows: [EnumerationRow] = [
        EnumerationRow(read, nil, "EVFILT_READ"), EnumerationRow(write, nil, "EVFILT_WRITE"),
        EnumerationRow(asynchronousIO, nil, "EVFILT_AIO"), EnumerationRow(vnode, nil, "EVFILT_VNODE"),
        EnumerationRow(process, nil, "EVFILT_PROC"), EnumerationRow(signal, nil, "EVFILT_SIGNAL"),
        EnumerationRow(timer, nil, "EVFILT_TIMER"), EnumerationRow(processDescriptor, nil, "EVFILT_PROCDESC"),
        EnumerationRow(fileSystem, nil, "EVFILT_FS"), EnumerationRow(listIO, nil, "EVFILT_LIO"),
        EnumerationRow(user, nil, "EVFILT_USER"), EnumerationRow(sendFile, nil, "EVFILT_SENDFILE"),
        EnumerationRow(empty, nil, "EVFILT_EMPTY"),
    ]
}

/// What a change asks for, and what an event tells besides (`sys/event.h`).
enum EventFlags: FlagTable {
    static let add: UInt16 = 0x1
    static let delete: UInt16 = 0x2
    static let enable: UInt16 = 0x4
    static let disable: UInt16 = 0x8
    static let oneShot: UInt16 = 0x10
    static let clear: UInt16 = 0x20
    static let receipt: UInt16 = 0x40
    static let dispatch: UInt16 = 0x80
    static let forceOneShot: UInt16 = 0x100
    static let keepUserData: UInt16 = 0x200
    static let error: UInt16 = 0x4000
    static let endOfFile: UInt16 = 0x8000
    /// Flags that only the kernel sets.
    static let system: UInt16 = 0xF000

    static let rows: [FlagRow] = [
        FlagRow(0x1, nil, "EV_ADD"), FlagRow(0x2, nil, "EV_DELETE"), FlagRow(0x4, nil, "EV_ENABLE"),
        FlagRow(0x8, nil, "EV_DISABLE"), FlagRow(0x10, nil, "EV_ONESHOT"), FlagRow(0x20, nil, "EV_CLEAR"),
        FlagRow(0x40, nil, "EV_RECEIPT"), FlagRow(0x80, nil, "EV_DISPATCH"), FlagRow(0x100, nil, "EV_FORCEONESHOT"),
        FlagRow(0x200, nil, "EV_KEEPUDATA"), FlagRow(0x4000, nil, "EV_ERROR"), FlagRow(0x8000, nil, "EV_EOF"),
    ]
}

/// `fflags` of `EVFILT_READ` and `EVFILT_WRITE`.
enum TransferNotes: FlagTable {
    static let lowWater: UInt32 = 1
    static let filePoll: UInt32 = 2
    static let rows: [FlagRow] = [FlagRow(1, nil, "NOTE_LOWAT"), FlagRow(2, nil, "NOTE_FILE_POLL")]
}

/// `fflags` of `EVFILT_VNODE`.
enum VnodeNotes: FlagTable {
    static let delete: UInt32 = 0x1
    static let write: UInt32 = 0x2
    static let extend: UInt32 = 0x4
    static let attributes: UInt32 = 0x8
    static let link: UInt32 = 0x10
    static let rename: UInt32 = 0x20
    static let revoke: UInt32 = 0x40
    static let open: UInt32 = 0x80
    static let close: UInt32 = 0x100
    static let closeWrite: UInt32 = 0x200
    static let read: UInt32 = 0x400
    static let rows: [FlagRow] = [
        FlagRow(0x1, nil, "NOTE_DELETE"), FlagRow(0x2, nil, "NOTE_WRITE"), FlagRow(0x4, nil, "NOTE_EXTEND"),
        FlagRow(0x8, nil, "NOTE_ATTRIB"), FlagRow(0x10, nil, "NOTE_LINK"), FlagRow(0x20, nil, "NOTE_RENAME"),
        FlagRow(0x40, nil, "NOTE_REVOKE"), FlagRow(0x80, nil, "NOTE_OPEN"), FlagRow(0x100, nil, "NOTE_CLOSE"),
        FlagRow(0x200, nil, "NOTE_CLOSE_WRITE"), FlagRow(0x400, nil, "NOTE_READ"),
    ]
}

/// `fflags` of `EVFILT_PROC` and `EVFILT_PROCDESC`.
enum ProcessNotes: FlagTable {
    static let exit: UInt32 = 0x8000_0000
    static let fork: UInt32 = 0x4000_0000
    static let exec: UInt32 = 0x2000_0000
    static let track: UInt32 = 0x1
    static let trackError: UInt32 = 0x2
    static let child: UInt32 = 0x4
    static let rows: [FlagRow] = [
        FlagRow(0x8000_0000, nil, "NOTE_EXIT"), FlagRow(0x4000_0000, nil, "NOTE_FORK"),
        FlagRow(0x2000_0000, nil, "NOTE_EXEC"), FlagRow(0x1, nil, "NOTE_TRACK"), FlagRow(0x2, nil, "NOTE_TRACKERR"),
        FlagRow(0x4, nil, "NOTE_CHILD"),
    ]
}

/// `fflags` of `EVFILT_TIMER`.
enum TimerNotes: FlagTable {
    static let seconds: UInt32 = 0x1
    static let milliseconds: UInt32 = 0x2
    static let microseconds: UInt32 = 0x4
    static let nanoseconds: UInt32 = 0x8
    static let absolute: UInt32 = 0x10
    static let rows: [FlagRow] = [
        FlagRow(0x1, nil, "NOTE_SECONDS"), FlagRow(0x2, nil, "NOTE_MSECONDS"), FlagRow(0x4, nil, "NOTE_USECONDS"),
        FlagRow(0x8, nil, "NOTE_NSECONDS"), FlagRow(0x10, nil, "NOTE_ABSTIME"),
    ]
}

/// `fflags` of `EVFILT_USER`.
enum UserNotes: FlagTable {
    static let controlMask: UInt32 = 0xC000_0000
    static let flagsMask: UInt32 = 0x00FF_FFFF
    static let and: UInt32 = 0x4000_0000
    static let or: UInt32 = 0x8000_0000
    static let copy: UInt32 = 0xC000_0000
    static let trigger: UInt32 = 0x0100_0000
    static let rows: [FlagRow] = [
        FlagRow(0x4000_0000, nil, "NOTE_FFAND", mask: 0xC000_0000),
        FlagRow(0x8000_0000, nil, "NOTE_FFOR", mask: 0xC000_0000),
        FlagRow(0xC000_0000, nil, "NOTE_FFCOPY", mask: 0xC000_0000), FlagRow(0x0100_0000, nil, "NOTE_TRIGGER"),
    ]
}

/// Flags of `kqueuex`.
enum EventQueueFlags: FlagTable {
    static let closeOnExec: UInt64 = 1
    static let rows: [FlagRow] = [FlagRow(1, nil, "KQUEUE_CLOEXEC")]
}
