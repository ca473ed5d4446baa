/// One row of an instruction table: what the words of an instruction look like, its name, and what translates it.
///
/// The pattern is read from the most significant bit: groups of `0` and `1` are fixed bits, `-` is a bit that does not
/// matter, a name is a field of the encoding at its declared place. `000000 rs rt rd 00000 100001` is MIPS `addu`.
public struct Instruction<Translator: ~Copyable>: Sendable {
    /// Translates one instruction: appends its operations through the translator.
    public typealias Translate = @Sendable (inout Translator, Word) -> Void

    public let pattern: StaticString
    /// The manual's mnemonic; unique in a table only together with the pattern.
    public let name: StaticString
    /// The architecture's own marks (what the instruction writes, whether it branches).
    public let traits: UInt32
    /// Field values that the instruction does not have.
    public let exclusions: [FieldExclusion]
    /// Names of less or equally specific rows that this row goes before although neither is strictly more specific.
    public let precedes: [StaticString]
    public let translate: Translate

    public init(
        _ pattern: StaticString, _ name: StaticString, traits: UInt32 = 0, except exclusions: [FieldExclusion] = [],
        before precedes: [StaticString] = [], _ translate: @escaping Translate
    ) {
        self.pattern = pattern
        self.name = name
        self.traits = traits
        self.exclusions = exclusions
        self.precedes = precedes
        self.translate = translate
    }
}

/// A value that a field must not have; such words belong to another instruction or to none.
@frozen
public struct FieldExclusion: Equatable, Sendable {
    public let mask: UInt32
    public let value: UInt32

    /// `field` is not `value`.
    public static func not(_ field: Field, _ value: Int) -> FieldExclusion {
        FieldExclusion(mask: field.mask, value: field.encode(value))
    }

    /// `field` is not `value` where `other` is `otherValue`.
    public static func not(_ field: Field, _ value: Int, where other: Field, _ otherValue: Int) -> FieldExclusion {
        FieldExclusion(mask: field.mask | other.mask, value: field.encode(value) | other.encode(otherValue))
    }
}

/// The words of an instruction set: their size, their fields, and the bits that tell instructions apart best.
public struct Encoding: Sendable {
    /// 16 or 32.
    public let wordBits: UInt32
    public let fields: [NamedField]
    /// Two groups of bits, together at most 14, that index the decode table.
    public let indexHigh: Field
    public let indexLow: Field

    public init(wordBits: UInt32, indexHigh: Field, indexLow: Field, fields: [NamedField]) {
        self.wordBits = wordBits
        self.indexHigh = indexHigh
        self.indexLow = indexLow
        self.fields = fields
    }
}

/// A field with the name that patterns use.
public struct NamedField: Sendable {
    public let name: StaticString
    public let field: Field

    public init(_ name: StaticString, _ field: Field) {
        self.name = name
        self.field = field
    }
}
