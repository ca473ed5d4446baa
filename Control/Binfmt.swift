import ArgumentParser
import BSDUserCore
import Foundation

/// Registers the emulator with the kernel, so that FreeBSD programs start by their names.
struct Binfmt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let the kernel start FreeBSD programs of other architectures through bsduser.",
        discussion: """
            Only programs with FreeBSD in the ELF header's OS/ABI field are matched, so that Linux programs of the same \
            machine are left alone. The F flag is not used: it keeps only the emulator's own file open, and its \
            libraries and plugins would be missing in another root.
            """,
        subcommands: [Print.self, Install.self, Status.self, Uninstall.self])

    /// What both commands need to know.
    struct Target: ParsableArguments {
        @OptionGroup var plugins: PluginOptions

        @Option(help: "Path of the emulator to register.")
        var interpreter: String?

        func formats() throws -> [(format: BinaryFormat, line: String)] {
            let environment = ProcessInfo.processInfo.environment
            let found = plugins.loader(environment: environment).list().compactMap { try? $0.plugin.get() }
            guard !found.isEmpty else { throw ControlFailure("no usable plugins; see 'bsduserctl plugins'") }
            let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
            let path = interpreter ?? own.deletingLastPathComponent().appending(path: "bsduser").path
            guard path.hasPrefix("/"), !path.contains(":"), path.utf8.count <= 127 else {
                throw ValidationError("the kernel takes only an absolute path without colons, of at most 127 bytes")
            }
            return found.map {
                let description = $0.architecture.description
                let format = BinaryFormat(name: description.name, elf: description.elf)
                return (format, format.line(interpreter: path))
            }
        }
    }

    struct Print: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the registrations in the form of binfmt.d(5).")

        @OptionGroup var target: Target

        func run() throws {
            for (_, line) in try target.formats() { print(line) }
        }
    }

    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the registrations to files that systemd reads at boot.")

        @OptionGroup var target: Target
        @OptionGroup var place: Place

        @Flag(help: "Register with the running kernel too.")
        var activate = false

        func run() throws {
            if activate { try Registry.checkMounted() }
            for (format, line) in try target.formats() {
                let file = place.file(format.name)
                try Registry.write(line + "\n", to: file, hint: "--directory names another place")
                print("wrote \(file)")
                guard activate else { continue }
                try Registry.register(format.name, line)
                print("registered \(format.name)")
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the files written, and what the kernel knows.")

        @OptionGroup var place: Place

        func run() {
            let files = place.files
            let entries = Registry.entries
            for name in files { print("file \(place.file(name))") }
            for name in entries { print("registered \(name): \(Registry.description(name))") }
            if files.isEmpty && entries.isEmpty { print("nothing is registered") }
        }
    }

    struct Uninstall: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove the files, and the registrations with the running kernel.")

        @OptionGroup var place: Place

        func run() throws {
            for name in place.files {
                let file = place.file(name)
                guard unlink(file) == 0 else { throw ControlFailure.host("cannot remove \(file)") }
                print("removed \(file)")
            }
            for name in Registry.entries {
                try Registry.remove(name)
                print("unregistered \(name)")
            }
        }
    }

    /// Where the files stand.
    struct Place: ParsableArguments {
        @Option(help: "Directory of the files.")
        var directory = "/etc/binfmt.d"

        func file(_ name: String) -> String { "\(directory)/\(name).conf" }

        /// The names of the registrations that have a file.
        var files: [String] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            return names.filter { $0.hasPrefix(BinaryFormat.prefix) && $0.hasSuffix(".conf") }
                .map { String($0.dropLast(5)) }.sorted()
        }
    }
}

/// The registrations with the running kernel.
private enum Registry {
    private static let folder = "/proc/sys/fs/binfmt_misc"

    /// The names of bsduser's own.
    static var entries: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasPrefix(BinaryFormat.prefix) }.sorted()
    }

    static func checkMounted() throws {
        guard FileManager.default.fileExists(atPath: folder + "/register") else {
            throw ControlFailure("\(folder) is not mounted; mount it, or leave --activate out")
        }
    }

    /// Registers a format. An entry of the same name goes first: the kernel refuses a second one.
    static func register(_ name: String, _ line: String) throws {
        if entries.contains(name) { try remove(name) }
        try write(line, to: folder + "/register", hint: "only root may register")
    }

    static func remove(_ name: String) throws {
        try write("-1", to: "\(folder)/\(name)", hint: "only root may unregister")
    }

    /// Whether an entry is on, and what it starts.
    static func description(_ name: String) -> String {
        let text = (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? "cannot be read"
        return text.split(separator: "\n").prefix(2).joined(separator: ", ")
    }

    /// Writes a file in one piece, as the kernel wants a registration.
    static func write(_ text: String, to path: String, hint: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ControlFailure.host("cannot write \(path)", hint: hint) }
        defer { close(descriptor) }
        guard Foundation.write(descriptor, text, text.utf8.count) == text.utf8.count else {
            throw ControlFailure.host("cannot write \(path)", hint: hint)
        }
    }
}
