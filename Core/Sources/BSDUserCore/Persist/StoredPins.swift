/// Which of a program's integer registers host registers hold, as a file of the translation cache has it.
///
/// The file is the key of the program's code, a checksum, and numbers of two bytes: how many rounds of looks it took, and the
/// registers.
struct StoredPins: Equatable {
    /// Larger files are none of these.
    static let maximumBytes = 4096
    private static let checksumBytes = 8

    let integers: [RegisterIndex]
    /// Rounds of `RegisterUse` after which they were chosen.
    let roundCount: Int

    init(integers: [RegisterIndex], roundCount: Int) {
        self.integers = integers
        self.roundCount = roundCount
    }

    /// What a file holds, or nil when it is damaged or another program's.
    init?(_ bytes: [UInt8], key: ImageKey) {
        let start = ImageKey.byteCount + Self.checksumBytes
        guard bytes.count > start, bytes.count % 2 == 0, bytes.starts(with: key.bytes) else { return nil }
        let numbers = stride(from: start, to: bytes.count, by: 2).map { Int(bytes[$0]) | Int(bytes[$0 + 1]) << 8 }
        roundCount = numbers[0]
        integers = numbers.dropFirst().map { RegisterIndex($0) }
        guard self.bytes(key: key) == bytes else { return nil }
    }

    /// The file.
    func bytes(key: ImageKey) -> [UInt8] {
        let numbers = ([roundCount] + integers.map { Int($0.raw) }).flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
        }
        let checksum = Checksum.of(key.bytes + numbers)
        return key.bytes + (0..<UInt64(Self.checksumBytes)).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }
            + numbers
    }
}
