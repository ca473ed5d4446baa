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

    let conformance: Conformance
    let oracle: OracleClient<Conformance.State>?
    let runners: [(way: String, runner: SequenceRunner<Conformance>)]

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
        for (way, runner) in runners {
            let found = firstDifference(requests, way, runner) { index, own in
                conformance.differences(requests[index], own: own, oracle: replies[index])
            }
            if let found { return found }
        }
        return nil
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
