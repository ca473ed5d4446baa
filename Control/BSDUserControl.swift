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
            if exitCode(for: error).isSuccess { return print(fullMessage(for: error)) }
            complain(UsageMessage.line(message(for: error), full: fullMessage(for: error)))
            exit(withError: exitCode(for: error))
        }
    }

    /// One line on standard error.
    static func complain(_ message: String) {
        FileHandle.standardError.write(Data("bsduserctl: \(message)\n".utf8))
    }
}

/// Prints at once, and ends the tool when that fails, of which the standard library's function takes no notice.
func print(_ value: some CustomStringConvertible, terminator: String = "\n") {
    var rest = Array((value.description + terminator).utf8)[...]
    while !rest.isEmpty {
        let count = write(STDOUT_FILENO, Array(rest), rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
            BSDUserControl.complain("cannot write standard output: \(String(cString: strerror(errno)))")
            exit(ExitCode.failure.rawValue)
        }
        rest = rest.dropFirst(count)
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
        if result.hasSuffix(".") { result.removeLast() }
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
