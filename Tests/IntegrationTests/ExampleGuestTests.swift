import Foundation
import TestSupport
import Testing

/// The committed example guests run, and their sources still build to programs that do the same.
struct ExampleGuestTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var architecture: String
        var arguments: [String] = []
        var input = ""
        /// What the output must contain.
        var expected: String

        var testDescription: String { "\(name) (\(architecture))" }
    }

    private static let folder = Checkout.root.appendingPathComponent("Examples/guests")

    static let rows: [Row] = GuestProgramTests.architectures.flatMap { architecture in
        [
            Row(
                name: "hello", architecture: architecture, arguments: ["first"],
                expected: "Hello from FreeBSD on \(architecture).\nSystem: FreeBSD\nMachine: \(architecture)\n"
                    + "Argument 1: first\n"),
            Row(name: "primes", architecture: architecture, expected: "148933 primes below 2000000\n"),
            Row(
                name: "primes", architecture: architecture, arguments: ["100"],
                expected: "25 primes below 100\n53 59 61 67 71 73 79 83 89 97 \n"),
            Row(name: "mandelbrot", architecture: architecture, expected: "##########"),
            Row(
                name: "wc", architecture: architecture, input: "one two\nthree\n",
                expected: "       2       3      14\n"),
        ]
    }

    @Test(arguments: rows)
    func `a committed example runs, and a rebuilt one does the same`(row: Row) throws {
        let rebuilt = try Checkout.cache(
            "examples/\(row.architecture)-\(row.name)-\(row.arguments.count)")
        let build = try ProgramRun.of(
            Self.folder.appendingPathComponent("build").path, [row.architecture, rebuilt.path])
        #expect(build.isSuccess, "\(build.summary)")
        func run(_ program: URL) throws -> ProgramRun {
            try EmulatorUnderTest.run(program, row.arguments, input: Data(row.input.utf8))
        }
        let committed = try run(Self.folder.appendingPathComponent("\(row.architecture)/\(row.name)"))
        #expect(committed.end == .exited(0), "\(committed.summary)")
        #expect(committed.output.contains(row.expected), "\(committed.summary)")
        #expect(try run(rebuilt.appendingPathComponent(row.name)).output == committed.output)
    }
}
