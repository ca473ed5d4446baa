import TestSupport
import Testing

@testable import BSDUserCore

private func plan(_ elf: ElfBuilder, bias: UInt64 = 0, page: UInt64 = 4096) throws -> LoadPlan {
    let bytes = elf.bytes
    return try LoadPlan(
        ElfImage(prefix: bytes), bias: bias, fileByteCount: UInt64(bytes.count), pageBytes: page, limit: 1 << 39)
}

/// The byte that a plan puts at an address, by its definition; nil for none.
private func byte(_ plan: LoadPlan, _ address: GuestAddress, _ file: [UInt8]) -> UInt8? {
    guard let piece = plan.pieces.first(where: { $0.range.contains(address) }) else { return nil }
    switch piece.content {
    case .zero: return 0
    case .file(let offset, let zeroFrom):
        if let zeroFrom, address >= zeroFrom { return 0 }
        let index = Int(offset + (address - piece.range.lowerBound))
        return index < file.count ? file[index] : 0
    case .copies(let copies):
        let copy = copies.last { address >= $0.address && address - $0.address < $0.byteCount }
        let index = copy.map { Int($0.offset + (address - $0.address)) } ?? file.count
        return index < file.count ? file[index] : 0
    }
}

@Suite struct LoadPlanTests {
    private let elf = ElfBuilder.program(code: ElfBuilder.exitCode(0))

    @Test func segmentsBecomePagesWithTheirProtections() throws {
        let plan = try plan(elf)
        let text = ElfBuilder.textAddress
        #expect(plan.entry == text + 0x400 && plan.programHeaders == text + 64)
        #expect(plan.pieces.map(\.range).first == text..<(text + 0x2000))
        #expect(plan.pieces.map(\.protection) == [[.read, .execute], [.read, .write], [.read, .write]])
        #expect(plan.dataEnd == ElfBuilder.dataAddress + 0x4000)
    }

    @Test func everyByteOfEverySegmentIsWhereItBelongs() throws {
        var shared = elf
        // Data starts in the last page of the text, and elsewhere in the file than in memory.
        shared.segments[1].address = ElfBuilder.textAddress + 0x1900
        var sharedPage = elf
        sharedPage.segments[1].address = ElfBuilder.textAddress + 0x1800
        for elf in [elf, shared, sharedPage] {
            let file = elf.bytes
            let plan = try plan(elf)
            for segment in elf.segments.prefix(2) {
                for offset in stride(from: 0, to: segment.memoryByteCount, by: 61) {
                    let expected = offset < segment.fileByteCount ? file[Int(segment.offset + offset)] : 0
                    #expect(byte(plan, segment.address + offset, file) == expected)
                }
            }
            for (piece, next) in zip(plan.pieces, plan.pieces.dropFirst()) {
                #expect(piece.range.upperBound <= next.range.lowerBound)
            }
        }
    }

    @Test func aBiasMovesEverything() throws {
        var dynamic = elf
        dynamic.type = 3
        let moved = try plan(dynamic, bias: 0x10_0000)
        let unmoved = try plan(dynamic)
        #expect(moved.entry == unmoved.entry + 0x10_0000)
        #expect(moved.pieces.map(\.range.lowerBound) == unmoved.pieces.map { $0.range.lowerBound + 0x10_0000 })
        #expect(throws: LoadPlan.Problem.self) { try plan(dynamic, bias: 1 << 39) }
        #expect(throws: LoadPlan.Problem.self) { try plan(dynamic, bias: .max - 0xfff) }
    }

    @Test func largePagesAreFilledByCopies() throws {
        var elf = elf
        elf.segments[1].address = ElfBuilder.textAddress + 0x3800
        let plan = try plan(elf, page: 8192)
        for piece in plan.pieces { #expect(piece.range.lowerBound % 8192 == 0 && piece.range.upperBound % 8192 == 0) }
        #expect(byte(plan, ElfBuilder.textAddress + 0x3805, elf.bytes) == 5)
    }

    @Test func eachKindOfNonsenseIsRefused() {
        let changes: [(String, (inout ElfBuilder) -> Void)] = [
            ("more in the file than in memory", { $0.segments[0].memoryByteCount = 0x17ff }),
            ("beyond the end of the file", { $0.segments[1].offset = 0x1900 }),
            ("offset that overflows", { $0.segments[1].offset = .max - 0xff }),
            ("overlap", { $0.segments[1].address = ElfBuilder.textAddress + 0x1000 }),
            ("outside the address space", { $0.segments[1].address = 1 << 39 }),
            ("end outside the address space", { $0.segments[1].memoryByteCount = 1 << 39 }),
            ("end that overflows", { $0.segments[1].memoryByteCount = .max }),
            ("odd alignment", { $0.segments[0].alignment = 0x1001 }),
            ("entry nowhere", { $0.entry = 0x1000 }),
            ("nothing to load", { $0.segments.removeFirst(2) }),
        ]
        for (name, change) in changes {
            var copy = elf
            change(&copy)
            #expect(throws: LoadPlan.Problem.self, "\(name)") { try plan(copy) }
        }
    }
}
