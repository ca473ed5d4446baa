import ArgumentParser
import BSDUserCore
import ConformanceRunner
import DriverOptions
import Foundation

/// The conformance runner of one architecture.
struct Conformance: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell whether an architecture is right, and how much of it is there.",
        discussion: """
            Runs suites on a plugin, also on one of your own (--arch ./myarch.so), and prints a table of what passed. \
            Exit status: 0 everything passed or is a known failure, 1 something failed.

            The options are those of 'run', which is meant where no subcommand stands; 'bsduserctl help conformance run' \
            lists them.

            Suites:

            """ + suites,
        subcommands: [ConformanceRun.self, ConformanceMerge.self], defaultSubcommand: ConformanceRun.self)

    /// A table that fits a terminal, since the parser does not indent what it wraps.
    private static var suites: String {
        let indent = 16
        return SuiteName.allCases.map { suite in
            let name = "  " + suite.rawValue
            let blank = String(repeating: " ", count: indent)
            let lines = HelpText.wrapped(suite.summary, width: 78 - indent)
            return name + blank.dropFirst(name.count) + lines.joined(separator: "\n" + blank)
        }
        .joined(separator: "\n")
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

    @Flag(help: "Fetch and build what the suites need into the cache, which takes minutes or more, and run nothing.")
    var prepare = false

    @Option(help: "Part i of n of the run, as i/n.", transform: ConformanceRun.shard)
    var shard = Shard.whole

    @Option(parsing: .unconditional, help: "Seed of everything random.")
    var seed: UInt64 = 1

    @Option(help: "How guest programs run: translator, cached or interpreter.")
    var mode = Mode.translator

    @Option(help: "A file of known failures beside the plugin's own; may be given several times.")
    var known: [String] = []

    @Option(parsing: .unconditional, help: "Worker processes (default: one for each processor).")
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
            throw ValidationError("a shard is i/n, with i from 1 to n")
        }
        return shard
    }

    func validate() throws {
        if quick && full { throw ValidationError("--quick and --full are two things") }
        if let jobs, jobs < 1 { throw ValidationError("--jobs needs a number above 0") }
        if shard != .whole, caseName != nil { throw ValidationError("--shard and --case do not go together") }
        if list && prepare { throw ValidationError("--list and --prepare do not go together") }
        if list || prepare, reports.areWanted { throw ValidationError("nothing runs, so there is no report to write") }
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
        let factory = try SuiteFactory(settings, isListing: list) {
            try loader.load(named: Array(settings.plugin.utf8)).architecture
        }
        if worker { return try Worker(factory).serve() }
        let suites = try suites(factory)
        if prepare { return try Preparation(settings, factory).run(suites) }
        if list { return try printUnits(factory, suites) }
        try reports.check()
        let units = try Coordinator.units(factory, suites, shard: shard, matching: caseName)
        try check(suites) { suite in units.contains { $0.suite == suite } }
        let progress = Progress(unitCount: units.count)
        let coordinator = Coordinator(
            settings, try knownFailures(settings, factory.architectureName), workerCommand: workerCommand(settings),
            workerCount: jobs ?? ProcessInfo.processInfo.activeProcessorCount)
        let newReport = Report(
            architecture: factory.architectureName, scale: settings.scale, seed: seed,
            suites: suites.map(\.rawValue), shards: [shard])
        let isComplete = caseName == nil && settings.scale != .quick
        var report = try coordinator.run(units, isComplete: isComplete, into: newReport, progress: progress)
        progress.finish()
        // Which cases a unit has shows when it has run.
        let results = report.results
        let checkResults = { try check(suites) { suite in results.contains { $0.suite == suite.rawValue } } }
        if results.isEmpty { try checkResults() }
        if caseName != nil { report.leaveOutEmptySuites() }
        try reports.publish(report)
        try checkResults()
    }

    /// The suites to run: those that were named, or all there are.
    private func suites(_ factory: SuiteFactory) throws -> [SuiteName] {
        let available = factory.available()
        if let absent = suite.first(where: { !available.contains($0) }) {
            throw RunnerProblem("\(factory.architectureName) has no suite \(absent.rawValue)")
        }
        return suite.isEmpty ? available : available.filter { suite.contains($0) }
    }

    /// Refuses a name that nothing fits: in a suite that was named, or in all of them. A shard may well have nothing.
    private func check(_ suites: [SuiteName], hasCases: (SuiteName) -> Bool) throws {
        guard shard == .whole else { return }
        let empty = suites.filter { !hasCases($0) }
        guard let first = empty.first, !suite.isEmpty || empty.count == suites.count else { return }
        guard let caseName else { throw RunnerProblem("suite \(first.rawValue) has no cases here") }
        let place = suite.isEmpty ? "" : " of suite \(first.rawValue)"
        throw RunnerProblem("no case\(place) matches '\(caseName)'; --list prints the units that cases belong to")
    }

    /// Prints the units of the suites that can tell them, and which cannot.
    private func printUnits(_ factory: SuiteFactory, _ suites: [SuiteName]) throws {
        let (known, problems) = Coordinator.listable(factory, suites)
        // Which units are a shard's depends on all of them.
        if let problem = problems.first, !suite.isEmpty || shard != .whole { throw problem }
        let units = try Coordinator.units(factory, known, shard: shard, matching: caseName)
        for unit in units { print(unit) }
        for problem in problems {
            BSDUserControl.complain("not listed: \(problem.description)")
        }
        try check(known) { suite in units.contains { $0.suite == suite } }
    }

    private func settings() throws -> Settings {
        let environment = ProcessInfo.processInfo.environment
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let emulator = bsduser.map { URL(fileURLWithPath: $0) } ?? EmulatorProgram.location
        guard FileManager.default.isExecutableFile(atPath: emulator.path) else {
            throw ControlFailure("no emulator at \(emulator.path); name one with --bsduser")
        }
        // Programs run in folders of their own, so a file must be named from the root.
        let name = arch.contains("/") ? URL(fileURLWithPath: arch).path : arch
        var settings = Settings(
            plugin: name, pluginPath: plugins.pluginPath ?? environment["BSDUSER_PLUGINS"], emulator: emulator,
            cache: try cacheFolder(environment), data: try Settings.data(besides: own))
        settings.scale = quick ? .quick : full ? .full : .standard
        settings.seed = seed
        settings.mode = mode
        settings.suites = suite
        let named = [("--plugin-path", settings.pluginPath), ("--cache", cache), ("--bsduser", bsduser)]
        settings.options = named.flatMap { option, value in value.map { [option, $0] } ?? [] }
        settings.options += known.flatMap { ["--known", $0] }
        return settings
    }

    private func cacheFolder(_ environment: [String: String]) throws -> URL {
        if let cache { return URL(fileURLWithPath: cache) }
        let variables = environment.map { Array("\($0.key)=\($0.value)".utf8) }
        guard let home = CacheHome.directory(environment: variables) else {
            throw ControlFailure(CacheHome.absence(environment: variables) + ", or give --cache")
        }
        return URL(fileURLWithPath: String(decoding: home, as: UTF8.self)).appendingPathComponent("bsduser/conformance")
    }

    private func knownFailures(_ settings: Settings, _ architecture: String) throws -> KnownFailures {
        var failures = KnownFailures()
        let own = settings.data.appendingPathComponent("Conformance/KnownFailures/\(architecture).txt")
        let files = FileManager.default.fileExists(atPath: own.path) ? [own.path] + known : known
        for file in files {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw ControlFailure("cannot read the known failures in \(file)")
            }
            try failures.add(text, of: file)
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
        try reports.check()
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
