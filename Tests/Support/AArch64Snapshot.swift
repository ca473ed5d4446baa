/// The state of an AArch64 processor.
public struct AArch64Snapshot: OracleState {
    public static let machine = "aarch64"
    /// 31 registers and the stack pointer, 32 vectors, NZCV, FPCR, FPSR and padding.
    public static let wireBytes = (32 + 64 + 2) * 8

    /// `x0` to `x30` and the stack pointer.
    public var general: [UInt64]
    /// Vector registers, two doublewords each, the lower one first.
    public var vectors: [UInt64]
    /// N, Z, C and V in bits 31 to 28.
    public var nzcv: UInt32
    public var fpcr: UInt32
    public var fpsr: UInt32
    public var memory: [UInt8]

    public init(
        general: [UInt64] = Array(repeating: 0, count: 32), vectors: [UInt64] = Array(repeating: 0, count: 64),
        nzcv: UInt32 = 0, fpcr: UInt32 = 0, fpsr: UInt32 = 0, memory: [UInt8] = []
    ) {
        precondition(general.count == 32 && vectors.count == 64 && memory.count <= Oracle.maximumMemory)
        self.general = general
        self.vectors = vectors
        self.nzcv = nzcv
        self.fpcr = fpcr
        self.fpsr = fpsr
        self.memory = memory
    }

    public init(wire: [UInt64], memory: [UInt8]) {
        self.init(
            general: Array(wire[0..<32]), vectors: Array(wire[32..<96]), nzcv: UInt32(truncatingIfNeeded: wire[96]),
            fpcr: UInt32(truncatingIfNeeded: wire[96] >> 32), fpsr: UInt32(truncatingIfNeeded: wire[97]),
            memory: memory)
    }

    public var wire: [UInt64] { general + vectors + [UInt64(nzcv) | UInt64(fpcr) << 32, UInt64(fpsr)] }
}
