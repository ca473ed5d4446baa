import BSDUserCore
import TestSupport
import Testing

@testable import AArch64

/// Tests that share the window of sequences, one after the other.
@Suite("aarch64 sequences", .serialized)
struct SequenceRuns {
    /// Made once: it reads all rows. Only one of these tests runs at a time.
    nonisolated(unsafe) static let conformance = AArch64Conformance()
}

@Suite("aarch64 decoding")
struct DecodeTests {
    @Test("No two rows claim the same words, and every pattern is well formed")
    func rowsAreSound() { #expect(RowChecks.problems(.aarch64, AArch64.rows) == []) }
}
