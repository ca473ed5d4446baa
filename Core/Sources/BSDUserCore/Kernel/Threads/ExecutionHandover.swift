/// What a program hands to the one that takes its place besides a command line: what does not fit there, and what the
/// host does not keep.
struct ExecutionHandover: Equatable {
    var arguments: [[UInt8]] = []
    var environment: [[UInt8]] = []
    /// As `GuestProcess.limits`.
    var limits: [Int32: ResourceLimit] = [:]
    /// What `chroot` and jails have changed; the descriptors are handed over, too.
    var root: InheritedRoot?
    var jail: JailMembership?
    /// What `setlogin` and `setloginclass` have set.
    var login = Login()
    /// Whom the program's file makes its effective user and group.
    var owner: ProgramOwner?
    /// As `QuietSockets.all`.
    var quietSockets: Set<UInt64> = []

    /// `MAX_ARG_STRLEN` of Linux (`binfmts.h`): no text of a command line or an environment has more bytes, with its zero
    /// byte.
    static let textLimit = 128 << 10

    /// Whether a command line and an environment cannot say the same.
    var isNeeded: Bool {
        arguments.isEmpty || !limits.isEmpty || !quietSockets.isEmpty || root != nil || jail != nil || login != Login()
            || owner != nil
            || !arguments.allSatisfy(Self.fits) || !environment.allSatisfy(Self.fits)
    }

    static func fits(_ text: [UInt8]) -> Bool { text.count < textLimit }
}

// One record after the other: a letter that says what it is, a text, and a zero byte, which no text has.
extension ExecutionHandover {
    private enum Kind {
        static let argument = UInt8(ascii: "A")
        static let variable = UInt8(ascii: "E")
        static let limit = UInt8(ascii: "L")
        static let quietSocket = UInt8(ascii: "Q")
        static let root = UInt8(ascii: "R")
        static let jail = UInt8(ascii: "J")
        static let loginName = UInt8(ascii: "N")
        static let loginClass = UInt8(ascii: "C")
        static let ownerUser = UInt8(ascii: "U")
        static let ownerGroup = UInt8(ascii: "G")
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        let append = { (kind: UInt8, text: [UInt8]) in bytes += [kind] + text + [0] }
        for argument in arguments { append(Kind.argument, argument) }
        for variable in environment { append(Kind.variable, variable) }
        for (resource, limit) in limits {
            append(Kind.limit, Array("\(resource) \(limit.current) \(limit.maximum)".utf8))
        }
        for socket in quietSockets { append(Kind.quietSocket, Array(String(socket).utf8)) }
        if let root { append(Kind.root, Array("\(root.descriptor) ".utf8) + root.machine) }
        if let jail { append(Kind.jail, Array("\(jail.descriptor) \(jail.identifier)".utf8)) }
        if let name = login.name { append(Kind.loginName, name) }
        if let name = login.className { append(Kind.loginClass, name) }
        if let user = owner?.user { append(Kind.ownerUser, Array(String(user).utf8)) }
        if let group = owner?.group { append(Kind.ownerGroup, Array(String(group).utf8)) }
        return bytes
    }

    /// Nil for bytes that are no records.
    init?(bytes: [UInt8]) {
        guard bytes.isEmpty || bytes.last == 0 else { return nil }
        for record in bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false) where !bytes.isEmpty {
            let text = Array(record.dropFirst())
            switch record.first {
            case Kind.argument: arguments.append(text)
            case Kind.variable: environment.append(text)
            case Kind.limit:
                let words = Self.numbers(text)
                guard words.count == 3, let number = words[0], let resource = Int32(exactly: number),
                    let current = words[1], let maximum = words[2], (0...maximum).contains(current)
                else { return nil }
                limits[resource] = ResourceLimit(current: current, maximum: maximum)
            case Kind.quietSocket:
                guard let socket = UInt64(String(decoding: text, as: UTF8.self)) else { return nil }
                quietSockets.insert(socket)
            case Kind.root:
                guard let space = text.firstIndex(of: UInt8(ascii: " ")),
                    let number = Self.numbers(text[..<space]).first,
                    let descriptor = number.flatMap({ Int32(exactly: $0) })
                else { return nil }
                root = InheritedRoot(descriptor: descriptor, machine: Array(text[(space + 1)...]))
            case Kind.jail:
                let words = Self.numbers(text).map { $0.flatMap { Int32(exactly: $0) } }
                guard words.count == 2, let descriptor = words[0], let identifier = words[1] else { return nil }
                jail = JailMembership(identifier: identifier, descriptor: descriptor)
            case Kind.loginName: login.name = text
            case Kind.loginClass: login.className = text
            case Kind.ownerUser, Kind.ownerGroup:
                guard let number = UInt32(String(decoding: text, as: UTF8.self)) else { return nil }
                var owner = owner ?? ProgramOwner()
                if record.first == Kind.ownerUser { owner.user = number } else { owner.group = number }
                self.owner = owner
            default: return nil
            }
        }
    }

    private static func numbers(_ text: some Collection<UInt8>) -> [Int64?] {
        text.split(separator: UInt8(ascii: " ")).map { Int64(String(decoding: $0, as: UTF8.self)) }
    }
}

extension EmulatorConfiguration {
    /// Takes what the program before left from its descriptor, and closes that. False when it is not there.
    public mutating func takeOver(_ descriptor: Int32) -> Bool {
        guard let bytes = HostExecute.takeStored(descriptor), let handover = ExecutionHandover(bytes: bytes) else {
            return false
        }
        (arguments, environment, limits) = (handover.arguments, handover.environment, handover.limits)
        (quietSockets, login, owner) = (handover.quietSockets, handover.login, handover.owner)
        (inheritedRoot, jail) = (handover.root, handover.jail)
        // Out of the reach of the new program, and of those that it starts.
        if let root = inheritedRoot { inheritedRoot?.descriptor = HostDescriptors.park(root.descriptor) }
        if let membership = jail { jail?.descriptor = HostDescriptors.park(membership.descriptor) }
        return true
    }
}
