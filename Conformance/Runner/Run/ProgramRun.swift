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

    /// Runs a program in a folder, with nothing of our environment, and ends it and its children after so many seconds.
    static func of(
        _ program: URL, _ arguments: [String], environment: [String: String], input: URL?, directory: URL,
        seconds: Double
    ) throws -> ProgramRun {
        let files = try ["output", "error"].map { try CapturedFile(directory.deletingLastPathComponent(), $0) }
        defer { files.forEach { $0.remove() } }
        let process = Process()
        // A process group of its own, so that what it leaves behind ends with it.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
        process.arguments = ["--wait", program.path] + arguments
        process.environment = environment
        process.currentDirectoryURL = directory
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = files[0].handle
        process.standardError = files[1].handle
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        let isInTime = ended.wait(timeout: .now() + seconds) == .success
        if !isInTime {
            SessionKiller.end(process.processIdentifier)
            ended.wait()
        }
        let isExit = process.terminationReason == .exit
        return ProgramRun(
            status: isExit ? process.terminationStatus : nil, signal: isExit ? nil : process.terminationStatus,
            hasTimedOut: !isInTime, output: try files[0].contents(), standardError: try files[1].contents())
    }
}

/// A file that takes a program's output: unlike a pipe, nothing waits for what the program leaves running.
private struct CapturedFile {
    let url: URL
    let handle: FileHandle

    init(_ folder: URL, _ name: String) throws {
        url = folder.appendingPathComponent("\(name)-\(UUID().uuidString)")
        guard FileManager.default.createFile(atPath: url.path, contents: nil) else {
            throw RunnerProblem("cannot write \(url.path)")
        }
        handle = try FileHandle(forWritingTo: url)
    }

    func contents() throws -> Data { try Data(contentsOf: url) }

    func remove() {
        try? handle.close()
        try? FileManager.default.removeItem(at: url)
    }
}

/// Ends a process and everything that it has started.
enum SessionKiller {
    static func end(_ root: Int32) {
        for process in descendants(of: root).reversed() { kill(process, SIGKILL) }
        kill(root, SIGKILL)
    }

    /// The processes below one, parents first, as /proc shows them.
    private static func descendants(of root: Int32) -> [Int32] {
        var found: [Int32] = []
        var next = [root]
        while let parent = next.popLast() {
            for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(parent)/task")) ?? [] {
                let path = "/proc/\(parent)/task/\(thread)/children"
                let children = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
                let numbers = children.split(separator: " ").compactMap { Int32($0) }
                found += numbers
                next += numbers
            }
        }
        return found
    }
}
