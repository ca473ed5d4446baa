/// What `sysctl` says of processes: the emulated ones (`kern_proc.c`, `kern_descrip.c`). What only the process itself
/// knows is told of the caller alone.
enum ProcessVariables {
    static let rows: [InformationRow] = lists + own

    // The numbers are KERN_PROC_*.
    private static let lists: [InformationRow] = [
        list("kern.proc.all", 0, argumentCount: 0) { _, _ in true },
        list("kern.proc.pid", 1) { record, pid in record.pid == pid },
        list("kern.proc.pgrp", 2) { record, group in record.group == group },
        list("kern.proc.session", 3) { record, session in record.session == session },
        list("kern.proc.tty", 4) { record, terminal in record.terminal != 0 && record.guestTerminal == terminal },
        list("kern.proc.uid", 5) { record, user in record.users[1] == UInt32(bitPattern: user) },
        list("kern.proc.ruid", 6) { record, user in record.users[0] == UInt32(bitPattern: user) },
        list("kern.proc.proc", 8, argumentCount: 0) { _, _ in true },
        list("kern.proc.rgid", 10) { record, group in record.groups[0] == UInt32(bitPattern: group) },
        list("kern.proc.gid", 11) { record, group in record.groups[1] == UInt32(bitPattern: group) },
    ].flatMap { $0 }

    private static let own: [InformationRow] = [
        about("kern.proc.args", 7, "Process argument list") { thread, record throws(Errno) in
            .bytes(record.arguments(thread.process).flatMap { $0 + [0] })
        },
        ofCaller("kern.proc.sv_name", 9, "Process syscall vector name (ABI type)") { thread throws(Errno) in
            .string(thread.memory.abi.wordBytes == 8 ? "FreeBSD ELF64" : "FreeBSD ELF32")
        },
        ofCaller("kern.proc.pathname", 12, "Process executable path") { thread throws(Errno) in
            let image = thread.process.image
            return .text(image.fullPath.isEmpty ? thread.process.executablePath : image.fullPath)
        },
        ofCaller("kern.proc.vmmap", 32, "Process vm map entries") { thread throws(Errno) in
            .bytes(thread.mappings.flatMap { $0.encoded(thread.memory.abi) })
        },
        ofCaller("kern.proc.filedesc", 33, "Process filedesc entries") { thread throws(Errno) in
            .bytes(thread.openFiles.flatMap { $0.encoded(thread.memory.abi) })
        },
        about("kern.proc.groups", 34, "Process groups") { thread, record throws(Errno) in
            let effective = record.groups[1]
            let groups = [effective] + record.supplementaryGroups.filter { $0 != effective }
            return .bytes(groups.flatMap { GuestUnsigned($0).encoded(thread.memory.abi) })
        },
        ofCaller("kern.proc.env", 35, "Process environment") { thread throws(Errno) in
            .bytes(thread.process.configuration.environment.flatMap { $0 + [0] })
        },
        ofCaller("kern.proc.auxv", 36, "Process ELF auxiliary vector") { thread throws(Errno) in
            let range = thread.process.image.auxiliary
            return .bytes(try thread.memory.read(at: range.lowerBound, count: range.count))
        },
        InformationRow(withArguments: "kern.proc.rlimit", 37, "Process resource limits") {
            thread, arguments throws(Errno) in
            guard arguments.count == 2, let which = arguments.last else { throw .EINVAL }
            try checkCaller(arguments.dropLast())
            let resource = EnumeratedValue<Resource>(guest: which)
            guard resource.row != nil else { throw .EINVAL }
            return .bytes(try thread.process.limit(resource).encoded(thread.memory.abi))
        },
        ofCaller("kern.proc.ps_strings", 38, "Process ps_strings location") { thread throws(Errno) in
            .unsignedLong(thread.process.image.processStrings)
        },
        about("kern.proc.umask", 39, "Process umask") { thread, record throws(Errno) in
            // A u_short.
            let bytes = GuestUnsigned(record.mask).encoded(thread.memory.abi)
            return .bytes(Array(thread.memory.abi.byteOrder == .big ? bytes.suffix(2) : bytes.prefix(2)))
        },
        ofCaller("kern.proc.osrel", 40, "Process binary osreldate") { thread throws(Errno) in
            .int(thread.process.image.noteRelease)
        },
        ofCaller("kern.proc.sigtramp", 41, "Process signal trampoline location") { thread throws(Errno) in
            // struct kinfo_sigtramp { void *start, *end, *spare[4]; }
            let image = thread.process.image
            let words = [image.trampoline, image.trampoline + image.trampolineBytes, 0, 0, 0, 0]
            return .bytes(words.flatMap { GuestWord($0).encoded(thread.memory.abi) })
        },
        ofCaller("kern.proc.cwd", 42, "Process current working directory") { thread throws(Errno) in
            var file = OpenFileInformation()
            // KF_TYPE_VNODE, KF_FD_TYPE_CWD, KF_VTYPE_VDIR
            (file.kind, file.descriptor, file.fileType) = (1, -1, 2)
            file.path = try thread.process.paths.currentDirectory()
            return .bytes(file.encoded(thread.memory.abi))
        },
        ofCaller("kern.proc.nfds", 43, "Number of open file descriptors") { thread throws(Errno) in
            .int(Int32(thread.openFiles.count))
        },
    ]

    private static func checkCaller(_ arguments: ArraySlice<Int32>) throws(Errno) {
        guard arguments.count == 1, let pid = arguments.first else { throw .EINVAL }
        guard pid == -1 || pid == 0 || pid == HostProcess.currentPID else { throw .ESRCH }
    }

    /// Something of the caller.
    private static func ofCaller(
        _ name: String, _ number: Int32, _ summary: String,
        _ value: @escaping @Sendable (GuestThread) throws(Errno) -> InformationValue
    ) -> InformationRow {
        InformationRow(withArguments: name, number, summary) { thread, arguments throws(Errno) in
            try checkCaller(arguments)
            return try value(thread)
        }
    }

    /// Something of any emulated process.
    private static func about(
        _ name: String, _ number: Int32, _ summary: String,
        _ value: @escaping @Sendable (GuestThread, HostProcessRecord) throws(Errno) -> InformationValue
    ) -> InformationRow {
        InformationRow(withArguments: name, number, summary) { thread, arguments throws(Errno) in
            guard arguments.count == 1, let argument = arguments.first else { throw .EINVAL }
            let pid = argument <= 0 ? HostProcess.currentPID : argument
            guard HostProcess.isListed(pid), thread.process.maySee(pid), let record = HostProcessRecord(pid)
            else {
                throw .ESRCH
            }
            return try value(thread, record)
        }
    }

    /// `struct kinfo_proc` of every emulated process that fits. One process that is not there is ESRCH.
    private static func list(
        _ name: String, _ number: Int32, argumentCount: Int = 1,
        _ fits: @escaping @Sendable (HostProcessRecord, Int32) -> Bool
    ) -> [InformationRow] {
        let answer = {
            @Sendable (thread: GuestThread, arguments: ArraySlice<Int32>) throws(Errno) -> InformationValue in
            // KERN_PROC_ALL takes an argument that means nothing.
            guard arguments.count == argumentCount || argumentCount == 0 && arguments.count <= 1 else {
                throw arguments.count < argumentCount ? .EISDIR : .EINVAL
            }
            let argument = argumentCount == 0 ? 0 : arguments.first ?? 0
            let isOne = name.hasPrefix("kern.proc.pid")
            let pids = isOne ? [argument].filter { HostProcess.isListed($0) } : nil
            let records = pids?.compactMap { HostProcessRecord($0) } ?? HostProcessRecord.emulated()
            let found = records.filter { fits($0, argument) && thread.process.maySee($0.pid) }
            if isOne && found.isEmpty { throw .ESRCH }
            // Looking for jails takes a while for each process.
            let hasJails = !JailTable.identifiers().isEmpty
            return .bytes(
                found.flatMap { record in
                    var information = thread.information(record)
                    if hasJails { information.jail = thread.process.jail(of: record.pid) }
                    return information.encoded(thread.memory.abi)
                })
        }
        return [
            InformationRow(withArguments: name, number, "Process table", answer),
            // KERN_PROC_INC_THREAD: a process stands for its threads.
            InformationRow(withArguments: name + "_td", number | 0x10, "Process table, including threads", answer),
        ]
    }
}

extension HostProcess {
    /// Whether the guest may know of a process.
    static func isListed(_ pid: Int32) -> Bool { pid > 0 && (pid == currentPID || isEmulated(pid)) }
}

extension HostProcessRecord {
    /// The terminal's number as FreeBSD's `dev_t` has it in a list's argument.
    fileprivate var guestTerminal: Int32 { Int32(truncatingIfNeeded: guestDevice) }

    // The host's number: bits 8 to 15 are the major, the rest the minor.
    fileprivate var guestDevice: UInt64 {
        if terminal == 0 { return .max }
        return FileAttributes.device(
            major: terminal >> 8 & 0xff, minor: terminal & 0xff | terminal >> 12 & 0xfff00)
    }

    /// The guest's argument vector. Of another process the emulator's command line tells it.
    func arguments(_ process: GuestProcess) -> [[UInt8]] {
        if pid == HostProcess.currentPID { return process.configuration.arguments }
        let (first, rest) = started(process)
        guard let program = rest.first else { return commandLine }
        return [first ?? program] + rest.dropFirst()
    }

    /// The path of the program that another process was started with, as the guest that started it wrote it.
    func program(_ process: GuestProcess) -> [UInt8]? { started(process).rest.first }

    /// What the emulator's command line holds behind the options, which are the same in all processes that one guest has
    /// started: the program and its arguments, and the first of the argument vector where that is another.
    private func started(_ process: GuestProcess) -> (first: [UInt8]?, rest: ArraySlice<[UInt8]>) {
        var rest = commandLine.dropFirst()
        let flags = process.configuration.reentry.flags
        if rest.starts(with: flags) { rest = rest.dropFirst(flags.count) }
        // "--handover", a descriptor and "--".
        if rest.first == Array("--handover".utf8) { rest = rest.dropFirst(3) }
        guard let end = rest.firstIndex(of: Array("--".utf8)), end >= rest.startIndex + 2,
            rest[end - 2] == Array("-0".utf8)
        else { return (nil, rest) }
        return (rest[end - 1], rest[(end + 1)...])
    }
}

extension GuestThread {
    /// What `ps` shows of a process.
    func information(_ record: HostProcessRecord) -> ProcessInformation {
        var result = ProcessInformation()
        (result.pid, result.parent, result.group) = (record.pid, record.parent, record.group)
        (result.session, result.terminalSession) = (record.session, record.terminal == 0 ? 0 : record.session)
        result.terminalGroup = record.terminalGroup
        (result.realUser, result.user, result.savedUser) = (record.users[0], record.users[1], record.users[2])
        (result.realGroup, result.savedGroup) = (record.groups[0], record.groups[2])
        let groups = [record.groups[1]] + record.supplementaryGroups.filter { $0 != record.groups[1] }
        result.groups = groups.prefix(16).map { GuestUnsigned($0) }
        result.groupCount = Int16(result.groups.count)
        fillSizes(&result, record)
        fillTimes(&result, record)
        // P_INMEM, and P_CONTROLT with a terminal.
        result.flags = 0x1000_0000 | (record.terminal == 0 ? 0 : 0x2)
        let states: [UInt8: UInt8] = [
            UInt8(ascii: "R"): 2, UInt8(ascii: "T"): 4, UInt8(ascii: "t"): 4, UInt8(ascii: "Z"): 5,
        ]
        result.state = states[record.state] ?? 3
        result.nice = UInt8(bitPattern: Int8(clamping: record.nice))
        result.terminal = record.guestDevice
        result.processor = record.processor
        result.threadCount = record.threadCount
        result.threadNumber = record.pid &+ 100_000
        // PRI_TIMESHARE and the middle of its range.
        result.priority = [3, 120, 120, 120]
        result.emulation = Array((memory.abi.wordBytes == 8 ? "FreeBSD ELF64" : "FreeBSD ELF32").utf8)
        fillNames(&result, record)
        return result
    }

    /// The name of another process's program: that of the file, also where a link led to it.
    private func commandName(_ program: [UInt8]) -> [UInt8] {
        let flags = HostPath.pathOnly | HostPath.closeOnExec
        guard let file = try? process.paths.open(DirFd.current, program, hostFlags: flags, mode: 0) else {
            return GuestProcess.commandName(ofProgram: program)
        }
        defer { _ = HostSystemCall.close(Int(file)) }
        return GuestProcess.commandName(ofProgram: HostPath.ofDescriptor(file) ?? program)
    }

    private func fillNames(_ result: inout ProcessInformation, _ record: HostProcessRecord) {
        let login = process.lock.hold { process.login }
        result.login = login.name ?? HostIdentity.loginName()
        result.loginClass = login.className ?? Array(Login.defaultClass.utf8)
        guard record.pid == HostProcess.currentPID else {
            result.command = commandName(record.program(process) ?? record.name)
            result.threadName = result.command
            return
        }
        result.command = process.commandName
        result.threadName = name.isEmpty ? result.command : name
        let (ignored, caught) = process.lock.hold { (process.signals.ignored, process.signals.caught) }
        (result.ignored, result.caught) = (SignalMask(ignored), SignalMask(caught))
        result.blocked = SignalMask(signals.mask)
    }

    private func fillSizes(_ result: inout ProcessInformation, _ record: HostProcessRecord) {
        let pages = { (bytes: UInt64) in Int64(bytes / UInt64(self.memory.abi.pageBytes)) }
        result.residentPages = pages(record.residentPages * 4096)
        // The host counts addresses that are only reserved.
        result.virtualBytes = record.residentPages * 4096
        guard record.pid == HostProcess.currentPID else { return }
        result.virtualBytes = memory.addressSpace.mappedByteCount
        result.textPages = pages(process.image.textBytes)
        result.dataPages = max(0, pages(memory.addressSpace.breakEnd) - pages(process.image.breakStart))
    }

    private func fillTimes(_ result: inout ProcessInformation, _ record: HostProcessRecord) {
        let time = { (ticks: UInt64) in
            let hundredths = HostProcessRecord.ticksPerSecond
            return TimeValue(
                seconds: Int64(ticks / hundredths), microseconds: Int64(ticks % hundredths * 1_000_000 / hundredths))
        }
        result.runMicroseconds =
            (record.userTicks + record.systemTicks) * 1_000_000 / HostProcessRecord.ticksPerSecond
        let now = HostTime.nanoseconds(HostTime.realTime)
        let up = HostTime.nanoseconds(HostTime.bootTime)
        let start = (now &- up) / 1000 + record.startTicks * 1_000_000 / HostProcessRecord.ticksPerSecond
        result.started = TimeValue(seconds: Int64(start / 1_000_000), microseconds: Int64(start % 1_000_000))
        result.childTime = time(record.childUserTicks + record.childSystemTicks)
        (result.usage.userTime, result.usage.systemTime) = (time(record.userTicks), time(record.systemTicks))
        result.usage.maximumResidentKilobytes = Int64(record.residentPages * 4)
        (result.usage.minorFaults, result.usage.majorFaults) = (Int64(record.minorFaults), Int64(record.majorFaults))
        result.childUsage.userTime = time(record.childUserTicks)
        result.childUsage.systemTime = time(record.childSystemTicks)
    }

    /// The open files, as `procstat` shows them.
    fileprivate var openFiles: [OpenFileInformation] {
        HostDirectory.names("/proc/self/fd").compactMap { Int32($0) }.sorted()
            .filter { HostDescriptors.isGuests($0) }.compactMap { openFile($0) }
    }

    private func openFile(_ fd: Int32) -> OpenFileInformation? {
        // The descriptor that the list itself was read by is closed again.
        guard let attributes = try? attributes(fd), let status = try? HostSystemCall.fcntl.checked(Int(fd), 3) else {
            return nil
        }
        var file = OpenFileInformation()
        file.descriptor = fd
        // KF_FLAG_READ 1, KF_FLAG_WRITE 2, KF_FLAG_APPEND 4, KF_FLAG_NONBLOCK 0x10; the host's O_ACCMODE and O_APPEND.
        file.flags = [1, 2, 3, 0][status & 3] | (status & 0x400 != 0 ? 4 : 0)
        if status & HostControl.nonblock != 0 { file.flags |= 0x10 }
        (file.kind, file.fileType) = Self.kinds[attributes.mode & FileMode.typeMask] ?? (255, 0)
        file.offset = Int64(max(0, HostSystemCall.lseek(Int(fd), 0, 1)))
        (file.device, file.inode) = (attributes.device, attributes.inode)
        file.specialDevice = attributes.specialDevice
        file.size = UInt64(max(0, attributes.byteCount))
        file.mode = UInt16(truncatingIfNeeded: attributes.mode)
        file.path = process.paths.guestPath(ofDescriptor: fd) ?? []
        return file
    }

    // KF_TYPE_* and KF_VTYPE_*: VREG 1, VDIR 2, VBLK 3, VCHR 4, VLNK 5, VSOCK 6, VFIFO 7.
    private static let kinds: [UInt32: (Int32, Int32)] = [
        FileMode.regular: (1, 1), FileMode.directory: (1, 2), FileMode.blockDevice: (1, 3),
        FileMode.characterDevice: (1, 4), FileMode.symbolicLink: (1, 5), FileMode.socket: (2, 0),
        FileMode.fifo: (3, 0),
    ]

    /// The mappings, as `procstat` shows them.
    fileprivate var mappings: [MappingInformation] {
        let paths = HostMemory.mappedPaths()
        return memory.addressSpace.mappings.filter { $0.kind != .growthArea }.map { mapping in
            var entry = MappingInformation()
            (entry.start, entry.end) = (mapping.start, mapping.end)
            // KVME_TYPE_DEFAULT 1, _VNODE 2, _GUARD 9 (10 since 13), _NONE 0.
            entry.kind = mapping.kind == .file ? 2 : mapping.kind == .guardPages ? 0 : 1
            entry.protection = Int32(mapping.protection.rawValue)
            // KVME_FLAG_COW 1, KVME_FLAG_NOCOREDUMP 4, KVME_FLAG_GROWS_DOWN 0x20
            entry.flags =
                (mapping.isShared ? 0 : 1) | (mapping.attributes.contains(.noCore) ? 4 : 0)
                | (mapping.attributes.contains(.growsDown) ? 0x20 : 0)
            if let file = memory.addressSpace.file(mapping), mapping.kind == .file {
                (entry.offset, entry.inode, entry.device) = (mapping.fileOffset, file.inode, file.device)
                entry.fileType = 1
                entry.path = paths[mapping.start].flatMap { process.paths.guestPath($0) } ?? []
            }
            return entry
        }
    }
}

extension SignalMask {
    init(_ set: SignalSet) {
        words = (
            UInt32(truncatingIfNeeded: set.low), UInt32(truncatingIfNeeded: set.low >> 32),
            UInt32(truncatingIfNeeded: set.high), UInt32(truncatingIfNeeded: set.high >> 32)
        )
    }
}

extension HostMemory {
    /// The files that are mapped, by the address of the first byte (proc_pid_maps(5)).
    static func mappedPaths() -> [UInt64: [UInt8]] {
        var paths: [UInt64: [UInt8]] = [:]
        for line in HostFile.lines(ofSystemFile: "/proc/self/maps") {
            guard let slash = line.firstIndex(of: UInt8(ascii: "/")),
                let start = UInt64(String(decoding: line.prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self), radix: 16)
            else { continue }
            paths[start] = Array(line[slash...])
        }
        return paths
    }
}
