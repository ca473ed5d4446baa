import BSDUserCore

/// The state of a MIPS64 processor.
public struct MIPS64State: ConformanceState {
    /// 32 registers, HI, LO, 32 registers, FCSR: `struct mips64_state` of Conformance/Oracle/protocol.h.
    public static let names = (0..<32).map { "r\($0)" } + ["hi", "lo"] + (0..<32).map { "f\($0)" } + ["fcsr"]

    /// General registers; the first one is always 0.
    public var gpr: [UInt64]
    public var hi: UInt64
    public var lo: UInt64
    /// Floating-point registers as 32 independent ones of 64 bits (Status.FR = 1).
    public var fpr: [UInt64]
    public var fcsr: UInt32
    public var memory: [UInt8]

    public init(
        gpr: [UInt64] = Array(repeating: 0, count: 32), hi: UInt64 = 0, lo: UInt64 = 0,
        fpr: [UInt64] = Array(repeating: 0, count: 32), fcsr: UInt32 = 0, memory: [UInt8] = []
    ) {
        precondition(gpr.count == 32 && fpr.count == 32 && memory.count <= ConformanceWindow.maximumMemory)
        self.gpr = gpr
        self.hi = hi
        self.lo = lo
        self.fpr = fpr
        self.fcsr = fcsr
        self.memory = memory
    }

    public init(wire: [UInt64], memory: [UInt8]) {
        self.init(
            gpr: Array(wire[0..<32]), hi: wire[32], lo: wire[33], fpr: Array(wire[34..<66]),
            fcsr: UInt32(truncatingIfNeeded: wire[66]), memory: memory)
    }

    public var wire: [UInt64] { gpr + [hi, lo] + fpr + [UInt64(fcsr)] }
}
