/// The first line of a script: `#!interpreter argument` (sys/kern/imgact_shell.c).
///
/// The kernel takes everything after the interpreter as one argument, without the white space at its ends, from a first
/// line that must end within the first page of the file.
struct Shebang: Equatable, Sendable {
    var interpreter: [UInt8]
    /// The rest of the line as one argument; nil when there is none.
    var argument: [UInt8]?

    /// Longest line: `MAXSHELLCMDLEN`.
    static let maximumBytes = 4096

    /// What the first bytes of a file are.
    enum Reading: Equatable, Sendable {
        case notAScript
        /// `#!` without an interpreter, or a line without an end: `ENOEXEC`.
        case malformed
        case script(Shebang)
    }

    static func read(_ prefix: [UInt8]) -> Reading {
        guard prefix.starts(with: "#!".utf8) else { return .notAScript }
        let window = prefix.prefix(maximumBytes)
        let end = window.firstIndex { $0 == UInt8(ascii: "\n") || $0 == 0 }
        guard let end = end ?? (prefix.count < maximumBytes ? window.endIndex : nil) else { return .malformed }
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let line = window[2..<end].drop(while: isBlank)
        let interpreter = line.prefix { !isBlank($0) }
        guard !interpreter.isEmpty else { return .malformed }
        var rest = line[interpreter.endIndex...].drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return .script(Shebang(interpreter: Array(interpreter), argument: rest.isEmpty ? nil : Array(rest)))
    }
}
