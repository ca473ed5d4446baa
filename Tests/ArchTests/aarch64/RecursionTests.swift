import Testing

@testable import AArch64
@testable import BSDUserCore
@testable import TestSupport

extension SequenceRuns {
    /// Calls that the translator makes on a stack of the host's, which has room for fewer than these.
    @Suite("Recursion")
    struct Recursion {
        @Test(
            "A recursion deeper than the host's stack calls helpers on the way down and up",
            arguments: [ExecutionMode.interpreter, .translator])
        func helpersAtEachDepth(_ mode: ExecutionMode) throws {
            let words: [UInt32] = [
                0x1000_01d3,  // adr x19, end
                0xaa13_03fe,  // mov x30, x19
                0xf100_0400,  // function: subs x0, x0, #1
                0x5400_0100,  // b.eq out
                0x5ee1_d820,  // frecpe d0, d1, which is a helper's
                0x97ff_fffd,  // bl function
                0x9100_0421,  // behind: add x1, x1, #1
                0x5ee1_d820,  // frecpe d0, d1
                0xd100_0442,  // sub x2, x2, #1
                0xb400_0062,  // cbz x2, outermost
                0x10ff_ff9e,  // adr x30, behind
                0xd65f_03c0,  // out: ret
                0xaa13_03fe,  // outermost: mov x30, x19
                0xd65f_03c0,  // ret
            ]
            let subject = try #require(Subject(AArch64(), SequenceRuns.conformance, translates: mode == .translator))
            subject.runner.load(words)
            let depth: UInt64 = 20_000
            #expect(depth * 8 > 2 * UInt64(ReturnStack.byteCount))
            for _ in 0..<2 {
                var state = AArch64State()
                (state.general[0], state.general[2]) = (depth + 1, depth)
                let stop = subject.runner.stop(state)
                #expect(stop.isAtEnd && stop.cpu.register(1) == depth && stop.cpu.register(2) == 0)
            }
        }
    }
}
