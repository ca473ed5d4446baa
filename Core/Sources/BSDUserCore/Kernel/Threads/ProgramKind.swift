/// What kind of program a file is, by its first bytes: decides how `execve` starts it.
enum ProgramKind: Equatable {
    /// For the emulator, with the plugin that the ELF header asks for.
    case guest
    /// The host runs it itself.
    case native
    /// A script: the interpreter's path, and the one argument that may follow.
    case script(interpreter: [UInt8], argument: [UInt8]?)
    /// Nothing that can be run: ENOEXEC.
    case unknown

    /// Bytes to read for `init`: what the kernel looks at, a page (imgact_shell.c MAXSHELLCMDLEN).
    static let headerBytes = 4096

    private static let sharp = UInt8(ascii: "#")
    private static let exclamation = UInt8(ascii: "!")

    init(header: [UInt8]) {
        if header.starts(with: [Self.sharp, Self.exclamation]) {
            self = Self.script(line: header.dropFirst(2))
            return
        }
        guard let identity = ProgramIdentity(header: header) else {
            self = .unknown
            return
        }
        self = Self.isForHost(identity, osABI: header[7]) ? .native : .guest
    }

    /// What a file that is `unknown` seems to be, and what to do about it.
    static func guess(_ header: [UInt8]) -> String {
        if header.isEmpty { return "it is empty; build it, or copy it here, again" }
        if header.starts(with: [0x7F, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F")]) {
            return "its ELF header is damaged or cut off; build it, or copy it here, again"
        }
        if header.starts(with: [sharp, exclamation]) {
            return "its first line, #!, names no interpreter, or does not end"
        }
        let isText = header.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x07...0x0D).contains($0) }
        return isText
            ? "it is text; a script begins with #! and its interpreter"
            : "bsduser runs ELF programs and scripts"
    }

    /// x86-64 and i386 programs of Linux (EI_OSABI 0 or 3); FreeBSD's have 9.
    private static func isForHost(_ identity: ProgramIdentity, osABI: UInt8) -> Bool {
        let isX86 = identity.machine == 62 && identity.is64Bit || identity.machine == 3 && !identity.is64Bit
        return isX86 && identity.byteOrder == .little && osABI != 9
    }

    /// `exec_shell_imgact`: the interpreter up to a blank, then one argument that is the rest of the line.
    private static func script(line: ArraySlice<UInt8>) -> ProgramKind {
        // A line that ends with the file only is none.
        guard let end = line.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == 0 }) else { return .unknown }
        let text = trimmed(line[..<end])
        let interpreter = text.prefix { !isBlank($0) }
        guard !interpreter.isEmpty else { return .unknown }
        let rest = trimmed(text.dropFirst(interpreter.count))
        return .script(interpreter: Array(interpreter), argument: rest.isEmpty ? nil : Array(rest))
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = text.drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return [] }
        return start[...last]
    }
}
