/// The first thread's stack as `exec` leaves it (sys/kern/kern_exec.c, `exec_copyout_strings`): from the top down
/// `ps_strings`, the signal trampoline, the executable's path, the canary, the page sizes, the strings; below them the
/// vectors and, at the stack pointer, `argc`.
struct InitialStack: Equatable, Sendable {
    /// The bytes from `stackPointer` to the top of the stack.
    private(set) var bytes: [UInt8]
    private(set) var stackPointer: GuestAddress
    private(set) var processStrings: GuestAddress = 0
    private(set) var trampoline: GuestAddress = 0
    private(set) var argumentVector: GuestAddress = 0
    private(set) var environmentVector: GuestAddress = 0
    /// The auxiliary vector, for core files and debuggers.
    private(set) var auxiliary: Range<GuestAddress> = 0..<0

    /// Most bytes of arguments and environment together: `ARG_MAX`.
    static let maximumStringBytes = 512 * 1024
    /// Bytes of the canary on 64-bit and 32-bit systems.
    private static let canaryWords = 8
    private static let firstWithArguments: Int32 = 1_300_000
    private static let firstWithUserStack: Int32 = 1_400_000

    /// Whether there is room for so many bytes of arguments and environment.
    static func takes(_ strings: [[UInt8]]) -> Bool {
        strings.reduce(0) { $0 + $1.count + 1 } <= maximumStringBytes
    }

    /// What goes onto the stack.
    struct Contents: Sendable {
        var arguments: [[UInt8]]
        var environment: [[UInt8]]
        var executablePath: [UInt8]
        var trampoline: [UInt8]
        /// Random bytes for the stack protector: 64, or 32 on 32-bit systems.
        var canary: [UInt8]
        var facts: ProcessFacts
        var numbering: AuxiliaryNumbering
    }

    /// Total of the strings is too large: `E2BIG`.
    struct TooLarge: Error {}

    /// Builds the stack below `top`, which is aligned to a page.
    init(_ contents: Contents, top: GuestAddress, abi: GuestABI, alignment: UInt64) throws(TooLarge) {
        var stack = Downward(top: top, abi: abi)
        let strings = contents.arguments + contents.environment
        guard InitialStack.takes(strings) else { throw TooLarge() }
        let word = abi.wordBytes
        let processStrings = stack.reserve(word == 8 ? 32 : 16, alignment: word)
        let trampoline = contents.trampoline.isEmpty ? 0 : stack.push(contents.trampoline, alignment: word)
        let path = stack.push(contents.executablePath + [0], alignment: word)
        let canary = stack.push(contents.canary, alignment: word)
        let pageSizes = stack.push(stack.words([UInt64(abi.pageBytes)]), alignment: word)
        let blob = Array(strings.map { $0 + [0] }.joined())
        var next = stack.push(blob, alignment: word)
        var addresses: [GuestAddress] = []
        for string in strings {
            addresses.append(next)
            next += UInt64(string.count + 1)
        }
        let arguments = Array(addresses.prefix(contents.arguments.count))
        let environment = Array(addresses.dropFirst(contents.arguments.count))
        let vectorWords = 1 + arguments.count + 1 + environment.count + 1
        func vectors(_ start: GuestAddress) -> [UInt64] {
            let argv = start + UInt64(word)
            let envp = argv + UInt64(word * (arguments.count + 1))
            let places = Places(
                argv: argv, argc: arguments.count, envp: envp, envc: environment.count, path: path, canary: canary,
                canaryBytes: contents.canary.count, pageSizes: pageSizes, processStrings: processStrings)
            let auxiliary = InitialStack.auxiliary(contents, places, abi: abi)
            return [UInt64(arguments.count)] + arguments + [0] + environment + [0] + auxiliary
        }
        let start = stack.place(wordCount: vectors(0).count, alignment: alignment)
        stack.fill(start, vectors(start))
        stackPointer = start
        argumentVector = start + UInt64(word)
        environmentVector = argumentVector + UInt64(word * (arguments.count + 1))
        auxiliary = (start + UInt64(word * vectorWords))..<(start + UInt64(word * vectors(start).count))
        stack.fillProcessStrings(
            processStrings, argumentVector, UInt32(arguments.count), environmentVector, UInt32(environment.count))
        self.processStrings = processStrings
        self.trampoline = trampoline
        bytes = stack.bytes(from: start)
    }

    private struct Places {
        var argv: GuestAddress
        var argc: Int
        var envp: GuestAddress
        var envc: Int
        var path: GuestAddress
        var canary: GuestAddress
        var canaryBytes: Int
        var pageSizes: GuestAddress
        var processStrings: GuestAddress
    }

    /// The vector as type and value words. Entries of a later release are left out for an earlier one.
    private static func auxiliary(_ contents: Contents, _ places: Places, abi: GuestABI) -> [UInt64] {
        let facts = contents.facts
        var entries: [(AuxiliaryType, UInt64)] = [
            (.programHeaders, facts.programHeaders), (.programHeaderBytes, facts.programHeaderBytes),
            (.programHeaderCount, facts.programHeaderCount), (.pageBytes, UInt64(abi.pageBytes)), (.flags, 0),
            (.entry, facts.entry), (.interpreterBase, facts.interpreterBase), (.elfHeaderFlags, UInt64(facts.elfFlags)),
            (.executablePath, places.path), (.osReleaseDate, UInt64(UInt32(bitPattern: facts.osReleaseDate))),
            (.canary, places.canary), (.canaryBytes, UInt64(places.canaryBytes)),
            (.processorCount, facts.processorCount), (.pageSizes, places.pageSizes),
            (.pageSizesBytes, UInt64(abi.wordBytes)), (.stackProtection, facts.stackProtection),
            (.hardwareCapabilities, facts.hardwareCapabilities.0),
            (.hardwareCapabilities2, facts.hardwareCapabilities.1),
        ]
        if facts.timePage != 0 { entries.append((.timePage, facts.timePage)) }
        if facts.osReleaseDate >= firstWithArguments {
            entries += [
                (.bsdFlags, 0), (.argumentCount, UInt64(places.argc)), (.argumentVector, places.argv),
                (.environmentCount, UInt64(places.envc)), (.environmentVector, places.envp),
                (.processStrings, places.processStrings),
            ]
        }
        if facts.osReleaseDate >= firstWithUserStack {
            entries += [(.userStackBase, facts.stackBase), (.userStackLimit, facts.stackLimitBytes)]
        }
        entries.append((.null, 0))
        // A program without a note counts as new (P_OSREL_POWERPC_NEW_AUX_ARGS is 1300070).
        let isOld = contents.numbering == .renumberedIn13 && facts.noteRelease != 0 && facts.noteRelease < 1_300_070
        return entries.flatMap { [isOld ? $0.0.oldPowerPCNumber : $0.0.rawValue, $0.1] }
    }

    /// Bytes of a canary for an ABI.
    static func canaryBytes(_ abi: GuestABI) -> Int { canaryWords * abi.wordBytes }
}

/// Memory that is filled from the top down.
private struct Downward {
    private let top: GuestAddress
    private let abi: GuestABI
    /// The bytes in reverse order: index 0 is the byte just below `top`.
    private var reversed: [UInt8] = []

    init(top: GuestAddress, abi: GuestABI) {
        self.top = top
        self.abi = abi
    }

    private var lowest: GuestAddress { top - UInt64(reversed.count) }

    private mutating func align(_ byteCount: Int, _ alignment: UInt64) {
        let wanted = (lowest - UInt64(byteCount)) & ~(alignment - 1)
        let padding = Int(lowest - wanted) - byteCount
        reversed += [UInt8](repeating: 0, count: padding)
    }

    mutating func push(_ bytes: [UInt8], alignment: Int) -> GuestAddress {
        align(bytes.count, UInt64(alignment))
        // The padding belongs above the bytes.
        reversed += bytes.reversed()
        return lowest
    }

    mutating func reserve(_ byteCount: Int, alignment: Int) -> GuestAddress {
        push([UInt8](repeating: 0, count: byteCount), alignment: alignment)
    }

    mutating func place(wordCount: Int, alignment: UInt64) -> GuestAddress {
        let byteCount = wordCount * abi.wordBytes
        align(byteCount, alignment)
        reversed += [UInt8](repeating: 0, count: byteCount)
        return lowest
    }

    func words(_ values: [UInt64]) -> [UInt8] { values.flatMap { encode($0, abi.wordBytes) } }

    private func encode(_ value: UInt64, _ byteCount: Int) -> [UInt8] {
        let little = (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return abi.byteOrder == .big ? little.reversed() : little
    }

    mutating func fill(_ address: GuestAddress, _ values: [UInt64]) { write(words(values), at: address) }

    private mutating func write(_ bytes: [UInt8], at address: GuestAddress) {
        var index = Int(top - address) - 1
        for byte in bytes {
            reversed[index] = byte
            index -= 1
        }
    }

    /// `struct ps_strings`: two vectors, each with an `unsigned int` count.
    mutating func fillProcessStrings(
        _ address: GuestAddress, _ argv: GuestAddress, _ argc: UInt32, _ envp: GuestAddress, _ envc: UInt32
    ) {
        let word = UInt64(abi.wordBytes)
        fill(address, [argv])
        write(encode(UInt64(argc), 4), at: address + word)
        fill(address + 2 * word, [envp])
        write(encode(UInt64(envc), 4), at: address + 3 * word)
    }

    func bytes(from address: GuestAddress) -> [UInt8] { reversed.prefix(Int(top - address)).reversed() }
}
