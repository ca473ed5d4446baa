import BSDUserCore

/// Random sequences of instructions with branches, and faults where they fall, against the independent emulator.
struct SequenceSuite<Conformance: ArchitectureConformance>: Suite {
    typealias Request = SequenceRequest<Conformance.State>

    let name = SuiteName.sequences.rawValue
    let contest: Contest<Conformance>
    let settings: Settings

    /// Sequences of a unit, and states for each.
    private static var sequencesPerUnit: Int { 200 }
    private static var statesPerSequence: Int { 5 }

    private var unitCount: Int {
        switch settings.scale {
        case .quick: 100
        case .standard: 400
        case .full: 2000
        }
    }

    func units() -> [String] { contest.oracle == nil ? [] : (1...unitCount).map { "random \($0)" } }

    func run(_ unit: String) throws -> [CaseResult] {
        var random = SeededGenerator(settings.seed, part: "\(name)/\(unit)")
        let requests = (0..<Self.sequencesPerUnit).flatMap { _ in
            let (words, states) = contest.conformance.sequence(states: Self.statesPerSequence, &random)
            return states.map { Request(words: words, state: $0) }
        }
        contest.omissions = .init()
        let found = try contest.firstDifference(requests)
        let uncompared = contest.omissions.allStates
        let failure = try found.map { try contest.failure($0, settings.seed) }
        return [CaseResult(name, unit, checks: requests.count, uncompared: uncompared, failure: failure)]
    }
}
