/// Proves properties of an instruction table; for tests, not for start-up.
public enum RowChecks {
    /// Every pattern that cannot be read, and every pair of rows that share words without one being strictly more
    /// specific than the other or declared to precede it. Empty for a sound table.
    public static func problems<Translator: ~Copyable>(
        _ encoding: Encoding, _ rows: [Instruction<Translator>]
    ) -> [String] {
        var problems: [String] = []
        var parsed: [(number: Int, bits: FixedBits)] = []
        for (number, row) in rows.enumerated() {
            do throws(PatternProblem) {
                parsed.append((number, try encoding.parse(row.pattern)))
            } catch {
                problems.append("\(row.name) '\(row.pattern)': \(error)")
            }
            if row.precedes.contains(where: { name in !rows.contains { equal($0.name, name) } }) {
                problems.append("\(row.name): precedes a row that does not exist")
            }
        }
        for (place, first) in parsed.enumerated() {
            for second in parsed[(place + 1)...] {
                let (left, right) = (rows[first.number], rows[second.number])
                guard overlap(first.bits, left.exclusions, second.bits, right.exclusions) else { continue }
                if isStrictlyMoreSpecific(first.bits, second.bits) || isStrictlyMoreSpecific(second.bits, first.bits) {
                    continue
                }
                if precedes(left, right) || precedes(right, left) { continue }
                problems.append("\(left.name) '\(left.pattern)' and \(right.name) '\(right.pattern)' share words")
            }
        }
        return problems
    }

    static func numbers<Translator: ~Copyable>(of names: [StaticString], in rows: [Instruction<Translator>]) -> Set<Int>
    {
        if names.isEmpty { return [] }
        return Set(rows.indices.filter { index in names.contains { equal($0, rows[index].name) } })
    }

    private static func precedes<Translator: ~Copyable>(
        _ first: Instruction<Translator>, _ second: Instruction<Translator>
    ) -> Bool {
        first.precedes.contains { equal($0, second.name) }
    }

    private static func equal(_ left: StaticString, _ right: StaticString) -> Bool {
        left.description == right.description
    }

    private static func isStrictlyMoreSpecific(_ first: FixedBits, _ second: FixedBits) -> Bool {
        first.mask & second.mask == second.mask && first.mask != second.mask
    }

    private static func overlap(
        _ first: FixedBits, _ firstExclusions: [FieldExclusion], _ second: FixedBits,
        _ secondExclusions: [FieldExclusion]
    ) -> Bool {
        guard (first.match ^ second.match) & first.mask & second.mask == 0 else { return false }
        let common = FixedBits(mask: first.mask | second.mask, match: first.match | second.match)
        return !(firstExclusions + secondExclusions).contains {
            $0.mask & ~common.mask == 0 && common.match & $0.mask == $0.value
        }
    }
}
