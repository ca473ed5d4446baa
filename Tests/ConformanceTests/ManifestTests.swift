import Foundation
import Testing

@testable import ConformanceRunner

/// What the fixtures' scripts write.
struct ManifestTests {
    @Test func `the fewest checks are those of who runs the program`() throws {
        func fewest(_ members: String) throws -> Int {
            let text = #"{"name": "a", "kind": "checks", "program": "p"\#(members)}"#
            return try JSONDecoder().decode(Manifest.Case.self, from: Data(text.utf8)).fewestChecks
        }
        #expect(try fewest(#", "checks": 3, "root_checks": 58"#) == (geteuid() == 0 ? 58 : 3))
        #expect(try fewest(#", "checks": 3"#) == 3)
        #expect(try fewest("") == 1)
    }
}
