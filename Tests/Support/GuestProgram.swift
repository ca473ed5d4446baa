import Foundation

/// A guest program of our own (Tests/Guests/programs) in one of the ways it can be compiled.
public struct GuestProgram: Sendable, CustomStringConvertible {
    public enum Link: String, Sendable, Decodable {
        case fixed = "static"
        case staticPIE = "pie"
        case dynamic
    }

    public enum FloatABI: String, Sendable, Decodable {
        case soft
        case hard
    }

    /// The source's path without its ending, such as `mips64/traps`.
    public var name: String
    public var link: Link
    public var float: FloatABI
    public var architecture: String

    public init(_ name: String, link: Link = .fixed, float: FloatABI = .soft, architecture: String = "mips64") {
        self.name = name
        self.link = link
        self.float = float
        self.architecture = architecture
    }

    public var description: String { "\(name) (\(architecture), \(link.rawValue), \(float.rawValue) float)" }

    /// The compiled program. It is compiled once per test run at most, and only when a source is newer than it.
    public func build() throws -> URL { try GuestBuilder.shared.build(self) }
}

/// Compiles guest programs with Tests/Guests/compile into a folder that outlives the run.
private final class GuestBuilder: @unchecked Sendable {
    static let shared = GuestBuilder()

    private let lock = NSLock()
    private var done: [String: Result<URL, SupportError>] = [:]

    func build(_ program: GuestProgram) throws -> URL {
        lock.lock()
        defer { lock.unlock() }
        let result = done[program.description] ?? attempt(program)
        done[program.description] = result
        return try result.get()
    }

    private func attempt(_ program: GuestProgram) -> Result<URL, SupportError> {
        Result { try compile(program) }.mapError { $0 as? SupportError ?? SupportError("\($0)") }
    }

    private func compile(_ program: GuestProgram) throws -> URL {
        let guests = Checkout.root.appendingPathComponent("Tests/Guests")
        let source = guests.appendingPathComponent("programs/\(program.name).c")
        let variant = "\(program.architecture)-\(program.link.rawValue)-\(program.float.rawValue)"
        let folder = try Checkout.cache("guests/\(variant)")
        let output = folder.appendingPathComponent(program.name.replacingOccurrences(of: "/", with: "-"))
        let inputs = try Self.files(below: guests.appendingPathComponent("runtime")) + [source]
        if let built = Self.modified(output), inputs.allSatisfy({ (Self.modified($0) ?? .distantFuture) < built }) {
            return output
        }
        let arguments = [
            "--arch", program.architecture, "--link", program.link.rawValue, "--float", program.float.rawValue,
            "--runtime", try Checkout.cache("guests/runtime").path, source.path, output.path,
        ]
        let run = try ProgramRun.of(guests.appendingPathComponent("compile").path, arguments, timeoutSeconds: 120)
        guard run.isSuccess else { throw SupportError("cannot compile \(program): \(run.standardError)") }
        return output
    }

    private static func files(below folder: URL) throws -> [URL] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).map { folder.appendingPathComponent($0) }
    }

    private static func modified(_ file: URL) -> Date? {
        (try? FileManager.default.attributesOfItem(atPath: file.path))?[.modificationDate] as? Date
    }
}
