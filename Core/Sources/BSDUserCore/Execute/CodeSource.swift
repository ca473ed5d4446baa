/// Guest code that may be read.
struct CodeWindow {
    /// The bytes at the address asked for.
    let pointer: UnsafeRawPointer
    /// How many bytes from there on are executable without a gap.
    let byteCount: Int
    /// The guest may also write there.
    let isWritable: Bool
}

/// Where the engine gets guest code: the guest's address space.
protocol CodeSource: AnyObject {
    /// The code at a guest address, or nil when it is not executable.
    func code(at address: GuestAddress) -> CodeWindow?

    /// FreeBSD's `si_code` for a failed instruction fetch: 1 (not mapped) or 2 (no permission).
    func fetchFaultCode(at address: GuestAddress) -> Int32

    /// Withdraws the host's permission to write a guest page that the guest may write, or gives it back.
    ///
    /// The guest's view of the page does not change.
    func setWriteProtection(_ isProtected: Bool, page: GuestAddress)
}
