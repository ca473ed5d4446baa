/// UMTX_OP_SHM: a page of shared memory for an object in user memory. libthr keeps locks that processes share there and
/// leaves only a mark in the object itself.
///
/// The pages are objects of the host's shared memory, named after the file, or what stands for one, that the address is
/// mapped from: all processes that map it find the same. A page lives until it is destroyed or the host starts anew.
extension GuestThread {
    private enum Request: UInt32 {
        /// `UMTX_SHM_CREAT`, `UMTX_SHM_LOOKUP`, `UMTX_SHM_DESTROY`, `UMTX_SHM_ALIVE`.
        case create = 1
        case find = 2
        case destroy = 4
        case isAlive = 8
    }

    /// Carries a request out; the result is a descriptor, or 0.
    func sharedMemory(at address: GuestAddress, flags: UInt32) throws(Errno) -> Int {
        guard let request = Request(rawValue: flags & 0xf) else { throw .EINVAL }
        if request == .isAlive {
            guard let mapping = memory.addressSpace.mapping(at: address), mapping.isBacked,
                mapping.protection.contains(.read)
            else { throw .EFAULT }
        } else {
            _ = try sharableMapping(at: address)
        }
        guard let object = HostMemory.object(at: address) else { throw .EFAULT }
        switch request {
        case .create:
            // The page is no file of FreeBSD's, and a limit on those sends no signal (`umtx_shm`).
            guard HostLimits.allowsFile(of: Int(memory.abi.pageBytes)) else { throw .ENOMEM }
            let descriptor = try guestDescriptor(
                HostSharedMemory.open(name(object), flags: HostSharedMemory.useOrCreate, mode: 0o600))
            _ = try HostSystemCall.ftruncate.checked(Int(descriptor), memory.abi.pageBytes)
            return Int(descriptor)
        case .find:
            do throws(Errno) {
                return Int(
                    try guestDescriptor(HostSharedMemory.open(name(object), flags: HostSharedMemory.use, mode: 0)))
            } catch {
                throw error == .ENOENT ? .ESRCH : error
            }
        case .destroy:
            do throws(Errno) {
                try HostSharedMemory.remove(name(object))
            } catch {
                throw error == .ENOENT ? .ESRCH : error
            }
        case .isAlive:
            // Asked of the page itself.
            if object.isRemoved { throw .ENOTTY }
        }
        return 0
    }

    /// The name of an object's page. Memory that only this process has is named after the process.
    private func name(_ object: HostMemory.Object) -> [UInt8] {
        let place = object.file == 0 ? "process.\(HostProcess.currentPID)" : "\(object.device).\(object.file)"
        return Array("bsduser.umtx.\(place).\(String(object.offset, radix: 16))".utf8)
    }
}
