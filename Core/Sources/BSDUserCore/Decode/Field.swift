/// A contiguous group of bits of an instruction word.
///
/// Declared once per architecture as a static constant, so that `word[field]` folds to a shift and a mask.
@frozen
public struct Field: Equatable, Sendable {
    /// Number of the lowest bit; bit 0 is the least significant of the word.
    public let lowBit: UInt32
    /// Number of bits, 1...32.
    public let width: UInt32
    /// The value is sign-extended when read.
    public let isSigned: Bool

    @inlinable @inline(__always)
    public init(_ lowBit: UInt32, _ width: UInt32, signed: Bool = false) {
        self.lowBit = lowBit
        self.width = width
        self.isSigned = signed
    }

    /// The field's bits at their place in the word.
    @inlinable @inline(__always)
    public var mask: UInt32 { (UInt32.max >> (32 &- width)) << lowBit }

    /// `value` at the field's place; bits that do not fit are dropped.
    @inlinable @inline(__always)
    public func encode(_ value: Int) -> UInt32 { (UInt32(truncatingIfNeeded: value) << lowBit) & mask }
}

/// An instruction word, in the host's byte order. A 16-bit word stands in the low half.
@frozen
public struct Word: Equatable, Sendable {
    public let bits: UInt32

    @inlinable @inline(__always)
    public init(_ bits: UInt32) { self.bits = bits }

    /// The value of a field.
    @inlinable @inline(__always)
    public subscript(field: Field) -> Int {
        let raised = bits << (32 &- field.lowBit &- field.width)
        let shift = 32 &- field.width
        return field.isSigned ? Int(Int32(bitPattern: raised) >> Int32(bitPattern: shift)) : Int(raised >> shift)
    }
}
