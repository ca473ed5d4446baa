/// `struct kinfo_proc` (`sys/user.h`): what `ps` shows of a process.
struct ProcessInformation: GuestStruct, Sendable {
    var pid: Int32 = 0
    var parent: Int32 = 0
    var group: Int32 = 0
    var terminalGroup: Int32 = 0
    var session: Int32 = 0
    var terminalSession: Int32 = 0
    var pending = SignalMask()
    var blocked = SignalMask()
    var ignored = SignalMask()
    var caught = SignalMask()
    var user: UInt32 = 0
    var realUser: UInt32 = 0
    var savedUser: UInt32 = 0
    var realGroup: UInt32 = 0
    var savedGroup: UInt32 = 0
    var groupCount: Int16 = 0
    var groups: [GuestUnsigned] = []
    var virtualBytes: UInt64 = 0
    var residentPages: Int64 = 0
    var textPages: Int64 = 0
    var dataPages: Int64 = 0
    var stackPages: Int64 = 0
    var runMicroseconds: UInt64 = 0
    var started = TimeValue()
    var childTime = TimeValue()
    var flags: Int64 = 0
    var state: UInt8 = 0
    var nice: UInt8 = 0
    var threadName: [UInt8] = []
    var waitMessage: [UInt8] = []
    var login: [UInt8] = []
    var command: [UInt8] = []
    var emulation: [UInt8] = []
    var loginClass: [UInt8] = []
    var terminal: UInt64 = .max
    var processor: Int32 = 0
    var jail: Int32 = 0
    var threadCount: Int32 = 0
    var threadNumber: Int32 = 0
    var priority: [UInt8] = []
    var usage = ResourceUsage()
    var childUsage = ResourceUsage()
    var threadFlags: Int64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        var byteCount = Int32(visitor.abi.wordBytes == 8 ? 1088 : 816)
        visitor.int("ki_structsize", &byteCount)
        visitor.pad(4)  // ki_layout
        visitor.padWords(8)  // Addresses in the kernel: ki_args ... ki_wchan
        visitor.int("ki_pid", &pid)
        visitor.int("ki_ppid", &parent)
        visitor.int("ki_pgid", &group)
        visitor.int("ki_tpgid", &terminalGroup)
        visitor.int("ki_sid", &session)
        visitor.int("ki_tsid", &terminalSession)
        visitor.pad(2 + 2 + 4)  // ki_jobc, a spare, ki_tdev_freebsd11
        visitor.nested("ki_siglist", &pending)
        visitor.nested("ki_sigmask", &blocked)
        visitor.nested("ki_sigignore", &ignored)
        visitor.nested("ki_sigcatch", &caught)
        identity(&visitor)
        sizes(&visitor)
        names(&visitor)
        machine(&visitor)
    }

    private mutating func identity<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("ki_uid", &user)
        visitor.int("ki_ruid", &realUser)
        visitor.int("ki_svuid", &savedUser)
        visitor.int("ki_rgid", &realGroup)
        visitor.int("ki_svgid", &savedGroup)
        visitor.int("ki_ngroups", &groupCount)
        visitor.pad(2)
        visitor.array("ki_groups", &groups, count: 16)
    }

    private mutating func sizes<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.word("ki_size", &virtualBytes)
        visitor.word("ki_rssize", &residentPages)
        visitor.padWords(1)  // ki_swrss
        visitor.word("ki_tsize", &textPages)
        visitor.word("ki_dsize", &dataPages)
        visitor.word("ki_ssize", &stackPages)
        visitor.pad(2 + 2 + 5 * 4)  // ki_xstat, ki_acflag, ki_pctcpu, ki_estcpu, ki_slptime, ki_swtime, ki_cow
        visitor.int("ki_runtime", &runMicroseconds)
        visitor.nested("ki_start", &started)
        visitor.nested("ki_childtime", &childTime)
        visitor.word("ki_flag", &flags)
        visitor.padWords(1)  // ki_kiflag
        visitor.pad(4)  // ki_traceflag
        visitor.int("ki_stat", &state)
        visitor.int("ki_nice", &nice)
        visitor.pad(4)  // ki_lock, ki_rqindex, ki_oncpu_old, ki_lastcpu_old
    }

    private mutating func names<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.characters("ki_tdname", &threadName, count: 17)
        visitor.characters("ki_wmesg", &waitMessage, count: 9)
        visitor.characters("ki_login", &login, count: 18)
        visitor.pad(9)  // ki_lockname
        visitor.characters("ki_comm", &command, count: 20)
        visitor.characters("ki_emul", &emulation, count: 17)
        visitor.characters("ki_loginclass", &loginClass, count: 18)
        visitor.pad(4 + 46)  // ki_moretdname, ki_sparestrings
        visitor.align(4)
        visitor.pad(2 * 4)  // ki_spareints
    }

    private mutating func machine<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("ki_tdev", &terminal, .hexadecimal)
        visitor.int("ki_oncpu", &processor)
        var last = processor
        visitor.int("ki_lastcpu", &last)
        visitor.pad(4 * 4)  // ki_tracer, ki_flag2, ki_fibnum, ki_cr_flags
        visitor.int("ki_jid", &jail)
        visitor.int("ki_numthreads", &threadCount)
        visitor.int("ki_tid", &threadNumber)
        visitor.bytes("ki_pri", &priority, count: 4, isText: false)
        visitor.nested("ki_rusage", &usage)
        visitor.nested("ki_rusage_ch", &childUsage)
        visitor.padWords(4 + 6 + 12)  // ki_pcb, ki_kstack, ki_udata, ki_tdaddr, spare pointers and longs
        visitor.padWords(1)  // ki_sflag
        visitor.word("ki_tdflags", &threadFlags)
    }
}

/// `struct kinfo_file` (`sys/user.h`): an open file.
struct OpenFileInformation: GuestStruct, Sendable {
    var byteCount: Int32 = 1392
    var kind: Int32 = 0
    var descriptor: Int32 = 0
    var flags: Int32 = 0
    var offset: Int64 = -1
    var fileType: Int32 = 0
    var device: UInt64 = 0
    var specialDevice: UInt64 = 0
    var inode: UInt64 = 0
    var size: UInt64 = 0
    var mode: UInt16 = 0
    var path: [UInt8] = []

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("kf_structsize", &byteCount)
        visitor.int("kf_type", &kind)
        visitor.int("kf_fd", &descriptor)
        var references: Int32 = 1
        visitor.int("kf_ref_count", &references)
        visitor.int("kf_flags", &flags, .hexadecimal)
        visitor.pad(4)
        visitor.int("kf_offset", &offset)
        // The union, as for a file.
        visitor.int("kf_file_type", &fileType)
        visitor.pad(3 * 4 + 30 * 8)
        visitor.int("kf_file_fsid", &device)
        visitor.int("kf_file_rdev", &specialDevice)
        visitor.int("kf_file_fileid", &inode)
        visitor.int("kf_file_size", &size)
        visitor.pad(4 + 4)
        visitor.int("kf_file_mode", &mode, .octal)
        visitor.pad(2 + 4)
        visitor.pad(2 + 2 + 4 + 16 + 8)  // kf_status, spares, kf_cap_rights
        visitor.characters("kf_path", &path, count: 1024)
    }
}

/// `struct kinfo_vmentry` (`sys/user.h`): a mapping.
struct MappingInformation: GuestStruct, Sendable {
    var byteCount: Int32 = 1160
    var kind: Int32 = 0
    var start: UInt64 = 0
    var end: UInt64 = 0
    var offset: UInt64 = 0
    var inode: UInt64 = 0
    var flags: Int32 = 0
    var protection: Int32 = 0
    var fileType: Int32 = 0
    var device: UInt64 = 0
    var path: [UInt8] = []

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("kve_structsize", &byteCount)
        visitor.int("kve_type", &kind)
        visitor.int("kve_start", &start, .hexadecimal)
        visitor.int("kve_end", &end, .hexadecimal)
        visitor.int("kve_offset", &offset)
        visitor.int("kve_vn_fileid", &inode)
        visitor.pad(4)  // kve_vn_fsid_freebsd11
        visitor.int("kve_flags", &flags, .hexadecimal)
        visitor.pad(4 + 4)  // kve_resident, kve_private_resident
        visitor.int("kve_protection", &protection)
        visitor.pad(4 + 4)  // kve_ref_count, kve_shadow_count
        visitor.int("kve_vn_type", &fileType)
        visitor.pad(8 + 4 + 2 + 2)  // kve_vn_size, kve_vn_rdev_freebsd11, kve_vn_mode, kve_status
        visitor.int("kve_vn_fsid", &device)
        visitor.pad(8 + 8 * 4)
        visitor.characters("kve_path", &path, count: 1024)
    }
}
