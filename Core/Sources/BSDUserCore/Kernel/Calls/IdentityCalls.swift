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
        systemCall(23, "setuid", Identity("uid")) { _, user throws(Errno) in
            try HostIdentity.setUser(user.single)
        },
        systemCall(183, "seteuid", Identity("euid")) { _, user throws(Errno) in
            try HostIdentity.setUsers(.max, user.single, .max)
        },
        systemCall(181, "setgid", Identity("gid")) { _, group throws(Errno) in
            try HostIdentity.setGroup(group.single)
        },
        systemCall(182, "setegid", Identity("egid")) { _, group throws(Errno) in
            try HostIdentity.setGroups(.max, group.single, .max)
        },
        systemCall(126, "setreuid", Identity("ruid"), Identity("euid")) { _, real, effective throws(Errno) in
            try HostIdentity.setUsers(real, effective)
        },
        systemCall(127, "setregid", Identity("rgid"), Identity("egid")) { _, real, effective throws(Errno) in
            try HostIdentity.setGroups(real, effective)
        },
        systemCall(311, "setresuid", Identity("ruid"), Identity("euid"), Identity("suid")) {
            _, real, effective, saved throws(Errno) in
            try HostIdentity.setUsers(real, effective, saved)
        },
        systemCall(312, "setresgid", Identity("rgid"), Identity("egid"), Identity("sgid")) {
            _, real, effective, saved throws(Errno) in
            try HostIdentity.setGroups(real, effective, saved)
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
            try HostIdentity.setGroups(groups.map(\.value))
        },
        // The set-user-ID bit of a guest program's file gives it no other user.
        systemCall(253, "issetugid", returns: .count) { _ throws(Errno) in 0 },
        systemCall(374, "__setugid", Signed("flag"), support: .refused, note: "a kernel option (REGRESSION): ENOSYS") {
            _, _ throws(Errno) in throw .ENOSYS
        },
        systemCall(49, "getlogin", OutBuffer("namebuf", length: .unsigned, filled: .text)) {
            thread, buffer throws(Errno) in
            let name = thread.process.lock.hold { thread.process.loginName }
            // The length counts the zero byte; longer lengths than MAXLOGNAME are cut.
            guard name.count < buffer.byteCount else { throw .ERANGE }
            try buffer.storeText(name, orThrow: .ERANGE)
        },
        systemCall(50, "setlogin", Path("namebuf", limit: 33)) { thread, name throws(Errno) in
            guard HostSystemCall.geteuid() == 0 else { throw .EPERM }
            thread.process.lock.hold { thread.process.loginName = name }
        },
        systemCall(523, "getloginclass", OutBuffer("namebuf", filled: .text)) { thread, buffer throws(Errno) in
            let name = thread.process.lock.hold { thread.process.loginClass }
            try buffer.storeText(name, orThrow: .ERANGE)
        },
        systemCall(524, "setloginclass", Path("namebuf", limit: 33)) { thread, name throws(Errno) in
            guard HostSystemCall.geteuid() == 0 else { throw .EPERM }
            thread.process.lock.hold { thread.process.loginClass = name }
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
