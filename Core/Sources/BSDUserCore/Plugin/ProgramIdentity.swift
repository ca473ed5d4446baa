/// Which machine an ELF file is for, from its header: what a plugin is chosen by.
public struct ProgramIdentity: Equatable, Sendable {
    public var machine: UInt16
    public var is64Bit: Bool
    public var byteOrder: ByteOrder
    /// `e_flags`.
    public var flags: UInt32

    public init(machine: UInt16, is64Bit: Bool, byteOrder: ByteOrder, flags: UInt32) {
        self.machine = machine
        self.is64Bit = is64Bit
        self.byteOrder = byteOrder
        self.flags = flags
    }

    /// Reads the first bytes of a file; nil when they are no ELF header.
    public init?(header: [UInt8]) {
        guard header.count >= 52, header.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { return nil }
        guard (1...2).contains(header[4]), (1...2).contains(header[5]) else { return nil }
        is64Bit = header[4] == 2
        byteOrder = header[5] == 2 ? .big : .little
        let order = byteOrder
        func number(_ offset: Int, _ byteCount: Int) -> UInt32 {
            let bytes = header[offset..<offset + byteCount]
            return (order == .big ? Array(bytes) : bytes.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
        }
        machine = UInt16(number(18, 2))
        flags = number(is64Bit ? 48 : 36, 4)
    }

    /// For messages: `machine 43 (SPARC V9), 64-bit big-endian`.
    public var text: String {
        let name = MachineName.row(of: machine).map { " (\($0.name))" } ?? ""
        return "machine \(machine)\(name), \(is64Bit ? 64 : 32)-bit \(byteOrder == .big ? "big" : "little")-endian"
    }
}

extension ElfIdentity {
    /// Whether the architecture runs files like this one.
    public func accepts(_ program: ProgramIdentity) -> Bool {
        program.machine == machine && program.is64Bit == is64Bit && program.byteOrder == byteOrder
            && program.flags & flagsMask == flagsValue
    }

    /// For messages, like `ProgramIdentity.text`.
    public var text: String {
        ProgramIdentity(machine: machine, is64Bit: is64Bit, byteOrder: byteOrder, flags: 0).text
    }
}

/// Names of machines for messages, and under which names their plugins usually go. A plugin of another name works as
/// well; it is found by asking every plugin, which takes longer.
struct MachineName {
    let machine: UInt16
    let name: String
    let usualPlugins: [String]

    private static let rows: [MachineName] = [
        MachineName(machine: 2, name: "SPARC", usualPlugins: []),
        MachineName(machine: 3, name: "Intel 386", usualPlugins: []),
        MachineName(machine: 8, name: "MIPS", usualPlugins: ["mips64", "mips"]),
        MachineName(machine: 20, name: "PowerPC", usualPlugins: ["ppc"]),
        MachineName(machine: 21, name: "PowerPC64", usualPlugins: ["ppc64"]),
        MachineName(machine: 40, name: "ARM", usualPlugins: ["arm"]),
        MachineName(machine: 43, name: "SPARC V9", usualPlugins: ["sparc64"]),
        MachineName(machine: 62, name: "x86-64", usualPlugins: []),
        MachineName(machine: 183, name: "AArch64", usualPlugins: ["aarch64"]),
        MachineName(machine: 243, name: "RISC-V", usualPlugins: ["riscv64"]),
    ]

    static func row(of machine: UInt16) -> MachineName? {
        rows.first { $0.machine == machine }
    }
}
