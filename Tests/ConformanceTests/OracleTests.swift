import BSDUserCore
import Foundation
import TestSupport
import Testing

@testable import ConformanceRunner
@testable import MIPS64

/// The oracle must be right about the few things whose answer is known beyond doubt, or nothing it says counts.
@Suite(.serialized)
struct OracleTests {
    private let oracle: OracleClient<MIPS64State>

    init() throws {
        let script = Checkout.root.appendingPathComponent("Conformance/Fixtures/build-oracle")
        let built = try TestSupport.ProgramRun.of(script.path, [], timeoutSeconds: 600)
        guard built.isSuccess else { throw SupportError("build-oracle failed: \(built.standardError)") }
        let program = built.output.trimmingCharacters(in: .whitespacesAndNewlines)
        oracle = OracleClient(program: URL(fileURLWithPath: program), machine: "mips64")
    }

    private static func special(_ rs: UInt32, _ rt: UInt32, _ rd: UInt32, _ function: UInt32) -> UInt32 {
        rs << 21 | rt << 16 | rd << 11 | function
    }

    private static func state(memory: [UInt8] = []) -> MIPS64State {
        var generator = SeededGenerator(1)
        var gpr = (0..<32).map { _ in UInt64.random(in: 0...UInt64.max, using: &generator) }
        gpr[0] = 0
        return MIPS64State(
            gpr: gpr, hi: 0x1122_3344_5566_7788, lo: 0x99aa_bbcc_ddee_ff00,
            fpr: (0..<32).map { _ in UInt64.random(in: 0...UInt64.max, using: &generator) }, fcsr: 3, memory: memory)
    }

    private func ask(_ words: [UInt32], _ state: MIPS64State) throws -> SequenceOutcome<MIPS64State> {
        try oracle.run([SequenceRequest(words: words, state: state)])[0]
    }

    @Test func `a nop changes nothing, and all 32 floating-point registers are independent`() throws {
        let state = Self.state(memory: Array(0..<64))
        let reply = try ask([0], state)
        #expect(reply.end == .none)
        #expect(reply.state == state)
    }

    @Test func `daddu adds 64 bits`() throws {
        let state = Self.state()
        let reply = try ask([Self.special(1, 2, 3, 0x2d)], state)
        #expect(reply.state.gpr[3] == state.gpr[1] &+ state.gpr[2])
    }

    @Test func `an overflow in a delay slot leaves the registers alone and the next request unharmed`() throws {
        var state = Self.state()
        state.gpr[1] = 0x7fff_ffff
        state.gpr[2] = 1
        let add = Self.special(1, 2, 3, 0x20)
        let branch: UInt32 = 0x1000_0002
        let replies = try oracle.run([
            SequenceRequest(words: [branch, add, 0, 0], state: state), SequenceRequest(words: [0], state: state),
        ])
        #expect(replies[0].end == .overflow)
        #expect(replies[0].state == state)
        #expect(replies[1].end == .none)
        #expect(replies[1].state == state)
    }

    @Test func `loads are big-endian`() throws {
        var state = Self.state(memory: [1, 2, 3, 4, 5, 6, 7, 8])
        state.gpr[2] = ConformanceWindow.memoryAddress
        let loadDoubleword: UInt32 = 0xdc43_0000
        #expect(try ask([loadDoubleword], state).state.gpr[3] == 0x0102_0304_0506_0708)
    }

    @Test(arguments: [
        (UInt32(0x0000_000d), SequenceEnd.breakpoint), (0x0000_000c, .systemCall), (0x0021_0034, .trap),
        (0x7c00_003f, .reservedInstruction), (0x8c43_0001, .address), (0x1000_ffff, .endless),
    ])
    func `exceptions are told apart`(word: UInt32, exception: SequenceEnd) throws {
        var state = Self.state(memory: Array(repeating: 0, count: 8))
        state.gpr[2] = ConformanceWindow.memoryAddress
        let reply = try ask([word, 0], state)
        #expect(reply.end == exception)
        #expect(reply.state == state)
    }

    @Test func `a crash of the oracle costs one answer only`() throws {
        var state = Self.state()
        state.gpr[1] = 0x7fff_0000
        let jumpOutOfTheCode: UInt32 = 0x0020_0008
        let replies = try oracle.run([
            SequenceRequest(words: [jumpOutOfTheCode, 0], state: state), SequenceRequest(words: [0], state: state),
        ])
        #expect(replies[0].end == .oracleCrashed || replies[0].end == .memory)
        #expect(replies[1].state == state)
    }
}
