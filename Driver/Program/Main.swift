import BSDUserCore
import DriverOptions
import Glibc

@main
enum Main {
    static func main() {
        do throws(LaunchFailure) {
            try run(try command())
            exit(0)
        } catch {
            HostInput.write("bsduser: \(error.message)\n", to: STDERR_FILENO)
            exit(error.exitStatus)
        }
    }

    private static func command() throws(LaunchFailure) -> Command {
        do throws(OptionProblem) {
            return try CommandParser.parse(
                HostInput.arguments, environment: HostStart.isPrivileged ? [] : HostInput.environment,
                workingDirectory: HostInput.workingDirectory, keepsArgv0: HostStart.keepsArgv0)
        } catch {
            throw LaunchFailure(error)
        }
    }

    private static func run(_ command: Command) throws(LaunchFailure) {
        switch command {
        case .help: try show(HelpText.text)
        case .listLogItems: try show(LogItem.helpText)
        case .version(let options): try show(Information.version(options))
        case .listCPUModels(let options): try show(try Launch(options: options).cpuModels())
        case .run(let options):
            try checkProcessor()
            try Launch(options: options).run()
        }
    }

    private static func show(_ text: String) throws(LaunchFailure) {
        let failure = HostInput.write(text, to: STDOUT_FILENO)
        guard failure == 0 else { throw .own("cannot write standard output: \(HostInput.errorText(failure))") }
    }

    /// Translated code uses x86-64-v3 without asking again.
    private static func checkProcessor() throws(LaunchFailure) {
        let missing = HostProcessor().missingFeatures
        guard missing.isEmpty else {
            throw .own(
                "this processor lacks \(missing.joined(separator: ", ")); bsduser needs an x86-64-v3 processor "
                    + "(Haswell, Excavator or newer)")
        }
    }
}
