import BSDUserCore
import DriverOptions

/// What `bsduser` prints about itself.
enum Information {
    /// The text of `-version`.
    static func version(_ options: LaunchOptions) -> String {
        var lines = [
            "bsduser \(Version.text)",
            "\(PluginVersion.coreIdentity), layout \(String(PluginVersion.layoutFingerprint, radix: 16))",
            "plugin ABI \(PluginVersion.abi)",
        ]
        let found = PluginLoader(directories: options.pluginDirectories).list()
        lines.append(found.isEmpty ? "no plugins found" : "plugins:")
        for (path, plugin) in found {
            switch plugin {
            case .success(let plugin):
                let description = plugin.architecture.description
                lines.append(
                    "  \(description.name): ABI \(PluginVersion.abi), \(description.elf.text), "
                        + "FreeBSD \(description.defaultRelease.name), \(printable(path))")
            case .failure(let failure):
                lines.append("  unusable: \(failure.message)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The text of `-cpu help` for some plugins.
    static func models(of architectures: [any GuestArchitecture]) -> String {
        architectures.map { architecture in
            let description = architecture.description
            let models = description.cpuModels.enumerated().map { index, model in
                "  \(model.name)\(index == 0 ? " (default)" : ""): \(model.summary)\n"
            }
            return "CPU models of \(description.name):\n" + models.joined()
        }
        .joined()
    }
}
