import Foundation

/// llvm-mc as a second opinion on what a word is.
struct Disassembler: Sendable {
    /// What is wrong when there is none, with what mends it.
    static var absence: RunnerProblem? {
        program == nil
            ? RunnerProblem("llvm-mc, which the suite decode compares with, is missing: apt-get install llvm") : nil
    }

    private static let program = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
        .map { URL(fileURLWithPath: String($0)).appendingPathComponent("llvm-mc") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    private let options: [String]
    private let isBigEndian: Bool
    private let scratch: URL

    /// A disassembler for the architecture that llvm-mc's options name, with a folder for its files.
    init(_ options: [String], isBigEndian: Bool, scratch: URL) {
        self.options = options
        self.isBigEndian = isBigEndian
        self.scratch = scratch
    }

    /// The mnemonic of each word, or nil where LLVM knows none.
    func names(of words: [UInt32]) throws -> [String?] { try texts(of: words).map { $0?.mnemonic } }

    /// Mnemonic and operands of each word, or nil where LLVM knows none.
    func texts(of words: [UInt32]) throws -> [(mnemonic: String, operands: String)?] {
        let lines = words.map { word in
            (0..<4).map { "0x" + String(word >> UInt32(isBigEndian ? 24 - 8 * $0 : 8 * $0) & 0xff, radix: 16) }
                .joined(separator: " ")
        }
        let folder = scratch.appendingPathComponent("llvm-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { ScratchFolder.remove(folder) }
        let input = folder.appendingPathComponent("words")
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: input)
        guard let program = Self.program else { throw RunnerProblem("llvm-mc went away") }
        let run = try ProgramRun.of(
            program, ["--disassemble"] + options, environment: [:], input: input,
            directory: folder, seconds: 300)
        guard run.status == 0 else { throw RunnerProblem("llvm-mc: \(run.end)") }
        // A warning names the input's line; the output has a line for each of the others, after the heading.
        var invalid = Set<Int>()
        for line in Text.lines(run.standardError) where line.contains("invalid instruction encoding") {
            let parts = line.split(separator: ":")
            if parts.count > 1, let number = Int(parts[1]) { invalid.insert(number - 1) }
        }
        let valid = Text.lines(run.output).filter { $0.hasPrefix("\t") && !$0.hasPrefix("\t.") }
        guard valid.count + invalid.count == words.count else { throw RunnerProblem("llvm-mc left lines out") }
        var next = 0
        return words.indices.map { index -> (mnemonic: String, operands: String)? in
            if invalid.contains(index) { return nil }
            defer { next += 1 }
            let parts = valid[next].split(maxSplits: 1, whereSeparator: { $0 == "\t" || $0 == " " })
            guard let mnemonic = parts.first else { return nil }
            return (String(mnemonic), parts.count > 1 ? String(parts[1]) : "")
        }
    }
}
