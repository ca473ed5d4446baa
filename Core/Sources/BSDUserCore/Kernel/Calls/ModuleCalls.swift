/// Files and modules of the kernel: one file, and the modules that `vfs.conflist` shows as file systems. Scripts ask
/// whether something is there; nothing can be loaded.
enum ModuleCalls {
    static let rows: [SystemCallRow] = [
        systemCall(306, "kldfind", Path("file"), returns: .identifier) { _, name throws(Errno) in
            let last = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last
            guard let last, last.elementsEqual(kernelName) else { throw .ENOENT }
            return kernel
        },
        // 0 asks for the first, and 0 is the end.
        systemCall(307, "kldnext", Signed("fileid"), returns: .identifier) { _, file throws(Errno) in
            guard file == 0 || file == kernel else { throw .ENOENT }
            return file == 0 ? kernel : 0
        },
        systemCall(308, "kldstat", Signed("fileid"), InOut<KernelFileStatus>("stat")) {
            _, file, out throws(Errno) in
            let first = KernelFileStatus.byteCount(out.memory.abi) - pathLimit
            let version = try version(out, first: first)
            guard file == kernel else { throw .ENOENT }
            var status = KernelFileStatus()
            (status.version, status.identifier, status.references) = (version, kernel, 1)
            (status.name, status.path) = (kernelName, Array("/boot/kernel/kernel".utf8))
            try store(status, version, out)
        },
        systemCall(309, "kldfirstmod", Signed("fileid"), returns: .identifier) { _, file throws(Errno) in
            guard file == kernel else { throw .ENOENT }
            return 1
        },
        systemCall(303, "modfind", Path("name", limit: 32), returns: .identifier) { _, name throws(Errno) in
            guard let index = names.firstIndex(where: { name.elementsEqual($0.utf8) }) else { throw .ENOENT }
            return Int32(index + 1)
        },
        systemCall(300, "modnext", Signed("modid"), returns: .identifier) { _, module throws(Errno) in
            try next(module)
        },
        systemCall(302, "modfnext", Signed("modid"), returns: .identifier) { _, module throws(Errno) in
            guard module > 0 else { throw .ENOENT }
            return try next(module)
        },
        systemCall(301, "modstat", Signed("modid"), InOut<ModuleStatus>("stat")) { _, module, out throws(Errno) in
            guard names.indices.contains(Int(module) - 1) else { throw .ENOENT }
            let version = try version(out, first: ModuleStatus.firstBytes)
            var status = ModuleStatus()
            (status.version, status.identifier, status.references) = (version, module, 1)
            status.name = Array(names[Int(module) - 1].utf8)
            try store(status, version, out)
        },
    ]

    private static let kernel: Int32 = 1
    private static let kernelName = Array("kernel".utf8)
    private static let names = ["ufs", "nfs", "tmpfs", "devfs", "nullfs"]

    /// `MAXPATHLEN`.
    static let pathLimit = 1024

    /// What the structure's first member says: its size, or that of its first version.
    private static func version<Status: GuestStruct>(_ out: OutPointer<Status>, first: Int) throws(Errno) -> Int32 {
        let version = try out.memory.load(GuestInt.self, at: out.address).value
        guard version == Int32(first) || version == Int32(Status.byteCount(out.memory.abi)) else { throw .EINVAL }
        return version
    }

    private static func store<Status: GuestStruct>(
        _ status: Status, _ version: Int32, _ out: OutPointer<Status>
    ) throws(Errno) {
        try out.memory.write(Array(status.encoded(out.memory.abi).prefix(Int(version))), at: out.address)
    }

    private static func next(_ module: Int32) throws(Errno) -> Int32 {
        guard (0...Int32(names.count)).contains(module) else { throw .ENOENT }
        return module == Int32(names.count) ? 0 : module + 1
    }
}

/// `struct kld_file_stat` (`sys/linker.h`); the first version of it ends before the path.
struct KernelFileStatus: GuestStruct, Sendable {
    var version: Int32 = 0
    var name: [UInt8] = []
    var references: Int32 = 0
    var identifier: Int32 = 0
    var address: GuestAddress = 0
    var byteCount: UInt64 = 0
    var path: [UInt8] = []

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("version", &version)
        visitor.characters("name", &name, count: ModuleCalls.pathLimit)
        visitor.align(4)
        visitor.int("refs", &references)
        visitor.int("id", &identifier)
        visitor.pointer("address", &address)
        visitor.word("size", &byteCount)
        visitor.characters("pathname", &path, count: ModuleCalls.pathLimit)
    }
}

/// `struct module_stat` (`sys/module.h`).
struct ModuleStatus: GuestStruct, Sendable {
    /// The size of its first version, which ends before the module's own word (`struct module_stat_v1`).
    static let firstBytes = 44

    var version: Int32 = 0
    var name: [UInt8] = []
    var references: Int32 = 0
    var identifier: Int32 = 0
    var data: UInt64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("version", &version)
        visitor.characters("name", &name, count: 32)
        visitor.int("refs", &references)
        visitor.int("id", &identifier)
        visitor.word("data", &data)
    }
}
