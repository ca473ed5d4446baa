import Foundation
import TestSupport
import Testing

/// What `-L` means for the program that the user names, and for all that it opens.
@Suite struct Roots {
    private let root: TemporaryFolder
    private let build: TemporaryFolder

    init() throws {
        root = try TemporaryFolder()
        build = try TemporaryFolder()
    }

    /// A root with the interpreter of the tests, and a dynamic program outside it.
    private func outsideProgram() throws -> String {
        let folder = root.url.appending(path: "libexec")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let interpreter = try GuestProgram("interpreter", link: .staticPIE).build()
        try FileManager.default.copyItem(at: interpreter, to: folder.appending(path: "ld-elf.so.1"))
        return try build.program("hello", Data(contentsOf: GuestProgram("hello", link: .dynamic).build()))
    }

    @Test(arguments: [true, false])
    func aProgramOutsideTheRootRunsWithTheRootsInterpreter(isAbsolute: Bool) throws {
        let program = try outsideProgram()
        let run = try emulator("-L", root.url.path, isAbsolute ? program : "./hello", directory: build.url)
        #expect(run.isSuccess, "\(run.summary)")
        #expect(run.output.hasSuffix("hello, FreeBSD/mips64\n"))
    }

    @Test func theRootComesBeforeTheHost() throws {
        let program = try outsideProgram()
        let inside = root.url.appending(path: program).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: exampleGuest("hello"), toPath: inside.appending(path: "hello").path)
        let run = try emulator("-L", root.url.path, program)
        #expect(run.output.hasPrefix("Hello from FreeBSD on mips64."), "\(run.summary)")
    }

    @Test func theGuestStartsInTheRootAndCannotOpenItsOwnFileOutside() throws {
        try Data("inside\n".utf8).write(to: root.url.appending(path: "file"))
        try Data("outside\n".utf8).write(to: build.url.appending(path: "file"))
        for (name, expected) in [("file", "       1       1       7"), ("/file", "       1       1       7")] {
            let run = try emulator("-L", root.url.path, exampleGuest("wc"), name, directory: build.url)
            #expect(run.output.hasPrefix(expected), "\(run.summary)")
        }
        let outside = build.url.appending(path: "file").path
        #expect(try emulator("-L", root.url.path, exampleGuest("wc"), outside).end == .exited(1))
    }

    @Test func aScriptOutsideTheRootIsRefused() throws {
        let script = try build.program("script", Data("#!/bin/sh\n".utf8))
        expectRefusal(try emulator("-L", root.url.path, script), status: 126, "a script outside the root")
    }

    @Test(arguments: ["chroot", "jails"])
    func rootsAndJailsInsideTheRootWorkAsOutside(name: String) throws {
        let program = root.url.appending(path: name)
        try FileManager.default.copyItem(at: GuestProgram(name).build(), to: program)
        let folder = root.url.appending(path: "work")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let run = try emulator("-L", root.url.path, "/\(name)", directory: folder)
        #expect(run.isSuccess, "\(run.summary)")
        #expect(CheckReport(output: run.output).failed.isEmpty, "\(run.output)")
    }

    /// Behaviour cases that the conformance suites run without a root: inside one the host is asked for open files, not names.
    @Test(arguments: ["devices", "links", "sizes", "systems"])
    func callsWithNamesAnswerInsideTheRootAsOutside(name: String) throws {
        let program = root.url.appending(path: name)
        try FileManager.default.copyItem(at: GuestProgram("../cases/syscalls/\(name)").build(), to: program)
        let folder = root.url.appending(path: "work")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let run = try emulator("-L", root.url.path, "/\(name)", directory: folder)
        #expect(run.isSuccess, "\(run.summary)")
        #expect(CheckReport(output: run.output).failed.isEmpty, "\(run.output)")
    }

    @Test func aRootThatIsNoneIsTheEmulatorsFailure() throws {
        let missing = root.url.appending(path: "missing").path
        expectRefusal(
            try emulator("-L", missing, "/bin/sh"), status: 125, "-L \(missing): No such file or directory")
        let file = exampleGuest("hello")
        expectRefusal(try emulator("-L", file, "/bin/sh"), status: 125, "-L \(file): Not a directory")
    }
}

/// Programs of the host, and scripts.
@Suite struct HostPrograms {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aScriptIsRunByTheHostsInterpreterAsExecveDoes() throws {
        let script = try folder.program("script", Data("#!/bin/sh -e\necho \"$0 $1\"; exit 3\n".utf8))
        let run = try emulator("-E", "A=b", script, "one")
        #expect(run.end == .exited(3), "\(run.summary)")
        #expect(run.output == "\(script) one\n")
    }

    @Test func aScriptOfAGuestIsRunByTheGuest() throws {
        let script = try folder.program("script", Data("#!\(exampleGuest("hello")) -x\n".utf8))
        let run = try emulator(script, "one")
        #expect(run.output.contains("Argument 1: -x\nArgument 2: \(script)\nArgument 3: one\n"), "\(run.summary)")
    }

    @Test func aScriptWithoutItsInterpreterIsRefused() throws {
        let script = try folder.program("script", Data("#!/no/such\n".utf8))
        expectRefusal(try emulator(script), status: 127, "names the interpreter /no/such: no such file")
    }
}
