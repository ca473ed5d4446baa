/// The page with the time, which the guest can only read.
extension AddressSpace {
    /// Lets `body` write a page that is still there as it was mapped; false when the guest has put something else in its
    /// place. One thread at a time.
    func withTimePage(_ address: GuestAddress, _ body: () -> Void) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        guard let mapping = table.mapping(at: address), mapping.kind == .anonymous, mapping.protection == [.read],
            !mapping.isShared, mapping.end - address >= pageBytes
        else { return false }
        guard (try? HostMemory.protect(address, pageBytes, .readWrite)) != nil else { return false }
        body()
        try? HostMemory.protect(address, pageBytes, .read)
        return true
    }
}
