/// `struct ipc_perm` (`sys/ipc.h`).
struct InterprocessPermission: GuestStruct, Equatable, Sendable {
    var creator: UInt32 = 0
    var creatorGroup: UInt32 = 0
    var user: UInt32 = 0
    var group: UInt32 = 0
    var mode: UInt16 = 0
    var sequence: UInt16 = 0
    var key: Int64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("cuid", &creator)
        visitor.int("cgid", &creatorGroup)
        visitor.int("uid", &user)
        visitor.int("gid", &group)
        visitor.int("mode", &mode, .octal)
        visitor.int("seq", &sequence)
        visitor.word("key", &key)
    }
}

/// `struct shmid_ds` (`sys/shm.h`).
struct SegmentStatus: GuestStruct, Equatable, Sendable {
    var permission = InterprocessPermission()
    var byteCount: UInt64 = 0
    var lastProcess: Int32 = 0
    var creatorProcess: Int32 = 0
    var attachments: UInt32 = 0
    var attached: Int64 = 0
    var detached: Int64 = 0
    var changed: Int64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.nested("shm_perm", &permission)
        visitor.word("shm_segsz", &byteCount)
        visitor.int("shm_lpid", &lastProcess)
        visitor.int("shm_cpid", &creatorProcess)
        visitor.int("shm_nattch", &attachments)
        visitor.time("shm_atime", &attached)
        visitor.time("shm_dtime", &detached)
        visitor.time("shm_ctime", &changed)
    }
}

/// `struct semid_ds` (`sys/sem.h`).
struct SemaphoreSetStatus: GuestStruct, Equatable, Sendable {
    var permission = InterprocessPermission()
    var count: UInt16 = 0
    var operated: Int64 = 0
    var changed: Int64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.nested("sem_perm", &permission)
        // The kernel's own pointer.
        visitor.padWords(1)
        visitor.int("sem_nsems", &count)
        visitor.time("sem_otime", &operated)
        visitor.time("sem_ctime", &changed)
    }
}

/// `struct sembuf` (`sys/sem.h`).
struct SemaphoreOperation: GuestStruct, Equatable, Sendable {
    var number: UInt16 = 0
    var change: Int16 = 0
    var flags: Int16 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("sem_num", &number)
        visitor.int("sem_op", &change)
        visitor.int(
            "sem_flg", &flags, .named { TraceValue.flagText(FlagSet<InterprocessFlags>(guest: $0 & ~0o777)) })
    }
}

/// `struct msqid_ds` (`sys/msg.h`).
struct MessageQueueStatus: GuestStruct, Equatable, Sendable {
    var permission = InterprocessPermission()
    var byteCount: UInt64 = 0
    var messageCount: UInt64 = 0
    var byteLimit: UInt64 = 0
    var lastSender: Int32 = 0
    var lastReceiver: Int32 = 0
    var sent: Int64 = 0
    var received: Int64 = 0
    var changed: Int64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.nested("msg_perm", &permission)
        // The kernel's own pointers to the first message and the last.
        visitor.padWords(2)
        visitor.word("msg_cbytes", &byteCount)
        visitor.word("msg_qnum", &messageCount)
        visitor.word("msg_qbytes", &byteLimit)
        visitor.int("msg_lspid", &lastSender)
        visitor.int("msg_lrpid", &lastReceiver)
        visitor.time("msg_stime", &sent)
        visitor.time("msg_rtime", &received)
        visitor.time("msg_ctime", &changed)
    }
}
