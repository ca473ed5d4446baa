import Foundation

@testable import BSDUserCore

/// An address space for tests. They take turns, for all have the same addresses.
enum TestSpace {
    static let userTop: GuestAddress = 0x4000_0000
    static let bigABI = GuestABI(wordBytes: 8, byteOrder: .big)

    private static let turn = NSRecursiveLock()

    static func with<Result>(
        abi: GuestABI = bigABI, reserves: Bool = true, _ body: (GuestMemory, AddressSpace) throws -> Result
    ) rethrows -> Result {
        turn.lock()
        defer { turn.unlock() }
        let limits = AddressSpace.Limits(dataBytes: 16 << 20, maximumDataBytes: 64 << 20, stackBytes: 1 << 20)
        let space = AddressSpace(
            userTop: userTop, pageBytes: UInt64(abi.pageBytes), limits: limits, reserves: reserves)
        space.setProgram(textStart: 0x10_0000, dataStart: 0x20_0000, dataEnd: 0x20_1000)
        defer { space.release() }
        return try body(GuestMemory(abi: abi, addressSpace: space), space)
    }

    /// Keeps all other tests of memory waiting.
    static func alone(_ body: () throws -> Void) rethrows {
        turn.lock()
        defer { turn.unlock() }
        try body()
    }

    /// The address space of an architecture's layout.
    static func with<Result>(
        _ architecture: any GuestArchitecture, _ body: (GuestMemory, AddressSpace) throws -> Result
    ) rethrows -> Result {
        turn.lock()
        defer { turn.unlock() }
        let space = AddressSpace(architecture.description)
        defer { space.release() }
        return try body(GuestMemory(abi: architecture.description.abi, addressSpace: space), space)
    }

    /// A file with these bytes, open for reading and writing, and already unlinked.
    static func withFile<Result>(_ bytes: [UInt8], flags: Int32 = O_RDWR, _ body: (Int32) throws -> Result) throws
        -> Result
    {
        let path = NSTemporaryDirectory() + "/bsduser-test-\(UUID().uuidString)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let descriptor = open(path, flags)
        unlink(path)
        defer { close(descriptor) }
        return try body(descriptor)
    }
}
