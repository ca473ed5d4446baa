extension Option {
    /// The placeholder as it follows `flag`, with what separates them.
    func usage(of flag: String) -> String {
        switch value.placement {
        case .none: flag
        case .required: "\(flag) \(value.placeholder)"
        case .attached: "\(flag)[=\(value.placeholder)]"
        }
    }
}

/// The text of `bsduser -h`.
public enum HelpText {
    public static let usage = "bsduser [options] program [arguments...]"

    /// What the exit status means, for the help and the manual.
    static let statuses: [(status: String, meaning: String)] = [
        ("125", "the emulator itself failed, or was called wrongly"),
        ("126", "the program or plugin was found but cannot be run"),
        ("127", "the program or plugin was not found"),
        ("other", "the guest's own status; a guest killed by a signal ends the emulator by the same signal"),
    ]

    public static var text: String {
        var lines = [
            "usage: \(usage)", "Runs a FreeBSD program of another processor architecture.",
            "Options end at the program or at --.",
        ]
        for group in Option.Group.allCases {
            lines += ["", "\(group.rawValue):"]
            for option in OptionTable.usual where option.group == group {
                lines += entry(of: option)
            }
        }
        lines += ["", "Sizes take k, M, G or T. Every variable BSDUSER_X in brackets stands for its option."]
        lines += ["A --long option may be written with one dash. An empty variable counts as not set."]
        lines += ["", "Exit status:"]
        lines += statuses.map { "  \(padded($0.status, to: 7))\($0.meaning)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let columns = 100
    private static let indent = 28

    private static func entry(of option: Option) -> [String] {
        let flags = option.flags.dropLast().map { $0 } + [option.usage(of: option.flags.last ?? "")]
        let head = "  " + flags.joined(separator: ", ")
        let variable = option.variables.first.map { " [\($0)]" } ?? ""
        let body = wrapped(option.help + variable, width: columns - indent)
        let blank = String(repeating: " ", count: indent)
        guard head.count < indent, let first = body.first else {
            return [head] + body.map { blank + $0 }
        }
        return [padded(head, to: indent) + first] + body.dropFirst().map { blank + $0 }
    }

    static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// The words in lines of at most `width` characters.
    public static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return line.isEmpty ? lines : lines + [line]
    }
}

extension LogItem {
    /// The text of `bsduser -d help`.
    public static var helpText: String {
        rows.map { HelpText.padded($0.name, to: 12) + $0.help + "\n" }.joined()
    }
}

/// The option table of the documentation, in Markdown.
public enum MarkdownTable {
    public static var text: String {
        var lines = ["| option | variable | does |", "|---|---|---|"]
        for option in OptionTable.rows {
            let flags = option.flags.map { "`\(escaped(option.usage(of: $0)))`" }.joined(separator: " ")
            let variables = option.variables.map { "`\($0)`" }.joined(separator: " ")
            let sentences = [option.help, option.detail].filter { !$0.isEmpty }
            let text = sentences.map { $0.hasSuffix(".") ? $0 : $0 + "." }.joined(separator: " ")
            lines.append("| \(flags) | \(variables) | \(escaped(text)) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
