import Foundation
import Testing

@testable import BSDUserCore

/// With a root no path leaves it, by whatever call and whatever link.
@Suite(.serialized) struct PathRootTests {
    private func withRoot(_ body: (TestKernel, String) throws -> Void) throws {
        try TestKernel.withDirectory { (directory) throws in
            let root = directory + "/root"
            let files = FileManager.default
            try files.createDirectory(atPath: root + "/etc", withIntermediateDirectories: true)
            try Data("inside".utf8).write(to: URL(fileURLWithPath: root + "/etc/name"))
            try Data("outside".utf8).write(to: URL(fileURLWithPath: directory + "/name"))
            try files.createSymbolicLink(atPath: root + "/absolute", withDestinationPath: "/etc/name")
            try files.createSymbolicLink(atPath: root + "/up", withDestinationPath: "../../../../../../name")
            try files.createSymbolicLink(atPath: root + "/dir", withDestinationPath: "/etc")
            let current = files.currentDirectoryPath
            defer { _ = files.changeCurrentDirectoryPath(current) }
            _ = files.changeCurrentDirectoryPath(root)
            try TestKernel.with(prefix: root) { (kernel) throws in try body(kernel, directory) }
        }
    }

    private func contents(_ kernel: TestKernel, _ path: String) throws -> String? {
        guard case .values(let fd, _) = try kernel.outcome(5, [kernel.text(path), 0, 0]) else { return nil }
        let buffer = kernel.room(64)
        let count = try kernel.call(3, fd, buffer, 64)
        try kernel.call(6, fd)
        return String(decoding: try kernel.memory.read(at: buffer, count: Int(count)), as: UTF8.self)
    }

    @Test func pathsAndLinksStayInside() throws {
        try withRoot { (kernel, directory) throws in
            for path in [
                "/etc/name", "etc/name", "/absolute", "absolute", "/dir/name", "/../../../etc/name", "dir/../etc/name",
            ] {
                #expect(try contents(kernel, path) == "inside", "\(path)")
            }
            for path in ["/up", "up", "/../name", "../name", directory + "/name", "/etc/../../name"] {
                #expect(try contents(kernel, path) == nil, "\(path)")
            }
        }
    }

    @Test func everyCallResolvesAlike() throws {
        try withRoot { (kernel, directory) throws in
            let status = kernel.room(224)
            try kernel.call(552, 0xffff_ff9c, kernel.text("/absolute"), status, 0)
            #expect(try kernel.memory.load(FileStatus.self, at: status).attributes.byteCount == 6)
            #expect(try kernel.errno(33, kernel.text("/up"), 0) == .ENOENT)
            try kernel.call(136, kernel.text("/../new"), 0o755)
            try kernel.call(128, kernel.text("/etc/name"), kernel.text("/../../new/name"))
            try kernel.call(57, kernel.text("target"), kernel.text("/dir/link"))
            try kernel.call(9, kernel.text("/new/name"), kernel.text("/etc/name"))
            try kernel.call(15, kernel.text("/absolute"), 0o600)
            try kernel.call(479, kernel.text("/absolute"), 3)
            try kernel.call(138, kernel.text("/new/name"), 0)
            let root = directory + "/root"
            let files = FileManager.default
            #expect(files.fileExists(atPath: root + "/new/name"))
            #expect(try files.destinationOfSymbolicLink(atPath: root + "/etc/link") == "target")
            let attributes = try files.attributesOfItem(atPath: root + "/new/name")
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(attributes[.size] as? Int == 3)
            try kernel.call(10, kernel.text("/new/name"))
            try kernel.call(137, kernel.text("/../../new"))
            #expect(!files.fileExists(atPath: root + "/new"))
            #expect(files.fileExists(atPath: directory + "/name"))
        }
    }

    @Test func theCurrentDirectoryIsSeenFromTheRoot() throws {
        try withRoot { (kernel, _) throws in
            let buffer = kernel.room(1024)
            try kernel.call(12, kernel.text("/dir"))
            try kernel.call(326, buffer, 1024)
            #expect(try kernel.memory.string(at: buffer, limit: 1024) == Array("/etc".utf8))
            #expect(try contents(kernel, "name") == "inside")
            try kernel.call(12, kernel.text("../../.."))
            try kernel.call(326, buffer, 1024)
            #expect(try kernel.memory.string(at: buffer, limit: 1024) == Array("/".utf8))
            let fd = UInt64(try kernel.call(5, kernel.text("/etc"), 0x20000, 0))
            let inner = UInt64(try kernel.call(499, fd, kernel.text("../../etc/name"), 0, 0))
            try kernel.call(6, inner)
            try kernel.call(6, fd)
        }
    }

    @Test func chrootLeadsDeeperAndNeverOut() throws {
        try withRoot { (kernel, directory) throws in
            let machine = directory + "/root"
            try FileManager.default.createDirectory(atPath: machine + "/etc/inner", withIntermediateDirectories: true)
            try Data("deeper".utf8).write(to: URL(fileURLWithPath: machine + "/etc/inner/name"))
            guard geteuid() == 0 else {
                #expect(try kernel.errno(61, kernel.text("/etc")) == .EPERM)
                return
            }
            #expect(!kernel.thread.process.paths.isChanged)
            try kernel.call(61, kernel.text("/"))
            #expect(!kernel.thread.process.paths.isChanged)
            try kernel.call(61, kernel.text("/dir/../etc/../dir"))
            #expect(kernel.thread.process.paths.isChanged)
            #expect(kernel.thread.process.paths.pathOnMachine == Array("/etc".utf8))
            try kernel.call(61, kernel.text("/../../inner"))
            #expect(try contents(kernel, "/name") == "deeper")
            try kernel.call(12, kernel.text("/"))
            for path in ["name", "../name", "/../name", "../../etc/inner/name", "/inner/name"] {
                let isInside = path.hasSuffix("name") && !path.contains("inner")
                #expect(try contents(kernel, path) == (isInside ? "deeper" : nil), "\(path)")
            }
            #expect(try kernel.errno(61, kernel.text("/name")) == .ENOTDIR)
            #expect(try kernel.errno(61, kernel.text("/missing")) == .ENOENT)
            let inherited = try #require(kernel.thread.process.paths.inherited?.open())
            #expect(inherited.isChanged && inherited.pathOnMachine == Array("/etc/inner".utf8))
        }
    }

    @Test func theHostsProcessesAreNoRoot() throws {
        try TestKernel.with { (kernel) throws in
            let refusal: Errno = geteuid() == 0 ? .ENOENT : .EPERM
            for path in ["/proc", "/proc/self", "/proc/self/root"] {
                #expect(try kernel.errno(61, kernel.text(path)) == refusal, "\(path)")
            }
        }
    }

    // What is refused is the file, by whatever way a path leads to it.
    @Test(arguments: [nil, "/."]) func noLinkLeadsToTheHostsProcesses(root: String?) throws {
        try TestKernel.withDirectory { (directory) throws in
            let files = FileManager.default
            for (name, place) in ["file": "/proc/self/maps", "folder": "/proc", "self": "/proc/self"] {
                try files.createSymbolicLink(atPath: "\(directory)/\(name)", withDestinationPath: place)
            }
            try files.createSymbolicLink(atPath: directory + "/twice", withDestinationPath: "folder/self/maps")
            try TestKernel.with(prefix: root) { (kernel) throws in
                let top = UInt64(try kernel.call(5, kernel.text("/"), 0x20000, 0))
                let folder = UInt64(try kernel.call(5, kernel.text(directory), 0x20000, 0))
                var cases: [(UInt64, String)] = [
                    (top, "proc/self/maps"), (top, "proc"), (top, "/./proc/self/maps"), (top, "//proc/self/maps"),
                    (top, "/dev/../proc/self/maps"), (top, "/dev/../proc"), (top, "/proc"), (top, "/proc//"),
                ]
                for link in ["file", "folder", "folder/self/maps", "self/task", "twice"] {
                    cases += [(folder, link), (top, "\(directory)/\(link)")]
                }
                for (start, path) in cases {
                    // To read, for execution, as a path only.
                    for flags: UInt64 in [0, 0x40000, 0x400000] {
                        let errno = try kernel.errno(499, start, kernel.text(path), flags, 0)
                        #expect(errno == .ENOENT, "\(path) \(flags)")
                    }
                }
                // O_RESOLVE_BENEATH: no part leads out, and procfs is mounted below the top.
                #expect(try kernel.errno(499, top, kernel.text("proc/self/maps"), 0x800000, 0) == .ENOENT)
                try kernel.call(6, top)
                try kernel.call(6, folder)
            }
        }
    }

    @Test func pathsThatNameProcessesOrHaveMetLinksAreNoPlainOnes() {
        let paths = PlainPaths()
        func mayContain(_ path: String) -> Bool { paths.mayContain(Array(path.utf8)) }
        for path in ["/", "/dev/null", "/tmp/process/file", "/tmp/aproc", "/tmp/pro", "/tmp//x", "/tmp/"] {
            #expect(mayContain(path), "\(path)")
        }
        for path in ["", "tmp/x", "/proc", "/proc/", "//proc", "/./proc/self", "/srv/proc/1", "/tmp/../proc"] {
            #expect(!mayContain(path), "\(path)")
        }
        paths.noteLink(in: Array("/tmp/link".utf8))
        #expect(!mayContain("/tmp/file") && !mayContain("/tmp") && mayContain("/dev/null"))
    }

    @Test func aPathWithALinkIsOpenedEachTime() throws {
        try TestKernel.withDirectory { (directory) throws in
            try Data("text".utf8).write(to: URL(fileURLWithPath: directory + "/file"))
            let files = FileManager.default
            try files.createSymbolicLink(atPath: directory + "/link", withDestinationPath: "file")
            try files.createSymbolicLink(atPath: directory + "/loop", withDestinationPath: "loop")
            try TestKernel.with { (kernel) throws in
                for _ in 0..<2 {
                    for name in ["file", "link"] {
                        try kernel.call(6, UInt64(kernel.call(5, kernel.text("\(directory)/\(name)"), 0, 0)))
                    }
                    #expect(try kernel.errno(5, kernel.text(directory + "/loop"), 0, 0) == .ELOOP)
                    // O_NOFOLLOW; O_WRONLY | O_CREAT | O_EXCL.
                    #expect(try kernel.errno(5, kernel.text(directory + "/link"), 0x100, 0) == .EMLINK)
                    #expect(try kernel.errno(5, kernel.text(directory + "/link"), 0xa01, 0o600) == .EEXIST)
                }
            }
        }
    }

    @Test func theHostsProcessesAreKnownByTheirDescriptor() throws {
        let inside = ["/proc", "/proc/self/maps", "/proc/self/fd", "/proc/self/task"]
        // The last has blocks of the same size.
        let outside = ["/", "/tmp", "/dev/null", "/sys", "/dev/pts"]
        for (path, isInside) in inside.map({ ($0, true) }) + outside.map({ ($0, false) }) {
            for flags in [O_RDONLY, HostPath.pathOnly] {
                let descriptor = open(path, flags | O_CLOEXEC)
                try #require(descriptor >= 0, "\(path)")
                #expect(HostPath.isOnProcess(descriptor) == isInside, "\(path)")
                close(descriptor)
            }
        }
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        for descriptor in ends + [socket] {
            #expect(!HostPath.isOnProcess(descriptor))
            close(descriptor)
        }
        #expect(!HostPath.isOnProcess(-1))
    }

    @Test func devicesComeFromTheHost() throws {
        try withRoot { (kernel, _) throws in
            let fd = UInt64(try kernel.call(5, kernel.text("/dev/null"), 2, 0))
            #expect(try kernel.call(4, fd, kernel.text("x"), 1) == 1)
            try kernel.call(6, fd)
            #expect(try kernel.errno(5, kernel.text("/dev/mem"), 0, 0) == .ENOENT)
            // As `> /dev/null` of a shell opens it: O_WRONLY | O_CREAT | O_TRUNC.
            let null = try kernel.text("/dev/null")
            let created = UInt64(try kernel.call(5, null, 0x601, 0o666))
            #expect(try kernel.call(4, created, null, 1) == 1)
            try kernel.call(6, created)
            let status = kernel.room(224)
            try kernel.call(552, 0xffff_ff9c, null, status, 0)
            let mode = try kernel.memory.load(FileStatus.self, at: status).attributes.mode
            #expect(mode & 0o170000 == 0o020000)
            #expect(try kernel.call(33, null, 6) == 0)
            #expect(try kernel.errno(5, null, 0xa01, 0o666) == .EEXIST)
        }
    }

    @Test func aRootThatIsNotThereLeadsNowhere() throws {
        #expect(PathRoot(Array("/nonexistent/root".utf8)) == nil)
        try TestKernel.with(prefix: "/nonexistent/root") { (kernel) throws in
            #expect(try kernel.errno(5, kernel.text("/etc/passwd"), 0, 0) == .EBADF)
        }
    }
}
