import ArgumentParser
import BSDUserCore
import Foundation

/// Prints what is known of every system call, from the rows that carry them out.
struct SystemCalls: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "syscalls", abstract: "List the system calls with how far each works.",
        discussion: "A call that is not listed fails with ENOSYS, and is logged the first time.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case markdown, csv, json
    }

    @Argument(help: "Names or numbers of calls; without any, all of them are listed.")
    var calls: [String] = []

    @Option(help: "How to print the table.")
    var format: Format = .markdown

    func run() throws {
        let rows = try selected().map(Row.init)
        switch format {
        case .markdown: printMarkdown(rows)
        case .csv: printCSV(rows)
        case .json: try printJSON(rows)
        }
    }

    private func selected() throws -> [SystemCallRow] {
        guard !calls.isEmpty else { return SystemCallTable.rows }
        return try calls.map { call in
            guard let row = SystemCallTable.rows.first(where: { $0.name == call || String($0.number) == call }) else {
                throw ControlFailure("no row for a system call '\(call)': programs that make it get ENOSYS")
            }
            return row
        }
    }

    /// One call, as it is printed.
    private struct Row: Encodable {
        var number: Int
        var name: String
        var support: String
        var arguments: [String]
        var note: String

        init(_ row: SystemCallRow) {
            number = row.number
            name = row.name
            support = row.support.rawValue
            arguments = row.slots.map(\.name)
            note = row.note
        }
    }

    private func printMarkdown(_ rows: [Row]) {
        guard calls.isEmpty else { return printCalls(rows) }
        let counts = SupportLevel.allCases.map { level in
            "\(rows.filter { $0.support == level.rawValue }.count) \(level.rawValue)"
        }
        print("\(rows.count) system calls: \(counts.joined(separator: ", "))\n")
        print("| number | name | support | note |\n|---|---|---|---|")
        for row in rows {
            print("| \(row.number) | \(row.name) | \(row.support) | \(row.note.replacing("|", with: "\\|")) |")
        }
    }

    private func printCalls(_ rows: [Row]) {
        for row in rows {
            let note = row.note.isEmpty ? "" : ": \(row.note)"
            print("\(row.number) \(row.name)(\(row.arguments.joined(separator: ", "))): \(row.support)\(note)")
        }
    }

    private func printCSV(_ rows: [Row]) {
        print("number,name,support,arguments,note")
        for row in rows {
            let fields = [String(row.number), row.name, row.support, row.arguments.joined(separator: " "), row.note]
            print(fields.map(Self.quoted).joined(separator: ","))
        }
    }

    // RFC 4180.
    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }

    private func printJSON(_ rows: [Row]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for row in rows { print(String(decoding: try encoder.encode(row), as: UTF8.self)) }
    }
}
