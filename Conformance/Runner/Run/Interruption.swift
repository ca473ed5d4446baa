import ConformanceSpawn
import Foundation
import Synchronization

/// A run that is told to end (Ctrl-C, SIGTERM, SIGHUP) takes everything with it that it has started, and its files.
public enum Interruption {
    /// Passed by whoever starts a process; whoever ends the run keeps it.
    private static let gate = Mutex(())

    /// Lets signals end this process in that way from now on. `scratch` is the run's folder; a worker has one of its own in
    /// it, and ends in the same way when the coordinator does, however that came.
    public static func watch(isWorker: Bool, scratch: URL) throws {
        let problem = catch_interruptions(isWorker ? 1 : 0)
        guard problem == 0 else {
            throw RunnerProblem("cannot watch for signals: \(String(cString: strerror(problem)))")
        }
        Thread.detachNewThread {
            let signal = wait_for_interruption()
            gate.withLock { _ in
                ChildProcesses.end()
                ScratchFolder.remove(scratch)
                // The run's folder is empty once the last worker is gone.
                if isWorker { rmdir(scratch.deletingLastPathComponent().path) }
                end_by_signal(signal)
            }
        }
    }

    /// Does what must not happen while the run is being ended, such as to start a process.
    static func excluded<Result>(_ body: () throws -> Result) rethrows -> Result {
        try gate.withLock { _ in try body() }
    }
}

/// The processes that this one has started, and those that their parents left to it.
enum ChildProcesses {
    /// Ends the children but those to keep, and what becomes a child when its parent ends, until there is none.
    static func end(besides kept: Set<pid_t> = []) {
        while true {
            let children = own().subtracting(kept)
            if children.isEmpty { return }
            for child in children { kill(child, SIGKILL) }
            for child in children { _ = WaitStatus.waited(child) }
        }
    }

    /// Takes notice of children that have ended, but for those to keep.
    static func reap(besides kept: Set<pid_t>) {
        for child in own().subtracting(kept) { _ = WaitStatus.ended(child) }
    }

    /// The children of all threads.
    static func own() -> Set<pid_t> {
        var found: Set<pid_t> = []
        for thread in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? [] {
            let children = try? String(contentsOfFile: "/proc/self/task/\(thread)/children", encoding: .utf8)
            found.formUnion((children ?? "").split(separator: " ").compactMap { pid_t($0) })
        }
        return found
    }
}
