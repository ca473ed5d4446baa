import Foundation

/// What went wrong in the tests' own machinery.
public struct SupportError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// Where the tests find the repository and what was built from it.
public enum Checkout {
    /// The repository's root folder.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder with the test bundle, where the package's other products lie too.
    public static let products: URL = {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        return bundle?.bundleURL.deletingLastPathComponent() ?? Bundle.main.bundleURL
    }()

    /// The emulator under test: `BSDUSER_BIN`, else the one built along with the tests.
    public static var emulator: URL {
        get throws {
            let named = ProcessInfo.processInfo.environment["BSDUSER_BIN"].map { URL(fileURLWithPath: $0) }
            let program = named ?? products.appendingPathComponent("bsduser")
            guard FileManager.default.isExecutableFile(atPath: program.path) else {
                throw SupportError("no bsduser at \(program.path); build it or set BSDUSER_BIN")
            }
            return program
        }
    }

    /// A folder for what a test run makes, kept for the next run.
    public static func cache(_ name: String) throws -> URL {
        let folder = root.appendingPathComponent(".build/tests/\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
