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
        subcommands: [Print.self, Install.self])

    /// What both commands need to know.
    struct Target: ParsableArguments {
        @OptionGroup var plugins: PluginOptions

        @Option(help: "Path of the emulator to register.")
        var interpreter: String?

        func formats() throws -> [(format: BinaryFormat, line: String)] {
            let environment = ProcessInfo.processInfo.environment
            let found = plugins.loader(environment: environment).list().compactMap { try? $0.plugin.get() }
            guard !found.isEmpty else { throw ValidationError("no usable plugins; see 'bsduserctl plugins'") }
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

        @Option(help: "Directory to write to.")
        var directory = "/etc/binfmt.d"

        @Flag(help: "Register with the running kernel too.")
        var activate = false

        func run() throws {
            let kernel = "/proc/sys/fs/binfmt_misc"
            if activate, !FileManager.default.fileExists(atPath: kernel + "/register") {
                throw ValidationError("\(kernel) is not mounted; mount it, or leave --activate out")
            }
            for (format, line) in try target.formats() {
                let file = "\(directory)/\(format.name).conf"
                try Data((line + "\n").utf8).write(to: URL(filePath: file), options: .atomic)
                print("wrote \(file)")
                if activate { try register(format, line, kernel) }
            }
        }

        // An entry of the same name must go first: the kernel refuses a second one.
        private func register(_ format: BinaryFormat, _ line: String, _ kernel: String) throws {
            let entry = URL(filePath: "\(kernel)/\(format.name)")
            if FileManager.default.fileExists(atPath: entry.path) {
                try Data("-1".utf8).write(to: entry)
            }
            try Data(line.utf8).write(to: URL(filePath: kernel + "/register"))
            print("registered \(format.name)")
        }
    }
}
