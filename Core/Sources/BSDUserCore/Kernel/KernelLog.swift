import Glibc

/// Lines about the emulator itself: what the guest asked for and the emulator does not have.
public enum KernelLog {
    /// Host descriptor that lines go to; set once at start.
    nonisolated(unsafe) public static var descriptor: Int32 = 2
    /// No line at all; set once at start.
    nonisolated(unsafe) public static var isQuiet = false
    /// Lines are JSON objects, as those of the trace they stand among; set once at start.
    nonisolated(unsafe) public static var isJSON = false
    nonisolated(unsafe) private static var said: Set<String> = []
    nonisolated(unsafe) private static var lock = pthread_mutex_t()
    /// Nobody reads the log any more.
    nonisolated(unsafe) private static var isAbandoned = false

    /// Distinct texts remembered; a guest cannot make the emulator grow without end.
    private static let limit = 1024

    /// Writes a line the first time that it is asked for.
    public static func once(_ text: String) {
        pthread_mutex_lock(&lock)
        let isNew = said.count < limit && said.insert(text).inserted
        pthread_mutex_unlock(&lock)
        guard isNew && !isQuiet else { return }
        write(isJSON ? object(text) : Array("bsduser: \(text)\n".utf8), to: descriptor)
    }

    private static func object(_ text: String) -> [UInt8] {
        var writer = TraceJSONWriter()
        writer.append("{\"pid\":\(HostProcess.currentPID),\"message\":")
        writer.append(.text(Array(text.utf8)))
        writer.append("}\n")
        return writer.bytes
    }

    /// Around a `fork`: the child's lock is free.
    static func prepareFork() { pthread_mutex_lock(&lock) }
    static func finishForkInParent() { pthread_mutex_unlock(&lock) }
    static func finishForkInChild() { lock = pthread_mutex_t() }

    /// Writes bytes to a log in one piece; there is nobody to tell when that fails. A pipe without a reader gets no more:
    /// each line would raise SIGPIPE, and a guest that handles it would have that traced for ever.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        guard !isAbandoned, HostLimits.allowsAppending(bytes.count, to: descriptor) else { return }
        let result = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if result < 0 && errno == EPIPE { isAbandoned = true }
    }
}
