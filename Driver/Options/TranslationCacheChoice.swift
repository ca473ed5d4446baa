/// Where translated code is kept between runs.
public enum TranslationCacheChoice: Equatable, Sendable {
    /// In the user's cache directory.
    case usual
    case off
    case directory(Bytes)

    static let offWord = Bytes(text: "off")

    /// Reads the value of `-cache`.
    public init(reading text: Bytes) { self = text == TranslationCacheChoice.offWord ? .off : .directory(text) }

    /// The choice of a process that is started without options.
    public init(environment: [Bytes]) {
        self = EnvironmentVariable.value("BSDUSER_CACHE", in: environment).map { Self(reading: $0) } ?? .usual
    }

    /// The directory; nil when nothing is kept: on demand, or because the environment (each `NAME=VALUE`) names no place.
    public func directory(environment: [Bytes]) -> Bytes? {
        switch self {
        case .off: return nil
        case .directory(let path): return path
        case .usual: break
        }
        return CacheHome.directory(environment: environment).map { $0 + Bytes(text: "/bsduser/translations") }
    }
}

/// The directory for what programs keep of their own accord (XDG base directory specification).
public enum CacheHome {
    /// The directory; nil when the environment names none.
    public static func directory(environment: [Bytes]) -> Bytes? {
        // The specification has relative paths ignored.
        let named = EnvironmentVariable.value("XDG_CACHE_HOME", in: environment).flatMap { isAbsolute($0) ? $0 : nil }
        let home = EnvironmentVariable.value("HOME", in: environment).flatMap { isAbsolute($0) ? $0 : nil }
        return named ?? home.map { $0 + Bytes(text: "/.cache") }
    }

    /// Which variables keep the environment from naming one, as the beginning of a sentence that says what helps.
    public static func absence(environment: [Bytes]) -> String {
        let names = ["XDG_CACHE_HOME", "HOME"]
        let states = names.map { name in
            let value = EnvironmentVariable.value(name, in: environment)
            return "\(name) is " + (value.map { "'\(printable($0))', no absolute path" } ?? "not set")
        }
        return states.joined(separator: " and ")
            + ", so nothing says where the cache is; set HOME to your home directory"
    }

    private static func isAbsolute(_ path: Bytes) -> Bool { path.first == UInt8(ascii: "/") }
}

/// The variables of an environment, each `NAME=VALUE`.
enum EnvironmentVariable {
    /// A variable's value; one that is empty counts as not set.
    static func value(_ name: String, in environment: [Bytes]) -> Bytes? {
        let prefix = Bytes(text: name + "=")
        let value = environment.first { $0.starts(with: prefix) }?.dropFirst(prefix.count)
        return value.flatMap { $0.isEmpty ? nil : Bytes($0) }
    }
}
