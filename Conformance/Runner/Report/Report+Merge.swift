extension Report {
    /// Joins the reports of all shards of one run.
    public static func merging(_ reports: [Report]) throws -> Report {
        guard let first = reports.first else { throw RunnerProblem("no reports to merge") }
        var merged = first
        for report in reports.dropFirst() {
            for (what, own, other) in [
                ("architecture", first.architecture, report.architecture),
                ("scale", first.scale.rawValue, report.scale.rawValue), ("seed", "\(first.seed)", "\(report.seed)"),
                ("suites", first.suites.joined(separator: " "), report.suites.joined(separator: " ")),
            ] where own != other {
                throw RunnerProblem("the reports are of different runs: \(what) \(own) and \(other)")
            }
            merged.shards += report.shards
            merged.results += report.results
            merged.seconds.merge(report.seconds, uniquingKeysWith: +)
            merged.unmatched = merged.unmatched.filter { report.unmatched.contains($0) }
        }
        merged.shards.sort()
        let count = merged.shards[0].count
        let expected = (1...count).map { Shard(index: $0, count: count) }
        guard merged.shards == expected else {
            let found = merged.shards.map(\.description).joined(separator: " ")
            throw RunnerProblem("the reports are not all shards of one run: \(found)")
        }
        merged.shards = [.whole]
        _ = merged.close()
        return merged
    }
}
