/// Errors of connections that failed, which an event has told (`fflags` with `EV_EOF`). The host forgets an error when
/// it is asked for; on FreeBSD an event leaves it for `getsockopt(SO_ERROR)`, so it is kept here, by the socket's inode.
final class SocketErrors {
    private let lock = HostLock()
    private var errors: [UInt64: Errno] = [:]
    private(set) var isEmpty = true

    private static func inode(_ descriptor: Int32) -> UInt64? {
        (try? HostFileStatus.read(descriptor, [0], flags: HostPath.emptyPath))?.inode
    }

    /// The error of a socket that could not be connected, without taking it; nil when it has none or may have been
    /// connected: its next transfer is to meet the error then.
    func look(_ descriptor: Int32) -> Errno? {
        guard let inode = Self.inode(descriptor) else { return nil }
        return lock.hold {
            if HostSocketState.wasNeverConnected(descriptor), let error = HostSocketState.takeError(descriptor) {
                errors[inode] = error
                isEmpty = false
            }
            return errors[inode]
        }
    }

    /// Takes the error that an event has told.
    func take(_ descriptor: Int32) -> Errno? {
        guard !isEmpty, let inode = Self.inode(descriptor) else { return nil }
        return lock.hold {
            defer { isEmpty = errors.isEmpty }
            return errors.removeValue(forKey: inode)
        }
    }
}
