/// What a guest may do with a page: FreeBSD's `PROT_` bits.
public struct MemoryProtection: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let read = MemoryProtection(rawValue: 1)
    public static let write = MemoryProtection(rawValue: 2)
    public static let execute = MemoryProtection(rawValue: 4)
    public static let all: MemoryProtection = [.read, .write, .execute]

    /// What the host must allow for it. Code is read by the translator; writing implies reading on all guests.
    var host: HostMemory.Protection {
        if contains(.write) { return .readWrite }
        return isEmpty ? .none : .read
    }
}

/// A range of guest addresses with the same attributes.
public struct GuestMapping: Equatable, Sendable {
    public var start: GuestAddress
    /// The first address after it.
    public var end: GuestAddress
    public var protection: MemoryProtection
    public var maximumProtection: MemoryProtection
    public var kind: Kind
    public var attributes: Attributes = []
    /// What a child gets by `fork`.
    public var inheritance = Inheritance.copy
    /// For a file: which one (an index of `AddressSpace.file(_:)`), and the offset of the first byte.
    public var file: Int32 = -1
    public var fileOffset: UInt64 = 0

    /// What is mapped.
    public enum Kind: UInt8, Sendable {
        case anonymous
        case file
        /// `MAP_GUARD`: nothing, and nobody else gets it.
        case guardPages
        /// Where the stack mapping above it may grow.
        case growthArea
        /// Memory of the emulator that was there first; no mapping as far as the guest can tell.
        case foreign
    }

    /// Marks of a mapping.
    public struct Attributes: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let shared = Attributes(rawValue: 1)
        /// A stack with a growth area below.
        public static let growsDown = Attributes(rawValue: 2)
        public static let noSync = Attributes(rawValue: 4)
        public static let noCore = Attributes(rawValue: 8)
        public static let locked = Attributes(rawValue: 16)
        /// A file's pages that the guest or the loader could write at some time: they may differ from the file.
        public static let written = Attributes(rawValue: 32)
    }

    /// FreeBSD's `INHERIT_` numbers.
    public enum Inheritance: UInt8, Sendable {
        case share = 0
        case copy = 1
        case none = 2
        case zero = 3
    }

    public var byteCount: UInt64 { end - start }
    /// What it adds to the size of an address space.
    var countedBytes: UInt64 { kind == .anonymous || kind == .file ? byteCount : 0 }
    public var isShared: Bool { attributes.contains(.shared) }
    /// There are pages behind the addresses.
    var isBacked: Bool { kind == .anonymous || kind == .file }

    /// A child does not simply get what the host's `fork` gives it.
    var changesByFork: Bool {
        inheritance != (isShared ? .share : .copy) || attributes.contains(.locked)
    }

    /// Its pages are no longer those of a file.
    mutating func becomeAnonymous() {
        kind = .anonymous
        file = -1
        fileOffset = 0
    }

    /// The part within `range`.
    func clipped(_ range: Range<GuestAddress>) -> GuestMapping {
        var part = self
        part.start = max(start, range.lowerBound)
        part.end = min(end, range.upperBound)
        if kind == .file { part.fileOffset += part.start - start }
        return part
    }

    /// Whether `next`, which starts where this ends, is the same but for its place.
    func continues(in next: GuestMapping) -> Bool {
        guard kind == next.kind, kind != .growthArea, kind != .foreign, !attributes.contains(.growsDown) else {
            return false
        }
        var expected = self
        expected.start = next.start
        expected.end = next.end
        if kind == .file { expected.fileOffset = fileOffset + byteCount }
        return end == next.start && expected == next
    }
}
