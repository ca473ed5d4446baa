extension ConformanceCheck {
    /// Gives the front end code that nobody wrote, and asks the verifier about every block.
    ///
    /// Each block begins with one of the 65,536 upper halves of an instruction word in turn, so that every major opcode
    /// is met; all else is random, from a fixed seed.
    static func translation(_ architecture: any GuestArchitecture, blockCount: Int) -> ConformanceCheck {
        let description = architecture.description
        var builder = Builder()
        var random = SplitMix(state: 1)
        var problems: [String] = []
        let longest = 64
        let code = UnsafeMutableRawBufferPointer.allocate(byteCount: longest, alignment: 16)
        defer { code.deallocate() }
        guard let start = code.baseAddress else {
            return ConformanceCheck("translation", extent: "no memory", problems: ["no memory"])
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
        return ConformanceCheck("translation", extent: "\(blockCount) random blocks", problems: problems)
    }

    private static func text(_ code: UnsafeMutableRawBufferPointer, _ count: Int) -> String {
        code.prefix(count).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): the same sequence on every machine.
    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }
}
