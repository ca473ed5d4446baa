import BSDUserCore

/// Makes a failing request smaller as long as it still fails: fewer instructions, then fewer registers that are not 0.
struct Shrinker<Conformance: ArchitectureConformance> {
    typealias Request = SequenceRequest<Conformance.State>
    typealias Difference = Contest<Conformance>.Difference

    let conformance: Conformance
    /// What differs in a request; nil when it does not fail.
    let judge: (Request) throws -> Difference?
    private static var attempts: Int { 3000 }

    /// The smallest failing request found, with what differs in it.
    func shrink(_ found: Difference) throws -> Difference {
        var smallest = found
        var left = Self.attempts

        /// Whether a candidate fails as well.
        func fails(_ candidate: Request) throws -> Bool {
            guard left > 0 else { return false }
            left -= 1
            guard let again = try judge(candidate) else { return false }
            smallest = again
            return true
        }

        if found.request.row == nil {
            var isShrinking = true
            while isShrinking {
                isShrinking = try shorterCandidates(smallest.request).contains { try fails($0) }
            }
        }
        // What points into the window stays: the process of the runner has other things at other addresses.
        let window = (ConformanceWindow.memoryAddress - 65536)..<(ConformanceWindow.codeAddress + 65536)
        for (index, value) in smallest.request.state.wire.enumerated() where value != 0 && !window.contains(value) {
            var request = smallest.request
            var wire = request.state.wire
            wire[index] = 0
            request.state = Conformance.State(wire: wire, memory: request.state.memory)
            _ = try fails(request)
        }
        return smallest
    }

    /// The sequence without one of its instructions, or with nothing in its place.
    private func shorterCandidates(_ request: Request) -> [Request] {
        var candidates: [Request] = []
        for index in request.words.indices.reversed() where request.words.count > 1 {
            if let words = conformance.removing(index, from: request.words) {
                candidates.append(Request(words: words, state: request.state))
            }
        }
        for index in request.words.indices where request.words[index] != conformance.noOperation {
            var words = request.words
            words[index] = conformance.noOperation
            candidates.append(Request(words: words, state: request.state))
        }
        return candidates
    }
}

extension Contest {
    /// The smallest request that differs in this contest; it must end as the original does, so that it does not run away.
    private func shrunk(_ found: Difference) throws -> Difference {
        guard let oracle else { return found }
        let originalEnd = try oracle.run([found.request])[0].end
        let shrinker = Shrinker(conformance: conformance) { [self] candidate in
            let end = try oracle.run([candidate])[0].end
            return end == originalEnd || end == .none ? try firstDifference([candidate]) : nil
        }
        return try shrinker.shrink(found)
    }

    /// The failure of a difference, shrunk, with everything to look into it.
    func failure(_ found: Difference, _ seed: UInt64) throws -> CaseFailure {
        let smallest = try shrunk(found)
        let state = zip(Conformance.State.names, smallest.request.state.wire)
        var failure = failure(smallest.lines, smallest.way, smallest.request.words)
        failure.seed = seed
        failure.before = state.filter { $0.1 != 0 }.map { "\($0.0)=\(hexadecimalText($0.1))" }
        return failure
    }

    /// The failure of instructions in one of the emulator's ways.
    func failure(_ lines: [String], _ way: String, _ words: [UInt32]) -> CaseFailure {
        CaseFailure(
            differences: lines.map { "\(way): \($0)" }, words: words.map(hexadecimalText),
            disassembly: listing(words, runners[0].runner.architecture.description))
    }

    /// The instructions as Capstone has them, and by the row's name where it knows none.
    private func listing(_ words: [UInt32], _ description: ArchitectureDescription) -> [String] {
        let lines = GuestListing.lines(words, description)
        guard lines.count == words.count else { return lines }
        return zip(lines, words).map { line, word in
            guard line.hasSuffix("(bytes)"), let row = conformance.row(of: word) else { return line }
            return line.dropLast("(bytes)".count) + conformance.rows[row].name
        }
    }
}
