import Foundation
import TestSupport
import Testing

/// The tool beside the emulator, run as a user runs it.
@Suite struct ControlTool {
    private func control(_ arguments: String...) throws -> ProgramRun {
        try ProgramRun.of(Checkout.products.appending(path: "bsduserctl").path, arguments, timeoutSeconds: 300)
    }

    @Test func pluginsAreListedAsTextAndJSON() throws {
        let text = try control("plugins")
        #expect(text.isSuccess, "\(text.summary)")
        #expect(text.output.contains("mips64: machine 8 (MIPS), 64-bit big-endian"))
        let json = try control("plugins", "--json")
        let line = try #require(json.output.split(separator: "\n").first { $0.contains("mips64") })
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["name"] as? String == "mips64")
    }

    @Test func binfmtLinesNameTheEmulator() throws {
        let run = try control("binfmt", "print", "--interpreter", "/usr/bin/bsduser")
        #expect(run.output.contains(":bsduser-mips64:M::\\x7f\\x45\\x4c\\x46\\x02\\x02\\x01\\x09"))
        #expect(run.output.contains(":/usr/bin/bsduser:P\n"))
        #expect(try control("binfmt", "print", "--interpreter", "bsduser").end != .exited(0))
    }

    @Test func binfmtFilesAreWrittenWhereAsked() throws {
        let folder = try TemporaryFolder()
        let run = try control("binfmt", "install", "--directory", folder.url.path, "--interpreter", "/usr/bin/bsduser")
        #expect(run.isSuccess, "\(run.summary)")
        let file = folder.url.appending(path: "bsduser-mips64.conf")
        #expect(try String(contentsOf: file, encoding: .utf8).hasPrefix(":bsduser-mips64:M::"))
    }

    @Test func everyPluginBuiltConforms() throws {
        let run = try control("conformance", "--arch", "mips64", "--blocks", "65536")
        #expect(run.isSuccess, "\(run.summary)")
        #expect(run.output.hasSuffix("8 passed, 0 failed\n"))
    }

    @Test func systemCallsAreListedInEveryForm() throws {
        let markdown = try control("syscalls")
        #expect(markdown.output.contains("| number | name | support | note |"))
        let json = try control("syscalls", "--format", "json")
        let csv = try control("syscalls", "--format", "csv")
        let lines = json.output.split(separator: "\n")
        #expect(lines.count >= 120)
        #expect(csv.output.split(separator: "\n").count == lines.count + 1)
        for line in lines {
            let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(["full", "partial", "refused"].contains(row["support"] as? String))
            #expect(row["support"] as? String == "full" || row["note"] as? String != "", "\(line)")
        }
    }

    @Test func theManualIsAManualPage() throws {
        let run = try control("man")
        #expect(run.output.hasPrefix(".Dd "))
        #expect(run.output.contains(".Sh EXIT STATUS"))
    }

    @Test func unknownShellsAreRefused() throws {
        #expect(try control("completions", "bash").output.contains("complete -o filenames -F _bsduser bsduser"))
        #expect(try control("completions", "tcsh").standardError.contains("known are bash, zsh and fish"))
    }
}
