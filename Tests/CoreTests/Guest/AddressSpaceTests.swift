import Foundation
import Testing

@testable import BSDUserCore

private let page: UInt64 = 4096
private let invalid = Errno.EINVAL
private let noMemory = Errno.ENOMEM
private typealias Request = AddressSpace.MapRequest

@Suite struct AddressSpaceTests {
    // MARK: Placing

    @Test func withoutHintTheSearchStartsBeyondTheDataLimit() throws {
        try TestSpace.with { (_, space) throws in
            let base: UInt64 = 0x20_0000 + (64 << 20)
            #expect(try space.map(Request(byteCount: 5000)) == base)
            #expect(try space.map(Request(byteCount: page)) == base + 2 * page)
            try space.unmap(base, page)
            #expect(try space.map(Request(byteCount: 2 * page)) == base + 3 * page)
            #expect(try space.map(Request(byteCount: page)) == base)
        }
    }

    @Test func aHintIsKeptUnlessItLiesWhereBreakMayGrow() throws {
        try TestSpace.with { (_, space) throws in
            #expect(try space.map(Request(address: 0x3000_0000, byteCount: page)) == 0x3000_0000)
            #expect(try space.map(Request(address: 0x3000_0000, byteCount: page)) == 0x3000_1000)
            #expect(try space.map(Request(address: 0x30_0000, byteCount: page)) == 0x20_0000 + (64 << 20))
            // Below the text is not the heap.
            #expect(try space.map(Request(address: 0x8_0000, byteCount: page)) == 0x8_0000)
        }
    }

    @Test func anUnreachableHintFallsBackToTheDefault() throws {
        try TestSpace.with { (_, space) throws in
            let hint = TestSpace.userTop - page
            #expect(try space.map(Request(address: hint, byteCount: 4 * page)) == 0x20_0000 + (64 << 20))
            #expect(throws: noMemory) { try space.map(Request(byteCount: TestSpace.userTop)) }
        }
    }

    @Test func alignmentIsAnOrderAndSuperpagesAreAWish() throws {
        try TestSpace.with { (_, space) throws in
            _ = try space.map(Request(byteCount: page))
            let aligned = Request(byteCount: page, flags: [.private, .anonymous, .init(rawValue: 20 << 24)])
            #expect(try space.map(aligned) % (1 << 20) == 0)
            let superpage = Request(byteCount: 4 << 20, flags: [.private, .anonymous, .init(rawValue: 1 << 24)])
            #expect(try space.map(superpage) % (2 << 20) == 0)
            let tooSmall = Request(byteCount: page, flags: [.private, .anonymous, .init(rawValue: 11 << 24)])
            #expect(throws: invalid) { try space.map(tooSmall) }
            let tooLarge = Request(byteCount: page, flags: [.private, .anonymous, .init(rawValue: 64 << 24)])
            #expect(throws: invalid) { try space.map(tooLarge) }
        }
    }

    @Test func fixedReplacesAndExclusiveDoesNot() throws {
        try TestSpace.with { (memory, space) throws in
            let address = try space.map(Request(address: 0x3000_0000, byteCount: 4 * page))
            try memory.store(UInt64(42), at: address + page)
            let exclusive: AddressSpace.MapFlags = [.private, .anonymous, .fixed, .exclusive]
            #expect(throws: noMemory) {
                try space.map(Request(address: address + 3 * page, byteCount: 2 * page, flags: exclusive))
            }
            #expect(try memory.load(at: address + page, as: UInt64.self) == 42)
            let fixed: AddressSpace.MapFlags = [.private, .anonymous, .fixed]
            #expect(try space.map(Request(address: address + page, byteCount: page, flags: fixed)) == address + page)
            #expect(try memory.load(at: address + page, as: UInt64.self) == 0)
            #expect(
                try space.map(Request(address: address + 4 * page, byteCount: page, flags: exclusive))
                    == address + 4 * page)
        }
    }

    @Test(arguments: [
        Request(byteCount: 0), Request(byteCount: 1 << 63, protection: 8),
        Request(byteCount: page, flags: [.shared, .private, .anonymous]),
        Request(byteCount: page, flags: [.private, .anonymous], descriptor: 3),
        Request(byteCount: page, flags: [.private, .anonymous], offset: 4096),
        Request(byteCount: page, flags: [.private, .anonymous, .exclusive]),
        Request(byteCount: page, flags: [.private, .anonymous, .init(rawValue: 0x10_0000)]),
        Request(byteCount: page, protection: 1, flags: [.stack]),
        Request(byteCount: page, protection: 3, flags: [.stack]),
        Request(byteCount: page, protection: 1, flags: [.guardPages]),
        Request(byteCount: page, protection: 0, flags: [.guardPages, .anonymous]),
        Request(address: 0x3000_0001, byteCount: page, flags: [.private, .anonymous, .fixed]),
        Request(address: 0, byteCount: page, flags: [.private, .anonymous, .fixed]),
        Request(address: TestSpace.userTop, byteCount: page, flags: [.private, .anonymous, .fixed]),
        Request(address: ~0xfff, byteCount: 2 * page, flags: [.private, .anonymous, .fixed]),
        Request(byteCount: .max, flags: [.private, .anonymous]),
    ])
    func badArgumentsAreRefused(_ request: AddressSpace.MapRequest) {
        TestSpace.with { _, space in
            let before = space.mappings
            #expect(throws: invalid) { try space.map(request) }
            #expect(space.mappings == before)
        }
    }

    // MARK: Protection

    @Test func maximumProtectionLimitsWhatMprotectGives() throws {
        try TestSpace.with { (memory, space) throws in
            let maximumRead: Int32 = 1 << 16
            let address = try space.map(Request(byteCount: 2 * page, protection: 1 | maximumRead))
            #expect(throws: Errno.EACCES) { try space.protect(address, page, 3) }
            try space.protect(address, page, 0)
            #expect(throws: Errno.EFAULT) { try memory.load(at: address, as: UInt8.self) }
            #expect(throws: Errno.EOPNOTSUPP) {
                try space.map(Request(byteCount: page, protection: 3 | maximumRead))
            }
            #expect(throws: invalid) { try space.protect(address, page, 0x100) }
            #expect(throws: invalid) { try space.protect(address, .max - 100, 1) }
        }
    }

    // Else each change of their protection would join them with what is reserved, and part them again.
    @Test func inaccessiblePagesStayAMappingOfTheirOwnOnTheHost() throws {
        try TestSpace.with { (_, space) throws in
            let start = try space.map(Request(address: 0x3000_0000, byteCount: 16 * page, protection: 3))
            let end = start + 16 * page
            for protection: Int32 in [0, 3, 0] {
                try space.protect(start, 16 * page, protection)
                let ranges = HostMemory.mappedRanges(start - page, end + page)
                #expect(ranges == [start - page..<start, start..<end, end..<end + page])
            }
            // What is free again is one with the rest.
            try space.unmap(start, 16 * page)
            #expect(HostMemory.mappedRanges(start - page, end + page) == [start - page..<end + page])
        }
    }

    @Test func mprotectPassesOverHolesAndGuards() throws {
        try TestSpace.with { (memory, space) throws in
            let base: UInt64 = 0x3000_0000
            let fixed: AddressSpace.MapFlags = [.private, .anonymous, .fixed]
            _ = try space.map(Request(address: base, byteCount: page, flags: fixed))
            _ = try space.map(
                Request(address: base + page, byteCount: page, protection: 0, flags: [.guardPages, .fixed]))
            _ = try space.map(Request(address: base + 3 * page, byteCount: page, flags: fixed))
            try space.protect(base, 4 * page, 1)
            #expect(throws: Errno.EFAULT) { try memory.store(UInt8(1), at: base) }
            #expect(throws: Errno.EFAULT) { try memory.load(at: base + page, as: UInt8.self) }
            #expect(try memory.load(at: base + 3 * page, as: UInt8.self) == 0)
            #expect(space.faultCode(at: base + page) == 2 && space.faultCode(at: base + 2 * page) == 1)
        }
    }

    @Test func unmapTakesOutPartsAndRefusesNonsense() throws {
        try TestSpace.with { (memory, space) throws in
            let address = try space.map(Request(byteCount: 4 * page))
            try space.unmap(address + page + 5, page)
            #expect(space.mappings.count == 2)
            #expect(throws: Errno.EFAULT) { try memory.load(at: address + 2 * page, as: UInt8.self) }
            try space.unmap(address, 4 * page)
            try space.unmap(address, 4 * page)
            #expect(space.mappings.isEmpty && space.mappedByteCount == 0)
            #expect(throws: invalid) { try space.unmap(address, 0) }
            #expect(throws: invalid) { try space.unmap(address, .max) }
            #expect(throws: invalid) { try space.unmap(TestSpace.userTop - page, 2 * page) }
        }
    }

    // MARK: Files

    @Test func filesAreMappedFromAnyOffsetAndEndWithABusError() throws {
        var bytes = [UInt8](repeating: 7, count: 6000)
        bytes[4100] = 9
        try TestSpace.withFile(bytes) { (descriptor) throws in
            try TestSpace.with { (memory, space) throws in
                let address = try space.map(
                    Request(byteCount: 3 * page, protection: 3, flags: [.shared], descriptor: descriptor, offset: 4100))
                #expect(address % page == 4)
                #expect(try memory.load(at: address, as: UInt8.self) == 9)
                #expect(throws: Errno.EFAULT) { try memory.load(at: address + page, as: UInt8.self) }
                try memory.store(UInt8(3), at: address)
                try space.sync(address & ~0xfff, page, 0)
                var byte: UInt8 = 0
                #expect(pread(descriptor, &byte, 1, 4100) == 1 && byte == 3)
            }
        }
    }

    @Test func theOpenModeLimitsAMapping() throws {
        try TestSpace.withFile([1, 2, 3], flags: O_RDONLY) { (descriptor) throws in
            try TestSpace.with { (memory, space) throws in
                #expect(throws: Errno.EACCES) {
                    try space.map(Request(byteCount: page, flags: [.shared], descriptor: descriptor))
                }
                let shared = try space.map(
                    Request(byteCount: page, protection: 1, flags: [.shared], descriptor: descriptor))
                #expect(throws: Errno.EACCES) { try space.protect(shared, page, 3) }
                let copy = try space.map(Request(byteCount: page, flags: [.private], descriptor: descriptor))
                try memory.store(UInt8(9), at: copy)
                #expect(try memory.load(at: shared, as: UInt8.self) == 1)
                #expect(throws: invalid) { try space.map(Request(byteCount: page, flags: [], descriptor: descriptor)) }
            }
        }
        TestSpace.with { _, space in
            let request = Request(byteCount: page, flags: [.private], descriptor: 987_654)
            _ = #expect(throws: Errno.EBADF) { try space.map(request) }
        }
    }

    // MARK: Stacks

    @Test func aStackGrowsDownToItsGuardPage() throws {
        try TestSpace.with { (memory, space) throws in
            let size: UInt64 = 1 << 20
            let bottom = try space.map(Request(byteCount: size, flags: [.stack, .private]))
            let top = bottom + size
            try memory.store(UInt64(1), at: top - 8)
            // Far below what is mapped: the access itself grows the stack.
            try memory.store(UInt64(2), at: bottom + page)
            #expect(try memory.load(at: top - 8, as: UInt64.self) == 1)
            #expect(throws: Errno.EFAULT) { try memory.store(UInt8(1), at: bottom + page - 1) }
            #expect(space.mappings.count == 2)
        }
    }

    @Test func buffersForTheHostReachIntoAGrowingStack() throws {
        try TestSpace.with { (memory, space) throws in
            let size: UInt64 = 1 << 20
            let bottom = try space.map(Request(byteCount: size, flags: [.stack, .private]))
            let buffer = try memory.hostPointer(bottom + 2 * page, Int(page), for: .write)
            var pair: [Int32] = [0, 0]
            #expect(pipe(&pair) == 0 && write(pair[1], "abc", 3) == 3)
            #expect(read(pair[0], buffer, 3) == 3)
            close(pair[0])
            close(pair[1])
            #expect(try memory.read(at: bottom + 2 * page, count: 3) == Array("abc".utf8))
        }
    }

    @Test func theFirstStackStopsAtItsLimit() throws {
        try TestSpace.with { (memory, space) throws in
            space.limits.stackBytes = 256 << 10
            let top: UInt64 = 0x3800_0000
            try space.mapMainStack(top: top, byteCount: 1 << 20, protection: [.read, .write])
            try memory.store(UInt8(1), at: top - (256 << 10))
            #expect(throws: Errno.EFAULT) { try memory.store(UInt8(1), at: top - (256 << 10) - 1) }
        }
    }

    @Test func guardsAreNoPartOfTheSizeThatALimitHolds() throws {
        // vm_map.c `vm_map_insert` and `vm_map_growstack`.
        try TestSpace.with { (_, space) throws in
            let before = space.mappedByteCount
            let bottom = try space.map(Request(byteCount: 1 << 20, flags: [.stack, .private]))
            _ = try space.map(Request(byteCount: 1 << 20, protection: 0, flags: [.guardPages]))
            #expect(space.mappedByteCount == before + (128 << 10))
            space.limits.virtualBytes = before + (256 << 10)
            #expect(!space.growStack(at: bottom + page))
            #expect(space.growStack(at: bottom + (1 << 20) - (256 << 10)))
            #expect(space.mappedByteCount == before + (256 << 10))
            #expect(throws: noMemory) { try space.map(Request(byteCount: page, flags: [.private, .anonymous])) }
        }
    }

    // MARK: break

    @Test func breakGrowsShrinksAndTellsItsEnd() throws {
        try TestSpace.with { (memory, space) throws in
            #expect(try space.setBreak(0) == 0x20_1000)
            #expect(try space.setBreak(0x20_2345) == 0x20_3000)
            try memory.store(UInt64(5), at: 0x20_2ff8)
            #expect(try space.setBreak(0x20_2000) == 0x20_2000)
            #expect(throws: Errno.EFAULT) { try memory.load(at: 0x20_2ff8, as: UInt64.self) }
            #expect(throws: noMemory) { try space.setBreak(0x20_0000 + (17 << 20)) }
            _ = try space.map(
                Request(address: 0x20_8000, byteCount: page, flags: [.fixed, .private, .anonymous]))
            #expect(throws: noMemory) { try space.setBreak(0x20_9000) }
            #expect(try space.setBreak(0x20_8000) == 0x20_8000)
            #expect(throws: noMemory) { try space.setBreak(.max) }
        }
    }

    // MARK: Advice and inheritance

    @Test func adviceKeepsBytesUnlessTheyAreGivenUp() throws {
        try TestSpace.with { (memory, space) throws in
            let address = try space.map(Request(byteCount: page))
            try memory.store(UInt64(77), at: address)
            for advice: Int32 in [0, 1, 2, 3, 4, 6, 7, 8, 9] { try space.advise(address, page, advice) }
            #expect(try memory.load(at: address, as: UInt64.self) == 77)
            try space.advise(address, page, 5)
            let value = try memory.load(at: address, as: UInt64.self)
            #expect(value == 77 || value == 0)
            #expect(throws: Errno.EPERM) { try space.advise(address, page, 10) }
            #expect(throws: invalid) { try space.advise(address, page, 11) }
            #expect(throws: invalid) { try space.advise(TestSpace.userTop - page, 2 * page, 0) }
        }
    }

    @Test func residencyTellsOfTouchedPagesAndRefusesHoles() throws {
        try TestSpace.with { (memory, space) throws in
            let address = try space.map(Request(byteCount: 3 * page))
            try memory.store(UInt8(1), at: address + page)
            #expect(try space.residency(address, 3 * page).map { $0 & 1 } == [0, 1, 0])
            #expect(throws: noMemory) { try space.residency(address, 4 * page) }
            #expect(throws: noMemory) { try space.residency(address, .max) }
        }
    }

    @Test func syncAndLockRefuseHoles() throws {
        try TestSpace.with { (_, space) throws in
            let address = try space.map(Request(byteCount: 2 * page))
            try space.sync(address, 2 * page, 0)
            try space.sync(address, 0, 0)
            #expect(throws: noMemory) { try space.sync(address, 3 * page, 0) }
            #expect(throws: invalid) { try space.sync(address, page, 3) }
            try space.lockPages(address, 2 * page)
            #expect(throws: Errno.EBUSY) { try space.sync(address, page, 2) }
            try space.unlockPages(address, 2 * page)
            #expect(throws: noMemory) { try space.lockPages(address, 3 * page) }
            #expect(throws: invalid) { try space.lockAll(0) }
            #expect(throws: invalid) { try space.lockAll(4) }
        }
    }

    @Test func aChildGetsWhatMinheritSays() throws {
        try TestSpace.with { (memory, space) throws in
            let base = try space.map(Request(byteCount: 4 * page))
            for index: UInt64 in 0..<4 {
                try memory.store(UInt8(10 + index), at: base + index * page)
                try space.setInheritance(base + index * page, page, Int32(index))
            }
            #expect(throws: invalid) { try space.setInheritance(base, page, 4) }
            #expect(try memory.load(at: base, as: UInt8.self) == 10)
            // What the child does to memory of its own shows in its exit status.
            let child = forkForTest {
                space.finishForkInChild()
                let copied = (try? memory.load(at: base + page, as: UInt8.self)) ?? 0
                let gone = (try? memory.load(at: base + 2 * page, as: UInt8.self)) == nil
                let zero = try? memory.load(at: base + 3 * page, as: UInt8.self)
                try? memory.store(UInt8(99), at: base)
                try? memory.store(UInt8(99), at: base + page)
                return copied == 11 && gone && zero == 0 ? 0 : 1
            }
            #expect(child == 0)
            #expect(try memory.load(at: base, as: UInt8.self) == 99)
            #expect(try memory.load(at: base + page, as: UInt8.self) == 11)
        }
    }
}
