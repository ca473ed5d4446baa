import Synchronization

/// Finds the row of a word.
///
/// Words that agree in the encoding's index bits share a bucket: the rows they may belong to, most specific first. A
/// bucket is made when its first word arrives, so that a start pays for the instructions a program has, not for the
/// architecture. Threads may fill buckets at the same time; the first to publish wins.
public final class DecodeTable: @unchecked Sendable {
    /// What a bucket holds for each row.
    @frozen @usableFromInline
    struct Candidate {
        @usableFromInline var mask: UInt32
        @usableFromInline var match: UInt32
        /// The row does not apply when `word & exceptMask == exceptValue`; a mask of 0 with a value of 1 never applies.
        @usableFromInline var exceptMask: UInt32
        @usableFromInline var exceptValue: UInt32
        /// Row number, or -1 at the end of the bucket (which matches every word).
        @usableFromInline var row: Int32
    }

    @usableFromInline typealias Bucket = UnsafeMutablePointer<Candidate>
    @usableFromInline let buckets: UnsafeMutablePointer<Atomic<Bucket?>>
    @usableFromInline let high: Field
    @usableFromInline let low: Field
    private let bucketCount: Int
    private let candidates: [Candidate]

    /// A row as the table wants it, in the order of the instruction list.
    public struct Row {
        let bits: FixedBits
        let exclusions: [FieldExclusion]
        let precedes: Set<Int>
    }

    init(encoding: Encoding, rows: [Row]) {
        high = encoding.indexHigh
        low = encoding.indexLow
        bucketCount = 1 << Int(high.width + low.width)
        buckets = .allocate(capacity: bucketCount)
        for index in 0..<bucketCount { (buckets + index).initialize(to: Atomic(nil)) }
        candidates = DecodeTable.order(rows).flatMap { DecodeTable.candidates(of: rows[$0], number: $0) }
    }

    deinit {
        for index in 0..<bucketCount { buckets[index].load(ordering: .acquiring)?.deallocate() }
        buckets.deinitialize(count: bucketCount)
        buckets.deallocate()
    }

    /// The number of the row that `word` belongs to; -1 when there is none.
    @inlinable @inline(__always)
    public func row(of word: Word) -> Int {
        let index = word[high] << Int(low.width) | word[low]
        var candidate = buckets[index].load(ordering: .acquiring) ?? fill(index)
        while word.bits & candidate.pointee.mask != candidate.pointee.match
            || word.bits & candidate.pointee.exceptMask == candidate.pointee.exceptValue
        {
            candidate += 1
        }
        return Int(candidate.pointee.row)
    }

    @usableFromInline @inline(never)
    func fill(_ index: Int) -> Bucket {
        let indexMask = high.mask | low.mask
        let indexBits = high.encode(index >> Int(low.width)) | low.encode(index)
        let members = candidates.filter { ($0.match ^ indexBits) & $0.mask & indexMask == 0 }
        let bucket = Bucket.allocate(capacity: members.count + 1)
        for (place, member) in members.enumerated() { (bucket + place).initialize(to: member) }
        (bucket + members.count).initialize(to: Candidate(mask: 0, match: 0, exceptMask: 0, exceptValue: 1, row: -1))
        let outcome = buckets[index].compareExchange(expected: nil, desired: bucket, ordering: .acquiringAndReleasing)
        guard let winner = outcome.original else { return bucket }
        bucket.deallocate()
        return winner
    }

    /// A candidate holds one exclusion. Of several, the last stays with the row; each of the others splits the row into
    /// disjoint patterns that leave the excluded words out.
    private static func candidates(of row: Row, number: Int) -> [Candidate] {
        var pieces = [row.bits]
        for exclusion in row.exclusions.dropLast() {
            pieces = pieces.flatMap { split($0, without: exclusion) }
        }
        let last = row.exclusions.last ?? FieldExclusion(mask: 0, value: 1)
        return pieces.map {
            Candidate(
                mask: $0.mask, match: $0.match, exceptMask: last.mask, exceptValue: last.value, row: Int32(number))
        }
    }

    /// Disjoint patterns that together cover `bits` without the excluded value.
    private static func split(_ bits: FixedBits, without exclusion: FieldExclusion) -> [FixedBits] {
        guard (bits.match ^ exclusion.value) & bits.mask & exclusion.mask == 0 else { return [bits] }
        var pieces: [FixedBits] = []
        var agreed = bits
        var open = exclusion.mask & ~bits.mask
        while open != 0 {
            let bit = open & (0 &- open)
            open &= ~bit
            pieces.append(FixedBits(mask: agreed.mask | bit, match: agreed.match | (~exclusion.value & bit)))
            agreed = FixedBits(mask: agreed.mask | bit, match: agreed.match | (exclusion.value & bit))
        }
        return pieces
    }

    /// Row numbers, more specific rows first; declared precedence before that.
    private static func order(_ rows: [Row]) -> [Int] {
        var order = rows.indices.sorted {
            let left = rows[$0].bits.mask.nonzeroBitCount
            let right = rows[$1].bits.mask.nonzeroBitCount
            return left == right ? $0 < $1 : left > right
        }
        for number in rows.indices where !rows[number].precedes.isEmpty {
            order.removeAll { $0 == number }
            let place = order.firstIndex { rows[number].precedes.contains($0) } ?? order.endIndex
            order.insert(number, at: place)
        }
        return order
    }
}
