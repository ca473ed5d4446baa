extension PluginCheck {
    /// Gives the front end code that nobody wrote, and asks the verifier about every block.
    ///
    /// Each block begins with one of the 65,536 upper halves of an instruction word in turn, so that every major opcode
    /// is met; all else is random, from a fixed seed.
    public static func translation(_ architecture: any GuestArchitecture, blockCount: Int) -> PluginCheck {
        let description = architecture.description
        var builder = Builder()
        var random = SeededGenerator(1)
        var problems: [String] = []
        let longest = 64
        let code = UnsafeMutableRawBufferPointer.allocate(byteCount: longest, alignment: 16)
        defer { code.deallocate() }
        guard let start = code.baseAddress else {
            return PluginCheck("translation", checks: 0, problems: ["no memory"])
        }
        for round in 0..<blockCount where problems.count < 10 {
            for offset in stride(from: 0, to: longest, by: 8) {
                code.storeBytes(of: random.next(), toByteOffset: offset, as: UInt64.self)
            }
            let upper = UInt16(truncatingIfNeeded: round)
            switch description.abi.byteOrder {
            case .big: code.storeBytes(of: upper.bigEndian, toByteOffset: 0, as: UInt16.self)
            case .little: code.storeBytes(of: upper.littleEndian, toByteOffset: 2, as: UInt16.self)
            }
            // Sometimes only the first instruction can be read.
            let byteCount = random.next() & 3 == 0 ? 4 : longest
            builder.begin(pc: 0x1_0000)
            architecture.translate(&builder, code: UnsafeRawPointer(start), byteCount: byteCount)
            let block = builder.block
            if block.byteCount > byteCount {
                problems.append("\(text(code, 4)): the block covers \(block.byteCount) of \(byteCount) bytes")
            }
            if let violation = Verifier.violations(in: block, registers: description.registers).first {
                problems.append("\(text(code, min(byteCount, 16))): \(violation)")
            }
        }
        return PluginCheck("translation", checks: blockCount, problems: problems)
    }

    private static func text(_ code: UnsafeMutableRawBufferPointer, _ count: Int) -> String {
        code.prefix(count).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
