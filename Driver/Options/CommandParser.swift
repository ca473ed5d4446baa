/// Reads the emulator's command line: options up to the program, then the guest's own arguments untouched.
public enum CommandParser {
    /// Reads `arguments` (argv[0] first) and the variables that stand for options.
    ///
    /// - Parameters:
    ///   - environment: the emulator's environment, each `NAME=VALUE`; empty where it must not be trusted.
    ///   - workingDirectory: what relative paths in options are relative to.
    ///   - keepsArgv0: started by binfmt_misc with its P flag: argv is the emulator, the program's path, its argv[0]
    ///     and its arguments; there are no options.
    public static func parse(
        _ arguments: [Bytes], environment: [Bytes], workingDirectory: Bytes, keepsArgv0: Bool = false
    ) throws(OptionProblem) -> Command {
        var scan = Scan(arguments: arguments)
        if !keepsArgv0 || arguments.count < 3 {
            try scan.options()
        }
        if scan.found.contains(where: { $0.option.flags[0] == "-h" }) { return .help }

        var invocation = Invocation(workingDirectory: workingDirectory)
        if !scan.found.contains(where: { $0.option.flags[0] == "--inherited" }) {
            try invocation.applyVariables(of: environment)
        }
        for found in scan.found {
            try invocation.apply(found.option, as: found.spelling, text: found.text)
        }
        invocation.applyOwnName(arguments.first ?? [])
        return try command(of: invocation, operands: scan.operands, keepsArgv0: keepsArgv0)
    }

    private static func command(
        of invocation: Invocation, operands: ArraySlice<Bytes>, keepsArgv0: Bool
    ) throws(OptionProblem) -> Command {
        var options = invocation.options
        options.reentryFlags.insert(Bytes(text: "--inherited"), at: 0)
        if invocation.request == .version { return .version(options) }
        if options.logItems.contains(helpWord) { return .listLogItems }

        if let program = operands.first {
            options.program = program
            options.arguments = Array(operands.dropFirst())
            if keepsArgv0, let argv0 = options.arguments.first {
                options.arguments.removeFirst()
                options.argv0 = options.argv0 ?? argv0
            }
        }
        if options.cpuModel == helpWord { return .listCPUModels(options) }
        guard !options.program.isEmpty else {
            throw OptionProblem("no program given; 'bsduser -h' shows how to call it")
        }
        return .run(options)
    }
}

/// The division of an argument vector into options and operands.
private struct Scan {
    struct Found {
        var option: Option
        var spelling: String
        var text: Bytes?
    }

    private(set) var found: [Found] = []
    private(set) var operands: ArraySlice<Bytes>

    init(arguments: [Bytes]) {
        operands = arguments.dropFirst()
    }

    mutating func options() throws(OptionProblem) {
        while let word = operands.first, word.first == Self.dash {
            operands.removeFirst()
            if word == [Self.dash, Self.dash] { return }
            try option(word)
        }
    }

    private mutating func option(_ word: Bytes) throws(OptionProblem) {
        let sign = word.firstIndex(of: UInt8(ascii: "="))
        let spelling = String(decoding: word[..<(sign ?? word.count)], as: UTF8.self)
        let attached = sign.map { Bytes(word[($0 + 1)...]) }
        guard let option = Self.row(spelling) else { throw Self.unknown(word) }
        var text = attached
        switch option.value.placement {
        case .none where attached != nil:
            throw OptionProblem("\(spelling) takes no value; write it without the '='")
        case .required where attached != nil && !spelling.hasPrefix("--"):
            throw OptionProblem("\(spelling) takes its value as the next argument; write it without the '='")
        case .required where attached == nil:
            text = operands.popFirst()
        default: break
        }
        found.append(Found(option: option, spelling: spelling, text: text))
    }

    /// The option of a spelling; as in QEMU, a long one may be written with one dash.
    private static func row(_ spelling: String) -> Option? {
        OptionTable.rows.first { $0.flags.contains(spelling) }
            ?? (spelling.count > 2 ? OptionTable.rows.first { $0.flags.contains("-" + spelling) } : nil)
    }

    private static func unknown(_ word: Bytes) -> OptionProblem {
        OptionProblem("unknown option '\(printable(word))'; 'bsduser -h' lists the options")
    }

    private static let dash = UInt8(ascii: "-")
}

extension Invocation {
    /// Takes over the options that the environment stands for; this program's variable hides QEMU's.
    fileprivate mutating func applyVariables(of environment: [Bytes]) throws(OptionProblem) {
        for option in OptionTable.rows {
            for variable in option.variables {
                guard let text = EnvironmentVariable.value(variable, in: environment) else { continue }
                try apply(option, variable: variable, text: text)
                break
            }
        }
    }

    private mutating func apply(_ option: Option, variable: String, text: Bytes) throws(OptionProblem) {
        guard option.value.placement != .required else {
            return try apply(option, as: variable, text: text)
        }
        // QEMU's switches are on when the variable is set, whatever it holds.
        if variable.hasPrefix("QEMU_") {
            return try apply(option, as: variable, text: nil)
        }
        if let isOn = try? OptionValue.boolean(text) {
            return isOn ? try apply(option, as: variable, text: nil) : ()
        }
        try apply(option, as: variable, text: text)
    }

    /// Carries out one option and notes it for the emulator's own next start.
    fileprivate mutating func apply(_ option: Option, as spelling: String, text: Bytes?) throws(OptionProblem) {
        let text = text.map { $0.isEmpty ? $0 : option.value.resolve(self, $0) }
        do {
            try option.value.read(&self, text)
        } catch {
            throw error.problem(option: spelling, value: text)
        }
        guard option.isInherited else { return }
        let flag = Bytes(text: option.flags[0])
        switch option.value.placement {
        case .none: options.reentryFlags.append(flag)
        case .required: options.reentryFlags += [flag, text ?? []]
        case .attached: options.reentryFlags.append(text.map { flag + Bytes(text: "=") + $0 } ?? flag)
        }
    }

    /// `bsduser-mips64`, as a link to the emulator, stands for `bsduser --arch-plugin mips64`.
    fileprivate mutating func applyOwnName(_ argv0: Bytes) {
        let name = split(argv0, at: UInt8(ascii: "/")).last ?? []
        let prefix = Bytes(text: "bsduser-")
        guard options.archPlugin == nil, name.count > prefix.count, name.starts(with: prefix) else { return }
        options.archPlugin = Bytes(name.dropFirst(prefix.count))
        options.reentryFlags += [Bytes(text: "--arch-plugin"), Bytes(name.dropFirst(prefix.count))]
    }
}
