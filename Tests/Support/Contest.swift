// A release build, which makes this target as well, does not open the modules to tests.
#if DEBUG
@testable import BSDUserCore

/// The oracle, and the ways in which the emulator executes code.
struct Contest<Architecture: TestedArchitecture> {
    typealias Request = OracleRequest<Architecture.Snapshot>

    let oracle: UnicornOracle<Architecture.Snapshot>
    let subjects: [(name: String, subject: Subject<Architecture>)]

    init() throws {
        oracle = try UnicornOracle()
        guard let interpreter = Subject<Architecture>(.interpreter),
            let translator = Subject<Architecture>(.translator)
        else { throw SupportError("cannot map the oracle's window") }
        subjects = [("interpreter", interpreter), ("translator", translator)]
    }

    /// Lets all answer the same questions; a line for each answer in which `compare` finds differences from the oracle's.
    func differences(
        _ requests: [Request], describe: (Request) -> String,
        compare: (Request, Outcome<Architecture.Snapshot>, OracleReply<Architecture.Snapshot>) -> [String]
    ) throws -> [String] {
        let replies = try oracle.run(requests)
        var found: [String] = []
        for (name, subject) in subjects {
            subject.activate()
            var loaded: [UInt32] = []
            for (request, reply) in zip(requests, replies) {
                if request.words != loaded {
                    subject.load(request.words)
                    loaded = request.words
                }
                let lines = compare(request, subject.run(request.state), reply)
                if lines.isEmpty { continue }
                let words = request.words.map { String($0, radix: 16) }.joined(separator: " ")
                found.append("\(name) \(words): \(lines.joined(separator: "; ")); \(describe(request))")
            }
        }
        return found
    }
}
#endif
