import CCapstone
import Glibc

/// Capstone, loaded when a log first asks for a disassembly: the emulator runs without it.
final class Disassembler {
    private typealias Open = @convention(c) (cs_arch, cs_mode, UnsafeMutablePointer<csh>) -> cs_err
    private typealias Instructions = UnsafeMutablePointer<cs_insn>
    private typealias Disassemble =
        @convention(c) (csh, UnsafePointer<UInt8>?, Int, UInt64, Int, UnsafeMutablePointer<Instructions?>) -> Int
    private typealias Free = @convention(c) (Instructions?, Int) -> Void
    private typealias Close = @convention(c) (UnsafeMutablePointer<csh>) -> cs_err

    private let disassemble: Disassemble
    private let free: Free
    private let close: Close
    private var handle: csh

    /// A disassembler of the host's code.
    convenience init?() { self.init(CS_ARCH_X86, CS_MODE_64) }

    /// A disassembler of guest code; nil for a machine that Capstone does not know.
    convenience init?(guest description: ArchitectureDescription) {
        // ELF machine numbers of the System V ABI.
        let order = description.abi.byteOrder == .big ? CS_MODE_BIG_ENDIAN : CS_MODE_LITTLE_ENDIAN
        let choice: (cs_arch, cs_mode)? =
            switch description.elf.machine {
            case 8: (CS_ARCH_MIPS, description.elf.is64Bit ? CS_MODE_MIPS64 : CS_MODE_MIPS32)
            case 20: (CS_ARCH_PPC, CS_MODE_32)
            case 40: (CS_ARCH_ARM, CS_MODE_ARM)
            case 43: (CS_ARCH_SPARC, CS_MODE_V9)
            case 183: (CS_ARCH_ARM64, CS_MODE_ARM)
            default: nil
            }
        guard let (architecture, mode) = choice else { return nil }
        self.init(architecture, cs_mode(rawValue: mode.rawValue | order.rawValue))
    }

    private init?(_ architecture: cs_arch, _ mode: cs_mode) {
        guard let library = dlopen("libcapstone.so.4", RTLD_NOW | RTLD_LOCAL),
            let open = dlsym(library, "cs_open"), let disassemble = dlsym(library, "cs_disasm"),
            let free = dlsym(library, "cs_free"), let close = dlsym(library, "cs_close")
        else { return nil }
        self.disassemble = unsafeBitCast(disassemble, to: Disassemble.self)
        self.free = unsafeBitCast(free, to: Free.self)
        self.close = unsafeBitCast(close, to: Close.self)
        handle = 0
        guard unsafeBitCast(open, to: Open.self)(architecture, mode, &handle) == CS_ERR_OK else { return nil }
    }

    deinit { _ = close(&handle) }

    /// One line an instruction, with address and bytes; what is no instruction is shown as bytes. `note` may give a line
    /// to stand before the instruction at an offset.
    func text(
        _ code: UnsafeRawBufferPointer, at address: UInt64, note: (Int) -> String? = { _ in nil }
    ) -> String {
        var text = ""
        forEachInstruction(code, at: address) { offset, byteCount, instruction in
            if let note = note(offset) { text += note + "\n" }
            let bytes = code[offset..<offset + byteCount]
            text += line(address + UInt64(offset), bytes, instruction.map { instructionText($0) } ?? "(bytes)")
        }
        return text
    }

    /// Offsets at which instructions begin.
    func instructionOffsets(_ code: UnsafeRawBufferPointer) -> [Int] {
        var offsets: [Int] = []
        forEachInstruction(code, at: 0) { offset, _, _ in offsets.append(offset) }
        return offsets
    }

    /// Calls `body` with offset, length and contents of each instruction; nil for bytes that are none.
    private func forEachInstruction(
        _ code: UnsafeRawBufferPointer, at address: UInt64, _ body: (Int, Int, Instructions?) -> Void
    ) {
        var offset = 0
        while offset < code.count {
            let rest = UnsafeRawBufferPointer(rebasing: code[offset...])
            var instructions: Instructions?
            let start = rest.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let count = disassemble(handle, start, rest.count, address + UInt64(offset), 0, &instructions)
            guard count > 0, let found = instructions else {
                let skipped = min(4, rest.count)
                body(offset, skipped, nil)
                offset += skipped
                continue
            }
            for index in 0..<count {
                let byteCount = Int(found[index].size)
                body(offset, byteCount, found + index)
                offset += byteCount
            }
            free(found, count)
        }
    }

    private func line(_ address: UInt64, _ bytes: Slice<UnsafeRawBufferPointer>, _ instruction: String) -> String {
        let hexadecimal = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let padding = String(repeating: " ", count: max(1, 24 - hexadecimal.count))
        return "  0x\(String(address, radix: 16)):  \(hexadecimal)\(padding)\(instruction)\n"
    }

    private func instructionText(_ instruction: Instructions) -> String {
        let name = withUnsafeBytes(of: &instruction.pointee.mnemonic, Disassembler.string)
        let operands = withUnsafeBytes(of: &instruction.pointee.op_str, Disassembler.string)
        return operands.isEmpty ? name : name + " " + operands
    }

    private static func string(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
