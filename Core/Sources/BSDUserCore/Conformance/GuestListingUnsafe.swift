/// Guest instructions as text, for failures of conformance runs.
public enum GuestListing {
    /// A line an instruction, with its address in the window; the words alone where Capstone is missing or does not know
    /// the machine.
    public static func lines(_ words: [UInt32], _ description: ArchitectureDescription) -> [String] {
        let ordered = words.map { description.abi.byteOrder == .big ? $0.bigEndian : $0.littleEndian }
        guard let disassembler = Disassembler(guest: description) else {
            return words.map(hexadecimalText)
        }
        let text = ordered.withUnsafeBytes { disassembler.text($0, at: ConformanceWindow.codeAddress) }
        return text.split(separator: "\n").map { String($0.drop { $0 == " " }) }
    }
}
