/// Guest code that comes from a file, with what the translation cache has for it.
final class CodeImage {
    let code: FileCode
    let key: ImageKey
    /// What an earlier process translated, and where in the arena its file starts; nil when there is nothing.
    let stored: StoredImage?
    let arenaOffset: UInt32
    let arenaBytes: UInt32
    /// Blocks that this process has translated in the range since its start or since it was forked.
    var newBlockCount = 0
    /// The first link from elsewhere that leads to code of the file, 0 for none.
    var firstIncoming: UInt32 = 0

    /// The file's number; 0 without one.
    let inode: UInt64
    /// The checksum of the guest's code when it was first looked at, where its file had just changed: another change may
    /// not show in the file's times.
    let content: UInt64?
    /// The guest said that its code is another than before, and the mapping is the same: what is stored does not serve,
    /// and nothing is stored.
    var isStale = false

    /// Code without a file in the cache.
    init(_ code: FileCode, key: ImageKey, content: UInt64?) {
        self.code = code
        self.key = key
        self.content = content
        stored = nil
        arenaOffset = 0
        arenaBytes = 0
        inode = 0
    }

    init(
        _ code: FileCode, key: ImageKey, content: UInt64?, stored: StoredImage, arenaOffset: UInt32,
        file: HostCacheDirectory.File
    ) {
        self.code = code
        self.key = key
        self.content = content
        self.stored = stored
        self.arenaOffset = arenaOffset
        arenaBytes = UInt32(truncatingIfNeeded: file.byteCount)
        inode = file.inode
    }

    /// The place in the arena of the code of the block at a guest address.
    @inline(__always)
    func arenaCode(at pc: GuestAddress) -> UInt32? {
        guard let stored, let index = stored.index(at: pc) else { return nil }
        return arenaOffset &+ stored[index].code
    }

    /// Whether an offset in the arena lies in the file.
    func holds(_ offset: UInt32) -> Bool { offset &- arenaOffset < arenaBytes }

    /// The guest address of the block whose code holds an offset in the arena, and the row of its side table in force
    /// there.
    func faultPlace(at offset: UInt32) -> (pc: GuestAddress, entry: FaultEntry)? {
        guard holds(offset), let stored, let index = stored.index(containing: offset &- arenaOffset) else { return nil }
        let block = stored[index]
        guard
            let entry = FaultEntry.inForce(
                at: offset &- arenaOffset &- block.code, among: stored.faults(of: index))
        else { return nil }
        return (block.pc, entry)
    }

    /// How many new blocks are worth a new file, where an old one has so many.
    static func blocksWorthStoring(besides storedCount: Int) -> Int {
        // With all that it runs in the file a program needs no decoder, which takes longer to make than a small program runs.
        storedCount == 0 ? 1 : max(leastNewBlocks, storedCount / growthDivisor)
    }

    /// Fewer blocks than this are translated faster than a file is written.
    private static let leastNewBlocks = 16
    /// A file is written anew when it grows by more than this part of it.
    private static let growthDivisor = 64
}
