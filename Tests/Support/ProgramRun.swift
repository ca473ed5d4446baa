import Foundation

/// A finished process: what it printed and how it ended.
public struct ProgramRun: Sendable {
    public enum End: Equatable, Sendable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut
    }

    public var end: End
    public var standardOutput: Data
    public var standardErrorData: Data

    public var isSuccess: Bool { end == .exited(0) }
    public var output: String { String(decoding: standardOutput, as: UTF8.self) }
    public var standardError: String { String(decoding: standardErrorData, as: UTF8.self) }

    /// How the process ended and what it said, for a test's message.
    public var summary: String { "\(end)\nstdout: \(output.suffix(4000))\nstderr: \(standardError.suffix(2000))" }

    /// Runs a program to its end, or kills it and everything it started when the time is over.
    ///
    /// - Parameters:
    ///   - environment: replaces the whole environment when given.
    ///   - input: the program's standard input; without it, an empty one.
    public static func of(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, input: Data = Data(),
        directory: URL? = nil, timeoutSeconds: Int = 60
    ) throws -> ProgramRun {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files instead of pipes: the output is complete whatever the program leaves running, and no pipe can fill up.
        func file(_ name: String, _ content: Data = Data()) throws -> FileHandle {
            let url = folder.appendingPathComponent(name)
            try content.write(to: url)
            return try FileHandle(forUpdating: url)
        }
        let inputFile = try file("in", input)
        let outputFile = try file("out")
        let errorFile = try file("err")

        let process = Process()
        // timeout(1) puts the program in a process group of its own and ends the whole group.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["--kill-after=5", "\(timeoutSeconds)", program] + arguments
        if let environment { process.environment = environment }
        if let directory { process.currentDirectoryURL = directory }
        process.standardInput = inputFile
        process.standardOutput = outputFile
        process.standardError = errorFile
        try start(process)
        process.waitUntilExit()

        func content(_ handle: FileHandle) throws -> Data {
            try handle.seek(toOffset: 0)
            return try handle.readToEnd() ?? Data()
        }
        return ProgramRun(
            end: end(of: process), standardOutput: try content(outputFile), standardErrorData: try content(errorFile))
    }

    private static let starting = NSLock()

    /// Starts a process that has none of the descriptors of tests that run at the same time, and no signal blocked.
    ///
    /// One at a time: Foundation learns of a process's end by a descriptor which the process inherits, and one that is
    /// kept from it is an end that comes too early, on a watcher that all processes share.
    public static func start(_ process: Process) throws {
        starting.lock()
        defer { starting.unlock() }
        keepDescriptorsFromPrograms()
        try withAllSignalsUnblocked { try process.run() }
    }

    private static func keepDescriptorsFromPrograms() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for descriptor in names.compactMap({ Int32($0) }) where descriptor > STDERR_FILENO {
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    /// Tests run on threads that block signals, and a process inherits the mask of the thread that starts it.
    private static func withAllSignalsUnblocked(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    private static func end(of process: Process) -> End {
        if process.terminationReason == .uncaughtSignal { return .signalled(process.terminationStatus) }
        switch process.terminationStatus {
        // timeout(1) ends by the signal that ended the program, or where it cannot, with 128 + its number.
        case 124: return .timedOut
        case 129...(128 + 64): return .signalled(process.terminationStatus - 128)
        default: return .exited(process.terminationStatus)
        }
    }
}
