/// The fixed bits of a row: a word belongs to it when `word & mask == match`.
@frozen
public struct FixedBits: Equatable, Sendable {
    public let mask: UInt32
    public let match: UInt32

    @inlinable
    public init(mask: UInt32, match: UInt32) {
        self.mask = mask
        self.match = match
    }
}

/// Why a pattern cannot be read.
public enum PatternProblem: Error, Equatable, Sendable {
    case unknownField(String)
    /// The field's lowest bit would stand at `found` instead of where it is declared.
    case misplacedField(String, found: Int)
    case wrongWidth(bits: Int)
}

extension Encoding {
    /// Reads a pattern.
    public func parse(_ pattern: StaticString) throws(PatternProblem) -> FixedBits {
        var mask: UInt32 = 0
        var match: UInt32 = 0
        var bitsLeft = Int(wordBits)
        let end = pattern.utf8CodeUnitCount
        var at = 0
        while at < end {
            let byte = pattern.utf8Start[at]
            switch byte {
            case UInt8(ascii: " "):
                at += 1
            case UInt8(ascii: "0"), UInt8(ascii: "1"), UInt8(ascii: "-"):
                at += 1
                bitsLeft -= 1
                guard bitsLeft >= 0 else { throw .wrongWidth(bits: Int(wordBits) - bitsLeft) }
                if byte == UInt8(ascii: "-") { continue }
                mask |= 1 << UInt32(bitsLeft)
                if byte == UInt8(ascii: "1") { match |= 1 << UInt32(bitsLeft) }
            default:
                var nameEnd = at
                while nameEnd < end, pattern.utf8Start[nameEnd] != UInt8(ascii: " ") { nameEnd += 1 }
                let name = UnsafeBufferPointer(start: pattern.utf8Start + at, count: nameEnd - at)
                guard let field = field(named: name) else {
                    throw .unknownField(String(decoding: name, as: UTF8.self))
                }
                bitsLeft -= Int(field.width)
                guard bitsLeft == Int(field.lowBit) else {
                    throw .misplacedField(String(decoding: name, as: UTF8.self), found: bitsLeft)
                }
                at = nameEnd
            }
        }
        guard bitsLeft == 0 else { throw .wrongWidth(bits: Int(wordBits) - bitsLeft) }
        return FixedBits(mask: mask, match: match)
    }

    private func field(named name: UnsafeBufferPointer<UInt8>) -> Field? {
        for candidate in fields {
            let text = UnsafeBufferPointer(start: candidate.name.utf8Start, count: candidate.name.utf8CodeUnitCount)
            if text.elementsEqual(name) { return candidate.field }
        }
        return nil
    }
}
