import ArgumentParser
import DriverOptions

/// The programs that texts are printed for.
enum DescribedProgram: String, ExpressibleByArgument, CaseIterable {
    case bsduser, bsduserctl
}

/// Prints a manual page.
struct Manual: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "man", abstract: "Print the manual page bsduser(1) or bsduserctl(1) in mdoc.",
        discussion: "Read it with: bsduserctl man | man -l -")

    @Argument(help: "The program.")
    var program = DescribedProgram.bsduser

    func run() {
        print(program == .bsduser ? ManualPage.text : ControlManual.text, terminator: "")
    }
}

/// Prints a completion script.
struct ShellCompletions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print the completion script of a shell.")

    @Argument(help: "One of: bash, zsh, fish.")
    var shell: String

    @Argument(help: "The program.")
    var program = DescribedProgram.bsduser

    func run() throws {
        guard let known = Completions.Shell(rawValue: shell), let own = CompletionShell(rawValue: shell) else {
            throw ValidationError("no completions for '\(shell)'; known are bash, zsh and fish")
        }
        switch program {
        case .bsduser: print(Completions.text(for: known), terminator: "")
        case .bsduserctl: print(BSDUserControl.completionScript(for: own))
        }
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
