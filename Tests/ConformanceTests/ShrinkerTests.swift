import BSDUserCore
import Testing

@testable import ConformanceRunner
@testable import MIPS64

/// What is left of a failing sequence.
struct ShrinkerTests {
    private typealias Request = SequenceRequest<MIPS64State>
    private typealias Difference = Contest<MIPS64Conformance>.Difference

    /// daddu $3, $1, $2
    private let culprit: UInt32 = 0x0022_182d
    private let conformance = MIPS64Conformance()

    private func shrink(_ words: [UInt32], where fails: @escaping (Request) -> Bool) throws -> Request {
        let judge = { (request: Request) in
            fails(request) ? Difference(request: request, way: "interpreter", lines: ["differs"]) : nil
        }
        let state = MIPS64State(gpr: (0..<32).map { UInt64($0) }, hi: 7, memory: Array(0..<16))
        let found = try #require(judge(Request(words: words, state: state)))
        return try Shrinker(conformance: conformance, judge: judge).shrink(found).request
    }

    @Test func `one instruction is left of those of which one fails, and the register that it fails with`() throws {
        // ori $4, $4, 1; daddu $3, $1, $2; xori $5, $5, 2; lui $6, 3
        let shrunk = try shrink([0x3484_0001, culprit, 0x38a5_0002, 0x3c06_0003]) { [culprit] request in
            request.words.contains(culprit) && request.state.gpr[2] != 0
        }
        #expect(shrunk.words == [culprit])
        #expect(shrunk.state.wire.enumerated().filter { $0.element != 0 }.map(\.offset) == [2])
    }

    @Test func `two instructions are left where both are needed, in their order`() throws {
        let other: UInt32 = 0x3484_0001
        let shrunk = try shrink([0x38a5_0002, other, 0x3c06_0003, culprit, 0]) { [culprit] request in
            let places = [other, culprit].map { request.words.firstIndex(of: $0) ?? -1 }
            return places[0] >= 0 && places[0] < places[1]
        }
        #expect(shrunk.words == [other, culprit])
    }

    @Test func `branches go on going where they went`() throws {
        // bne $1, $2, to the culprit; its slot; ori; culprit; bgtz $26 back to the ori; slot
        let words: [UInt32] = [0x1422_0003, 0, 0x3484_0001, 0x38a5_0002, culprit, 0x1f40_fffc, 0]
        let shrunk = try shrink(words) { [culprit] request in
            guard let target = request.words.firstIndex(of: culprit) else { return false }
            let isForward = request.words.indices.contains {
                request.words[$0] >> 16 == 0x1422 && $0 + 1 + Int(request.words[$0] & 0xffff) == target
            }
            return isForward
                && request.words.indices.contains {
                    request.words[$0] >> 16 == 0x1f40
                        && $0 + 1 + Int(Int16(truncatingIfNeeded: request.words[$0])) <= target
                }
        }
        #expect(shrunk.words == [0x1422_0001, 0, culprit, 0x1f40_fffe, 0])
    }

    @Test func `a test of a row keeps its words`() throws {
        let words: [UInt32] = [0x3484_0001, culprit]
        let state = MIPS64State(gpr: (0..<32).map { UInt64($0) })
        let judge = { (request: Request) in Difference(request: request, way: "translator", lines: ["differs"]) }
        let found = judge(Request(row: 3, words: words, state: state))
        let shrunk = try Shrinker(conformance: conformance, judge: judge).shrink(found).request
        #expect(shrunk.words == words && shrunk.state.gpr.allSatisfy { $0 == 0 })
    }
}
