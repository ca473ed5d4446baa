/// The parameters of a call: pairs of a name and a value in a vector of buffers (`vfs_buildopts` and its relatives in
/// sys/kern/vfs_mount.c).
final class JailOptions {
    private struct Entry {
        let name: String
        let buffer: GuestBuffer
        let value: [UInt8]
        /// Which pair of the vector it is.
        let position: Int
        var isKnown = false
    }

    private let vector: GuestAddress
    private let buffers: [GuestBuffer]
    private let memory: GuestMemory
    private var entries: [Entry] = []
    private var message: [UInt8]?

    /// `VFS_MOUNTARG_SIZE_MAX`, and what the kernel counts for each pair besides.
    private static let byteLimit: UInt64 = 64 << 10
    private static let pairBytes: UInt64 = 64
    private static let errorMessage = "errmsg"

    init(vector: GuestAddress, _ buffers: [GuestBuffer], _ memory: GuestMemory) {
        self.vector = vector
        self.buffers = buffers
        self.memory = memory
    }

    /// Copies the parameters in. Of a name that is there twice, or with its opposite, the last counts
    /// (`vfs_sanitizeopts`).
    func read() throws(Errno) {
        var total: UInt64 = 0
        for position in stride(from: 0, to: buffers.count - 1, by: 2) {
            let (name, value) = (buffers[position], buffers[position + 1])
            let (sum, overflow) = name.byteCount.addingReportingOverflow(value.byteCount)
            guard !overflow, sum < Self.byteLimit else { throw .EINVAL }
            total += sum + Self.pairBytes
            guard total <= Self.byteLimit else { throw .EINVAL }
            let bytes = try name.load()
            guard bytes.last == 0 else { throw .EINVAL }
            let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            entries.removeAll {
                $0.name == text || $0.name == JailParameter.opposite(text) || JailParameter.opposite($0.name) == text
            }
            entries.append(
                Entry(name: text, buffer: value, value: try value.load(), position: position / 2))
        }
    }

    // MARK: What the program gives

    private func index(_ name: String) -> Int? {
        guard let index = entries.firstIndex(where: { $0.name == name }) else { return nil }
        entries[index].isKnown = true
        return index
    }

    /// An `int`.
    func number(_ name: String) throws(Errno) -> Int32? {
        try integer(name, byteCount: 4).map { Int32(truncatingIfNeeded: $0) }
    }

    /// A text. `ENAMETOOLONG` above a limit.
    func text(_ name: String, limit: Int) throws(Errno) -> [UInt8]? {
        guard let index = index(name) else { return nil }
        let value = entries[index].value
        guard value.last == 0 else { throw .EINVAL }
        guard value.count <= limit else { throw .ENAMETOOLONG }
        return Array(value.prefix { $0 != 0 })
    }

    private func integer(_ name: String, byteCount: Int) throws(Errno) -> UInt64? {
        guard let index = index(name) else { return nil }
        let value = entries[index].value
        guard value.count == byteCount else { throw .EINVAL }
        return (memory.abi.byteOrder == .big ? value : value.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What a parameter is to have; nil when it is not given.
    func setting(_ parameter: JailParameter) throws(Errno) -> JailSetting? {
        switch parameter.form {
        case .int(let range, let error):
            guard let number = try number(parameter.name) else { return nil }
            guard range.contains(Int64(number)) else { throw error }
            return .number(Int64(number))
        case .choice(let range):
            guard let number = try number(parameter.name) else { return nil }
            guard range.contains(Int64(number)) else { throw .EINVAL }
            return .number(Int64(number))
        case .word:
            return try integer(parameter.name, byteCount: memory.abi.wordBytes).map {
                .number(Int64(bitPattern: $0))
            }
        case .text(let limit): return try text(parameter.name, limit: limit).map { .text($0) }
        case .flag:
            if index(parameter.name) != nil { return .number(1) }
            return index(JailParameter.opposite(parameter.name)) == nil ? nil : .number(0)
        case .addresses(let byteCount):
            guard let index = index(parameter.name) else { return nil }
            let value = entries[index].value
            guard value.count % byteCount == 0 else { throw .EINVAL }
            guard value.count / byteCount <= JailParameter.addressLimit else {
                throw failure(.EINVAL, "too many addresses: \(parameter.name)")
            }
            return .addresses(value)
        }
    }

    // MARK: What the program is told

    /// A failure with words for the program's `errmsg`.
    func failure(_ errno: Errno, _ text: String) -> Errno {
        message = Array(text.utf8)
        return errno
    }

    /// Puts the words of a failure where the program wants them.
    func report() {
        guard let message, let entry = entries.first(where: { $0.name == Self.errorMessage }),
            entry.buffer.byteCount > 0
        else { return }
        try? entry.buffer.store(message.prefix(Int(entry.buffer.byteCount) - 1) + [0])
    }

    /// Fails for a parameter that nothing has asked for.
    func checkNames() throws(Errno) {
        guard let entry = entries.first(where: { !$0.isKnown && $0.name != Self.errorMessage }) else { return }
        throw failure(.EINVAL, "unknown parameter: \(entry.name)")
    }

    /// An answer, and which lengths of the program's buffer are right for it.
    struct Answer {
        enum Length {
            /// The same number of bytes (`vfs_setopt`).
            case same
            /// As many or more; the buffer's length becomes the answer's (`vfs_setopt_part`).
            case most
            /// As many or more (`vfs_setopts`).
            case text
        }
        let bytes: [UInt8]
        let length: Length
    }

    /// Answers every parameter; one without room is told its length.
    func answer(_ answers: (String) -> Answer?) throws(Errno) {
        var lengths: [(position: Int, byteCount: Int)] = []
        for index in entries.indices where entries[index].name != Self.errorMessage {
            let entry = entries[index]
            guard let answer = answers(entry.name) else { continue }
            entries[index].isKnown = true
            let room = Int(entry.buffer.byteCount)
            let fits = answer.length == .same ? room == answer.bytes.count : room >= answer.bytes.count
            guard room == 0 || fits else { throw .EINVAL }
            if room == 0 || answer.length == .most { lengths.append((entry.position, answer.bytes.count)) }
        }
        try checkNames()
        for entry in entries where entry.buffer.byteCount > 0 {
            if let answer = answers(entry.name) { try entry.buffer.store(answer.bytes) }
        }
        for (position, byteCount) in lengths {
            let word = vector &+ UInt64((position * 4 + 3) * memory.abi.wordBytes)
            try memory.storeWord(UInt64(byteCount), at: word)
        }
    }
}

/// A vector of parameters: a pointer to `struct iovec` and a count.
struct JailOptionVector: SystemCallParameter {
    private let buffers = Buffers(.input, "iov")
    var slots: [ArgumentSlot] { buffers.slots }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> JailOptions {
        var ahead = arguments
        let vector = try ahead.word(thread)
        guard try ahead.word(thread) % 2 == 0 else { throw .EINVAL }
        return JailOptions(vector: vector, try buffers.decode(&arguments, thread), thread.memory)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        try buffers.trace(&arguments, thread, phase)
    }
}
