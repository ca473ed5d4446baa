import Foundation
import TestSupport
import Testing

@testable import DriverOptions

@Suite struct Printers {
    @Test(arguments: OptionTable.rows.filter(\.isInternal).flatMap(\.flags))
    func whatOnlyTheEmulatorGivesIsNotForUsers(flag: String) {
        #expect(!HelpText.text.contains(flag))
        #expect(!ManualPage.text.contains("Fl " + flag.dropFirst().replacingOccurrences(of: "-", with: "\\-")))
        #expect(!Completions.text(for: .bash).contains(flag))
        #expect(MarkdownTable.text.contains("`\(flag)"))
    }

    @Test(arguments: OptionTable.usual.flatMap(\.flags))
    func everySpellingIsInEveryText(flag: String) {
        #expect(HelpText.text.contains(flag))
        #expect(MarkdownTable.text.contains("`\(flag)"))
        #expect(ManualPage.text.contains("Fl " + flag.dropFirst().replacingOccurrences(of: "-", with: "\\-")))
        #expect(Completions.text(for: .bash).contains(flag))
        #expect(Completions.text(for: .zsh).contains("'\(flag)") || Completions.text(for: .zsh).contains("'*\(flag)"))
    }

    @Test(arguments: OptionTable.rows.flatMap(\.variables))
    func everyVariableIsInTheManual(variable: String) {
        #expect(ManualPage.text.contains("Ev \(variable)"))
    }

    @Test func helpFitsTheTerminal() {
        let long = HelpText.text.split(separator: "\n").filter { $0.count > 100 }
        #expect(long.isEmpty, "\(long)")
    }

    @Test func theDocumentationHoldsTheTable() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Documentation/Options.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        #expect(text.contains(MarkdownTable.text), "run 'bsduserctl options > Documentation/Options.md'")
    }

    /// What bash offers after `words`, the last of which is being typed.
    private func bashCompletion(of words: [String]) throws -> [String] {
        let script =
            Completions.text(for: .bash) + """

                COMP_WORDS=(\(words.map { "'\($0)'" }.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
                _bsduser; printf '%s\\n' "${COMPREPLY[@]}"
                """
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = URL(filePath: "/usr")
        let output = Pipe()
        process.standardOutput = output
        try ProgramRun.start(process)
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func bashCompletesOptionsValuesAndPrograms() throws {
        #expect(try bashCompletion(of: ["bsduser", "-stra"]) == ["-strace", "-strace-length"])
        #expect(try bashCompletion(of: ["bsduser", "-cpu", ""]) == ["help"])
        #expect(try bashCompletion(of: ["bsduser", "-L", "bi"]).contains("bin"))
        #expect(try bashCompletion(of: ["bsduser", "-quiet", "bi"]).contains("bin"))
        #expect(try bashCompletion(of: ["bsduser", "-s", ""]).isEmpty)
    }

    @Test func bashLeavesTheGuestsArgumentsAlone() throws {
        #expect(try bashCompletion(of: ["bsduser", "prog", "-stra"]).isEmpty)
        #expect(try bashCompletion(of: ["bsduser", "--", "prog", "bi"]).contains("bin"))
    }
}
