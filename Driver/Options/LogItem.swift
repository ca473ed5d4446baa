/// One kind of log line that -d turns on, under QEMU's name.
public struct LogItem: Sendable {
    public var name: String
    public var help: String

    /// Every item.
    public static let rows: [LogItem] = [
        LogItem(name: "in_asm", help: "guest instructions of each block translated"),
        LogItem(name: "op", help: "intermediate representation of each block"),
        LogItem(name: "out_asm", help: "host code made of each block"),
        LogItem(name: "exec", help: "guest address of each entry to guest code"),
        LogItem(name: "verify", help: "blocks that break a rule of the intermediate representation"),
        LogItem(name: "statistics", help: "figures about the translation, as JSON when a process ends"),
        LogItem(name: "profile", help: "the same, instructions executed, and the blocks executed most"),
        LogItem(name: "strace", help: "every system call, like -strace"),
        LogItem(name: "unimp", help: "unimplemented features that the guest asked for"),
    ]

    /// Reads the value of -d; `help` stands for itself.
    static func selection(_ text: Bytes) throws(ValueProblem) -> [Bytes] {
        let names = split(text, at: UInt8(ascii: ","))
        for name in names where name != helpWord && !rows.contains(where: { Bytes(text: $0.name) == name }) {
            throw ValueProblem(refusal: "'\(printable(name))' is no log item; 'bsduser -d help' lists them")
        }
        return names
    }
}

/// What lists the possible values instead of being one.
let helpWord = Bytes(text: "help")

extension TraceOptions {
    /// Reads what follows `-strace=`, or the value of its variable, where 1 and 0 also switch.
    init(reading text: Bytes?) throws(ValueProblem) {
        self.init()
        guard let text else { return }
        var names = split(text, at: UInt8(ascii: ","))
        if names.first == Bytes(text: "json") {
            isJSON = true
            names.removeFirst()
        }
        guard !names.isEmpty else { return }
        if names[0].first == UInt8(ascii: "!") {
            isInverted = true
            names[0].removeFirst()
        }
        guard names.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isNameByte) }) else {
            throw ValueProblem(expected: "json, or names of system calls separated by commas")
        }
        self.names = names
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
