import Foundation
import Testing

@testable import BSDUserCore

/// What the guest must see of each page, kept the simplest way.
private struct Model {
    static let pageCount = 64
    var pages = [Int32?](repeating: nil, count: pageCount)
    /// The byte that each page starts with.
    var bytes = [UInt8](repeating: 0, count: pageCount)
}

@Suite struct AddressSpacePropertyTests {
    private static let base: UInt64 = 0x3000_0000
    private static let page: UInt64 = 4096

    @Test(arguments: [true, false])
    func randomCallsLeaveTheMemoryThatTheyShould(reserves: Bool) throws {
        try TestSpace.with(reserves: reserves) { (memory, space) throws in
            var random = SplitMix(state: reserves ? 17 : 18)
            var model = Model()
            for step in 0..<1_500 {
                try apply(&random, space, &model)
                let problem = space.table.inconsistency(page: Self.page)
                #expect(problem == nil, "step \(step): \(problem ?? "")")
                guard problem == nil, try agree(memory, &model, step, &random) else { return }
            }
        }
    }

    private func apply(_ random: inout SplitMix, _ space: AddressSpace, _ model: inout Model) throws {
        let start = Int.random(in: 0..<Model.pageCount, using: &random)
        let pages = start..<Int.random(in: (start + 1)...Model.pageCount, using: &random)
        let address = Self.base + UInt64(start) * Self.page
        let size = UInt64(pages.count) * Self.page
        let protection = [0, 1, 3, 5, 7][Int.random(in: 0..<5, using: &random)] as Int32
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1:
            _ = try space.map(
                .init(address: address, byteCount: size, protection: protection, flags: [.private, .anonymous, .fixed]))
            for page in pages {
                model.pages[page] = protection
                model.bytes[page] = 0
            }
        case 2:
            try space.unmap(address, size)
            for page in pages { model.pages[page] = nil }
        case 3:
            try space.protect(address, size, protection)
            for page in pages where model.pages[page] != nil { model.pages[page] = protection }
        default:
            let flags: AddressSpace.MapFlags = [.private, .anonymous, .fixed, .exclusive]
            let isFree = pages.allSatisfy { model.pages[$0] == nil }
            let found = try? space.map(.init(address: address, byteCount: size, protection: protection, flags: flags))
            #expect((found != nil) == isFree)
            guard isFree else { return }
            for page in pages {
                model.pages[page] = protection
                model.bytes[page] = 0
            }
        }
    }

    /// Compares what an access finds with the model, then changes some bytes.
    private func agree(_ memory: GuestMemory, _ model: inout Model, _ step: Int, _ random: inout SplitMix) throws
        -> Bool
    {
        for page in 0..<Model.pageCount {
            let address = Self.base + UInt64(page) * Self.page
            let expected: UInt8? = (model.pages[page] ?? 0) == 0 ? nil : model.bytes[page]
            let found = try? memory.load(at: address, as: UInt8.self)
            #expect(found == expected, "step \(step) page \(page)")
            guard found == expected else { return false }
            guard Bool.random(using: &random) else { continue }
            let isWritable = (model.pages[page] ?? 0) & 2 != 0
            let wrote = (try? memory.store(UInt8(page + 1), at: address)) != nil
            #expect(wrote == isWritable, "step \(step) page \(page)")
            guard wrote == isWritable else { return false }
            if wrote { model.bytes[page] = UInt8(page + 1) }
        }
        return true
    }

    @Test(arguments: [true, false]) func memoryOfTheHostInsideTheRangeIsNeverReplaced(reserves: Bool) throws {
        // The range is another test's until it is this one's turn.
        try TestSpace.alone {
            let place = UnsafeMutableRawPointer(bitPattern: 0x3100_0000)
            let flags = Int32(MAP_PRIVATE | MAP_ANONYMOUS) | 0x10_0000
            let host = mmap(place, 8192, PROT_READ | PROT_WRITE, flags, -1, 0)
            try #require(host == place)
            defer { munmap(host, 8192) }
            host?.storeBytes(of: 0x5A5A, as: UInt32.self)
            try TestSpace.with(reserves: reserves) { (memory, space) throws in
                for flags: AddressSpace.MapFlags in [[.private, .anonymous, .fixed], [.guardPages, .fixed]] {
                    let protection: Int32 = flags.contains(.guardPages) ? 0 : 3
                    #expect(throws: Errno.ENOMEM) {
                        try space.map(
                            .init(
                                address: 0x3100_0000 - 4096, byteCount: 3 * 4096, protection: protection,
                                flags: flags))
                    }
                }
                // A hint there leads past it, and what surrounds it is the guest's.
                #expect(try space.map(.init(address: 0x3100_0000, byteCount: 4096)) == 0x3100_2000)
                try space.unmap(0x3000_0000, 0x200_0000)
                try space.protect(0x3000_0000, 0x200_0000, 0)
                #expect(host?.load(as: UInt32.self) == 0x5A5A)
                #expect(throws: Errno.EFAULT) { try memory.load(at: 0x3100_0000, as: UInt32.self) }
                #expect(throws: Errno.EFAULT) { try memory.hostPointer(0x3100_0000, 4, for: .read) }
            }
        }
    }

    #if DEBUG
    @Test func aRefusalOfTheHostLeavesEverythingAsItWas() throws {
        for call in [HostCall.mapMemory, .protectMemory] {
            try TestSpace.with { (memory, space) throws in
                let address = try space.map(.init(address: 0x3000_0000, byteCount: 8 * 4096))
                try memory.store(UInt64(11), at: address)
                let before = space.mappings
                let came = HostFault.with(call, ENOMEM) {
                    if call == .protectMemory {
                        #expect(throws: Errno.ENOMEM) { try space.protect(address, 4096, 1) }
                    } else {
                        #expect(throws: Errno.ENOMEM) { try space.unmap(address, 4096) }
                    }
                }
                #expect(came && space.mappings == before)
                #expect(try memory.load(at: address, as: UInt64.self) == 11)
                try memory.store(UInt64(12), at: address)
            }
        }
    }
    #endif

    @Test func aRangeTooLargeForTheHostIsUsedWithoutReservation() throws {
        // No host has 2^46 bytes to spare under this limit.
        let status = forkForTest {
            var limit = rlimit(rlim_cur: 1 << 38, rlim_max: 1 << 38)
            guard setrlimit(__rlimit_resource_t(9), &limit) == 0 else { return 2 }
            let limits = AddressSpace.Limits(dataBytes: 0, maximumDataBytes: 1 << 20, stackBytes: 0)
            let space = AddressSpace(userTop: 1 << 45, pageBytes: 4096, limits: limits)
            let memory = GuestMemory(abi: TestSpace.bigABI, addressSpace: space)
            guard space.reserved.isEmpty, let address = try? space.map(.init(byteCount: 1 << 20)),
                (try? memory.store(UInt64(3), at: address)) != nil,
                (try? space.unmap(address, 1 << 20)) != nil,
                (try? memory.load(at: address, as: UInt64.self)) == nil
            else { return 1 }
            return 0
        }
        #expect(status == 0)
    }
}
