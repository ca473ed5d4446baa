/// How an option takes its value: what stands for it in the help, how a shell completes it, how it is read.
struct OptionValue: Sendable {
    /// Where the value stands on the command line.
    enum Placement: Sendable {
        /// The option takes none.
        case none
        /// The next argument, or after `=` behind a `--long` spelling.
        case required
        /// After `=` only, and may be left out: `-strace`, `-strace=json`.
        case attached
    }

    /// What a shell offers to complete the value with.
    enum Completion: Equatable, Sendable {
        case nothing
        case file
        case directory
        case words([String])
    }

    typealias Reader = @Sendable (inout Invocation, Bytes?) throws(ValueProblem) -> Void

    var placement: Placement
    var placeholder: String
    var completion: Completion
    /// Makes a given value independent of where the emulator was started, so that it can be handed on.
    var resolve: @Sendable (borrowing Invocation, Bytes) -> Bytes = { $1 }
    var read: Reader

    /// An option that is on or off; in the environment `1` and `0` and their words.
    static func flag(_ set: @escaping @Sendable (inout Invocation, Bool) -> Void) -> OptionValue {
        OptionValue(placement: .none, placeholder: "", completion: .nothing) { invocation, text throws(ValueProblem) in
            set(&invocation, try text.map(boolean) ?? true)
        }
    }

    /// Free text; empty only where that means something.
    static func text(
        _ placeholder: String, completion: Completion = .nothing, mayBeEmpty: Bool = false,
        _ set: @escaping @Sendable (inout Invocation, Bytes) throws(ValueProblem) -> Void
    ) -> OptionValue {
        OptionValue(placement: .required, placeholder: placeholder, completion: completion) {
            invocation, text throws(ValueProblem) in
            guard let text, mayBeEmpty || !text.isEmpty else {
                throw ValueProblem(expected: "a value (\(placeholder))")
            }
            try set(&invocation, text)
        }
    }

    /// A file or a directory; made absolute, since the guest may change the working directory before it calls exec.
    static func path(
        _ placeholder: String, completion: Completion, expected: String, mayBeEmpty: Bool = false,
        resolve: @escaping @Sendable (borrowing Invocation, Bytes) -> Bytes = { $0.absolute($1) },
        _ set: @escaping @Sendable (inout Invocation, Bytes) -> Void
    ) -> OptionValue {
        OptionValue(placement: .required, placeholder: placeholder, completion: completion, resolve: resolve) {
            invocation, text throws(ValueProblem) in
            guard let text, mayBeEmpty || !text.isEmpty else { throw ValueProblem(expected: expected) }
            set(&invocation, text)
        }
    }

    /// A number of bytes with an optional k, M or G.
    static func size(_ set: @escaping @Sendable (inout Invocation, UInt64) throws(ValueProblem) -> Void)
        -> OptionValue
    {
        number("SIZE", expected: "a size such as 8M, 512k or 0x800000", parse: Number.size, set)
    }

    /// A 64-bit address.
    static func address(_ set: @escaping @Sendable (inout Invocation, UInt64) throws(ValueProblem) -> Void)
        -> OptionValue
    {
        number("ADDRESS", expected: "a 64-bit address such as 0x100000000", parse: Number.plain, set)
    }

    /// A 64-bit number.
    static func integer(_ set: @escaping @Sendable (inout Invocation, UInt64) throws(ValueProblem) -> Void)
        -> OptionValue
    {
        number("NUMBER", expected: "a number such as 42 or 0x2a", parse: Number.plain, set)
    }

    /// A value behind `=` that may be left out.
    static func attached(
        _ placeholder: String, completion: Completion,
        resolve: @escaping @Sendable (borrowing Invocation, Bytes) -> Bytes = { $1 },
        _ set: @escaping @Sendable (inout Invocation, Bytes?) throws(ValueProblem) -> Void
    ) -> OptionValue {
        OptionValue(
            placement: .attached, placeholder: placeholder, completion: completion, resolve: resolve, read: set)
    }

    private static func number(
        _ placeholder: String, expected: String, parse: @escaping @Sendable (Bytes) -> UInt64?,
        _ set: @escaping @Sendable (inout Invocation, UInt64) throws(ValueProblem) -> Void
    ) -> OptionValue {
        OptionValue(placement: .required, placeholder: placeholder, completion: .nothing) {
            invocation, text throws(ValueProblem) in
            guard let text, let value = parse(text) else { throw ValueProblem(expected: expected) }
            try set(&invocation, value)
        }
    }

    /// A switch in the environment.
    static func boolean(_ text: Bytes) throws(ValueProblem) -> Bool {
        switch String(decoding: text, as: UTF8.self).lowercased() {
        case "1", "yes", "true", "on": return true
        case "0", "no", "false", "off": return false
        default: throw ValueProblem(expected: "1 or 0")
        }
    }
}

/// Reading of numbers: decimal, or hexadecimal behind 0x; anything that does not fit 64 bits is no number.
enum Number {
    /// A number without a unit.
    static func plain(_ text: Bytes) -> UInt64? {
        if text.starts(with: [UInt8(ascii: "0"), UInt8(ascii: "x")]) || text.starts(with: [0x30, UInt8(ascii: "X")]) {
            return digits(text.dropFirst(2), radix: 16)
        }
        return digits(text[...], radix: 10)
    }

    /// A number of bytes, with k, M or G (powers of 1024) behind it.
    static func size(_ text: Bytes) -> UInt64? {
        guard let last = text.last else { return nil }
        let shift: UInt64
        switch last {
        case UInt8(ascii: "k"), UInt8(ascii: "K"): shift = 10
        case UInt8(ascii: "m"), UInt8(ascii: "M"): shift = 20
        case UInt8(ascii: "g"), UInt8(ascii: "G"): shift = 30
        default: return plain(text)
        }
        guard let count = plain(text.dropLast()) else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : bytes
    }

    private static func digits(_ text: ArraySlice<UInt8>, radix: UInt64) -> UInt64? {
        guard !text.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in text {
            guard let digit = digit(byte), digit < radix else { return nil }
            let (shifted, overflowed) = value.multipliedReportingOverflow(by: radix)
            let (sum, carried) = shifted.addingReportingOverflow(digit)
            if overflowed || carried { return nil }
            value = sum
        }
        return value
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
