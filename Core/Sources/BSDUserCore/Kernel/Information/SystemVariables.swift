/// What the system says of itself. Nothing here shows the host's kernel; sizes and names are those of the guest's.
enum SystemVariables {
    /// Numbers of the nodes that have fixed ones.
    static let nodes: [String: Int32] = [
        "sysctl": 0, "kern": 1, "vm": 2, "vfs": 3, "net": 4, "debug": 5, "hw": 6, "machdep": 7, "user": 8,
        "p1003_1b": 9, "kern.proc": 14, "kern.ipc": 30,
        "net.local": 1, "net.inet": 2, "net.inet6": 28, "net.inet.ip": 0, "net.inet.icmp": 1, "net.inet.tcp": 6,
        "net.inet.udp": 17, "net.inet.raw": 255, "net.inet6.ip6": 41,
    ]

    /// `kern.ipc.maxsockbuf`.
    static let largestSocketBuffer: UInt64 = 2_097_152

    static let rows: [InformationRow] = kernel + hardware + virtualMemory + user + posix

    private static let kernel: [InformationRow] = [
        InformationRow("kern.ostype", 1, .text, "Operating system type") { _ throws(Errno) in .string("FreeBSD") },
        InformationRow("kern.osrelease", 2, .text, "Operating system release") { thread throws(Errno) in
            .string(thread.process.release.name)
        },
        InformationRow("kern.osrevision", 3, .int, "Operating system revision") { _ throws(Errno) in .int(199506) },
        InformationRow("kern.version", 4, .text, "Kernel version") { thread throws(Errno) in
            .string("FreeBSD \(thread.process.release.name) GENERIC\n")
        },
        InformationRow("kern.maxvnodes", 5, .int, "Target for maximum number of vnodes") { _ throws(Errno) in
            .int(100_000)
        },
        InformationRow("kern.maxproc", 6, .int, "Maximum number of processes") { _ throws(Errno) in .int(6656) },
        InformationRow("kern.maxfiles", 7, .int, "Maximum number of files") { _ throws(Errno) in .int(65536) },
        InformationRow("kern.argmax", 8, .int, "Maximum bytes of argument to execve(2)") { thread throws(Errno) in
            .int(Int32(TextVector.byteLimit(thread.memory.abi)))
        },
        InformationRow("kern.securelevel", 9, .int, "Current secure level") { _ throws(Errno) in .int(-1) },
        InformationRow("kern.hostname", 10, .text, "Hostname") { thread throws(Errno) in
            .text(thread.process.hostName)
        },
        InformationRow("kern.hostid", 11, .unsignedLong, "Host ID") { _ throws(Errno) in .unsignedLong(0) },
        InformationRow("kern.clockrate", 12, .opaque, "Rate and period of various kernel clocks", format: "S,clockinfo")
        {
            thread throws(Errno) in
            // struct clockinfo { int hz, tick, spare, stathz, profhz; }
            .bytes([1000, 1000, 0, 127, 8128].flatMap { GuestInt($0).encoded(thread.memory.abi) })
        },
        InformationRow("kern.posix1version", 17, .int, "Version of POSIX attempting to comply to") { _ throws(Errno) in
            .int(200112)
        },
        InformationRow("kern.ngroups", 18, .int, "Maximum number of supplemental groups") { _ throws(Errno) in
            .int(1023)
        },
        InformationRow("kern.job_control", 19, .int, "Whether job control is available") { _ throws(Errno) in .int(1) },
        InformationRow("kern.saved_ids", 20, .int, "Whether saved set-group/user ID is available") { _ throws(Errno) in
            .int(1)
        },
        InformationRow("kern.boottime", 21, .opaque, "System boottime", format: "S,timeval") { thread throws(Errno) in
            let now = try HostClock.time(HostClock.realTime)
            let up = try HostClock.time(7)
            return .bytes(TimeValue(seconds: now.seconds - up.seconds, microseconds: 0).encoded(thread.memory.abi))
        },
        InformationRow("kern.domainname", 22, .text, "Name of the current YP/NIS domain") { _ throws(Errno) in
            .string("")
        },
        InformationRow("kern.osreldate", 24, .int, "Kernel release date") { thread throws(Errno) in
            .int(thread.process.release.version)
        },
        InformationRow("kern.bootfile", 26, .text, "Name of kernel file booted") { _ throws(Errno) in
            .string("/boot/kernel/kernel")
        },
        InformationRow("kern.maxfilesperproc", 27, .int, "Maximum files allowed open per process") { _ throws(Errno) in
            .int(HostDescriptors.guestLimit)
        },
        InformationRow("kern.maxprocperuid", 28, .int, "Maximum processes allowed per userid") { _ throws(Errno) in
            .int(5990)
        },
        InformationRow("kern.ipc.maxsockbuf", 1, .unsignedLong, "Maximum socket buffer size") { _ throws(Errno) in
            .unsignedLong(largestSocketBuffer)
        },
        InformationRow("kern.ipc.somaxconn", 3, .int, "Maximum listen socket pending connection accept queue size") {
            _ throws(Errno) in
            .int(128)
        },
        InformationRow("kern.ipc.shmmax", .unsignedLong, "Maximum shared memory segment size") { _ throws(Errno) in
            .unsignedLong(536_870_912)
        },
        InformationRow("kern.ps_strings", 32, .unsignedLong, "Location of process' ps_strings structure") {
            thread throws(Errno) in
            .unsignedLong(thread.process.image.processStrings)
        },
        InformationRow("kern.usrstack", 33, .unsignedLong, "Top of process stack") { thread throws(Errno) in
            .unsignedLong(thread.process.image.stackTop)
        },
        InformationRow("kern.logsigexit", 34, .int, "Log processes quitting on abnormal signals to syslog(3)") {
            _ throws(Errno) in
            .int(1)
        },
        InformationRow("kern.iov_max", 35, .int, "Maximum number of elements in an I/O vector") { _ throws(Errno) in
            .int(Int32(GuestMemory.maximumVectorCount))
        },
        InformationRow("kern.hostuuid", 36, .text, "Host UUID") { _ throws(Errno) in
            .string("00000000-0000-0000-0000-000000000000")
        },
        InformationRow("kern.arandom", 37, .opaque, "arc4rand", format: "") { _ throws(Errno) in .random },
        InformationRow("kern.ident", .text, "Kernel identifier") { _ throws(Errno) in .string("GENERIC") },
        InformationRow("kern.sched.name", .text, "Scheduler name") { _ throws(Errno) in .string("ULE") },
        InformationRow("kern.smp.active", .int, "Indicates system is running in SMP mode") { _ throws(Errno) in .int(1)
        },
        InformationRow("kern.smp.cpus", .int, "Number of CPUs online") { _ throws(Errno) in
            .int(HostSystem.processorCount())
        },
        InformationRow("kern.smp.maxcpus", .int, "Max number of CPUs that the system was compiled for.") {
            _ throws(Errno) in
            .int(256)
        },
        InformationRow("kern.threads.max_threads_per_proc", .int, "Limit on threads per proc") { _ throws(Errno) in
            .int(Int32(GuestProcess.maximumThreadCount))
        },
        InformationRow("kern.coredump", .int, "Enable/Disable coredumps") { _ throws(Errno) in .int(1) },
        InformationRow("kern.corefile", .text, "Process corefile name format string") { _ throws(Errno) in
            .string("%N.core")
        },
        InformationRow("kern.randompid", .int, "Random PID modulus.") { _ throws(Errno) in .int(0) },
        InformationRow("kern.supported_archs", .text, "Supported architectures for binaries") { thread throws(Errno) in
            .string(thread.process.machineArchitecture)
        },
        InformationRow("security.bsd.unprivileged_proc_debug", .int, "Unprivileged processes may use process debugging")
        {
            _ throws(Errno) in
            .int(0)
        },
        InformationRow("security.jail.jailed", .int, "Process in jail?") { thread throws(Errno) in
            .int(thread.process.jail == nil ? 0 : 1)
        },
    ]

    private static let hardware: [InformationRow] = [
        InformationRow("hw.machine", 1, .text, "Machine class") { thread throws(Errno) in
            .string(thread.architecture.description.machine)
        },
        InformationRow("hw.model", 2, .text, "Machine model") { thread throws(Errno) in
            .string(thread.architecture.description.name)
        },
        InformationRow("hw.ncpu", 3, .int, "Number of active CPUs") { _ throws(Errno) in
            .int(HostSystem.processorCount())
        },
        InformationRow("hw.byteorder", 4, .int, "System byte order") { thread throws(Errno) in
            .int(thread.memory.abi.byteOrder == .big ? 4321 : 1234)
        },
        InformationRow("hw.physmem", 5, .unsignedLong, "Physical memory (in bytes)") { thread throws(Errno) in
            .unsignedLong(HostSystem.memoryBytes(thread.memory.abi))
        },
        InformationRow("hw.usermem", 6, .unsignedLong, "Memory which can be used by a user process") {
            thread throws(Errno) in
            .unsignedLong(HostSystem.memoryBytes(thread.memory.abi))
        },
        InformationRow("hw.pagesize", 7, .int, "System memory page size") { thread throws(Errno) in
            .int(Int32(thread.memory.abi.pageBytes))
        },
        InformationRow("hw.floatingpoint", 10, .int, "Floating point capability") { _ throws(Errno) in .int(1) },
        InformationRow("hw.machine_arch", 11, .text, "System architecture") { thread throws(Errno) in
            .string(thread.process.machineArchitecture)
        },
        InformationRow("hw.realmem", 12, .unsignedLong, "Amount of memory (in bytes) reported by the firmware") {
            thread throws(Errno) in
            .unsignedLong(HostSystem.memoryBytes(thread.memory.abi))
        },
        InformationRow("hw.availpages", .unsignedLong, "Amount of physical memory (in pages)") { thread throws(Errno) in
            .unsignedLong(HostSystem.memoryBytes(thread.memory.abi) / UInt64(thread.memory.abi.pageBytes))
        },
        InformationRow("hw.pagesizes", .unsignedLong, "Supported page sizes") { thread throws(Errno) in
            .bytes(GuestWord(UInt64(thread.memory.abi.pageBytes)).encoded(thread.memory.abi))
        },
        InformationRow("hw.clockrate", .int, "CPU instruction clock rate") { _ throws(Errno) in .int(1000) },
        // PowerPC's run-time linker does not start without it.
        InformationRow("machdep.cacheline_size", 1, .int, "Cache line size") { _ throws(Errno) in .int(128) },
    ]

    private static let virtualMemory: [InformationRow] = [
        InformationRow("vm.loadavg", 2, .opaque, "Machine loadaverage history", format: "S,loadavg") {
            thread throws(Errno) in
            let abi = thread.memory.abi
            let loads = HostSystem.loads().flatMap { GuestUnsigned($0).encoded(abi) }
            // struct loadavg { fixpt_t ldavg[3]; long fscale; }
            let padding = [UInt8](repeating: 0, count: abi.wordBytes == 8 ? 4 : 0)
            return .bytes(loads + padding + GuestLong(HostSystem.loadScale).encoded(abi))
        },
        InformationRow("vm.overcommit", 12, .int, "Configure virtual memory overcommit behavior") { _ throws(Errno) in
            .int(0)
        },
        InformationRow("vm.swap_total", .unsigned64, "Total amount of available swap storage.") { _ throws(Errno) in
            .unsigned64(0)
        },
        InformationRow("vm.stats.vm.v_page_size", .unsignedInt, "Page size in bytes") { thread throws(Errno) in
            .unsignedInt(UInt32(thread.memory.abi.pageBytes))
        },
        InformationRow("vm.stats.vm.v_page_count", .unsignedInt, "Total number of pages in system") {
            thread throws(Errno) in
            let pages = HostSystem.memoryBytes(thread.memory.abi) / UInt64(thread.memory.abi.pageBytes)
            return .unsignedInt(UInt32(clamping: pages))
        },
        InformationRow("vm.stats.vm.v_free_count", .unsignedInt, "Free pages") { thread throws(Errno) in
            let pages = HostSystem.freeMemoryBytes() / UInt64(thread.memory.abi.pageBytes)
            return .unsignedInt(UInt32(clamping: pages))
        },
    ]

    // POSIX.2 minimums and FreeBSD's values (`kern/kern_mib.c`, `lib/libc/gen/sysctl.c`).
    private static let user: [InformationRow] = [
        InformationRow("user.cs_path", 1, .text, "PATH that finds all the standard utilities") { _ throws(Errno) in
            .string("/usr/bin:/bin:/usr/sbin:/sbin:")
        },
        number("user.bc_base_max", 2, 99), number("user.bc_dim_max", 3, 2048), number("user.bc_scale_max", 4, 99),
        number("user.bc_string_max", 5, 1000), number("user.coll_weights_max", 6, 10),
        number("user.expr_nest_max", 7, 32), number("user.line_max", 8, 2048), number("user.re_dup_max", 9, 255),
        number("user.posix2_version", 10, 199212), number("user.posix2_c_bind", 11, 0),
        number("user.posix2_c_dev", 12, 0), number("user.posix2_char_term", 13, 0),
        number("user.posix2_fort_dev", 14, 0), number("user.posix2_fort_run", 15, 0),
        number("user.posix2_localedef", 16, 0), number("user.posix2_sw_dev", 17, 0), number("user.posix2_upe", 18, 0),
        number("user.stream_max", 19, 20), number("user.tzname_max", 20, 255),
    ]

    private static let posix: [InformationRow] = [
        number("p1003_1b.asynchronous_io", 1, 0), number("p1003_1b.mapped_files", 2, 200112),
        number("p1003_1b.memlock", 3, 0), number("p1003_1b.memlock_range", 4, 0),
        number("p1003_1b.memory_protection", 5, 0), number("p1003_1b.message_passing", 6, 0),
        number("p1003_1b.prioritized_io", 7, 0), number("p1003_1b.priority_scheduling", 8, 200112),
        number("p1003_1b.realtime_signals", 9, 200112), number("p1003_1b.semaphores", 10, 200112),
        number("p1003_1b.fsync", 11, 0), number("p1003_1b.shared_memory_objects", 12, 200112),
        number("p1003_1b.synchronized_io", 13, 0), number("p1003_1b.timers", 14, 200112),
        number("p1003_1b.sigqueue_max", 24, 128), number("p1003_1b.timer_max", 25, 32),
    ]

    private static func number(_ name: String, _ number: Int32, _ value: Int32) -> InformationRow {
        InformationRow(name, number, .int, "") { _ throws(Errno) in .int(value) }
    }
}

extension GuestProcess {
    /// `hw.machine_arch`: what the program says of itself, or the architecture.
    var machineArchitecture: String {
        image.machineArchitecture ?? architecture.description.machineArchitecture
    }
}
