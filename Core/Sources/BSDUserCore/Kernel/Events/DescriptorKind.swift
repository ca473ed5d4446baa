/// What a descriptor is, as far as `EVFILT_READ` and `EVFILT_WRITE` differ.
enum DescriptorKind: Equatable {
    case file, pipe, socket, terminal, eventQueue, counter, other

    /// What watches a descriptor; `EINVAL` and `ENODEV` for what has no such events on FreeBSD.
    static func source(_ change: KernelEvent, _ queue: EventQueue, isWriting: Bool) throws(Errno) -> any EventSource {
        let descriptor = Int32(clamping: change.identifier)
        let kind = try DescriptorKind(descriptor)
        switch kind {
        case .file: return FileSource(descriptor, isWriting: isWriting)
        case .eventQueue where isWriting: throw .EINVAL
        default: return DescriptorSource(descriptor, kind, isWriting: isWriting, queue.process.socketErrors)
        }
    }

    init(_ descriptor: Int32) throws(Errno) {
        let mode = try HostFileStatus.read(descriptor, [0], flags: HostPath.emptyPath).mode
        switch mode & FileMode.typeMask {
        case FileMode.regular, FileMode.directory, FileMode.symbolicLink: self = .file
        case FileMode.fifo: self = .pipe
        case FileMode.socket: self = .socket
        case FileMode.characterDevice: self = HostTerminal.isTerminal(descriptor) ? .terminal : .other
        case FileMode.blockDevice: throw .ENODEV
        default: self = try Self.unnamed(descriptor)
        }
    }

    // What only the kernel made: the host tells by the text of a link.
    private static func unnamed(_ descriptor: Int32) throws(Errno) -> DescriptorKind {
        let name = try HostPath.readLink(DirFd.current, HostPath.ofOpenFile(descriptor))
        if name.elementsEqual("anon_inode:[eventpoll]".utf8) { return .eventQueue }
        if name.elementsEqual("anon_inode:[eventfd]".utf8) { return .counter }
        if HostProcessDescriptor.pid(of: descriptor) != nil { throw .EINVAL }
        return .other
    }

    /// `data` of `EVFILT_READ`: how much there is to read; of a socket that listens, how many connections.
    func readable(_ descriptor: Int32) -> Int64 {
        switch self {
        case .pipe, .terminal: return Int64((try? HostControl.readableBytes(descriptor)) ?? 0)
        case .socket:
            if HostSocketState.listens(descriptor) { return Int64(HostSocketState.waitingConnections(descriptor)) }
            return Int64((try? HostControl.readableBytes(descriptor)) ?? 0)
        case .counter: return HostCounter.value(of: descriptor) ?? 1
        case .eventQueue, .other, .file: return 1
        }
    }

    /// `data` of `EVFILT_WRITE`: the room there is.
    func writable(_ descriptor: Int32) -> Int64 {
        switch self {
        case .pipe:
            let used = (try? HostControl.readableBytes(descriptor)) ?? 0
            return max(0, HostControl.pipeBytes(descriptor) - Int64(used))
        case .socket:
            let used = (try? HostControl.integer(descriptor, HostControl.outputQueue)) ?? 0
            return max(1, HostSocketState.sendBytes(descriptor) - Int64(used))
        case .terminal:
            let used = (try? HostControl.integer(descriptor, HostControl.outputQueue)) ?? 0
            return max(1, Self.terminalBytes - Int64(used))
        case .counter: return HostCounter.value(of: descriptor).map { HostCounter.limit - $0 } ?? 1
        case .eventQueue, .other, .file: return 1
        }
    }

    /// Room in the host's terminals (N_TTY_BUF_SIZE).
    private static let terminalBytes: Int64 = 4096
}

/// `EVFILT_READ` and `EVFILT_WRITE` of regular files and directories, which are always ready to the host's pollers.
final class FileSource: EventSource {
    private let descriptor: Int32
    private let isWriting: Bool
    private var watch: Int32?

    init(_ descriptor: Int32, isWriting: Bool) {
        self.descriptor = descriptor
        self.isWriting = isWriting
    }

    func attach(_ note: EventNote, _ queue: EventQueue) throws(Errno) {
        guard !isWriting else { return }
        // Without a watch the file is looked at as often as the queue is.
        watch = try? queue.watches.add(note, descriptor, HostWatcher.modified, queue)
    }

    func detach(_ note: EventNote, _ queue: EventQueue) {
        if let watch { queue.watches.remove(note, watch, queue) }
    }

    /// What lies between the file's offset and its end counts, in either direction (`filt_vfsread`).
    func evaluate(_ note: EventNote) -> Bool {
        note.data = 0
        if isWriting { return true }
        guard let status = try? HostFileStatus.read(descriptor, [0], flags: HostPath.emptyPath) else { return false }
        note.data = status.byteCount - Int64(max(0, HostSystemCall.lseek(Int(descriptor), 0, 1)))
        return note.data != 0 || note.wantedNotes & TransferNotes.filePoll != 0
    }
}
