import BSDUserCore
import TestSupport
import Testing

@testable import MIPS64

/// Tests that share the window of sequences, one after the other.
@Suite("mips64 sequences", .serialized)
struct SequenceRuns {
    /// Made once: it reads all rows. Only one of these tests runs at a time.
    nonisolated(unsafe) static let conformance = MIPS64Conformance()
}

@Suite("mips64 decoding")
struct DecodeTests {
    @Test("No two rows claim the same words, and every pattern is well formed")
    func rowsAreSound() { #expect(RowChecks.problems(.mips64, MIPS64.rows) == []) }
}
