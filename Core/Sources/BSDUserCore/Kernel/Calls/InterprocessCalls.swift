/// Shared segments, semaphores and message queues of System V (`sys/kern/sysv_{shm,sem,msg}.c`): the host's, whose keys
/// and numbers are the guest's as well.
enum InterprocessCalls {
    private static let noTables = "the tables that ipcs reads are not there"

    static let rows: [SystemCallRow] = segments + semaphores + queues

    private static let segments: [SystemCallRow] = [
        systemCall(231, "shmget", Long("key"), Size(), Flags<InterprocessFlags>("shmflg"), returns: .identifier) {
            thread, key, byteCount, flags throws(Errno) in
            let byteCount = Int(clamping: byteCount)
            return try thread.checked(HostSystemCall.segmentGet(thread.hostKey(key), byteCount, Int(flags.guest)))
        },
        systemCall(
            228, "shmat", Signed("shmid"), Pointer("shmaddr"), Flags<AttachFlags>("shmflg"), returns: .address
        ) { thread, identifier, address, flags throws(Errno) in
            try thread.attachSegment(identifier, address, flags)
        },
        systemCall(230, "shmdt", Pointer("shmaddr")) { thread, address throws(Errno) in
            try thread.detachSegment(address)
        },
        systemCall(
            512, "shmctl", Signed("shmid"), Enumeration<SegmentCommand>("cmd"), Pointer("buf"), support: .partial,
            note: noTables
        ) { thread, identifier, command, buffer throws(Errno) in
            switch command.guest {
            case 1:
                let wanted = try thread.memory.load(SegmentStatus.self, at: buffer)
                try HostInterprocess.setSegment(identifier, wanted.permission)
            case 2: try thread.memory.store(HostInterprocess.segment(identifier), at: buffer)
            default:
                guard let host = command.host else { throw .EINVAL }
                _ = try HostInterprocess.asOwner { () throws(Errno) in
                    try HostSystemCall.segmentControl.checked(Int(identifier), Int(host), 0)
                }
            }
        },
    ]

    private static let semaphores: [SystemCallRow] = [
        systemCall(
            221, "semget", Long("key"), Signed("nsems"), Flags<InterprocessFlags>("semflg"), returns: .identifier
        ) { thread, key, count, flags throws(Errno) in
            try thread.checked(HostSystemCall.semaphoreGet(thread.hostKey(key), Int(count), Int(flags.guest)))
        },
        systemCall(
            222, "semop", Signed("semid"), InList<SemaphoreOperation>("sops", count: "nsops"), restart: .interrupts
        ) { thread, identifier, operations throws(Errno) in
            // SEMOPM.
            guard (0...100).contains(operations.count) else { throw .E2BIG }
            guard operations.count > 0 else { return }
            var bytes: [UInt8] = []
            for operation in try operations.load() { bytes += operation.encoded(.host) }
            _ = try HostWords.with(bytes: &bytes) { address throws(Errno) in
                try thread.wait(.semaphoreOperate, Int(identifier), address, operations.count)
            }
        },
        systemCall(
            510, "__semctl", Signed("semid"), Signed("semnum"), Enumeration<SemaphoreCommand>("cmd"), Pointer("arg"),
            returns: .identifier, support: .partial, note: noTables
        ) { thread, identifier, number, command, argument throws(Errno) in
            try thread.controlSemaphores(identifier, number, command, argument)
        },
    ]

    private static let queues: [SystemCallRow] = [
        systemCall(225, "msgget", Long("key"), Flags<InterprocessFlags>("msgflg"), returns: .identifier) {
            thread, key, flags throws(Errno) in
            try thread.checked(HostSystemCall.queueGet(thread.hostKey(key), Int(flags.guest)))
        },
        systemCall(
            226, "msgsnd", Signed("msqid"), Pointer("msgp"), Size("msgsz"), Flags<InterprocessFlags>("msgflg"),
            restart: .interrupts
        ) { thread, identifier, message, byteCount, flags throws(Errno) in
            try thread.sendMessage(identifier, message, byteCount, Int(flags.guest))
        },
        systemCall(
            227, "msgrcv", Signed("msqid"), Pointer("msgp"), Size("msgsz"), Long("msgtyp"),
            Flags<InterprocessFlags>("msgflg"), returns: .count, restart: .interrupts
        ) { thread, identifier, message, byteCount, type, flags throws(Errno) in
            try thread.receiveMessage(identifier, message, byteCount, type, Int(flags.guest))
        },
        systemCall(511, "msgctl", Signed("msqid"), Enumeration<MessageQueueCommand>("cmd"), Pointer("buf")) {
            thread, identifier, command, buffer throws(Errno) in
            switch command.guest {
            case 0:
                _ = try HostInterprocess.asOwner { () throws(Errno) in
                    try HostSystemCall.queueControl.checked(Int(identifier), 0, 0)
                }
            case 1:
                try HostInterprocess.setQueue(
                    identifier, try thread.memory.load(MessageQueueStatus.self, at: buffer))
            case 2: try thread.memory.store(HostInterprocess.queue(identifier), at: buffer)
            default: throw .EINVAL
            }
        },
    ]
}

extension GuestThread {
    /// The host's keys have 32 bits; `ftok` makes no longer ones.
    fileprivate func hostKey(_ key: Int64) -> Int { Int(Int32(truncatingIfNeeded: key)) }

    // MARK: Segments

    /// `shmat`: maps pages of the guest, then puts the segment in their place.
    fileprivate func attachSegment(
        _ identifier: Int32, _ wanted: GuestAddress, _ flags: FlagSet<AttachFlags>
    ) throws(Errno) -> GuestAddress {
        let segment = try HostInterprocess.segment(identifier)
        let pageBytes = UInt64(memory.abi.pageBytes)
        var address = wanted
        if flags.contains(AttachFlags.roundsDown) { address -= address % pageBytes }
        guard address % pageBytes == 0 else { throw .EINVAL }
        var request = AddressSpace.MapRequest(
            address: address, byteCount: segment.byteCount,
            protection: flags.contains(AttachFlags.readOnly) ? 1 : 3, flags: [.shared, .anonymous])
        if address != 0 {
            request.flags.insert(.fixed)
            if flags.guest & AttachFlags.replaces == 0 { request.flags.insert(.exclusive) }
        }
        let space = memory.addressSpace
        do throws(Errno) {
            address = try space.map(request)
        } catch {
            throw wanted == 0 ? error : .ENOMEM
        }
        do throws(Errno) {
            try HostInterprocess.attach(identifier, at: address, isReadOnly: flags.contains(AttachFlags.readOnly))
        } catch {
            try? space.unmap(address, segment.byteCount)
            throw error
        }
        process.lock.hold { process.segments[address] = segment.byteCount }
        return address
    }

    fileprivate func detachSegment(_ address: GuestAddress) throws(Errno) {
        guard let byteCount = process.lock.hold({ process.segments.removeValue(forKey: address) }) else {
            throw .EINVAL
        }
        try memory.addressSpace.unmap(address, byteCount)
    }

    // MARK: Semaphores

    /// `semctl`; the argument is the address of the `union semun`.
    fileprivate func controlSemaphores(
        _ identifier: Int32, _ number: Int32, _ command: EnumeratedValue<SemaphoreCommand>, _ argument: GuestAddress
    ) throws(Errno) -> Int32 {
        guard let host = command.host else { throw .EINVAL }
        switch command.guest {
        case 1:
            let buffer = try memory.loadWord(at: argument)
            let wanted = try memory.load(SemaphoreSetStatus.self, at: buffer)
            try HostInterprocess.setSemaphores(identifier, wanted.permission)
            return 0
        case 2:
            let buffer = try memory.loadWord(at: argument)
            try memory.store(HostInterprocess.semaphores(identifier), at: buffer)
            return 0
        case 6, 9: return try allSemaphores(identifier, host, isSetting: command.guest == 9, argument)
        case 8:
            let value: Int32 = try memory.load(at: argument)
            return try checked(HostSystemCall.semaphoreControl(Int(identifier), Int(number), Int(host), Int(value)))
        default:
            return try HostInterprocess.asOwner { () throws(Errno) in
                try checked(HostSystemCall.semaphoreControl(Int(identifier), Int(number), Int(host), 0))
            }
        }
    }

    private func allSemaphores(_ identifier: Int32, _ command: Int32, isSetting: Bool, _ argument: GuestAddress)
        throws(Errno) -> Int32
    {
        let array = try memory.loadWord(at: argument)
        var values = [UInt16](repeating: 0, count: Int(try HostInterprocess.semaphores(identifier).count))
        if isSetting {
            for index in values.indices { values[index] = try memory.load(at: array &+ UInt64(2 * index)) }
        }
        try HostInterprocess.values(identifier, command, &values)
        if !isSetting {
            for index in values.indices { try memory.store(values[index], at: array &+ UInt64(2 * index)) }
        }
        return 0
    }

    // MARK: Messages: a type of one word, then the text

    private static let longestMessage: UInt64 = 1 << 20

    fileprivate func sendMessage(_ identifier: Int32, _ message: GuestAddress, _ byteCount: UInt64, _ flags: Int)
        throws(Errno)
    {
        guard byteCount <= Self.longestMessage else { throw .EINVAL }
        let type = try memory.loadSignedWord(at: message)
        let text = try memory.read(at: message &+ UInt64(memory.abi.wordBytes), count: Int(byteCount))
        var bytes = (0..<8).map { UInt8(truncatingIfNeeded: type >> Int64(8 * $0)) } + text
        _ = try HostWords.with(bytes: &bytes) { address throws(Errno) in
            try wait(.queueSend, Int(identifier), address, text.count, flags)
        }
    }

    fileprivate func receiveMessage(
        _ identifier: Int32, _ message: GuestAddress, _ byteCount: UInt64, _ type: Int64, _ flags: Int
    ) throws(Errno) -> Int {
        guard byteCount <= UInt64(Int64.max) else { throw .EINVAL }
        let room = Int(min(byteCount, Self.longestMessage))
        var bytes = [UInt8](repeating: 0, count: room + 8)
        let count = try HostWords.with(bytes: &bytes) { address throws(Errno) in
            try wait(.queueReceive, Int(identifier), address, room, Int(type), flags)
        }
        let found = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
        try memory.storeWord(found, at: message)
        try memory.write(Array(bytes[8..<(8 + count)]), at: message &+ UInt64(memory.abi.wordBytes))
        return count
    }
}

extension GuestABI {
    /// The host's own.
    fileprivate static let host = GuestABI(wordBytes: 8, byteOrder: .little)
}
