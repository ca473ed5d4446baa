/// The words of a random sequence while it is made: where branches go, whatever is put in between, and where they may land.
public struct SequenceCode: Sendable {
    /// What a word is to the branches around it.
    public struct Role: OptionSet, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// A branch may land on it.
        public static let joint = Role(rawValue: 1)
        /// It may become a branch.
        public static let plain = Role(rawValue: 2)
    }

    public private(set) var words: [UInt32]
    private var roles: [Role]
    /// The places of branches, with those that they go to.
    public private(set) var targets: [Int: Int] = [:]
    /// The place that a register points at, if any.
    public var jumpTarget: Int?

    /// Words on all of which branches may land, and any of which may become one.
    public init(_ words: [UInt32]) {
        self.words = words
        roles = [Role](repeating: [.joint, .plain], count: words.count)
    }

    /// Puts words in, the first of which is a joint if that is said. Branches to the place now go to the first of them.
    public mutating func insert(_ added: [UInt32], at place: Int, isJoint: Bool = true) {
        words.insert(contentsOf: added, at: place)
        roles.insert(
            contentsOf: added.indices.map { $0 == 0 && isJoint ? Role.joint : [] }, at: place)
        var moved: [Int: Int] = [:]
        for (branch, target) in targets {
            moved[branch < place ? branch : branch + added.count] = target > place ? target + added.count : target
        }
        targets = moved
        if let target = jumpTarget, target > place { jumpTarget = target + added.count }
    }

    /// Makes the word at a place a branch, which has no other role then.
    public mutating func putBranch(_ word: UInt32, at place: Int, to target: Int) {
        put(word, at: place, roles[place].subtracting(.plain))
        targets[place] = target
    }

    /// Puts a word in the place of another.
    public mutating func put(_ word: UInt32, at place: Int, _ role: Role) {
        words[place] = word
        roles[place] = role
    }

    public func isPlain(_ place: Int) -> Bool { place < roles.count && roles[place].contains(.plain) }

    /// Where branches may land, from a place on; the end is always among them.
    public func joints(from place: Int = 0) -> [Int] {
        roles.indices.dropFirst(place).filter { roles[$0].contains(.joint) } + [words.count]
    }
}
