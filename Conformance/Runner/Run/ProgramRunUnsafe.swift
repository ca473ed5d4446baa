import ConformanceSpawn
import Foundation

/// A program that was run to its end.
struct ProgramRun {
    /// Its exit status; nil when a signal ended it.
    var status: Int32?
    /// The signal that ended it.
    var signal: Int32?
    var hasTimedOut = false
    var output: Data
    var standardError: Data

    /// What became of it, in a few words.
    var end: String {
        if hasTimedOut { return "did not end in time" }
        if let signal { return "ended by the host's signal \(signal)" }
        return "exit status \(status ?? 0)"
    }

    /// Runs a program in a folder and in a session of its own, with nothing of our environment, descriptors or signals;
    /// ends it after so many seconds, and in any case what it has started.
    static func of(
        _ program: URL, _ arguments: [String], environment: [String: String], input: URL?, directory: URL,
        seconds: Double
    ) throws -> ProgramRun {
        let scratch = directory.deletingLastPathComponent()
        let files = ["output", "error"].map { scratch.appendingPathComponent("\($0)-\(UUID().uuidString)") }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        // The oracle is a child too.
        let others = ChildProcesses.own()
        // Files take the output: unlike with pipes, nothing waits for what the program leaves running.
        let process = try Interruption.excluded {
            try spawn(
                program.path, arguments, environment, directory: directory.path,
                files: [input?.path ?? "/dev/null", files[0].path, files[1].path])
        }
        let status = waited(process, others.union([process]), seconds: seconds)
        let hasTimedOut = status == nil
        if hasTimedOut { kill(process, SIGKILL) }
        let word = status ?? WaitStatus.waited(process)
        ChildProcesses.end(besides: others)
        let hasExited = word & 0x7f == 0
        return ProgramRun(
            status: hasExited ? word >> 8 & 0xff : nil, signal: hasExited ? nil : word & 0x7f,
            hasTimedOut: hasTimedOut, output: try Data(contentsOf: files[0]),
            standardError: try Data(contentsOf: files[1]))
    }

    /// The wait status of a program; nil when it does not end in so many seconds.
    private static func waited(_ process: pid_t, _ kept: Set<pid_t>, seconds: Double) -> Int32? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var pause: UInt32 = 200
        var rounds = 0
        while ContinuousClock.now < deadline {
            if let status = WaitStatus.ended(process) { return status }
            usleep(pause)
            pause = min(5000, pause * 5 / 4)
            rounds += 1
            // A guest may look whether a process without a parent is gone.
            if rounds % 8 == 0 { ChildProcesses.reap(besides: kept) }
        }
        return WaitStatus.ended(process)
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String], directory: String, files: [String]
    ) throws -> pid_t {
        let words = ([program] + arguments).map { strdup($0) } + [nil]
        let variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var process: pid_t = 0
        let problem = spawn_program(program, words, variables, directory, files[0], files[1], files[2], &process)
        guard problem == 0 else {
            throw RunnerProblem("cannot start \(program): \(String(cString: strerror(problem)))")
        }
        return process
    }
}

/// How children end.
enum WaitStatus {
    /// The wait status of a child that has ended.
    static func ended(_ process: pid_t) -> Int32? {
        var status: Int32 = 0
        return waitpid(process, &status, WNOHANG) == process ? status : nil
    }

    /// The wait status, once it has ended.
    static func waited(_ process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
