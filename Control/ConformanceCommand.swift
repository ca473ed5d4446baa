import ArgumentParser
import BSDUserCore
import ConformanceRunner
import Foundation

/// The conformance runner of one architecture.
struct Conformance: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell whether an architecture is right, and how much of it is there.",
        discussion: """
            Runs suites on a plugin, also on one of your own (--arch ./myarch.so), and prints a table of what passed. \
            Exit status: 0 everything passed or is a known failure, 1 something failed.

            Suites:
            """
                + SuiteName.allCases.map {
                    "\n  \($0.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0))\($0.summary)"
                }
                .joined(),
        subcommands: [ConformanceRun.self, ConformanceMerge.self], defaultSubcommand: ConformanceRun.self)
}

/// Where reports go.
struct ReportOptions: ParsableArguments {
    @Option(help: "Write the report as JSON, which 'merge' reads.")
    var json: String?

    @Option(help: "Write the report as JUnit's XML.")
    var junit: String?

    /// Writes the files, prints the table; status 1 when something failed.
    func publish(_ report: Report) throws {
        print(SummaryTable.text(report))
        if let json { try write(report.encoded(), to: json) }
        if let junit { try write(Data(JUnit.text(report).utf8), to: junit) }
        if report.isGreen { return }
        throw ExitCode.failure
    }

    private func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(fileURLWithPath: path))
        } catch {
            throw ControlFailure("cannot write \(path): \(error.localizedDescription)")
        }
    }
}

struct ConformanceRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run suites (the default).")

    @OptionGroup var plugins: PluginOptions
    @OptionGroup var reports: ReportOptions

    @Option(help: "The plugin: a name or a file.")
    var arch: String

    @Option(help: "A suite to run; may be given several times (default: all that the architecture has).")
    var suite: [SuiteName] = []

    @Option(
        name: .customLong("case"),
        help: """
            Only the units of this name, or those that fit this shell pattern (--list prints them); in a suite that has no \
            such unit, the cases of this name or pattern.
            """)
    var caseName: String?

    @Flag(help: "A few minutes' worth.")
    var quick = false

    @Flag(help: "At least ten million states, and every program.")
    var full = false

    @Flag(help: "Install and build what the suites need into the cache, and run nothing.")
    var prepare = false

    @Option(help: "Part i of n of the run, as i/n.", transform: ConformanceRun.shard)
    var shard = Shard.whole

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(help: "How guest programs run: translator, cached or interpreter.")
    var mode = Mode.translator

    @Option(help: "A file of known failures beside the plugin's own; may be given several times.")
    var known: [String] = []

    @Option(help: "Worker processes (default: one for each processor).")
    var jobs: Int?

    @Option(help: "Folder for prepared guests and oracles (default: bsduser/conformance in the user's cache folder).")
    var cache: String?

    @Option(help: "The emulator (default: the bsduser beside bsduserctl).")
    var bsduser: String?

    @Flag(help: "Print the units of the suites and run nothing.")
    var list = false

    @Flag(help: .hidden)
    var worker = false

    @Option(help: .hidden)
    var scratch: String?

    private static func shard(_ text: String) throws -> Shard {
        guard let shard = Shard(text) else {
            throw ValidationError("a shard is i/n, with i from 1 to n; not '\(text)'")
        }
        return shard
    }

    func validate() throws {
        if quick && full { throw ValidationError("--quick and --full are two things") }
        if let jobs, jobs < 1 { throw ValidationError("--jobs needs a number above 0") }
        if shard != .whole, caseName != nil { throw ValidationError("--shard and --case do not go together") }
    }

    func run() throws {
        do {
            try runSuites()
        } catch let problem as RunnerProblem {
            throw ControlFailure(problem.description)
        } catch let failure as PluginFailure {
            throw ControlFailure(failure.message)
        }
    }

    private func runSuites() throws {
        var settings = try settings()
        if let scratch { settings.scratch = URL(fileURLWithPath: "\(scratch)/\(getpid())") }
        defer { ScratchFolder.remove(settings.scratch) }
        if !list { try Interruption.watch(isWorker: worker, scratch: settings.scratch) }
        let loader = plugins.loader(environment: ProcessInfo.processInfo.environment)
        let factory = try SuiteFactory(settings) { try loader.load(named: Array(settings.plugin.utf8)).architecture }
        if worker { return try Worker(factory).serve() }
        let suites = suite.isEmpty ? factory.available() : SuiteName.allCases.filter { suite.contains($0) }
        if prepare {
            return try Preparation(settings, factory).run(suites)
        }
        let units = try Coordinator.units(factory, suites, shard: shard, matching: caseName)
        let empty = suites.filter { name in !units.contains { $0.suite == name } }
        if !suite.isEmpty, shard == .whole, caseName == nil, let first = empty.first {
            throw RunnerProblem("\(factory.architectureName) has no suite \(first.rawValue)")
        }
        if list { return units.forEach { print($0) } }
        if units.isEmpty, let caseName { throw nothing(fits: caseName) }
        let progress = Progress(unitCount: units.count)
        let coordinator = Coordinator(
            settings, try knownFailures(settings, factory.architectureName), workerCommand: workerCommand(settings),
            workerCount: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
        let newReport = Report(
            architecture: factory.architectureName, scale: settings.scale, seed: seed,
            suites: suites.map(\.rawValue), shards: [shard])
        let isComplete = caseName == nil && settings.scale != .quick
        let report = try coordinator.run(units, isComplete: isComplete, into: newReport, progress: progress)
        progress.finish()
        if report.results.isEmpty, let caseName { throw nothing(fits: caseName) }
        try reports.publish(report)
    }

    private func nothing(fits caseName: String) -> RunnerProblem {
        RunnerProblem("no case matches '\(caseName)'; --list prints the units that cases belong to")
    }

    private func settings() throws -> Settings {
        let environment = ProcessInfo.processInfo.environment
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let emulator =
            bsduser.map { URL(fileURLWithPath: $0) }
            ?? own.deletingLastPathComponent()
            .appendingPathComponent("bsduser")
        guard FileManager.default.isExecutableFile(atPath: emulator.path) else {
            throw ControlFailure("no emulator at \(emulator.path); name one with --bsduser")
        }
        // Programs run in folders of their own, so a file must be named from the root.
        let name = arch.contains("/") ? URL(fileURLWithPath: arch).path : arch
        var settings = Settings(
            plugin: name, pluginPath: plugins.pluginPath ?? environment["BSDUSER_PLUGINS"], emulator: emulator,
            cache: cache.map { URL(fileURLWithPath: $0) } ?? Settings.defaultCache(environment),
            data: try Settings.data(besides: own))
        settings.scale = quick ? .quick : full ? .full : .standard
        settings.seed = seed
        settings.mode = mode
        let named = [("--plugin-path", settings.pluginPath), ("--cache", cache), ("--bsduser", bsduser)]
        settings.options = named.flatMap { option, value in value.map { [option, $0] } ?? [] }
        settings.options += known.flatMap { ["--known", $0] }
        return settings
    }

    private func knownFailures(_ settings: Settings, _ architecture: String) throws -> KnownFailures {
        var failures = KnownFailures()
        let own = settings.data.appendingPathComponent("Conformance/KnownFailures/\(architecture).txt")
        let files = FileManager.default.fileExists(atPath: own.path) ? [own.path] + known : known
        for file in files {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw ControlFailure("cannot read the known failures in \(file)")
            }
            try failures.add(text)
        }
        return failures
    }

    private func workerCommand(_ settings: Settings) -> [String] {
        var words = [URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path, "conformance", "run"]
        words += ["--worker", "--arch", settings.plugin, "--seed", "\(seed)", "--cache", settings.cache.path]
        words += ["--bsduser", settings.emulator.path, "--scratch", settings.scratch.path]
        if let pluginPath = settings.pluginPath { words += ["--plugin-path", pluginPath] }
        words += ["--mode", mode.rawValue]
        if quick { words.append("--quick") }
        if full { words.append("--full") }
        return words
    }
}

extension SuiteName: ExpressibleByArgument {}

extension Mode: ExpressibleByArgument {}

struct ConformanceMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Join the JSON reports of all shards of a run.")

    @OptionGroup var reports: ReportOptions

    @Argument(help: "The reports of all shards.")
    var files: [String]

    func run() throws {
        let parts = try files.map { file in
            do {
                return try Report(decoding: Data(contentsOf: URL(fileURLWithPath: file)))
            } catch {
                let reason = (error as? RunnerProblem)?.description ?? error.localizedDescription
                throw ControlFailure("\(file) is no report of a conformance run: \(reason)")
            }
        }
        do {
            try reports.publish(Report.merging(parts))
        } catch let problem as RunnerProblem {
            throw ControlFailure(problem.description)
        }
    }
}
