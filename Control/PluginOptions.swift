import ArgumentParser
import BSDUserCore

/// The options of every command that looks at plugins.
struct PluginOptions: ParsableArguments {
    @Option(help: "Directories to look for plugins in first, separated by colons.")
    var pluginPath: String?

    /// The search that `bsduser` makes, with its variable.
    func loader(environment: [String: String]) -> PluginLoader {
        let lists = [pluginPath, environment["BSDUSER_PLUGINS"]].compactMap { $0 }
        return PluginLoader(
            directories: lists.flatMap { $0.split(separator: ":") }.map { Array($0.utf8) })
    }
}
