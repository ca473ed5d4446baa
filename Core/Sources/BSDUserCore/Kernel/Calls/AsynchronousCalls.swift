/// Asynchronous input and output (`sys/kern/vfs_aio.c`).
enum AsynchronousCalls {
    static let rows: [SystemCallRow] = beginning + ending

    private static let beginning: [SystemCallRow] = [
        systemCall(255, "aio_read", InOut<AsynchronousControlBlock>("aiocbp")) { thread, block throws(Errno) in
            try thread.beginJob(block, ListOperation.read)
        },
        systemCall(256, "aio_write", InOut<AsynchronousControlBlock>("aiocbp")) { thread, block throws(Errno) in
            try thread.beginJob(block, ListOperation.write)
        },
        systemCall(579, "aio_readv", InOut<AsynchronousControlBlock>("aiocbp")) { thread, block throws(Errno) in
            try thread.beginJob(block, ListOperation.readVector)
        },
        systemCall(578, "aio_writev", InOut<AsynchronousControlBlock>("aiocbp")) { thread, block throws(Errno) in
            try thread.beginJob(block, ListOperation.writeVector)
        },
        systemCall(465, "aio_fsync", Signed("op"), InOut<AsynchronousControlBlock>("aiocbp")) {
            thread, operation, block throws(Errno) in
            // O_SYNC and O_DSYNC.
            guard operation == 0x80 || operation == 0x100_0000 else { throw .EINVAL }
            try thread.beginJob(block, nil)
        },
        systemCall(543, "aio_mlock", InOut<AsynchronousControlBlock>("aiocbp")) { thread, block throws(Errno) in
            try thread.beginJob(block, ListOperation.lock)
        },
        systemCall(
            257, "lio_listio", Enumeration<ListMode>("mode"), Pointer("acb_list"), Signed("nent"),
            InOptional<SignalEvent>("sig"), restart: .interrupts
        ) { thread, mode, list, count, event throws(Errno) in
            guard mode.row != nil, (0...16 * AsynchronousTable.capacity).contains(Int(count)) else { throw .EINVAL }
            try thread.beginList(waits: mode.guest == 1, list, Int(count), event)
        },
    ]

    private static let ending: [SystemCallRow] = [
        systemCall(314, "aio_return", Pointer("aiocbp"), returns: .count) { thread, block throws(Errno) in
            guard let result = thread.process.asynchronous.take(block) else { throw .EINVAL }
            return try result.get()
        },
        systemCall(317, "aio_error", InOut<AsynchronousControlBlock>("aiocbp"), returns: .count) {
            thread, block throws(Errno) in
            try thread.error(of: block)
        },
        systemCall(
            315, "aio_suspend", Pointer("aiocbp"), Signed("nent"), InOptional<TimeSpecification>("timeout"),
            restart: .interrupts
        ) { thread, list, count, timeout throws(Errno) in
            try thread.suspend(list, count, timeout)
        },
        systemCall(316, "aio_cancel", Signed("fd"), Pointer("aiocbp"), returns: .count) {
            thread, fd, block throws(Errno) in
            guard HostDescriptors.isGuests(fd), HostPath.isOpen(fd) else { throw .EBADF }
            let (cancelled, running, _) = thread.process.asynchronous.cancel(
                descriptor: fd, block == 0 ? nil : block, by: thread)
            // AIO_CANCELED 1, AIO_NOTCANCELED 2, AIO_ALLDONE 3.
            return running > 0 ? 2 : cancelled > 0 ? 1 : 3
        },
        systemCall(
            359, "aio_waitcomplete", Out<GuestWord>("aiocbp"), InOptional<TimeSpecification>("timeout"),
            returns: .count, restart: .interrupts
        ) { thread, block, timeout throws(Errno) in
            try thread.waitForCompletion(block, timeout)
        },
    ]
}

extension GuestThread {
    /// Begins a job; without an operation of a list it is `fsync`.
    fileprivate func beginJob(
        _ pointer: OutPointer<AsynchronousControlBlock>, _ operation: Int32?, _ list: AsynchronousList? = nil
    ) throws(Errno) {
        let block = try pointer.load()
        try memory.storeStatus(-1, error: Int64(Errno.EINPROGRESS.rawValue), at: pointer.address)
        do throws(Errno) {
            try begin(block, pointer.address, operation, list)
        } catch {
            try memory.storeStatus(-1, error: Int64(error.rawValue), at: pointer.address)
            throw error
        }
    }

    private func begin(
        _ block: AsynchronousControlBlock, _ address: GuestAddress, _ operation: Int32?, _ list: AsynchronousList?
    ) throws(Errno) {
        // A control block that is in use.
        if case (true, nil) = process.asynchronous.state(address) { throw .EINVAL }
        let work = try work(block, operation)
        var isFile = operation == ListOperation.lock
        if !isFile {
            guard HostDescriptors.isGuests(block.descriptor) else { throw .EBADF }
            isFile = try DescriptorKind(block.descriptor) == .file || operation == nil
            try checkAccess(block.descriptor, work)
        }
        guard !isFile || block.offset >= 0 || operation == nil || operation == ListOperation.lock else { throw .EINVAL }
        let notification = try AsynchronousNotification(
            block.event, filter: EventFilter.asynchronousIO, identifier: address, process)
        let job = AsynchronousJob(address, block.descriptor, work, offset: block.offset, notification, list)
        try process.asynchronous.begin(job, isFile: isFile, by: self)
    }

    private func work(_ block: AsynchronousControlBlock, _ operation: Int32?) throws(Errno) -> AsynchronousJob.Operation
    {
        switch operation {
        case ListOperation.read: return .read([try GuestBuffer(checked: block.buffer, block.count, memory)])
        case ListOperation.write: return .write([try GuestBuffer(checked: block.buffer, block.count, memory)])
        case ListOperation.readVector: return .read(try vector(block))
        case ListOperation.writeVector: return .write(try vector(block))
        case ListOperation.lock:
            return .lock(block.buffer, block.count, memory.addressSpace)
        case nil: return .synchronize
        default: throw .EINVAL
        }
    }

    private func vector(_ block: AsynchronousControlBlock) throws(Errno) -> [GuestBuffer] {
        var buffers: [GuestBuffer] = []
        for part in try memory.vectors(at: block.buffer, count: Int(clamping: block.count)) {
            buffers.append(try GuestBuffer(checked: part.address, part.byteCount, memory))
        }
        return buffers
    }

    // A descriptor that is not open for the operation is found at once (`aio_aqueue`).
    private func checkAccess(_ descriptor: Int32, _ work: AsynchronousJob.Operation) throws(Errno) {
        guard let access = HostFile(borrowing: descriptor).access else { throw .EBADF }
        switch work {
        case .read: guard access.reads else { throw .EBADF }
        case .write: guard access.writes else { throw .EBADF }
        case .synchronize: try checkNamed(descriptor)
        case .lock: break
        }
    }

    // MARK: Lists

    /// `lio_listio`.
    fileprivate func beginList(waits: Bool, _ pointers: GuestAddress, _ count: Int, _ event: SignalEvent?) throws(Errno)
    {
        let notification: AsynchronousNotification =
            if let event, !waits {
                try AsynchronousNotification(
                    event, filter: EventFilter.listIO, identifier: pointers, process)
            } else { .none }
        let list = AsynchronousList(notification)
        let table = process.asynchronous
        // The list itself counts until all of its jobs have begun.
        _ = table.enlarge(list, by: 1)
        var hasFailed = false
        for index in 0..<count {
            let address = try memory.loadWord(at: pointers &+ UInt64(index * memory.abi.wordBytes))
            guard address != 0 else { continue }
            let pointer = OutPointer<AsynchronousControlBlock>(address: address, memory: memory)
            do throws(Errno) {
                let operation = try pointer.load().operation
                guard operation != ListOperation.nothing else { continue }
                _ = table.enlarge(list, by: 1)
                try beginJob(pointer, operation, list)
            } catch {
                _ = table.enlarge(list, by: -1)
                hasFailed = true
            }
        }
        if table.enlarge(list, by: -1) == 0 { process.notify(list.notification, by: self) }
        if waits { _ = try table.wait(self, until: nil) { table.remaining(of: list) == 0 } }
        if hasFailed || waits && table.hasFailed(list) { throw .EIO }
    }

    // MARK: Results

    fileprivate func error(of pointer: OutPointer<AsynchronousControlBlock>) throws(Errno) -> Int {
        let block = try pointer.load()
        switch process.asynchronous.state(pointer.address) {
        case (true, nil): return Int(Errno.EINPROGRESS.rawValue)
        case (true, .success): return 0
        case (true, .failure(let error)): return Int(error.rawValue)
        // A request that was refused tells its error as well (`kern_aio_error`).
        case (false, _): return block.status == -1 ? Int(block.error) : Int(Errno.EINVAL.rawValue)
        }
    }

    /// `aio_suspend`: until one of the jobs has ended.
    fileprivate func suspend(_ pointers: GuestAddress, _ count: Int32, _ timeout: TimeSpecification?) throws(Errno) {
        guard (0...AsynchronousTable.capacity).contains(Int(count)) else { throw .EINVAL }
        let deadline = try completionDeadline(timeout)
        var blocks: [GuestAddress] = []
        for index in 0..<Int(count) {
            let address = try memory.loadWord(at: pointers &+ UInt64(index * memory.abi.wordBytes))
            if address != 0 { blocks.append(address) }
        }
        let table = process.asynchronous
        let isOver = try table.wait(self, until: deadline) {
            let states = blocks.map { table.state($0) }.filter(\.isKnown)
            return states.isEmpty || states.contains { $0.result != nil }
        }
        guard isOver else { throw .EAGAIN }
    }

    /// `aio_waitcomplete`.
    fileprivate func waitForCompletion(_ pointer: OutPointer<GuestWord>, _ timeout: TimeSpecification?) throws(Errno)
        -> Int
    {
        let deadline = try completionDeadline(timeout)
        try pointer.store(GuestWord(0))
        let table = process.asynchronous
        var job: AsynchronousJob?
        let isOver = try table.wait(self, until: deadline) {
            job = table.takeFirst()
            return job != nil
        }
        guard isOver, let job, let result = job.result else { throw .EAGAIN }
        try pointer.store(GuestWord(job.controlBlock))
        return try result.get()
    }

    private func completionDeadline(_ timeout: TimeSpecification?) throws(Errno) -> Int64? {
        guard let timeout else { return nil }
        guard timeout.isValid, timeout.seconds >= 0 else { throw .EINVAL }
        return HostSignal.monotonicNanoseconds.saturatingSum(timeout.totalNanoseconds)
    }
}
