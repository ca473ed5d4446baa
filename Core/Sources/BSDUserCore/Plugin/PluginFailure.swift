/// A plugin that cannot be used: one line for the user and the status to end with.
public struct PluginFailure: Error, Equatable, Sendable {
    /// What is wrong and what to do about it, without the program's name.
    public var message: String
    /// 126 when something was found that cannot be run, 127 when nothing was found, as env(1) has it.
    public var exitStatus: Int32
    /// The file is a library and no plugin, so that a search passes over it.
    var isForeignFile = false

    /// Something was found, but it cannot be used.
    static func unusable(_ message: String) -> PluginFailure {
        PluginFailure(message: message, exitStatus: 126)
    }

    /// Nothing was found.
    static func missing(_ message: String) -> PluginFailure {
        PluginFailure(message: message, exitStatus: 127)
    }
}

/// Bytes from outside as text that stays on one line and does nothing to a terminal.
func printable(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.reduce(into: "") { text, scalar in
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: text += String(scalar).utf8.map { "\\x" + hexadecimal($0) }.joined()
        default: text.unicodeScalars.append(scalar)
        }
    }
}
