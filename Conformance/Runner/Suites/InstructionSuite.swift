import BSDUserCore

/// Every row of the instruction table: the same words on the same states must leave the same states, interpreted,
/// translated, and in an independent emulator. Rows that it cannot judge are judged by the manual, and the architecture's
/// own cases are run as well.
struct InstructionSuite<Conformance: ArchitectureConformance>: Suite {
    typealias Request = SequenceRequest<Conformance.State>

    let name = SuiteName.instructions.rawValue
    let contest: Contest<Conformance>
    let settings: Settings

    private static var casePrefix: String { "case: " }
    /// States for each word.
    private static var statesPerWord: Int { 25 }

    /// States of a row; all rows together have at least ten million of them in a full run.
    private var statesPerRow: Int {
        switch settings.scale {
        case .quick: 1000
        case .standard: 4000
        case .full: max(10_000, 11_000_000 / max(1, contest.conformance.rows.count))
        }
    }

    func units() -> [String] {
        contest.conformance.rows.map(\.title)
            + contest.conformance.cases.map { Self.casePrefix + $0.name }
    }

    func run(_ unit: String) throws -> [CaseResult] {
        if unit.hasPrefix(Self.casePrefix) { return try [runCase(unit)] }
        guard let row = contest.conformance.rows.firstIndex(where: { $0.title == unit }) else {
            throw RunnerProblem("no such row: \(unit)")
        }
        switch contest.conformance.rows[row].judge {
        case .elsewhere(let reason):
            return [CaseResult(suite: name, name: unit, outcome: .skipped, reason: reason)]
        case .manual: return [try run(row, unit, batchDifference: manualDifference)]
        case .oracle:
            guard contest.oracle != nil else {
                let reason = "there is no oracle for this architecture"
                return [CaseResult(suite: name, name: unit, outcome: .skipped, reason: reason)]
            }
            return [try run(row, unit) { requests, _ in try contest.firstDifference(requests) }]
        }
    }

    private func run(
        _ row: Int, _ unit: String,
        batchDifference: ([Request], inout SeededGenerator) throws -> Contest<Conformance>.Difference?
    ) throws -> CaseResult {
        var random = SeededGenerator(settings.seed, part: "\(name)/\(unit)")
        var checks = 0
        contest.omissions = .init()
        while checks < statesPerRow {
            // About as many as fit the caches.
            let requests = (0..<8).flatMap { _ in self.requests(row, &random) }
            checks += requests.count
            guard let found = try batchDifference(requests, &random) else { continue }
            let failure = try contest.failure(found, settings.seed)
            return CaseResult(name, unit, checks: checks, failure: failure)
        }
        return CaseResult(name, unit, checks: checks, uncompared: contest.omissions.allStates, failure: nil)
    }

    private func requests(_ row: Int, _ random: inout SeededGenerator) -> [Request] {
        let words = contest.conformance.words(row: row, &random)
        return (0..<Self.statesPerWord).map { _ in
            Request(row: row, words: words, state: contest.conformance.state(row: row, words, &random))
        }
    }

    private func manualDifference(
        _ requests: [Request], _ random: inout SeededGenerator
    ) -> Contest<Conformance>.Difference? {
        for (way, runner) in contest.runners {
            runner.activate()
            for request in requests {
                runner.load(request.words)
                let lines = contest.conformance.manualDifferences(request, runner, &random)
                if !lines.isEmpty { return .init(request: request, way: way, lines: lines) }
            }
        }
        return nil
    }

    // MARK: The architecture's own cases

    private func runCase(_ unit: String) throws -> CaseResult {
        guard let found = contest.conformance.cases.first(where: { Self.casePrefix + $0.name == unit }) else {
            throw RunnerProblem("no such case: \(unit)")
        }
        let names = Conformance.State.names
        func wire(_ values: [String: UInt64], over base: [UInt64]) throws -> [UInt64] {
            var wire = base
            for (name, value) in values {
                guard let index = names.firstIndex(of: name) else {
                    throw RunnerProblem("\(unit): the state has no \(name)")
                }
                wire[index] = value
            }
            return wire
        }
        let before = try wire(found.before, over: [UInt64](repeating: 0, count: names.count))
        let after = try wire(found.after, over: before)
        let request = Request(words: found.words, state: Conformance.State(wire: before, memory: []))
        for (way, runner) in contest.runners {
            let difference = contest.firstDifference([request], way, runner) { _, own in
                var lines = own.end == found.end ? [] : ["ends \(own.end), expected \(found.end)"]
                for (index, value) in own.state.wire.enumerated() where value != after[index] {
                    lines.append(
                        "\(names[index]) \(hexadecimalText(value)), expected \(hexadecimalText(after[index]))")
                }
                return lines
            }
            guard let difference else { continue }
            let failure = contest.failure(difference.lines, way, found.words)
            return CaseResult(name, unit, checks: 1, failure: failure)
        }
        return CaseResult(name, unit, checks: 1, failure: nil)
    }
}
