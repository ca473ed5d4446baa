import ArgumentParser
import BSDUserCore
import Foundation

/// Lists the plugins that `bsduser` would find.
struct Plugins: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the architecture plugins found, with what they run and what is wrong with them.",
        discussion: "The exit status is 1 when one of them is unusable, or a directory cannot be read.")

    @OptionGroup var plugins: PluginOptions

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        let loader = plugins.loader(environment: ProcessInfo.processInfo.environment)
        let found = try loader.survey().map(Row.init)
        let missing = loader.unreadableDirectories.map { String(decoding: $0, as: UTF8.self) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let absent = missing.map { Row(path: $0, problem: Self.notADirectory) }
            for row in found + absent { print(String(decoding: try encoder.encode(row), as: UTF8.self)) }
        } else {
            if !found.isEmpty { print("core: \(PluginVersion.coreIdentity), plugin ABI \(PluginVersion.abi)") }
            for row in found { print(row.text) }
            for path in missing { print("\(path): \(Self.notADirectory)") }
        }
        if found.isEmpty {
            let places = loader.directories.map { String(decoding: $0, as: UTF8.self) }
            throw ControlFailure("no plugins in " + places.joined(separator: ", "))
        }
        if !missing.isEmpty || found.contains(where: { $0.problem != nil }) { throw ExitCode.failure }
    }

    private static let notADirectory = "no directory that can be read"

    /// One plugin, as it is printed.
    private struct Row: Encodable {
        var path: String
        var name: String?
        var abi: UInt32?
        var core: String?
        var machine: String?
        var hardware: String?
        var release: String?
        var problem: String?
        /// The file of the same name that is used instead.
        var hiddenBy: String?

        init(path: String, problem: String) {
            self.path = path
            self.problem = problem
        }

        init(path: [UInt8], finding: PluginLoader.Finding) throws {
            self.path = String(decoding: path, as: UTF8.self)
            switch finding {
            case .plugin(let plugin):
                problem = try EmulatorProgram.refusal(ofPlugin: self.path)
                guard problem == nil else { return }
                let description = plugin.architecture.description
                name = description.name
                // A plugin that loads has the core's own: the loader lets no other through.
                abi = PluginVersion.abi
                core = "\(PluginVersion.coreIdentity)"
                machine = description.elf.text
                hardware = "\(description.machine)/\(description.machineArchitecture)"
                release = description.defaultRelease.name
            case .unusable(let failure): problem = failure.message
            case .hidden(let other): hiddenBy = String(decoding: other, as: UTF8.self)
            }
        }

        var text: String {
            if let hiddenBy { return "not used: \(path); \(hiddenBy) comes first" }
            guard let name, let machine, let hardware, let release, let abi else {
                return "unusable: \(problem ?? path)"
            }
            return "\(name): \(machine), hw.machine \(hardware), FreeBSD \(release), ABI \(abi)\n  \(path)"
        }
    }
}
