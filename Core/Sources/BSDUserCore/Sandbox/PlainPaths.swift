import Synchronization

/// Which paths can be opened without asking afterwards whether the file is one of the host's procfs.
///
/// That takes a call of the host. An absolute path without links leads there only by the name of a folder at which a procfs is
/// mounted, `proc` wherever one has a reason to be; so others are opened with the demand that there be no link.
/// Where that has failed once, paths are no longer tried.
struct PlainPaths: ~Copyable {
    /// Folders of the root in which links were met: bit `sum of the name's bytes % 64`.
    private let linked = Atomic<UInt64>(0)

    private static let slash = UInt8(ascii: "/")
    private static let mountName = StaticString("proc")

    /// Whether a path may be tried as one without links.
    func mayContain(_ path: [UInt8]) -> Bool {
        guard path.first == Self.slash, linked.load(ordering: .relaxed) & Self.folderBit(path) == 0 else {
            return false
        }
        return !Self.namesProcesses(path)
    }

    /// Notes that a path has a link.
    func noteLink(in path: [UInt8]) { linked.bitwiseOr(Self.folderBit(path), ordering: .relaxed) }

    private static func folderBit(_ path: [UInt8]) -> UInt64 {
        var sum: UInt64 = 0
        for byte in path.dropFirst() {
            if byte == slash { break }
            sum &+= UInt64(byte)
        }
        return 1 &<< sum
    }

    /// Whether one of the names in a path is `proc`.
    private static func namesProcesses(_ path: [UInt8]) -> Bool {
        let length = mountName.utf8CodeUnitCount
        var start = 1
        for index in 1...path.count where index == path.count || path[index] == slash {
            defer { start = index + 1 }
            guard index - start == length else { continue }
            if (0..<length).allSatisfy({ path[start + $0] == mountName.utf8Start[$0] }) { return true }
        }
        return false
    }
}
