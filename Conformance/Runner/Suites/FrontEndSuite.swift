import BSDUserCore

/// Random code through the front end: all that can be decoded of a plugin that brings no rows.
struct FrontEndSuite: Suite {
    let name = SuiteName.decode.rawValue
    let architecture: any GuestArchitecture
    let settings: Settings

    static let unit = "front end on random code"

    func units() -> [String] { [Self.unit] }

    func run(_ unit: String) throws -> [CaseResult] {
        let blockCount = settings.scale == .full ? 1_000_000 : 65_536
        return [PluginCheck.translation(architecture, blockCount: blockCount).result(name, Self.unit)]
    }
}
