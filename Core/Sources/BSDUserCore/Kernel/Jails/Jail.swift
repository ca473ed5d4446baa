/// A jail (`struct prison` of sys/jail.h), as far as the emulator has one: a root that its processes cannot leave, a name,
/// and settings.
struct Jail: Equatable, Sendable {
    /// The number, from 1.
    let identifier: Int32
    /// The guest's machine: guests with other roots do not know of the jail.
    let machine: [UInt8]
    var name: [UInt8]
    /// The root, as the machine calls it, and which directory that is.
    let path: [UInt8]
    let directory: FileIdentity
    /// What the parameters have that a guest has set.
    var settings: [String: JailSetting] = [:]

    /// `JAIL_MAX`.
    static let greatestIdentifier: Int32 = 999_999

    /// The value of a parameter.
    func value(_ parameter: JailParameter) -> JailSetting { settings[parameter.name] ?? parameter.initial }

    private func value(_ name: String) -> JailSetting? { JailParameter.named(name).map { value($0) } }

    /// Whether the jail lives on without processes.
    var isPersistent: Bool { value("persist") == .number(1) }

    /// The name of the machine for the jail's processes; nil when it is the host's.
    var hostName: [UInt8]? {
        // JAIL_SYS_INHERIT
        guard value("host") != .number(2), case .text(let name)? = value("host.hostname") else { return nil }
        return name
    }
}

/// The value of a parameter of a jail.
enum JailSetting: Equatable, Sendable {
    /// A number, a switch, or a choice.
    case number(Int64)
    case text([UInt8])
    /// Addresses of the network, as the guest gave them.
    case addresses([UInt8])
}

/// A process's place in a jail.
public struct JailMembership: Equatable, Sendable {
    var identifier: Int32
    /// The jail's lock, which all its processes hold; parked.
    var descriptor: Int32
}

// A jail as a file has it: one record after the other, a name, `=`, a value and a zero byte. Numbers are decimal, addresses
// two letters of hexadecimal a byte.
extension Jail {
    private enum Key {
        static let machine = "machine"
        static let name = "name"
        static let path = "path"
        static let device = "device"
        static let inode = "inode"
    }

    var record: [UInt8] {
        var bytes: [UInt8] = []
        let append = { (key: String, value: [UInt8]) in bytes += Array(key.utf8) + [UInt8(ascii: "=")] + value + [0] }
        append(Key.machine, machine)
        append(Key.name, name)
        append(Key.path, path)
        append(Key.device, Array(String(directory.device).utf8))
        append(Key.inode, Array(String(directory.inode).utf8))
        for (name, setting) in settings { append(name, setting.record) }
        return bytes
    }

    /// Nil for bytes that are no jail.
    init?(_ identifier: Int32, record: [UInt8]) {
        guard record.last == 0 else { return nil }
        var values: [String: [UInt8]] = [:]
        for line in record.dropLast().split(separator: 0, omittingEmptySubsequences: false) {
            guard let end = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            values[String(decoding: line[..<end], as: UTF8.self)] = Array(line[(end + 1)...])
        }
        let number = { (key: String) in values[key].flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } }
        guard let machine = values[Key.machine], let name = values[Key.name], let path = values[Key.path],
            let device = number(Key.device), let inode = number(Key.inode)
        else { return nil }
        self.identifier = identifier
        self.machine = machine
        self.name = name
        self.path = path
        directory = FileIdentity(device: device, inode: inode)
        for parameter in JailParameter.all {
            guard let value = values[parameter.name] else { continue }
            guard let setting = JailSetting(record: value, like: parameter.initial) else { return nil }
            settings[parameter.name] = setting
        }
    }
}

extension JailSetting {
    fileprivate var record: [UInt8] {
        switch self {
        case .number(let number): Array(String(number).utf8)
        case .text(let text): text
        case .addresses(let bytes): bytes.flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }
        }
    }

    fileprivate init?(record: [UInt8], like other: JailSetting) {
        switch other {
        case .number:
            guard let number = Int64(String(decoding: record, as: UTF8.self)) else { return nil }
            self = .number(number)
        case .text: self = .text(record)
        case .addresses:
            let digits = record.compactMap { Self.digits.firstIndex(of: $0) }
            guard digits.count == record.count, digits.count % 2 == 0 else { return nil }
            self = .addresses(stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
