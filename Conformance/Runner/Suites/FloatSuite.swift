import BSDUserCore

/// Floating point: every form of an instruction on edge values to the power of its operands, under every setting of the
/// floating-point unit, results, NaNs and flags compared exactly with the independent emulator.
struct FloatSuite<Conformance: ArchitectureConformance>: Suite {
    typealias Request = SequenceRequest<Conformance.State>

    let name = SuiteName.fp.rawValue
    let contest: Contest<Conformance>
    let settings: Settings

    func units() -> [String] {
        guard contest.oracle != nil else { return [] }
        return contest.conformance.floatForms.indices.map(unit) + vectorUnits
    }

    private func unit(_ index: Int) -> String {
        let form = contest.conformance.floatForms[index]
        let name = "\(contest.conformance.rows[form.row].title) \(form.format)"
        return form.variant.isEmpty ? name : "\(name) \(form.variant)"
    }

    func run(_ unit: String) throws -> [CaseResult] {
        contest.omissions = .init()
        var result = try unit.hasPrefix(TestFloat.prefix) ? runVectors(unit) : runForm(unit)
        result.uncompared = contest.omissions.states
        return [result] + shortcomings(unit)
    }

    /// A case for each way in which the emulator is known to compute something else: a failure, which is listed.
    private func shortcomings(_ unit: String) -> [CaseResult] {
        contest.omissions.shortcomings.sorted { $0.key < $1.key }.map { name, states in
            var failure = contest.failure(states.first.lines, states.first.way, states.first.request.words)
            failure.differences.insert("in \(states.count) states, such as", at: 0)
            failure.seed = settings.seed
            return CaseResult(self.name, "\(unit): \(name)", checks: states.count, failure: failure)
        }
    }

    private func runForm(_ unit: String) throws -> CaseResult {
        let forms = contest.conformance.floatForms
        guard let form = forms.indices.first(where: { self.unit($0) == unit }).map({ forms[$0] }) else {
            throw RunnerProblem("no such form: \(unit)")
        }
        var random = SeededGenerator(settings.seed, part: "\(name)/\(unit)")
        var checks = 0
        for control in contest.conformance.floatControls
        where control.rounding != nil || !form.isForRoundingAlone {
            let requests = requests(form, control, &random)
            checks += requests.count
            guard let found = try contest.firstDifference(requests) else { continue }
            var failure = try contest.failure(found, settings.seed)
            failure.differences.insert("with \(control.name)", at: 0)
            return CaseResult(name, unit, checks: checks, failure: failure)
        }
        return CaseResult(name, unit, checks: checks, failure: nil)
    }

    /// Fewer of them where there are many tuples, and in a quick run.
    private func edges(_ form: FloatForm) -> [UInt64] {
        if form.operands.count > 2 { return FloatEdges.values(form.format, settings.scale == .full ? .some : .fewest) }
        return FloatEdges.values(form.format, settings.scale == .quick ? .some : .all)
    }

    /// All tuples of edge values; the rest of the state is random.
    private func requests(_ form: FloatForm, _ control: FloatControlSetting, _ random: inout SeededGenerator)
        -> [Request]
    {
        let edges = edges(form)
        var places = [Int](repeating: 0, count: form.operands.count)
        let base = contest.conformance.state(row: form.row, form.words, &random)
        var requests: [Request] = []
        while true {
            var wire = base.wire
            wire[control.index] = wire[control.index] & ~control.mask | control.value
            for (operand, place) in zip(form.operands, places) {
                wire[operand] = FloatEdges.lanes(form.format, edges, place)
            }
            let state = Conformance.State(wire: wire, memory: base.memory)
            requests.append(Request(row: form.row, words: form.words, state: state))
            guard let next = places.indices.first(where: { places[$0] + 1 < edges.count }) else { return requests }
            places[next] += 1
            for lower in 0..<next { places[lower] = 0 }
        }
    }
}

/// Values of floating-point formats at which something changes.
enum FloatEdges {
    /// How many of them.
    enum Choice {
        /// Zero, the largest subnormal number, one, the largest number, infinity, a quiet and a signalling NaN.
        case fewest
        case some, all
    }

    /// Zero, the ends of the subnormal and the normal numbers, around one, around the ends of integers, infinity, NaNs, each
    /// with both signs.
    static func values(_ format: FloatForm.Format, _ choice: Choice) -> [UInt64] {
        let (exponentBits, fractionBits) = layout(format)
        let fraction = (UInt64(1) << fractionBits) - 1
        let one = ((UInt64(1) << (exponentBits - 1)) - 1) << fractionBits
        let infinity = ((UInt64(1) << exponentBits) - 1) << fractionBits
        let quiet = UInt64(1) << (fractionBits - 1)
        var magnitudes = [0, fraction, one, infinity - 1, infinity, infinity | quiet | 5, infinity | 1]
        if choice != .fewest { magnitudes += [1, fraction + 1, one + 1] }
        if choice == .all {
            magnitudes += [
                2, fraction + 2, one - 1, one + quiet, one + (quiet >> 1), one + (3 << fractionBits),
                one + (UInt64(fractionBits) << fractionBits) + 1, infinity | quiet, infinity | fraction,
                infinity | (quiet - 1), infinity - 1 - fraction, one / 2,
            ]
            // The ends of the integer types that the format reaches.
            let bias = one >> fractionBits
            for power: UInt64 in [15, 16, 31, 32, 63, 64] where bias + power < (1 << exponentBits) - 1 {
                magnitudes += [(bias + power) << fractionBits, ((bias + power) << fractionBits) - 1]
            }
        }
        let sign = UInt64(1) << (exponentBits + fractionBits)
        return magnitudes + magnitudes.map { $0 | sign }
    }

    /// A doubleword with the value in its lowest lane and others above it.
    static func lanes(_ format: FloatForm.Format, _ edges: [UInt64], _ place: Int) -> UInt64 {
        let (exponentBits, fractionBits) = layout(format)
        let width = Int(exponentBits + fractionBits + 1)
        return stride(from: 0, to: 64, by: width).enumerated().reduce(0) { lanes, lane in
            lanes | edges[(place + lane.offset * 7) % edges.count] << UInt64(lane.element)
        }
    }

    private static func layout(_ format: FloatForm.Format) -> (exponent: UInt64, fraction: UInt64) {
        switch format {
        case .half: (5, 10)
        case .single: (8, 23)
        case .double: (11, 52)
        }
    }
}
