/// Users and groups.
enum IdentityCalls {
    static let rows: [SystemCallRow] = [
        // COMPAT_43: the effective number comes in the second register.
        systemCall(24, "getuid", returns: .identities) { _ throws(Errno) in
            (HostIdentity.number(.getuid), HostIdentity.number(.geteuid))
        },
        systemCall(47, "getgid", returns: .identities) { _ throws(Errno) in
            (HostIdentity.number(.getgid), HostIdentity.number(.getegid))
        },
        systemCall(25, "geteuid", returns: .identity) { _ throws(Errno) in HostIdentity.number(.geteuid) },
        systemCall(43, "getegid", returns: .identity) { _ throws(Errno) in HostIdentity.number(.getegid) },
        systemCall(23, "setuid", Identity("uid")) { thread, user throws(Errno) in
            try thread.change(.user) { old throws(Errno) in try old.setting(user.single) }
        },
        systemCall(183, "seteuid", Identity("euid")) { thread, user throws(Errno) in
            try thread.change(.user) { old throws(Errno) in try old.setting(effective: user.single) }
        },
        systemCall(181, "setgid", Identity("gid")) { thread, group throws(Errno) in
            try thread.change(.group) { old throws(Errno) in try old.setting(group.single) }
        },
        systemCall(182, "setegid", Identity("egid")) { thread, group throws(Errno) in
            try thread.change(.group) { old throws(Errno) in try old.setting(effective: group.single) }
        },
        systemCall(126, "setreuid", Identity("ruid"), Identity("euid")) { thread, real, effective throws(Errno) in
            try thread.change(.user) { old throws(Errno) in try old.setting(real: real, effective: effective) }
        },
        systemCall(127, "setregid", Identity("rgid"), Identity("egid")) { thread, real, effective throws(Errno) in
            try thread.change(.group) { old throws(Errno) in try old.setting(real: real, effective: effective) }
        },
        systemCall(311, "setresuid", Identity("ruid"), Identity("euid"), Identity("suid")) {
            thread, real, effective, saved throws(Errno) in
            try thread.change(.user) { old throws(Errno) in try old.setting(real, effective, saved) }
        },
        systemCall(312, "setresgid", Identity("rgid"), Identity("egid"), Identity("sgid")) {
            thread, real, effective, saved throws(Errno) in
            try thread.change(.group) { old throws(Errno) in try old.setting(real, effective, saved) }
        },
        systemCall(360, "getresuid", Out<GuestUnsigned>("ruid"), Out<GuestUnsigned>("euid"), Out<GuestUnsigned>("suid"))
        {
            _, real, effective, saved throws(Errno) in
            let numbers = try HostIdentity.three(.getresuid)
            try real.storeIfPresent(GuestUnsigned(numbers[0]))
            try effective.storeIfPresent(GuestUnsigned(numbers[1]))
            try saved.storeIfPresent(GuestUnsigned(numbers[2]))
        },
        systemCall(361, "getresgid", Out<GuestUnsigned>("rgid"), Out<GuestUnsigned>("egid"), Out<GuestUnsigned>("sgid"))
        {
            _, real, effective, saved throws(Errno) in
            let numbers = try HostIdentity.three(.getresgid)
            try real.storeIfPresent(GuestUnsigned(numbers[0]))
            try effective.storeIfPresent(GuestUnsigned(numbers[1]))
            try saved.storeIfPresent(GuestUnsigned(numbers[2]))
        },
        systemCall(79, "getgroups", Unsigned("gidsetsize"), groupsOut, returns: .count) {
            thread, count, address throws(Errno) in
            try thread.groups(count, address)
        },
        systemCall(80, "setgroups", Unsigned("gidsetsize"), groupsIn) { thread, count, address throws(Errno) in
            guard count <= 1024 else { throw .EINVAL }
            let groups = try thread.memory.copyInArray(GuestUnsigned.self, address, count: Int(count))
            try thread.setGroups(groups.map(\.value))
        },
        systemCall(253, "issetugid", returns: .count) { thread throws(Errno) in
            thread.process.lock.hold { thread.process.hasChangedIdentity } ? 1 : 0
        },
        systemCall(374, "__setugid", Signed("flag"), support: .refused, note: "a kernel option (REGRESSION): ENOSYS") {
            _, _ throws(Errno) in throw .ENOSYS
        },
        systemCall(49, "getlogin", OutBuffer("namebuf", length: .unsigned, filled: .text)) {
            thread, buffer throws(Errno) in
            let name = thread.process.lock.hold { thread.process.login.name } ?? HostIdentity.loginName()
            // The length counts the zero byte; longer lengths than MAXLOGNAME are cut.
            guard name.count < buffer.byteCount else { throw .ERANGE }
            try buffer.storeText(name, orThrow: .ERANGE)
        },
        systemCall(50, "setlogin", LoginText(tooLong: .EINVAL)) { thread, name throws(Errno) in
            thread.process.lock.hold { thread.process.login.name = name }
        },
        systemCall(523, "getloginclass", OutBuffer("namebuf", filled: .text)) { thread, buffer throws(Errno) in
            let name = thread.process.lock.hold { thread.process.login.className } ?? Array(Login.defaultClass.utf8)
            try buffer.storeText(name, orThrow: .ERANGE)
        },
        systemCall(524, "setloginclass", LoginText(tooLong: .ENAMETOOLONG)) { thread, name throws(Errno) in
            guard !name.isEmpty else { throw .EINVAL }
            thread.process.lock.hold { thread.process.login.className = name }
        },
    ]

    /// Without a size `getgroups` only tells how many there are.
    private static let groupsOut = DependentPointer("gidset") { arguments, thread, phase, address throws(Errno) in
        let size = UInt32(truncatingIfNeeded: try arguments.previousWord(thread, back: 2))
        guard size > 0, let count = phase.count else { return address.unread }
        return thread.traceArray(GuestUnsigned.self, address, count: max(0, count))
    }

    private static let groupsIn = DependentPointer("gidset") { arguments, thread, phase, address throws(Errno) in
        guard case .entry = phase else { return .absent }
        let count = UInt32(truncatingIfNeeded: try arguments.previousWord(thread, back: 2))
        return thread.traceArray(GuestUnsigned.self, address, count: Int(count))
    }
}

/// A name that only the superuser sets: that is looked at first (`sys_setlogin`).
private struct LoginText: SystemCallParameter {
    private let text = Path("namebuf", limit: Login.nameLimit)
    let tooLong: Errno
    var slots: [ArgumentSlot] { text.slots }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> [UInt8] {
        try thread.checkSuperuser()
        do throws(Errno) { return try text.decode(&arguments, thread) } catch {
            throw error == .ENAMETOOLONG ? tooLong : error
        }
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        try text.trace(&arguments, thread, phase)
    }
}

extension UInt32 {
    /// For calls that set one number. No user of the host has -1: it would leave the number as it is.
    fileprivate var single: UInt32 {
        get throws(Errno) {
            guard self != .max else { throw HostIdentity.number(.geteuid) == 0 ? .EINVAL : .EPERM }
            return self
        }
    }
}

extension GuestThread {
    func groups(_ count: UInt32, _ address: GuestAddress) throws(Errno) -> Int {
        // FreeBSD 12 puts the effective group first.
        let effective = HostIdentity.number(.getegid)
        let groups = [effective] + (try HostIdentity.groups()).filter { $0 != effective }
        if count == 0 { return groups.count }
        guard count >= groups.count else { throw .EINVAL }
        var position = address
        for group in groups {
            try memory.store(group, at: position)
            position += 4
        }
        return groups.count
    }
}
