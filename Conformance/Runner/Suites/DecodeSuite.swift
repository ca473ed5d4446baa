import BSDUserCore

/// The rows against LLVM's disassembler, and random code through the front end.
struct DecodeSuite<Conformance: ArchitectureConformance>: Suite {
    let name = SuiteName.decode.rawValue
    let conformance: Conformance
    let architecture: any GuestArchitecture
    let settings: Settings

    private static var randomUnits: Int { 20 }
    private static var rowsPerUnit: Int { 64 }

    private var wordsPerUnit: Int { settings.scale == .full ? 30_000 : 3000 }
    private var wordsPerRow: Int { settings.scale == .full ? 2000 : 200 }
    private var groupCount: Int { (conformance.rows.count + Self.rowsPerUnit - 1) / Self.rowsPerUnit }

    func units() -> [String] {
        guard !conformance.disassemblerOptions.isEmpty else { return [FrontEndSuite.unit] }
        return [FrontEndSuite.unit] + (1...max(1, groupCount)).map { "rows \($0)" }
            + (1...Self.randomUnits).map { "random words \($0)" }
    }

    func run(_ unit: String) throws -> [CaseResult] {
        if unit == FrontEndSuite.unit {
            return try FrontEndSuite(architecture: architecture, settings: settings).run(unit)
        }
        var random = SeededGenerator(settings.seed, part: "\(name)/\(unit)")
        guard let number = unit.split(separator: " ").last.flatMap({ Int($0) }) else {
            throw RunnerProblem("no such unit: \(unit)")
        }
        guard unit.hasPrefix("rows") else {
            return [try compare((0..<wordsPerUnit).map { _ in UInt32(truncatingIfNeeded: random.next()) }, unit)]
        }
        let rows = rows(number)
        let words = rows.map { row in
            (0..<wordsPerRow).map { _ in UInt32(truncatingIfNeeded: random.next()) & ~row.mask | row.match }
        }
        return try results(rows, words)
    }

    /// Numbers of rows begin with 1.
    private func rows(_ number: Int) -> ArraySlice<ConformanceRow> {
        conformance.rows.dropFirst((number - 1) * Self.rowsPerUnit).prefix(Self.rowsPerUnit)
    }

    func mayHave(_ selection: Selection, in unit: String) -> Bool {
        guard unit.hasPrefix("rows "), let number = Int(unit.dropFirst(5)) else { return false }
        return rows(number).contains { selection.contains($0.title) }
    }

    /// One result a row; LLVM is asked once for all of them.
    private func results(_ rows: ArraySlice<ConformanceRow>, _ words: [[UInt32]]) throws -> [CaseResult] {
        let names = try disassembler.names(of: words.flatMap(\.self))
        return zip(rows, words).enumerated().map { index, pair in
            let slice = names[(index * wordsPerRow)..<((index + 1) * wordsPerRow)]
            return judge(pair.1, Array(slice), pair.0.title)
        }
    }

    private func compare(_ words: [UInt32], _ caseName: String) throws -> CaseResult {
        judge(words, try disassembler.names(of: words), caseName)
    }

    private var disassembler: Disassembler {
        Disassembler(
            conformance.disassemblerOptions, isBigEndian: architecture.description.abi.byteOrder == .big,
            scratch: settings.scratch)
    }

    private func judge(_ words: [UInt32], _ names: [String?], _ caseName: String) -> CaseResult {
        var differences: [String] = []
        for (word, other) in zip(words, names) {
            let own = conformance.row(of: word).map { conformance.rows[$0].name }
            if conformance.agree(own, other, word) { continue }
            differences.append(
                "\(hexadecimalText(word)) is \(own ?? "no instruction"), for LLVM \(other ?? "no instruction")")
        }
        let failure = CaseFailure(Array(differences.prefix(5)), seed: settings.seed)
        return CaseResult(name, caseName, checks: words.count, failure: failure)
    }
}

extension PluginCheck {
    /// The check as a case of a suite.
    func result(_ suite: String, _ unit: String) -> CaseResult {
        CaseResult(suite, unit, checks: checks, failure: CaseFailure(problems))
    }
}
