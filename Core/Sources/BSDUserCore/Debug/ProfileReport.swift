/// The blocks that were executed most, for `-d profile`.
struct ProfileReport {
    /// Blocks shown.
    static let limit = 20

    private let totals: [ExecutionProfile.Total]

    init(_ totals: [ExecutionProfile.Total]) { self.totals = totals }

    /// One line a block, with its share of all guest instructions; the same in every run that does the same.
    func text(place: (GuestAddress) -> String) -> String {
        let sum = totals.reduce(0) { $0 &+ $1.guestInstructions }
        let hottest = totals.filter { $0.guestInstructions > 0 }
            .sorted { ($0.guestInstructions, $1.pc) > ($1.guestInstructions, $0.pc) }
        return hottest.prefix(Self.limit).map { total in
            let share = Self.percentage(total.guestInstructions, of: sum)
            return "profile: \(share) % \(total.guestInstructions) instructions in \(total.executions) "
                + "executions of \(place(total.pc))\n"
        }
        .joined()
    }

    /// With two digits behind the point.
    private static func percentage(_ part: UInt64, of whole: UInt64) -> String {
        let hundredths = Int((Double(part) * 10_000 / Double(max(1, whole))).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
