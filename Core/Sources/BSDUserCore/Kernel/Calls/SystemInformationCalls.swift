/// `__sysctl` and `__sysctlbyname`, and small calls that tell of the system.
enum SystemInformationCalls {
    static let rows: [SystemCallRow] = [
        systemCall(
            202, "__sysctl", InformationIdentifier("name"), InformationBuffers(.numbers), support: .partial,
            note: limits
        ) { thread, identifier, buffers throws(Errno) in
            guard identifier.count >= 2 else { throw .EINVAL }
            try thread.answer(identifier[...], buffers)
        },
        systemCall(570, "__sysctlbyname", InBuffer("name"), InformationBuffers(.name), support: .partial, note: limits)
        {
            thread, name, buffers throws(Errno) in
            let text = try InformationTree.name(in: name)
            guard let identifier = InformationTree.shared.identifier(of: text) else {
                KernelLog.once("sysctl \(text.debugDescription) is not known; the program gets ENOENT")
                throw .ENOENT
            }
            try thread.answer(identifier[...], buffers)
        },
        systemCall(392, "uuidgen", OutArray<UniqueIdentifier>("store")) { thread, store throws(Errno) in
            guard (1...2048).contains(store.count) else { throw .EINVAL }
            let first = try HostClock.time(HostClock.realTime).sinceGregorianReform
            let place = thread.process.randomBytes(8)
            try store.store((0..<store.count).map { UniqueIdentifier(time: first + UInt64($0), place: place) })
        },
        systemCall(
            164, "freebsd4_uname", Pointer("name"), support: .refused, note: "programs of FreeBSD 4: ENOSYS"
        ) { _, _ throws(Errno) in throw .ENOSYS },
        systemCall(
            390, "kenv", Signed("what"), Pointer("name"), Pointer("value"), Signed("len"), returns: .count,
            support: .partial, note: "the kernel's environment is empty and cannot be written"
        ) { thread, what, name, _, _ throws(Errno) in
            // KENV_DUMP needs no name, and who may not write is told so before the name is looked at.
            switch what {
            case 1, 2: throw .EPERM
            case 3: return 0
            default: break
            }
            // KENV_MNAMELEN, without the end.
            guard try thread.memory.copyInText(name, limit: 129).count <= 128, what == 0 else { throw .EINVAL }
            throw .ENOENT
        },
    ]

    private static let limits = "the variables that programs ask for; of processes the caller itself; none is writable"
}

/// The identifier of `__sysctl`.
struct InformationIdentifier: SystemCallParameter {
    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.input, name), ArgumentSlot(.number, "namelen")] }

    /// `CTL_MAXNAME`.
    static let limit = 24

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> [Int32] {
        let address = try arguments.word(thread)
        let count = Int(UInt32(truncatingIfNeeded: try arguments.word(thread)))
        guard count <= Self.limit else { throw .EINVAL }
        return try thread.memory.copyInArray(GuestInt.self, address, count: count).map(\.value)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        var copy = arguments
        let address = try arguments.word(thread)
        let count = try arguments.word(thread)
        let text = address.traced { () throws(Errno) in
            .symbol(InformationTree.shared.name(try decode(&copy, thread)[...]))
        }
        return [text, .unsigned(count)]
    }
}

extension GuestThread {
    /// Carries out a request of `sysctl`.
    func answer(_ identifier: ArraySlice<Int32>, _ buffers: InformationBuffers.Value) throws(Errno) {
        let bytes: [UInt8]
        if identifier.first == 0 {
            bytes = try describe(identifier.dropFirst(), buffers)
        } else {
            guard let (row, rest) = InformationTree.shared.leaf(identifier) else {
                if InformationTree.shared.isNode(identifier) { throw .EISDIR }
                if InformationTree.shared.isBelowLeaf(identifier) { throw .ENOTDIR }
                KernelLog.once(
                    "sysctl \(InformationTree.shared.name(identifier)) is not known; the program gets ENOENT")
                throw .ENOENT
            }
            // Nothing can be set.
            if buffers.new != 0 { throw .EPERM }
            let value = try row.value(self, rest)
            if case .random = value {
                let length = buffers.oldLength.isNull ? 0 : try buffers.oldLength.load().value
                bytes = process.randomBytes(Int(min(length, 256)))
            } else {
                bytes = value.encoded(memory.abi)
            }
        }
        try put(bytes, buffers)
    }

    /// The kernel's `SYSCTL_OUT`: what fits is written, the length says how much that is, or would be.
    private func put(_ bytes: [UInt8], _ buffers: InformationBuffers.Value) throws(Errno) {
        if buffers.oldLength.isNull {
            // Without a length there is no room, but nobody asked for the value either.
            return
        }
        guard buffers.old != 0 else { return try buffers.oldLength.store(GuestWord(UInt64(bytes.count))) }
        let room = try buffers.oldLength.load().value
        let shown = bytes.prefix(Int(min(room, UInt64(bytes.count))))
        try memory.write(Array(shown), at: buffers.old)
        try buffers.oldLength.store(GuestWord(UInt64(shown.count)))
        if shown.count < bytes.count { throw .ENOMEM }
    }

    /// The variables that tell of variables: `sysctl.name` 1, `next` 2, `name2oid` 3, `oidfmt` 4, `oiddescr` 5,
    /// `oidlabel` 6, `nextnoskip` 7 (`kern_sysctl.c`).
    private func describe(_ request: ArraySlice<Int32>, _ buffers: InformationBuffers.Value) throws(Errno) -> [UInt8] {
        let tree = InformationTree.shared
        let identifier = request.dropFirst()
        switch request.first {
        case 1:
            return Array(tree.name(Array(identifier)[...]).utf8) + [0]
        case 2, 7:
            guard let next = tree.next(after: Array(identifier)[...]) else { throw .ENOENT }
            return next.identifier.flatMap { GuestInt($0).encoded(memory.abi) }
        case 3:
            guard buffers.newLength > 0, buffers.newLength < 1024 else {
                throw buffers.newLength == 0 ? .ENOENT : .ENAMETOOLONG
            }
            let name = try memory.read(at: buffers.new, count: Int(buffers.newLength)).prefix { $0 != 0 }
            guard let found = tree.identifier(of: String(decoding: name, as: UTF8.self)) else { throw .ENOENT }
            return found.flatMap { GuestInt($0).encoded(memory.abi) }
        case 4:
            let (kind, format) = try kind(Array(identifier)[...])
            return GuestUnsigned(kind).encoded(memory.abi) + Array(format.utf8) + [0]
        case 5:
            guard let (row, _) = tree.leaf(Array(identifier)[...]) else { throw .ENOENT }
            return Array(row.summary.utf8) + [0]
        default:
            throw .ENOENT
        }
    }

    private func kind(_ identifier: ArraySlice<Int32>) throws(Errno) -> (UInt32, String) {
        let tree = InformationTree.shared
        // CTLFLAG_RD
        let readable: UInt32 = 0x8000_0000
        if let (row, _) = tree.leaf(identifier) { return (row.type.rawValue | readable, row.format) }
        guard tree.isNode(identifier) else { throw .ENOENT }
        return (InformationType.node.rawValue | readable, "N")
    }
}

extension UniqueIdentifier {
    /// Version 1 (RFC 4122, 4.2): a time, and a clock sequence and a node that tell makers apart. Random ones do as well,
    /// with the bit set that no network card's address has (`uuid_node` of kern_uuid.c).
    init(time: UInt64, place: [UInt8]) {
        timeLow = UInt32(truncatingIfNeeded: time)
        timeMiddle = UInt16(truncatingIfNeeded: time >> 32)
        timeHighAndVersion = UInt16(truncatingIfNeeded: time >> 48) & 0x0FFF | 0x1000
        clockHigh = place[0] & 0x3F | 0x80
        clockLow = place[1]
        node = [place[2] | 1] + place[3..<8]
    }
}

extension TimeSpecification {
    /// In units of 100 ns since 15 October 1582.
    fileprivate var sinceGregorianReform: UInt64 {
        let unixEpoch: UInt64 = 0x01B2_1DD2_1381_4000
        return UInt64(bitPattern: seconds) &* 10_000_000 &+ UInt64(bitPattern: nanoseconds) / 100 &+ unixEpoch
    }
}
