/// Calls of FreeBSD 14 and later that belong to no other family.
enum ComparisonCalls {
    static let rows: [SystemCallRow] = [
        systemCall(
            580, "fspacectl", Fd(), Enumeration<SpaceCommand>("cmd"), In<SpaceRange>("rqsr"), Signed("flags"),
            Out<SpaceRange>("rmsr")
        ) { thread, fd, command, range, flags, rest throws(Errno) in
            guard command.row != nil, flags == 0, range.offset >= 0, range.length > 0 else { throw .EINVAL }
            let (end, overflow) = range.offset.addingReportingOverflow(range.length)
            guard !overflow else { throw .EINVAL }
            _ = try thread.seekableType(fd)
            _ = try HostSystemCall.fallocate.checked(
                Int(fd), HostControl.punchHole, Int(range.offset), Int(range.length))
            // What was made zero ends with the file (fspacectl(2)).
            let reached = max(range.offset, min(end, try thread.attributes(fd).byteCount))
            try rest.storeIfPresent(SpaceRange(offset: reached, length: 0))
        },
        // The commands are the host's (membarrier(2)).
        systemCall(
            584, "membarrier", Flags<BarrierCommand>("cmd"), Unsigned("flags"), Signed("cpu_id"), returns: .identifier
        ) { _, command, flags, processor throws(Errno) in
            guard command.unknown == 0 else { throw .EINVAL }
            return Int32(
                truncatingIfNeeded: try HostSystemCall.memoryBarrier.checked(
                    Int(command.host), Int(flags), Int(processor)))
        },
        systemCall(
            588, "kcmp", Signed("pid1"), Signed("pid2"), Enumeration<ComparisonKind>("type"), Size("idx1"),
            Size("idx2"), returns: .identifier
        ) { _, first, second, kind, firstIndex, secondIndex throws(Errno) in
            guard let kind = kind.host else { throw .EINVAL }
            return Int32(
                truncatingIfNeeded: try HostSystemCall.compareProcesses.checked(
                    Int(first), Int(second), Int(kind), Int(truncatingIfNeeded: firstIndex),
                    Int(truncatingIfNeeded: secondIndex)))
        },
        systemCall(
            589, "getrlimitusage", Enumeration<Resource>("which"), Signed("flags"), Out<GuestOffset>("res"),
            support: .partial, note: "open descriptors; the host does not tell of the others"
        ) { _, which, flags, result throws(Errno) in
            // GETRLIMITUSAGE_EUID is 1.
            guard which.row != nil, flags & ~1 == 0 else { throw .EINVAL }
            guard which.guest == 8 else { throw .ENXIO }
            let used = (0..<HostDescriptors.guestLimit).count { HostPath.isOpen($0) }
            try result.store(GuestOffset(Int64(used)))
        },
    ]
}

/// Commands of `fspacectl` (`sys/fcntl.h`).
enum SpaceCommand: EnumerationTable {
    static let rows: [EnumerationRow] = [EnumerationRow(1, nil, "SPACECTL_DEALLOC")]
}

/// `struct spacectl_range`.
struct SpaceRange: GuestStruct, Equatable, Sendable {
    var offset: Int64 = 0
    var length: Int64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("r_offset", &offset)
        visitor.int("r_len", &length)
    }
}

/// Commands of `membarrier` (`sys/membarrier.h`).
enum BarrierCommand: FlagTable {
    static var zeroName: String? { "MEMBARRIER_CMD_QUERY" }
    static let rows: [FlagRow] = [
        FlagRow(0x1, 0x1, "MEMBARRIER_CMD_GLOBAL"), FlagRow(0x2, 0x2, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"),
        FlagRow(0x4, 0x4, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"),
        FlagRow(0x8, 0x8, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"),
        FlagRow(0x10, 0x10, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"),
        FlagRow(0x20, 0x20, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE"),
        FlagRow(0x40, 0x40, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE"),
    ]
}

/// What `kcmp` compares (`sys/unistd.h`); the host numbers them otherwise.
enum ComparisonKind: EnumerationTable {
    static let rows: [EnumerationRow] = [
        EnumerationRow(100, 0, "KCMP_FILE"), EnumerationRow(101, nil, "KCMP_FILEOBJ"),
        EnumerationRow(102, 2, "KCMP_FILES"), EnumerationRow(103, 4, "KCMP_SIGHAND"), EnumerationRow(104, 1, "KCMP_VM"),
    ]
}
