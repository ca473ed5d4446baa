extension HostProcess {
    /// A process below this one.
    struct Descendant {
        var pid: Int32
        var parent: Int32
        /// The child of this process that it comes from.
        var subtree: Int32
    }

    /// All processes below this one that are alive, as `/proc` shows them now.
    static func descendants() -> [Descendant] {
        let parents = parentsByProcess()
        return parents.keys.sorted().compactMap { pid in
            guard let parent = parents[pid], let subtree = subtree(of: pid, parents) else { return nil }
            return Descendant(pid: pid, parent: parent, subtree: subtree)
        }
    }

    // The child of this process on the way up from another one.
    private static func subtree(of pid: Int32, _ parents: [Int32: Int32]) -> Int32? {
        var (current, steps) = (pid, 0)
        while let parent = parents[current], steps < parents.count {
            if parent == currentPID { return current }
            current = parent
            steps += 1
        }
        return nil
    }

    private static func parentsByProcess() -> [Int32: Int32] {
        let folder = HostPath.openDirectory(Array("/proc".utf8))
        guard folder >= 0 else { return [:] }
        defer { _ = HostSystemCall.close(folder) }
        var parents: [Int32: Int32] = [:]
        while let entries = try? HostDirectory.read(Int32(folder), byteCount: 1 << 14), !entries.isEmpty {
            for entry in entries {
                guard let pid = Int32(String(decoding: entry.name, as: UTF8.self)) else { continue }
                if let parent = parent(of: pid) { parents[pid] = parent }
            }
        }
        return parents
    }

    // proc_pid_stat(5): the state and the parent stand behind the name, which is in parentheses.
    private static func parent(of pid: Int32) -> Int32? {
        let line = HostFile.contents(ofSystemFile: "/proc/\(pid)/stat")
        guard let end = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = line[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 1 else { return nil }
        return Int32(String(decoding: fields[1], as: UTF8.self))
    }
}

extension HostControl {
    /// FALLOC_FL_KEEP_SIZE and FALLOC_FL_PUNCH_HOLE.
    static let punchHole = 1 | 2
}
