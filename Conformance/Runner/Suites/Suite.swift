import BSDUserCore

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
