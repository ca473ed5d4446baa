import BSDUserCore
import Foundation

/// Makes the suites of one architecture. There is one in a process, since its window's addresses are.
public final class SuiteFactory {
    let settings: Settings
    private let makeArchitecture: () throws -> any GuestArchitecture
    private let architecture: any GuestArchitecture
    private let oracleProgram: URL?
    private let isListing: Bool
    private var made: [SuiteName: [any Suite]] = [:]
    private var owners: [SuiteName: [String: any Suite]] = [:]
    private var native: [SuiteName: any Suite]?

    /// `make` gives a new instance of the plugin's architecture with every call. With `isListing` suites tell their units and
    /// run none of them, for which neither oracle nor disassembler is needed.
    public init(
        _ settings: Settings, isListing: Bool = false, _ make: @escaping () throws -> any GuestArchitecture
    ) throws {
        self.settings = settings
        self.isListing = isListing
        makeArchitecture = make
        architecture = try make()
        let program = settings.cache.appendingPathComponent("oracle/unicorn-oracle")
        oracleProgram = FileManager.default.isExecutableFile(atPath: program.path) ? program : nil
    }

    /// The plugin's name for itself.
    public var architectureName: String { architecture.description.name }

    /// The suites that this architecture can have: those of programs where the guests' sources know it, or where programs
    /// have been prepared.
    public func available() -> [SuiteName] {
        SuiteName.allCases.filter { suite in
            if suite == .abi { return true }
            guard suite.runsPrograms else { return hasConformance(suite) }
            let manifest = settings.cache.appendingPathComponent("\(architectureName)/\(suite.rawValue)/manifest.json")
            return hasGuests || FileManager.default.fileExists(atPath: manifest.path)
        }
    }

    /// Whether the sources of guests know the architecture.
    public var hasGuests: Bool {
        let runtime = settings.data.appendingPathComponent("Tests/Guests/runtime/\(architectureName)")
        return FileManager.default.fileExists(atPath: runtime.path)
    }

    /// Whether there is an independent emulator to compare with.
    public var hasOracle: Bool { architecture.makeConformance()?.oracleMachine != nil }

    /// Whether LLVM knows the architecture.
    public var hasDisassembler: Bool { architecture.makeConformance()?.disassemblerOptions.isEmpty == false }

    private func hasConformance(_ suite: SuiteName) -> Bool {
        guard let conformance = architecture.makeConformance() else { return suite == .decode }
        if suite == .decode || suite == .instructions { return true }
        return conformance.oracleMachine != nil
    }

    /// The parts of a suite.
    func suites(_ suite: SuiteName) throws -> [any Suite] {
        if let found = made[suite] { return found }
        let parts = try make(suite)
        made[suite] = parts
        return parts
    }

    /// The part of a suite that each of its units belongs to; worked out once, since a worker asks with every unit.
    func parts(_ suite: SuiteName) throws -> [String: any Suite] {
        if let found = owners[suite] { return found }
        let pairs = try suites(suite).flatMap { part in try part.units().map { ($0, part) } }
        let parts = Dictionary(pairs) { first, _ in first }
        guard parts.count == pairs.count else {
            throw RunnerProblem("suite \(suite.rawValue) has two units of one name")
        }
        owners[suite] = parts
        return parts
    }

    private func make(_ suite: SuiteName) throws -> [any Suite] {
        switch suite {
        case .decode: return [try decodeSuite()]
        case .instructions, .sequences, .fp: return try oracleSuite(suite).map { [$0] } ?? []
        case .abi:
            let plugin = PluginSuite(architecture: architecture, settings: settings)
            return hasGuests ? [plugin, try ProgramSuite(suite, architectureName, settings)] : [plugin]
        default: return [try ProgramSuite(suite, architectureName, settings)]
        }
    }

    /// The one suite of rows that asks no oracle; of a plugin that brings nothing for conformance runs, what can be done.
    private func decodeSuite() throws -> any Suite {
        guard let conformance = architecture.makeConformance() else {
            return FrontEndSuite(architecture: architecture, settings: settings)
        }
        if !isListing, hasDisassembler, let absence = Disassembler.absence { throw absence }
        return decodeSuite(of: conformance)
    }

    private func decodeSuite(of conformance: some ArchitectureConformance) -> any Suite {
        DecodeSuite(conformance: conformance, architecture: architecture, settings: settings)
    }

    private func oracleSuite(_ suite: SuiteName) throws -> (any Suite)? {
        if native == nil { native = try architecture.makeConformance().map { try suites(of: $0) } }
        return native?[suite]
    }

    private func suites<Conformance: ArchitectureConformance>(of conformance: Conformance) throws
        -> [SuiteName: any Suite]
    {
        if conformance.oracleMachine != nil, oracleProgram == nil, !isListing {
            throw RunnerProblem("the oracle is not prepared; run " + settings.preparation)
        }
        // Errors of making an instance are those of loading the plugin, which has been loaded.
        let fallback = architecture
        let make = { [makeArchitecture] in (try? makeArchitecture()) ?? fallback }
        let contest = try Contest(make, conformance, oracleProgram: oracleProgram)
        return [
            .instructions: InstructionSuite(contest: contest, settings: settings),
            .sequences: SequenceSuite(contest: contest, settings: settings),
            .fp: FloatSuite(contest: contest, settings: settings),
        ]
    }
}
