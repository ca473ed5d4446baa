import BSDUserCore
import Testing

private struct Toy: ~Copyable {
    var trace: [String] = []
}

private let encoding = Encoding(
    wordBits: 16, indexHigh: Field(12, 4), indexLow: Field(0, 4),
    fields: [
        NamedField("r", Field(8, 4)), NamedField("imm", Field(0, 8, signed: true)), NamedField("s", Field(4, 4)),
        NamedField("f", Field(0, 4)),
    ])

private func row(
    _ pattern: StaticString, _ name: StaticString, except: [FieldExclusion] = [], before: [StaticString] = []
) -> Instruction<Toy> {
    Instruction(pattern, name, except: except, before: before) { toy, word in toy.trace.append("\(name) \(word.bits)") }
}

private let rows: [Instruction<Toy>] = [
    row("0001 r imm", "addi"),
    row("0001 0000 imm", "nop"),
    row("0010 r s 0000", "add"),
    row("0010 r s f", "op", except: [.not(Field(0, 4), 15), .not(Field(4, 4), 3)]),
    row("0011 r -- 1 0 0000", "bits"),
]

@Suite("Decoding from rows")
struct DecodeTests {
    @Test("A field reads its bits, signed ones sign-extended")
    func fields() {
        #expect(Word(0xabcd_1234)[Field(28, 4)] == 0xa)
        #expect(Word(0xabcd_1234)[Field(0, 32)] == 0xabcd_1234)
        #expect(Word(0x0000_8000)[Field(0, 16, signed: true)] == -32768)
        #expect(Word(0x0000_7fff)[Field(0, 16, signed: true)] == 32767)
        #expect(Word(0x8000_0000)[Field(31, 1, signed: true)] == -1)
        #expect(Field(4, 8).encode(0x1ff) == 0xff0)
    }

    @Test("The more specific row wins, exclusions lead to the next row, and unknown words have none")
    func choice() {
        let set = InstructionSet<Toy>(encoding, rows)
        func name(_ bits: UInt32) -> String? {
            let row = set.row(of: Word(bits))
            return row < 0 ? nil : set.name(of: row).description
        }
        #expect(name(0x1005) == "nop")
        #expect(name(0x1105) == "addi")
        #expect(name(0x2340) == "add")
        #expect(name(0x2341) == "op")
        #expect(name(0x234f) == nil)
        #expect(name(0x2331) == nil)
        #expect(name(0x2330) == "add")
        #expect(name(0x35a0) == "bits")
        #expect(name(0x35b0) == nil)
        #expect(name(0xf000) == nil)
    }

    @Test("Every word of a 16-bit set decodes to the row that a search of all rows finds")
    func exhaustive() throws {
        let set = InstructionSet<Toy>(encoding, rows)
        let fixed = try rows.map { try encoding.parse($0.pattern) }
        for bits in UInt32(0)...0xffff {
            let matching = rows.indices.filter { index in
                bits & fixed[index].mask == fixed[index].match
                    && !rows[index].exclusions.contains { bits & $0.mask == $0.value }
            }
            let best = matching.max { fixed[$0].mask.nonzeroBitCount < fixed[$1].mask.nonzeroBitCount } ?? -1
            try #require(set.row(of: Word(bits)) == best, "word \(bits)")
        }
    }

    @Test("A row translates through its function")
    func translates() {
        let set = InstructionSet<Toy>(encoding, rows)
        var toy = Toy()
        let word = Word(0x1105)
        set.translate(set.row(of: word), &toy, word)
        #expect(toy.trace == ["addi 4357"])
    }

    @Test("Sound tables have no problems")
    func sound() { #expect(RowChecks.problems(encoding, rows) == []) }

    @Test(
        "Bad rows are named",
        arguments: [
            ([row("0001 r", "short")], "wrongWidth"),
            ([row("0001 r imm 0", "long")], "wrongWidth"),
            ([row("0001 imm r", "misplaced")], "misplacedField"),
            ([row("0001 r nosuch", "unknown")], "unknownField"),
            ([row("0001 r imm", "first"), row("0001 r s f", "second")], "share words"),
            ([row("0001 r imm", "first", before: ["third"])], "does not exist"),
        ])
    fileprivate func bad(_ rows: [Instruction<Toy>], _ text: String) {
        let problems = RowChecks.problems(encoding, rows)
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.contains(text) })
    }

    @Test("A declared precedence settles rows that overlap")
    func precedence() {
        let rows = [row("0001 r imm", "later"), row("0001 r s f", "sooner", before: ["later"])]
        #expect(RowChecks.problems(encoding, rows) == [])
        let set = InstructionSet<Toy>(encoding, rows)
        #expect(set.name(of: set.row(of: Word(0x1234))).description == "sooner")
    }

    @Test("Excluded values separate rows that would overlap")
    func exclusionSeparates() {
        let rows = [row("0001 r imm", "any", except: [.not(Field(8, 4), 5)]), row("0001 0101 s f", "five")]
        #expect(RowChecks.problems(encoding, rows) == [])
    }
}
