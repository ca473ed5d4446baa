/// A plugin ready for use.
public struct LoadedPlugin {
    public let architecture: any GuestArchitecture
    /// The file it came from; nil when it was registered in-process.
    public let path: [UInt8]?
}

/// Finds the plugin of a guest architecture: registered in-process, or a file that the dynamic linker loads.
public struct PluginLoader {
    /// Where files are looked for, in order.
    public let directories: [[UInt8]]
    /// Those of them that the user named.
    private let named: [[UInt8]]
    private let registered: [PluginFactory]

    /// - Parameters:
    ///   - directories: searched before the built-in places.
    ///   - executable: path of the emulator; nil takes the running executable's. Its directory, and `../lib/bsduser`
    ///     from there, are the built-in places.
    ///   - registered: architectures that are part of the program itself.
    public init(directories: [[UInt8]] = [], executable: [UInt8]? = nil, registered: [PluginFactory] = []) {
        let own = PluginLoader.directory(of: executable ?? PluginFile.executablePath())
        let installed = PluginLoader.directory(of: own) + Array("/lib/bsduser".utf8)
        self.directories = directories + (own.isEmpty ? [] : [own, installed])
        named = directories
        self.registered = registered
    }

    /// Loads the plugin that the user named: a path when there is a slash in the text, else a name.
    public func load(named name: [UInt8]) throws(PluginFailure) -> LoadedPlugin {
        if name.contains(PluginLoader.slash) {
            return try load(file: name)
        }
        if let factory = registered.first(where: { Array($0.make().description.name.utf8) == name }) {
            return LoadedPlugin(architecture: factory.make(), path: nil)
        }
        let isFileName = name.suffix(3).elementsEqual(".so".utf8)
        if isFileName, case .file = PluginFile.kind(of: name) {
            return try load(file: Array("./".utf8) + name)
        }
        let base = isFileName ? Array(name.dropLast(3)) : name
        guard let path = candidates(named: base).first else {
            throw .missing("no plugin '\(printable(name))'; \(searched)")
        }
        return try load(file: path)
    }

    /// Loads the plugin that runs the program.
    ///
    /// Files with the machine's usual name come first. When none fits, every plugin there is gets asked.
    public func choose(for program: ProgramIdentity) throws(PluginFailure) -> LoadedPlugin {
        for factory in registered {
            let architecture = factory.make()
            if architecture.description.elf.accepts(program) {
                return LoadedPlugin(architecture: architecture, path: nil)
            }
        }
        let usual = MachineName.row(of: program.machine)?.usualPlugins ?? []
        let likely = usual.flatMap { candidates(named: Array($0.utf8)) }
        var firstFailure: PluginFailure?
        for path in likely {
            do throws(PluginFailure) {
                let plugin = try load(file: path)
                if plugin.architecture.description.elf.accepts(program) { return plugin }
            } catch {
                firstFailure = firstFailure ?? error
            }
        }
        var unusable: [String] = []
        for path in files() where !likely.contains(path) {
            do throws(PluginFailure) {
                let plugin = try load(file: path)
                if plugin.architecture.description.elf.accepts(program) { return plugin }
            } catch {
                if !error.isForeignFile { unusable.append(error.message) }
            }
        }
        // A file that goes by the machine's name and cannot be loaded is worth more to the user than "none"; any other
        // that cannot be loaded may be the one.
        let reasons = ["no plugin for \(program.text)"] + unusable + [searched]
        throw firstFailure ?? .unusable(reasons.joined(separator: "; "))
    }

    /// What a file in a plugin directory is worth.
    public enum Finding {
        case plugin(LoadedPlugin)
        case unusable(PluginFailure)
        /// Another file of the same name comes first.
        case hidden(by: [UInt8])
    }

    /// Every file that the search looks at, with what is wrong where one cannot be used. Libraries that are no plugins
    /// count only in directories that the user named, and not where the emulator's own libraries stand.
    public func survey() -> [(path: [UInt8], finding: Finding)] {
        var first: [[UInt8]: [UInt8]] = [:]
        var found: [(path: [UInt8], finding: Finding)] = []
        var seen: Set<[UInt8]> = []
        for path in files() where seen.insert(path).inserted {
            let name = PluginLoader.pluginName(of: path)
            do throws(PluginFailure) {
                try inspect(path)
                if let other = first[name] {
                    found.append((path, .hidden(by: other)))
                    continue
                }
                found.append((path, .plugin(try link(path))))
                first[name] = path
            } catch {
                let directory = PluginLoader.directory(of: path)
                guard !error.isForeignFile || named.contains(directory) && !holdsCore(directory) else { continue }
                found.append((path, .unusable(error)))
            }
        }
        return found
    }

    private func holdsCore(_ directory: [UInt8]) -> Bool {
        if case .file = PluginFile.kind(of: directory + Array("/libBSDUserCore.so".utf8)) { true } else { false }
    }

    /// Directories that the user named and that are not there, or cannot be read.
    public var unreadableDirectories: [[UInt8]] { named.filter { !PluginFile.isDirectory($0) } }

    /// Every plugin that the search would find, with what is wrong where one cannot be used; the first of a name counts.
    public func list() -> [(path: [UInt8], plugin: Result<LoadedPlugin, PluginFailure>)] {
        survey().compactMap { path, finding in
            switch finding {
            case .plugin(let plugin): (path, .success(plugin))
            case .unusable(let failure): failure.isForeignFile ? nil : (path, .failure(failure))
            case .hidden: nil
            }
        }
    }

    /// Loads one file after a look inside, and checks that it was made for this core.
    func load(file path: [UInt8]) throws(PluginFailure) -> LoadedPlugin {
        try inspect(path)
        return try link(path)
    }

    /// Refuses a file that is no plugin, before the dynamic linker sees it.
    private func inspect(_ path: [UInt8]) throws(PluginFailure) {
        let shown = printable(path)
        switch PluginFile.kind(of: path) {
        case .missing: throw .missing("plugin \(shown) does not exist")
        case .unreadable(let reason): throw .unusable("plugin \(shown) cannot be read: \(reason)")
        case .file(let byteCount):
            let judged = PluginFile.inspect(path) {
                SharedObject.refusal(fileBytes: byteCount, exporting: PluginRegistration.symbol, read: $0)
            }
            guard let judged else { throw .unusable("plugin \(shown) cannot be opened") }
            guard let refusal = judged else { return }
            throw PluginFailure(
                message: "\(shown) \(refusal.text)", exitStatus: 126, isForeignFile: refusal.isLibrary)
        }
    }

    private func link(_ path: [UInt8]) throws(PluginFailure) -> LoadedPlugin {
        let shown = printable(path)
        let factory = try PluginFile.factory(path) { handshake throws(PluginFailure) in
            guard let handshake else {
                throw .unusable("plugin \(shown) returned no registration that this bsduser knows")
            }
            if let difference = handshake.difference(from: .core) {
                throw .unusable("plugin \(shown) \(difference); build it again against this core")
            }
        }
        return LoadedPlugin(architecture: factory.make(), path: path)
    }

    private var searched: String {
        "looked in " + directories.map(printable).joined(separator: ", ")
            + "; --plugin-path or $BSDUSER_PLUGINS names more places"
    }

    /// The existing files a name stands for: as installed, and as SwiftPM names them.
    private func candidates(named name: [UInt8]) -> [[UInt8]] {
        directories.flatMap { directory in
            [[], Array("lib".utf8)].map { directory + [PluginLoader.slash] + $0 + name + Array(".so".utf8) }
        }
        .filter { if case .missing = PluginFile.kind(of: $0) { false } else { true } }
    }

    private func files() -> [[UInt8]] {
        directories.flatMap { directory in
            PluginFile.sharedObjects(in: directory).map { directory + [PluginLoader.slash] + $0 }
        }
    }

    private static let slash = UInt8(ascii: "/")

    private static func directory(of path: [UInt8]) -> [UInt8] {
        guard let last = path.lastIndex(of: slash) else { return [] }
        return Array(path[..<last])
    }

    private static func pluginName(of path: [UInt8]) -> [UInt8] {
        let file = path[((path.lastIndex(of: slash) ?? -1) + 1)...].dropLast(3)
        return Array(file.starts(with: "lib".utf8) ? file.dropFirst(3) : file)
    }
}
