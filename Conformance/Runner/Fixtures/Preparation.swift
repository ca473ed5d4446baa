import Foundation

/// Installs and builds what the suites need into the cache: oracles, guest programs, test vectors.
///
/// Each step is a program of Conformance/Fixtures that goes on where it was interrupted and shows its progress.
public struct Preparation {
    private let settings: Settings
    private let architecture: String
    private let hasOracle: Bool
    private let hasDisassembler: Bool

    public init(_ settings: Settings, _ factory: SuiteFactory) {
        self.settings = settings
        architecture = factory.architectureName
        hasOracle = factory.hasOracle
        hasDisassembler = factory.hasDisassembler
    }

    private struct Step {
        var suites: Set<SuiteName>
        var program: String
        var arguments: [String]
    }

    private var steps: [Step] {
        let cache = settings.cache.path
        let guest = ["--arch", architecture, "--cache", cache] + (settings.scale == .quick ? ["--quick"] : [])
        let oracle: [Step] =
            hasOracle
            ? [
                Step(
                    suites: [.instructions, .sequences, .fp], program: "build-oracle",
                    arguments: [cache + "/oracle"]),
                Step(suites: [.fp], program: "testfloat.py", arguments: ["--cache", cache]),
            ] : []
        return oracle + [
            Step(suites: [.abi, .syscalls, .threads, .signals, .smc], program: "guests.py", arguments: guest),
            Step(suites: [.programs], program: "programs.py", arguments: guest),
            Step(suites: [.torture], program: "torture.py", arguments: guest),
        ]
    }

    /// Prepares the suites, one step after the other; a step that fails says what is missing.
    public func run(_ suites: [SuiteName]) throws {
        if hasDisassembler, suites.contains(.decode), let absence = Disassembler.absence { throw absence }
        try FileManager.default.createDirectory(at: settings.cache, withIntermediateDirectories: true)
        for step in steps where !step.suites.isDisjoint(with: suites) {
            let program = settings.data.appendingPathComponent("Conformance/Fixtures/\(step.program)")
            let process = Process()
            process.executableURL = program
            process.arguments = step.arguments
            process.standardInput = FileHandle.nullDevice
            // What a step makes, it prints last; its progress is on standard error.
            process.standardOutput = FileHandle.standardError
            try Interruption.excluded { try process.run() }
            process.waitUntilExit()
            // A step that ends with the run has not failed.
            Interruption.excluded {}
            guard process.terminationStatus == 0 else {
                throw RunnerProblem(
                    "\(step.program) did not prepare \(architecture); see above, mend that, and call again")
            }
        }
    }
}
