import Foundation

/// The guest programs that check themselves, as Tests/Guests/programs.json lists them: it is read here and by the
/// conformance suites' fixtures.
public struct GuestCheckList: Sendable {
    /// One program in one of the ways it is compiled.
    public struct Row: Sendable, CustomStringConvertible {
        public var program: GuestProgram
        /// The number of checks it makes at least.
        public var checks: Int
        public var arguments: [String]
        public var environment: [String: String]

        public var description: String { program.description }
    }

    public let rows: [Row]

    /// The rows of these architectures. A program in a folder is for the architecture of that name.
    public init(architectures: [String]) throws {
        let url = Checkout.root.appendingPathComponent("Tests/Guests/programs.json")
        let entries = try JSONDecoder().decode([Entry].self, from: Data(contentsOf: url))
        rows = architectures.flatMap { architecture in entries.flatMap { $0.rows(architecture) } }
    }

    private struct Entry: Decodable {
        var program: String
        var checks: Checks
        var arguments: [String]?
        var environment: [String: String]?
        var links: [GuestProgram.Link]?
        var float: GuestProgram.FloatABI?
        var architectures: [String]?

        func rows(_ architecture: String) -> [Row] {
            let folder = program.split(separator: "/").dropLast().first.map(String.init)
            guard (folder ?? architecture) == architecture, architectures?.contains(architecture) ?? true else {
                return []
            }
            return (links ?? [.fixed]).map { link in
                Row(
                    program: GuestProgram(program, link: link, float: float ?? .soft, architecture: architecture),
                    checks: checks.least, arguments: arguments ?? [], environment: environment ?? [:])
            }
        }
    }

    /// A number, or one for root and another for everybody else, who is refused more.
    private struct Checks: Decodable {
        var least: Int

        private enum Key: String, CodingKey { case root, others }

        init(from decoder: any Decoder) throws {
            if let number = try? decoder.singleValueContainer().decode(Int.self) {
                least = number
                return
            }
            let both = try decoder.container(keyedBy: Key.self)
            least = try both.decode(Int.self, forKey: geteuid() == 0 ? .root : .others)
        }
    }
}
