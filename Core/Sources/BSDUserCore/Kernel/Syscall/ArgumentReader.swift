/// Walks the arguments of one system call in the order of its declaration.
///
/// This is the only code that knows about argument registers, arguments on the stack, pairs of registers for 64-bit
/// values, and the indirect calls `syscall` (0) and `__syscall` (198). It is a value: a copy walks the same arguments
/// again, whatever has happened to the registers since.
struct ArgumentReader {
    /// The call's number, after indirection.
    let number: UInt32
    /// The call came through `__syscall`, which passes every result in 64 bits.
    let isQuadCall: Bool
    /// Word size and byte order of the guest.
    let abi: GuestABI

    private let registers: InlineArray<8, UInt64>
    // Registers taken by the number of an indirect call, and those of the architecture.
    private let shift: Int
    private let registerCount: Int
    private let stackArgumentOffset: Int
    private var position = 0

    /// `syscall(number, ...)` and `__syscall(int64 number, ...)`.
    static let indirectNumber: UInt32 = 0
    static let quadIndirectNumber: UInt32 = 198

    // An initialiser owns its arguments unless it says otherwise, and counts a use of each.
    init(_ convention: borrowing SystemCallConvention, _ cpu: CPUState) {
        let values =
            convention.isBlock ? cpu.load(convention.registerOffsets[0]) : Self.singleRegisters(convention, cpu)
        let direct: UInt32 =
            convention.numberBytes == 8
            ? UInt32(truncatingIfNeeded: cpu.load(convention.numberOffset, as: UInt64.self))
            : cpu.load(convention.numberOffset)
        abi = convention.abi
        registers = values
        registerCount = convention.registerCount
        stackArgumentOffset = convention.stackArgumentOffset
        switch direct {
        case Self.indirectNumber:
            number = UInt32(truncatingIfNeeded: values[0])
            shift = 1
            isQuadCall = false
        case Self.quadIndirectNumber where abi.wordBytes == 8:
            number = UInt32(truncatingIfNeeded: values[0])
            shift = 1
            isQuadCall = true
        case Self.quadIndirectNumber:
            // The number is a pair of registers; its low word counts.
            number = UInt32(truncatingIfNeeded: abi.byteOrder == .big ? values[1] : values[0])
            shift = 2
            isQuadCall = true
        default:
            number = direct
            shift = 0
            isQuadCall = false
        }
    }

    private static func singleRegisters(_ convention: borrowing SystemCallConvention, _ cpu: CPUState)
        -> InlineArray<8, UInt64>
    {
        var values = InlineArray<8, UInt64>(repeating: 0)
        for index in 0..<convention.registerCount {
            let offset = convention.registerOffsets[index]
            values[index] =
                convention.registerBytes == 8 ? cpu.load(offset) : UInt64(cpu.load(offset, as: UInt32.self))
        }
        return values
    }

    /// The next word: zero-extended.
    mutating func word(_ thread: GuestThread) throws(Errno) -> UInt64 {
        let index = position + shift
        position += 1
        if index < registerCount { return registers[index] }
        return try stackWord(index - registerCount, thread)
    }

    /// The word before the next one again, or one further back: some arguments mean what another says.
    func previousWord(_ thread: GuestThread, back distance: Int = 1) throws(Errno) -> UInt64 {
        var reader = self
        reader.position = max(0, position - distance)
        return try reader.word(thread)
    }

    /// The call's first word.
    func firstWord(_ thread: GuestThread) throws(Errno) -> UInt64 {
        var reader = fromStart
        return try reader.word(thread)
    }

    /// A reader of the same arguments, from the first.
    var fromStart: ArgumentReader {
        var reader = self
        reader.position = 0
        return reader
    }

    /// The next word: sign-extended, as `long` and `int` arguments are.
    mutating func signedWord(_ thread: GuestThread) throws(Errno) -> Int64 {
        let value = try word(thread)
        return abi.wordBytes == 8 ? Int64(bitPattern: value) : Int64(Int32(truncatingIfNeeded: value))
    }

    /// The next 64-bit value. With 4-byte words it takes two, from an even one where the ABI aligns pairs; the count
    /// starts after the words that an indirect call removed, as in the kernels.
    mutating func doubleWord(_ thread: GuestThread) throws(Errno) -> UInt64 {
        if abi.wordBytes == 8 { return try word(thread) }
        if abi.alignsRegisterPairs && position % 2 != 0 { position += 1 }
        let first = try word(thread)
        let second = try word(thread)
        return abi.byteOrder == .big ? first << 32 | second : second << 32 | first
    }

    private func stackWord(_ index: Int, _ thread: GuestThread) throws(Errno) -> UInt64 {
        let stack = thread.architecture.stackPointer(thread.cpu)
        let address = stack &+ UInt64(stackArgumentOffset + index * abi.wordBytes)
        return try thread.memory.loadWord(at: address)
    }
}
