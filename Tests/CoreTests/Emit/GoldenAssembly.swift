import Foundation
import Testing

@testable import BSDUserCore

/// Collects assembled instructions with the text that a disassembler must show for them.
struct GoldenAssembly {
    struct Sample {
        let text: String
        let bytes: [UInt8]
    }

    private(set) var samples: [Sample] = []
    var random = SplitMix(state: 0x5EED)

    /// Assembles one instruction and notes the text it must have.
    mutating func expect(_ text: String, _ assemble: (inout Assembler) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = buffer.withUnsafeMutableBufferPointer { pointer in
            var assembler = Assembler(pointer, hasAVX512: true)
            assemble(&assembler)
            return pointer.count - assembler.remaining
        }
        samples.append(Sample(text: text, bytes: Array(buffer[..<count])))
    }

    /// Disassembles all samples in one run of llvm-mc; a line per sample.
    func disassemble() throws -> [String] {
        let input = samples.map { $0.bytes.map { "0x" + String($0, radix: 16) }.joined(separator: " ") }
        let output = try LLVMMachineCode.run(["--disassemble", "--output-asm-variant=1"], input: input)
        return LLVMMachineCode.instructions(of: output)
    }

    /// The length in bytes that llvm-mc's assembler needs for each text.
    func assembledLengths(_ texts: [String]) throws -> [Int] {
        let output = try LLVMMachineCode.run(["--show-encoding"], input: [".intel_syntax noprefix"] + texts)
        return output.split(separator: "\n").compactMap { line in
            guard let encoding = line.components(separatedBy: "# encoding: ").dropFirst().first else { return nil }
            return encoding.split(separator: ",").count
        }
    }
}

/// Runs Debian's llvm-mc. A machine without it fails the test.
enum LLVMMachineCode {
    struct Failure: Error { let message: String }

    static func run(_ arguments: [String], input: [String]) throws -> String {
        let candidates = ["/usr/bin/llvm-mc", "/usr/bin/llvm-mc-14"]
        let path = try #require(
            candidates.first { FileManager.default.isExecutableFile(atPath: $0) },
            "llvm-mc is missing: install Debian's package llvm")
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("golden-\(UUID()).s")
        try input.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        let features = "+avx512f,+avx512vl,+avx512dq,+avx512bw,+bmi,+bmi2,+lzcnt,+movbe,+popcnt,+fma,+cx16"
        let extensions = "+aes,+pclmul,+sha,+avx512bitalg,+avx512cd"
        process.arguments = ["-triple=x86_64", "-mattr=\(features),\(extensions)"] + arguments + [file.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.standardError
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(message: "llvm-mc failed") }
        return text
    }

    /// The instructions of a listing, one a line, without directives; a LOCK joins the instruction it belongs to.
    static func instructions(of listing: String) -> [String] {
        var result: [String] = []
        var prefix = ""
        for line in listing.split(separator: "\n") {
            let instruction = line.prefix { $0 != "#" }
            let text = instruction.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if text.isEmpty || text.hasPrefix(".") { continue }
            if text == "lock" {
                prefix = "lock "
                continue
            }
            result.append(prefix + text)
            prefix = ""
        }
        return result
    }
}

/// A small generator with a fixed seed, so that a failure comes back.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

/// Names in Intel's syntax as LLVM prints them.
enum IntelSyntax {
    private static let quads = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"]
    private static let bytes = ["al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"]

    static func name(_ register: GPR, _ width: Width) -> String {
        let code = Int(register.code)
        if code >= 8 {
            let suffix = ["b", "w", "d", ""][Int(width.rawValue)]
            return "r\(code)\(suffix)"
        }
        switch width {
        case .byte: return bytes[code]
        case .word: return String(quads[code].dropFirst())
        case .dword: return "e" + quads[code].dropFirst()
        case .qword: return quads[code]
        }
    }

    static func name(_ register: XMM) -> String { "xmm\(register.code)" }

    static func pointer(_ bytes: Int) -> String {
        [1: "byte", 2: "word", 4: "dword", 8: "qword", 16: "xmmword"][bytes].map { $0 + " ptr " } ?? ""
    }

    /// A memory operand; `bytes` 0 leaves the size out.
    static func name(_ address: Address, bytes: Int) -> String {
        let width: Width = address.is32Bit ? .dword : .qword
        var terms: [String] = []
        if address.base == Address.instructionPointer { terms.append("rip") }
        if address.base < 16 { terms.append(name(GPR(code: address.base), width)) }
        if address.hasIndex {
            let index = name(GPR(code: address.index), width)
            terms.append(address.scale == 0 ? index : "\(1 << address.scale)*\(index)")
        }
        let displacement = Int(address.displacement)
        if terms.isEmpty { return pointer(bytes) + "[\(displacement)]" }
        var text = terms.joined(separator: " + ")
        if displacement != 0 { text += displacement < 0 ? " - \(-displacement)" : " + \(displacement)" }
        return pointer(bytes) + "[\(text)]"
    }
}
