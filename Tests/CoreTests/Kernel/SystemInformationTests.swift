import Testing

@testable import BSDUserCore

@Suite struct SystemInformationTests {
    private func read(_ kernel: TestKernel, _ identifier: [Int32], room: Int = 256) throws -> [UInt8] {
        let name = kernel.room(identifier.count * 4)
        for (index, number) in identifier.enumerated() { try kernel.memory.store(number, at: name + UInt64(index * 4)) }
        let old = kernel.room(room)
        let length = try kernel.store(GuestWord(UInt64(room)))
        try kernel.call(202, name, UInt64(identifier.count), old, length, 0, 0)
        return try kernel.memory.read(at: old, count: Int(kernel.memory.loadWord(at: length)))
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

    @Test func wellKnownNumbersGiveTheGuestsValues() throws {
        try TestKernel.with { (kernel) throws in
            #expect(try text(read(kernel, [1, 1])) == "FreeBSD")
            #expect(try text(read(kernel, [1, 2])) == "12.2-RELEASE")
            #expect(try read(kernel, [1, 24]) == [0, 0x12, 0x57, 0x50])
            #expect(try read(kernel, [6, 7]) == [0, 0, 0x10, 0])
            #expect(try read(kernel, [6, 4]) == [0, 0, 0x10, 0xe1])
            #expect(try text(read(kernel, [6, 11])) == "mips64")
            #expect(try text(read(kernel, [1, 14, 12, -1])) == "/bin/test")
            #expect(try read(kernel, [1, 37], room: 32).count == 32)
            let (first, second) = (try read(kernel, [1, 37], room: 32), try read(kernel, [1, 37], room: 32))
            #expect(first != second)
        }
    }

    @Test func virtualMemoryIsReachedByTheNumbersOfItsHeader() throws {
        // sys/vm/vm_param.h. The C library's allocator asks for the last one.
        let numbers: [(Int32, String)] = [
            (2, "vm.loadavg"), (3, "vm.v_free_min"), (4, "vm.v_free_target"), (5, "vm.v_free_reserved"),
            (6, "vm.v_inactive_target"), (9, "vm.v_pageout_free_min"), (11, "vm.swap_enabled"), (12, "vm.overcommit"),
        ]
        try TestKernel.with { (kernel) throws in
            for (number, name) in numbers {
                #expect(try text(read(kernel, [0, 1, 2, number])) == name)
                #expect(try !read(kernel, [2, number]).isEmpty)
            }
        }
    }

    @Test func namesLeadToNumbersAndBack() throws {
        try TestKernel.with { (kernel) throws in
            for leaf in InformationTree.shared.leaves {
                let name = try kernel.text(leaf.row.name)
                let request = kernel.room(8)
                try kernel.memory.store(Int32(0), at: request)
                try kernel.memory.store(Int32(3), at: request + 4)
                let old = kernel.room(96)
                let length = try kernel.store(GuestWord(96))
                try kernel.call(202, request, 2, old, length, name, UInt64(leaf.row.name.utf8.count))
                let count = Int(try kernel.memory.loadWord(at: length)) / 4
                let found = try kernel.memory.copyInArray(GuestInt.self, old, count: count).map(\.value)
                #expect(found == leaf.identifier, "\(leaf.row.name)")
                #expect(try text(read(kernel, [0, 1] + leaf.identifier)) == leaf.row.name)
            }
        }
    }

    @Test func everyVariableIsReachedAndReadable() throws {
        try TestKernel.with { (kernel) throws in
            var identifier: [Int32] = [1]
            var count = 0
            while count < 1000 {
                let tree = InformationTree.shared
                guard let next = tree.next(after: identifier[...]) else { break }
                #expect(identifier.lexicographicallyPrecedes(next.identifier))
                // vfs.conflist has 48 bytes for each kind of file system that the host has mounted.
                let room = next.row.name == "vfs.conflist" ? 4096 : 256
                let value = try read(kernel, next.identifier, room: room)
                #expect(!value.isEmpty, "\(next.row.name)")
                let format = try read(kernel, [0, 4] + next.identifier)
                #expect(format.count >= 5, "\(next.row.name)")
                identifier = next.identifier
                count += 1
            }
            #expect(count == InformationTree.shared.leaves.filter { !$0.row.takesArguments }.count)
        }
    }

    @Test func shortBuffersAndWritesFail() throws {
        try TestKernel.with { (kernel) throws in
            let name = try kernel.text("kern.ostype")
            let old = kernel.room(16)
            let length = try kernel.store(GuestWord(3))
            #expect(try kernel.errno(570, name, 11, old, length, 0, 0) == .ENOMEM)
            #expect(try kernel.memory.loadWord(at: length) == 3)
            try kernel.memory.storeWord(16, at: length)
            try kernel.call(570, name, 11, 0, length, 0, 0)
            #expect(try kernel.memory.loadWord(at: length) == 8)
            #expect(try kernel.errno(570, name, 11, 0, 0, name, 4) == .EPERM)
            #expect(try kernel.errno(570, try kernel.text("no.such"), 7, 0, 0, 0, 0) == .ENOENT)
        }
    }
}
