/// Flags of the calls of System V; the bits are the host's. The low nine bits are permissions.
enum InterprocessFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(0x200, 0x200, "IPC_CREAT"), FlagRow(0x400, 0x400, "IPC_EXCL"), FlagRow(0x800, 0x800, "IPC_NOWAIT"),
        // Of semop and of msgrcv.
        FlagRow(0x1000, 0x1000, "SEM_UNDO|MSG_NOERROR"),
    ]
}

/// Flags of `shmat` (`sys/shm.h`).
enum AttachFlags: FlagTable {
    static let readOnly: UInt64 = 0x1000
    static let roundsDown: UInt64 = 0x2000
    /// SHM_REMAP is both of the others: where either is given, the segment takes the place of what is mapped
    /// (sysv_shm.c `kern_shmat_locked`).
    static let replaces = readOnly | roundsDown
    static let rows: [FlagRow] = [
        FlagRow(readOnly, 0x1000, "SHM_RDONLY"), FlagRow(roundsDown, nil, "SHM_RND"),
    ]
}

/// Commands that all three kinds have (`sys/ipc.h`), and those of segments.
enum SegmentCommand: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, 0, "IPC_RMID"), EnumerationRow(1, 1, "IPC_SET"), EnumerationRow(2, 2, "IPC_STAT"),
        EnumerationRow(3, nil, "IPC_INFO"), EnumerationRow(11, 11, "SHM_LOCK"), EnumerationRow(12, 12, "SHM_UNLOCK"),
        EnumerationRow(13, nil, "SHM_STAT"), EnumerationRow(14, nil, "SHM_INFO"),
    ]
}

/// Commands of `semctl` (`sys/sem.h`); the host numbers them otherwise.
enum SemaphoreCommand: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, 0, "IPC_RMID"), EnumerationRow(1, 1, "IPC_SET"), EnumerationRow(2, 2, "IPC_STAT"),
        EnumerationRow(3, 14, "GETNCNT"), EnumerationRow(4, 11, "GETPID"), EnumerationRow(5, 12, "GETVAL"),
        EnumerationRow(6, 13, "GETALL"), EnumerationRow(7, 15, "GETZCNT"), EnumerationRow(8, 16, "SETVAL"),
        EnumerationRow(9, 17, "SETALL"), EnumerationRow(10, nil, "SEM_STAT"), EnumerationRow(11, nil, "SEM_INFO"),
    ]
}

/// Commands of `msgctl`.
enum MessageQueueCommand: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, 0, "IPC_RMID"), EnumerationRow(1, 1, "IPC_SET"), EnumerationRow(2, 2, "IPC_STAT"),
    ]
}
