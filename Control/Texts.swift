import ArgumentParser
import DriverOptions

/// Prints the manual page.
struct Manual: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man", abstract: "Print the manual page bsduser(1) in mdoc.",
        discussion: "Read it with: bsduserctl man | mandoc -l")

    func run() {
        print(ManualPage.text, terminator: "")
    }
}

/// Prints a completion script.
struct ShellCompletions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print the completion script of a shell for bsduser.")

    @Argument(help: "One of: bash, zsh, fish.")
    var shell: String

    func run() throws {
        guard let known = Completions.Shell(rawValue: shell) else {
            throw ValidationError("no completions for '\(shell)'; known are bash, zsh and fish")
        }
        print(Completions.text(for: known), terminator: "")
    }
}

/// Prints the page of the documentation that explains the options.
struct OptionsTable: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "options", abstract: "Print Documentation/Options.md.")

    func run() {
        print("# Options of bsduser\n")
        print("This page is printed by `bsduserctl options` from the table in Driver/Options/OptionTable.swift.\n")
        print(MarkdownTable.text, terminator: "")
    }
}
