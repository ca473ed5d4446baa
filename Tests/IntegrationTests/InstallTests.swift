import Foundation
import TestSupport
import Testing

/// `make install` and `make uninstall`, without the build before them.
@Suite struct Installation {
    private func script(_ name: String, _ arguments: String...) throws -> ProgramRun {
        try ProgramRun.of(Checkout.root.appending(path: "Scripts/\(name)").path, arguments, timeoutSeconds: 300)
    }

    private func files(below folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
            try folder.appending(path: $0).resourceValues(forKeys: [.isDirectoryKey]).isDirectory != true
        }
    }

    @Test func whatIsInstalledRunsAndGoesWithoutATrace() throws {
        let folder = try TemporaryFolder()
        let first = folder.url.appending(path: "first")
        let prefix = folder.url.appending(path: "prefix")
        let install = try script("install", Checkout.products.path, first.path)
        #expect(install.isSuccess, "\(install.summary)")
        // The tree works wherever it is moved.
        try FileManager.default.moveItem(at: first, to: prefix)
        let program = prefix.appending(path: "bin/bsduser").path
        let run = try ProgramRun.of(program, [exampleGuest("hello")], environment: [:])
        #expect(run.isSuccess && run.output.hasPrefix("Hello from FreeBSD"), "\(run.summary)")
        let names = try files(below: prefix)
        for name in [
            "share/man/man1/bsduser.1", "share/bash-completion/completions/bsduser", "share/bsduser/Core/Package.swift",
            "share/bsduser/Core/Sources/BSDUserCore/Plugin/GuestArchitecture.swift", "lib/bsduser/mips64.so",
        ] { #expect(names.contains(name), "\(name)") }

        for name in ["share/man/man1/bsduserctl.1", "share/bash-completion/completions/bsduserctl"] {
            #expect(names.contains(name), "\(name)")
        }
        for name in names where name.hasPrefix("bin/") || name.hasSuffix(".so") {
            let entries = try ProgramRun.of(
                "/usr/bin/readelf", ["-d", prefix.appending(path: name).path], environment: [:]
            ).output.split(separator: "\n").filter { $0.contains("RUNPATH") || $0.contains("RPATH") }
            for entry in entries {
                let folders = entry.split(separator: "[").last?.split(separator: "]").first?.split(separator: ":") ?? []
                #expect(!folders.isEmpty && folders.allSatisfy { $0.hasPrefix("$ORIGIN") }, "\(name): \(entry)")
            }
        }

        let uninstall = try script("uninstall", prefix.path)
        #expect(uninstall.isSuccess, "\(uninstall.summary)")
        #expect(!FileManager.default.fileExists(atPath: prefix.path))
    }
}
