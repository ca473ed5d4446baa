import ArgumentParser
import DriverOptions
import Foundation
@preconcurrency import Glibc

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
            finish(.success)
        } catch let code as ExitCode {
            finish(code)
        } catch {
            // Help and version are errors to the parser, too.
            if exitCode(for: error).isSuccess {
                print(fullMessage(for: error))
                finish(.success)
            }
            complain(UsageMessage.line(message(for: error), full: fullMessage(for: error)))
            finish(exitCode(for: error))
        }
    }

    /// Ends the process. Output that could not be written is a failure, whatever it was.
    private static func finish(_ code: ExitCode) -> Never {
        guard fflush(stdout) != 0 || ferror(stdout) != 0 else { Foundation.exit(code.rawValue) }
        complain("cannot write standard output: \(String(cString: strerror(errno)))")
        Foundation.exit(code.isSuccess ? ExitCode.failure.rawValue : code.rawValue)
    }

    private static func complain(_ message: String) {
        FileHandle.standardError.write(Data("bsduserctl: \(message)\n".utf8))
    }
}

/// What is wrong with a command line, as one line.
enum UsageMessage {
    /// The parser's words. The choices that it lists below each other stand behind each other, and its hint to the help
    /// comes last.
    static func line(_ message: String, full: String) -> String {
        var result = ""
        for line in message.split(separator: "\n") {
            let text = line.trimmingCharacters(in: .whitespaces)
            let isChoice = text.hasPrefix("- ")
            let separator = result.isEmpty ? "" : !isChoice ? "; " : result.hasSuffix(":") ? " " : ", "
            result += separator + (isChoice ? String(text.dropFirst(2)) : text)
        }
        let hint = full.split(separator: "\n").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
        guard hint.hasPrefix("See '"), let end = hint.lastIndex(of: "'") else { return result }
        return result + "; see " + hint[hint.index(hint.startIndex, offsetBy: 4)...end]
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
