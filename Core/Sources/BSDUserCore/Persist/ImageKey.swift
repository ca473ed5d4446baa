/// What a file of the translation cache was made from: with another key its code is not used.
struct ImageKey: Equatable {
    /// Length of `bytes`.
    static let byteCount = 128
    /// Everything that decides what the translator makes, in a fixed order of numbers.
    let bytes: [UInt8]

    /// - Parameters:
    ///   - code: the guest's code, and the file that it comes from
    ///   - translator: core, plugin and CPU model (`TranslationCacheSettings.identity`)
    ///   - features: what the emitter uses of the host's processor
    init(_ code: FileCode, translator: UInt64, features: HostFeatures) {
        let numbers: [UInt64] = [
            UInt64(StoredHeader.version), translator, UInt64(features.rawValue), code.range.lowerBound,
            code.range.upperBound, code.fileOffset, code.file.device, code.file.inode, code.file.byteCount,
            UInt64(bitPattern: code.file.modified), UInt64(bitPattern: code.file.changed),
        ]
        var bytes = numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) } }
        bytes += [UInt8](repeating: 0, count: ImageKey.byteCount - bytes.count)
        self.bytes = bytes
    }

    /// The name of the file in the cache directory. Another key may have the same one: the file holds the whole key.
    var fileName: String { Self.fileName(hash: hash) }

    private var hash: UInt64 { Checksum.of(bytes) }

    private static func fileName(hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + HostCacheDirectory.imageSuffix
    }
}

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

    /// - Parameters:
    ///   - plugin: path of the plugin's file
    ///   - model: the CPU model that the plugin was told to be
    public init(directory: [UInt8], limitBytes: UInt64 = usualLimitBytes, plugin: [UInt8], model: String) {
        self.directory = directory
        self.limitBytes = limitBytes
        // A file that was built anew has other times, or is another file.
        let parts: [String] = [
            PluginVersion.coreIdentity.description, String(PluginVersion.layoutFingerprint), model,
            HostCacheDirectory.fingerprint(ofFile: HostCacheDirectory.ownFile),
            HostCacheDirectory.fingerprint(ofFile: plugin),
        ]
        identity = Checksum.of(Array(parts.joined(separator: "\0").utf8))
    }
}
