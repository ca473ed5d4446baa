/// The byte format between `UnicornOracle` and its process; Tests/Oracle/protocol.h describes it.
enum OracleWire {
    /// Two words, 32 registers, HI, LO, 32 registers, FCSR and padding.
    private static let stateBytes = (32 + 2 + 32) * 8 + 8
    private static let replyHeaderBytes = 8

    static func head(count: Int, bytes: Int) -> [UInt8] {
        var head: [UInt8] = []
        append([UInt32(count), UInt32(bytes)], to: &head)
        return head
    }

    static func byteCount(ofHead head: [UInt8]) -> Int {
        Int(head.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self) })
    }

    static func append(_ request: OracleRequest, to bytes: inout [UInt8]) {
        let state = request.state
        append([UInt32(request.words.count), UInt32(state.memory.count)], to: &bytes)
        append(request.words, to: &bytes)
        append(state.gpr, to: &bytes)
        append([state.hi, state.lo], to: &bytes)
        append(state.fpr, to: &bytes)
        append([state.fcsr, 0], to: &bytes)
        bytes += state.memory
    }

    static func replies(to requests: [OracleRequest], in bytes: [UInt8]) throws -> [OracleReply] {
        var offset = 0
        return try bytes.withUnsafeBytes { raw in
            try requests.map { request in
                let memoryCount = request.state.memory.count
                let size = replyHeaderBytes + stateBytes + memoryCount
                guard offset + size <= raw.count else { throw SupportError("the oracle's answer is cut short") }
                defer { offset += size }
                return reply(in: UnsafeRawBufferPointer(rebasing: raw[offset..<offset + size]), memoryCount)
            }
        }
    }

    private static func reply(in raw: UnsafeRawBufferPointer, _ memoryCount: Int) -> OracleReply {
        let state = UnsafeRawBufferPointer(rebasing: raw[replyHeaderBytes...])
        func doublewords(_ first: Int, _ count: Int) -> [UInt64] {
            Array(unsafeUninitializedCapacity: count) { buffer, initialized in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: state[first * 8..<(first + count) * 8]))
                initialized = count
            }
        }
        let hiAndLo = doublewords(32, 2)
        let exception = raw.loadUnaligned(as: UInt32.self)
        return OracleReply(
            exception: OracleReply.Exception(rawValue: exception) ?? .other,
            detail: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self),
            state: MIPS64Snapshot(
                gpr: doublewords(0, 32), hi: hiAndLo[0], lo: hiAndLo[1], fpr: doublewords(34, 32),
                fcsr: state.loadUnaligned(fromByteOffset: 66 * 8, as: UInt32.self),
                memory: Array(state[stateBytes..<stateBytes + memoryCount])))
    }

    private static func append<Integer: FixedWidthInteger>(_ values: [Integer], to bytes: inout [UInt8]) {
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
}
