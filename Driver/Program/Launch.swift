import BSDUserCore
import DriverOptions
import Glibc

/// From the options to a running guest.
struct Launch {
    let options: LaunchOptions

    /// The CPU models to list: of the plugin named, of the program's, or of every plugin.
    func cpuModels() throws(LaunchFailure) -> String {
        if options.archPlugin != nil || !options.program.isEmpty {
            return Information.models(of: [try plugin().architecture])
        }
        let architectures = plugins.list().compactMap { try? $0.plugin.get().architecture }
        guard !architectures.isEmpty else {
            throw .notFound("no plugins found, so no CPU models; --plugin-path names directories to look in")
        }
        return Information.models(of: architectures)
    }

    /// The plugin that the user named, or the one for the program.
    func plugin() throws(LaunchFailure) -> LoadedPlugin {
        guard let name = options.archPlugin else {
            return try choose(for: try identity())
        }
        let named = try load(named: name)
        guard !options.program.isEmpty else { return named }
        let program = try identity()
        let description = named.architecture.description
        if description.elf.accepts(program) { return named }
        // A guest may start a program of another architecture: the name was meant for the first one.
        guard options.isReentry else {
            throw .notRunnable(
                "\(shownProgram) is for \(program.text); plugin \(description.name) runs \(description.elf.text)")
        }
        return try choose(for: program)
    }

    /// Which machine the program is for.
    private func identity() throws(LaunchFailure) -> ProgramIdentity {
        guard let header = HostInput.firstBytes(of: options.program, count: 64) else {
            let code = errno
            let message = "\(shownProgram): \(HostInput.errorText(code))"
            throw code == ENOENT || code == ENOTDIR ? .notFound(message) : .notRunnable(message)
        }
        guard let program = ProgramIdentity(header: header) else {
            throw .notRunnable("\(shownProgram) is not an ELF program")
        }
        return program
    }

    private var plugins: PluginLoader {
        PluginLoader(directories: options.pluginDirectories)
    }

    private var shownProgram: String {
        printable(options.program)
    }

    private func load(named name: Bytes) throws(LaunchFailure) -> LoadedPlugin {
        do throws(PluginFailure) {
            return try plugins.load(named: name)
        } catch {
            throw LaunchFailure(error)
        }
    }

    private func choose(for program: ProgramIdentity) throws(LaunchFailure) -> LoadedPlugin {
        do throws(PluginFailure) {
            return try plugins.choose(for: program)
        } catch {
            throw LaunchFailure(error)
        }
    }
}
