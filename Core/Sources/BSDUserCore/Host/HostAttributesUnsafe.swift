/// Extended attributes of the host's files (xattr(7)), by a path that either follows a link at its end or does not.
struct HostAttributes {
    /// With its zero byte.
    let path: [UInt8]
    let follow: Bool

    /// Longest value and longest list of the host (`XATTR_SIZE_MAX`, `XATTR_LIST_MAX`).
    private static let greatestSize = 65536

    /// A value; `ENOATTR` without one.
    func value(_ name: [UInt8]) throws(Errno) -> [UInt8] {
        try filled { path, buffer, size throws(Errno) in
            try with(name) { name throws(Errno) in
                try (follow ? HostSystemCall.getAttribute : .getLinkAttribute).checked(path, name, buffer, size)
            }
        }
    }

    func set(_ name: [UInt8], _ value: [UInt8]) throws(Errno) {
        var (path, value) = (path, value)
        let count = value.count
        _ = try HostWords.with(bytes: &path) { path throws(Errno) in
            try HostWords.with(bytes: &value) { value throws(Errno) in
                try with(name) { name throws(Errno) in
                    try (follow ? HostSystemCall.setAttribute : .setLinkAttribute).checked(path, name, value, count, 0)
                }
            }
        }
    }

    func remove(_ name: [UInt8]) throws(Errno) {
        var path = path
        _ = try HostWords.with(bytes: &path) { path throws(Errno) in
            try with(name) { name throws(Errno) in
                try (follow ? HostSystemCall.removeAttribute : .removeLinkAttribute).checked(path, name)
            }
        }
    }

    /// The names.
    func names() throws(Errno) -> [[UInt8]] {
        let list = try filled { path, buffer, size throws(Errno) in
            try (follow ? HostSystemCall.listAttributes : .listLinkAttributes).checked(path, buffer, size)
        }
        return list.split(separator: 0).map { Array($0) }
    }

    private func with(_ name: [UInt8], _ body: (Int) throws(Errno) -> Int) throws(Errno) -> Int {
        var name = name + [0]
        return try HostWords.with(bytes: &name, body)
    }

    private func filled(_ body: (Int, Int, Int) throws(Errno) -> Int) throws(Errno) -> [UInt8] {
        var path = path
        var bytes = [UInt8](repeating: 0, count: Self.greatestSize)
        let count = try HostWords.with(bytes: &path) { path throws(Errno) in
            try HostWords.with(bytes: &bytes) { buffer throws(Errno) in
                try body(path, buffer, Self.greatestSize)
            }
        }
        return Array(bytes.prefix(count))
    }
}
