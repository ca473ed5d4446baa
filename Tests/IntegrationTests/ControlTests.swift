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

    /// A failure of the tool: nothing on standard output, one line on standard error.
    private func expectFailure(
        _ run: ProgramRun, status: Int32 = 1, _ message: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(run.end == .exited(status), "\(run.summary)", sourceLocation: sourceLocation)
        #expect(run.output.isEmpty, sourceLocation: sourceLocation)
        #expect(run.standardError.hasPrefix("bsduserctl: "), "\(run.standardError)", sourceLocation: sourceLocation)
        #expect(run.standardError.split(separator: "\n").count == 1, "\(run.summary)", sourceLocation: sourceLocation)
        #expect(run.standardError.contains(message), "\(run.standardError)", sourceLocation: sourceLocation)
    }

    @Test func failuresAreOneLine() throws {
        expectFailure(
            try control("binfmt", "install", "--directory", "/no/such"),
            ".conf: No such file or directory; --directory names another place")
        expectFailure(try control("conformance", "--arch", "nope"), "no plugin 'nope'; looked in ")
        expectFailure(try control("conformance"), status: 64, "--arch")
        expectFailure(try control("frob"), status: 64, "frob")
        expectFailure(try control("syscalls", "frob"), "no row for a system call 'frob'")
        expectFailure(try control("completions", "tcsh"), status: 64, "known are bash, zsh and fish")
        expectFailure(try control("frob"), status: 64, "; see 'bsduserctl --help'")
        expectFailure(
            try control("syscalls", "--format", "x"), status: 64,
            "Please provide one of 'markdown', 'csv' or 'json'; see 'bsduserctl syscalls --help'")
        expectFailure(
            try control("conformance", "--arch", "mips64", "--suite", "frob"), status: 64,
            "one of the following: decode, ")
        expectFailure(
            try control("conformance", "--arch", "mips64", "--shard", "0/3"), status: 64,
            "'0/3' is invalid for '--shard <shard>': a shard is i/n, with i from 1 to n; see ")
        expectFailure(
            try control("conformance", "--arch", "mips64", "--seed", "-1"), status: 64,
            "'-1' is invalid for '--seed <seed>'")
    }

    @Test(arguments: [["syscalls"], ["options"], ["--help"], ["man"], ["completions", "fish"], ["plugins"]])
    func outputThatCannotBeWrittenIsAFailure(command: [String]) throws {
        let program = Checkout.products.appending(path: "bsduserctl").path
        let run = try ProgramRun.of(
            "/bin/sh", ["-c", #""$0" "$@" > /dev/full"#, program] + command, timeoutSeconds: 300)
        expectFailure(run, "cannot write standard output: No space left on device")
    }

    @Test(arguments: ["--version", "-V"])
    func theVersionIsTheEmulators(flag: String) throws {
        #expect(try emulator("-V").output.hasPrefix("bsduser \(try control(flag).output)"))
    }

    @Test func whatWasInstalledIsShownAndRemoved() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "bsduser-mips64.conf").path
        #expect(try control("binfmt", "install", "--directory", folder.url.path).isSuccess)
        #expect(try control("binfmt", "status", "--directory", folder.url.path).output.contains("file \(file)\n"))
        let run = try control("binfmt", "uninstall", "--directory", folder.url.path)
        #expect(run.output.contains("removed \(file)\n"), "\(run.summary)")
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func badFilesMissingDirectoriesAndDoublesAreListed() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.path
        _ = try folder.program("text.so", Data("no plugin".utf8))
        try FileManager.default.copyItem(
            at: Checkout.products.appending(path: "libmips64.so"), to: folder.url.appending(path: "mips64.so"))
        let run = try control("plugins", "--plugin-path", "\(path):/no/such")
        #expect(run.output.contains("unusable: \(path)/text.so is not an ELF file"), "\(run.summary)")
        #expect(run.output.contains("not used: "), "\(run.summary)")
        #expect(run.output.contains("; \(path)/mips64.so comes first\n"), "\(run.summary)")
        #expect(run.output.contains("/no/such: no directory that can be read\n"), "\(run.summary)")
        #expect(run.end == .exited(1), "\(run.summary)")
    }

    @Test func aDamagedPluginBesideTheCoreIsListedAndTheCoreIsNot() throws {
        let folder = try TemporaryFolder()
        let core = "libBSDUserCore.so"
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: core), withDestinationURL: Checkout.products.appending(path: core))
        let plugin = try Data(contentsOf: Checkout.products.appending(path: "libmips64.so"))
        let damaged = try folder.program("mips64.so", plugin.prefix(plugin.count / 2))
        let run = try control("plugins", "--plugin-path", folder.url.path)
        #expect(run.output.contains("unusable: \(damaged) is damaged: "), "\(run.summary)")
        #expect(!run.output.contains(core), "\(run.summary)")
        #expect(run.end == .exited(1))
        let version = try emulator("--plugin-path", folder.url.path, "-V")
        #expect(version.output.contains("unusable: \(damaged) is damaged: "), "\(version.summary)")
    }

    /// A plugin that takes its place from the one of mips64, and wants a library beside that.
    @Test func aPluginIsJudgedByTheLibrariesThatTheEmulatorHas() throws {
        let folder = try TemporaryFolder()
        let real = Checkout.products.appending(path: "libmips64.so").path
        let source = """
            #include <dlfcn.h>
            void *bsduser_plugin(void) {
                void *plugin = dlopen("\(real)", RTLD_NOW);
                return plugin ? ((void *(*)(void))dlsym(plugin, "bsduser_plugin"))() : 0;
            }
            """
        _ = try folder.program("plugin.c", Data(source.utf8))
        // bsduserctl has Foundation in its process; this one is only there to be linked against.
        let build = """
            mkdir libraries && clang -shared -o libraries/libFoundation.so -Wl,-soname,libFoundation.so -x c /dev/null
            clang -shared -fPIC -o mine.so plugin.c -Wl,--no-as-needed -Llibraries -lFoundation
            """
        let built = try ProgramRun.of("/bin/sh", ["-ec", build], directory: folder.url)
        #expect(built.isSuccess, "\(built.summary)")
        let path = folder.url.appending(path: "mine.so").path
        let run = try control("plugins", "--plugin-path", folder.url.path)
        #expect(run.output.contains("unusable: plugin \(path) does not fit this bsduser"), "\(run.summary)")
        #expect(run.output.contains("libFoundation.so"), "\(run.summary)")
        #expect(run.end == .exited(1))
    }

    @Test func theEmulatorsOwnLibrariesAreNotCalledUnusable() throws {
        let run = try control("plugins", "--plugin-path", Checkout.products.path)
        #expect(run.isSuccess && !run.output.contains("unusable"), "\(run.summary)")
    }

    @Test func withoutAPlaceForTheCacheTheVariablesAreNamed() throws {
        let program = Checkout.products.appending(path: "bsduserctl").path
        for words in [["cache"], ["conformance", "--arch", "mips64", "--list"]] {
            let run = try ProgramRun.of(program, words, environment: ["HOME": "my/home"])
            expectFailure(run, "XDG_CACHE_HOME is not set and HOME is 'my/home', no absolute path, so ")
            #expect(run.standardError.contains(words[0] == "cache" ? ", or give --directory" : ", or give --cache"))
        }
        let relative = try ProgramRun.of(program, ["cache"], environment: ["XDG_CACHE_HOME": "x", "HOME": ""])
        expectFailure(relative, "XDG_CACHE_HOME is 'x', no absolute path and HOME is not set, so ")
    }

    @Test func anEmptyVariableOfTheCacheCountsAsNotSet() throws {
        let folder = try TemporaryFolder()
        let run = try ProgramRun.of(
            Checkout.products.appending(path: "bsduserctl").path, ["cache"],
            environment: ["HOME": folder.url.path, "BSDUSER_CACHE": "", "XDG_CACHE_HOME": ""])
        #expect(run.output == "\(folder.url.path)/.cache/bsduser/translations: 0 files, 0 KiB\n", "\(run.summary)")
        expectFailure(try control("cache", "clear", "--directory", ""), status: 64, "--directory needs a directory")
    }

    @Test func oneSystemCallIsExplained() throws {
        #expect(try control("syscalls", "read").output == "3 read(fd, buf, buflen): full\n")
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
        let own = try control("man", "bsduserctl")
        #expect(own.output.contains(".Dt BSDUSERCTL 1\n"))
        #expect(own.output.contains(".Ss conformance merge\n") && own.output.contains("\\-\\-junit"))
    }

    @Test func unknownShellsAreRefused() throws {
        #expect(try control("completions", "bash").output.contains("complete -o filenames -F _bsduser bsduser"))
        #expect(try control("completions", "bash", "bsduserctl").output.contains(" bsduserctl\n"))
        #expect(try control("completions", "tcsh").standardError.contains("known are bash, zsh and fish"))
    }
}
