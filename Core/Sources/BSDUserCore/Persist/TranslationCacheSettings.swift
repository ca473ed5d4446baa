/// What the user wants of the translation cache, and what the translator is.
public struct TranslationCacheSettings: Sendable, Equatable {
    /// Where the files lie: an absolute path of the host.
    public var directory: [UInt8]
    /// How many bytes the files may take together.
    public var limitBytes: UInt64
    /// A number that changes with the core, the plugin and the CPU model.
    public var identity: UInt64

    /// What the cache may take unless the user says otherwise.
    public static let usualLimitBytes: UInt64 = 1 << 30
}
