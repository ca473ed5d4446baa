/// Roots that a guest chooses: `chroot` and jails. The host's root stays what it is, since the emulator needs files of its
/// own.
extension PathRoot {
    /// The root that a directory inside this one is. `EACCES` for one that may not be searched.
    func root(at path: [UInt8]) throws(Errno) -> PathRoot {
        let flags = HostPath.pathOnly | HostPath.directory | HostPath.closeOnExec
        let directory = try open(DirFd.current, path, hostFlags: flags, mode: 0)
        defer { _ = HostSystemCall.close(Int(directory)) }
        let own = try HostPath.open(directory, [UInt8(ascii: ".")], flags: flags, mode: 0, resolve: 0, waitingOn: nil)
        // `/dev/fd` is the host's, and a descriptor in it may lead anywhere.
        guard !HostPath.isOnProcess(own), guestPath(ofDescriptor: own) != nil else {
            _ = HostSystemCall.close(Int(own))
            throw .EACCES
        }
        let parked = HostDescriptors.park(own)
        guard let root = PathRoot(directory: parked, machine: machine) else {
            _ = HostSystemCall.close(Int(parked))
            throw .ENOENT
        }
        return root
    }

    /// The root for the next program; nil for the machine's own, which it finds itself.
    var inherited: InheritedRoot? {
        guard let rootDescriptor, isChanged else { return nil }
        return InheritedRoot(descriptor: rootDescriptor, machine: machine)
    }

    /// Makes the root the current directory.
    func makeCurrent() throws(Errno) {
        if let rootDescriptor {
            _ = try HostSystemCall.fchdir.checked(Int(rootDescriptor))
        } else {
            _ = try HostPath.call(.chdir, path: [UInt8(ascii: "/"), 0])
        }
    }

    /// Device and inode of the root.
    func identity() throws(Errno) -> FileIdentity {
        let status = try HostFileStatus.read(
            rootDescriptor ?? DirFd.current, rootDescriptor == nil ? [UInt8(ascii: "/"), 0] : [0],
            flags: rootDescriptor == nil ? 0 : HostPath.emptyPath)
        return FileIdentity(device: status.device, inode: status.inode)
    }
}

/// Which file it is, whatever it is called.
struct FileIdentity: Equatable, Sendable {
    var device: UInt64
    var inode: UInt64
}

/// A root that a program hands to the one that takes its place.
public struct InheritedRoot: Equatable, Sendable {
    /// The directory, parked; it stays open.
    var descriptor: Int32
    /// As `PathRoot.machine`.
    var machine: [UInt8]

    func open() -> PathRoot? { PathRoot(directory: HostDescriptors.parkedCopy(of: descriptor), machine: machine) }
}
