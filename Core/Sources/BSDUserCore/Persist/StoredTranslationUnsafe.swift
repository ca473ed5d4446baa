/// A file of the translation cache, as a listing shows it.
public struct StoredTranslation: Sendable {
    public let fileName: String
    /// What it takes on the disk.
    public let byteCount: UInt64
    /// Seconds since 1970, to the hour.
    public let lastUsed: Int
    /// The guest's file whose code was translated, by the path it had then; empty when that was not known.
    public let origin: String
    public let blockCount: UInt32
}

extension HostCacheDirectory {
    /// Every finished file of the cache; damaged ones without an origin.
    public var translations: [StoredTranslation] {
        entries.map { entry in
            let start = open(entry.name, largest: StoredImage.maximumBytes).flatMap { file in
                defer { file.close() }
                return file.read(StoredImage.introductionBytes)
            }
            let described = start.flatMap(StoredImage.description)
            return StoredTranslation(
                fileName: entry.name, byteCount: entry.byteCount, lastUsed: entry.lastUsed,
                origin: described?.origin ?? "", blockCount: described?.blockCount ?? 0)
        }
    }
}

extension StoredImage {
    /// What the first bytes of a file say of it; nil when they are not of this version.
    fileprivate static func description(_ start: [UInt8]) -> (origin: String, blockCount: UInt32)? {
        start.withUnsafeBytes { bytes in
            guard bytes.count >= introductionBytes else { return nil }
            let header = bytes.loadUnaligned(as: StoredHeader.self)
            guard header.magic == StoredHeader.magic, header.version == StoredHeader.version else { return nil }
            let path = bytes.dropFirst(StoredHeader.byteCount + ImageKey.byteCount).prefix { $0 != 0 }
            return (String(decoding: path, as: UTF8.self), header.blockCount)
        }
    }
}
