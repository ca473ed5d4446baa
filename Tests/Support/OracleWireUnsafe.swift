/// The byte format between `UnicornOracle` and its process; Tests/Oracle/protocol.h describes it.
enum OracleWire {
    private static let replyHeaderBytes = 8

    static func head(count: Int, bytes: Int) -> [UInt8] {
        var head: [UInt8] = []
        append([UInt32(count), UInt32(bytes)], to: &head)
        return head
    }

    static func byteCount(ofHead head: [UInt8]) -> Int {
        Int(head.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self) })
    }

    static func append<State: OracleState>(_ request: OracleRequest<State>, to bytes: inout [UInt8]) {
        append([UInt32(request.words.count), UInt32(request.state.memory.count)], to: &bytes)
        append(request.words, to: &bytes)
        append(request.state.wire, to: &bytes)
        bytes += request.state.memory
    }

    static func replies<State: OracleState>(to requests: [OracleRequest<State>], in bytes: [UInt8]) throws
        -> [OracleReply<State>]
    {
        var offset = 0
        return try bytes.withUnsafeBytes { raw in
            try requests.map { request in
                let memoryCount = request.state.memory.count
                let size = replyHeaderBytes + State.wireBytes + memoryCount
                guard offset + size <= raw.count else { throw SupportError("the oracle's answer is cut short") }
                defer { offset += size }
                return reply(in: UnsafeRawBufferPointer(rebasing: raw[offset..<offset + size]), memoryCount)
            }
        }
    }

    private static func reply<State: OracleState>(in raw: UnsafeRawBufferPointer, _ memoryCount: Int)
        -> OracleReply<State>
    {
        let state = UnsafeRawBufferPointer(rebasing: raw[replyHeaderBytes...])
        let wire = [UInt64](unsafeUninitializedCapacity: State.wireBytes / 8) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: state[0..<State.wireBytes]))
            initialized = State.wireBytes / 8
        }
        let exception = raw.loadUnaligned(as: UInt32.self)
        return OracleReply(
            exception: OracleException(rawValue: exception) ?? .other,
            detail: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self),
            state: State(wire: wire, memory: Array(state[State.wireBytes..<State.wireBytes + memoryCount])))
    }

    private static func append<Integer: FixedWidthInteger>(_ values: [Integer], to bytes: inout [UInt8]) {
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
}
