/// Where `sysctl` puts the old value and finds the new one: four arguments.
struct InformationBuffers: SystemCallParameter {
    /// How the arguments before these name the variable.
    enum Key { case numbers, name }

    let key: Key
    init(_ key: Key) { self.key = key }

    struct Value {
        let old: GuestAddress
        let oldLength: OutPointer<GuestWord>
        let new: GuestAddress
        let newLength: UInt64
    }

    var slots: [ArgumentSlot] {
        [
            ArgumentSlot(.output, "old"), ArgumentSlot(.inputOutput, "oldlenp"), ArgumentSlot(.input, "new"),
            ArgumentSlot(.number, "newlen"),
        ]
    }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Value {
        let old = try arguments.word(thread)
        let oldLength = OutPointer<GuestWord>(address: try arguments.word(thread), memory: thread.memory)
        let new = try arguments.word(thread)
        return Value(old: old, oldLength: oldLength, new: new, newLength: try arguments.word(thread))
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let start = arguments.fromStart
        let value = try decode(&arguments, thread)
        let length: TraceValue =
            value.oldLength.isNull ? .null : thread.traceStruct(GuestWord.self, value.oldLength.address)
        let old = phase.isSuccess ? traceOld(value, start, thread) : value.old.unread
        return [
            old, length, value.new == 0 ? .null : thread.traceBytes(value.new, value.newLength),
            .unsigned(value.newLength),
        ]
    }

    /// The variable's value by its type.
    private func traceOld(_ value: Value, _ start: ArgumentReader, _ thread: GuestThread) -> TraceValue {
        value.old.traced { () throws(Errno) in
            let identifier = try identifier(start, thread)
            if let (row, rest) = InformationTree.shared.leaf(identifier[...]), identifier.first != 0 {
                return try row.value(thread, rest).traceValue
            }
            let count = try value.oldLength.load().value
            // `sysctl.name` and `sysctl.oiddescr` answer with text.
            guard identifier.starts(with: [0, 1]) || identifier.starts(with: [0, 5]) else {
                return .symbol("<\(count) bytes>")
            }
            return .bytes(try thread.memory.read(at: value.old, count: Int(min(count, 1024))).filter { $0 != 0 })
        }
    }

    private func identifier(_ start: ArgumentReader, _ thread: GuestThread) throws(Errno) -> [Int32] {
        var reader = start
        switch key {
        case .numbers: return try InformationIdentifier("name").decode(&reader, thread)
        case .name:
            let name = try InformationTree.name(in: try InBuffer("name").decode(&reader, thread))
            return InformationTree.shared.identifier(of: name) ?? []
        }
    }
}

extension InformationTree {
    /// The name that `__sysctlbyname` was called with.
    static func name(in buffer: GuestBuffer) throws(Errno) -> String {
        // More than MAXPATHLEN bytes or none (`kern___sysctlbyname`); the name itself must be shorter.
        guard (1...1024).contains(buffer.byteCount) else { throw .EINVAL }
        guard buffer.byteCount < 1024 else { throw .ENAMETOOLONG }
        return String(decoding: try buffer.load().prefix { $0 != 0 }, as: UTF8.self)
    }
}
