import BSDUserCore
import Foundation

/// The oracle and the two ways in which the emulator executes code, asked the same questions.
final class Contest<Conformance: ArchitectureConformance> {
    typealias Request = SequenceRequest<Conformance.State>
    typealias Outcome = SequenceOutcome<Conformance.State>

    /// A request whose outcomes differ.
    struct Difference {
        var request: Request
        /// Which of the emulator's ways it was.
        var way: String
        var lines: [String]
    }

    /// What comparisons have left out.
    struct Omissions {
        /// States of which something was left out, but for shortcomings.
        var states = 0
        /// The states with each shortcoming: how many, and the first.
        var shortcomings: [String: (count: Int, first: Difference)] = [:]

        /// All states of which something was left out.
        var allStates: Int { shortcomings.values.reduce(states) { $0 + $1.count } }
    }

    let conformance: Conformance
    let oracle: OracleClient<Conformance.State>?
    let runners: [(way: String, runner: SequenceRunner<Conformance>)]
    /// Since somebody last set it back.
    var omissions = Omissions()

    /// Takes the window of this process; there is one contest in it.
    init(_ make: () -> any GuestArchitecture, _ conformance: Conformance, oracleProgram: URL?) throws {
        self.conformance = conformance
        oracle = conformance.oracleMachine.flatMap { machine in
            oracleProgram.map { OracleClient(program: $0, machine: machine) }
        }
        runners = try [("interpreter", false), ("translator", true)].map { way, translates in
            guard let runner = SequenceRunner(make(), conformance, translates: translates) else {
                throw RunnerProblem("the addresses that conformance runs use are taken in this process")
            }
            return (way, runner)
        }
    }

    /// The first request, if any, in which one of the emulator's ways does not do what the oracle does.
    func firstDifference(_ requests: [Request]) throws -> Difference? {
        guard let oracle else { throw RunnerProblem("there is no oracle for this architecture") }
        let replies = try oracle.run(requests)
        if let endless = replies.firstIndex(where: { $0.end == .endless }) {
            // The emulator would run it for ever.
            return Difference(request: requests[endless], way: "oracle", lines: ["does not come to an end"])
        }
        var noted: Set<Int> = []
        for (way, runner) in runners {
            let found = firstDifference(requests, way, runner) { index, own in
                let (request, reply) = (requests[index], replies[index])
                let isSame = own.end == reply.end && own.state == reply.state
                let lines = isSame ? [] : conformance.differences(request, own: own, oracle: reply)
                if lines.isEmpty, let omission = conformance.omission(request, own: own, oracle: reply),
                    noted.insert(index).inserted
                {
                    note(omission, Difference(request: request, way: way, lines: allDifferences(own, reply)))
                }
                return lines
            }
            if let found { return found }
        }
        return nil
    }

    /// Counts a state of which something was left out.
    func note(_ omission: ConformanceOmission, _ difference: @autoclosure () -> Difference) {
        switch omission {
        case .oracleCannotTell: omissions.states += 1
        case .shortcoming(let name):
            omissions.shortcomings[name, default: (0, difference())].count += 1
        }
    }

    /// All that is not the same, of the state without its memory.
    private func allDifferences(_ own: Outcome, _ reply: Outcome) -> [String] {
        zip(Conformance.State.names, zip(own.state.wire, reply.state.wire)).filter { $1.0 != $1.1 }.map {
            name, values in
            "\(name) \(hexadecimalText(values.0)), oracle \(hexadecimalText(values.1))"
        }
    }

    /// Runs all requests one way, and stops at the first whose outcome has differences.
    func firstDifference(
        _ requests: [Request], _ way: String, _ runner: SequenceRunner<Conformance>,
        compare: (Int, Outcome) -> [String]
    ) -> Difference? {
        runner.activate()
        var loaded: [UInt32] = []
        for (index, request) in requests.enumerated() {
            if request.words != loaded {
                runner.load(request.words)
                loaded = request.words
            }
            let lines = compare(index, runner.run(request.state))
            if !lines.isEmpty { return Difference(request: request, way: way, lines: lines) }
        }
        return nil
    }
}
