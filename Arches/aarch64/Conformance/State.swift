import BSDUserCore

/// The state of an AArch64 processor.
public struct AArch64State: ConformanceState {
    /// 31 registers and the stack pointer, 32 vectors, NZCV with FPCR above it, FPSR: `struct aarch64_state` of
    /// Conformance/Oracle/protocol.h.
    public static let names =
        (0..<31).map { "x\($0)" } + ["sp"] + (0..<64).map { "v\($0 / 2)" + ($0 & 1 == 0 ? "" : " high") }
        + ["nzcv, fpcr", "fpsr"]

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
        precondition(general.count == 32 && vectors.count == 64 && memory.count <= ConformanceWindow.maximumMemory)
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
