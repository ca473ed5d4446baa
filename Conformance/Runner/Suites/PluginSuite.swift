import BSDUserCore

/// The plugin's data and hooks: what can be said of any plugin without a program.
struct PluginSuite: Suite {
    let name = SuiteName.abi.rawValue
    let architecture: any GuestArchitecture
    let settings: Settings

    private static let prefix = "plugin: "

    func units() -> [String] { PluginCheck.all.map { Self.prefix + $0.name } }

    func run(_ unit: String) throws -> [CaseResult] {
        guard let check = PluginCheck.all.first(where: { Self.prefix + $0.name == unit }) else {
            throw RunnerProblem("no such check: \(unit)")
        }
        return [check.make(architecture).result(name, unit)]
    }
}
