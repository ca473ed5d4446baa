/// POSIX shared memory (`sys/kern/uipc_shm.c`). Objects without a name are unnamed files of the host; those with a name are
/// files where the host keeps its own.
enum SharedMemoryCalls {
    private static let always = "an object may grow by writing whether it was made for that or not"

    static let rows: [SystemCallRow] = [
        systemCall(
            482, "shm_open", SharedMemoryName(), Flags<OpenFlags>(), Mode(), returns: .descriptor
        ) { thread, name, flags, mode throws(Errno) in
            let flags = FlagSet<OpenFlags>(guest: flags.guest | OpenFlags.closeOnExec)
            return try thread.openSharedMemory(name, flags, mode, isSealable: false, debugName: [])
        },
        systemCall(
            571, "shm_open2", SharedMemoryName(), Flags<OpenFlags>(), Mode(), Flags<SharedMemoryFlags>("shmflags"),
            OptionalPath("name"), returns: .descriptor, support: .partial, note: always
        ) { thread, name, flags, mode, sharing, debugName throws(Errno) in
            guard sharing.unknown == 0 else { throw .EINVAL }
            // As on a machine without large pages (`kern_shm_open2`).
            guard !sharing.contains(SharedMemoryFlags.largePages) else { throw .ENOTTY }
            return try thread.openSharedMemory(
                name, flags, mode, isSealable: sharing.contains(SharedMemoryFlags.allowSealing),
                debugName: debugName ?? [])
        },
        systemCall(483, "shm_unlink", Path()) { _, path throws(Errno) in
            try withoutStickiness { () throws(Errno) in try HostSharedMemory.remove(SharedMemoryName.host(path)) }
        },
        systemCall(572, "shm_rename", Path("path_from"), Path("path_to"), Flags<SharedMemoryRenameFlags>()) {
            _, from, to, flags throws(Errno) in
            let both = SharedMemoryRenameFlags.noReplace | SharedMemoryRenameFlags.exchange
            guard flags.unknown == 0, flags.guest != both else { throw .EINVAL }
            // One name for both is nothing to do, and is not looked for (`kern_shm_rename`).
            guard from != to else { return }
            let (from, to) = (try SharedMemoryName.host(from), try SharedMemoryName.host(to))
            try withoutStickiness { () throws(Errno) in
                do throws(Errno) {
                    try HostSharedMemory.rename(from, to, Int(flags.host))
                } catch .ENOENT where flags.contains(SharedMemoryRenameFlags.exchange) {
                    // With nothing to exchange it with, an object just moves.
                    try HostSharedMemory.rename(from, to, 0)
                }
            }
        },
    ]

    /// The host's folder is sticky; here it is a question of access (`shm_remove`).
    private static func withoutStickiness(_ body: () throws(Errno) -> Void) throws(Errno) {
        do throws(Errno) { try body() } catch .EPERM { throw .EACCES }
    }
}

/// Flags of `shm_open2` and `shm_rename` (`sys/mman.h`).
enum SharedMemoryFlags: FlagTable {
    static let allowSealing: UInt64 = 1
    static let largePages: UInt64 = 4
    static let rows: [FlagRow] = [
        FlagRow(1, nil, "SHM_ALLOW_SEALING"), FlagRow(2, nil, "SHM_GROW_ON_WRITE"), FlagRow(4, nil, "SHM_LARGEPAGE"),
    ]
}

enum SharedMemoryRenameFlags: FlagTable {
    static let noReplace: UInt64 = 1
    static let exchange: UInt64 = 2
    static let rows: [FlagRow] = [FlagRow(1, 1, "SHM_RENAME_NOREPLACE"), FlagRow(2, 2, "SHM_RENAME_EXCHANGE")]
}

/// The name of an object; `SHM_ANON`, which is no name, gives nil.
struct SharedMemoryName: SystemCallParameter {
    private static let anonymous: GuestAddress = 1
    let name = "path"
    var slots: [ArgumentSlot] { [ArgumentSlot(.input, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> [UInt8]? {
        let address = try arguments.word(thread)
        return address == Self.anonymous ? nil : try thread.memory.copyInText(address)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        var ahead = arguments
        guard try ahead.word(thread) != Self.anonymous else {
            arguments = ahead
            return [.symbol("SHM_ANON")]
        }
        return try Path().trace(&arguments, thread, phase)
    }

    /// The file's name on the host: all names of the guest are flat there, and apart from others'.
    static func host(_ name: [UInt8]) throws(Errno) -> [UInt8] {
        guard name.first == UInt8(ascii: "/") else { throw .EINVAL }
        var file = Array("bsduser.".utf8)
        for byte in name {
            switch byte {
            case UInt8(ascii: "/"): file += Array("%2f".utf8)
            case UInt8(ascii: "%"): file += Array("%25".utf8)
            default: file.append(byte)
            }
        }
        guard file.count <= 255 else { throw .ENAMETOOLONG }
        return file
    }
}

extension GuestThread {
    fileprivate func openSharedMemory(
        _ name: [UInt8]?, _ flags: FlagSet<OpenFlags>, _ mode: UInt32, isSealable: Bool, debugName: [UInt8]
    ) throws(Errno) -> Int32 {
        let allowed = OpenFlags.accessMask | OpenFlags.create | OpenFlags.exclusive | OpenFlags.truncate
        guard flags.guest & ~(allowed | OpenFlags.closeOnExec) == 0, flags.guest & OpenFlags.accessMask & ~2 == 0
        else { throw .EINVAL }
        let closesOnExec = flags.contains(OpenFlags.closeOnExec)
        guard let name else {
            guard flags.guest & OpenFlags.accessMask != 0 else { throw .EINVAL }
            let label = debugName.isEmpty ? Array("SHM_ANON".utf8) : Array(debugName.prefix(200))
            return try guestDescriptor(
                HostSharedMemory.unnamed(label, closesOnExec: closesOnExec, isSealable: isSealable))
        }
        return try guestDescriptor(
            HostSharedMemory.open(SharedMemoryName.host(name), flags: Int(flags.hostInt), mode: Int(mode & 0o777)))
    }
}
