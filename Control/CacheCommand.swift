import ArgumentParser
import BSDUserCore
import DriverOptions
import Foundation

/// Shows and empties the translation cache.
struct Cache: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show or remove what the translation cache holds.",
        discussion: "bsduser keeps translated code there for its next runs; 'bsduser -cache off' does not.",
        subcommands: [Show.self, Clear.self], defaultSubcommand: Show.self)

    /// Where the cache is.
    struct Place: ParsableArguments {
        @Option(help: "The cache's directory; without it, the one that bsduser uses.")
        var directory: String?

        /// The path, and the directory itself; nil when there is none yet.
        func open() throws -> (path: String, directory: HostCacheDirectory?) {
            let path = try path()
            switch HostCacheDirectory.open(Array(path.utf8), creates: false) {
            case .success(let directory): return (path, directory)
            case .failure(.unavailable(ENOENT)): return (path, nil)
            case .failure(let refusal):
                throw ControlFailure("\(path): \(refusal.text); bsduser does not use it (-cache names another)")
            }
        }

        func validate() throws {
            if directory == "" { throw ValidationError("--directory needs a directory") }
        }

        private func path() throws -> String {
            if let directory { return URL(fileURLWithPath: directory).path }
            let environment = ProcessInfo.processInfo.environment.map { Array("\($0.key)=\($0.value)".utf8) }
            let choice = TranslationCacheChoice(environment: environment)
            guard choice != .off else { throw ControlFailure("BSDUSER_CACHE turns the translation cache off") }
            guard let path = choice.directory(environment: environment) else {
                throw ControlFailure(CacheHome.absence(environment: environment) + ", or give --directory")
            }
            return URL(fileURLWithPath: String(decoding: path, as: UTF8.self)).path
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the files that have translated code.")

        @OptionGroup var place: Place

        @Flag(help: "One JSON object a line.")
        var json = false

        func run() throws {
            let (path, directory) = try place.open()
            let files = (directory?.translations ?? []).sorted { ($0.lastUsed, $0.origin) > ($1.lastUsed, $1.origin) }
            if json { return try printJSON(files) }
            for file in files { print(Self.line(file)) }
            let total = files.reduce(0) { $0 + $1.byteCount }
            print("\(path): \(files.count) files, \(Self.size(total))")
        }

        private func printJSON(_ files: [StoredTranslation]) throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            for file in files {
                let row = Row(
                    origin: file.origin, bytes: file.byteCount, blocks: file.blockCount, lastUsed: file.lastUsed,
                    file: file.fileName, problem: file.problem)
                print(String(decoding: try encoder.encode(row), as: UTF8.self))
            }
        }

        private struct Row: Encodable {
            var origin: String
            var bytes: UInt64
            var blocks: UInt32
            /// Seconds since 1970.
            var lastUsed: Int
            var file: String
            /// Why bsduser does not use it.
            var problem: String?
        }

        private static func line(_ file: StoredTranslation) -> String {
            let time = Date(timeIntervalSince1970: TimeInterval(file.lastUsed))
            let day = time.formatted(.iso8601.year().month().day().dateSeparator(.dash))
            let start = "\(day)  \(size(file.byteCount))  "
            if let problem = file.problem { return start + "not used: \(file.fileName) is \(problem)" }
            return start + "\(file.blockCount) blocks  " + (file.origin.isEmpty ? file.fileName : file.origin)
        }

        private static func size(_ bytes: UInt64) -> String {
            bytes < 1 << 20 ? "\((bytes + 1023) >> 10) KiB" : "\((bytes + (1 << 20) - 1) >> 20) MiB"
        }
    }

    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove every file that has translated code.",
            discussion: "Programs that run meanwhile go on: they have what they need in memory.")

        @OptionGroup var place: Place

        func run() throws {
            let (path, directory) = try place.open()
            let removed = directory?.clear() ?? (count: 0, byteCount: 0)
            print("\(path): \(removed.count) files removed")
        }
    }
}
