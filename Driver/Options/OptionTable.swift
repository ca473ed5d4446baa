/// One option: every spelling, what it takes, what it does and how it is explained. Reading the command line, the
/// help, the manual page, the shell completions and the table in the documentation all come from these rows.
struct Option: Sendable {
    /// Which part of the help the option stands in.
    enum Group: String, CaseIterable, Sendable {
        case choice = "Program and plugin"
        case process = "What the guest sees"
        case execution = "Execution"
        case observation = "Watching a guest"
        case information = "Information"
    }

    var group: Group
    /// Every spelling; the first is the one in messages. QEMU's single-dash words come before the long forms.
    var flags: [String]
    /// The variables read when the option is not given: this program's, then QEMU's of the same meaning.
    var variables: [String] = []
    var value: OptionValue
    /// One sentence without a full stop.
    var help: String
    /// What the manual says beyond `help`.
    var detail = ""
    /// A command line that shows the option.
    var example = ""
    /// The emulator hands the option on to itself when the guest calls exec.
    var isInherited = true
}

/// The options of `bsduser`.
enum OptionTable {
    static let rows: [Option] = choice + process + execution + observation + information

    private static let choice: [Option] = [
        Option(
            group: .choice, flags: ["--arch-plugin"], variables: ["BSDUSER_ARCH_PLUGIN"],
            value: .path(
                "FILE|NAME", completion: .file, expected: "the file of a plugin or its name",
                resolve: { $0.absoluteIfPath($1) }
            ) { $0.options.archPlugin = $1 },
            help: "Run the program with this architecture plugin",
            detail: """
                A text with a slash in it is a file. A name such as mips64 or mips64.so is looked for in the plugin \
                path; one that ends in .so also in the working directory. Without the option the plugin is chosen \
                from the program's ELF header.
                """,
            example: "bsduser --arch-plugin mips64 prog"),
        Option(
            group: .choice, flags: ["--plugin-path"], variables: ["BSDUSER_PLUGINS"],
            value: .path(
                "DIRS", completion: .directory, expected: "directories", mayBeEmpty: true,
                resolve: { $0.absoluteList($1) }
            ) { $0.addPluginDirectories($1) },
            help: "Look for plugins in these directories first, separated by colons",
            detail: """
                The directories of the option are searched before those of the variable; after both come the \
                directory of the emulator's own executable and ../lib/bsduser beside it.
                """,
            example: "bsduser --plugin-path ~/plugins prog"),
        Option(
            group: .choice, flags: ["-L", "--sysroot"], variables: ["BSDUSER_LD_PREFIX", "QEMU_LD_PREFIX"],
            value: .path("DIR", completion: .directory, expected: "a directory") { $0.options.sysroot = $1 },
            help: "Resolve the guest's paths inside this directory",
            detail: """
                The directory holds a FreeBSD installation: the run-time linker, libraries, configuration. Whatever the \
                guest opens lies in it, and no path leaves it. Only the program itself may lie outside: its name is \
                looked for inside the directory and then on the host, so that tools can run what they have built. A \
                guest starts in the host's working directory where that lies inside, else in the guest's /, and relative \
                names it opens start there.
                """,
            example: "bsduser -L /freebsd /bin/sh"),
    ]

    private static let process: [Option] = [
        Option(
            group: .process, flags: ["-E", "--set-env"], variables: ["BSDUSER_SET_ENV", "QEMU_SET_ENV"],
            value: .text("NAME=VALUE") { invocation, text throws(ValueProblem) in
                invocation.options.environmentEdits += try EnvironmentEdit.assignments(text)
            },
            help: "Set a variable in the guest's environment; may be given several times",
            detail: """
                Several assignments may stand in one value, separated by commas; a comma that no NAME= follows \
                belongs to the value. Of several changes to one variable the last one stays in effect.
                """,
            example: "bsduser -E LANG=C -E TERM=dumb prog", isInherited: false),
        Option(
            group: .process, flags: ["-U", "--unset-env"], variables: ["BSDUSER_UNSET_ENV", "QEMU_UNSET_ENV"],
            value: .text("NAME") { invocation, text throws(ValueProblem) in
                invocation.options.environmentEdits += try EnvironmentEdit.removals(text)
            },
            help: "Remove a variable from the guest's environment; may be given several times",
            detail: "Several names may stand in one value, separated by commas.",
            example: "bsduser -U LD_PRELOAD,LD_DEBUG prog", isInherited: false),
        Option(
            group: .process, flags: ["-ignore-environment", "--ignore-environment"],
            variables: ["BSDUSER_IGNORE_ENVIRONMENT"],
            value: .flag { $0.options.ignoresEnvironment = $1 },
            help: "Start the guest with an empty environment; -E adds to it", isInherited: false),
        Option(
            group: .process, flags: ["-0", "--argv0"], variables: ["BSDUSER_ARGV0", "QEMU_ARGV0"],
            value: .text("NAME", mayBeEmpty: true) { $0.options.argv0 = $1 },
            help: "Give the guest this argv[0]", example: "bsduser -0 -sh /bin/sh", isInherited: false),
        Option(
            group: .process, flags: ["-s", "--stack-size"], variables: ["BSDUSER_STACK_SIZE", "QEMU_STACK_SIZE"],
            value: .size { invocation, bytes throws(ValueProblem) in
                guard (Limits.smallestStackBytes...Limits.largestStackBytes).contains(bytes) else {
                    throw ValueProblem(expected: "a size from 64k to 64G")
                }
                invocation.options.stackSizeBytes = bytes
            },
            help: "Size of the first thread's stack, from 64k to 64G",
            detail: "The architecture's greatest size is taken without the option: 1G on aarch64, 64M on mips64.",
            example: "bsduser -s 64M prog"),
        Option(
            group: .process, flags: ["-R", "--reserved-va"], variables: ["BSDUSER_RESERVED_VA", "QEMU_RESERVED_VA"],
            value: .size { invocation, bytes throws(ValueProblem) in
                guard bytes % Limits.pageBytes == 0, bytes >= Limits.smallestAddressSpaceBytes else {
                    throw ValueProblem(expected: "a multiple of 4096 of at least 16M")
                }
                invocation.options.reservedAddressSpaceBytes = bytes
            },
            help: "Size of the guest's address space, a multiple of 4096 of at least 16M",
            detail: """
                The architecture's own is taken without the option: 64T on aarch64, which is the most there is, and 512G \
                on mips64.
                """, example: "bsduser -R 4G prog"),
        Option(
            group: .process, flags: ["-B", "--guest-base"], variables: ["BSDUSER_GUEST_BASE", "QEMU_GUEST_BASE"],
            value: .address { _, address throws(ValueProblem) in
                guard address == 0 else {
                    throw ValueProblem(
                        refusal: "guest addresses equal host addresses, so only 0 is possible; leave the option out")
                }
            },
            help: "Offset of guest addresses in the host; only 0, for command lines written for QEMU"),
        Option(
            group: .process, flags: ["-p", "--page-size"], variables: ["BSDUSER_PAGESIZE", "QEMU_PAGESIZE"],
            value: .size { _, bytes throws(ValueProblem) in
                guard bytes == Limits.pageBytes else {
                    throw ValueProblem(
                        refusal: "the host's pages are 4096 bytes and cannot be changed; leave the option out")
                }
            },
            help: "Page size of the host; only 4096, for command lines written for QEMU"),
        Option(
            group: .process, flags: ["-cpu", "--cpu"], variables: ["BSDUSER_CPU", "QEMU_CPU"],
            value: .text("MODEL", completion: .words(["help"])) { $0.options.cpuModel = $1 },
            help: "CPU model the guest runs on; help lists them", example: "bsduser -cpu help --arch-plugin mips64"),
        Option(
            group: .process, flags: ["-r", "--uname"], variables: ["BSDUSER_UNAME", "QEMU_UNAME"],
            value: .text("RELEASE") { invocation, text throws(ValueProblem) in
                guard let release = Release(text) else {
                    throw ValueProblem(expected: "a release such as 13.2-RELEASE")
                }
                invocation.options.release = release
            },
            help: "Release that uname reports to the guest", example: "bsduser -r 13.2-RELEASE prog"),
        Option(
            group: .process, flags: ["-seed", "--seed"], variables: ["BSDUSER_RAND_SEED", "QEMU_RAND_SEED"],
            value: .integer { $0.options.randomSeed = $1 },
            help: "Seed of the random numbers given to the guest, to repeat a run exactly",
            example: "bsduser -seed 42 prog"),
    ]

    private static let execution: [Option] = [
        Option(
            group: .execution, flags: ["--no-jit"], variables: ["BSDUSER_NO_JIT"],
            value: .flag { $0.options.usesInterpreter = $1 },
            help: "Interpret instead of translating to host code: slow, for finding faults in the translator",
            detail: "BSDUSER_NO_JIT=0 translates."),
        Option(
            group: .execution, flags: ["-one-insn-per-tb", "--one-insn-per-tb", "-singlestep"],
            variables: ["BSDUSER_ONE_INSN_PER_TB", "QEMU_ONE_INSN_PER_TB", "QEMU_SINGLESTEP"],
            value: .flag { $0.options.oneInstructionPerBlock = $1 },
            help: "Translate one guest instruction at a time"),
        Option(
            group: .execution, flags: ["-cache", "--cache"], variables: ["BSDUSER_CACHE"],
            value: .path(
                "DIR|off", completion: .directory, expected: "a directory, or off",
                resolve: { $1 == TranslationCacheChoice.offWord ? $1 : $0.absolute($1) }
            ) { $0.options.translationCache = TranslationCacheChoice(reading: $1) },
            help: "Where translated code is kept for the next run, or off",
            detail: """
                Without the option it is bsduser/translations in the directory that XDG_CACHE_HOME names, or else in \
                ~/.cache. Code is kept of programs and libraries, never of what a guest makes itself, and used again \
                while file, emulator, plugin and processor are the same. The directory and its files must be the user's, \
                and nobody else may have the right to write them; otherwise nothing is kept and nothing used. \
                'bsduserctl cache' shows and removes what is there.
                """,
            example: "bsduser -cache off prog"),
        Option(
            group: .execution, flags: ["-cache-limit", "--cache-limit"], variables: ["BSDUSER_CACHE_LIMIT"],
            value: .size { invocation, bytes throws(ValueProblem) in
                invocation.options.translationCacheLimitBytes = bytes
            },
            help: "How much the translation cache may hold; what was not used for longest goes first",
            detail: "The limit is 1G without the option."),
        Option(
            group: .execution, flags: ["-quiet", "--quiet"], variables: ["BSDUSER_QUIET"],
            value: .flag { $0.options.isQuiet = $1 },
            help: "Say nothing when a signal ends the guest"),
    ]

    private static let observation: [Option] = [
        Option(
            group: .observation, flags: ["-strace", "--strace"], variables: ["BSDUSER_STRACE", "QEMU_STRACE"],
            value: .attached("json|CALLS", completion: .words(["json"])) { invocation, text throws(ValueProblem) in
                invocation.options.trace = try TraceOptions(reading: text)
            },
            help: "Print every system call with its arguments and result",
            detail: """
                A call stands on one line, when it returns. Signals that a handler gets, and the one that ends the \
                guest, have lines of their own. CALLS is a list of names separated by commas; one with ! before it \
                prints all calls but the named ones. The word json, alone or first in the list, prints one JSON object \
                a line.
                """,
            example: "bsduser -strace=open,openat,read prog"),
        Option(
            group: .observation, flags: ["-strace-length", "--strace-length"], variables: ["BSDUSER_STRACE_LENGTH"],
            value: .integer { invocation, bytes throws(ValueProblem) in
                guard bytes <= Limits.greatestTraceBytes else { throw ValueProblem(expected: "a number up to 1048576") }
                invocation.options.traceBufferBytes = bytes
            },
            help: "Bytes of a buffer that -strace shows; 64 without the option",
            example: "bsduser -strace=write -strace-length 4096 prog"),
        Option(
            group: .observation, flags: ["-g", "--gdb"], variables: ["BSDUSER_GDB", "QEMU_GDB"],
            value: .text("PORT|PATH", completion: .file) { _, text throws(ValueProblem) in
                if let port = Number.plain(text), !(1...65535).contains(port) {
                    throw ValueProblem(expected: "a port from 1 to 65535 or the path of a socket")
                }
                throw ValueProblem(refusal: "waiting for a debugger is not supported yet; leave the option out")
            },
            help: "Wait for a debugger to connect (not supported yet: refused)"),
        Option(
            group: .observation, flags: ["-d", "--log"], variables: ["BSDUSER_LOG", "QEMU_LOG"],
            value: .text("ITEMS", completion: .words(LogItem.rows.map(\.name) + ["help"])) {
                invocation, text throws(ValueProblem) in
                invocation.options.logItems += try LogItem.selection(text)
            },
            help: "Log these items, separated by commas; help lists them", example: "bsduser -d in_asm,op prog"),
        Option(
            group: .observation, flags: ["-D", "--log-file"], variables: ["BSDUSER_LOG_FILENAME", "QEMU_LOG_FILENAME"],
            value: .path("FILE", completion: .file, expected: "a file") { $0.options.logFile = $1 },
            help: "Write trace and log to this file; %d in the name is the process id",
            example: "bsduser -strace -D trace.%d prog"),
        Option(
            group: .observation, flags: ["-perfmap", "--perfmap"], variables: ["BSDUSER_PERFMAP", "QEMU_PERFMAP"],
            value: .flag { $0.options.writesPerfMap = $1 },
            help: "Write /tmp/perf-PID.map, by which perf knows translated code",
            example: "perf record bsduser -perfmap prog"),
        Option(
            group: .observation, flags: ["-jitdump", "--jitdump"], variables: ["BSDUSER_JITDUMP", "QEMU_JITDUMP"],
            value: .attached("DIRECTORY", completion: .directory, resolve: { $0.absolute($1) }) {
                $0.options.jitDumpFolder = $1 ?? Bytes(text: "/tmp")
            },
            help: "Write jit-PID.dump to the directory, /tmp without one, for perf inject --jit",
            detail: """
                perf annotate then shows the code as well, and code that takes the place of other code is told apart.
                """,
            example: "perf record -k mono bsduser -jitdump prog"),
    ]

    private static let information: [Option] = [
        Option(
            group: .information, flags: ["-h", "-help", "--help"], value: .flag { $0.request($1 ? .help : nil) },
            help: "Print this help", isInherited: false),
        Option(
            group: .information, flags: ["-V", "-version", "--version"],
            value: .flag { $0.request($1 ? .version : nil) },
            help: "Print the version and the plugins found", isInherited: false),
        Option(
            group: .information, flags: ["--inherited"], value: .flag { $0.options.isReentry = $1 },
            help: "Ignore the variables of the options: how the emulator starts itself when a guest calls exec",
            isInherited: false),
        Option(
            group: .information, flags: ["--from-host"], value: .flag { $0.options.isFromHost = $1 },
            help: "The path may lie outside the root: how a host program that a guest started starts the emulator",
            isInherited: false),
        Option(
            group: .information, flags: ["--handover"],
            value: .integer { invocation, number throws(ValueProblem) in
                guard let descriptor = Int32(exactly: number) else {
                    throw ValueProblem(expected: "the number of an open file")
                }
                invocation.options.handover = descriptor
            },
            help: "Read the guest's arguments, environment and limits from this descriptor: as --inherited",
            isInherited: false),
    ]
}

/// Bounds of what options accept.
enum Limits {
    static let pageBytes: UInt64 = 4096
    static let smallestStackBytes: UInt64 = 64 << 10
    static let largestStackBytes: UInt64 = 64 << 30
    static let greatestTraceBytes: UInt64 = 1 << 20
    static let smallestAddressSpaceBytes: UInt64 = 16 << 20
}
