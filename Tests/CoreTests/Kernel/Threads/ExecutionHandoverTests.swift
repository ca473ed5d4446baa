import Testing

@testable import BSDUserCore

/// What a program hands to the one that takes its place.
@Suite struct ExecutionHandoverTests {
    private static let full = ExecutionHandover(
        arguments: ["", "one two"].map { Array($0.utf8) }, environment: [Array("A=B".utf8)],
        limits: [5: ResourceLimit(current: 1, maximum: 2)],
        root: InheritedRoot(descriptor: 4097, machine: Array("/a root".utf8)),
        jail: JailMembership(identifier: 3, descriptor: 4098))

    @Test func `all of it survives`() {
        #expect(ExecutionHandover(bytes: Self.full.bytes) == Self.full)
        var onHost = Self.full
        onHost.root?.machine = []
        #expect(ExecutionHandover(bytes: onHost.bytes) == onHost)
    }

    @Test(arguments: ["R", "R5", "Rx /", "J", "J1", "J1 x", "J1 2 3", "J1 9999999999", "L1 2", "Z"])
    func `other bytes are none`(record: String) {
        #expect(ExecutionHandover(bytes: Array(record.utf8) + [0]) == nil)
        #expect(ExecutionHandover(bytes: Array("A".utf8)) == nil)
    }

    @Test func `roots and jails do not fit on a command line`() {
        let plain = ExecutionHandover(arguments: [Array("a".utf8)])
        #expect(!plain.isNeeded)
        var rooted = plain
        rooted.root = Self.full.root
        #expect(rooted.isNeeded)
        var jailed = plain
        jailed.jail = Self.full.jail
        #expect(jailed.isNeeded)
    }
}
