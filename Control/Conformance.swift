import ArgumentParser
import BSDUserCore
import Foundation

/// Runs the checks of a plugin that need no guest program.
struct Conformance: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a plugin's data, hooks and front end.",
        discussion: """
            Covers whether the plugin's data is consistent, whether its hooks agree with each other, and whether its \
            front end makes well-formed blocks from random code. Does not cover whether instructions compute the right \
            results: the differential tests of the source tree compare those with an independent emulator.
            """)

    @OptionGroup var plugins: PluginOptions

    @Option(help: "The plugin to check: a name or a file.")
    var arch: String

    @Option(help: "How many random blocks the front end translates.")
    var blocks = 65536

    func run() throws {
        guard blocks > 0 else { throw ValidationError("--blocks needs a number above 0") }
        let loader = plugins.loader(environment: ProcessInfo.processInfo.environment)
        let plugin: LoadedPlugin
        do {
            plugin = try loader.load(named: Array(arch.utf8))
        } catch {
            throw ControlFailure(error.message)
        }
        var failed = 0
        let checks = ConformanceCheck.runAll(plugin.architecture, blockCount: blocks)
        for check in checks {
            print("\(check.problems.isEmpty ? "passed" : "FAILED"): \(check.name) (\(check.extent))")
            for problem in check.problems { print("  \(problem)") }
            failed += check.problems.isEmpty ? 0 : 1
        }
        print("\(checks.count - failed) passed, \(failed) failed")
        if failed > 0 { throw ExitCode.failure }
    }
}
