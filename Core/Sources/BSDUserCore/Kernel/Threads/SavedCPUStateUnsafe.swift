/// A copy of a CPU state, header and register file, to be put back.
struct SavedCPUState {
    private let bytes: [UInt8]

    init(_ cpu: CPUState) {
        let start = cpu.registers - CPUState.headerBytes
        bytes = Array(
            UnsafeRawBufferPointer(start: start, count: CPUState.headerBytes + CPUState.maximumRegisterBytes))
    }

    /// Makes the state what it was.
    func restore(_ cpu: CPUState) {
        let start = cpu.registers - CPUState.headerBytes
        UnsafeMutableRawBufferPointer(start: start, count: bytes.count).copyBytes(from: bytes)
    }
}
