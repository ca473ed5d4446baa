import Foundation
import TestSupport
import Testing

@testable import BSDUserCore

/// Structures with each kind of field, as FreeBSD's headers declare them.
private struct TimeSpecification: GuestStruct {
    var seconds: Int64 = 0
    var nanoseconds: Int64 = 0
    mutating func fields<V: FieldVisitor>(_ v: inout V) {
        v.time("tv_sec", &seconds)
        v.word("tv_nsec", &nanoseconds)
    }
}

private struct IntervalTimer: GuestStruct {
    var interval = TimeSpecification()
    var value = TimeSpecification()
    mutating func fields<V: FieldVisitor>(_ v: inout V) {
        v.nested("it_interval", &interval)
        v.nested("it_value", &value)
    }
}

private struct SignalStack: GuestStruct {
    var pointer: GuestAddress = 0
    var size: UInt64 = 0
    var flags: Int32 = 0
    mutating func fields<V: FieldVisitor>(_ v: inout V) {
        v.pointer("ss_sp", &pointer)
        v.word("ss_size", &size)
        v.int("ss_flags", &flags)
    }
}

private struct Usage: GuestStruct {
    var user = TimeSpecification()
    var system = TimeSpecification()
    var counts = [Count](repeating: Count(), count: 14)

    struct Count: GuestStruct {
        var value: Int64 = 0
        mutating func fields<V: FieldVisitor>(_ v: inout V) { v.word("value", &value) }
    }

    mutating func fields<V: FieldVisitor>(_ v: inout V) {
        v.nested("ru_utime", &user)
        v.nested("ru_stime", &system)
        v.array("ru_counts", &counts, count: 14)
    }
}

private struct DirectoryEntry: GuestStruct {
    var inode: UInt64 = 0
    var offset: Int64 = 0
    var recordLength: UInt16 = 0
    var type: UInt8 = 0
    var nameLength: UInt16 = 0
    var name: [UInt8] = []
    mutating func fields<V: FieldVisitor>(_ v: inout V) {
        v.int("d_fileno", &inode)
        v.int("d_off", &offset)
        v.int("d_reclen", &recordLength)
        v.int("d_type", &type)
        v.pad(1)
        v.int("d_namlen", &nameLength)
        v.pad(2)
        v.characters("d_name", &name, count: 256)
    }
}

private struct ProcessStringsTable: GuestStruct {
    var arguments: GuestAddress = 0
    var argumentCount: Int32 = 0
    var environment: GuestAddress = 0
    var environmentCount: UInt32 = 0
    mutating func fields<V: FieldVisitor>(_ v: inout V) {
        v.pointer("ps_argvstr", &arguments)
        v.int("ps_nargvstr", &argumentCount)
        v.pointer("ps_envstr", &environment)
        v.int("ps_nenvstr", &environmentCount)
    }
}

private let abis: [(name: String, abi: GuestABI)] = [
    ("arm", GuestABI(wordBytes: 4, byteOrder: .little)), ("aarch64", GuestABI(wordBytes: 8, byteOrder: .little)),
    ("mips", GuestABI(wordBytes: 4, byteOrder: .big)), ("mips64", GuestABI(wordBytes: 8, byteOrder: .big)),
    ("sparc64", GuestABI(wordBytes: 8, byteOrder: .big, pageBytes: 8192)),
    ("powerpc", GuestABI(wordBytes: 4, byteOrder: .big)), ("powerpc64", GuestABI(wordBytes: 8, byteOrder: .big)),
]

@Suite struct GuestStructTests {
    @Test func sizesAndOffsetsAreThoseOfFreeBSDOnEveryABI() throws {
        let layouts = try LayoutTable()
        for (name, abi) in abis {
            let sizes: [(String, Int)] = [
                ("sz_timespec", TimeSpecification.byteCount(abi)), ("sz_itimerspec", IntervalTimer.byteCount(abi)),
                ("sz_stack_t", SignalStack.byteCount(abi)), ("sz_rusage", Usage.byteCount(abi)),
                ("sz_dirent", DirectoryEntry.byteCount(abi)), ("sz_ps_strings", ProcessStringsTable.byteCount(abi)),
                ("off_d_name", DirectoryEntry.offset(of: "d_name", abi) ?? -1),
            ]
            for (item, size) in sizes { #expect(layouts.value(item, name) == size, "\(item) on \(name)") }
        }
    }

    @Test func whatIsWrittenReadsBackTheSame() {
        for (name, abi) in abis {
            var usage = Usage()
            usage.user = TimeSpecification(seconds: -5, nanoseconds: 123_456_789)
            for index in 0..<14 { usage.counts[index].value = Int64(index) - 7 }
            let bytes = usage.encoded(abi)
            let read = bytes.withUnsafeBytes { Usage(bytes: $0, abi) }
            #expect(read.user.seconds == -5 && read.user.nanoseconds == 123_456_789, "\(name)")
            #expect(read.counts.map(\.value) == usage.counts.map(\.value), "\(name)")
        }
    }

    @Test func bytesAreInTheGuestsOrderAndPaddingIsZero() {
        let big = GuestABI(wordBytes: 8, byteOrder: .big)
        let stack = SignalStack(pointer: 0x0102_0304_0506_0708, size: 0x10, flags: 4)
        #expect(
            stack.encoded(big) == [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 4, 0, 0, 0, 0])
        let little = GuestABI(wordBytes: 4, byteOrder: .little)
        #expect(stack.encoded(little) == [8, 7, 6, 5, 16, 0, 0, 0, 4, 0, 0, 0])
    }

    @Test func textFieldsEndWithinTheirBounds() {
        var entry = DirectoryEntry()
        entry.name = [UInt8](repeating: 0x61, count: 300)
        let bytes = entry.encoded(TestSpace.bigABI)
        #expect(bytes.count == 280 && bytes[24 + 254] == 0x61 && bytes[24 + 255] == 0)
        let read = bytes.withUnsafeBytes { DirectoryEntry(bytes: $0, TestSpace.bigABI) }
        #expect(read.name.count == 255)
    }

    @Test func tracesShowNamesAndEscapes() {
        let stack = SignalStack(pointer: 0xff00, size: 32, flags: -1)
        #expect(stack.text(TestSpace.bigABI) == "{ss_sp=0xff00,ss_size=32,ss_flags=-1}")
        #expect(stack.json(TestSpace.bigABI) == #"{"ss_sp":65280,"ss_size":32,"ss_flags":-1}"#)
        var entry = DirectoryEntry()
        entry.name = Array("a\"\n".utf8)
        #expect(entry.text(TestSpace.bigABI).hasSuffix(#"d_name="a\"\x0a"}"#))
    }
}
