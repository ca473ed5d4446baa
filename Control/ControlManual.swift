import ArgumentParser
import DriverOptions

/// The manual page bsduserctl(1) in mdoc, made from the help of the commands.
enum ControlManual {
    static var text: String {
        let configuration = BSDUserControl.configuration
        var lines = [
            ".Dd \(ManualPage.date)", ".Dt BSDUSERCTL 1", ".Os",
            ".Sh NAME", ".Nm bsduserctl", ".Nd show and set up what belongs to bsduser",
            ".Sh SYNOPSIS", ".Nm", ".Ar command", ".Op Ar options",
            ".Sh DESCRIPTION", ".Nm", "shows and sets up what belongs to", ".Xr bsduser 1 .", ".Sh COMMANDS",
        ]
        for command in configuration.subcommands { lines += section(command, []) }
        lines += [
            ".Sh EXIT STATUS", ".Bl -tag -width indent",
            ".It 0", "done", ".It 1", "not done, or something is wrong", ".It 64", "called wrongly", ".El",
            ".Sh SEE ALSO", ".Xr bsduser 1",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static let columns = 76

    /// A command and those below it, in the words of its help.
    private static func section(_ command: any ParsableCommand.Type, _ parents: [String]) -> [String] {
        let path = parents + [command._commandName]
        let help = BSDUserControl.helpMessage(for: command, columns: columns)
        let body = help.split(separator: "\n", omittingEmptySubsequences: false).map { ManualPage.literal(String($0)) }
        return [".Ss " + path.joined(separator: " "), ".Bd -literal"] + body + [".Ed"]
            + command.configuration.subcommands.flatMap { section($0, path) }
    }
}
