import Foundation

/// Runs guests under the bsduser that was built along with the tests.
public enum EmulatorUnderTest {
    /// Runs a guest program.
    ///
    /// - Parameters:
    ///   - options: bsduser's own options.
    ///   - environment: the guest's environment; bsduser itself sees only this and its own variables.
    ///   - directory: the working directory; without it, an empty one made for the run.
    public static func run(
        _ guest: URL, _ arguments: [String] = [], options: [String] = [], environment: [String: String] = [:],
        input: Data = Data(), directory: URL? = nil, timeoutSeconds: Int = 60
    ) throws -> ProgramRun {
        let emulator = try Checkout.emulator.path
        let words = plugin + options + [guest.path] + arguments
        func run(in folder: URL) throws -> ProgramRun {
            try ProgramRun.of(
                emulator, words, environment: environment, input: input, directory: folder,
                timeoutSeconds: timeoutSeconds)
        }
        if let directory { return try run(in: directory) }
        return try withScratchFolder(run)
    }

    /// Calls the body with a new folder that is removed afterwards.
    public static func withScratchFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("guest-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// `BSDUSER_PLUGIN` names a plugin to test; without it bsduser finds its own.
    private static var plugin: [String] {
        ProcessInfo.processInfo.environment["BSDUSER_PLUGIN"].map { ["--arch-plugin", $0] } ?? []
    }
}

/// What a guest program that checks itself printed: lines "ok NAME" and "FAIL NAME got X want Y".
public struct CheckReport: Sendable {
    public var passed: [String] = []
    public var failed: [String] = []

    public init(output: String) {
        for line in output.split(separator: "\n") {
            if line.hasPrefix("ok ") { passed.append(String(line.dropFirst(3))) }
            if line.hasPrefix("FAIL ") { failed.append(String(line.dropFirst(5))) }
        }
    }
}
