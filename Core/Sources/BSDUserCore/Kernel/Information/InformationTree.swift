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
            let parent = name.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(name[..<$0]) } ?? ""
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
    }

    /// The first variable whose identifier is not before `identifier`.
    private func firstLeaf(from identifier: ArraySlice<Int32>) -> Leaf? {
        var low = 0
        var high = leaves.count
        while low < high {
            let middle = (low + high) / 2
            if leaves[middle].identifier.lexicographicallyPrecedes(identifier) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < leaves.count ? leaves[low] : nil
    }

    /// The variable with exactly this identifier.
    private func leaf(identifiedBy identifier: ArraySlice<Int32>) -> Leaf? {
        guard let leaf = firstLeaf(from: identifier), leaf.identifier.elementsEqual(identifier) else { return nil }
        return leaf
    }

    func identifier(of name: String) -> [Int32]? { identifiers[name] }
    func leaf(named name: String) -> Leaf? { identifiers[name].flatMap { leaf(identifiedBy: $0[...]) } }

    /// The variable that an identifier, or the beginning of one, stands for, and the numbers that are left.
    func leaf(_ identifier: ArraySlice<Int32>) -> (row: InformationRow, rest: ArraySlice<Int32>)? {
        for count in stride(from: identifier.count, through: 1, by: -1) {
            guard let row = leaf(identifiedBy: identifier.prefix(count))?.row else { continue }
            let rest = identifier.dropFirst(count)
            return rest.isEmpty || row.takesArguments ? (row, rest) : nil
        }
        return nil
    }

    /// The name of an identifier; numbers without a name stand as numbers, as in the kernel.
    func name(_ identifier: ArraySlice<Int32>) -> String {
        var parts: [String] = []
        for count in 1...max(1, identifier.count) {
            let prefix = identifier.prefix(count)
            // Every variable below a node has the node's name in the same place of its own.
            let named = firstLeaf(from: prefix).flatMap { leaf in
                leaf.identifier.starts(with: prefix)
                    ? leaf.row.name.split(separator: ".").dropFirst(count - 1).first : nil
            }
            parts.append(named.map(String.init) ?? prefix.last.map { String($0) } ?? "")
        }
        return parts.joined(separator: ".")
    }

    /// Whether variables lie below an identifier.
    func isNode(_ identifier: ArraySlice<Int32>) -> Bool {
        !identifier.isEmpty && firstLeaf(from: identifier)?.identifier.starts(with: identifier) == true
    }

    /// Whether an identifier goes on where a variable ends (`sysctl_find_oid`).
    func isBelowLeaf(_ identifier: ArraySlice<Int32>) -> Bool {
        (1..<max(1, identifier.count)).contains { leaf(identifiedBy: identifier.prefix($0)) != nil }
    }

    /// The first variable after an identifier; below it first.
    func next(after identifier: ArraySlice<Int32>) -> Leaf? {
        leaves.first { !$0.row.takesArguments && Array(identifier).lexicographicallyPrecedes($0.identifier) }
    }
}
