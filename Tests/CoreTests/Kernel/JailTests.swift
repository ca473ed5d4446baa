import Foundation
import Testing

@testable import BSDUserCore

/// Jails as calls and files have them. What processes see inside is the guest program `jails`.
@Suite struct JailTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static let jail = Jail(
        identifier: 7, machine: bytes("/root of a=machine"), name: bytes("seven"), path: bytes("/jail\nseven"),
        directory: FileIdentity(device: .max, inode: 12),
        settings: [
            "persist": .number(1), "host.hostname": .text(bytes("a=b")), "securelevel": .number(-1),
            "ip4.addr": .addresses([0, 61, 255, 10]), "host.hostid": .number(.min),
        ])

    @Test func `a jail survives its file`() {
        #expect(Jail(7, record: Self.jail.record) == Self.jail)
    }

    @Test(arguments: [
        "", "name", "name=x\u{0}", "machine=\u{0}name=x\u{0}path=/\u{0}device=1\u{0}inode=2",
        "machine=\u{0}name=x\u{0}path=/\u{0}device=one\u{0}inode=2\u{0}",
        "machine=\u{0}name=x\u{0}path=/\u{0}device=1\u{0}inode=2\u{0}persist=yes\u{0}",
        "machine=\u{0}name=x\u{0}path=/\u{0}device=1\u{0}inode=2\u{0}ip4.addr=0g\u{0}",
    ])
    func `bytes that are no jail are none`(text: String) {
        #expect(Jail(7, record: Self.bytes(text)) == nil)
    }

    @Test func `the host's name is the jail's own unless it is inherited`() {
        var jail = Self.jail
        #expect(jail.hostName == Self.bytes("a=b"))
        jail.settings["host"] = .number(2)
        #expect(jail.hostName == nil)
    }

    @Test(arguments: [
        ("persist", "nopersist"), ("allow.mount", "allow.nomount"), ("allow.mount.devfs", "allow.mount.nodevfs"),
    ])
    func `a switch has a name for its opposite`(name: String, opposite: String) {
        #expect(JailParameter.named(name)?.oppositeName == opposite)
    }

    @Test func `numbers, texts and switches have an opposite only when they are switches`() {
        for parameter in JailParameter.all {
            guard case .flag = parameter.form else {
                #expect(parameter.oppositeName == nil, "\(parameter.name)")
                continue
            }
            #expect(parameter.initial == .number(0) || parameter.initial == .number(1), "\(parameter.name)")
        }
    }

    // MARK: Calls

    /// Parameters in guest memory: names, and a value or room for one.
    private func vector(_ kernel: TestKernel, _ pairs: [(String, [UInt8])]) throws -> GuestAddress {
        let word = UInt64(kernel.memory.abi.wordBytes)
        let vector = kernel.room(pairs.count * 4 * Int(word))
        for (index, (name, value)) in pairs.enumerated() {
            let place = vector + UInt64(index) * 4 * word
            let room = kernel.room(max(value.count, 1))
            try kernel.memory.write(value, at: room)
            try kernel.memory.storeWord(kernel.text(name), at: place)
            try kernel.memory.storeWord(UInt64(name.utf8.count + 1), at: place + word)
            try kernel.memory.storeWord(value.isEmpty ? 0 : room, at: place + 2 * word)
            try kernel.memory.storeWord(UInt64(value.count), at: place + 3 * word)
        }
        return vector
    }

    private func value(_ kernel: TestKernel, _ vector: GuestAddress, _ pair: Int) throws -> [UInt8] {
        let word = UInt64(kernel.memory.abi.wordBytes)
        let place = vector + UInt64(pair) * 4 * word
        let count = try kernel.memory.loadWord(at: place + 3 * word)
        return try kernel.memory.read(at: try kernel.memory.loadWord(at: place + 2 * word), count: Int(count))
    }

    private func int(_ kernel: TestKernel, _ value: Int32) -> [UInt8] { GuestInt(value).encoded(kernel.memory.abi) }

    @Test(arguments: TestConvention.all)
    func `every architecture's parameters are understood`(convention: TestConvention) throws {
        try TestKernel.with(convention) { (kernel) throws in
            let name = Self.bytes("unit_\(getpid())_\(convention.name)") + [0]
            let new = try vector(
                kernel,
                [
                    ("name", name), ("nopersist", []), ("persist", []), ("path", Self.bytes("/") + [0]),
                    ("securelevel", int(kernel, 2)), ("ip4.addr", [10, 0, 0, 1]),
                    ("host.hostid", GuestWord(77).encoded(kernel.memory.abi)),
                ])
            guard geteuid() == 0 else {
                #expect(try kernel.errno(507, new, 14, 1) == .EPERM)
                return
            }
            let jail = try Int32(kernel.call(507, new, 14, 1))
            defer { _ = try? kernel.call(508, UInt64(jail)) }
            let room = [UInt8](repeating: 0xaa, count: 32)
            let word = [UInt8](repeating: 0xaa, count: kernel.memory.abi.wordBytes)
            let query = try vector(
                kernel,
                [
                    ("jid", int(kernel, jail)), ("name", room), ("securelevel", int(kernel, 0)), ("ip4.addr", room),
                    ("host.hostid", word), ("ip4", int(kernel, 9)), ("path", []), ("cpuset.id", int(kernel, 0)),
                ])
            #expect(try kernel.call(506, query, 16, 0) == Int64(jail))
            #expect(try value(kernel, query, 1).starts(with: name))
            #expect(try value(kernel, query, 2) == int(kernel, 2))
            #expect(try value(kernel, query, 3) == [10, 0, 0, 1])
            #expect(try value(kernel, query, 4) == GuestWord(77).encoded(kernel.memory.abi))
            // Addresses make it JAIL_SYS_NEW.
            #expect(try value(kernel, query, 5) == int(kernel, 1))
            let lengthOfPath = query + UInt64((6 * 4 + 3) * kernel.memory.abi.wordBytes)
            #expect(try kernel.memory.loadWord(at: lengthOfPath) == 2)
            #expect(try kernel.errno(506, query, 15, 0) == .EINVAL)
        }
    }

    @Test(
        arguments: [
            ("securelevel", Errno.EPERM, -2), ("children.max", .EPERM, 1), ("devfs_ruleset", .EINVAL, 65536),
            ("enforce_statfs", .EINVAL, -1), ("host", .EINVAL, 0), ("ip4", .EINVAL, 3),
        ] as [(String, Errno, Int32)])
    func `what no jail can have is refused`(name: String, errno: Errno, number: Int32) throws {
        try TestKernel.with { (kernel) throws in
            let new = try vector(kernel, [("persist", []), (name, int(kernel, number))])
            #expect(try kernel.errno(507, new, 4, 1) == (geteuid() == 0 ? errno : .EPERM))
        }
    }

    @Test func `a name that is the number of another jail is refused`() throws {
        try TestKernel.with { (kernel) throws in
            let new = try vector(
                kernel, [("persist", []), ("jid", int(kernel, 987_001)), ("name", Self.bytes("987002") + [0])])
            #expect(try kernel.errno(507, new, 6, 1) == (geteuid() == 0 ? .EINVAL : .EPERM))
            let query = try vector(kernel, [("jid", int(kernel, 987_001))])
            #expect(try kernel.errno(506, query, 2, 0) == .ENOENT)
        }
    }
}
