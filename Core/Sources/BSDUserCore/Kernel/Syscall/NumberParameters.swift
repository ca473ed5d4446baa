/// A number that travels in one word; the handler sees it as the C type.
protocol NumberParameter: SystemCallParameter {
    var name: String { get }
    func value(_ word: UInt64, _ abi: GuestABI) -> Value
    func describe(_ value: Value) -> TraceValue
}

extension NumberParameter {
    var slots: [ArgumentSlot] { [ArgumentSlot(.number, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Value {
        value(try arguments.word(thread), arguments.abi)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        [describe(value(try arguments.word(thread), arguments.abi))]
    }
}

/// `int`.
struct Signed: NumberParameter {
    typealias Value = Int32
    let name: String
    init(_ name: String) { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) -> Int32 { Int32(truncatingIfNeeded: word) }
    func describe(_ value: Int32) -> TraceValue { .integer(Int64(value)) }
}

/// `u_int`, `uid_t`, `gid_t`.
struct Unsigned: NumberParameter {
    typealias Value = UInt32
    let name: String
    init(_ name: String) { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) -> UInt32 { UInt32(truncatingIfNeeded: word) }
    func describe(_ value: UInt32) -> TraceValue { .unsigned(UInt64(value)) }
}

/// `uid_t` or `gid_t`: -1 says "unchanged".
struct Identity: NumberParameter {
    typealias Value = UInt32
    let name: String
    init(_ name: String) { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) -> UInt32 { UInt32(truncatingIfNeeded: word) }
    func describe(_ value: UInt32) -> TraceValue { value == .max ? .integer(-1) : .unsigned(UInt64(value)) }
}

/// `long`, `ssize_t`.
struct Long: NumberParameter {
    typealias Value = Int64
    let name: String
    init(_ name: String) { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) -> Int64 {
        abi.wordBytes == 8 ? Int64(bitPattern: word) : Int64(Int32(truncatingIfNeeded: word))
    }
    func describe(_ value: Int64) -> TraceValue { .integer(value) }
}

/// `size_t`, `u_long`.
struct Size: NumberParameter {
    typealias Value = UInt64
    let name: String
    init(_ name: String = "len") { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) -> UInt64 { word }
    func describe(_ value: UInt64) -> TraceValue { .unsigned(value) }
}

/// Permission bits, in octal.
struct Mode: NumberParameter {
    typealias Value = UInt32
    let name: String
    init(_ name: String = "mode") { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) -> UInt32 { UInt32(truncatingIfNeeded: word) }
    func describe(_ value: UInt32) -> TraceValue { .octal(UInt64(value)) }
}

/// An address that the call does not follow itself, or does so in a way of its own.
struct Pointer: NumberParameter {
    typealias Value = GuestAddress
    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.address, name)] }
    func value(_ word: UInt64, _ abi: GuestABI) -> GuestAddress { word }
    func describe(_ value: GuestAddress) -> TraceValue { value.unread }
}

/// An argument that the call ignores.
struct Unused: NumberParameter {
    typealias Value = Void
    let name: String
    init(_ name: String = "pad") { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) {}
    func describe(_ value: Void) -> TraceValue { .absent }
}

/// A file descriptor. The emulator's own do not exist for the guest.
struct Fd: SystemCallParameter {
    let name: String
    init(_ name: String = "fd") { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.number, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Int32 {
        let value = Int32(truncatingIfNeeded: try arguments.word(thread))
        guard HostDescriptors.isGuests(value) else { throw .EBADF }
        return value
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        [.integer(Int64(Int32(truncatingIfNeeded: try arguments.word(thread))))]
    }
}

/// The directory that a relative path starts from: a descriptor, or `AT_FDCWD`.
struct DirFd: SystemCallParameter {
    let name: String
    init(_ name: String = "fd") { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.number, name)] }

    /// `AT_FDCWD`: the same number on both systems.
    static let current: Int32 = -100

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Int32 {
        let value = Int32(truncatingIfNeeded: try arguments.word(thread))
        // A bad descriptor matters only with a relative path: PathRoot decides. The host must not see the emulator's.
        return value == Self.current || HostDescriptors.isGuests(value) ? value : -1
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let value = Int32(truncatingIfNeeded: try arguments.word(thread))
        return [value == Self.current ? .symbol("AT_FDCWD") : .integer(Int64(value))]
    }
}

/// `off_t`: 64 bits on every ABI.
struct Offset: SystemCallParameter {
    let name: String
    init(_ name: String = "offset") { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.wide, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> Int64 {
        Int64(bitPattern: try arguments.doubleWord(thread))
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        [.integer(Int64(bitPattern: try arguments.doubleWord(thread)))]
    }
}

/// `dev_t`, `id_t`: 64 bits on every ABI, without a sign.
struct Wide: SystemCallParameter {
    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.wide, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> UInt64 {
        try arguments.doubleWord(thread)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        [.unsigned(try arguments.doubleWord(thread))]
    }
}

/// Bits of a table of flags.
struct Flags<Table: FlagTable>: NumberParameter {
    typealias Value = FlagSet<Table>
    let name: String
    init(_ name: String = "flags") { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) -> FlagSet<Table> {
        FlagSet(guest: UInt64(UInt32(truncatingIfNeeded: word)))
    }
    func describe(_ value: FlagSet<Table>) -> TraceValue { value.traceValue }
}

/// Bits of a table of flags in an `unsigned long`.
struct LongFlags<Table: FlagTable>: NumberParameter {
    typealias Value = FlagSet<Table>
    let name: String
    init(_ name: String = "flags") { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) -> FlagSet<Table> { FlagSet(guest: word) }
    func describe(_ value: FlagSet<Table>) -> TraceValue { value.traceValue }
}

/// One of a table of numbers.
struct Enumeration<Table: EnumerationTable>: NumberParameter {
    typealias Value = EnumeratedValue<Table>
    let name: String
    init(_ name: String) { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) -> EnumeratedValue<Table> {
        EnumeratedValue(guest: Int32(truncatingIfNeeded: word))
    }
    func describe(_ value: EnumeratedValue<Table>) -> TraceValue { value.traceValue }
}
