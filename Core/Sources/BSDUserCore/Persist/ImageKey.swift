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
    ///   - pins: the guest's registers that host registers hold, in their order; at most 20
    init(_ code: FileCode, translator: UInt64, features: HostFeatures, pins: [RegisterIndex]) {
        let numbers: [UInt64] = [
            UInt64(StoredHeader.version), translator, UInt64(features.rawValue), code.range.lowerBound,
            code.range.upperBound, code.fileOffset, code.file.device, code.file.inode, code.file.byteCount,
            UInt64(bitPattern: code.file.modified), UInt64(bitPattern: code.file.changed),
        ]
        var bytes = numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) } }
        bytes += pins.flatMap { [UInt8(truncatingIfNeeded: $0.raw), UInt8(truncatingIfNeeded: $0.raw >> 8)] }
        bytes += [UInt8](repeating: 0, count: ImageKey.byteCount - bytes.count)
        self.bytes = bytes
    }

    /// The name of the file in the cache directory. Another key may have the same one: the file holds the whole key.
    var fileName: String { name + HostCacheDirectory.imageSuffix }

    /// The name of the file that says which registers the program wants in the host's.
    var pinsFileName: String { name + HostCacheDirectory.pinsSuffix }

    private var name: String {
        let digits = String(Checksum.of(bytes), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
