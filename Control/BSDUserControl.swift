import ArgumentParser
import DriverOptions
import Foundation

/// The tool beside the emulator: what is installed, what is supported, how to register it with the system.
@main
struct BSDUserControl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bsduserctl",
        abstract: "Shows and sets up what belongs to bsduser.",
        discussion: "Exit status: 0 done, 1 not done or something is wrong, 64 called wrongly.",
        version: Version.text,
        subcommands: [
            Plugins.self, Binfmt.self, Conformance.self, Cache.self, SystemCalls.self, Manual.self,
            ShellCompletions.self,
            OptionsTable.self,
        ])

    static func main() {
        var words = Array(CommandLine.arguments.dropFirst())
        if words.first == "-V" { words[0] = "--version" }
        do {
            var command = try parseAsRoot(words)
            try command.run()
        } catch let code as ExitCode {
            exit(withError: code)
        } catch {
            // Help and version are errors to the parser, too.
            if exitCode(for: error).isSuccess { exit(withError: error) }
            let message = message(for: error).split(separator: "\n").joined(separator: "; ")
            FileHandle.standardError.write(Data("bsduserctl: \(message)\n".utf8))
            exit(withError: exitCode(for: error))
        }
    }
}

/// Something could not be done: one line for the user, and status 1.
struct ControlFailure: Error, CustomStringConvertible {
    var description: String

    init(_ message: String) { description = message }

    /// A failure of the host, with the reason in `errno` now.
    static func host(_ message: String, hint: String = "") -> ControlFailure {
        let reason = String(cString: strerror(errno))
        return ControlFailure("\(message): \(reason)\(hint.isEmpty ? "" : "; " + hint)")
    }
}
