import Glibc

/// Descriptors that are no files, for input and output that must not wait.
enum HostStream {
    private static let withoutWaiting = 8
    private static let currentPosition = -1

    /// Reads or writes as much as goes now; `EAGAIN` when nothing does.
    static func transfer(_ descriptor: Int32, _ vector: Int, _ count: Int, isWriting: Bool) throws(Errno) -> Int {
        let call: HostSystemCall = isWriting ? .pwritevWithFlags : .preadvWithFlags
        do throws(Errno) {
            return try call.checked(Int(descriptor), vector, count, currentPosition, 0, withoutWaiting)
        } catch .EOPNOTSUPP {
            // A device that cannot be asked that way; the poller has said that it is ready.
            let plain: HostSystemCall = isWriting ? .writev : .readv
            return try plain.checked(Int(descriptor), vector, count)
        }
    }
}

extension HostDescriptors {
    /// A copy of a descriptor out of the guest's reach.
    static func copy(_ descriptor: Int32) throws(Errno) -> Int32 {
        Int32(try HostSystemCall.fcntl.checked(Int(descriptor), Int(F_DUPFD_CLOEXEC), Int(guestLimit)))
    }
}

extension HostPoller {
    /// Sleeps until a poller has something to tell. For threads of the emulator, which no signal reaches.
    static func sleep(until poller: Int32) {
        _ = HostPoller.wait(for: poller, untilNanoseconds: nil)
    }
}
