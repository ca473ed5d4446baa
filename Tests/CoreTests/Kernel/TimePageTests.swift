import Foundation
import Testing

@testable import BSDUserCore

/// The page that `AT_TIMEKEEP` names, read as FreeBSD's libc reads it.
@Suite(.serialized) struct TimePageTests {
    private static let place: GuestAddress = 0x2800_0000

    private func withPage(_ abi: GuestABI, _ body: (GuestMemory, AddressSpace) throws -> Void) throws {
        try TestSpace.with(abi: abi) { (memory, space) throws in
            _ = try space.map(
                .init(
                    address: Self.place, byteCount: space.pageBytes, protection: 1,
                    flags: [.private, .anonymous, .fixed]))
            TimePage.install(memory, at: Self.place)
            defer { TimePage.current = nil }
            try body(memory, space)
        }
    }

    /// `binuptime` of lib/libc/sys/__vdso_gettimeofday.c: nanoseconds.
    private func time(_ memory: GuestMemory, isAbsolute: Bool) throws -> UInt64 {
        while true {
            let current: UInt32 = try memory.load(at: Self.place + 8)
            let hands = Self.place + 16 + UInt64(current) * 88
            let generation: UInt32 = try memory.load(at: hands + 4)
            let scale: UInt64 = try memory.load(at: hands + 8)
            let start: UInt32 = try memory.load(at: hands + 16)
            let mask: UInt32 = try memory.load(at: hands + 20)
            var seconds: UInt64 = try memory.load(at: hands + 24)
            var fraction: UInt64 = try memory.load(at: hands + 32)
            let ticks = (UInt32(truncatingIfNeeded: TimeCounter.read()) &- start) & mask
            add(&seconds, &fraction, 0, scale &* UInt64(ticks))
            if isAbsolute {
                add(&seconds, &fraction, try memory.load(at: hands + 40), try memory.load(at: hands + 48))
            }
            let after: UInt32 = try memory.load(at: hands + 4)
            let isCurrent = try memory.load(at: Self.place + 8) == current
            guard isCurrent, generation != 0, generation == after else { continue }
            return seconds * 1_000_000_000 + ((fraction >> 32) * 1_000_000_000) >> 32
        }
    }

    private func add(_ seconds: inout UInt64, _ fraction: inout UInt64, _ more: UInt64, _ part: UInt64) {
        let (sum, carries) = fraction.addingReportingOverflow(part)
        fraction = sum
        seconds += more + (carries ? 1 : 0)
    }

    @Test(arguments: [
        GuestABI(wordBytes: 8, byteOrder: .little), GuestABI(wordBytes: 8, byteOrder: .big),
        GuestABI(wordBytes: 4, byteOrder: .little),
    ])
    func `the time lies between two looks at the host's clock, whenever the page was last changed`(abi: GuestABI) throws
    {
        try withPage(abi) { (memory, _) throws in
            #expect(try memory.load(at: Self.place, as: UInt32.self) == 1)
            #expect(try memory.load(at: Self.place + 4, as: UInt32.self) == 1)
            for round in 0..<300 {
                if round % 100 == 99 { usleep(120_000) }
                for (clock, isAbsolute) in [(HostTime.monotonic, false), (HostTime.realTime, true)] {
                    let before = HostTime.nanoseconds(clock)
                    let told = try time(memory, isAbsolute: isAbsolute)
                    let after = HostTime.nanoseconds(clock)
                    // A step of the time of day shows when the page changes next, and reading two clocks takes time.
                    let tolerance: UInt64 = isAbsolute ? 1_000_000 : 0
                    #expect(told + tolerance + 1 >= before && told <= after + tolerance, "\(before) \(told) \(after)")
                }
            }
        }
    }

    @Test func `the guest cannot write the page, and may remove it`() throws {
        let abi = GuestABI(wordBytes: 8, byteOrder: .little)
        try withPage(abi) { (memory, space) throws in
            #expect(throws: Errno.EFAULT) { try memory.store(UInt32(0), at: Self.place) }
            try space.unmap(Self.place, space.pageBytes)
            usleep(120_000)
            let first = TimeCounter.read()
            #expect(TimeCounter.read() >= first)
            // What is mapped there next is the guest's.
            _ = try space.map(
                .init(
                    address: Self.place, byteCount: space.pageBytes, protection: 3,
                    flags: [.private, .anonymous, .fixed]))
            usleep(120_000)
            _ = TimeCounter.read()
            #expect(try memory.load(at: Self.place, as: UInt64.self) == 0)
        }
    }

    @Test func `the counter is nanoseconds`() {
        let before = HostTime.nanoseconds(HostTime.monotonic)
        let told = TimeCounter.read()
        #expect(told >= before && told <= HostTime.nanoseconds(HostTime.monotonic))
        #expect(TimeCounter.frequency == 1_000_000_000)
    }
}
