import Foundation
import TestSupport
import Testing

/// Guest programs that check themselves: FreeBSD's behaviour as programs see it.
struct GuestProgramTests {
    /// Every program, the number of checks it makes at least, and what it needs to be told.
    struct Row: Sendable, CustomTestStringConvertible {
        var program: GuestProgram
        var checks: Int
        var arguments: [String] = []
        var environment: [String: String] = [:]

        var testDescription: String { program.description }
    }

    private static let startArguments = ["one", "two words", ""]
    private static let startEnvironment = ["VISIBLE": "yes", "EMPTY": ""]

    static let architectures = ["aarch64", "mips64"]
    private static let isRoot = geteuid() == 0

    static let rows: [Row] =
        architectures.flatMap(common) + [
            Row(program: GuestProgram("signals", float: .hard), checks: 70),
            Row(program: GuestProgram("aarch64/timekeep", architecture: "aarch64"), checks: 12),
            Row(program: GuestProgram("aarch64/traps", float: .hard, architecture: "aarch64"), checks: 38),
            Row(program: GuestProgram("aarch64/flushing", float: .hard, architecture: "aarch64"), checks: 43),
            Row(program: GuestProgram("mips64/traps"), checks: 80),
            Row(program: GuestProgram("mips64/float", float: .hard), checks: 35),
        ]

    /// The programs that every architecture runs.
    private static func common(_ architecture: String) -> [Row] {
        func program(_ name: String, _ link: GuestProgram.Link = .fixed) -> GuestProgram {
            GuestProgram(name, link: link, architecture: architecture)
        }
        return [
            Row(program: program("start"), checks: 35, arguments: startArguments, environment: startEnvironment),
            Row(
                program: program("start", .staticPIE), checks: 35, arguments: startArguments,
                environment: startEnvironment),
            Row(program: program("self_modifying"), checks: 20),
            Row(program: program("self_modifying", .staticPIE), checks: 20),
            Row(program: program("signals"), checks: 70),
            Row(program: program("faults"), checks: 35),
            Row(program: program("processes"), checks: 25),
            Row(program: program("descriptors"), checks: 60),
            Row(program: program("files"), checks: 95),
            Row(program: program("sockets"), checks: 189),
            Row(program: program("local_sockets"), checks: 80),
            Row(program: program("network"), checks: 45),
            Row(program: program("sysctl"), checks: 54),
            Row(program: program("attributes"), checks: 34),
            Row(program: program("directories"), checks: 47),
            Row(program: program("memory"), checks: 70),
            Row(program: program("memory", .staticPIE), checks: 70),
            Row(program: program("wild_pointers"), checks: 9),
            Row(program: program("system"), checks: 70),
            Row(program: program("storm"), checks: 6),
            Row(program: program("signal_storm"), checks: 8),
            Row(program: program("exec"), checks: 28),
            Row(program: program("extremes"), checks: 47),
            Row(program: program("churn"), checks: 6),
            Row(program: program("threads"), checks: 77),
            Row(program: program("umtx"), checks: 123),
            Row(program: program("umtx_wild"), checks: 100),
            Row(program: program("kevent_wild"), checks: 29),
            Row(program: program("thread_crowd"), checks: 29),
            // The limit binds no superuser; who is one becomes somebody else and makes eight checks more.
            Row(program: program("fork_bomb"), checks: 6),
            Row(program: program("thread_signals"), checks: 49),
            Row(program: program("thread_processes"), checks: 15),
            Row(program: program("kqueue"), checks: 150),
            Row(program: program("kqueue_processes"), checks: 46),
            Row(program: program("kqueue_files"), checks: 33),
            Row(program: program("kqueue_threads"), checks: 14),
            Row(program: program("kqueue_sockets"), checks: 35),
            Row(program: program("asynchronous"), checks: 65),
            Row(program: program("timers"), checks: 35),
            Row(program: program("interprocess"), checks: 65),
            Row(program: program("process_descriptors"), checks: 60),
            Row(program: program("shared_memory"), checks: 50),
            // Others than root are refused, and nothing else is to be seen.
            Row(program: program("chroot"), checks: isRoot ? 58 : 3),
            Row(program: program("jails"), checks: isRoot ? 140 : 7),
        ]
    }

    @Test(arguments: rows)
    func `a program that checks itself finds nothing wrong`(row: Row) throws {
        let run = try EmulatorUnderTest.run(row.program.build(), row.arguments, environment: row.environment)
        let report = CheckReport(output: run.output)
        #expect(report.failed.isEmpty, "\(report.failed.joined(separator: "\n"))")
        #expect(run.end == .exited(0), "\(run.summary)")
        #expect(report.passed.count >= row.checks, "made fewer checks than it should: \(report.passed.count)")
    }

    @Test(arguments: [
        GuestProgram("hello"), GuestProgram("hello", link: .staticPIE), GuestProgram("hello", float: .hard),
        GuestProgram("hello", architecture: "aarch64"),
        GuestProgram("hello", link: .staticPIE, architecture: "aarch64"),
    ])
    func `hello says hello`(program: GuestProgram) throws {
        let run = try EmulatorUnderTest.run(program.build())
        #expect(run.output == "hello, FreeBSD/\(program.architecture)\n")
        #expect(run.end == .exited(0), "\(run.summary)")
        #expect(run.standardError.isEmpty)
    }

    @Test(arguments: architectures)
    func `a dynamic program starts through the interpreter inside the root`(architecture: String) throws {
        try EmulatorUnderTest.withScratchFolder { root in
            let folder = root.appendingPathComponent("libexec")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let interpreter = try GuestProgram("interpreter", link: .staticPIE, architecture: architecture)
                .build()
            try FileManager.default.copyItem(at: interpreter, to: folder.appendingPathComponent("ld-elf.so.1"))
            let program = root.appendingPathComponent("hello")
            let hello = try GuestProgram("hello", link: .dynamic, architecture: architecture).build()
            try FileManager.default.copyItem(at: hello, to: program)
            // The program's path is the guest's: it is looked for inside the root.
            let run = try EmulatorUnderTest.run(URL(fileURLWithPath: "/hello"), options: ["-L", root.path])
            #expect(run.end == .exited(0), "\(run.summary)")
            #expect(CheckReport(output: run.output).passed.count == 4)
            #expect(run.output.hasSuffix("hello, FreeBSD/\(architecture)\n"))
        }
    }

    @Test func `a dynamic program without its interpreter is refused in one line`() throws {
        try EmulatorUnderTest.withScratchFolder { root in
            let program = root.appendingPathComponent("hello")
            try FileManager.default.copyItem(at: GuestProgram("hello", link: .dynamic).build(), to: program)
            // The program's path is the guest's: it is looked for inside the root.
            let run = try EmulatorUnderTest.run(URL(fileURLWithPath: "/hello"), options: ["-L", root.path])
            #expect(run.end == .exited(127) || run.end == .exited(126), "\(run.summary)")
            #expect(run.standardError.split(separator: "\n").count == 1, "\(run.summary)")
        }
    }

    @Test(arguments: [[], ["-strace"], ["-strace", "-D", "log"]])
    func `the emulator's own lines stay out of the guest's files`(options: [String]) throws {
        try EmulatorUnderTest.withScratchFolder { folder in
            let program = try GuestProgram("log_files").build()
            let run = try EmulatorUnderTest.run(program, options: options, directory: folder)
            #expect(CheckReport(output: run.output).failed.isEmpty, "\(run.output)")
            #expect(run.end == .exited(0), "\(run.summary)")
            let file = folder.appendingPathComponent("log")
            let log = options.contains("-D") ? try String(contentsOf: file, encoding: .utf8) : run.standardError
            #expect(log.contains("kern.nothing"))
            #expect(log.contains("uncaught target signal 11"))
            #expect(log.contains("closefrom(3)") == options.contains("-strace"))
        }
    }

    /// How each crash ends: signal numbers of the host, which is what bsduser itself ends by.
    static let crashes: [(how: String, signal: Int32)] = [
        ("null", SIGSEGV), ("jump", SIGSEGV), ("jump-odd", SIGBUS), ("illegal", SIGILL), ("stack", SIGSEGV),
        ("wild-stack", SIGSEGV), ("signal", SIGTERM), ("abort", SIGABRT), ("frame", SIGILL),
    ]

    @Test(arguments: crashes, architectures)
    func `a guest killed by a signal ends bsduser by it, and its output is there`(
        crash: (how: String, signal: Int32), architecture: String
    ) throws {
        let (how, signal) = crash
        let run = try EmulatorUnderTest.run(GuestProgram("crash", architecture: architecture).build(), [how])
        #expect(run.end == .signalled(signal), "\(run.summary)")
        #expect(run.output == "before\n")
    }

    @Test(arguments: ["nothing", "unknown-call"], architectures)
    func `the exit status is the guest's`(how: String, architecture: String) throws {
        let run = try EmulatorUnderTest.run(GuestProgram("crash", architecture: architecture).build(), [how])
        #expect(run.end == .exited(99), "\(run.summary)")
        #expect(run.output == "before\nafter\n")
    }
}
