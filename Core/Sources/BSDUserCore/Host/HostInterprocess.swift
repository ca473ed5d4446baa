/// System V's segments, semaphores and message queues of the host. Its structures are read and written as 64-bit words
/// (asm-generic/{ipcbuf,shmbuf,sembuf,msgbuf}.h).
enum HostInterprocess {
    private static let segmentWords = 14
    private static let semaphoreWords = 13
    private static let queueWords = 15
    private static let status = 2
    private static let set = 1

    private static func words(_ count: Int, _ body: (Int) throws(Errno) -> Int) throws(Errno) -> [Int] {
        var words = [Int](repeating: 0, count: count)
        _ = try HostWords.with(&words, body)
        return words
    }

    private static func low(_ word: Int) -> UInt32 { UInt32(truncatingIfNeeded: word) }
    private static func high(_ word: Int) -> UInt32 { UInt32(truncatingIfNeeded: word >> 32) }

    // key, uid, gid, cuid, cgid, mode, seq: 32 bits each, the last 16.
    private static func permission(_ words: [Int]) -> InterprocessPermission {
        var permission = InterprocessPermission()
        permission.key = Int64(Int32(bitPattern: low(words[0])))
        (permission.user, permission.group) = (high(words[0]), low(words[1]))
        (permission.creator, permission.creatorGroup) = (high(words[1]), low(words[2]))
        permission.mode = UInt16(truncatingIfNeeded: high(words[2]))
        permission.sequence = UInt16(truncatingIfNeeded: words[3])
        return permission
    }

    // What IPC_SET changes.
    private static func put(_ permission: InterprocessPermission, into words: inout [Int]) {
        words[0] = Int(low(words[0])) | Int(permission.user) << 32
        words[1] = Int(high(words[1])) << 32 | Int(permission.group)
        words[2] = Int(low(words[2])) | Int(permission.mode & 0o777) << 32
    }

    /// FreeBSD refuses whoever may not change an object with `EACCES`, as who may not read it (`ipcperm`).
    static func asOwner<Result>(_ body: () throws(Errno) -> Result) throws(Errno) -> Result {
        do throws(Errno) { return try body() } catch .EPERM { throw .EACCES }
    }

    // MARK: Segments

    static func segment(_ identifier: Int32) throws(Errno) -> SegmentStatus {
        let words = try words(segmentWords) { address throws(Errno) in
            try HostSystemCall.segmentControl.checked(Int(identifier), status, address)
        }
        var result = SegmentStatus()
        result.permission = permission(words)
        result.byteCount = UInt64(words[6])
        (result.attached, result.detached, result.changed) = (Int64(words[7]), Int64(words[8]), Int64(words[9]))
        result.creatorProcess = Int32(bitPattern: low(words[10]))
        result.lastProcess = Int32(bitPattern: high(words[10]))
        result.attachments = low(words[11])
        return result
    }

    static func setSegment(_ identifier: Int32, _ permission: InterprocessPermission) throws(Errno) {
        try asOwner { () throws(Errno) in
            try change(.segmentControl, segmentWords, identifier) { put(permission, into: &$0) }
        }
    }

    private static func change(
        _ call: HostSystemCall, _ count: Int, _ identifier: Int32, _ edit: (inout [Int]) -> Void
    ) throws(Errno) {
        // semctl has the number of a semaphore between.
        let isSemaphore = call == .semaphoreControl
        let control = { (command: Int, address: Int) throws(Errno) -> Int in
            isSemaphore
                ? try call.checked(Int(identifier), 0, command, address)
                : try call.checked(Int(identifier), command, address)
        }
        var words = try words(count) { address throws(Errno) in try control(status, address) }
        edit(&words)
        _ = try HostWords.with(&words) { address throws(Errno) in try control(set, address) }
    }

    // MARK: Semaphores

    static func semaphores(_ identifier: Int32) throws(Errno) -> SemaphoreSetStatus {
        let words = try words(semaphoreWords) { address throws(Errno) in
            try HostSystemCall.semaphoreControl.checked(Int(identifier), 0, status, address)
        }
        var result = SemaphoreSetStatus()
        result.permission = permission(words)
        (result.operated, result.changed) = (Int64(words[6]), Int64(words[8]))
        result.count = UInt16(truncatingIfNeeded: words[10])
        return result
    }

    static func setSemaphores(_ identifier: Int32, _ permission: InterprocessPermission) throws(Errno) {
        try asOwner { () throws(Errno) in
            try change(.semaphoreControl, semaphoreWords, identifier) { put(permission, into: &$0) }
        }
    }

    /// The values of all semaphores of a set, as they are or as they shall be.
    static func values(_ identifier: Int32, _ command: Int32, _ values: inout [UInt16]) throws(Errno) {
        var bytes = values.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        _ = try HostWords.with(bytes: &bytes) { address throws(Errno) in
            try HostSystemCall.semaphoreControl.checked(Int(identifier), 0, Int(command), address)
        }
        for index in values.indices { values[index] = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8 }
    }

    // MARK: Message queues

    static func queue(_ identifier: Int32) throws(Errno) -> MessageQueueStatus {
        let words = try words(queueWords) { address throws(Errno) in
            try HostSystemCall.queueControl.checked(Int(identifier), status, address)
        }
        var result = MessageQueueStatus()
        result.permission = permission(words)
        (result.sent, result.received, result.changed) = (Int64(words[6]), Int64(words[7]), Int64(words[8]))
        result.byteCount = UInt64(words[9])
        result.messageCount = UInt64(words[10])
        result.byteLimit = UInt64(words[11])
        result.lastSender = Int32(bitPattern: low(words[12]))
        result.lastReceiver = Int32(bitPattern: high(words[12]))
        return result
    }

    static func setQueue(_ identifier: Int32, _ wanted: MessageQueueStatus) throws(Errno) {
        try change(.queueControl, queueWords, identifier) {
            put(wanted.permission, into: &$0)
            $0[11] = Int(truncatingIfNeeded: wanted.byteLimit)
        }
    }

    // MARK: Memory

    /// Puts a segment in the place of pages that are mapped already.
    static func attach(_ identifier: Int32, at address: UInt64, isReadOnly: Bool) throws(Errno) {
        // SHM_REMAP and SHM_RDONLY.
        let flags = 0x4000 | (isReadOnly ? 0x1000 : 0)
        _ = try HostSystemCall.segmentAttach.checked(Int(identifier), Int(address), flags)
    }
}
