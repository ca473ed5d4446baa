/// Index of a guest register in the architecture's register table.
@frozen
public struct RegisterIndex: Equatable, Hashable, Sendable {
    public let raw: UInt16
    @inlinable @inline(__always)
    public init(_ raw: Int) { self.raw = UInt16(truncatingIfNeeded: raw) }
}

/// What a register is for; decides where translated code keeps it and how debuggers group it.
public enum RegisterClass: UInt8, Sendable {
    /// Integer registers.
    case integer
    /// Floating-point registers.
    case float
    /// Registers of 16 bytes whose low part is a floating-point register; writing that clears the rest.
    case vector
    /// Registers the translator needs and no debugger shows (a reservation, cached control bits).
    case hidden
}

/// One register of the guest: the row that serves the translator, register dumps, gdb and core files.
public struct RegisterRow: Sendable {
    /// The manual's name.
    public let name: String
    /// Offset in bytes in the register file. Offsets 0 ..< 8 belong to the core.
    public let offset: Int
    /// Width in bytes: 4 or 8; 16 for vectors, and for hidden registers that hold one.
    public let byteCount: Int
    public let registerClass: RegisterClass

    public init(_ name: String, offset: Int, byteCount: Int = 8, _ registerClass: RegisterClass = .integer) {
        self.name = name
        self.offset = offset
        self.byteCount = byteCount
        self.registerClass = registerClass
    }
}

/// The register table of an architecture.
public struct RegisterFile: Sendable {
    /// Rows indexed by `RegisterIndex`.
    public let rows: [RegisterRow]
    /// Bytes of the register file: at least the end of the last register, at most `CPUState.maximumRegisterBytes`.
    public let byteCount: Int
    /// Integer registers to keep in host registers, most used first; the translator takes as many as it has.
    public let pinnedIntegers: [RegisterIndex]
    /// Floating-point or vector registers to keep in host registers, most used first.
    public let pinnedFloats: [RegisterIndex]

    public init(rows: [RegisterRow], pinnedIntegers: [RegisterIndex], pinnedFloats: [RegisterIndex]) {
        self.rows = rows
        self.byteCount = rows.map { $0.offset + $0.byteCount }.max() ?? 8
        self.pinnedIntegers = pinnedIntegers
        self.pinnedFloats = pinnedFloats
    }
}
