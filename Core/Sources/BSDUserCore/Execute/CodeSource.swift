/// Guest code that may be read.
struct CodeWindow {
    /// The bytes at the address asked for.
    let pointer: UnsafeRawPointer
    /// How many bytes from there on are executable without a gap.
    let byteCount: Int
    /// The guest may also write there.
    let isWritable: Bool
}

/// Guest code that is, unchanged, a part of a file: its translation serves other processes as well.
struct FileCode: Equatable {
    /// One mapping: guest addresses.
    let range: Range<GuestAddress>
    let file: AddressSpace.MappedFile
    /// Where in the file the range starts.
    let fileOffset: UInt64
}

/// The file that guest code was mapped from.
struct CodeOrigin {
    struct File: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    let file: File
    /// How far from its start the code stands.
    let offset: UInt64
}

/// Where the engine gets guest code: the guest's address space.
protocol CodeSource: AnyObject {
    /// The code at a guest address, or nil when it is not executable. What it says of code that the guest cannot write
    /// holds until `ExecutionEngine.mappingChanged` is called.
    func code(at address: GuestAddress) -> CodeWindow?

    /// The file whose unchanged pages hold the code at a guest address; nil when there is none.
    func fileCode(at address: GuestAddress) -> FileCode?

    /// FreeBSD's `si_code` of a failed access or fetch: `SEGV_MAPERR` 1 or `SEGV_ACCERR` 2.
    func faultCode(at address: GuestAddress) -> Int32

    /// Whether guest and host allow an access now. One that has just failed may: another thread has changed the mapping
    /// since, or let a watched page go.
    func allows(_ address: GuestAddress, writing: Bool) -> Bool

    /// Where the code at an address comes from; nil when that is no file.
    func origin(of address: GuestAddress) -> CodeOrigin?

    /// The path on the host of the file that is mapped at an address. That takes a while to find out.
    func path(at address: GuestAddress) -> [UInt8]?

    /// Lets a stack grow to an address below it. True when the failed access is worth another try.
    func growStack(at address: GuestAddress) -> Bool

    /// Withdraws the host's permission to write a guest page that the guest may write, or gives it back.
    ///
    /// The guest's view of the page does not change.
    func setWriteProtection(_ isProtected: Bool, page: GuestAddress)
}

/// What a source without mappings of its own answers.
extension CodeSource {
    func fileCode(at address: GuestAddress) -> FileCode? { nil }
    func faultCode(at address: GuestAddress) -> Int32 { 1 }
    func origin(of address: GuestAddress) -> CodeOrigin? { nil }
    func path(at address: GuestAddress) -> [UInt8]? { nil }
    func growStack(at address: GuestAddress) -> Bool { false }
    func allows(_ address: GuestAddress, writing: Bool) -> Bool { false }
}
