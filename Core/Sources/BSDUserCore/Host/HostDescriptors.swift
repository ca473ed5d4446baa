import Glibc

/// Which descriptors of the host process are the guest's, and which the emulator's.
///
/// The emulator's stand above the guest's limit, where the guest cannot name them. The host's own soft limit lies above
/// both, so that the emulator can always open one more file.
public enum HostDescriptors {
    /// First number that is not the guest's.
    nonisolated(unsafe) private(set) static var guestLimit: Int32 = 1024

    /// Descriptors that the emulator keeps room for, and those it may have where the host's limit allows: event queues
    /// need some.
    private static let reserve: Int32 = 64
    private static let greatestReserve: Int32 = 8192
    /// The greatest guest limit: the host's table of descriptors is copied at every fork.
    private static let greatestGuestLimit: Int32 = 4096

    /// Makes room above the guest's descriptors. Called once, before the guest runs.
    public static func prepare() {
        HostPath.learnProcessBlocks()
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let hard = Int32(clamping: limit.rlim_max)
        guestLimit = max(16, min(greatestGuestLimit, hard - reserve))
        limit.rlim_cur = rlim_t(min(hard, guestLimit + greatestReserve))
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Whether a number can be a descriptor of the guest.
    @inline(__always)
    static func isGuests(_ descriptor: Int32) -> Bool {
        UInt32(bitPattern: descriptor) < UInt32(bitPattern: guestLimit)
    }

    /// A second descriptor of the same file out of the guest's reach; -1 when there is none.
    public static func parkedCopy(of descriptor: Int32) -> Int32 { fcntl(descriptor, F_DUPFD_CLOEXEC, guestLimit) }

    /// Moves a descriptor of the emulator out of the guest's reach and closes the old one; the old one when there is no
    /// room.
    public static func park(_ descriptor: Int32) -> Int32 {
        let parked = fcntl(descriptor, F_DUPFD_CLOEXEC, guestLimit)
        guard parked >= 0 else { return descriptor }
        Glibc.close(descriptor)
        return parked
    }

    /// Whether the next program of this process gets a descriptor.
    static func setInherited(_ descriptor: Int32, _ isInherited: Bool) {
        _ = fcntl(descriptor, F_SETFD, isInherited ? 0 : FD_CLOEXEC)
    }
}
