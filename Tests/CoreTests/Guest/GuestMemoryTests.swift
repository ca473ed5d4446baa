import Foundation
import Testing

@testable import BSDUserCore

private let fault = Errno.EFAULT

@Suite struct GuestMemoryTests {
    private static let word32 = GuestABI(wordBytes: 4, byteOrder: .little)

    @Test func numbersAreInTheGuestsByteOrder() throws {
        try TestSpace.with { (memory, space) throws in
            let address = try space.map(.init(byteCount: 4096))
            try memory.store(UInt32(0x0102_0304), at: address)
            #expect(try memory.read(at: address, count: 4) == [1, 2, 3, 4])
            #expect(try memory.load(at: address, as: Int16.self) == 0x0102)
            try memory.storeWord(.max, at: address + 8)
            #expect(try memory.loadSignedWord(at: address + 8) == -1)
        }
        try TestSpace.with(abi: Self.word32) { (memory, space) throws in
            let address = try space.map(.init(byteCount: 4096))
            try memory.storeWord(0xffff_fffe, at: address)
            #expect(try memory.read(at: address, count: 5) == [0xfe, 0xff, 0xff, 0xff, 0])
            #expect(try memory.loadWord(at: address) == 0xffff_fffe)
            #expect(try memory.loadSignedWord(at: address) == -2)
        }
    }

    @Test func wildAddressesAreFaults() throws {
        try TestSpace.with { (memory, space) throws in
            let address = try space.map(.init(byteCount: 4096))
            let wild: [GuestAddress] = [
                0, 1, address - 1, address + 4093, TestSpace.userTop - 2, TestSpace.userTop, 1 << 46, 1 << 47, 1 << 63,
                .max - 1, .max,
            ]
            for address in wild {
                #expect(throws: fault) { try memory.load(at: address, as: UInt32.self) }
                #expect(throws: fault) { try memory.store(UInt32(0), at: address) }
                #expect(throws: fault) { try memory.read(at: address, count: 8) }
                #expect(throws: fault) { try memory.write([1, 2, 3, 4, 5], at: address) }
                #expect(throws: fault) { try memory.clear(at: address, count: 64) }
                #expect(throws: fault) {
                    try memory.compareExchange(at: address & ~3 &+ 8192, expected: UInt32(0), replacement: 1)
                }
            }
            #expect(throws: fault) { try memory.read(at: address, count: 1 << 40) }
            #expect(throws: fault) { try memory.read(at: address, count: -1) }
        }
    }

    @Test func memoryOfTheEmulatorIsAFault() throws {
        let own = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        defer { own.deallocate() }
        own.pointee = 1
        TestSpace.with { memory, _ in
            let address = GuestAddress(UInt(bitPattern: own))
            #expect(throws: fault) { try memory.load(at: address, as: UInt64.self) }
            #expect(throws: fault) { try memory.hostPointer(address, 8, for: .write) }
        }
        #expect(own.pointee == 1)
    }

    @Test func stringsEndAtTheLimitOrTheFault() throws {
        try TestSpace.with { (memory, space) throws in
            let address = try space.map(.init(byteCount: 4096))
            try memory.write(Array("hello".utf8), at: address)
            #expect(try memory.string(at: address, limit: 100) == Array("hello".utf8))
            #expect(try memory.string(at: address, limit: 6) == Array("hello".utf8))
            #expect(try memory.string(at: address, limit: 5) == nil)
            let last = address + 4096 - 3
            try memory.write([65, 65, 65], at: last)
            #expect(throws: fault) { try memory.string(at: last, limit: 100) }
            #expect(try memory.string(at: last, limit: 3) == nil)
            #expect(throws: fault) { try memory.string(at: .max, limit: 100) }
        }
    }

    @Test func vectorsAreCheckedAsTheKernelDoes() throws {
        try TestSpace.with(abi: Self.word32) { (memory, space) throws in
            let address = try space.map(.init(byteCount: 8192))
            for (index, value) in [UInt32(0x1000), 16, 0x2000, 32].enumerated() {
                try memory.store(value, at: address + UInt64(4 * index))
            }
            #expect(
                try memory.vectors(at: address, count: 2)
                    == [.init(address: 0x1000, byteCount: 16), .init(address: 0x2000, byteCount: 32)])
            try memory.store(UInt32(0x7fff_fff0), at: address + 4)
            #expect(throws: Errno.EINVAL) { try memory.vectors(at: address, count: 2) }
            #expect(throws: Errno.EINVAL) { try memory.vectors(at: address, count: 1025) }
            #expect(throws: Errno.EINVAL) { try memory.vectors(at: address, count: -1) }
            #expect(throws: fault) { try memory.vectors(at: 0, count: 1) }
        }
    }

    @Test func pointerArraysEndWithNull() throws {
        try TestSpace.with { (memory, space) throws in
            let address = try space.map(.init(byteCount: 4096))
            try memory.storeWord(10, at: address)
            try memory.storeWord(20, at: address + 8)
            #expect(try memory.pointers(at: address, limit: 2) == [10, 20])
            #expect(try memory.pointers(at: address, limit: 1) == nil)
            for index: UInt64 in 0..<512 { try memory.storeWord(1, at: address + 8 * index) }
            #expect(throws: fault) { try memory.pointers(at: address, limit: 10_000) }
        }
    }

    @Test func exchangesReportWhatMemoryHeld() throws {
        try TestSpace.with { (memory, space) throws in
            let address = try space.map(.init(byteCount: 4096))
            try memory.store(UInt32(5), at: address)
            #expect(try memory.compareExchange(at: address, expected: UInt32(4), replacement: 9) == 5)
            #expect(try memory.load(at: address, as: UInt32.self) == 5)
            #expect(try memory.compareExchange(at: address, expected: UInt32(5), replacement: 9) == 5)
            #expect(try memory.load(at: address, as: UInt32.self) == 9)
        }
    }
}
