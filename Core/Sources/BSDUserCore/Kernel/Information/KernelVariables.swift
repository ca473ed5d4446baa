/// Settings and counts of the kernel that programs look at: constants are FreeBSD's own defaults.
enum KernelVariables {
    static let rows: [InformationRow] =
        settings + scheduling + images + features + interProcess + security + jails + files + memory

    private static let settings: [InformationRow] = [
        number("kern.updateinterval", 23, 0, ""), number("kern.maxphys", 38, 131_072, "Maximum block I/O access size"),
        number("kern.maxusers", nil, 384, "Hint for kernel tuning"),
        number("kern.maxthread", nil, 10240, "Maximum number of threads"),
        number("kern.pid_max", nil, 99999, "Maximum allowed pid"),
        number("kern.ps_argsopen", nil, 1, "Whether arguments of processes can be seen by all users"),
        number("kern.ps_arg_cache_limit", nil, 256, "Process' command line characters cache limit"),
        number("kern.stackprot", nil, 7, "Stack memory permissions"),
        number("kern.sugid_coredump", nil, 0, "Allow setuid and setgid processes to dump core"),
        number("kern.trap_enotcap", nil, 0, "Deliver SIGTRAP on ENOTCAPABLE"),
        number("kern.fallback_elf_brand", nil, -1, "ELF brand of last resort"),
        text("kern.vm_guest", "none", "Virtual machine guest detected?"),
        text("kern.compiler_version", "FreeBSD clang version 10.0.1", "Version of compiler used to compile kernel"),
        text("kern.console", "/", "Console device control"), text("kern.constty", "", ""),
        text("kern.module_path", "/boot/kernel;/boot/modules", "module load search path"),
        text("kern.build_id", "", "Operating system build-id"), text("kern.disks", "", "names of available disks"),
        row("kern.lastpid", .int, "last used PID") { _ throws(Errno) in .int(HostProcess.currentPID) },
        row("kern.openfiles", .int, "System-wide number of open files") { _ throws(Errno) in
            .int(Int32(clamping: HostDirectory.names("/proc/self/fd").count))
        },
        row("kern.maxdsiz", .unsignedLong, "Maximum data size") { thread throws(Errno) in
            .unsignedLong(thread.architecture.description.layout.maximumDataBytes)
        },
        row("kern.dfldsiz", .unsignedLong, "Initial data size limit") { thread throws(Errno) in
            .unsignedLong(thread.architecture.description.layout.defaultDataBytes)
        },
        row("kern.maxssiz", .unsignedLong, "Maximum stack size") { thread throws(Errno) in
            .unsignedLong(thread.architecture.description.layout.maximumStackBytes)
        },
        row("kern.dflssiz", .unsignedLong, "Initial stack size limit") { thread throws(Errno) in
            .unsignedLong(thread.architecture.description.layout.defaultStackBytes)
        },
        row("kern.cp_time", .opaque, "CPU time statistics") { thread throws(Errno) in
            .bytes(HostSystem.processorTimes().flatMap { GuestLong($0).encoded(thread.memory.abi) })
        },
        number("kern.sigqueue.max_pending_per_proc", nil, 128, "Max pending signals per proc"),
        number("kern.sigqueue.preallocate", nil, 1024, "Preallocated signal memory size"),
        text("kern.timecounter.hardware", "dummy", "Timecounter hardware selected"),
        number("kern.timecounter.fast_gettime", nil, 1, "Enable fast time of day"),
        number("kern.timecounter.tick", nil, 1, "Approximate number of hardclock ticks in a millisecond"),
        number("kern.random.sys.seeded", nil, 1, "Seeded/unseeded state"),
    ]

    private static let scheduling: [InformationRow] = [
        number("kern.sched.preemption", nil, 1, "Kernel preemption enabled"),
        number("kern.sched.quantum", nil, 94488, "Quantum for timeshare threads in microseconds"),
        number("kern.sched.cpusetsize", nil, 32, "sizeof(cpuset_t)"),
        number("kern.smp.disabled", nil, 0, "SMP has been disabled from the loader"),
        number("kern.smp.topology", nil, 0, "Topology override setting; 0 is default provided by hardware."),
        row("kern.smp.maxid", .int, "Max CPU ID.") { _ throws(Errno) in .int(HostSystem.processorCount() - 1) },
        row("kern.smp.cores", .int, "Number of physical cores online") { _ throws(Errno) in
            .int(HostSystem.processorCount())
        },
        number("kern.smp.threads_per_core", nil, 1, "Number of SMT threads online per core"),
    ]

    private static let images: [InformationRow] = ["kern.elf64", "kern.elf32"].flatMap { node in
        [
            number("\(node).fallback_brand", nil, -1, "compatibility brand to use"),
            number("\(node).nxstack", nil, 1, "enable non-executable stack"),
            number("\(node).aslr.enable", nil, 0, "enable address map randomization"),
            number("\(node).aslr.pie_enable", nil, 0, "enable address map randomization for PIE binaries"),
            number("\(node).aslr.honor_sbrk", nil, 1, "assume sbrk is used"),
        ]
    }

    // What `feature_present(3)` asks for. Features that do not exist have no variable.
    private static let features: [InformationRow] = [
        "inet", "inet6", "posix_shm", "process_descriptors", "posix_priority_scheduling", "sysv_sem", "sysv_shm",
        "sysv_msg", "compat_freebsd11",
    ].map { number("kern.features.\($0)", nil, 1, "") }

    // `sysv_shm.c`, `sysv_sem.c`, `sysv_msg.c`.
    private static let interProcess: [InformationRow] = [
        long("kern.ipc.shmmin", 1), long("kern.ipc.shmmni", 192), long("kern.ipc.shmseg", 128),
        long("kern.ipc.shmall", 131_072), number("kern.ipc.shm_allow_removed", nil, 0, ""),
        number("kern.ipc.shm_use_phys", nil, 0, ""), number("kern.ipc.semmni", nil, 50, ""),
        number("kern.ipc.semmns", nil, 340, ""), number("kern.ipc.semmnu", nil, 150, ""),
        number("kern.ipc.semmsl", nil, 340, ""), number("kern.ipc.semopm", nil, 100, ""),
        number("kern.ipc.semume", nil, 50, ""), number("kern.ipc.semvmx", nil, 32767, ""),
        number("kern.ipc.semaem", nil, 16384, ""), number("kern.ipc.msgmax", nil, 16384, ""),
        number("kern.ipc.msgmni", nil, 40, ""), number("kern.ipc.msgmnb", nil, 2048, ""),
        number("kern.ipc.msgtql", nil, 40, ""), number("kern.ipc.msgssz", nil, 8, ""),
        number("kern.ipc.msgseg", nil, 2048, ""), long("kern.ipc.maxpipekva", 16_777_216),
    ]

    private static let security: [InformationRow] = [
        ("see_other_uids", 1), ("see_other_gids", 1), ("see_jail_proc", 1), ("conservative_signals", 1),
        ("unprivileged_read_msgbuf", 1), ("unprivileged_mlock", 1), ("unprivileged_get_quota", 0),
        ("unprivileged_idprio", 0), ("unprivileged_chroot", 0), ("hardlink_check_uid", 0), ("hardlink_check_gid", 0),
        ("suser_enabled", 1), ("map_at_zero", 0), ("stack_guard_page", 1), ("allow_destructive_dtrace", 1),
    ].map { (row: (name: String, value: Int32)) in number("security.bsd.\(row.name)", nil, row.value, "") }

    private static let jails: [InformationRow] =
        [
            ("vnet", 0), ("enforce_statfs", 0), ("set_hostname_allowed", 1), ("socket_unixiproute_only", 1),
            ("sysvipc_allowed", 0), ("allow_raw_sockets", 0), ("chflags_allowed", 0), ("mount_allowed", 0),
            ("jail_max_af_ips", 255),
        ].map { (row: (name: String, value: Int32)) in number("security.jail.\(row.name)", nil, row.value, "") } + [
            row("security.jail.children.max", .int, "Maximum number of child jails") { thread throws(Errno) in
                .int(thread.process.jail == nil ? Jail.greatestIdentifier : 0)
            },
            row("security.jail.children.cur", .int, "Current number of child jails") { thread throws(Errno) in
                .int(Int32(thread.process.visibleJails.count))
            },
        ]

    private static let files: [InformationRow] = [
        number("vfs.usermount", nil, 0, "Unprivileged users may mount and unmount file systems"),
        number("vfs.read_max", nil, 64, "Cluster read-ahead max block count"),
        number("vfs.timestamp_precision", nil, 2, "File timestamp precision"),
        number("vfs.lookup_cap_dotdot", nil, 1, "enables \"..\" components in path lookup in capability mode"),
        long("vfs.numvnodes", 1000), long("vfs.freevnodes", 500), long("vfs.maxvnodes", 100_000),
        long("vfs.hirunningspace", 1_048_576), long("vfs.lorunningspace", 524_288),
        row("vfs.conflist", .opaque, "List of all configured filesystems") { thread throws(Errno) in
            .bytes(fileSystemTypes(thread.memory.abi))
        },
    ]

    // struct xvfsconf { struct vfsops *; char name[16]; int typenum, refcount, flags; struct vfsconf *next; }
    private static func fileSystemTypes(_ abi: GuestABI) -> [UInt8] {
        let freeBSD: [FileSystemType] = [
            FileSystemType("ufs", 0x35), FileSystemType("nfs", 0x3a, FileSystemType.network),
            FileSystemType("tmpfs", 0x87), FileSystemType("devfs", 0x71, FileSystemType.synthetic),
            FileSystemType("nullfs", 0x29, FileSystemType.loopback),
        ]
        // What statfs(2) names is configured: getvfsbyname(3) finds it, and tar(1) reads no folder where it does not.
        let host: [FileSystemType] = HostFileSystem.mountedTypes().compactMap { type in
            guard !freeBSD.contains(where: { $0.name == type.name }) else { return nil }
            return FileSystemType(type.name, type.number, type.isSynthetic ? FileSystemType.synthetic : 0)
        }
        return (freeBSD + host).flatMap { $0.encoded(abi) }
    }

    private static let memory: [InformationRow] = [
        number("vm.swap_enabled", 11, 1, "Enable entire process swapout"),
        number("vm.max_wired", nil, 100_000, "System-wide limit to wired page count"),
        row("vm.swap_reserved", .unsigned64, "Amount of swap storage needed to back all memory") { _ throws(Errno) in
            .unsigned64(0)
        },
        pages("vm.stats.vm.v_active_count", "Active:"), pages("vm.stats.vm.v_inactive_count", "Inactive:"),
        pages("vm.stats.vm.v_wire_count", "Unevictable:"), pages("vm.stats.vm.v_cache_count", "SReclaimable:"),
        number("vm.stats.vm.v_laundry_count", nil, 0, "Pages eligible for laundering"),
        number("vm.stats.vm.v_free_min", nil, 1024, "Minimum low-free-pages threshold"),
        number("vm.stats.vm.v_free_target", nil, 4096, "Pages desired free"),
        number("vm.stats.vm.v_free_reserved", nil, 512, "Pages reserved for deadlock"),
        number("vm.stats.vm.v_pageout_free_min", nil, 34, "Min pages reserved for kernel"),
        // The same by the numbers of sys/vm/vm_param.h.
        number("vm.v_free_min", 3, 1024, "Minimum low-free-pages threshold"),
        number("vm.v_free_target", 4, 4096, "Desired free pages"),
        number("vm.v_free_reserved", 5, 512, "Pages reserved for deadlock"),
        number("vm.v_inactive_target", 6, 6144, "Pages desired inactive"),
        number("vm.v_pageout_free_min", 9, 34, "Min pages reserved for kernel"),
        number("p1003_1b.aio_listio_max", 15, -1, ""), number("p1003_1b.aio_max", 16, -1, ""),
        number("p1003_1b.aio_prio_delta_max", 17, -1, ""), number("p1003_1b.delaytimer_max", 18, .max, ""),
        number("p1003_1b.mq_open_max", 19, 0, ""), number("p1003_1b.rtsig_max", 21, 62, ""),
        number("p1003_1b.nsems", 22, 30, ""), number("p1003_1b.sem_nsems_max", nil, 0, ""),
        number("p1003_1b.sem_value_max", 23, .max, ""),
        InformationRow("p1003_1b.pagesize", 20, .int, "") { thread throws(Errno) in
            .int(Int32(thread.memory.abi.pageBytes))
        },
    ]

    private static func pages(_ name: String, _ key: String) -> InformationRow {
        row(name, .unsignedInt, "") { thread throws(Errno) in
            .unsignedInt(UInt32(clamping: HostSystem.memoryKilobytes(key) * 1024 / UInt64(thread.memory.abi.pageBytes)))
        }
    }

    private static func row(
        _ name: String, _ type: InformationType, _ summary: String,
        _ value: @escaping @Sendable (GuestThread) throws(Errno) -> InformationValue
    ) -> InformationRow {
        InformationRow(name, type, summary, value)
    }

    private static func number(_ name: String, _ number: Int32?, _ value: Int32, _ summary: String) -> InformationRow {
        InformationRow(name, number, .int, summary) { _ throws(Errno) in .int(value) }
    }

    private static func long(_ name: String, _ value: Int64) -> InformationRow {
        InformationRow(name, .long, "") { _ throws(Errno) in .long(value) }
    }

    private static func text(_ name: String, _ value: String, _ summary: String) -> InformationRow {
        InformationRow(name, nil, .text, summary) { _ throws(Errno) in .string(value) }
    }
}

/// `struct xvfsconf` (`sys/mount.h`).
private struct FileSystemType: GuestStruct {
    /// `VFCF_NETWORK`, `VFCF_SYNTHETIC`, `VFCF_LOOPBACK`.
    static let network: Int32 = 0x2_0000
    static let synthetic: Int32 = 0x8_0000
    static let loopback: Int32 = 0x10_0000

    var name: [UInt8] = []
    var number: Int32 = 0
    var flags: Int32 = 0

    init() {}
    init(_ name: String, _ number: Int32, _ flags: Int32 = 0) { self.init(Array(name.utf8), number, flags) }
    init(_ name: [UInt8], _ number: Int32, _ flags: Int32) {
        (self.name, self.number, self.flags) = (name, number, flags)
    }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.padWords(1)
        visitor.characters("vfc_name", &name, count: 16)
        visitor.int("vfc_typenum", &number)
        visitor.pad(4)  // vfc_refcount
        visitor.int("vfc_flags", &flags)
        visitor.padWords(1)
    }
}
