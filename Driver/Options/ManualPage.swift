/// The manual page bsduser(1) in mdoc.
public enum ManualPage {
    /// When the manual pages were last changed.
    public static let date = "November 28, 2026"

    public static var text: String {
        var lines = [
            ".Dd \(date)", ".Dt BSDUSER 1", ".Os",
            ".Sh NAME", ".Nm bsduser", ".Nd run a FreeBSD program of another processor architecture",
            ".Sh SYNOPSIS", ".Nm", ".Op Ar options", ".Ar program", ".Op Ar arguments ...",
            ".Sh DESCRIPTION",
            ".Nm", "runs FreeBSD programs of other processor architectures on Linux on x86-64,",
            "without a kernel, a virtual machine or privileges.",
            "Each architecture is a plugin, a shared library, chosen from the program's ELF header.",
            ".Pp", "Options end at the program or at", ".Ql -- .",
            "Each option may also be given by its variable in the environment;",
            "the command line wins over the variable, and an empty variable counts as not set.",
            "A long option may be written with one dash.",
            "The program is a path: it is not looked for in",
            ".Ev PATH .",
            "A script is run by the interpreter that its first line names, which may be a program of the host.",
            "Where QEMU has the same option, QEMU's variable is read when ours is not set.",
            "No variable is read in a set-user-ID or set-group-ID process.",
        ]
        for group in Option.Group.allCases {
            lines += [".Ss \(group.rawValue)", ".Bl -tag -width indent"]
            for option in OptionTable.usual where option.group == group {
                lines += entry(of: option)
            }
            lines.append(".El")
        }
        lines += environment + exitStatus + examples
        lines += [
            ".Sh SEE ALSO", ".Xr bsduserctl 1 ,", ".Xr elf 5",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func entry(of option: Option) -> [String] {
        let tags = option.flags.map { flag in
            switch option.value.placement {
            case .none: macro(flag)
            case .required: "\(macro(flag)) Ar \(escaped(option.value.placeholder))"
            case .attached: "\(macro(flag)) Ns Op = Ns Ar \(escaped(option.value.placeholder))"
            }
        }
        var lines = [".It " + tags.joined(separator: " , ")]
        lines += sentence(option.help)
        if !option.detail.isEmpty { lines += sentence(option.detail) }
        return lines
    }

    private static var environment: [String] {
        var lines = [".Sh ENVIRONMENT", ".Bl -tag -width indent"]
        for option in OptionTable.usual where !option.variables.isEmpty {
            let names = option.variables.map { "Ev \($0)" }
            lines.append(".It " + names.joined(separator: " , "))
            lines += ["See", ".\(macro(option.flags[0])) ."]
        }
        return lines + [".El"]
    }

    private static var exitStatus: [String] {
        var lines = [".Sh EXIT STATUS", ".Bl -tag -width indent"]
        for (status, meaning) in HelpText.statuses {
            lines += [".It \(status)", escapedLine(meaning) + "."]
        }
        return lines + [".El"]
    }

    private static var examples: [String] {
        [".Sh EXAMPLES", ".Bd -literal"] + OptionTable.usual.map(\.example).filter { !$0.isEmpty }.map(escapedLine)
            + [".Ed"]
    }

    private static func macro(_ flag: String) -> String {
        "Fl \(escaped(String(flag.dropFirst())))"
    }

    // mdoc wants every sentence on a line of its own.
    private static func sentence(_ text: String) -> [String] {
        let ended = text.hasSuffix(".") ? text : text + "."
        var sentences = [""]
        for word in ended.split(separator: " ") {
            let last = sentences.count - 1
            sentences[last] += sentences[last].isEmpty ? String(word) : " " + word
            if word.hasSuffix(".") { sentences.append("") }
        }
        return sentences.dropLast().flatMap { HelpText.wrapped($0, width: 80) }.map(escapedLine)
    }

    /// A line of text as it stands.
    public static func literal(_ text: String) -> String { escapedLine(text) }

    private static func escapedLine(_ text: String) -> String {
        let body = escaped(text)
        return body.hasPrefix(".") || body.hasPrefix("'") ? "\\&" + body : body
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            default: result.append(character)
            }
        }
    }
}
