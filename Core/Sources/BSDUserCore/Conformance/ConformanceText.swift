extension StringProtocol {
    /// Whether the text stands somewhere in this one. The library's own search would load its regular expressions.
    public func includes(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        let bytes = Array(utf8)
        guard wanted.count <= bytes.count else { return false }
        return (0...bytes.count - wanted.count).contains { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}

/// A number as messages of conformance runs show it.
public func hexadecimalText(_ number: some BinaryInteger) -> String { "0x" + String(number, radix: 16) }
