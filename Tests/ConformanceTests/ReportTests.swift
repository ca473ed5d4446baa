import Foundation
import FoundationXML
import Testing

@testable import ConformanceRunner

/// Reports, and what is made of them.
struct ReportTests {
    private static func report(_ results: [CaseResult], _ shard: Shard = .whole) -> Report {
        var report = Report(
            architecture: "toy", scale: .quick, seed: 1, suites: ["decode", "abi"], shards: [shard])
        report.results = results
        for result in results { report.seconds[result.suite, default: 0] += result.seconds }
        report.sort()
        return report
    }

    private static let failure = CaseFailure(
        differences: ["r1 is <1>, not \"2\" & more\u{1}"], seed: 7, words: ["0x1"], disassembly: ["nop"],
        before: ["r1=0x1"],
        command: "bsduserctl conformance --arch toy")

    private static let results = (0..<20).map { number in
        CaseResult(
            suite: number % 3 == 0 ? "abi" : "decode", name: "case \(number)", outcome: number == 7 ? .failed : .passed,
            checks: number, uncompared: 1, seconds: 0.5, failure: number == 7 ? failure : nil)
    }

    @Test(arguments: [1, 2, 3, 7])
    func `the merged reports of all shards are the report of one run`(count: Int) throws {
        let parts = (1...count).map { index in
            let shard = Shard(index: index, count: count)
            return Self.report(shard.part(of: Self.results), shard)
        }
        #expect(try Report.merging(parts.shuffled()) == Self.report(Self.results))
    }

    @Test func `a shard that is missing or there twice is told`() throws {
        let parts = (1...3).map { Self.report([], Shard(index: $0, count: 3)) }
        #expect(throws: RunnerProblem.self) { try Report.merging(Array(parts.dropLast())) }
        #expect(throws: RunnerProblem.self) { try Report.merging(parts + [parts[0]]) }
        #expect(throws: RunnerProblem.self) { try Report.merging([]) }
    }

    @Test func `reports of different runs are not merged`() throws {
        var other = Self.report([], Shard(index: 2, count: 2))
        other.seed = 2
        #expect(throws: RunnerProblem.self) {
            try Report.merging([Self.report([], Shard(index: 1, count: 2)), other])
        }
    }

    @Test func `a report survives its JSON`() throws {
        let report = Self.report(Self.results)
        #expect(try Report(decoding: report.encoded()) == report)
    }

    @Test func `a report without sense is refused`() throws {
        var noShards = Self.report([])
        noShards.shards = []
        var twice = Self.report([])
        twice.suites = ["abi", "abi"]
        var later = Self.report([])
        later.version = 99
        for report in [noShards, twice, later, Self.report([], Shard(index: 0, count: 0))] {
            #expect(throws: RunnerProblem.self) { try Report(decoding: report.encoded()) }
        }
    }

    @Test func `JUnit's XML is well formed and has every case`() throws {
        let text = JUnit.text(Self.report(Self.results))
        let document = try XMLDocument(xmlString: text)
        #expect(try document.nodes(forXPath: "//testcase").count == Self.results.count)
        #expect(try document.nodes(forXPath: "//failure").count == 1)
    }

    @Test(arguments: ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3", ""])
    func `what is no shard is refused`(text: String) { #expect(Shard(text) == nil) }

    @Test func `every unit is in exactly one shard`() {
        let units = Array(0..<101)
        let parts = (1...7).map { Shard(index: $0, count: 7).part(of: units) }
        #expect(parts.flatMap(\.self).sorted() == units)
    }

    @Test func `a known failure is known while it fails, and fails once it passes`() throws {
        let known = try KnownFailures(contentsOf: "# why\n\ndecode case 7*  some reason  that goes on\n")
        let failed = known.judged(Self.results[7])
        #expect(failed.outcome == .knownFailure && failed.reason == "some reason  that goes on")
        var passing = Self.results[7]
        passing.outcome = .passed
        #expect(known.judged(passing).outcome == .failed)
        #expect(known.judged(Self.results[8]) == Self.results[8])
        #expect(throws: RunnerProblem.self) { try KnownFailures(contentsOf: "decode nothing-else\n") }
    }

    @Test func `a known failure that no case has fails a whole run, and of shards what all of them lack`() throws {
        let known = try KnownFailures(
            contentsOf:
                "decode case 7  right\ndecode case 99  long gone\nabi case 3  right\nsmc any  of another suite\n")
        let parts = (1...2).map { index in
            let shard = Shard(index: index, count: 2)
            var part = Self.report(shard.part(of: Self.results), shard)
            part.unmatched = known.unmatched(part)
            #expect(part.close().isEmpty)
            return part
        }
        #expect(parts.map(\.unmatched.count).reduce(0, +) == 4)
        var whole = Self.report(Self.results)
        whole.unmatched = known.unmatched(whole)
        #expect(whole.close().map(\.name) == ["known failure 'case 99'"])
        #expect(try Report.merging(parts) == whole)
        #expect(!whole.isGreen && whole.results.count == Self.results.count + 1)
    }

    @Test func `known failures come from several texts`() throws {
        var known = try KnownFailures(contentsOf: "decode case 7  one\n")
        try known.add("abi case 3  two\n")
        #expect(known.judged(Self.results[7]).reason == "one")
        var failed = Self.results[3]
        failed.outcome = .failed
        #expect(known.judged(failed).reason == "two")
    }

    @Test func `a selection is a name or a pattern, and knows what may be its unit`() {
        let selection = Selection("transfer/pipe2: makes*")
        #expect(selection.contains("transfer/pipe2: makes pipes") && !selection.contains("transfer/pipe2: fails"))
        #expect(selection.heads == ["transfer", "transfer/pipe2"] && !selection.isName)
        #expect(Selection("a [b]").contains("a [b]") && Selection("a").isName)
    }

    @Test func `the table counts what the results say`() {
        let lines = SummaryTable.text(Self.report(Self.results)).split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[3].split(separator: " ").prefix(8) == ["all", "20", "19", "1", "0", "0", "190", "20"])
        #expect(SummaryTable.grouped(1_234_567) == "1,234,567")
    }
}
