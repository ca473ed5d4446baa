import Foundation
import TestSupport
import Testing

/// Host programs that a guest, or a script that the emulator runs, starts: they start guest programs in turn, though the
/// host's kernel cannot.
@Suite struct ProgramsOfTheHost {
    /// Runs a script of the host's shell as the emulator does; `$1` is the hello guest.
    private func shell(_ text: String) throws -> ProgramRun {
        let folder = try TemporaryFolder()
        let script = try folder.program("script", Data("#!/bin/sh\n\(text)\n".utf8))
        return try emulator(script, exampleGuest("hello"), directory: folder.url)
    }

    @Test(arguments: [
        #""$1" word"#,
        #"exec "$1" word"#,
        #"env "$1" word"#,
        #"nohup "$1" word"#,
        #"echo word | xargs "$1""#,
        #"cd "$(dirname "$1")" && ./"$(basename "$1")" word"#,
        #"PATH=$(dirname "$1"):$PATH exec env "$(basename "$1")" word"#,
        #"sh -c 'env nice "$0" word' "$1""#,
        #"bash -c 'exec -a name "$0" word' "$1""#,
        #"perl -e 'system(@ARGV)' "$1" word"#,
        #"perl -e 'print `$ARGV[0] word; true`' "$1""#,
        #"awk -v p="$1" 'BEGIN { exit system(p " word; true") }'"#,
        #"awk -v p="$1" 'BEGIN { while ((p " word") | getline line) print line }'"#,
        #"P="$1" python3 -c 'import os; os.system("$P word")'"#,
        #"python3 -c 'import os,sys; f = os.open(sys.argv[1], os.O_RDONLY); os.execve(f, sys.argv[1:], os.environ)' "$1" word"#,
        #"python3 -c 'import os,sys; f = os.open(sys.argv[1], os.O_PATH); os.execve(f, sys.argv[1:], os.environ)' "$1" word"#,
    ])
    func start(command: String) throws {
        let run = try shell(command)
        #expect(run.isSuccess, "\(run.summary)")
        #expect(run.output.hasPrefix("Hello from FreeBSD"), "\(run.summary)")
        #expect(run.output.contains("word"), "\(run.summary)")
    }

    @Test func pythonSpawnsThem() throws {
        let code =
            "import os,subprocess,sys; subprocess.run(sys.argv[1:3], check=True); "
            + "os.waitpid(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)"
        let run = try shell("exec python3 -c '\(code)' \"$1\" word")
        #expect(run.output.components(separatedBy: "Hello from FreeBSD").count == 3, "\(run.summary)")
    }

    @Test func nothingOfItIsInTheEnvironment() throws {
        let run = try shell(#"env; sh -c env; bash -c env; exec perl -e 'print "$_=$ENV{$_}\n" for keys %ENV'"#)
        #expect(run.isSuccess, "\(run.summary)")
        #expect(!run.output.contains("PRELOAD") && !run.output.contains("BSDUSER"), "\(run.summary)")
    }

    @Test func theOptionsAreKept() throws {
        let folder = try TemporaryFolder()
        let script = try folder.program("script", Data("#!/bin/sh\nenv \"$1\"\n".utf8))
        let run = try emulator("-strace=write", script, exampleGuest("hello"))
        #expect(run.standardError.contains(" write(1, "), "\(run.summary)")
    }

    @Test func aFileThatMayNotBeExecutedIsRefused() throws {
        let run = try shell(#"cp "$1" copy && chmod -x copy && env ./copy"#)
        #expect(run.end == .exited(126), "\(run.summary)")
        #expect(run.standardError.contains("Permission denied"), "\(run.summary)")
    }

    @Test func aProgramThatIsNotThereIsNotFound() throws {
        let run = try shell("env nothing-of-this-name")
        #expect(run.end == .exited(127), "\(run.summary)")
    }
}
