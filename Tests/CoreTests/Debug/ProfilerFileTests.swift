import Foundation
import Testing

@testable import BSDUserCore

/// A name in a folder of its own, which goes with the object.
private final class Place {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("profiler-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func open(_ name: String, keepsContent: Bool = false) throws -> ProfilerFile {
        try ProfilerFile(path: Array(path(name).utf8), keepsContent: keepsContent)
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
}

@Suite("Files for profilers") struct ProfilerFileTests {
    @Test("grow by records, and are nobody else's to read")
    func grows() throws {
        let place = try Place()
        let file = try place.open("map")
        #expect(file.isEmpty)
        #expect(file.append(Array("a\n".utf8)) && file.append(Array("b\n".utf8)))
        #expect(try place.text("map") == "a\nb\n")
        var status = stat()
        #expect(stat(place.path("map"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test("begin again, or go on after what another program of the process wrote")
    func keepsContent() throws {
        let place = try Place()
        #expect(try place.open("map").append(Array("old\n".utf8)))
        #expect(try place.open("map", keepsContent: true).append(Array("more\n".utf8)))
        #expect(try place.text("map") == "old\nmore\n")
        #expect(try place.open("map").append(Array("new\n".utf8)))
        #expect(try place.text("map") == "new\n")
    }

    @Test("are not written through a link, nor where others could have put something")
    func refusesTraps() throws {
        let place = try Place()
        try "precious".write(toFile: place.path("target"), atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
            atPath: place.path("symbolic"), withDestinationPath: place.path("target"))
        try FileManager.default.linkItem(atPath: place.path("target"), toPath: place.path("hard"))
        #expect(mkfifo(place.path("fifo"), 0o600) == 0)
        try FileManager.default.createDirectory(atPath: place.path("folder"), withIntermediateDirectories: true)
        for name in ["symbolic", "hard", "fifo", "folder", "missing/map"] {
            #expect(throws: ProfilerFile.Problem.self, "\(name)") { try place.open(name) }
        }
        #expect(try place.text("target") == "precious")
    }
}
