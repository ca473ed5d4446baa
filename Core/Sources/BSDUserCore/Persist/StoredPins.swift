/// Which of a program's integer registers host registers hold, as a file of the translation cache has it.
///
/// The file is the key of the program's code, a checksum, and two bytes for each register.
struct StoredPins: Equatable {
    /// Larger files are none of these.
    static let maximumBytes = 4096
    private static let checksumBytes = 8

    let integers: [RegisterIndex]

    init(integers: [RegisterIndex]) { self.integers = integers }

    /// What a file holds, or nil when it is damaged or another program's.
    init?(_ bytes: [UInt8], key: ImageKey) {
        let start = ImageKey.byteCount + Self.checksumBytes
        guard bytes.count >= start, bytes.count % 2 == 0, bytes.starts(with: key.bytes) else { return nil }
        integers = stride(from: start, to: bytes.count, by: 2).map {
            RegisterIndex(Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8)
        }
        guard self.bytes(key: key) == bytes else { return nil }
    }

    /// The file.
    func bytes(key: ImageKey) -> [UInt8] {
        let numbers = integers.flatMap { [UInt8(truncatingIfNeeded: $0.raw), UInt8(truncatingIfNeeded: $0.raw >> 8)] }
        let checksum = Checksum.of(key.bytes + numbers)
        return key.bytes + (0..<UInt64(Self.checksumBytes)).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
            + numbers
    }
}
