import Testing

@testable import DriverOptions

/// Reads a command line given as text, in the directory /home/me.
func parse(_ words: String..., environment: [String] = [], keepsArgv0: Bool = false) throws -> Command {
    try CommandParser.parse(
        (["bsduser"] + words).map(Bytes.init(text:)), environment: environment.map(Bytes.init(text:)),
        workingDirectory: Bytes(text: "/home/me"), keepsArgv0: keepsArgv0)
}

/// The options of a command line that runs a program.
func options(_ words: String..., environment: [String] = []) throws -> LaunchOptions {
    let command = try CommandParser.parse(
        (["bsduser"] + words).map(Bytes.init(text:)), environment: environment.map(Bytes.init(text:)),
        workingDirectory: Bytes(text: "/home/me"))
    guard case .run(let options) = command else {
        throw OptionProblem("expected a run, found \(command)")
    }
    return options
}

/// The message a command line is refused with.
func refusal(_ words: String..., environment: [String] = []) -> String? {
    do throws(OptionProblem) {
        _ = try CommandParser.parse(
            (["bsduser"] + words).map(Bytes.init(text:)), environment: environment.map(Bytes.init(text:)),
            workingDirectory: Bytes(text: "/home/me"))
        return nil
    } catch {
        return error.message
    }
}

private func text(_ bytes: Bytes?) -> String? {
    bytes.map { String(decoding: $0, as: UTF8.self) }
}

@Suite struct WhereOptionsEnd {
    @Test func optionsEndAtTheProgram() throws {
        let run = try options("-quiet", "prog", "-strace", "-L", "--", "-h")
        #expect(run.isQuiet)
        #expect(run.trace == nil)
        #expect(text(run.program) == "prog")
        #expect(run.arguments.map(text) == ["-strace", "-L", "--", "-h"])
        #expect(run.guestArguments.map(text) == ["prog", "-strace", "-L", "--", "-h"])
    }

    @Test func twoDashesEndTheOptions() throws {
        let run = try options("-quiet", "--", "-strange name", "x")
        #expect(text(run.program) == "-strange name")
        #expect(run.arguments.map(text) == ["x"])
    }

    @Test func guestArgumentsNeedNotBeUTF8() throws {
        let odd: Bytes = [0xFF, 0xFE, 0x41]
        let command = try CommandParser.parse(
            [Bytes(text: "bsduser"), odd, odd], environment: [], workingDirectory: Bytes(text: "/"))
        guard case .run(let run) = command else { return #expect(Bool(false), "not a run") }
        #expect(run.program == odd)
        #expect(run.arguments == [odd])
    }

    @Test(arguments: [[], ["-quiet"], ["--"], ["-quiet", "--"]])
    func aMissingProgramIsSaid(words: [String]) {
        #expect(throws: OptionProblem("no program given; 'bsduser -h' shows how to call it")) {
            try CommandParser.parse(
                (["bsduser"] + words).map(Bytes.init(text:)), environment: [], workingDirectory: [])
        }
    }

    @Test func anEmptyProgramNameIsNoProgram() {
        #expect(refusal("") == "no program given; 'bsduser -h' shows how to call it")
    }

    @Test func binfmtWithItsPFlagPassesProgramAndArgv0() throws {
        let command = try parse("/bin/prog", "-prog", "-L", "x", keepsArgv0: true)
        guard case .run(let run) = command else { return #expect(Bool(false), "not a run") }
        #expect(text(run.program) == "/bin/prog")
        #expect(run.guestArguments.map(text) == ["-prog", "-L", "x"])
        #expect(run.sysroot == nil)
    }
}

@Suite struct Spellings {
    @Test(arguments: ["-L", "--sysroot"])
    func aValueIsTheNextArgument(flag: String) throws {
        #expect(text(try options(flag, "/root", "prog").sysroot) == "/root")
    }

    @Test func longSpellingsTakeTheirValueBehindAnEqualsSign() throws {
        #expect(text(try options("--sysroot=/r=s", "prog").sysroot) == "/r=s")
        #expect(try options("--stack-size=1M", "prog").stackSizeBytes == 1 << 20)
    }

    @Test func longSpellingsMayHaveOneDash() throws {
        let one = try options("-sysroot", "/r", "-no-jit", "-set-env", "A=1", "-log", "op", "prog")
        #expect(try one == options("--sysroot", "/r", "--no-jit", "--set-env", "A=1", "--log", "op", "prog"))
    }

    @Test func shortSpellingsDoNot() {
        #expect(
            refusal("-L=/root", "prog")
                == "-L takes its value as the next argument; write it without the '='")
    }

    @Test(arguments: ["-one-insn-per-tb", "--one-insn-per-tb", "-singlestep"])
    func oneInstructionAtATime(flag: String) throws {
        #expect(try options(flag, "prog").oneInstructionPerBlock)
    }

    @Test func switchesSetTheirFields() throws {
        let run = try options("--no-jit", "-quiet", "-ignore-environment", "prog")
        #expect(run.usesInterpreter && run.isQuiet && run.ignoresEnvironment)
        let plain = try options("prog")
        #expect(!plain.usesInterpreter && !plain.isQuiet && !plain.ignoresEnvironment)
    }

    @Test func aSwitchTakesNoValue() {
        #expect(refusal("--quiet=1", "prog") == "--quiet takes no value; write it without the '='")
    }

    @Test(arguments: [
        ("-x", "-x"), ("-strac", "-strac"), ("--nojit", "--nojit"), ("-", "-"), ("-l\u{1B}[2J", "-l\\x1b[2J"),
        ("--plugin", "--plugin"), ("---", "---"),
    ])
    func unknownOptionsAreNamed(word: String, shown: String) {
        #expect(refusal(word, "prog") == "unknown option '\(shown)'; 'bsduser -h' lists the options")
    }

    @Test(
        arguments: OptionTable.rows.filter { $0.value.placement == .required }.flatMap(\.flags))
    func aMissingValueIsNamed(flag: String) throws {
        let message = try #require(refusal(flag))
        #expect(message.hasPrefix("\(flag) needs "))
        #expect(!message.contains("\n"))
    }

    @Test func noTwoOptionsShareASpellingOrAVariable() {
        let flags = OptionTable.rows.flatMap(\.flags)
        #expect(Set(flags).count == flags.count)
        let variables = OptionTable.rows.flatMap(\.variables)
        #expect(Set(variables).count == variables.count)
        #expect(flags.allSatisfy { $0.hasPrefix("-") && !$0.contains("=") })
    }

    @Test func everyOptionWithAnEffectOnARunHasAVariable() {
        for option in OptionTable.rows where option.group != .information {
            #expect(option.variables.first?.hasPrefix("BSDUSER_") == true, "\(option.flags[0])")
            #expect(option.variables.dropFirst().allSatisfy { $0.hasPrefix("QEMU_") })
        }
    }

    @Test func everyOptionHasAFormThatQEMUUsersKnowOrALongOne() {
        for option in OptionTable.rows {
            #expect(option.flags.contains { $0.hasPrefix("--") }, "\(option.flags[0])")
            #expect(!option.help.isEmpty && !option.help.hasSuffix("."), "\(option.flags[0])")
        }
    }
}

@Suite struct Requests {
    @Test(arguments: ["-h", "-help", "--help"])
    func help(flag: String) throws {
        #expect(try parse(flag) == .help)
        #expect(try parse("-quiet", flag, "prog") == .help)
    }

    @Test(arguments: ["-V", "-version", "--version"])
    func version(flag: String) throws {
        guard case .version(let options) = try parse(flag, "--plugin-path", "/p") else {
            return #expect(Bool(false), "not a request for the version")
        }
        #expect(options.pluginDirectories.map(text) == ["/p"])
    }

    @Test func cpuModelsAreListedWithAndWithoutAProgram() throws {
        guard case .listCPUModels(let without) = try parse("-cpu", "help") else {
            return #expect(Bool(false), "no list")
        }
        #expect(without.program.isEmpty)
        guard case .listCPUModels(let with) = try parse("-cpu", "help", "prog") else {
            return #expect(Bool(false), "no list")
        }
        #expect(text(with.program) == "prog")
    }

    @Test func logItemsAreListed() throws {
        #expect(try parse("-d", "help") == .listLogItems)
        #expect(try parse("-d", "op,help", "prog") == .listLogItems)
    }
}

@Suite struct OwnName {
    private func run(as name: String, _ words: String...) throws -> LaunchOptions {
        let command = try CommandParser.parse(
            ([name] + words).map(Bytes.init(text:)), environment: [], workingDirectory: [])
        guard case .run(let options) = command else { throw OptionProblem("not a run") }
        return options
    }

    @Test func aLinkNamedAfterAPluginChoosesIt() throws {
        #expect(text(try run(as: "/usr/bin/bsduser-mips64", "prog").archPlugin) == "mips64")
        #expect(try run(as: "/usr/bin/bsduser", "prog").archPlugin == nil)
        #expect(try run(as: "bsduser-", "prog").archPlugin == nil)
    }

    @Test func anOptionWinsOverTheName() throws {
        #expect(text(try run(as: "bsduser-mips64", "--arch-plugin", "arm", "prog").archPlugin) == "arm")
    }
}
