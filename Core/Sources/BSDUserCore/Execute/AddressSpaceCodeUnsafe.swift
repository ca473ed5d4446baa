/// Guest code for the translator.
extension AddressSpace: CodeSource {
    /// Code is handed out in pieces of at most this size.
    private static let largestWindow: UInt64 = 1 << 20

    func code(at address: GuestAddress) -> CodeWindow? {
        lock.lock()
        defer { lock.unlock() }
        guard let first = table.mapping(at: address), isExecutable(first) else { return nil }
        let isWritable = first.protection.contains(.write)
        var end = first.end
        while end - address < AddressSpace.largestWindow, let next = table.mapping(at: end), isExecutable(next),
            next.protection.contains(.write) == isWritable
        {
            end = next.end
        }
        guard let pointer = UnsafeRawPointer(bitPattern: UInt(address)) else { return nil }
        let byteCount = Int(min(end - address, AddressSpace.largestWindow))
        return CodeWindow(pointer: pointer, byteCount: byteCount, isWritable: isWritable)
    }

    func fileCode(at address: GuestAddress) -> FileCode? {
        lock.lock()
        defer { lock.unlock() }
        guard let mapping = table.mapping(at: address), mapping.kind == .file, isExecutable(mapping),
            !mapping.isShared, !mapping.attributes.contains(.written), files.indices.contains(Int(mapping.file))
        else { return nil }
        return FileCode(
            range: mapping.start..<mapping.end, file: files[Int(mapping.file)], fileOffset: mapping.fileOffset)
    }

    func origin(of address: GuestAddress) -> CodeOrigin? {
        guard let mapping = mapping(at: address), mapping.kind == .file, let file = file(mapping) else { return nil }
        return CodeOrigin(
            file: CodeOrigin.File(device: file.device, inode: file.inode),
            offset: mapping.fileOffset + (address - mapping.start))
    }

    func path(at address: GuestAddress) -> [UInt8]? { HostMemory.mappedPath(at: address) }
}

extension ExecutionEngine: AddressSpaceObserver {}
