/// The asynchronous requests of a process.
///
/// Files are read and written at once: they make nobody wait. For all else one thread of the emulator waits for the
/// descriptors to become ready.
final class AsynchronousTable {
    private let lock = HostLock()
    /// Jobs by their control blocks, those that have ended included until the guest has taken their results.
    private var jobs: [GuestAddress: AsynchronousJob] = [:]
    /// Jobs that have ended, the first first.
    private var ended: [AsynchronousJob] = []
    /// What threads wait for that wait for the end of any job.
    private var waiters: [HostEvent] = []
    /// Jobs that wait for their descriptors, by their numbers in the poller.
    private var waiting: [UInt64: AsynchronousJob] = [:]
    private var nextTag: UInt64 = 1
    private var poller: Int32?
    /// Whose jobs they are; known from the first one on.
    private var process: GuestProcess?

    /// `kern.aio`'s `max_aio_queue_per_proc`.
    static let capacity = 256

    // MARK: Beginning

    /// Begins a job; `EAGAIN` when there are too many.
    func begin(_ job: AsynchronousJob, isFile: Bool, by thread: GuestThread) throws(Errno) {
        try lock.hold { () throws(Errno) in
            guard jobs.count < Self.capacity else { throw .EAGAIN }
            process = thread.process
            jobs[job.controlBlock] = job
        }
        if isFile { return end(job, job.performOnFile(), by: thread) }
        do throws(Errno) {
            try waitForDescriptor(job)
        } catch {
            lock.hold { jobs[job.controlBlock] = nil }
            throw error
        }
    }

    private func waitForDescriptor(_ job: AsynchronousJob) throws(Errno) {
        let own = try HostDescriptors.copy(job.descriptor)
        job.ownDescriptor = own
        do throws(Errno) {
            try lock.hold { () throws(Errno) in
                let poller = try startedPoller()
                let tag = nextTag
                nextTag += 1
                waiting[tag] = job
                do throws(Errno) {
                    try HostPoller.add(own, job.wantedReadiness, tag: tag, to: poller)
                } catch {
                    waiting[tag] = nil
                    throw error == .EPERM ? .EOPNOTSUPP : error
                }
            }
        } catch {
            _ = HostSystemCall.close(Int(own))
            throw error
        }
    }

    // The thread begins with the first job that needs it and stays as long as the process. The lock is held.
    private func startedPoller() throws(Errno) -> Int32 {
        if let poller { return poller }
        let made = try HostDescriptors.parked(HostPoller.create(closesOnExec: true))
        let error = HostThread.start(self) { $0.serve(made) }
        guard error == 0 else {
            _ = HostSystemCall.close(Int(made))
            throw .EAGAIN
        }
        poller = made
        return made
    }

    private func serve(_ poller: Int32) {
        while true {
            HostPoller.sleep(until: poller)
            for event in HostPoller.take(from: poller, limit: 64) {
                // Nobody cancels it from here on.
                guard let job = lock.hold({ setRunning(event.tag, true) }) else { continue }
                guard let result = job.performOnStream() else {
                    _ = lock.hold { setRunning(event.tag, false) }
                    continue
                }
                lock.hold { _ = remove(event.tag) }
                end(job, result, by: nil)
            }
        }
    }

    // The lock is held.
    private func setRunning(_ tag: UInt64, _ isRunning: Bool) -> AsynchronousJob? {
        waiting[tag]?.isRunning = isRunning
        return waiting[tag]
    }

    // The lock is held.
    private func remove(_ tag: UInt64) -> Bool {
        guard let job = waiting.removeValue(forKey: tag), let own = job.ownDescriptor, let poller else { return false }
        HostPoller.remove(own, from: poller)
        _ = HostSystemCall.close(Int(own))
        job.ownDescriptor = nil
        return true
    }

    // MARK: Ending

    private func end(_ job: AsynchronousJob, _ result: Result<Int, Errno>, by thread: GuestThread?) {
        // The control block may be gone; that is the guest's loss.
        try? store(job, result)
        var notifications = [job.notification]
        lock.hold {
            job.result = result
            ended.append(job)
            if let list = job.list {
                list.remaining -= 1
                if case .failure = result { list.hasFailed = true }
                if list.remaining == 0 { notifications.append(list.notification) }
            }
            for waiter in waiters { waiter.happen() }
        }
        for notification in notifications { process?.notify(notification, by: thread) }
    }

    private func store(_ job: AsynchronousJob, _ result: Result<Int, Errno>) throws(Errno) {
        guard let memory = process?.memory else { return }
        switch result {
        case .success(let count): try memory.storeStatus(Int64(count), error: 0, at: job.controlBlock)
        case .failure(let error):
            try memory.storeStatus(-1, error: Int64(error.rawValue), at: job.controlBlock)
        }
    }

    /// Cancels the jobs on a descriptor, or one of them. How many were cancelled, are past that, and had ended.
    func cancel(descriptor: Int32, _ controlBlock: GuestAddress?, by thread: GuestThread) -> (Int, Int, Int) {
        var cancelled: [AsynchronousJob] = []
        var (running, done) = (0, 0)
        lock.hold {
            for job in jobs.values where job.descriptor == descriptor {
                if let controlBlock, job.controlBlock != controlBlock { continue }
                if job.result != nil {
                    done += 1
                } else if !job.isRunning, let tag = waiting.first(where: { $0.value === job })?.key, remove(tag) {
                    cancelled.append(job)
                } else {
                    running += 1
                }
            }
        }
        for job in cancelled { end(job, .failure(.ECANCELED), by: thread) }
        return (cancelled.count, running, done)
    }

    // MARK: Results

    /// Whether there is a job, and how it ended.
    func state(_ controlBlock: GuestAddress) -> (isKnown: Bool, result: Result<Int, Errno>?) {
        lock.hold { (jobs[controlBlock] != nil, jobs[controlBlock]?.result) }
    }

    /// Takes the result of a job that has ended; nil when it has not.
    func take(_ controlBlock: GuestAddress) -> Result<Int, Errno>? {
        let job = lock.hold { () -> AsynchronousJob? in
            guard let job = jobs[controlBlock], job.result != nil else { return nil }
            forget(job)
            return job
        }
        job?.dropNote()
        return job?.result
    }

    /// Takes the job that has ended first.
    func takeFirst() -> AsynchronousJob? {
        let job = lock.hold { () -> AsynchronousJob? in
            guard let job = ended.first else { return nil }
            forget(job)
            return job
        }
        job?.dropNote()
        return job
    }

    // The lock is held.
    private func forget(_ job: AsynchronousJob) {
        jobs[job.controlBlock] = nil
        ended.removeAll { $0 === job }
    }

    func remaining(of list: AsynchronousList) -> Int { lock.hold { list.remaining } }
    func hasFailed(_ list: AsynchronousList) -> Bool { lock.hold { list.hasFailed } }
    func enlarge(_ list: AsynchronousList, by count: Int) -> Int {
        lock.hold {
            list.remaining += count
            return list.remaining
        }
    }

    // MARK: Waiting

    /// Waits until `isOver` after some job has ended, or until the deadline: false then.
    func wait(_ thread: GuestThread, until deadline: Int64?, _ isOver: () -> Bool) throws(Errno) -> Bool {
        let event = HostEvent()
        lock.hold { waiters.append(event) }
        defer { lock.hold { waiters.removeAll { $0 === event } } }
        while true {
            event.reset()
            if isOver() { return true }
            let end = deadline.map { HostEvent.Deadline(nanoseconds: $0) }
            let result = try thread.blocking(mayRestart: false) { event.wait(end) }
            if result != 0 { return isOver() }
        }
    }

    // MARK: Fork

    func prepareFork() { lock.lock() }
    func finishForkInParent() { lock.unlock() }

    /// The child of a fork has none of the jobs, nor the thread.
    func closeAfterFork() {
        for job in waiting.values { if let own = job.ownDescriptor { _ = HostSystemCall.close(Int(own)) } }
        if let poller { _ = HostSystemCall.close(Int(poller)) }
    }
}

extension AsynchronousJob {
    /// The note of a job goes with it.
    fileprivate func dropNote() {
        guard case .event(let queue, let filter, let identifier) = notification else { return }
        queue.dropCompletion(filter: filter, identifier: identifier)
    }
}

extension GuestProcess {
    /// Tells the guest of the end of a job; from a thread of the guest or of the emulator.
    func notify(_ notification: AsynchronousNotification, by thread: GuestThread?) {
        switch notification {
        case .none: break
        case .event(let queue, let filter, let identifier):
            queue.complete(filter: filter, identifier: identifier)
        case .signal(let info, let id):
            lock.hold {
                guard let current = thread ?? threads.first else { return }
                let target = id.flatMap { self.thread($0) }
                guard id == nil || target != nil else { return }
                _ = post(info, to: target, by: current)
                // The emulator's thread is nobody that would look for signals itself.
                if thread == nil { current.kick() }
            }
        }
    }
}

extension EventQueue {
    /// Makes the note of a job or a list.
    func addCompletion(filter: Int32, identifier: GuestAddress, flags: UInt16, userData: UInt64) throws(Errno) {
        var change = KernelEvent()
        change.identifier = identifier
        change.filter = Int16(truncatingIfNeeded: filter)
        change.flags = EventFlags.add | EventFlags.enable | flags
        change.userData = userData
        try locked { () throws(Errno) in try replace(change, CompletionSource()) }
    }

    fileprivate func complete(filter: Int32, identifier: GuestAddress) {
        try? locked { () throws(Errno) in
            guard let note = note(filter, identifier), let source = note.source as? CompletionSource else { return }
            source.hasEnded = true
            activate(note)
        }
    }

    fileprivate func dropCompletion(filter: Int32, identifier: GuestAddress) {
        try? locked { () throws(Errno) in
            if let note = note(filter, identifier) { drop(note) }
        }
    }
}

extension GuestMemory {
    /// Tells the result of a job in its control block.
    func storeStatus(_ status: Int64, error: Int64, at controlBlock: GuestAddress) throws(Errno) {
        let offset = AsynchronousControlBlock.offset(of: "status", abi) ?? 0
        let address = controlBlock &+ UInt64(offset)
        try storeWord(UInt64(bitPattern: status), at: address)
        try storeWord(UInt64(bitPattern: error), at: address &+ UInt64(abi.wordBytes))
    }
}
