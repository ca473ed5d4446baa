/// Jails (`sys/kern/kern_jail.c`).
enum JailCalls {
    private static let limits = "settings besides path, name and host name bind nobody; no jails in jails"

    static let rows: [SystemCallRow] = [
        systemCall(
            507, "jail_set", JailOptionVector(), Flags<JailFlags>(), returns: .identifier, support: .partial,
            note: limits
        ) { thread, options, flags throws(Errno) in try thread.setJail(options, flags) },
        systemCall(
            506, "jail_get", JailOptionVector(), Flags<JailFlags>(), returns: .identifier
        ) { thread, options, flags throws(Errno) in try thread.getJail(options, flags) },
        systemCall(436, "jail_attach", Signed("jid")) { thread, identifier throws(Errno) in
            try thread.attach(toJail: identifier)
        },
        systemCall(508, "jail_remove", Signed("jid")) { thread, identifier throws(Errno) in
            try thread.removeJail(identifier)
        },
        systemCall(
            338, "jail", DependentPointer.input("jail", JailArguments.self), returns: .identifier, support: .partial,
            note: limits
        ) { thread, address throws(Errno) in try thread.makeJail(address) },
    ]
}

/// Flags of `jail_set` and `jail_get` (`sys/jail.h`).
enum JailFlags: FlagTable {
    static let create: UInt64 = 1
    static let update: UInt64 = 2
    static let attach: UInt64 = 4
    static let dying: UInt64 = 8
    static let rows: [FlagRow] = [
        FlagRow(create, nil, "JAIL_CREATE"), FlagRow(update, nil, "JAIL_UPDATE"), FlagRow(attach, nil, "JAIL_ATTACH"),
        FlagRow(dying, nil, "JAIL_DYING"),
    ]
}

/// `struct jail` (`sys/jail.h`), version 2.
struct JailArguments: GuestStruct, Sendable {
    var version: UInt32 = 0
    var path: GuestAddress = 0
    var hostName: GuestAddress = 0
    var name: GuestAddress = 0
    var addressCount4: UInt32 = 0
    var addressCount6: UInt32 = 0
    var addresses4: GuestAddress = 0
    var addresses6: GuestAddress = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("version", &version)
        visitor.pointer("path", &path)
        visitor.pointer("hostname", &hostName)
        visitor.pointer("jailname", &name)
        visitor.int("ip4s", &addressCount4)
        visitor.int("ip6s", &addressCount6)
        visitor.pointer("ip4", &addresses4)
        visitor.pointer("ip6", &addresses6)
    }
}

extension GuestThread {
    /// `jail`: makes one and enters it.
    func makeJail(_ address: GuestAddress) throws(Errno) -> Int32 {
        let version = try memory.load(GuestUnsigned.self, at: address).value
        guard version == 2 else { throw .EINVAL }
        let arguments = try memory.load(JailArguments.self, at: address)
        let limit = UInt32(JailParameter.addressLimit)
        guard arguments.addressCount4 <= limit, arguments.addressCount6 <= limit else { throw .EINVAL }
        var request = JailRequest()
        request.path = try memory.copyInText(arguments.path)
        request.settings["host.hostname"] = .text(
            try memory.copyInText(arguments.hostName, limit: JailParameter.nameLimit))
        if arguments.name != 0 {
            request.name = try memory.copyInText(arguments.name, limit: JailParameter.nameLimit)
        }
        request.settings["ip4.addr"] = .addresses(
            try memory.read(at: arguments.addresses4, count: Int(arguments.addressCount4) * 4))
        request.settings["ip6.addr"] = .addresses(
            try memory.read(at: arguments.addresses6, count: Int(arguments.addressCount6) * 16))
        try checkSuperuser()
        guard process.jail == nil else { throw .EPERM }
        return try setJail(
            request, JailOptions(vector: 0, [], memory), FlagSet(guest: JailFlags.create | JailFlags.attach))
    }

    /// `jail_get` (`kern_jail_get`).
    func getJail(_ options: JailOptions, _ flags: FlagSet<JailFlags>) throws(Errno) -> Int32 {
        guard flags.guest & ~JailFlags.dying == 0 else { throw .EINVAL }
        try options.read()
        do throws(Errno) {
            let jail = try find(options)
            try options.answer { answer($0, jail) }
            return jail.identifier
        } catch {
            options.report()
            throw error
        }
    }

    private func find(_ options: JailOptions) throws(Errno) -> Jail {
        let jails = process.visibleJails
        if let last = try options.number("lastjid") {
            if let jail = jails.first(where: { $0.identifier > last }) { return jail }
            throw options.failure(.ENOENT, "no jail after \(last)")
        }
        if let identifier = try options.number("jid"), identifier != 0 {
            if let jail = jails.first(where: { $0.identifier == identifier }) { return jail }
            throw options.failure(.ENOENT, "jail \(identifier) not found")
        }
        if let name = try options.text("name", limit: Int.max) {
            if let jail = jails.first(where: { $0.name == name }) { return jail }
            throw options.failure(.ENOENT, "jail \"\(String(decoding: name, as: UTF8.self))\" not found")
        }
        throw options.failure(.ENOENT, "no jail specified")
    }

    /// What a parameter of a jail is; nil for one that no jail has.
    private func answer(_ name: String, _ jail: Jail) -> JailOptions.Answer? {
        let int = { (value: Int32) in
            JailOptions.Answer(bytes: GuestInt(value).encoded(self.memory.abi), length: .same)
        }
        switch name {
        case "jid": return int(jail.identifier)
        // The caller is the parent of all that it sees, and what it sees is alive.
        case "parent", "children.cur", "dying": return int(0)
        case "nodying": return int(1)
        // The set of all processors, as for every process.
        case "cpuset.id": return int(1)
        case "name": return JailOptions.Answer(bytes: jail.name + [0], length: .text)
        case "path": return JailOptions.Answer(bytes: jail.path + [0], length: .text)
        case "osreldate" where jail.settings[name] == nil: return int(process.release.version)
        case "osrelease" where jail.settings[name] == nil:
            return JailOptions.Answer(bytes: Array(process.release.name.utf8) + [0], length: .text)
        default: break
        }
        if let parameter = JailParameter.named(name) { return answer(parameter, jail.value(parameter)) }
        let opposite = JailParameter.all.first { $0.oppositeName == name }
        return opposite.map { int(jail.value($0) == .number(0) ? 1 : 0) }
    }

    private func answer(_ parameter: JailParameter, _ setting: JailSetting) -> JailOptions.Answer {
        switch setting {
        case .text(let text): return JailOptions.Answer(bytes: text + [0], length: .text)
        case .addresses(let bytes): return JailOptions.Answer(bytes: bytes, length: .most)
        case .number(let number):
            if case .word = parameter.form {
                let bytes = GuestWord(UInt64(bitPattern: number)).encoded(memory.abi)
                return JailOptions.Answer(bytes: bytes, length: .same)
            }
            let bytes = GuestInt(Int32(truncatingIfNeeded: number)).encoded(memory.abi)
            return JailOptions.Answer(bytes: bytes, length: .same)
        }
    }
}
