/// Where translated code is kept between runs.
public enum TranslationCacheChoice: Equatable, Sendable {
    /// In the user's cache directory.
    case usual
    case off
    case directory(Bytes)

    static let offWord = Bytes(text: "off")

    /// Reads the value of `-cache` or of its variable.
    public init(reading text: Bytes) { self = text == TranslationCacheChoice.offWord ? .off : .directory(text) }

    /// The directory; nil when nothing is kept: on demand, or because the environment (each `NAME=VALUE`) names no place.
    public func directory(environment: [Bytes]) -> Bytes? {
        switch self {
        case .off: return nil
        case .directory(let path): return path
        case .usual: break
        }
        let places = [("XDG_CACHE_HOME=", ""), ("HOME=", "/.cache")]
        for (variable, suffix) in places {
            let name = Bytes(text: variable)
            guard let found = environment.first(where: { $0.starts(with: name) }) else { continue }
            let value = Bytes(found.dropFirst(name.count))
            // The XDG base directory specification has relative paths ignored.
            guard value.first == UInt8(ascii: "/") else { continue }
            return value + Bytes(text: suffix + "/bsduser/translations")
        }
        return nil
    }
}
