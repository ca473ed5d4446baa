/// The mappings of an address space in the order of their addresses; they do not overlap.
struct MappingTable {
    private(set) var mappings: [GuestMapping] = []
    /// Bytes that the guest has mapped; guard pages and where a stack may grow do not count (vm_map.c `vm_map_insert`).
    private(set) var byteCount: UInt64 = 0
    /// Below this address, from `hintBase` on, there is no free page.
    private var hint: UInt64 = 0
    private var hintBase: UInt64 = .max

    // MARK: Look-up

    /// Index of the first mapping that ends above `address`.
    func index(at address: GuestAddress) -> Int {
        var low = 0
        var high = mappings.count
        while low < high {
            let middle = (low + high) / 2
            if mappings[middle].end > address { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The mapping that holds `address`.
    func mapping(at address: GuestAddress) -> GuestMapping? {
        let index = index(at: address)
        guard index < mappings.count, mappings[index].start <= address else { return nil }
        return mappings[index]
    }

    /// The parts of mappings inside `range`.
    func parts(of range: Range<GuestAddress>) -> [GuestMapping] {
        var parts: [GuestMapping] = []
        forEachPart(of: range) { parts.append($0) }
        return parts
    }

    func forEachPart(of range: Range<GuestAddress>, _ body: (GuestMapping) -> Void) {
        var index = index(at: range.lowerBound)
        while index < mappings.count, mappings[index].start < range.upperBound {
            body(mappings[index].clipped(range))
            index += 1
        }
    }

    /// The parts of `range` that no mapping covers.
    func gaps(in range: Range<GuestAddress>) -> [Range<GuestAddress>] {
        var gaps: [Range<GuestAddress>] = []
        var next = range.lowerBound
        forEachPart(of: range) { part in
            if next < part.start { gaps.append(next..<part.start) }
            next = part.end
        }
        if next < range.upperBound { gaps.append(next..<range.upperBound) }
        return gaps
    }

    /// Whether every mapping in the range satisfies `condition` and there is no hole.
    func isCovered(_ range: Range<GuestAddress>, where condition: (GuestMapping) -> Bool) -> Bool {
        var next = range.lowerBound
        var index = index(at: next)
        while next < range.upperBound {
            guard index < mappings.count, mappings[index].start <= next, condition(mappings[index]) else {
                return false
            }
            next = mappings[index].end
            index += 1
        }
        return true
    }

    /// The lowest free range of `byteCount` bytes from `base` on, at a multiple of `alignment`, below `limit`.
    mutating func firstFree(
        from base: GuestAddress, byteCount: UInt64, alignment: UInt64, page: UInt64, below limit: GuestAddress
    ) -> GuestAddress? {
        let fromHint = base >= hintBase && base < hint
        var candidate = fromHint ? hint : base
        var skippedNothing = base == hintBase || hintBase == .max || fromHint
        var index = index(at: candidate)
        while true {
            let rounded = candidate.addingReportingOverflow(alignment - 1)
            guard !rounded.overflow else { return nil }
            let aligned = rounded.partialValue & ~(alignment - 1)
            let end = aligned.addingReportingOverflow(byteCount)
            guard !end.overflow, end.partialValue <= limit else { return nil }
            // The next mapping may lie below a candidate that alignment has moved up.
            while index < mappings.count, mappings[index].end <= aligned { index += 1 }
            if index == mappings.count || mappings[index].start >= end.partialValue {
                if skippedNothing, aligned == candidate { remember(base: base, end: aligned) }
                return aligned
            }
            if mappings[index].start > candidate { skippedNothing = false }
            candidate = mappings[index].end
            index += 1
        }
    }

    private mutating func remember(base: UInt64, end: UInt64) {
        if hintBase == .max || base < hintBase { hintBase = base }
        hint = max(hint, end)
    }

    private mutating func forget(from address: UInt64) {
        guard address < hint else { return }
        hint = address
        if hint <= hintBase {
            hintBase = .max
            hint = 0
        }
    }

    // MARK: Changes

    /// Adds a mapping where there is none.
    mutating func insert(_ mapping: GuestMapping) {
        guard mapping.start < mapping.end else { return }
        byteCount += mapping.countedBytes
        var index = index(at: mapping.start)
        var merged = mapping
        if index > 0, mappings[index - 1].continues(in: merged) {
            merged = mappings[index - 1].joined(to: merged.end)
            index -= 1
            mappings[index] = merged
        } else {
            mappings.insert(merged, at: index)
        }
        mergeWithNext(index)
    }

    private mutating func mergeWithNext(_ index: Int) {
        guard index >= 0, index + 1 < mappings.count, mappings[index].continues(in: mappings[index + 1]) else { return }
        mappings[index] = mappings[index].joined(to: mappings[index + 1].end)
        mappings.remove(at: index + 1)
    }

    /// Takes out everything in `range` but the emulator's own memory, and returns it.
    @discardableResult
    mutating func remove(_ range: Range<GuestAddress>) -> [GuestMapping] {
        guard !range.isEmpty else { return [] }
        forget(from: range.lowerBound)
        split(at: range.lowerBound)
        split(at: range.upperBound)
        let first = index(at: range.lowerBound)
        let last = index(at: range.upperBound)
        let affected = mappings[first..<last]
        let removed = affected.filter { $0.kind != .foreign }
        let kept = affected.filter { $0.kind == .foreign }
        mappings.replaceSubrange(first..<last, with: kept)
        for mapping in removed { byteCount -= mapping.countedBytes }
        return removed
    }

    /// Changes the attributes of the parts of mappings in `range`. `change` must not move them.
    mutating func update(_ range: Range<GuestAddress>, _ change: (inout GuestMapping) -> Void) {
        guard !range.isEmpty else { return }
        split(at: range.lowerBound)
        split(at: range.upperBound)
        let first = index(at: range.lowerBound)
        var last = index(at: range.upperBound)
        for position in first..<last { change(&mappings[position]) }
        while last >= first {
            mergeWithNext(last - 1)
            last -= 1
        }
    }

    /// Moves the border between a growth area and the stack above it down to `start`.
    mutating func growStack(_ growthArea: GuestMapping, downTo start: GuestAddress) {
        let index = index(at: growthArea.start)
        guard index + 1 < mappings.count, mappings[index] == growthArea else { return }
        mappings[index].end = start
        mappings[index + 1].start = start
        if mappings[index].start == start { mappings.remove(at: index) }
    }

    private mutating func split(at address: GuestAddress) {
        let index = index(at: address)
        guard index < mappings.count, mappings[index].start < address else { return }
        let whole = mappings[index]
        mappings[index] = whole.clipped(whole.start..<address)
        // Only the lowest part of a stack borders on its growth area.
        var upper = whole.clipped(address..<whole.end)
        upper.attributes.remove(.growsDown)
        mappings.insert(upper, at: index + 1)
    }

    /// What is wrong with the table; nil when nothing is.
    func inconsistency(page: UInt64) -> String? {
        var total: UInt64 = 0
        var previous: GuestMapping?
        for mapping in mappings {
            if mapping.start >= mapping.end { return "empty mapping at \(mapping.start)" }
            if mapping.kind != .foreign, mapping.start % page != 0 || mapping.end % page != 0 {
                return "mapping not on page borders at \(mapping.start)"
            }
            if !mapping.protection.isSubset(of: mapping.maximumProtection) { return "more than the maximum protection" }
            if let previous {
                if previous.end > mapping.start { return "overlap at \(mapping.start)" }
                if previous.continues(in: mapping) { return "unmerged neighbours at \(mapping.start)" }
            }
            total += mapping.countedBytes
            previous = mapping
        }
        return total == byteCount ? nil : "\(byteCount) bytes counted, \(total) mapped"
    }
}

extension GuestMapping {
    fileprivate func joined(to end: GuestAddress) -> GuestMapping {
        var whole = self
        whole.end = end
        return whole
    }
}
