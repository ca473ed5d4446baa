/// Mapping and protecting memory (sys/vm/vm_mmap.c, vm_unix.c). The work is `AddressSpace`'s.
enum MemoryCalls {
    static let rows: [SystemCallRow] = [
        systemCall(17, "break", Pointer("nsize"), returns: .address) { thread, end throws(Errno) in
            try thread.memory.addressSpace.setBreak(end)
        },
        systemCall(65, "msync", Pointer("addr"), Size(), Flags<SyncFlags>()) {
            thread, address, byteCount, flags throws(Errno) in
            try thread.memory.addressSpace.sync(address, byteCount, Int32(truncatingIfNeeded: flags.guest))
        },
        // As in FreeBSD, where they were never written.
        systemCall(69, "sbrk", Signed("incr")) { _, _ throws(Errno) in throw .EOPNOTSUPP },
        systemCall(70, "sstk", Signed("incr")) { _, _ throws(Errno) in throw .EOPNOTSUPP },
        systemCall(73, "munmap", Pointer("addr"), Size()) { thread, address, byteCount throws(Errno) in
            try thread.memory.addressSpace.unmap(address, byteCount)
        },
        systemCall(74, "mprotect", Pointer("addr"), Size(), Flags<ProtectionFlags>("prot")) {
            thread, address, byteCount, protection throws(Errno) in
            try thread.memory.addressSpace.protect(
                address, byteCount, Int32(truncatingIfNeeded: protection.guest))
        },
        systemCall(75, "madvise", Pointer("addr"), Size(), Enumeration<AdviceNumbers>("behav")) {
            thread, address, byteCount, advice throws(Errno) in
            try thread.memory.addressSpace.advise(address, byteCount, advice.guest)
        },
        systemCall(78, "mincore", Pointer("addr"), Size(), pageVector) {
            thread, address, byteCount, vector throws(Errno) in
            try thread.memory.write(try thread.memory.addressSpace.residency(address, byteCount), at: vector)
        },
        systemCall(
            197, "freebsd6_mmap", Pointer("addr"), Size(), Flags<ProtectionFlags>("prot"), Flags<MappingFlags>(),
            Signed("fd"), Signed("pad"), Offset("pos"), returns: .address
        ) { thread, address, byteCount, protection, flags, descriptor, _, offset throws(Errno) in
            try map(thread, address, byteCount, protection, flags, descriptor, offset)
        },
        systemCall(203, "mlock", Pointer("addr"), Size()) { thread, address, byteCount throws(Errno) in
            try thread.memory.addressSpace.lockPages(address, byteCount)
        },
        systemCall(204, "munlock", Pointer("addr"), Size()) { thread, address, byteCount throws(Errno) in
            try thread.memory.addressSpace.unlockPages(address, byteCount)
        },
        systemCall(250, "minherit", Pointer("addr"), Size(), Enumeration<InheritanceNumbers>("inherit")) {
            thread, address, byteCount, inheritance throws(Errno) in
            // Pages may be exchanged for copies of them, which nobody may write meanwhile.
            thread.process.stopOthers(thread)
            defer { thread.process.resumeOthers() }
            try thread.memory.addressSpace.setInheritance(address, byteCount, inheritance.guest)
        },
        systemCall(324, "mlockall", Flags<LockAllFlags>("how")) { thread, flags throws(Errno) in
            try thread.memory.addressSpace.lockAll(Int32(truncatingIfNeeded: flags.guest))
        },
        systemCall(325, "munlockall") { thread throws(Errno) in try thread.memory.addressSpace.unlockAll() },
        systemCall(
            477, "mmap", Pointer("addr"), Size(), Flags<ProtectionFlags>("prot"), Flags<MappingFlags>(), Signed("fd"),
            Offset("pos"), returns: .address
        ) { thread, address, byteCount, protection, flags, descriptor, offset throws(Errno) in
            try map(thread, address, byteCount, protection, flags, descriptor, offset)
        },
    ]

    /// Where `mincore` puts one byte a page.
    private static let pageVector = DependentPointer("vec") { arguments, thread, phase, address throws(Errno) in
        guard phase.isSuccess else { return address.unread }
        let size = try arguments.previousWord(thread, back: 2)
        let pages =
            size / UInt64(thread.memory.abi.pageBytes) + (size % UInt64(thread.memory.abi.pageBytes) == 0 ? 0 : 1)
        return address.traced { () throws(Errno) in
            let shown = min(pages, UInt64(TraceValue.listLimit))
            let values = try thread.memory.read(at: address, count: Int(shown)).map { TraceValue.unsigned(UInt64($0)) }
            return shown < pages ? .truncatedList(values) : .list(values)
        }
    }

    private static func map(
        _ thread: GuestThread, _ address: GuestAddress, _ byteCount: UInt64, _ protection: FlagSet<ProtectionFlags>,
        _ flags: FlagSet<MappingFlags>, _ descriptor: Int32, _ offset: Int64
    ) throws(Errno) -> GuestAddress {
        // A descriptor that the guest does not have fails only where one is used at all.
        let isGuests = descriptor == -1 || HostDescriptors.isGuests(descriptor)
        return try thread.memory.addressSpace.map(
            AddressSpace.MapRequest(
                address: address, byteCount: byteCount, protection: Int32(truncatingIfNeeded: protection.guest),
                flags: AddressSpace.MapFlags(rawValue: Int32(truncatingIfNeeded: flags.guest)),
                descriptor: isGuests ? descriptor : -2, offset: offset))
    }
}
