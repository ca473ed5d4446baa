import Testing

@testable import DriverOptions

private func guest(_ run: LaunchOptions, _ host: String...) -> [String] {
    run.guestEnvironment(from: host.map(Bytes.init(text:))).map { String(decoding: $0, as: UTF8.self) }
}

@Suite struct GuestEnvironment {
    @Test func assignmentsReplaceAndAdd() throws {
        let run = try options("-E", "A=1", "-E", "C=3", "prog")
        #expect(guest(run, "A=0", "AB=2") == ["A=1", "AB=2", "C=3"])
    }

    @Test func theLastChangeToAVariableStays() throws {
        #expect(guest(try options("-E", "A=1", "-E", "A=2", "p")) == ["A=2"])
        #expect(guest(try options("-E", "A=1", "-U", "A", "p"), "A=0") == [])
        #expect(guest(try options("-U", "A", "-E", "A=1", "p"), "A=0") == ["A=1"])
    }

    @Test func commasSeparateAssignmentsAndNames() throws {
        #expect(guest(try options("-E", "A=1,B=2", "p")) == ["A=1", "B=2"])
        #expect(guest(try options("-U", "A,B", "p"), "A=1", "B=2", "C=3") == ["C=3"])
    }

    @Test func aCommaThatNoNameFollowsBelongsToTheValue() throws {
        #expect(guest(try options("-E", "LIST=a,b,c", "p")) == ["LIST=a,b,c"])
        #expect(guest(try options("-E", "LIST=a,b,N=1", "p")) == ["LIST=a,b", "N=1"])
        #expect(guest(try options("-E", "URL=x,/y=z", "p")) == ["URL=x,/y=z"])
        #expect(guest(try options("-E", "EMPTY=", "p")) == ["EMPTY="])
    }

    @Test func theEnvironmentCanBeginEmpty() throws {
        #expect(guest(try options("-ignore-environment", "-E", "A=1", "p"), "B=2") == ["A=1"])
    }

    @Test func entriesWithoutAnEqualsSignPassThrough() throws {
        #expect(guest(try options("-U", "ODD", "p"), "ODD", "ODD=1") == ["ODD"])
    }

    @Test(arguments: ["A", "=1", ",A=1", ""])
    func malformedAssignmentsAreRefused(value: String) {
        #expect(refusal("-E", value, "p")?.hasPrefix("-E needs ") == true)
    }

    @Test(arguments: ["A=1", "A,,B", ""])
    func malformedNamesAreRefused(value: String) {
        #expect(refusal("-U", value, "p")?.hasPrefix("-U needs ") == true)
    }

    @Test func argv0IsTheGuestsFirstArgument() throws {
        let run = try options("-0", "-sh", "/bin/sh", "x")
        #expect(run.guestArguments.map { String(decoding: $0, as: UTF8.self) } == ["-sh", "x"])
        #expect(try options("-0", "", "/bin/sh").guestArguments == [[]])
    }
}

@Suite struct Variables {
    @Test func variablesStandForOptions() throws {
        let run = try options(
            "prog",
            environment: [
                "BSDUSER_LD_PREFIX=/r", "BSDUSER_STACK_SIZE=1M", "BSDUSER_CPU=5KEf", "BSDUSER_SET_ENV=A=1,B=2",
                "BSDUSER_UNSET_ENV=B", "BSDUSER_ARGV0=zero", "BSDUSER_NO_JIT=1", "BSDUSER_QUIET=yes",
                "BSDUSER_RAND_SEED=7", "BSDUSER_UNAME=12.4-RELEASE", "BSDUSER_ARCH_PLUGIN=mips64",
                "BSDUSER_LOG=op", "BSDUSER_LOG_FILENAME=/l", "BSDUSER_STRACE=json",
            ])
        #expect(run.sysroot == Bytes(text: "/r"))
        #expect(run.stackSizeBytes == 1 << 20)
        #expect(run.cpuModel == Bytes(text: "5KEf"))
        #expect(guest(run) == ["A=1"])
        #expect(run.argv0 == Bytes(text: "zero"))
        #expect(run.usesInterpreter && run.isQuiet)
        #expect(run.randomSeed == 7)
        #expect(run.release?.name == "12.4-RELEASE")
        #expect(run.archPlugin == Bytes(text: "mips64"))
        #expect(run.logItems == [Bytes(text: "op")])
        #expect(run.logFile == Bytes(text: "/l"))
        #expect(run.trace == TraceOptions(isJSON: true))
    }

    @Test func theCommandLineWins() throws {
        let run = try options(
            "-L", "/a", "-E", "A=2", "p", environment: ["BSDUSER_LD_PREFIX=/b", "BSDUSER_SET_ENV=A=1"])
        #expect(run.sysroot == Bytes(text: "/a"))
        #expect(guest(run) == ["A=2"])
    }

    @Test func qemusVariablesAreReadWhereOursAreNotSet() throws {
        let both = ["QEMU_LD_PREFIX=/q", "BSDUSER_LD_PREFIX=/b", "QEMU_CPU=q", "QEMU_SET_ENV=X=1"]
        let run = try options("p", environment: both)
        #expect(run.sysroot == Bytes(text: "/b"))
        #expect(run.cpuModel == Bytes(text: "q"))
        #expect(guest(run) == ["X=1"])
    }

    @Test(arguments: ["0", "1", "anything"])
    func aSwitchOfQEMUIsOnWhateverItsVariableHolds(value: String) throws {
        #expect(try options("p", environment: ["QEMU_STRACE=\(value)"]).trace == TraceOptions())
        #expect(try options("p", environment: ["QEMU_SINGLESTEP=\(value)"]).oneInstructionPerBlock)
    }

    @Test(arguments: [("1", true), ("yes", true), ("ON", true), ("0", false), ("no", false)])
    func ourSwitchesGoOnAndOff(value: String, isOn: Bool) throws {
        #expect(try options("p", environment: ["BSDUSER_QUIET=\(value)"]).isQuiet == isOn)
        #expect((try options("p", environment: ["BSDUSER_STRACE=\(value)"]).trace != nil) == isOn)
    }

    @Test func anEmptyVariableCountsAsNotSet() throws {
        let variables = OptionTable.rows.flatMap(\.variables).map { "\($0)=" }
        #expect(try options("p", environment: variables) == options("p"))
        let hidden = ["BSDUSER_LD_PREFIX=", "QEMU_LD_PREFIX=/q", "BSDUSER_STRACE=", "QEMU_STRACE=1"]
        let run = try options("p", environment: hidden)
        #expect(run.sysroot == Bytes(text: "/q"))
        #expect(run.trace == TraceOptions())
    }

    @Test func oursOffHidesQEMUsOn() throws {
        #expect(try options("p", environment: ["QEMU_STRACE=1", "BSDUSER_STRACE=0"]).trace == nil)
    }

    @Test func aMalformedVariableIsNamed() {
        #expect(
            refusal("p", environment: ["BSDUSER_STACK_SIZE=big"])
                == "BSDUSER_STACK_SIZE needs a size such as 8M, 512k or 0x800000, not 'big'")
        #expect(refusal("p", environment: ["BSDUSER_QUIET=maybe"]) == "BSDUSER_QUIET needs 1 or 0, not 'maybe'")
        #expect(refusal("p", environment: ["BSDUSER_GDB=1234"])?.hasPrefix("BSDUSER_GDB: ") == true)
    }

    @Test func helpAndVersionHaveNoVariables() throws {
        _ = try options("p", environment: ["QEMU_VERSION=1", "BSDUSER_VERSION=1", "BSDUSER_HELP=1"])
    }
}

@Suite struct StartingItselfAgain {
    private func reentry(_ words: String..., environment: [String] = []) throws -> [String] {
        let command = try CommandParser.parse(
            (["bsduser"] + words).map(Bytes.init(text:)), environment: environment.map(Bytes.init(text:)),
            workingDirectory: Bytes(text: "/home/me"))
        guard case .run(let options) = command else { return [] }
        return options.reentryFlags.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func optionsOfBothOriginsAreHandedOnWithAbsolutePaths() throws {
        let flags = try reentry(
            "-L", "root", "--no-jit", "-strace=json", "p", environment: ["BSDUSER_STACK_SIZE=1M", "QEMU_STRACE=1"])
        #expect(
            flags == ["--inherited", "-s", "1M", "-strace", "-L", "/home/me/root", "--no-jit", "-strace=json"])
    }

    @Test func theGuestsEnvironmentAndArgv0AreItsOwnAfterwards() throws {
        let flags = try reentry(
            "-E", "A=1", "-U", "B", "-0", "x", "-ignore-environment", "p", environment: ["BSDUSER_SET_ENV=C=1"])
        #expect(flags == ["--inherited"])
    }

    @Test func handedOnOptionsGiveTheSameOptions() throws {
        let first = try options(
            "--plugin-path", "a:b", "-L", "r", "-cpu", "5KEf", "-strace=open", "-d", "op", "-D", "log", "-s", "1M",
            "-R", "4G", "-r", "13.2-RELEASE", "-seed", "3", "--no-jit", "-one-insn-per-tb", "-quiet", "p",
            environment: ["BSDUSER_PLUGINS=/e", "BSDUSER_LOG=in_asm"])
        let command = try CommandParser.parse(
            [Bytes(text: "bsduser")] + first.reentryFlags + [Bytes(text: "p")],
            environment: ["BSDUSER_PLUGINS=/other", "BSDUSER_STRACE=bad,"].map(Bytes.init(text:)),
            workingDirectory: Bytes(text: "/elsewhere"))
        guard case .run(var second) = command else { return #expect(Bool(false), "not a run") }
        #expect(second.isReentry && !first.isReentry)
        second.isReentry = false
        #expect(second == first)
    }

    @Test func ownNameIsHandedOn() throws {
        let command = try CommandParser.parse(
            ["bsduser-mips64", "p"].map(Bytes.init(text:)), environment: [], workingDirectory: [])
        guard case .run(let run) = command else { return #expect(Bool(false), "not a run") }
        #expect(run.reentryFlags == ["--inherited", "--arch-plugin", "mips64"].map(Bytes.init(text:)))
    }
}
