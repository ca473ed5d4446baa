import ArgumentParser
import ConformanceRunner
import Foundation

/// Where the reports of a conformance run go.
struct ReportOptions: ParsableArguments {
    @Option(help: "Write the report as JSON, which 'merge' reads, to this file; - is standard output.")
    var json: String?

    @Option(help: "Write the report as JUnit's XML to this file; - is standard output.")
    var junit: String?

    private static let standardOutput = "-"

    private var paths: [String] { [json, junit].compactMap(\.self) }

    var areWanted: Bool { !paths.isEmpty }

    private var fillsStandardOutput: Bool { paths.contains(Self.standardOutput) }

    func validate() throws {
        guard json != Self.standardOutput || junit != Self.standardOutput else {
            throw ValidationError("only one report can go to standard output")
        }
    }

    /// Refuses files that cannot be written, before the work is done.
    func check() throws {
        for path in paths where path != Self.standardOutput {
            if access(path, F_OK) == 0 {
                guard access(path, W_OK) == 0 else { throw ControlFailure.host("cannot write \(path)") }
                let values = try? URL(fileURLWithPath: path).resourceValues(forKeys: [.isDirectoryKey])
                if values?.isDirectory == true { throw ControlFailure("cannot write \(path): it is a directory") }
                continue
            }
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
            guard descriptor >= 0 else { throw ControlFailure.host("cannot write \(path)") }
            close(descriptor)
            unlink(path)
        }
    }

    /// Writes the files, prints the table, on standard error where a report fills standard output; status 1 when something
    /// failed.
    func publish(_ report: Report) throws {
        let table = SummaryTable.text(report)
        if fillsStandardOutput {
            FileHandle.standardError.write(Data((table + "\n").utf8))
        } else {
            print(table)
        }
        if let json { try write(report.encoded(), to: json) }
        if let junit { try write(Data(JUnit.text(report).utf8), to: junit) }
        if report.isGreen { return }
        throw ExitCode.failure
    }

    private func write(_ data: Data, to path: String) throws {
        if path == Self.standardOutput { return print(String(decoding: data, as: UTF8.self)) }
        do {
            try data.write(to: URL(fileURLWithPath: path))
        } catch {
            throw ControlFailure("cannot write \(path): \(error.localizedDescription)")
        }
    }
}
