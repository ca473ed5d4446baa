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

    static let rows: [Row] = [
        Row(program: GuestProgram("start"), checks: 35, arguments: startArguments, environment: startEnvironment),
        Row(
            program: GuestProgram("start", link: .staticPIE), checks: 35, arguments: startArguments,
            environment: startEnvironment),
        Row(program: GuestProgram("self_modifying"), checks: 20),
        Row(program: GuestProgram("self_modifying", link: .staticPIE), checks: 20),
        Row(program: GuestProgram("signals"), checks: 70),
        Row(program: GuestProgram("signals", float: .hard), checks: 70),
        Row(program: GuestProgram("faults"), checks: 35),
        Row(program: GuestProgram("processes"), checks: 25),
        Row(program: GuestProgram("descriptors"), checks: 60),
        Row(program: GuestProgram("files"), checks: 95),
        Row(program: GuestProgram("sockets"), checks: 175),
        Row(program: GuestProgram("local_sockets"), checks: 80),
        Row(program: GuestProgram("network"), checks: 45),
        Row(program: GuestProgram("directories"), checks: 40),
        Row(program: GuestProgram("memory"), checks: 70),
        Row(program: GuestProgram("memory", link: .staticPIE), checks: 70),
        Row(program: GuestProgram("wild_pointers"), checks: 9),
        Row(program: GuestProgram("system"), checks: 70),
        Row(program: GuestProgram("storm"), checks: 6),
        Row(program: GuestProgram("signal_storm"), checks: 8),
        Row(program: GuestProgram("exec"), checks: 28),
        Row(program: GuestProgram("extremes"), checks: 47),
        Row(program: GuestProgram("churn"), checks: 6),
        Row(program: GuestProgram("threads"), checks: 48),
        Row(program: GuestProgram("umtx"), checks: 105),
        Row(program: GuestProgram("thread_signals"), checks: 35),
        Row(program: GuestProgram("thread_processes"), checks: 16),
        Row(program: GuestProgram("kqueue"), checks: 150),
        Row(program: GuestProgram("kqueue_processes"), checks: 35),
        Row(program: GuestProgram("kqueue_files"), checks: 33),
        Row(program: GuestProgram("process_descriptors"), checks: 65),
        Row(program: GuestProgram("shared_memory"), checks: 50),
        Row(program: GuestProgram("mips64/traps"), checks: 80),
        Row(program: GuestProgram("mips64/float", float: .hard), checks: 35),
    ]

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
    ])
    func `hello says hello`(program: GuestProgram) throws {
        let run = try EmulatorUnderTest.run(program.build())
        #expect(run.output == "hello, FreeBSD/mips64\n")
        #expect(run.end == .exited(0), "\(run.summary)")
        #expect(run.standardError.isEmpty)
    }

    @Test func `a dynamic program starts through the interpreter inside the root`() throws {
        try EmulatorUnderTest.withScratchFolder { root in
            let folder = root.appendingPathComponent("libexec")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let interpreter = try GuestProgram("interpreter", link: .staticPIE).build()
            try FileManager.default.copyItem(at: interpreter, to: folder.appendingPathComponent("ld-elf.so.1"))
            let program = root.appendingPathComponent("hello")
            try FileManager.default.copyItem(at: GuestProgram("hello", link: .dynamic).build(), to: program)
            // The program's path is the guest's: it is looked for inside the root.
            let run = try EmulatorUnderTest.run(URL(fileURLWithPath: "/hello"), options: ["-L", root.path])
            #expect(run.end == .exited(0), "\(run.summary)")
            #expect(CheckReport(output: run.output).passed.count == 4)
            #expect(run.output.hasSuffix("hello, FreeBSD/mips64\n"))
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

    @Test(arguments: crashes)
    func `a guest killed by a signal ends bsduser by it, and its output is there`(how: String, signal: Int32) throws {
        let run = try EmulatorUnderTest.run(GuestProgram("crash").build(), [how])
        #expect(run.end == .signalled(signal), "\(run.summary)")
        #expect(run.output == "before\n")
    }

    @Test(arguments: ["nothing", "unknown-call"])
    func `the exit status is the guest's`(how: String) throws {
        let run = try EmulatorUnderTest.run(GuestProgram("crash").build(), [how])
        #expect(run.end == .exited(99), "\(run.summary)")
        #expect(run.output == "before\nafter\n")
    }
}
