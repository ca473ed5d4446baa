import BSDUserCore
import Foundation

/// Unicorn as a child process (Conformance/Oracle): an independent implementation of an architecture. It runs code in
/// kernel mode, so tests leave privileged instructions out and keep jump targets within the code.
public final class OracleClient<State: ConformanceState> {
    /// Bytes of requests sent at a time.
    private static var batchBytes: Int { 1 << 20 }

    private let program: URL
    private let machine: String
    private var child: OracleProcess?

    public init(program: URL, machine: String) {
        self.program = program
        self.machine = machine
    }

    deinit { child?.end() }

    /// Asks any number of questions; the answers come in the same order.
    public func run(_ requests: [SequenceRequest<State>]) throws -> [SequenceOutcome<State>] {
        var replies: [SequenceOutcome<State>] = []
        replies.reserveCapacity(requests.count)
        var next = 0
        while next < requests.count {
            var bytes: [UInt8] = []
            let first = next
            while next < requests.count, bytes.count < Self.batchBytes {
                OracleWire.append(requests[next], to: &bytes)
                next += 1
            }
            replies += try answers(to: requests[first..<next], encodedAs: bytes)
        }
        return replies
    }

    private func answers(
        to requests: ArraySlice<SequenceRequest<State>>, encodedAs bytes: [UInt8]
    ) throws -> [SequenceOutcome<State>] {
        if let answer = try exchange(count: requests.count, bytes) {
            return try OracleWire.outcomes(of: requests, in: answer)
        }
        // The oracle died: find the culprit by asking one question at a time, and a culprit anew, since Unicorn may also die of
        // what earlier questions have left.
        if requests.count == 1, let only = requests.first {
            if let answer = try exchange(count: 1, bytes) { return try OracleWire.outcomes(of: requests, in: answer) }
            return [SequenceOutcome(end: .oracleCrashed, state: only.state)]
        }
        return try requests.indices.flatMap { index in
            var single: [UInt8] = []
            OracleWire.append(requests[index], to: &single)
            return try answers(to: requests[index...index], encodedAs: single)
        }
    }

    /// The answer to one batch, or nil when the oracle died over it.
    private func exchange(count: Int, _ bytes: [UInt8]) throws -> [UInt8]? {
        let running = try child ?? OracleProcess(program, machine)
        child = running
        guard running.write(OracleWire.head(count: count, bytes: bytes.count) + bytes),
            let head = running.read(count: 8),
            let answer = running.read(count: OracleWire.byteCount(ofHead: head))
        else {
            running.end()
            child = nil
            return nil
        }
        return answer
    }
}

/// The oracle's process and the two pipes to it.
private final class OracleProcess {
    /// Unicorn can hang; a batch takes milliseconds.
    private static let patienceMilliseconds: Int32 = 20_000

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ program: URL, _ machine: String) throws {
        signal(SIGPIPE, SIG_IGN)
        process.executableURL = program
        process.arguments = [machine]
        process.standardInput = input
        process.standardOutput = output
        try Interruption.excluded { try process.run() }
    }

    func write(_ bytes: [UInt8]) -> Bool {
        (try? input.fileHandleForWriting.write(contentsOf: bytes)) != nil
    }

    func read(count: Int) -> [UInt8]? {
        let descriptor = output.fileHandleForReading.fileDescriptor
        return OracleWire.read(descriptor, count: count, patienceMilliseconds: Self.patienceMilliseconds)
    }

    func end() {
        try? input.fileHandleForWriting.close()
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
