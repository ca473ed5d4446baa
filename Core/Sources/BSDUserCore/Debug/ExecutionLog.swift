import Glibc

/// What `-d` makes the execution of guest code log.
public struct ExecutionLogItems: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Guest instructions of each block translated.
    public static let guestAssembly = ExecutionLogItems(rawValue: 1)
    /// The intermediate representation as the front end made it.
    public static let operations = ExecutionLogItems(rawValue: 2)
    /// Host code made of each block.
    public static let hostAssembly = ExecutionLogItems(rawValue: 8)
    /// Guest address of each visit of the dispatcher.
    public static let execution = ExecutionLogItems(rawValue: 16)
    /// Blocks that break a rule of the intermediate representation.
    public static let verification = ExecutionLogItems(rawValue: 32)

    /// The item of a `-d` name; nil for a name that is not about execution.
    public init?(name: String) {
        switch name {
        case "in_asm": self = .guestAssembly
        case "op": self = .operations
        case "out_asm": self = .hostAssembly
        case "exec": self = .execution
        case "verify": self = .verification
        default: return nil
        }
    }
}

/// Writes what the execution of guest code does to a file descriptor.
final class ExecutionLog {
    let items: ExecutionLogItems
    private let descriptor: Int32
    private let description: ArchitectureDescription
    private lazy var guest = Disassembler(guest: description)
    private lazy var host = Disassembler()

    init(_ items: ExecutionLogItems, descriptor: Int32, description: ArchitectureDescription) {
        self.items = items
        self.descriptor = descriptor
        self.description = description
    }

    /// Whether an item wants every block to be translated in this process.
    var wantsTranslation: Bool {
        !items.isDisjoint(with: [.guestAssembly, .operations, .hostAssembly, .verification])
    }

    /// A block as the front end made it, with the code it was made from.
    func built(_ block: Block, code: UnsafeRawBufferPointer) {
        if items.contains(.guestAssembly) {
            write("in: \(hexadecimal(block.pc))\n" + disassembly(guest, code, block.pc) + "\n")
        }
        if items.contains(.operations) { write("op: " + text(block)) }
        if items.contains(.verification) {
            for violation in Verifier.violations(in: block, registers: description.registers) {
                write("verify: block \(hexadecimal(block.pc)), \(violation)\n")
            }
        }
    }

    /// The host code of a block.
    func emitted(_ block: Block, code: UnsafeRawBufferPointer, address: UInt, hotByteCount: Int) {
        guard items.contains(.hostAssembly) else { return }
        let sizes = "\(code.count) bytes, \(hotByteCount) of them hot, for \(block.byteCount) of the guest"
        write("out: \(hexadecimal(block.pc)), \(sizes)\n" + disassembly(host, code, UInt64(address)) + "\n")
    }

    /// The emitter did not translate a block, which is then interpreted each time.
    func givenUp(_ block: Block) {
        if items.contains(.verification) { write("verify: block \(hexadecimal(block.pc)) was not translated\n") }
    }

    /// The dispatcher enters guest code.
    func entered(_ pc: GuestAddress) {
        if items.contains(.execution) { write("exec: \(hexadecimal(pc))\n") }
    }

    private func text(_ block: Block) -> String {
        Printer(registers: description.registers).text(of: block) + "\n"
    }

    private func disassembly(
        _ disassembler: Disassembler?, _ code: UnsafeRawBufferPointer, _ address: UInt64
    ) -> String {
        guard let disassembler else {
            return "  (no disassembler: libcapstone.so.4 is missing or knows no such code)\n"
        }
        return disassembler.text(code, at: address)
    }

    private func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }

    private func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var done = 0
            while done < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if count <= 0 { return }
                done += count
            }
        }
    }
}
