/// Shell completions for `bsduser`.
public enum Completions {
    /// The shells known.
    public enum Shell: String, CaseIterable, Sendable {
        case bash, zsh, fish
    }

    public static func text(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    // The first loop finds out whether the word under the cursor belongs to the options, is the value of one, or
    // belongs to the guest.
    private static var bash: String {
        let required = OptionTable.usual.filter { $0.value.placement == .required }
        let valueFlags = required.flatMap(\.flags).joined(separator: "|")
        var lines = [
            "_bsduser() {",
            "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} index=1",
            "    while (( index < COMP_CWORD )); do",
            "        case ${COMP_WORDS[index]} in",
            "            --) (( index++ )); break ;;",
            "            \(valueFlags)) (( index += 2 )) ;;",
            "            -*) (( index++ )) ;;",
            "            *) break ;;",
            "        esac",
            "    done",
            "    if (( index > COMP_CWORD )); then",
            "        case $previous in",
        ]
        for option in required {
            let reply = bashReply(option.value.completion)
            lines.append("            \(option.flags.joined(separator: "|"))) \(reply) ;;")
        }
        lines += [
            "        esac",
            "    elif (( index == COMP_CWORD )) && [[ $current == -* ]]; then",
            "        COMPREPLY=( $(compgen -W '\(words)' -- \"$current\") )",
            "    else",
            "        COMPREPLY=( $(compgen -f -- \"$current\") )",
            "    fi",
            "}",
            "complete -o filenames -F _bsduser bsduser",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func bashReply(_ completion: OptionValue.Completion) -> String {
        switch completion {
        case .nothing: "COMPREPLY=()"
        case .file: "COMPREPLY=( $(compgen -f -- \"$current\") )"
        case .directory: "COMPREPLY=( $(compgen -d -- \"$current\") )"
        case .words(let words): "COMPREPLY=( $(compgen -W '\(words.joined(separator: " "))' -- \"$current\") )"
        }
    }

    private static var words: String {
        OptionTable.usual.flatMap(\.flags).joined(separator: " ")
    }

    private static var zsh: String {
        var lines = ["#compdef bsduser", "_arguments -S -A '-*' \\"]
        for option in OptionTable.usual {
            for flag in option.flags {
                lines.append("    \(quoted(zshSpecification(of: option, flag: flag))) \\")
            }
        }
        lines += ["    '1:program:_files' \\", "    '*::arguments:_files'"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func zshSpecification(of option: Option, flag: String) -> String {
        let help = option.help.reduce(into: "") { $0 += "[]:\\".contains($1) ? "\\\($1)" : "\($1)" }
        let action = zshAction(option.value.completion)
        // A list option may come again; the star says so.
        let star = option.isInherited ? "" : "*"
        switch option.value.placement {
        case .none: return "\(flag)[\(help)]"
        case .required: return "\(star)\(flag)[\(help)]:\(option.value.placeholder):\(action)"
        case .attached: return "\(flag)=-[\(help)]::\(option.value.placeholder):\(action)"
        }
    }

    private static func zshAction(_ completion: OptionValue.Completion) -> String {
        switch completion {
        case .nothing: " "
        case .file: "_files"
        case .directory: "_directories"
        case .words(let words): "(\(words.joined(separator: " ")))"
        }
    }

    private static var fish: String {
        OptionTable.usual.map { option in
            let flags = option.flags.map(fishFlag).joined(separator: " ")
            return "complete -c bsduser \(flags)\(fishValue(option.value)) -d \(quoted(option.help))\n"
        }.joined()
    }

    private static func fishFlag(_ flag: String) -> String {
        if flag.hasPrefix("--") { return "-l \(flag.dropFirst(2))" }
        return flag.count == 2 ? "-s \(flag.dropFirst())" : "-o \(flag.dropFirst())"
    }

    private static func fishValue(_ value: OptionValue) -> String {
        guard value.placement == .required else { return "" }
        switch value.completion {
        case .nothing: return " -x"
        case .file: return " -r -F"
        case .directory: return " -x -a '(__fish_complete_directories)'"
        case .words(let words): return " -x -a \(quoted(words.joined(separator: " ")))"
        }
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
