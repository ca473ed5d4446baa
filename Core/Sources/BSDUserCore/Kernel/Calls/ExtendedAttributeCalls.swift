/// Extended attributes (extattr(2)): the user's are those of the host with the prefix `user.`, the system's those with
/// `trusted.`, which take the superuser on both systems.
enum ExtendedAttributeCalls {
    static let rows: [SystemCallRow] = [
        systemCall(356, "extattr_set_file", Path(), space, attributeName, InBuffer("data"), returns: .count) {
            thread, path, space, name, data throws(Errno) in
            try thread.setAttribute(.path(path, follow: true), space, name, data)
        },
        systemCall(371, "extattr_set_fd", Fd(), space, attributeName, InBuffer("data"), returns: .count) {
            thread, fd, space, name, data throws(Errno) in
            try thread.setAttribute(.descriptor(fd), space, name, data)
        },
        systemCall(412, "extattr_set_link", Path(), space, attributeName, InBuffer("data"), returns: .count) {
            thread, path, space, name, data throws(Errno) in
            try thread.setAttribute(.path(path, follow: false), space, name, data)
        },
        systemCall(357, "extattr_get_file", Path(), space, attributeName, OutBuffer("data"), returns: .count) {
            thread, path, space, name, data throws(Errno) in
            try thread.attribute(.path(path, follow: true), space, name, data)
        },
        systemCall(372, "extattr_get_fd", Fd(), space, attributeName, OutBuffer("data"), returns: .count) {
            thread, fd, space, name, data throws(Errno) in
            try thread.attribute(.descriptor(fd), space, name, data)
        },
        systemCall(413, "extattr_get_link", Path(), space, attributeName, OutBuffer("data"), returns: .count) {
            thread, path, space, name, data throws(Errno) in
            try thread.attribute(.path(path, follow: false), space, name, data)
        },
        systemCall(358, "extattr_delete_file", Path(), space, attributeName) {
            thread, path, space, name throws(Errno) in
            try thread.removeAttribute(.path(path, follow: true), space, name)
        },
        systemCall(373, "extattr_delete_fd", Fd(), space, attributeName) { thread, fd, space, name throws(Errno) in
            try thread.removeAttribute(.descriptor(fd), space, name)
        },
        systemCall(414, "extattr_delete_link", Path(), space, attributeName) {
            thread, path, space, name throws(Errno) in
            try thread.removeAttribute(.path(path, follow: false), space, name)
        },
        systemCall(438, "extattr_list_file", Path(), space, list, returns: .count) {
            thread, path, space, data throws(Errno) in
            try thread.attributeList(.path(path, follow: true), space, data)
        },
        systemCall(437, "extattr_list_fd", Fd(), space, list, returns: .count) {
            thread, fd, space, data throws(Errno) in
            try thread.attributeList(.descriptor(fd), space, data)
        },
        systemCall(439, "extattr_list_link", Path(), space, list, returns: .count) {
            thread, path, space, data throws(Errno) in
            try thread.attributeList(.path(path, follow: false), space, data)
        },
    ]

    private static let space = Enumeration<AttributeSpace>("attrnamespace")
    /// `EXTATTR_MAXNAMELEN`, and the end.
    private static let attributeName = Path("attrname", limit: 256)
    private static let list = OutBuffer("data", filled: .records)
}

/// `EXTATTR_NAMESPACE_*` (`sys/extattr.h`).
enum AttributeSpace: EnumerationTable {
    static let user: Int32 = 1
    static let system: Int32 = 2
    static let rows: [EnumerationRow] = [
        EnumerationRow(0, nil, "EXTATTR_NAMESPACE_EMPTY"), EnumerationRow(user, nil, "EXTATTR_NAMESPACE_USER"),
        EnumerationRow(system, nil, "EXTATTR_NAMESPACE_SYSTEM"),
    ]
}

extension GuestThread {
    /// The file that a call means.
    enum AttributedFile {
        case descriptor(Int32)
        case path([UInt8], follow: Bool)
    }

    private func withAttributes<Result>(
        _ file: AttributedFile, _ body: (HostAttributes) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        switch file {
        case .descriptor(let fd):
            try checkNamed(fd)
            return try body(HostAttributes(path: HostPath.ofOpenFile(fd), follow: true))
        case .path(let path, let follow):
            let target = try process.paths.target(DirFd.current, path, follow: follow)
            // By way of a descriptor the link at the end is the host's own, and what it leads to is meant.
            let attributes = HostAttributes(path: target.absolutePath, follow: follow || target.flags != 0)
            return try body(attributes)
        }
    }

    // The host refuses attributes of users for all but files and directories, and says EPERM for it.
    private func prefix(_ space: EnumeratedValue<AttributeSpace>) throws(Errno) -> [UInt8] {
        switch space.guest {
        case AttributeSpace.user: return Array("user.".utf8)
        case AttributeSpace.system:
            guard HostSystemCall.geteuid() == 0 else { throw .EPERM }
            return Array("trusted.".utf8)
        default: throw .EINVAL
        }
    }

    private func hostName(_ space: EnumeratedValue<AttributeSpace>, _ name: [UInt8]) throws(Errno) -> [UInt8] {
        let prefix = try prefix(space)
        guard !name.isEmpty else { throw .EINVAL }
        // XATTR_NAME_MAX of the host counts the prefix.
        guard prefix.count + name.count <= 255 else { throw .ENAMETOOLONG }
        return prefix + name
    }

    func setAttribute(
        _ file: AttributedFile, _ space: EnumeratedValue<AttributeSpace>, _ name: [UInt8], _ data: GuestBuffer
    ) throws(Errno) -> Int {
        let hostName = try hostName(space, name)
        guard data.byteCount <= 65536 else { throw .EINVAL }
        let value = try data.load()
        do throws(Errno) {
            try withAttributes(file) { attributes throws(Errno) in try attributes.set(hostName, value) }
        } catch .EPERM where space.guest == AttributeSpace.user {
            throw .EOPNOTSUPP
        }
        return value.count
    }

    /// The value, cut to the room; its whole length without a buffer.
    func attribute(
        _ file: AttributedFile, _ space: EnumeratedValue<AttributeSpace>, _ name: [UInt8], _ data: GuestBuffer
    ) throws(Errno) -> Int {
        let hostName = try hostName(space, name)
        let value = try withAttributes(file) { attributes throws(Errno) in try attributes.value(hostName) }
        return try give(value, data)
    }

    func removeAttribute(_ file: AttributedFile, _ space: EnumeratedValue<AttributeSpace>, _ name: [UInt8])
        throws(Errno)
    {
        let hostName = try hostName(space, name)
        try withAttributes(file) { attributes throws(Errno) in try attributes.remove(hostName) }
    }

    /// The names, each behind a byte with its length.
    func attributeList(_ file: AttributedFile, _ space: EnumeratedValue<AttributeSpace>, _ data: GuestBuffer)
        throws(Errno) -> Int
    {
        let prefix = try prefix(space)
        let names = try withAttributes(file) { attributes throws(Errno) in try attributes.names() }
        let list = names.filter { $0.starts(with: prefix) }.flatMap { name in
            [UInt8(name.count - prefix.count)] + name.dropFirst(prefix.count)
        }
        return try give(list, data)
    }

    private func give(_ bytes: [UInt8], _ data: GuestBuffer) throws(Errno) -> Int {
        if data.address == 0 { return bytes.count }
        let count = min(bytes.count, Int(data.byteCount))
        try data.store(Array(bytes.prefix(count)))
        return count
    }
}
