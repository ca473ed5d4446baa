import Foundation
import Synchronization

/// A worker as the coordinator sees it.
final class WorkerProcess {
    /// Longer than any unit takes, also on a machine with much else to do.
    private static let patienceMilliseconds: Int32 = 1_800_000

    /// The workers that there are: other children of this process are what lost workers have left.
    private static let running = Mutex<Set<pid_t>>([])

    private let command: [String]
    private var process: Process?
    private var input = Pipe()
    private var output = Pipe()
    private var rest: [UInt8] = []

    /// The command line that makes a worker.
    init(_ command: [String]) { self.command = command }

    /// Runs a unit; nil when the worker did not survive it, and then the next unit gets a new one.
    func run(_ job: Job) throws -> [CaseResult]? {
        let process = try process ?? start()
        self.process = process
        let line = try JSONEncoder().encode(job) + Data("\n".utf8)
        guard (try? input.fileHandleForWriting.write(contentsOf: line)) != nil, let answer = readLine() else {
            // A worker that ends with the run is none that was lost.
            Interruption.excluded {}
            return nil
        }
        return try JSONDecoder().decode([CaseResult].self, from: Data(answer))
    }

    /// How a worker that did not answer ended, and its last words.
    func autopsy() -> String {
        guard let process else { return "the worker did not start" }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        forget(process)
        Interruption.excluded { ChildProcesses.end(besides: Self.running.withLock { $0 }) }
        self.process = nil
        rest = []
        let status = process.terminationStatus
        let isSignal = process.terminationReason == .uncaughtSignal
        return "the runner died: " + (isSignal ? "signal \(status)" : "exit status \(status)")
    }

    func end() {
        try? input.fileHandleForWriting.close()
        guard let process else { return }
        process.waitUntilExit()
        forget(process)
        self.process = nil
    }

    private func start() throws -> Process {
        signal(SIGPIPE, SIG_IGN)
        let started = Process()
        input = Pipe()
        output = Pipe()
        started.executableURL = URL(fileURLWithPath: command[0])
        started.arguments = Array(command.dropFirst())
        started.standardInput = input
        started.standardOutput = output
        try Interruption.excluded {
            try started.run()
            Self.running.withLock { _ = $0.insert(started.processIdentifier) }
        }
        return started
    }

    private func forget(_ process: Process) {
        Self.running.withLock { _ = $0.remove(process.processIdentifier) }
    }

    private func readLine() -> [UInt8]? {
        let handle = output.fileHandleForReading
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                defer { rest.removeFirst(end + 1) }
                return Array(rest[..<end])
            }
            var ready = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, Self.patienceMilliseconds) > 0 else { return nil }
            let part = handle.availableData
            if part.isEmpty { return nil }
            rest += part
        }
    }
}
