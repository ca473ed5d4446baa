import Synchronization

/// Which paths are opened without asking afterwards whether the file is one of the host's procfs, which takes a call of the
/// host.
///
/// An absolute path without links leads there only by the name of the folder at which a procfs is mounted, and that is
/// `proc` on every system that follows the file system hierarchy standard, in its chroots and containers too. Where
/// somebody has mounted one under another name, a guest that asks for that name gets what is there.
struct PlainPaths: ~Copyable {
    /// Folders of the root below which a link was met: bit `sum of the name's bytes % 64`. What lies there is no longer
    /// tried as a path without links.
    private let foldersWithLinks = Atomic<UInt64>(0)

    private static let slash = UInt8(ascii: "/")

    /// Whether a path may be opened with the demand that it have no links.
    func mayContain(_ path: [UInt8]) -> Bool {
        guard path.first == Self.slash, foldersWithLinks.load(ordering: .relaxed) & Self.folderBit(path) == 0
        else { return false }
        return !Self.hasProcessFolder(path)
    }

    /// Notes that a path has a link.
    func noteLink(in path: [UInt8]) { foldersWithLinks.bitwiseOr(Self.folderBit(path), ordering: .relaxed) }

    private static func folderBit(_ path: [UInt8]) -> UInt64 {
        1 &<< path.dropFirst().prefix { $0 != slash }.reduce(0) { $0 &+ UInt64($1) }
    }

    private static func hasProcessFolder(_ path: [UInt8]) -> Bool {
        var start = 1
        for index in 1...path.count where index == path.count || path[index] == slash {
            if path[start..<index].elementsEqual("proc".utf8) { return true }
            start = index + 1
        }
        return false
    }
}
