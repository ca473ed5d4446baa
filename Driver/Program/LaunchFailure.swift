import BSDUserCore
import DriverOptions

/// The end of the emulator before a guest runs: one line and a status, as env(1) has them.
struct LaunchFailure: Error {
    var message: String
    var exitStatus: Int32

    /// The emulator itself cannot do what was asked.
    static func own(_ message: String) -> LaunchFailure {
        LaunchFailure(message: message, exitStatus: 125)
    }

    /// Something was found that cannot be run.
    static func notRunnable(_ message: String) -> LaunchFailure {
        LaunchFailure(message: message, exitStatus: 126)
    }

    /// What was named does not exist.
    static func notFound(_ message: String) -> LaunchFailure {
        LaunchFailure(message: message, exitStatus: 127)
    }

    init(message: String, exitStatus: Int32) {
        self.message = message
        self.exitStatus = exitStatus
    }

    init(_ problem: OptionProblem) {
        self.init(message: problem.message, exitStatus: OptionProblem.exitStatus)
    }

    init(_ failure: PluginFailure) {
        self.init(message: failure.message, exitStatus: failure.exitStatus)
    }

    init(_ failure: LoadError) {
        // The message may quote what stands in the file.
        self.init(message: printable(Bytes(text: failure.message)), exitStatus: failure.exitStatus)
    }
}
