/// Where the segments of one ELF file go: computed and checked completely before anything is mapped.
struct LoadPlan: Equatable, Sendable {
    /// Pages to map for a segment.
    struct Piece: Equatable, Sendable {
        /// Page-aligned guest range.
        var range: Range<GuestAddress>
        var protection: MemoryProtection
        var content: Content
    }

    enum Content: Equatable, Sendable {
        /// Pages of the file from `offset` (page-aligned); from `zeroFrom` on the last page is zeroed.
        case file(offset: UInt64, zeroFrom: GuestAddress?)
        case zero
        /// Bytes of the file copied into anonymous pages: two segments share a page, or the file's alignment differs
        /// from the memory's.
        case copies([Copy])
    }

    /// Bytes `offset ..< offset + byteCount` of the file go to `address`.
    struct Copy: Equatable, Sendable {
        var address: GuestAddress
        var offset: UInt64
        var byteCount: UInt64
    }

    /// What is added to every address of the file.
    var bias: UInt64
    var entry: GuestAddress
    /// Address of the program headers in memory, when a segment holds them.
    var programHeaders: GuestAddress
    var pieces: [Piece]
    /// All pages of the program.
    var range: Range<GuestAddress>
    /// Range of the executable segments, and the end of the highest one in bytes: where `brk` starts.
    var text: Range<GuestAddress>
    var dataEnd: GuestAddress

    typealias Problem = ElfImage.Problem

    /// Most PT_LOAD segments of a program.
    static let maximumSegments = 256

    /// Plans `image` with the given bias.
    init(_ image: ElfImage, bias: UInt64, fileByteCount: UInt64, pageBytes: UInt64, limit: GuestAddress)
        throws(Problem)
    {
        let loads = try LoadPlan.checkedLoads(image, bias: bias, fileByteCount: fileByteCount, limit: limit)
        let spans = loads.map { Span($0, pageBytes: pageBytes) }
        guard let first = spans.first, let last = spans.last else { throw Problem("nothing to load") }
        self.bias = bias
        let (entry, overflow) = image.entry.addingReportingOverflow(bias)
        guard !overflow, loads.contains(where: { entry >= $0.address && entry - $0.address < $0.memoryByteCount })
        else { throw Problem("the entry point is in no segment") }
        self.entry = entry
        range = first.pages.lowerBound..<last.pages.upperBound
        dataEnd = loads.map { $0.address + $0.memoryByteCount }.max() ?? range.upperBound
        let executable = spans.filter { $0.protection.contains(.execute) }.map(\.pages)
        text = (executable.first?.lowerBound ?? range.lowerBound)..<(executable.last?.upperBound ?? range.lowerBound)
        programHeaders = LoadPlan.headerAddress(image, loads)
        pieces = LoadPlan.pieces(spans, pageBytes: pageBytes)
    }

    /// Loadable segments with the bias added: sized, inside the file and the address space, in order, without overlap.
    private static func checkedLoads(
        _ image: ElfImage, bias: UInt64, fileByteCount: UInt64, limit: GuestAddress
    ) throws(Problem) -> [ElfImage.Segment] {
        var loads: [ElfImage.Segment] = []
        for segment in image.segments where segment.type == ElfImage.SegmentType.load && segment.memoryByteCount > 0 {
            guard segment.fileByteCount <= segment.memoryByteCount else {
                throw Problem("a segment has more bytes in the file than in memory")
            }
            guard let fileRange = segment.fileRange, fileRange.upperBound <= fileByteCount else {
                throw Problem("a segment lies beyond the end of the file, which seems truncated")
            }
            guard segment.alignment & (segment.alignment &- 1) == 0 else {
                throw Problem("a segment's alignment is no power of two")
            }
            var placed = segment
            let (address, overflow) = segment.address.addingReportingOverflow(bias)
            placed.address = address
            guard !overflow, address < limit, segment.memoryByteCount <= limit - address else {
                throw Problem("a segment lies outside the guest's address space")
            }
            if let previous = loads.last, placed.address < previous.address + previous.memoryByteCount {
                throw Problem("segments overlap or are out of order")
            }
            guard loads.count < maximumSegments else { throw Problem("more than \(maximumSegments) segments to load") }
            loads.append(placed)
        }
        guard !loads.isEmpty else { throw Problem("nothing to load") }
        return loads
    }

    private static func headerAddress(_ image: ElfImage, _ loads: [ElfImage.Segment]) -> GuestAddress {
        let bytes = UInt64(image.segments.count * image.headerEntryBytes)
        for load in loads where load.offset <= image.headerOffset {
            let distance = image.headerOffset - load.offset
            if distance <= load.fileByteCount, bytes <= load.fileByteCount - distance { return load.address + distance }
        }
        return 0
    }

    /// A segment and the pages it touches.
    private struct Span {
        var segment: ElfImage.Segment
        var pages: Range<GuestAddress>
        var protection: MemoryProtection
        /// File and memory agree modulo the page size, so that pages of the file can be mapped.
        var isMappable: Bool

        init(_ segment: ElfImage.Segment, pageBytes: UInt64) {
            self.segment = segment
            let start = segment.address & ~(pageBytes - 1)
            let end = segment.address + segment.memoryByteCount
            pages = start..<((end + pageBytes - 1) & ~(pageBytes - 1))
            protection = []
            if segment.flags & 4 != 0 { protection.insert(.read) }
            if segment.flags & 2 != 0 { protection.insert(.write) }
            if segment.flags & 1 != 0 { protection.insert(.execute) }
            isMappable = segment.offset % pageBytes == segment.address % pageBytes
        }
    }

    private static func pieces(_ spans: [Span], pageBytes: UInt64) -> [Piece] {
        var pieces: [Piece] = []
        for span in spans {
            var start = span.pages.lowerBound
            if let previous = pieces.last, previous.range.upperBound > start {
                // The first page is also the last of the segment before: both are copied into it.
                pieces.removeLast()
                pieces += splitLastPage(previous, pageBytes, adding: span).filter { !$0.range.isEmpty }
                start = previous.range.upperBound
            }
            pieces += mapped(span, from: start, pageBytes: pageBytes).filter { !$0.range.isEmpty }
        }
        return pieces
    }

    private static func splitLastPage(_ piece: Piece, _ pageBytes: UInt64, adding span: Span) -> [Piece] {
        let page = (piece.range.upperBound - pageBytes)..<piece.range.upperBound
        var copies: [Copy] = []
        var head = piece
        head.range = piece.range.lowerBound..<page.lowerBound
        switch piece.content {
        case .file(let offset, let zeroFrom):
            let end = min(zeroFrom ?? page.upperBound, page.upperBound)
            copies.append(
                Copy(
                    address: page.lowerBound, offset: offset + (page.lowerBound - piece.range.lowerBound),
                    byteCount: end - page.lowerBound))
            head.content = .file(offset: offset, zeroFrom: nil)
        case .zero:
            break
        case .copies(let earlier):
            copies += earlier.compactMap { clip($0, to: page) }
            head.content = .copies(earlier.compactMap { clip($0, to: head.range) })
        }
        if let copy = clip(wholeCopy(span.segment), to: page) { copies.append(copy) }
        let shared = Piece(range: page, protection: piece.protection.union(span.protection), content: .copies(copies))
        return [head, shared]
    }

    private static func wholeCopy(_ segment: ElfImage.Segment) -> Copy {
        Copy(address: segment.address, offset: segment.offset, byteCount: segment.fileByteCount)
    }

    private static func clip(_ copy: Copy, to range: Range<GuestAddress>) -> Copy? {
        let start = max(copy.address, range.lowerBound)
        let end = min(copy.address + copy.byteCount, range.upperBound)
        guard start < end else { return nil }
        return Copy(address: start, offset: copy.offset + (start - copy.address), byteCount: end - start)
    }

    private static func mapped(_ span: Span, from start: GuestAddress, pageBytes: UInt64) -> [Piece] {
        guard start < span.pages.upperBound else { return [] }
        let segment = span.segment
        let fileEnd = segment.address + segment.fileByteCount
        let fileEndPage = (fileEnd + pageBytes - 1) & ~(pageBytes - 1)
        let middle = segment.fileByteCount == 0 ? start : max(start, fileEndPage)
        let content: Content
        if span.isMappable {
            let hasTail = segment.memoryByteCount > segment.fileByteCount && fileEnd % pageBytes != 0
            content = .file(
                offset: segment.offset &- (segment.address &- start), zeroFrom: hasTail ? fileEnd : nil)
        } else {
            content = .copies([clip(wholeCopy(segment), to: start..<middle)].compactMap { $0 })
        }
        return [
            Piece(range: start..<middle, protection: span.protection, content: content),
            Piece(range: middle..<span.pages.upperBound, protection: span.protection, content: .zero),
        ]
    }
}
