import Glibc

/// One suite of an architecture's conformance run.
///
/// A suite consists of units, which run one at a time, in any order and on any machine, and give one result or several.
protocol Suite {
    /// What `--suite` and the reports call it.
    var name: String { get }

    /// The units in their order, which depends on nothing but the architecture, the scale and what is prepared.
    func units() throws -> [String]

    /// Runs a unit: its results, at least one.
    func run(_ unit: String) throws -> [CaseResult]

    /// Whether one of a unit's cases may be selected; not all of them are known before it has run.
    func mayHave(_ selection: Selection, in unit: String) -> Bool

    /// Runs of a unit what can be selected and a bit more, where the unit cannot run parts of itself.
    func run(_ unit: String, _ selection: Selection) throws -> [CaseResult]
}

extension Suite {
    /// Cases are named after their units, with a colon or a slash behind.
    func mayHave(_ selection: Selection, in unit: String) -> Bool {
        selection.heads.contains { Selection(String($0)).contains(unit) }
    }

    func run(_ unit: String, _ selection: Selection) throws -> [CaseResult] { try run(unit) }
}

/// What `--case` chooses: a name, or a pattern as the shell has them.
struct Selection: Codable, Equatable, Sendable {
    var pattern: String

    init(_ pattern: String) { self.pattern = pattern }

    /// Whether it is one name: a pattern may fit several.
    var isName: Bool { !pattern.contains { "*?[".contains($0) } }

    func contains(_ name: String) -> Bool { pattern == name || fnmatch(pattern, name, 0) == 0 }

    /// What may be a unit's name, before each colon or slash.
    var heads: [Substring] {
        pattern.indices.filter { pattern[$0...].hasPrefix(": ") || pattern[$0] == "/" }.map { pattern[..<$0] }
    }
}

/// The names of the suites, in the order in which they run.
public enum SuiteName: String, CaseIterable, Sendable {
    case decode, instructions, sequences, fp, abi, syscalls, threads, signals, smc, programs, torture

    /// What it does, for the help.
    public var summary: String {
        switch self {
        case .decode: "instruction rows against an independent disassembler, and random code"
        case .instructions: "every row on random and edge operands, against an independent emulator"
        case .sequences: "random sequences with branches and faults, against an independent emulator"
        case .fp: "floating point: edge values to the power of operands, TestFloat's vectors"
        case .abi: "the plugin's data and hooks; process start, system calls, frames as programs see them"
        case .syscalls: "behaviour of system calls"
        case .threads: "threads, atomics, memory order"
        case .signals: "signals"
        case .smc: "self-modifying code"
        case .programs: "real programs, whose output must be that of the native ones"
        case .torture: "gcc's c-torture, csmith"
        }
    }

    /// Whether guest programs, which have to be prepared, are the suite's content.
    public var runsPrograms: Bool {
        switch self {
        case .decode, .instructions, .sequences, .fp: false
        default: true
        }
    }
}
