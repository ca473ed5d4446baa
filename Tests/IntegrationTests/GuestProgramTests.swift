import Foundation
import TestSupport
import Testing

/// Guest programs that check themselves: FreeBSD's behaviour as programs see it.
struct GuestProgramTests {
    static let architectures = ["aarch64", "mips64"]
    /// Empty when the list cannot be read, which a test of its own tells.
    private static let rows = (try? GuestCheckList(architectures: architectures).rows) ?? []

    /// Programs that other tests run, or programs of the list themselves.
    private static let others = [
        "counted_loop", "crash", "file_limit", "hello", "interpreter", "log_files", "storm_target",
    ]

    @Test func `the list names every program there is`() throws {
        let folder = Checkout.root.appendingPathComponent("Tests/Guests/programs")
        let sources = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".c") }
        let listed = try GuestCheckList(architectures: Self.architectures).rows.map(\.program.name)
        #expect(Set(sources.map { String($0.dropLast(2)) }) == Set(listed + Self.others))
    }

    @Test(arguments: rows)
    func `a program that checks itself finds nothing wrong`(row: GuestCheckList.Row) throws {
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
