import Foundation

/// Guest programs, prepared in the cache, run by the emulator.
struct ProgramSuite: Suite {
    let name: String
    let settings: Settings
    private let folder: URL
    private let cases: [Manifest.Case]
    private let named: [String: Manifest.Case]
    private let reasons: [String: String]

    /// Reads the suite's manifest.
    init(_ suite: SuiteName, _ architecture: String, _ settings: Settings) throws {
        name = suite.rawValue
        self.settings = settings
        folder = settings.cache.appendingPathComponent("\(architecture)/\(name)")
        guard FileManager.default.fileExists(atPath: folder.appendingPathComponent("manifest.json").path) else {
            throw RunnerProblem(
                "the guest programs of suite \(name) for \(architecture) are not prepared; run "
                    + settings.preparation)
        }
        let manifest = try Manifest.read(folder)
        if manifest.isQuick == true, settings.scale != .quick {
            throw RunnerProblem(
                "only the quick part of suite \(name) for \(architecture) is prepared; run " + settings.preparation)
        }
        cases = settings.scale == .quick ? manifest.cases.filter { $0.quick == true } : manifest.cases
        named = Dictionary(manifest.cases.map { ($0.name, $0) }) { first, _ in first }
        guard named.count == manifest.cases.count else {
            throw RunnerProblem("the manifest of suite \(name) names a case twice: \(folder.path)/manifest.json")
        }
        let leftOut = settings.scale == .quick ? [] : manifest.leftOut ?? []
        reasons = Dictionary(leftOut.map { ($0.name, $0.reason) }) { first, _ in first }
    }

    func units() -> [String] { cases.map(\.name) + reasons.keys.sorted() }

    func run(_ unit: String) throws -> [CaseResult] { try run(unit, arguments: []) }

    /// A program of cases runs those that its arguments name.
    func run(_ unit: String, _ selection: Selection) throws -> [CaseResult] {
        let isOfUnit = selection.isName && selection.pattern.hasPrefix(unit + "/") && named[unit]?.kind == .cases
        return try run(unit, arguments: isOfUnit ? [String(selection.pattern.dropFirst(unit.count + 1))] : [])
    }

    private func run(_ unit: String, arguments: [String]) throws -> [CaseResult] {
        let rounds = try (0..<settings.mode.rounds).map { _ in try runOnce(unit, arguments: arguments) }
        // A case that failed in one round has failed.
        let failures = rounds.dropLast().joined().filter { $0.outcome == .failed }
        let last = rounds.last ?? []
        let missing = failures.filter { failure in !last.contains { $0.name == failure.name } }
        return last.map { result in failures.first { $0.name == result.name } ?? result } + missing
    }

    private func runOnce(_ unit: String, arguments: [String]) throws -> [CaseResult] {
        if let reason = reasons[unit] {
            return [CaseResult(suite: name, name: unit, outcome: .skipped, reason: reason)]
        }
        guard let found = named[unit] else {
            throw RunnerProblem("no such case in suite \(name): \(unit)")
        }
        let scratch = settings.scratch.appendingPathComponent(UUID().uuidString)
        let directory = scratch.appendingPathComponent("run")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { ScratchFolder.remove(scratch) }
        for file in found.files ?? [] {
            let source = folder.appendingPathComponent(file)
            try FileManager.default.copyItem(at: source, to: directory.appendingPathComponent(source.lastPathComponent))
        }
        let run = try ProgramRun.of(
            settings.emulator,
            options + [folder.appendingPathComponent(found.program).path] + (found.arguments ?? []) + arguments,
            environment: found.environment ?? [:],
            input: found.input.map { folder.appendingPathComponent($0) }, directory: directory,
            seconds: (found.seconds ?? 60) * Double(settings.mode.patience))
        switch found.kind {
        case .status, .output: return [try judge(found, run, directory)]
        case .checks: return CheckedOutput(name, unit).checks(run, atLeast: found.checks ?? 1)
        case .cases: return CheckedOutput(name, unit).cases(run)
        }
    }

    /// The emulator's options: a guest sees no more environment than the case gives it.
    private var options: [String] {
        ["--arch-plugin", settings.plugin] + (settings.pluginPath.map { ["--plugin-path", $0] } ?? [])
            + settings.mode.options(cache: settings.cache.appendingPathComponent("translations").path)
    }

    private func judge(_ expected: Manifest.Case, _ run: ProgramRun, _ directory: URL) throws -> CaseResult {
        var differences: [String] = []
        if run.hasTimedOut || run.status != expected.status ?? 0 {
            differences.append("\(run.end), expected exit status \(expected.status ?? 0)")
            differences += Text.lastLines(run.standardError)
        }
        if expected.kind == .output, let golden = expected.output {
            let wanted = try Data(contentsOf: folder.appendingPathComponent(golden))
            if run.output != wanted { differences.append(Text.difference(run.output, wanted)) }
        }
        for (file, golden) in (expected.produces ?? [:]).sorted(by: { $0.key < $1.key }) {
            let wanted = try Data(contentsOf: folder.appendingPathComponent(golden))
            let written = try? Data(contentsOf: directory.appendingPathComponent(file))
            if written != wanted { differences.append("\(file): " + Text.difference(written ?? Data(), wanted)) }
        }
        return CaseResult(name, expected.name, checks: 1, failure: CaseFailure(differences))
    }
}

/// Folders that guests have written into.
public enum ScratchFolder {
    /// Removes a folder; guests may have taken rights from what is in it.
    public static func remove(_ folder: URL) {
        if (try? FileManager.default.removeItem(at: folder)) != nil { return }
        let names = FileManager.default.subpaths(atPath: folder.path) ?? []
        for name in names { chmod(folder.appendingPathComponent(name).path, 0o700) }
        try? FileManager.default.removeItem(at: folder)
    }
}

/// Output of programs, as differences show it.
enum Text {
    static func lastLines(_ data: Data) -> [String] {
        String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(3).map { String($0.prefix(200)) }
    }

    /// Where two outputs part.
    static func difference(_ own: Data, _ wanted: Data) -> String {
        let (left, right) = (lines(own), lines(wanted))
        let place = zip(left, right).prefix { $0 == $1 }.count
        func line(_ lines: [String]) -> String {
            place < lines.count ? "'\(lines[place].prefix(120))'" : "its end"
        }
        return "line \(place + 1) is \(line(left)), natively \(line(right))"
    }

    static func lines(_ data: Data) -> [String] {
        String(decoding: data, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
