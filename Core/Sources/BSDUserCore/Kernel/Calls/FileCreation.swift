/// What FreeBSD gives a new file: the group of its directory (open(2)), where the host takes the caller's; and no set-group
/// bit for a directory inside of one that has it (mkdir(2)).
///
/// Where the host does not let the caller give the file that group, it keeps the host's.
extension GuestThread {
    /// `place` is the new entry in its directory.
    func adoptGroup(_ place: borrowing PathRoot.Target) {
        let directory = place.parent
        guard let parent = try? HostFileStatus.read(place.directory, directory, flags: 0),
            let made = try? HostFileStatus.read(place.directory, place.path, flags: HostPath.atNoFollow)
        else { return }
        if parent.group != made.group {
            try? HostPath.callOwner(
                place.directory, place.path, -1, Int32(bitPattern: parent.group), HostPath.atNoFollow)
        }
        // Giving a file away clears what mkdir inherited and what open asked for.
        guard made.type != FileMode.symbolicLink, made.mode & Self.setIdentity != 0 else { return }
        let cleared: UInt32 = made.type == FileMode.directory ? Self.setIdentity : 0
        let mode = made.mode & FileMode.permissionMask & ~cleared
        _ = try? HostPath.call(.fchmodat, place.directory, place.path, Int(mode))
    }

    private static let setIdentity: UInt32 = 0o6000
}

extension GuestThread {
    /// `getvnode`: what has no name, such as a pipe, has no times or flags either.
    func checkNamed(_ fd: Int32, _ attributes: FileAttributes) throws(Errno) {
        if FileMode.isOfFileSystem(attributes.type) { return }
        guard HostPath.ofDescriptor(fd) != nil else { throw .EINVAL }
    }

    func checkNamed(_ fd: Int32) throws(Errno) { try checkNamed(fd, attributes(fd)) }
}
