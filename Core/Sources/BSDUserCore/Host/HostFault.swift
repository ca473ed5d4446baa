/// A call of the host that can be made to fail on purpose.
enum HostCall: String, CaseIterable, Sendable {
    case mapMemory = "mmap"
    case unmapMemory = "munmap"
    case protectMemory = "mprotect"
    case moveMemory = "mremap"
    case adviseMemory = "madvise"
    case syncMemory = "msync"
    case lockMemory = "mlock"
    case unlockMemory = "munlock"
    case residentMemory = "mincore"
    case openFile = "open"
    case readFile = "pread"
    case statusOfFile = "fstat"
    case writeCache = "pwrite"
}

/// Failures of host calls on demand, to test that none leaves a state halfway. Debug builds only; free of cost otherwise.
enum HostFault {
    #if DEBUG
    /// One order: the `occurrence`th call (from 1) fails with a host errno.
    struct Order: Sendable {
        var call: HostCall
        var hostErrno: Int32
        var occurrence: Int
    }

    nonisolated(unsafe) private static var order: Order?
    nonisolated(unsafe) private static var seen = 0

    /// Runs `body` with one call set to fail; the result tells whether the failure came about.
    static func with(_ call: HostCall, _ hostErrno: Int32, occurrence: Int = 1, _ body: () throws -> Void)
        rethrows -> Bool
    {
        order = Order(call: call, hostErrno: hostErrno, occurrence: occurrence)
        seen = 0
        defer { order = nil }
        try body()
        return seen >= occurrence
    }

    /// The errno that this call is to fail with.
    static func error(_ call: HostCall) -> Int32? {
        guard let order, order.call == call else { return nil }
        seen += 1
        return seen == order.occurrence ? order.hostErrno : nil
    }
    #else
    @inline(__always)
    static func error(_ call: HostCall) -> Int32? { nil }
    #endif
}
