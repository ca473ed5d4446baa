/// One change to the environment the guest starts with.
public enum EnvironmentEdit: Equatable, Sendable {
    case set(name: Bytes, value: Bytes)
    case unset(name: Bytes)

    /// The environment after the edits, each `NAME=VALUE`; a variable keeps its place when its value changes.
    public static func apply(_ edits: [EnvironmentEdit], to environment: [Bytes]) -> [Bytes] {
        var result = environment
        for edit in edits {
            switch edit {
            case .set(let name, let value):
                let entry = name + [equalsSign] + value
                if let first = result.firstIndex(where: { isEntry($0, of: name) }) {
                    result[first] = entry
                } else {
                    result.append(entry)
                }
            case .unset(let name):
                result.removeAll { isEntry($0, of: name) }
            }
        }
        return result
    }

    /// Reads the value of -E: one assignment, or several separated by commas.
    ///
    /// A comma separates only where another `NAME=` follows, so a value may hold commas itself.
    static func assignments(_ text: Bytes) throws(ValueProblem) -> [EnvironmentEdit] {
        var pieces: [Bytes] = []
        for piece in split(text, at: comma) {
            if !pieces.isEmpty, !beginsAssignment(piece) {
                pieces[pieces.count - 1] += [comma] + piece
            } else {
                pieces.append(piece)
            }
        }
        var edits: [EnvironmentEdit] = []
        for piece in pieces {
            guard let sign = piece.firstIndex(of: equalsSign), sign > 0 else {
                throw ValueProblem(expected: "NAME=VALUE")
            }
            edits.append(.set(name: Bytes(piece[..<sign]), value: Bytes(piece[(sign + 1)...])))
        }
        return edits
    }

    /// Reads the value of -U: names separated by commas.
    static func removals(_ text: Bytes) throws(ValueProblem) -> [EnvironmentEdit] {
        var edits: [EnvironmentEdit] = []
        for name in split(text, at: comma) {
            guard !name.isEmpty, !name.contains(equalsSign) else {
                throw ValueProblem(expected: "the name of a variable, or several separated by commas")
            }
            edits.append(.unset(name: name))
        }
        return edits
    }

    private static let comma = UInt8(ascii: ",")
    private static let equalsSign = UInt8(ascii: "=")

    private static func isEntry(_ entry: Bytes, of name: Bytes) -> Bool {
        entry.count > name.count && entry[name.count] == equalsSign && entry.starts(with: name)
    }

    private static func beginsAssignment(_ text: Bytes) -> Bool {
        guard let sign = text.firstIndex(of: equalsSign), sign > 0 else { return false }
        return text[..<sign].allSatisfy { isNameByte($0) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// The pieces between separators; an empty text is one empty piece.
func split(_ text: Bytes, at separator: UInt8) -> [Bytes] {
    text.split(separator: separator, omittingEmptySubsequences: false).map { Bytes($0) }
}
