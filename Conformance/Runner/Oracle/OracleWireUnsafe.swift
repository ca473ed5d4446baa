import BSDUserCore
import Glibc

/// The byte format between `OracleClient` and its process; Conformance/Oracle/protocol.h describes it.
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

    /// That many bytes from a descriptor; nil at its end, or when nothing comes for too long.
    static func read(_ descriptor: Int32, count: Int, patienceMilliseconds: Int32) -> [UInt8]? {
        var done = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while done < count {
                var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&ready, 1, patienceMilliseconds) > 0, let start = buffer.baseAddress else { break }
                let got = Glibc.read(descriptor, start + done, count - done)
                guard got > 0 else { break }
                done += got
            }
            initialized = done
        }
        return done == count ? bytes : nil
    }

    static func append<State: ConformanceState>(_ request: SequenceRequest<State>, to bytes: inout [UInt8]) {
        append([UInt32(request.words.count), UInt32(request.state.memory.count)], to: &bytes)
        append(request.words, to: &bytes)
        append(request.state.wire, to: &bytes)
        bytes += request.state.memory
    }

    static func outcomes<State: ConformanceState>(
        of requests: ArraySlice<SequenceRequest<State>>, in bytes: [UInt8]
    ) throws -> [SequenceOutcome<State>] {
        let wordCount = State.names.count
        var offset = 0
        return try bytes.withUnsafeBytes { raw in
            try requests.map { request in
                let memoryCount = request.state.memory.count
                let size = replyHeaderBytes + 8 * wordCount + memoryCount
                guard offset + size <= raw.count else { throw RunnerProblem("the oracle's answer is cut short") }
                defer { offset += size }
                return outcome(UnsafeRawBufferPointer(rebasing: raw[offset..<offset + size]), wordCount)
            }
        }
    }

    private static func outcome<State: ConformanceState>(
        _ raw: UnsafeRawBufferPointer, _ wordCount: Int
    ) -> SequenceOutcome<State> {
        let state = UnsafeRawBufferPointer(rebasing: raw[replyHeaderBytes...])
        let wire = [UInt64](unsafeUninitializedCapacity: wordCount) { buffer, initialized in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: state[0..<8 * wordCount]))
            initialized = wordCount
        }
        return SequenceOutcome(
            end: SequenceEnd(rawValue: raw.loadUnaligned(as: UInt32.self)) ?? .other,
            state: State(wire: wire, memory: Array(state[(8 * wordCount)...])),
            detail: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    }

    private static func append<Integer: FixedWidthInteger>(_ values: [Integer], to bytes: inout [UInt8]) {
        values.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }
}
