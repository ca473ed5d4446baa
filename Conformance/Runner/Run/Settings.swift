import BSDUserCore
import Foundation

/// What a run is told, and where it finds things.
public struct Settings: Sendable {
    /// What `--arch` said.
    public var plugin: String
    /// `--plugin-path`, if given.
    public var pluginPath: String?
    public var scale = Scale.standard
    public var seed: UInt64 = 1
    public var mode = Mode.translator
    /// The emulator that runs guest programs.
    public var emulator: URL
    /// The folder that prepared guests and oracles are in.
    public var cache: URL
    /// Sources of guests, oracle and fixtures: the root of the source tree, or of its installed part.
    public var data: URL
    /// The folder that programs run below; it goes with the process.
    public var scratch = FileManager.default.temporaryDirectory.appendingPathComponent(
        "bsduser-conformance-\(UUID().uuidString)")

    public init(plugin: String, pluginPath: String?, emulator: URL, cache: URL, data: URL) {
        self.plugin = plugin
        self.pluginPath = pluginPath
        self.emulator = emulator
        self.cache = cache
        self.data = data
    }

    /// The data beside a program: installed below `share/bsduser/conformance`, or the source tree it was built in.
    public static func data(besides program: URL) throws -> URL {
        let folder = program.resolvingSymlinksInPath().deletingLastPathComponent()
        let installed = folder.deletingLastPathComponent().appendingPathComponent("share/bsduser/conformance")
        var candidates = [installed]
        var tree = folder
        while tree.path != "/" {
            candidates.append(tree)
            tree = tree.deletingLastPathComponent()
        }
        let marker = "Conformance/Fixtures/build-oracle"
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path + "/" + marker) })
        else {
            throw RunnerProblem("the conformance data is missing: no \(marker) beside \(program.path); install again")
        }
        return found
    }

    /// Options that say what is not as it is by default.
    public var options: [String] = []
    /// The suites that were asked for by name; empty for all.
    public var suites: [SuiteName] = []

    /// The command line that prepares what is missing, and no more than the run needs.
    var preparation: String {
        let words = ["bsduserctl", "conformance", "--arch", plugin] + options
        let chosen = suites.flatMap { ["--suite", $0.rawValue] } + ["--prepare"] + (scale == .quick ? ["--quick"] : [])
        return (words + chosen).map(Settings.quoted).joined(separator: " ")
    }

    /// The command line that runs one case again.
    func command(_ suite: String, _ name: String) -> String {
        var words = ["bsduserctl", "conformance", "--arch", plugin] + options
        if scale != .standard { words.append("--\(scale.rawValue)") }
        if seed != 1 { words += ["--seed", "\(seed)"] }
        if mode != .translator { words += ["--mode", mode.rawValue] }
        words += ["--suite", suite, "--case", name]
        return words.map(Settings.quoted).joined(separator: " ")
    }

    /// A word as the shell reads it.
    private static func quoted(_ word: String) -> String {
        let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "/._-+=:,@%".contains($0) }
        return plain && !word.isEmpty ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
