import Foundation

/// What the fixtures of a suite are: `manifest.json` in the suite's folder of the cache. Paths are relative to it.
struct Manifest: Codable, Sendable {
    enum Kind: String, Codable, Sendable {
        /// The exit status is the expected one.
        case status
        /// Exit status and standard output are the expected ones.
        case output
        /// A program that checks itself: every line `ok` or `FAIL` is a case.
        case checks
        /// A program of behaviour cases (Tests/Guests/runtime/cases.h).
        case cases
    }

    struct Case: Codable, Sendable {
        var name: String
        var kind: Kind
        var program: String
        var arguments: [String]?
        var environment: [String: String]?
        var input: String?
        var files: [String]?
        var status: Int32?
        var output: String?
        /// Files that the program writes, with what they must hold.
        var produces: [String: String]?
        /// The fewest checks that a program which checks itself makes.
        var checks: Int?
        /// The same where root runs the program, when it makes another number then.
        var rootChecks: Int?
        var seconds: Double?
        var quick: Bool?

        enum CodingKeys: String, CodingKey {
            case name, kind, program, arguments, environment, input, files, status, output, produces, checks
            case rootChecks = "root_checks"
            case seconds, quick
        }

        /// The fewest checks for who runs the program now, whoever prepared it.
        var fewestChecks: Int { (geteuid() == 0 ? rootChecks : nil) ?? checks ?? 1 }
    }

    /// What could not be prepared, and why.
    struct LeftOut: Codable, Sendable {
        var name: String
        var reason: String
    }

    var cases: [Case]
    var leftOut: [LeftOut]?
    /// Whether only what a quick run needs is prepared.
    var isQuick: Bool?

    enum CodingKeys: String, CodingKey {
        case cases
        case leftOut = "left_out"
        case isQuick = "quick"
    }

    static func read(_ folder: URL) throws -> Manifest {
        try JSONDecoder().decode(
            Manifest.self, from: Data(contentsOf: folder.appendingPathComponent("manifest.json")))
    }
}
