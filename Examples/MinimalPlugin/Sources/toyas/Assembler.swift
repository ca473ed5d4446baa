/// A line that cannot be assembled.
struct AssemblyError: Error {
    var line: Int
    var message: String
}

/// Two passes over the source: the first gives labels their addresses, the second makes the bytes.
struct Assembler {
    static let textAddress: UInt64 = 0x1_0000
    static let dataAddress: UInt64 = 0x10_0000

    private(set) var text: [UInt8] = []
    private(set) var data: [UInt8] = []
    private var labels: [Substring: UInt64] = [:]
    private var isInData = false
    private var isFirstPass = true
    private var line = 0

    init(_ source: String) throws(AssemblyError) {
        for pass in 1...2 {
            isFirstPass = pass == 1
            isInData = false
            text = []
            data = []
            for (number, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                self.line = number + 1
                try assemble(line)
            }
        }
    }

    private mutating func assemble(_ source: Substring) throws(AssemblyError) {
        var rest = trimmed(source.prefix { $0 != "#" })
        if let colon = rest.firstIndex(of: ":"), !rest[..<colon].contains("\"") {
            labels[rest[..<colon]] =
                isInData
                ? Assembler.dataAddress + UInt64(data.count) : Assembler.textAddress + UInt64(text.count)
            rest = trimmed(rest[rest.index(after: colon)...])
        }
        guard !rest.isEmpty else { return }
        let name = rest.prefix { $0 != " " }
        let operands = trimmed(rest.dropFirst(name.count))
        if name.hasPrefix(".") {
            return try directive(name, operands)
        }
        try instruction(name, operands.split(separator: ",").map { trimmed($0) })
    }

    private mutating func directive(_ name: Substring, _ operand: Substring) throws(AssemblyError) {
        switch name {
        case ".text": isInData = false
        case ".data": isInData = true
        case ".quad": append(littleEndian(try number(operand), byteCount: 8))
        case ".space": append([UInt8](repeating: 0, count: Int(try number(operand) & 0xFFFF)))
        case ".ascii":
            guard operand.count >= 2, operand.hasPrefix("\""), operand.hasSuffix("\"") else {
                throw problem("a string in quotes is needed")
            }
            append(
                Array(
                    operand.dropFirst().dropLast().split(separator: "\\n", omittingEmptySubsequences: false)
                        .joined(separator: "\n").utf8))
        default: throw problem("unknown directive \(name)")
        }
    }

    private mutating func instruction(_ name: Substring, _ operands: [Substring]) throws(AssemblyError) {
        switch (name, operands.count) {
        case ("li", 2): try emit(1, operands[0], nil, try number(operands[1]))
        case ("append", 2): try emit(2, operands[0], nil, try number(operands[1]))
        case ("la", 2):
            let address = Int64(try address(operands[1]))
            try emit(1, operands[0], nil, address >> 16)
            try emit(2, operands[0], nil, address & 0xFFFF)
        case ("add", 3): try emit(3, operands[0], operands[1], Int64(try register(operands[2])))
        case ("addi", 3): try emit(4, operands[0], operands[1], try number(operands[2]))
        case ("ld", 2): try memory(5, operands)
        case ("st", 2): try memory(6, operands)
        case ("ldb", 2): try memory(7, operands)
        case ("stb", 2): try memory(8, operands)
        case ("bnz", 2):
            let next = Assembler.textAddress + UInt64(text.count) + 4
            let distance = Int64(bitPattern: try address(operands[1]) &- next)
            try emit(9, operands[0], nil, distance >> 2)
        case ("jr", 1): try emit(10, operands[0], nil, 0)
        case ("syscall", 0): try emit(11, nil, nil, 0)
        default: throw problem("no instruction \(name) with \(operands.count) operands")
        }
    }

    private mutating func memory(_ operation: UInt32, _ operands: [Substring]) throws(AssemblyError) {
        let parts = operands[1].split(separator: "(")
        guard parts.count == 2, parts[1].hasSuffix(")") else { throw problem("n(register) is needed") }
        try emit(operation, operands[0], parts[1].dropLast(), try number(parts[0]))
    }

    private mutating func emit(_ operation: UInt32, _ a: Substring?, _ b: Substring?, _ immediate: Int64)
        throws(AssemblyError)
    {
        guard isFirstPass || (-0x8000...0xFFFF).contains(immediate) else {
            throw problem("\(immediate) does not fit 16 bits")
        }
        guard !isInData else { throw problem("an instruction among the data") }
        let first = try a.map { text throws(AssemblyError) in try register(text) } ?? 0
        let second = try b.map { text throws(AssemblyError) in try register(text) } ?? 0
        let word = operation << 24 | first << 20 | second << 16 | UInt32(truncatingIfNeeded: immediate) & 0xFFFF
        append(littleEndian(Int64(word), byteCount: 4))
    }

    private mutating func append(_ bytes: [UInt8]) {
        if isInData { data += bytes } else { text += bytes }
    }

    private func littleEndian(_ value: Int64, byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> Int64(8 * $0)) }
    }

    private func register(_ text: Substring) throws(AssemblyError) -> UInt32 {
        guard text.hasPrefix("r"), let number = UInt32(text.dropFirst()), number < 16 else {
            throw problem("\(text) is no register")
        }
        return number
    }

    private func number(_ text: Substring) throws(AssemblyError) -> Int64 {
        let isHexadecimal = text.hasPrefix("0x")
        guard let value = isHexadecimal ? Int64(text.dropFirst(2), radix: 16) : Int64(text) else {
            throw problem("\(text) is no number")
        }
        return value
    }

    private func address(_ label: Substring) throws(AssemblyError) -> UInt64 {
        if let address = labels[label] { return address }
        guard isFirstPass else { throw problem("no label \(label)") }
        return 0
    }

    private func problem(_ message: String) -> AssemblyError {
        AssemblyError(line: line, message: message)
    }

    private func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0 == " " || $0 == "\t" }
        guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return start[...last]
    }
}
