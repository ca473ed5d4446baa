import ArgumentParser

/// The tool beside the emulator: what is installed, what is supported, how to register it with the system.
@main
struct BSDUserControl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bsduserctl",
        abstract: "Shows and sets up what belongs to bsduser.",
        subcommands: [
            Plugins.self, Binfmt.self, Conformance.self, SystemCalls.self, Manual.self, ShellCompletions.self,
            OptionsTable.self,
        ])
}
