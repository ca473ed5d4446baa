/// How much a program uses its integer registers, as far as looks at its loops tell, and which of them host registers should
/// hold.
///
/// An architecture's table names those that most programs use most. Programs differ: those in Go keep little in the
/// registers that a called function must preserve, and a compressor's loop may be all in others.
struct RegisterUse {
    /// Looks before something is chosen.
    static let looksPerRound = 64
    /// Back-edges between two looks of each round: soon, since a program gains most from its start on, and again when what
    /// it does there is over. A look counts for as much as it stands for.
    static let usualRounds: [Int32] = [1 << 14, 1 << 17, 1 << 20]
    /// A choice must save this part of all uses, in percent: everything is translated anew for it.
    private static let leastGainPercent: UInt64 = 8
    /// The same, early in a process for which an earlier one has chosen: only where it clearly does something else, as a program of
    /// many purposes may. What that has found of the whole run is worth more than a beginning.
    private static let leastEarlyGainPercent: UInt64 = 24

    /// In the place of a register that is in no host register: a first reading in a block, which loads it, further ones,
    /// which often do, and a write, which always stores.
    private enum Cost {
        static let firstRead: UInt64 = 2
        static let read: UInt64 = 1
        static let write: UInt64 = 3
    }

    private let rounds: [Int32]
    /// The cost of each register of the table.
    private var costs: [UInt64]
    /// The registers that may be chosen.
    private let candidates: [RegisterIndex]
    private var round: Int
    private let followsChoice: Bool
    private var looks = 0

    /// `rounds`: back-edges between two looks. With `followsChoice` an earlier process has chosen, and the first of several
    /// rounds is left out.
    init(_ registers: RegisterFile, rounds: [Int32] = RegisterUse.usualRounds, followsChoice: Bool = false) {
        self.rounds = rounds
        self.followsChoice = followsChoice
        round = followsChoice ? min(1, rounds.count - 1) : 0
        costs = [UInt64](repeating: 0, count: registers.rows.count)
        candidates = registers.rows.indices.filter { registers.rows[$0].registerClass == .integer }.map {
            RegisterIndex($0)
        }
    }

    /// Back-edges until the next look.
    var backEdges: Int32 { rounds[round] }
    /// How much a look counts.
    private var weight: UInt64 { UInt64(rounds[round] / rounds[0]) }

    /// Counts the registers of a block that a loop executes; how many guest instructions it has.
    mutating func note(_ block: Block) -> Int {
        var instructionCount = 0
        var isKnown = [Bool](repeating: false, count: costs.count)
        for operation in block.operations {
            switch operation.opcode {
            case .mark: instructionCount += 1
            case .get: add(operation, isKnown[Int(operation.a)] ? Cost.read : Cost.firstRead, &isKnown)
            case .put: add(operation, Cost.write, &isKnown)
            default: break
            }
        }
        return instructionCount
    }

    private mutating func add(_ operation: Operation, _ cost: UInt64, _ isKnown: inout [Bool]) {
        costs[Int(operation.a)] += cost * weight
        isKnown[Int(operation.a)] = true
    }

    /// What a look leads to.
    enum Outcome: Equatable {
        /// More looks are needed.
        case undecided
        /// The registers to keep, and whether looks end now.
        case choice([RegisterIndex], isLast: Bool)
    }

    /// Ends a look. `current` are the registers that host registers hold now; as many are chosen.
    mutating func endLook(current: [RegisterIndex]) -> Outcome {
        looks += 1
        guard looks == Self.looksPerRound else { return .undecided }
        let isLast = round == rounds.count - 1
        let leastPercent = followsChoice && !isLast ? Self.leastEarlyGainPercent : Self.leastGainPercent
        let choice = better(than: current, byPercent: leastPercent) ?? current
        if !isLast { round += 1 }
        looks = 0
        return .choice(choice, isLast: isLast)
    }

    /// In the order of the table, so that the same choice always makes the same code; nil when too little would be gained.
    private func better(than current: [RegisterIndex], byPercent leastPercent: UInt64) -> [RegisterIndex]? {
        func cost(_ register: RegisterIndex) -> UInt64 { costs[Int(register.raw)] }
        func sum(_ registers: [RegisterIndex]) -> UInt64 { registers.reduce(0) { $0 + cost($1) } }
        // Sorting keeps the order of equals: those that are in host registers stay there.
        let ordered = current + candidates.filter { !current.contains($0) }
        let best = Array(ordered.sorted { cost($0) > cost($1) }.prefix(current.count))
        let gain = sum(best) - sum(current)
        guard gain * 100 >= sum(candidates) * leastPercent, gain > 0 else { return nil }
        return best.sorted { $0.raw < $1.raw }
    }
}
