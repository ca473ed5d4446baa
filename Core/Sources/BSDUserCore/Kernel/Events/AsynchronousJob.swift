/// One request of asynchronous input or output (`sys/kern/vfs_aio.c`).
final class AsynchronousJob {
    enum Operation {
        case read([GuestBuffer])
        case write([GuestBuffer])
        case synchronize
        case lock(GuestAddress, UInt64, AddressSpace)
    }

    /// The guest's control block, by which it knows the job.
    let controlBlock: GuestAddress
    /// The descriptor that the guest named, and the emulator's own copy of it for a job that has to wait.
    let descriptor: Int32
    var ownDescriptor: Int32?
    let operation: Operation
    let offset: Int64
    /// How the guest wants to hear of the end.
    let notification: AsynchronousNotification
    /// The list that the job came with.
    let list: AsynchronousList?
    /// The emulator's thread is at it.
    var isRunning = false
    /// How it ended; nil while it has not.
    var result: Result<Int, Errno>?

    init(
        _ controlBlock: GuestAddress, _ descriptor: Int32, _ operation: Operation, offset: Int64,
        _ notification: AsynchronousNotification, _ list: AsynchronousList?
    ) {
        self.controlBlock = controlBlock
        self.descriptor = descriptor
        self.operation = operation
        self.offset = offset
        self.notification = notification
        self.list = list
    }

    /// What a poller is to tell of.
    var wantedReadiness: UInt32 {
        if case .write = operation { return HostPoller.writable }
        return HostPoller.readable
    }

    /// Does the work on a file, which does not wait for anybody.
    func performOnFile() -> Result<Int, Errno> {
        Result { () throws(Errno) in
            switch operation {
            case .read(let buffers):
                try HostVectors.with(buffers, for: .write) { vector, count throws(Errno) in
                    try HostSystemCall.preadv.checked(Int(descriptor), vector, count, Int(offset), 0)
                }
            case .write(let buffers):
                try HostVectors.with(buffers, for: .read) { vector, count throws(Errno) in
                    try HostSystemCall.pwritev.checked(Int(descriptor), vector, count, Int(offset), 0)
                }
            case .synchronize: try HostSystemCall.fsync.checked(Int(descriptor))
            case .lock(let address, let byteCount, let space):
                try Self.lock(address, byteCount, space)
            }
        }
    }

    private static func lock(_ address: GuestAddress, _ byteCount: UInt64, _ space: AddressSpace) throws(Errno) -> Int {
        try space.lockPages(address, byteCount)
        return 0
    }

    /// Does the work on something else as far as it goes now; nil when it would have to wait.
    func performOnStream() -> Result<Int, Errno>? {
        guard let ownDescriptor else { return .failure(.EBADF) }
        let result = Result { () throws(Errno) in
            switch operation {
            case .read(let buffers):
                try HostVectors.with(buffers, for: .write) { vector, count throws(Errno) in
                    try HostStream.transfer(ownDescriptor, vector, count, isWriting: false)
                }
            case .write(let buffers):
                try HostVectors.with(buffers, for: .read) { vector, count throws(Errno) in
                    try HostStream.transfer(ownDescriptor, vector, count, isWriting: true)
                }
            case .synchronize, .lock: 0
            }
        }
        if case .failure(.EAGAIN) = result { return nil }
        return result
    }
}

/// How the guest hears of the end of a job, or of a list of them.
enum AsynchronousNotification {
    case none
    case signal(SignalInfo, thread: Int64?)
    /// An event of a queue: the filter and the identifier that the note has.
    case event(EventQueue, filter: Int32, identifier: GuestAddress)

    /// What a `sigevent` asks for; `EINVAL` for what there is not. An event's note is made here.
    init(_ event: SignalEvent, filter: Int32, identifier: GuestAddress, _ process: GuestProcess) throws(Errno) {
        switch event.notification {
        case SignalEvent.none: self = .none
        case SignalEvent.bySignal, SignalEvent.toThread:
            guard SignalNumber.isValid(event.signal) else { throw .EINVAL }
            var info = SignalInfo(signal: event.signal, code: SignalCode.asynchronousIO.rawValue, value: event.value)
            info.isQueued = true
            self = .signal(info, thread: event.notification == SignalEvent.toThread ? Int64(event.thread) : nil)
        case SignalEvent.byEvent:
            // The number of the queue stands where the signal's does, the flags in the first half of the word behind.
            let queue = try process.events.queue(event.signal)
            let isBig = process.memory.abi.byteOrder == .big
            let flags = UInt16(truncatingIfNeeded: isBig ? event.thread >> 16 : event.thread)
            let allowed = EventFlags.clear | EventFlags.oneShot | EventFlags.dispatch
            guard flags & ~allowed == 0 else { throw .EINVAL }
            try queue.addCompletion(filter: filter, identifier: identifier, flags: flags, userData: event.value)
            self = .event(queue, filter: filter, identifier: identifier)
        default: throw .EINVAL
        }
    }
}

/// The jobs of one `lio_listio`.
final class AsynchronousList {
    /// How many have not ended, and whether one has failed. The table's lock protects both.
    var remaining = 0
    var hasFailed = false
    let notification: AsynchronousNotification

    init(_ notification: AsynchronousNotification) { self.notification = notification }
}

/// `EVFILT_AIO` and `EVFILT_LIO`: a job or a list of jobs has ended. Only the kernel makes these notes.
final class CompletionSource: EventSource {
    var hasEnded = false

    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno) {}

    func evaluate(_ note: EventNote) -> Bool {
        if hasEnded { note.flags |= EventFlags.endOfFile }
        return hasEnded
    }
}
