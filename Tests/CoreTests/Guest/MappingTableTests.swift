import Testing

@testable import BSDUserCore

/// The simplest thing that could be right: one entry a page.
private struct PageModel {
    static let pageCount = 48
    var pages = [UInt8?](repeating: nil, count: pageCount)

    mutating func set(_ range: Range<Int>, _ value: UInt8?) { for page in range { pages[page] = value } }

    func firstFree(from base: Int, count: Int, alignment: Int) -> Int? {
        var start = (base + alignment - 1) / alignment * alignment
        while start + count <= PageModel.pageCount {
            if pages[start..<(start + count)].allSatisfy({ $0 == nil }) { return start }
            start += alignment
        }
        return nil
    }
}

@Suite struct MappingTableTests {
    private static let page: UInt64 = 4096

    private static func addresses(_ pages: Range<Int>) -> Range<GuestAddress> {
        UInt64(pages.lowerBound) * page..<UInt64(pages.upperBound) * page
    }

    private static func mapping(_ pages: Range<Int>, _ protection: UInt8) -> GuestMapping {
        GuestMapping(
            start: addresses(pages).lowerBound, end: addresses(pages).upperBound,
            protection: MemoryProtection(rawValue: protection), maximumProtection: .all, kind: .anonymous)
    }

    @Test func randomChangesAgreeWithOneEntryAPage() {
        var random = SplitMix(state: 0x3A9)
        var table = MappingTable()
        var model = PageModel()
        for step in 0..<6_000 {
            let start = Int.random(in: 0..<PageModel.pageCount, using: &random)
            let pages = start..<Int.random(in: start...PageModel.pageCount, using: &random)
            let protection = UInt8.random(in: 0..<8, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                table.remove(Self.addresses(pages))
                table.insert(Self.mapping(pages, protection))
                model.set(pages, protection)
            case 1:
                table.remove(Self.addresses(pages))
                model.set(pages, nil)
            case 2:
                table.update(Self.addresses(pages)) { $0.protection = MemoryProtection(rawValue: protection) }
                for page in pages where model.pages[page] != nil { model.pages[page] = protection }
            default:
                let count = Int.random(in: 1..<8, using: &random)
                let alignment = [1, 1, 2, 4][Int.random(in: 0..<4, using: &random)]
                let base = [0, 0, 0, start][Int.random(in: 0..<4, using: &random)]
                let found = table.firstFree(
                    from: UInt64(base) * Self.page, byteCount: UInt64(count) * Self.page,
                    alignment: UInt64(alignment) * Self.page, page: Self.page,
                    below: UInt64(PageModel.pageCount) * Self.page)
                let expected = model.firstFree(from: base, count: count, alignment: alignment)
                #expect(found == expected.map { UInt64($0) * Self.page }, "step \(step)")
                guard found == expected.map({ UInt64($0) * Self.page }) else { return }
                if let expected {
                    table.insert(Self.mapping(expected..<(expected + count), 3))
                    model.set(expected..<(expected + count), 3)
                }
            }
            let problem = table.inconsistency(page: Self.page)
            let pagesNow = (0..<PageModel.pageCount).map {
                table.mapping(at: UInt64($0) * Self.page + 77)?.protection.rawValue
            }
            #expect(problem == nil && pagesNow == model.pages, "step \(step)")
            guard problem == nil, pagesNow == model.pages else { return }
        }
    }

    @Test func neighboursThatAgreeAreOneMapping() {
        var table = MappingTable()
        table.insert(Self.mapping(0..<2, 3))
        table.insert(Self.mapping(4..<6, 3))
        table.insert(Self.mapping(2..<4, 3))
        #expect(table.mappings.count == 1)
        table.update(Self.addresses(1..<3)) { $0.protection = .read }
        #expect(table.mappings.count == 3)
        table.update(Self.addresses(0..<6)) { $0.protection = .read }
        #expect(table.mappings.count == 1)
    }

    @Test func partsOfFilesKeepTheirOffsets() {
        var table = MappingTable()
        var file = Self.mapping(0..<8, 1)
        file.kind = .file
        file.fileOffset = 0x10000
        table.insert(file)
        table.remove(Self.addresses(2..<3))
        #expect(table.mapping(at: 3 * Self.page)?.fileOffset == 0x13000)
        var back = Self.mapping(2..<3, 1)
        back.kind = .file
        back.fileOffset = 0x12000
        table.insert(back)
        #expect(table.mappings.count == 1)
    }

    @Test func memoryOfTheEmulatorCannotBeTakenOut() {
        var table = MappingTable()
        var foreign = Self.mapping(3..<5, 0)
        foreign.kind = .foreign
        table.insert(foreign)
        table.insert(Self.mapping(0..<3, 3))
        table.remove(Self.addresses(0..<8))
        #expect(table.mappings.map(\.kind) == [.foreign])
        #expect(table.byteCount == 0)
    }
}
