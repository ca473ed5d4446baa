/// What a program asks a jail to be.
struct JailRequest {
    /// 0 when the number does not matter.
    var identifier: Int32 = 0
    var name: [UInt8]?
    var path: [UInt8]?
    var settings: [String: JailSetting] = [:]

    init() {}

    /// The parameters of `jail_set`.
    init(_ options: JailOptions, _ flags: FlagSet<JailFlags>) throws(Errno) {
        identifier = try options.number("jid") ?? 0
        for parameter in JailParameter.all {
            guard let setting = try options.setting(parameter) else { continue }
            try Self.check(parameter.isFixed, parameter.name, options, flags)
            settings[parameter.name] = setting
        }
        name = try options.text("name", limit: JailParameter.nameLimit)
        path = try options.text("path", limit: GuestMemory.pathLimit)
        try Self.check(path != nil, "path", options, flags)
        let isLost = !flags.contains(JailFlags.update) && !flags.contains(JailFlags.attach)
        if isLost && settings["persist"] != .number(1) {
            throw options.failure(.EINVAL, "new jail must persist or attach")
        }
        settleDependents()
    }

    private static func check(_ isFixed: Bool, _ name: String, _ options: JailOptions, _ flags: FlagSet<JailFlags>)
        throws(Errno)
    {
        guard isFixed && flags.contains(JailFlags.update) else { return }
        throw options.failure(.EINVAL, "\(name) cannot be changed after creation")
    }

    /// A name of its own, or addresses, are what JAIL_SYS_NEW says.
    private mutating func settleDependents() {
        if settings.keys.contains(where: { $0.hasPrefix("host.") }) { settings["host"] = .number(1) }
        for family in ["ip4", "ip6"] where settings["\(family).addr"] != nil { settings[family] = .number(1) }
    }
}

/// `jail_set` (`kern_jail_set` of sys/kern/kern_jail.c).
extension GuestThread {
    func setJail(_ options: JailOptions, _ flags: FlagSet<JailFlags>) throws(Errno) -> Int32 {
        try checkSuperuser()
        if flags.contains(JailFlags.create) && process.jail != nil { throw .EPERM }
        guard flags.unknown == 0 else { throw .EINVAL }
        try options.read()
        do throws(Errno) {
            guard flags.contains(JailFlags.create) || flags.contains(JailFlags.update) else {
                throw options.failure(.EINVAL, "no valid operation (create or update)")
            }
            return try setJail(JailRequest(options, flags), options, flags)
        } catch {
            options.report()
            throw error
        }
    }

    /// The same, and the old call `jail`.
    func setJail(_ request: JailRequest, _ options: JailOptions, _ flags: FlagSet<JailFlags>) throws(Errno) -> Int32 {
        let root: PathRoot? = if let path = request.path { try process.paths.root(at: path) } else { nil }
        let (jail, isNew, membership) = try JailTable.change {
            () throws(Errno) -> (Jail, Bool, JailMembership?) in
            let found = try find(request, options, flags)
            try options.checkNames()
            var jail: Jail = if let found { found } else { try make(request, root, options) }
            do throws(Errno) {
                jail.settings.merge(request.settings) { $1 }
                if let name = request.name, !name.isEmpty { jail.name = name }
                try checkNumber(inNameOf: jail, options)
                try JailTable.store(jail)
                let membership = flags.contains(JailFlags.attach) ? try JailTable.join(jail.identifier) : nil
                return (jail, found == nil, membership)
            } catch {
                if found == nil { JailTable.remove(jail.identifier) }
                throw error
            }
        }
        guard let membership else { return jail.identifier }
        do throws(Errno) {
            try enter(jail, membership)
        } catch {
            if isNew { try JailTable.change { JailTable.remove(jail.identifier) } }
            throw options.failure(error, "attach failed")
        }
        return jail.identifier
    }

    /// The jail that is to be changed; nil when a new one is to be made.
    private func find(_ request: JailRequest, _ options: JailOptions, _ flags: FlagSet<JailFlags>) throws(Errno)
        -> Jail?
    {
        let (creates, updates) = (flags.contains(JailFlags.create), flags.contains(JailFlags.update))
        let jails = process.visibleJails
        let wanted = request.wantedIdentifier(isNew: !updates)
        guard wanted >= 0 else { throw options.failure(.EINVAL, "negative jid") }
        let numbered = jails.first { $0.identifier == wanted }
        if numbered != nil && !updates { throw options.failure(.EEXIST, "jail \(wanted) already exists") }
        if numbered == nil && wanted != 0 && !creates { throw options.failure(.ENOENT, "jail \(wanted) not found") }
        guard let name = request.name else {
            if numbered == nil && !creates { throw options.failure(.ENOENT, "update specified no jail") }
            return numbered
        }
        let text = String(decoding: name, as: UTF8.self)
        if let dot = text.lastIndex(of: ".") {
            let parent = String(text[..<dot])
            guard jails.contains(where: { $0.name.elementsEqual(parent.utf8) }) else {
                throw options.failure(.ENOENT, "jail \"\(parent)\" not found")
            }
            throw options.failure(.EPERM, "prison limit exceeded")
        }
        if name.isEmpty { return numbered }
        if let named = jails.first(where: { $0.name == name && $0.identifier != numbered?.identifier }) {
            if numbered == nil && updates { return named }
            throw options.failure(.EEXIST, "jail \"\(text)\" already exists")
        }
        if numbered == nil && !creates { throw options.failure(.ENOENT, "jail \"\(text)\" not found") }
        return numbered
    }

    private func make(_ request: JailRequest, _ root: PathRoot?, _ options: JailOptions) throws(Errno) -> Jail {
        let wanted = request.wantedIdentifier(isNew: true)
        guard wanted < Jail.greatestIdentifier else { throw .EINVAL }
        let root = root ?? process.paths
        let directory = try root.identity()
        let identifier: Int32
        do throws(Errno) {
            identifier = try JailTable.take(request.identifier == 0 && wanted == 0 ? nil : wanted)
        } catch .EEXIST {
            throw options.failure(.EEXIST, "jail \(wanted) already exists")
        }
        return Jail(
            identifier: identifier, machine: root.machine, name: Array(String(identifier).utf8),
            path: root.pathOnMachine, directory: directory)
    }

    private func checkNumber(inNameOf jail: Jail, _ options: JailOptions) throws(Errno) {
        guard let number = Int64(String(decoding: jail.name, as: UTF8.self)), number != Int64(jail.identifier) else {
            return
        }
        throw options.failure(.EINVAL, "name cannot be numeric (unless it is the jid)")
    }
}

extension JailRequest {
    /// A new jail whose name is a number has that number.
    fileprivate func wantedIdentifier(isNew: Bool) -> Int32 {
        guard isNew, identifier == 0, let name else { return identifier }
        return Int32(String(decoding: name, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil } ?? 0
    }
}

/// `jail_attach` and `jail_remove`.
extension GuestThread {
    func attach(toJail identifier: Int32) throws(Errno) {
        try checkSuperuser()
        let (jail, membership) = try JailTable.change { () throws(Errno) -> (Jail, JailMembership) in
            guard let jail = process.visibleJails.first(where: { $0.identifier == identifier }) else { throw .EINVAL }
            return (jail, try JailTable.join(identifier))
        }
        try enter(jail, membership)
    }

    /// Makes a jail's root the process's, and its current directory (`do_jail_attach`).
    private func enter(_ jail: Jail, _ membership: JailMembership) throws(Errno) {
        do throws(Errno) {
            let root = try root(of: jail)
            try refuseOpenDirectories()
            try root.makeCurrent()
            replaceRoot(root, jail: membership)
        } catch {
            _ = HostSystemCall.close(Int(membership.descriptor))
            throw error
        }
    }

    private func root(of jail: Jail) throws(Errno) -> PathRoot {
        guard let machine = PathRoot(jail.machine.isEmpty ? nil : jail.machine) else { throw .ENOENT }
        let root = try machine.root(at: jail.path)
        // Another directory may have got the name since.
        guard try root.identity() == jail.directory else { throw .ENOENT }
        return root
    }

    func removeJail(_ identifier: Int32) throws(Errno) {
        try checkSuperuser()
        try JailTable.change { () throws(Errno) in
            guard var jail = process.visibleJails.first(where: { $0.identifier == identifier }) else { throw .EINVAL }
            guard JailTable.hasProcesses(identifier) else { return JailTable.remove(identifier) }
            jail.settings["persist"] = .number(0)
            try JailTable.store(jail)
        }
        // One that is found has perhaps forked meanwhile. How long the host takes to end processes is not ours to wait for.
        for _ in 0..<Self.removalRounds {
            let processes = JailTable.processes(in: identifier)
            guard !processes.isEmpty else { return }
            for pid in processes { _ = HostProcess.send(HostSignal.kill, to: pid) }
            _ = HostSystemCall.poll(0, 0, Self.removalMilliseconds)
        }
    }

    private static let removalRounds = 100
    private static let removalMilliseconds = 2
}
