import Testing

@testable import BSDUserCore

/// What `execve` decides before it changes anything.
struct ExecutionPlanTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// An ELF header as far as the decision needs it.
    private static func elf(machine: UInt8, is64Bit: Bool, isBig: Bool, osABI: UInt8) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 64)
        header.replaceSubrange(0..<8, with: [0x7F, 0x45, 0x4C, 0x46, is64Bit ? 2 : 1, isBig ? 2 : 1, 1, osABI])
        header[isBig ? 19 : 18] = machine
        return header
    }

    private static let guest = elf(machine: 8, is64Bit: true, isBig: true, osABI: 9)
    private static let native = elf(machine: 62, is64Bit: true, isBig: false, osABI: 0)

    @Test(arguments: [
        (guest, ProgramKind.guest), (native, .native),
        (elf(machine: 62, is64Bit: true, isBig: false, osABI: 9), .guest),
        (elf(machine: 3, is64Bit: false, isBig: false, osABI: 3), .native),
        (elf(machine: 183, is64Bit: true, isBig: false, osABI: 0), .guest), ([], .unknown), ([0x7F, 0x45], .unknown),
        (bytes("#!/bin/sh\n"), .script(interpreter: bytes("/bin/sh"), argument: nil)),
        (bytes("#! /bin/sh  -x -y \t\nbody"), .script(interpreter: bytes("/bin/sh"), argument: bytes("-x -y"))),
        (bytes("#!/bin/sh\0 -x\n"), .script(interpreter: bytes("/bin/sh"), argument: nil)),
        (bytes("#!/bin/sh"), .unknown), (bytes("#!/bin/sh -x"), .unknown),
        (bytes("#!\n"), .unknown), (bytes("#!   \n"), .unknown), (bytes("#"), .unknown), (bytes("text"), .unknown),
        (bytes("#!" + String(repeating: "a", count: 5000)), .unknown),
    ])
    func `the first bytes tell the kind`(header: [UInt8], kind: ProgramKind) {
        #expect(ProgramKind(header: Array(header.prefix(ProgramKind.headerBytes))) == kind)
    }

    /// Files by path; what was closed is noted.
    private final class Files {
        var headers: [String: [UInt8]] = [:]
        var closed: [Int32] = []

        func open(_ path: [UInt8]) throws(Errno) -> ExecutionPlan.File {
            guard let header = headers[String(decoding: path, as: UTF8.self)] else { throw .ENOENT }
            return ExecutionPlan.File(descriptor: 200, header: header)
        }
        func plan(_ header: [UInt8]) throws(Errno) -> ExecutionPlan {
            try ExecutionPlan(
                path: bytes("dir/script"), arguments: [bytes("name"), bytes("one")],
                file: ExecutionPlan.File(descriptor: 100, header: header),
                open: { path throws(Errno) in try self.open(path) }, close: { self.closed.append($0) })
        }
    }

    @Test func `a program keeps its arguments`() throws {
        let files = Files()
        let plan = try files.plan(Self.guest)
        #expect(plan.path == Self.bytes("dir/script"))
        #expect(plan.arguments == [Self.bytes("name"), Self.bytes("one")])
        #expect(plan.descriptor == 100 && !plan.isNative)
        #expect(files.closed.isEmpty)
    }

    @Test func `a script's interpreter gets the script's path in the place of its name`() throws {
        let files = Files()
        files.headers["/bin/tool"] = Self.native
        let plan = try files.plan(Self.bytes("#!/bin/tool -f \n"))
        #expect(plan.path == Self.bytes("/bin/tool"))
        #expect(plan.arguments == ["/bin/tool", "-f", "dir/script", "one"].map(Self.bytes))
        #expect(plan.descriptor == 200 && plan.isNative)
        #expect(files.closed == [100])
    }

    @Test(
        arguments: [
            ("#!/missing\n", Errno.ENOENT, [100]), ("#!/text\n", .ENOEXEC, [100, 200]),
            ("#!/script\n", .ENOEXEC, [100, 200]),
            ("nothing", .ENOEXEC, [100]),
        ] as [(String, Errno, [Int32])])
    func `what cannot run is refused, and nothing stays open`(text: String, errno: Errno, closed: [Int32]) {
        let files = Files()
        files.headers["/text"] = Self.bytes("text")
        files.headers["/script"] = Self.bytes("#!/bin/sh\n")
        #expect(throws: errno) { try files.plan(Self.bytes(text)) }
        #expect(files.closed == closed)
    }

    @Test func `arguments that a descriptor has are shown where they fit`() {
        let words = ["/emulator", "--handover", "9", "--", "prog"]
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: ExecutionHandover.textLimit)
        for (last, shown) in [(Self.bytes("one"), ["one"]), (long, [])] {
            let plan = ExecutionPlan(unchecked: Self.bytes("prog"), [Self.bytes("zero"), last], descriptor: 3)
            let command = Reentry(
                plan: plan, environment: [], executable: Self.bytes("/emulator"), flags: [], ownEnvironment: [],
                handover: 9)
            #expect(command.arguments == (words + shown).map(Self.bytes))
        }
    }

    @Test func `the guest's variables for the dynamic linker do not reach the emulator`() {
        let plan = ExecutionPlan(
            unchecked: Self.bytes("-prog"), [Self.bytes("zero"), Self.bytes("one")], descriptor: 3)
        let command = Reentry(
            plan: plan, environment: ["A=1", "LD_PRELOAD=/guest.so", "LD_LIBRARY_PATH=/guest"].map(Self.bytes),
            executable: Self.bytes("/emulator"), flags: ["--inherited", "-strace"].map(Self.bytes),
            ownEnvironment: ["HOME=/root", "LD_LIBRARY_PATH=/host"].map(Self.bytes))
        #expect(command.environment == ["A=1", "LD_LIBRARY_PATH=/host"].map(Self.bytes))
        let words = [
            "/emulator", "--inherited", "-strace", "-U", "LD_LIBRARY_PATH", "-E", "LD_PRELOAD=/guest.so", "-E",
            "LD_LIBRARY_PATH=/guest", "-0", "zero", "--", "-prog", "one",
        ]
        #expect(command.arguments == words.map(Self.bytes))
    }
}
