/// The state while a command line is read.
struct Invocation {
    /// What the user wants instead of running a program.
    enum Request {
        case help
        case version
    }

    var options = LaunchOptions()
    private(set) var request: Request?
    private let workingDirectory: Bytes

    init(workingDirectory: Bytes) {
        self.workingDirectory = workingDirectory
    }

    mutating func request(_ wanted: Request?) {
        request = request ?? wanted
    }

    /// The path from the root, so that it keeps its meaning when the guest changes directory.
    func absolute(_ path: Bytes) -> Bytes {
        guard path.first != Self.slash else { return path }
        return workingDirectory + (workingDirectory.last == Self.slash ? [] : [Self.slash]) + path
    }

    /// The same where the text is a path at all, which a slash in it tells.
    func absoluteIfPath(_ text: Bytes) -> Bytes {
        text.contains(Self.slash) ? absolute(text) : text
    }

    /// A colon-separated list of directories, each from the root; empty entries are dropped.
    func absoluteList(_ list: Bytes) -> Bytes {
        Bytes(Self.directories(list).map { absolute($0) }.joined(separator: [Self.colon]))
    }

    /// Puts a colon-separated list before the directories known so far: a later list is searched first.
    mutating func addPluginDirectories(_ list: Bytes) {
        options.pluginDirectories = Self.directories(list) + options.pluginDirectories
    }

    private static func directories(_ list: Bytes) -> [Bytes] {
        split(list, at: colon).filter { !$0.isEmpty }
    }

    private static let slash = UInt8(ascii: "/")
    private static let colon = UInt8(ascii: ":")
}
