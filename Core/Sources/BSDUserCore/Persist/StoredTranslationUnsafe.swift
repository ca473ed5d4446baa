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
    /// Why the emulator does not use the file, after "is"; nil when it does.
    public let problem: String?
}

extension HostCacheDirectory {
    /// Every finished file of the cache, the whole of it looked at.
    public var translations: [StoredTranslation] {
        entries.map { entry in
            var (origin, blockCount, problem): (String, UInt32, String?) = ("", 0, nil)
            do throws(StoredImage.Problem) {
                (origin, blockCount) = try described(entry.name)
            } catch {
                problem = error.rawValue
            }
            return StoredTranslation(
                fileName: entry.name, byteCount: entry.byteCount, lastUsed: entry.lastUsed, origin: origin,
                blockCount: blockCount, problem: problem)
        }
    }

    private func described(_ name: String) throws(StoredImage.Problem) -> (origin: String, blockCount: UInt32) {
        // An empty file is not opened.
        guard let file = open(name, largest: StoredImage.maximumBytes) else { throw .unusable }
        defer { file.close() }
        guard let mapping = file.map() else { throw .unusable }
        defer { mapping.release() }
        return try StoredImage.description(mapping)
    }
}

extension StoredImage {
    /// What is wrong with a file.
    fileprivate enum Problem: String, Error {
        case unusable = "empty, too large, or not the user's alone"
        case otherVersion = "of another version of bsduser"
        case damaged = "damaged"
    }

    /// The origin that a file names, and how many blocks it has.
    fileprivate static func description(_ file: HostCacheDirectory.Mapping) throws(Problem)
        -> (origin: String, blockCount: UInt32)
    {
        let bytes = UnsafeRawBufferPointer(start: file.base, count: file.byteCount)
        guard file.byteCount >= introductionBytes else { throw .damaged }
        let header = bytes.load(as: StoredHeader.self)
        guard header.magic == StoredHeader.magic else { throw .damaged }
        guard header.version == StoredHeader.version else { throw .otherVersion }
        guard StoredImage(file.base, byteCount: file.byteCount, key: nil) != nil else { throw .damaged }
        let path = bytes.dropFirst(StoredHeader.byteCount + ImageKey.byteCount).prefix(pathBytes).prefix { $0 != 0 }
        return (String(decoding: path, as: UTF8.self), header.blockCount)
    }
}
