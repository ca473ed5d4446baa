/// Access to guest memory at guest addresses; an address that is not mapped gives `EFAULT`, never a host fault.
public final class GuestMemory {
    /// The guest's word size and byte order.
    public let abi: GuestABI

    init(abi: GuestABI) { self.abi = abi }
}
