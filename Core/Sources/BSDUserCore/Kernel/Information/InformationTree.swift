/// The variables of `sysctl` by number and by name.
struct InformationTree: Sendable {
    /// A variable and its object identifier.
    struct Leaf: Sendable {
        let identifier: [Int32]
        let row: InformationRow
    }

    /// Leaves in the order of their identifiers.
    let leaves: [Leaf]
    private let identifiers: [String: [Int32]]
    private let names: [[Int32]: String]
    private let leafIndices: [[Int32]: Int]

    /// Numbers that the kernel gives itself start here (`CTL_AUTO_START`).
    private static let firstAutomatic: Int32 = 0x100

    static let shared = InformationTree(
        SystemVariables.rows + KernelVariables.rows + ProcessVariables.rows + NetworkVariables.rows
            + RoutingVariables.rows,
        nodes: SystemVariables.nodes)

    init(_ rows: [InformationRow], nodes: [String: Int32]) {
        var identifiers: [String: [Int32]] = [:]
        var next: [String: Int32] = [:]
        // The identifier of a name; parents that are not known get a number of their own.
        func identifier(_ name: String, _ number: Int32?) -> [Int32] {
            if let known = identifiers[name] { return known }
            let parts = name.split(separator: ".")
            let parent = parts.dropLast().joined(separator: ".")
            let prefix = parent.isEmpty ? [] : identifier(parent, nodes[parent])
            let own = number ?? next[parent, default: Self.firstAutomatic]
            if number == nil { next[parent] = own + 1 }
            identifiers[name] = prefix + [own]
            return prefix + [own]
        }
        var leaves: [Leaf] = []
        for row in rows { leaves.append(Leaf(identifier: identifier(row.name, row.number), row: row)) }
        leaves.sort { $0.identifier.lexicographicallyPrecedes($1.identifier) }
        self.leaves = leaves
        self.identifiers = identifiers
        names = Dictionary(identifiers.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        leafIndices = Dictionary(
            leaves.enumerated().map { ($1.identifier, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func identifier(of name: String) -> [Int32]? { identifiers[name] }
    func leaf(named name: String) -> Leaf? { identifiers[name].flatMap { leafIndices[$0] }.map { leaves[$0] } }

    /// The variable that an identifier, or the beginning of one, stands for, and the numbers that are left.
    func leaf(_ identifier: ArraySlice<Int32>) -> (row: InformationRow, rest: ArraySlice<Int32>)? {
        for count in stride(from: identifier.count, through: 1, by: -1) {
            guard let index = leafIndices[Array(identifier.prefix(count))] else { continue }
            let row = leaves[index].row
            let rest = identifier.dropFirst(count)
            return rest.isEmpty || row.takesArguments ? (row, rest) : nil
        }
        return nil
    }

    /// The name of an identifier; numbers without a name stand as numbers, as in the kernel.
    func name(_ identifier: ArraySlice<Int32>) -> String {
        var parts: [String] = []
        for count in 1...max(1, identifier.count) {
            let prefix = Array(identifier.prefix(count))
            let last = prefix.last.map { String($0) } ?? ""
            parts.append(names[prefix]?.split(separator: ".").last.map(String.init) ?? last)
        }
        return parts.joined(separator: ".")
    }

    /// Whether variables lie below an identifier.
    func isNode(_ identifier: ArraySlice<Int32>) -> Bool { names[Array(identifier)] != nil }

    /// Whether an identifier goes on where a variable ends (`sysctl_find_oid`).
    func isBelowLeaf(_ identifier: ArraySlice<Int32>) -> Bool {
        (1..<max(1, identifier.count)).contains { leafIndices[Array(identifier.prefix($0))] != nil }
    }

    /// The first variable after an identifier; below it first.
    func next(after identifier: ArraySlice<Int32>) -> Leaf? {
        leaves.first { !$0.row.takesArguments && Array(identifier).lexicographicallyPrecedes($0.identifier) }
    }
}
