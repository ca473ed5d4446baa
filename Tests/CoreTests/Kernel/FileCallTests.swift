import Foundation
import Testing

@testable import BSDUserCore

@Suite(.serialized) struct FileCallTests {
    private static let create: UInt64 = 0x602

    @Test func whatIsWrittenCanBeReadAndStated() throws {
        try TestKernel.withDirectory { (directory) throws in
            try TestKernel.with { (kernel) throws in
                let fd = UInt64(try kernel.call(5, kernel.text(directory + "/a"), Self.create, 0o640))
                #expect(try kernel.call(4, fd, kernel.text("hello"), 5) == 5)
                #expect(try kernel.call(478, fd, 1, 0) == 1)
                let buffer = kernel.room(16)
                #expect(try kernel.call(3, fd, buffer, 16) == 4)
                #expect(try kernel.memory.read(at: buffer, count: 4) == Array("ello".utf8))
                let status = kernel.room(224)
                try kernel.call(551, fd, status)
                let attributes = try kernel.memory.load(FileStatus.self, at: status).attributes
                #expect(attributes.byteCount == 5)
                #expect(attributes.mode & FileMode.typeMask == FileMode.regular)
                #expect(attributes.linkCount == 1)
                try kernel.call(6, fd)
                #expect(try kernel.errno(6, fd) == .EBADF)
            }
        }
    }

    @Test func errorsAreThoseOfFreeBSDsManual() throws {
        try TestKernel.withDirectory { (directory) throws in
            try FileManager.default.createSymbolicLink(atPath: directory + "/link", withDestinationPath: "nowhere")
            try TestKernel.with { (kernel) throws in
                // open(2): O_NOFOLLOW and a link.
                #expect(try kernel.errno(5, kernel.text(directory + "/link"), 0x100, 0) == .EMLINK)
                // unlink(2): a directory.
                #expect(try kernel.errno(10, kernel.text(directory)) == .EPERM)
                #expect(try kernel.errno(5, kernel.text(directory + "/none"), 0, 0) == .ENOENT)
                #expect(try kernel.errno(5, kernel.text(""), 0, 0) == .ENOENT)
                #expect(try kernel.errno(5, kernel.text(directory), 3, 0) == .EINVAL)
                #expect(try kernel.errno(5, kernel.text(directory), 1, 0) == .EISDIR)
                #expect(try kernel.errno(12, kernel.text(String(repeating: "a", count: 2000))) == .ENAMETOOLONG)
                #expect(try kernel.errno(3, 0xffff_ffff, kernel.room(16), 16) == .EBADF)
                // chflags(2): what the file system cannot keep.
                #expect(try kernel.errno(34, kernel.text(directory), 1) == .EOPNOTSUPP)
                #expect(try kernel.errno(54, 0, 0x4004_7a7a, kernel.room(16)) == .ENOTTY)
            }
        }
    }

    @Test func theEmulatorsDescriptorsDoNotExist() throws {
        try TestKernel.with { (kernel) throws in
            let parked = HostDescriptors.park(open("/dev/null", O_RDONLY))
            defer { close(parked) }
            #expect(!HostDescriptors.isGuests(parked))
            let number = UInt64(parked)
            #expect(try kernel.errno(6, number) == .EBADF)
            #expect(try kernel.errno(41, number) == .EBADF)
            #expect(try kernel.errno(90, 0, number) == .EBADF)
            #expect(try kernel.errno(92, 0, 10, number) == .EBADF)
            #expect(try kernel.errno(3, number, kernel.room(16), 16) == .EBADF)
            try kernel.call(509, 2000)
            try kernel.call(575, 1000, 0xffff_ffff, 0)
            #expect(fcntl(parked, F_GETFD) >= 0)
        }
    }

    @Test func theHostsProcessFilesAreOutOfReach() throws {
        try TestKernel.with { (kernel) throws in
            for path in ["/proc/self/mem", "/proc/self/maps", "/proc/self/fd/0", "/proc/\(getpid())/mem"] {
                let errno = try kernel.errno(5, kernel.text(path), 2, 0) ?? .EDOOFUS
                #expect(errno == .ENOENT || errno == .ELOOP || errno == .EACCES, "\(path): \(ErrnoTable.name(errno))")
            }
        }
    }

    @Test(arguments: [true, false])
    func directoriesAreListedWhole(isOld: Bool) throws {
        try TestKernel.withDirectory { (directory) throws in
            var expected: Set<String> = [".", ".."]
            for length in [1, 2, 3, 4, 5, 8, 12, 60, 200, 255] {
                let name = String(repeating: "n", count: length)
                #expect(FileManager.default.createFile(atPath: directory + "/" + name, contents: nil))
                expected.insert(name)
            }
            try TestKernel.with { (kernel) throws in
                let fd = UInt64(try kernel.call(5, kernel.text(directory), 0x20000, 0))
                let buffer = kernel.room(512)
                var found: [String] = []
                while true {
                    let count = Int(try kernel.call(isOld ? 272 : 554, fd, buffer, 512, 0))
                    if count == 0 { break }
                    found += names(try kernel.memory.read(at: buffer, count: count), isOld: isOld, kernel.memory.abi)
                }
                #expect(found.count == expected.count)
                #expect(Set(found) == expected)
                try kernel.call(6, fd)
            }
        }
    }

    private func names(_ bytes: [UInt8], isOld: Bool, _ abi: GuestABI) -> [String] {
        var names: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let (length, start, count): (Int, Int, Int) = Array(rest).withUnsafeBytes { buffer in
                if isOld {
                    let header = DirectoryEntry.Header11(bytes: buffer, abi)
                    return (Int(header.recordBytes), 8, Int(header.nameBytes))
                }
                let header = DirectoryEntry.Header(bytes: buffer, abi)
                return (Int(header.recordBytes), 24, Int(header.nameBytes))
            }
            #expect(length % (isOld ? 4 : 8) == 0 && length > start)
            names.append(String(decoding: rest.dropFirst(start).prefix(count), as: UTF8.self))
            guard length > 0 else { return names }
            rest = rest.dropFirst(length)
        }
        return names
    }

    @Test func vectorsAndPositionsWork() throws {
        try TestKernel.withDirectory { (directory) throws in
            try TestKernel.with { (kernel) throws in
                let fd = UInt64(try kernel.call(5, kernel.text(directory + "/v"), Self.create, 0o600))
                let vector = kernel.room(32)
                for (index, word) in [try kernel.text("abc"), 3, try kernel.text("defg"), 4].enumerated() {
                    try kernel.memory.storeWord(word, at: vector + UInt64(index * 8))
                }
                #expect(try kernel.call(121, fd, vector, 2) == 7)
                let buffer = kernel.room(16)
                #expect(try kernel.call(475, fd, buffer, 16, 2) == 5)
                #expect(try kernel.memory.read(at: buffer, count: 5) == Array("cdefg".utf8))
                #expect(try kernel.errno(121, fd, vector, 1025) == .EINVAL)
                #expect(try kernel.call(480, fd, 3) == 0)
                #expect(try kernel.call(478, fd, 0, 2) == 3)
                // F_DUPFD, F_GETFL, F_SETFL
                let copy = UInt64(try kernel.call(92, fd, 0, 20))
                #expect(copy >= 20)
                #expect(try kernel.call(92, copy, 3, 0) == 2)
                try kernel.call(92, copy, 4, 0x8 | 0x4)
                #expect(try kernel.call(92, fd, 3, 0) == 0xe)
                try kernel.call(6, copy)
                try kernel.call(6, fd)
            }
        }
    }

    @Test func pipesAndPollTellWhatCanBeRead() throws {
        try TestKernel.with { (kernel) throws in
            let pair = kernel.room(8)
            try kernel.call(542, pair, 0)
            let reader = try kernel.memory.load(at: pair, as: Int32.self)
            let writer = try kernel.memory.load(at: pair + 4, as: Int32.self)
            let list = try kernel.store(PollDescriptor(descriptor: reader, events: 1, returned: 0))
            #expect(try kernel.call(209, list, 1, 0) == 0)
            #expect(try kernel.call(4, UInt64(writer), kernel.text("x"), 1) == 1)
            #expect(try kernel.call(209, list, 1, 1000) == 1)
            #expect(try kernel.memory.load(PollDescriptor.self, at: list).returned == 1)
            let set = kernel.room(128)
            // Other tests have descriptors as well: this one may be in any word of the set.
            let word = set + UInt64(reader / 64) * 8
            try kernel.memory.storeWord(1 << UInt64(reader % 64), at: word)
            #expect(try kernel.call(93, UInt64(reader + 1), set, 0, 0, 0) == 1)
            #expect(try kernel.memory.loadWord(at: word) == 1 << UInt64(reader % 64))
            let count = kernel.room(4)
            try kernel.call(54, UInt64(reader), 0x4004_667f, count)
            #expect(try kernel.memory.load(at: count, as: Int32.self) == 1)
            try kernel.call(6, UInt64(reader))
            try kernel.call(6, UInt64(writer))
        }
    }
}
