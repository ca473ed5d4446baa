/// Real, effective and saved number of a user or a group, and who may change which (`sys/kern/kern_prot.c`). The host's
/// rules are others.
struct CredentialNumbers: Equatable, Sendable {
    var real: UInt32
    var effective: UInt32
    var saved: UInt32
    /// Whether the user may set any number.
    let isSuperuser: Bool

    private func check(_ isAllowed: Bool) throws(Errno) {
        guard isAllowed || isSuperuser else { throw .EPERM }
    }

    private func replacing(_ real: UInt32, _ effective: UInt32, _ saved: UInt32) -> CredentialNumbers {
        CredentialNumbers(real: real, effective: effective, saved: saved, isSuperuser: isSuperuser)
    }

    /// `setuid`: all three become one.
    func setting(_ number: UInt32) throws(Errno) -> CredentialNumbers {
        try check(number == real || number == effective)
        return replacing(number, number, number)
    }

    /// `seteuid`.
    func setting(effective number: UInt32) throws(Errno) -> CredentialNumbers {
        try check(number == real || number == saved)
        return replacing(real, number, saved)
    }

    /// `setreuid`; -1 leaves a number as it is.
    func setting(real newReal: UInt32, effective newEffective: UInt32) throws(Errno) -> CredentialNumbers {
        try check(newReal == .max || newReal == real || newReal == saved)
        try check(
            newEffective == .max || newEffective == effective || newEffective == real || newEffective == saved)
        let (real, effective) = (newReal.given ?? real, newEffective.given ?? effective)
        return replacing(real, effective, newReal != .max || effective != real ? effective : saved)
    }

    /// `setresuid`; -1 leaves a number as it is.
    func setting(_ newReal: UInt32, _ newEffective: UInt32, _ newSaved: UInt32) throws(Errno) -> CredentialNumbers {
        for number in [newReal, newEffective, newSaved] {
            try check(number == .max || number == real || number == effective || number == saved)
        }
        return replacing(newReal.given ?? real, newEffective.given ?? effective, newSaved.given ?? saved)
    }
}

extension UInt32 {
    /// Nil for the -1 that stands for no number.
    fileprivate var given: UInt32? { self == .max ? nil : self }
}

/// Whose numbers are meant.
enum CredentialKind: Sendable {
    case user, group
}

/// What `setlogin` and `setloginclass` have set.
struct Login: Equatable, Sendable {
    /// `MAXLOGNAME`: with the zero byte.
    static let nameLimit = 33
    static let defaultClass = "default"
    var name: [UInt8]?
    var className: [UInt8]?
}

extension GuestThread {
    /// Changes the numbers of the process as a rule says.
    func change(
        _ kind: CredentialKind, by rule: (CredentialNumbers) throws(Errno) -> CredentialNumbers
    ) throws(Errno) {
        let numbers = try HostIdentity.three(kind == .user ? .getresuid : .getresgid)
        let old = CredentialNumbers(
            real: numbers[0], effective: numbers[1], saved: numbers[2],
            isSuperuser: HostSystemCall.geteuid() == 0)
        let new = try rule(old)
        guard new != old else { return }
        switch kind {
        case .user: try HostIdentity.setUsers(new.real, new.effective, new.saved)
        case .group: try HostIdentity.setGroups(new.real, new.effective, new.saved)
        }
        process.lock.hold { process.hasChangedIdentity = true }
    }

    /// `setgroups`: the first group is the effective one, which an empty list leaves as it is.
    func setGroups(_ groups: [UInt32]) throws(Errno) {
        try checkSuperuser()
        try HostIdentity.setGroups(Array(groups.dropFirst()))
        if let first = groups.first { try HostIdentity.setGroups(.max, first, .max) }
        process.lock.hold { process.hasChangedIdentity = true }
    }
}
