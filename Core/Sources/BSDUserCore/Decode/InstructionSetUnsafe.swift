/// The instructions of an architecture, ready to decode and to translate.
public struct InstructionSet<Translator: ~Copyable> {
    @usableFromInline let table: DecodeTable
    @usableFromInline let rows: UnsafeMutablePointer<Instruction<Translator>>
    /// Number of rows.
    public let count: Int

    /// Builds the table. A row whose pattern cannot be read is left out; `RowChecks` names such rows, and every
    /// architecture has a test that asks it.
    ///
    /// An instruction set lives as long as the process.
    public init(_ encoding: Encoding, _ instructions: [Instruction<Translator>]) {
        var readable: [Instruction<Translator>] = []
        var bits: [FixedBits] = []
        readable.reserveCapacity(instructions.count)
        bits.reserveCapacity(instructions.count)
        for instruction in instructions {
            guard let fixed = try? encoding.parse(instruction.pattern) else { continue }
            readable.append(instruction)
            bits.append(fixed)
        }
        count = readable.count
        rows = .allocate(capacity: readable.count)
        for (index, instruction) in readable.enumerated() { (rows + index).initialize(to: instruction) }
        let tableRows = readable.indices.map { index in
            DecodeTable.Row(
                bits: bits[index], exclusions: readable[index].exclusions,
                precedes: RowChecks.numbers(of: readable[index].precedes, in: readable))
        }
        table = DecodeTable(encoding: encoding, rows: tableRows)
    }

    /// The number of the word's row, or -1.
    @inlinable @inline(__always)
    public func row(of word: Word) -> Int { table.row(of: word) }

    /// The marks of a row.
    @inlinable @inline(__always)
    public func traits(of row: Int) -> UInt32 { rows[row].traits }

    /// The name of a row.
    public func name(of row: Int) -> StaticString { rows[row].name }

    /// Translates `word` as the row says.
    @inlinable @inline(__always)
    public func translate(_ row: Int, _ translator: inout Translator, _ word: Word) {
        rows[row].translate(&translator, word)
    }
}
