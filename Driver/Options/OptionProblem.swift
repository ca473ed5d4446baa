/// A command line that cannot be carried out: one line for the user.
public struct OptionProblem: Error, Equatable, Sendable {
    /// What is wrong and what to do about it, without the program's name.
    public var message: String

    public init(_ message: String) {
        self.message = message
    }

    /// The emulator's own failures end with this status, as env(1), timeout(1) and nohup(1) have it.
    public static let exitStatus: Int32 = 125
}

/// A value that an option cannot take; the parser adds which option it was.
struct ValueProblem: Error, Equatable {
    /// What the option takes instead, as "needs ..." continues; nil when `refusal` says all.
    var expected: String?
    /// Why a well-formed value is refused all the same.
    var refusal: String?

    init(expected: String) {
        self.expected = expected
    }

    init(refusal: String) {
        self.refusal = refusal
    }

    /// The user's line for this problem with `option` (a flag or an environment variable) given `value`.
    func problem(option: String, value: Bytes?) -> OptionProblem {
        if let refusal {
            return OptionProblem("\(option): \(refusal)")
        }
        let needed = expected ?? "another value"
        guard let value else {
            return OptionProblem("\(option) needs \(needed)")
        }
        return OptionProblem("\(option) needs \(needed), not '\(printable(value))'")
    }
}

/// Text that came from outside, made safe to print on a terminal: control bytes become escapes and it stays one line.
public func printable(_ bytes: Bytes) -> String {
    var result = ""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        if isControl || scalar.value == 0x2028 || scalar.value == 0x2029 {
            for byte in String(scalar).utf8 { result += (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16) }
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
