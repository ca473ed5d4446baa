/// A FreeBSD release as the user writes it for -r: `13.2`, `13.2-RELEASE` or `13.2-RELEASE-p4`.
public struct Release: Equatable, Sendable {
    /// What `uname -r` prints.
    public var name: String
    /// `__FreeBSD_version`: 1302000 for 13.2 (FreeBSD Porter's Handbook, chapter 18).
    public var version: Int32

    /// Reads a release; nil when it does not begin with a major and a minor number of FreeBSD's.
    public init?(_ text: Bytes) {
        let numbers = text.prefix { $0 != UInt8(ascii: "-") }
        let parts = split(Bytes(numbers), at: UInt8(ascii: "."))
        guard parts.count == 2, let major = Number.plain(parts[0]), let minor = Number.plain(parts[1]),
            (1...99).contains(major), minor <= 99, text.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        let suffix = numbers.count == text.count ? "-RELEASE" : ""
        name = String(decoding: text, as: UTF8.self) + suffix
        version = Int32(major * 100_000 + minor * 1_000)
    }
}
