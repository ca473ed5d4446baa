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
    /// Figures about what was translated, at the end of the process.
    public static let statistics = ExecutionLogItems(rawValue: 64)
    /// The same, how much was executed, and the blocks that were executed most.
    public static let profile = ExecutionLogItems(rawValue: 128)

    /// The item of a `-d` name; nil for a name that is not about execution.
    public init?(name: String) {
        switch name {
        case "in_asm": self = .guestAssembly
        case "op": self = .operations
        case "out_asm": self = .hostAssembly
        case "exec": self = .execution
        case "verify": self = .verification
        case "statistics": self = .statistics
        case "profile": self = .profile
        default: return nil
        }
    }
}

/// Writes what the execution of guest code does to a file descriptor. The engine's lock protects it.
final class ExecutionLog {
    let items: ExecutionLogItems
    /// Who counts executions; nil unless asked for.
    let profile: ExecutionProfile?
    private let descriptor: Int32
    private let description: ArchitectureDescription
    private lazy var guest = Disassembler(guest: description)
    private lazy var host = Disassembler()
    private let symbols: GuestSymbols?
    private var statistics = TranslationStatistics()
    private var translationStart: UInt64 = 0

    init(
        _ items: ExecutionLogItems, descriptor: Int32, description: ArchitectureDescription,
        symbols: GuestSymbols? = nil
    ) {
        self.symbols = symbols
        self.items = items
        self.descriptor = descriptor
        self.description = description
        profile = items.contains(.profile) ? ExecutionProfile() : nil
    }

    /// Somebody looks at code, instruction by instruction: the emitter records where they begin.
    var wantsMarks: Bool { !items.isDisjoint(with: [.hostAssembly, .statistics, .profile]) }

    private var wantsStatistics: Bool { !items.isDisjoint(with: [.statistics, .profile]) }

    /// The translation of a block begins; `emitted` or `givenUp` follows.
    func translationBegins() {
        if wantsStatistics { translationStart = HostTime.nanoseconds(HostTime.thread) }
    }

    private func translationEnded() {
        guard wantsStatistics else { return }
        statistics.translationNanoseconds += HostTime.nanoseconds(HostTime.thread) - translationStart
    }

    /// Whether an item wants every block to be translated in this process.
    var wantsTranslation: Bool {
        !items.isDisjoint(with: [.guestAssembly, .operations, .hostAssembly, .verification, .profile])
    }

    /// A block as the front end made it, with the code it was made from.
    func built(_ block: Block, code: UnsafeRawBufferPointer) {
        if items.contains(.guestAssembly) {
            let listing = guest?.text(code, at: block.pc) ?? words(code, block.pc)
            write("in: \(place(block.pc))\n" + listing + "\n")
        }
        if items.contains(.operations) { write("op: " + text(block)) }
        if items.contains(.verification) {
            for violation in Verifier.violations(in: block, registers: description.registers) {
                write("verify: block \(hexadecimal(block.pc)), \(violation)\n")
            }
        }
    }

    /// The host code of a block.
    func emitted(_ block: TranslatedBlock) {
        translationEnded()
        if items.contains(.hostAssembly) { write(text(block)) }
        if wantsStatistics { count(block) }
    }

    /// The emitter did not translate a block, which is then interpreted each time.
    func givenUp(_ block: Block) {
        translationEnded()
        if items.contains(.verification) { write("verify: block \(hexadecimal(block.pc)) was not translated\n") }
    }

    /// The dispatcher enters guest code.
    func entered(_ pc: GuestAddress) {
        if items.contains(.execution) { write("exec: \(hexadecimal(pc))\n") }
    }

    // MARK: Figures

    private func count(_ block: TranslatedBlock) {
        // Architectures whose instructions have several lengths align them to less.
        let instructionBytes = description.instructionAlignmentLog2 == 2 ? 4 : nil
        let (ofMarks, size) = block.guestInstructions(instructionBytes: instructionBytes)
        statistics.blocks += 1
        statistics.guestInstructions += UInt64(size.instructions)
        statistics.guestBytes += UInt64(size.bytes)
        statistics.hostBytesHot += UInt64(block.hotByteCount - block.countingBytes)
        statistics.hostBytesTotal += UInt64(block.hostCode.count - block.countingBytes)
        let offsets = host?.instructionOffsets(block.hotCode)
        statistics.hostInstructionsHot = statistics.hostInstructionsHot.flatMap { sum in
            offsets.map { sum + UInt64($0.count - block.countingInstructions) }
        }
        guard block.counters != nil else { return }
        profile?.add(
            pc: block.pc, guestInstructions: ofMarks, hostInstructions: block.hostInstructionsOfMarks(offsets ?? []))
    }

    /// The code of all blocks is given up.
    func forgetBlocks() { profile?.forgetBlocks() }

    /// A child of `fork` begins: what was counted so far is its parent's.
    func startAgain() {
        statistics = TranslationStatistics()
        profile?.reset()
    }

    /// The program ends: writes the figures, which then start again.
    func finish() {
        guard wantsStatistics else { return }
        var figures = statistics
        let totals = profile?.take() ?? []
        if profile != nil {
            figures.executedGuestInstructions = totals.reduce(0) { $0 &+ $1.guestInstructions }
            figures.executedHostInstructions =
                figures.hostInstructionsHot == nil ? nil : totals.reduce(0) { $0 &+ $1.hostInstructions }
        }
        write(figures.line(pid: HostProcess.currentPID) + ProfileReport(totals).text(place: place))
        statistics = TranslationStatistics()
    }

    // MARK: Text

    private func text(_ block: TranslatedBlock) -> String {
        let sizes = "\(block.hostCode.count) bytes, \(block.hotByteCount) of them hot, for \(block.guestCode.count)"
        return "out: \(place(block.pc)), \(sizes) of the guest\n" + code(block) + "\n"
    }

    /// Hot code with the guest's addresses, cold code and exits, and the records of the exits.
    private func code(_ block: TranslatedBlock) -> String {
        let notes = notes(block)
        var text = disassembly(block.code, UInt64(block.address)) { notes[$0] }
        for exit in block.exits {
            text += "  \(hexadecimal(UInt64(block.address) + UInt64(exit.offset))):  exit to \(place(exit.target))\n"
        }
        return text
    }

    /// Lines before the code at some offsets.
    private func notes(_ block: TranslatedBlock) -> [Int: String] {
        var notes: [Int: String] = [:]
        for mark in block.marks {
            let address = block.pc &+ UInt64(bitPattern: Int64(mark.restartOffset))
            let offset = Int(mark.hostOffset)
            let line = "guest \(place(address))\(mark.inDelaySlot ? " delay slot" : "")"
            notes[offset] = notes[offset].map { $0 + "\n" + line } ?? line
        }
        if block.hotByteCount < block.code.count { notes[block.hotByteCount] = "cold" }
        return notes
    }

    /// A guest address with its name.
    private func place(_ address: GuestAddress) -> String {
        hexadecimal(address) + (symbols?.name(of: address).map { " \($0)" } ?? "")
    }

    private func text(_ block: Block) -> String {
        Printer(registers: description.registers).text(of: block) + "\n"
    }

    private func disassembly(
        _ code: UnsafeRawBufferPointer, _ address: UInt64, note: (Int) -> String?
    ) -> String {
        host?.text(code, at: address, note: note) ?? "  (no disassembler: libcapstone.so.4 is missing)\n"
    }

    /// Guest code where Capstone is missing or does not know the machine: numbers as wide as its instructions are aligned.
    private func words(_ code: UnsafeRawBufferPointer, _ address: GuestAddress) -> String {
        let byteCount = description.instructionAlignmentLog2 == 0 ? 4 : 1 << Int(description.instructionAlignmentLog2)
        return stride(from: 0, to: code.count, by: byteCount).map { offset in
            let bytes = code[offset..<min(offset + byteCount, code.count)]
            let ordered = description.abi.byteOrder == .big ? Array(bytes) : bytes.reversed()
            let digits = ordered.map { BSDUserCore.hexadecimal($0) }.joined()
            return "  \(hexadecimal(address + UInt64(offset))):  \(digits)\n"
        }.joined()
    }

    private func hexadecimal(_ number: UInt64) -> String { "0x" + String(number, radix: 16) }

    private func write(_ text: String) {
        var text = text
        guard HostLimits.allowsAppending(text.utf8.count, to: descriptor) else { return }
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
