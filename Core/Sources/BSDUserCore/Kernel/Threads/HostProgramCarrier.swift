/// The library that a host program needs to start guest programs in turn (`Driver/HostPrograms`): the host's kernel cannot.
public struct HostProgramCarrier: Sendable {
    /// Its file, beside the plugins.
    private static let fileName = "libbsduser-host-programs.so"
    /// `HOST_PROGRAMS_COMMAND` and `HOST_PROGRAMS_SEPARATOR` of the library's header.
    private static let command = Array("BSDUSER_HOST_PROGRAMS_COMMAND=".utf8)
    private static let separator: UInt8 = 0x1F
    private static let preload = Array("LD_PRELOAD=".utf8)

    private let library: [UInt8]
    private let executable: [UInt8]

    /// Looks for the library in these directories; nil where it is not there, or where its name would mean something else
    /// in `LD_PRELOAD`.
    public init?(directories: [[UInt8]]) {
        executable = PluginFile.executablePath()
        let candidates = directories.map { $0 + Array("/\(Self.fileName)".utf8) }
        let isFile = { (path: [UInt8]) in
            if case .file = PluginFile.kind(of: path) { true } else { false }
        }
        guard let found = candidates.first(where: isFile) else { return nil }
        // The list in LD_PRELOAD has no way to quote.
        guard !found.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: " ") }) else { return nil }
        library = found
    }

    /// The environment that a host program gets in the place of the guest's.
    ///
    /// - Parameter flags: the options with which the emulator starts for the guest programs.
    func environment(_ guest: [[UInt8]], flags: [[UInt8]]) -> [[UInt8]] {
        let words = [executable] + flags
        guard !words.contains(where: { $0.contains(Self.separator) }) else { return guest }
        let others = guest.first { $0.starts(with: Self.preload) }?.dropFirst(Self.preload.count) ?? []
        let list = others.isEmpty ? library : library + [UInt8(ascii: ":")] + others
        return guest.filter { !$0.starts(with: Self.preload) }
            + [Self.command + words.flatMap { $0 + [Self.separator] }, Self.preload + list]
    }
}
