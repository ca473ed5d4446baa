/// A guest address.
public typealias GuestAddress = UInt64

/// Order of the bytes of a number in guest memory.
@frozen
public enum ByteOrder: UInt8, Sendable {
    case little, big
}

/// What every guest structure and system call needs to know of the architecture.
@frozen
public struct GuestABI: Sendable, Equatable {
    /// Bytes of `long`, `size_t` and pointers: 4 or 8.
    public let wordBytes: Int
    public let byteOrder: ByteOrder
    /// Greatest alignment of a scalar in structures (8 on all ABIs of FreeBSD but i386).
    public let maximumAlignment: Int
    /// Bytes of a page as the guest sees it.
    public let pageBytes: Int
    /// Whether a 64-bit argument starts at an even register when a word has 4 bytes.
    public let alignsRegisterPairs: Bool
    /// Alignment of control messages (`_ALIGNBYTES` + 1 of machine/_align.h): 4 on arm, 8 on mips, 16 on sparc64.
    public let controlAlignment: Int

    public init(
        wordBytes: Int, byteOrder: ByteOrder, maximumAlignment: Int = 8, pageBytes: Int = 4096,
        alignsRegisterPairs: Bool = false, controlAlignment: Int? = nil
    ) {
        self.wordBytes = wordBytes
        self.byteOrder = byteOrder
        self.maximumAlignment = maximumAlignment
        self.pageBytes = pageBytes
        self.alignsRegisterPairs = alignsRegisterPairs
        self.controlAlignment = controlAlignment ?? wordBytes
    }
}
