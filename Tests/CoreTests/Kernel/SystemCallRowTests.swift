import Foundation
import TestSupport
import Testing

@testable import BSDUserCore

@Suite struct SystemCallRowTests {
    @Test func numbersAndNamesAreUnique() {
        let rows = SystemCallTable.rows
        #expect(Set(rows.map(\.number)).count == rows.count, "\(duplicates(rows.map(\.number)))")
        #expect(Set(rows.map(\.name)).count == rows.count, "\(duplicates(rows.map(\.name)))")
    }

    private func duplicates<Value: Hashable>(_ values: [Value]) -> [Value] {
        Dictionary(grouping: values, by: { $0 }).filter { $1.count > 1 }.map(\.key)
    }

    @Test func rowsAgreeWithTheKernelsTable() throws {
        let master = try SystemCallMaster()
        for row in SystemCallTable.rows {
            guard let entry = master.entries[row.number] else {
                Issue.record("\(row.name): there is no call \(row.number)")
                continue
            }
            #expect(row.name == entry.name, "number \(row.number)")
            guard let arguments = entry.arguments else { continue }
            #expect(
                row.slots.count == arguments.count,
                "\(row.name): \(row.slots.map(\.name)) against \(arguments.map(\.text))")
            for (slot, argument) in zip(row.slots, arguments) {
                #expect(agrees(slot, argument, row), "\(row.name): \(slot.kind) \(slot.name) against \(argument.text)")
            }
        }
    }

    private func agrees(_ slot: ArgumentSlot, _ argument: SystemCallMaster.Argument, _ row: SystemCallRow) -> Bool {
        switch slot.kind {
        case .wide: return argument.isWide
        case .number: return !argument.isPointer && !argument.isWide
        // An address says that the call does not simply read or write there; refused calls do neither.
        case .address: return argument.isPointer || row.name == "fcntl"
        case .input: return argument.isPointer && argument.direction != .output
        case .output: return argument.isPointer && argument.direction != .input
        case .inputOutput: return argument.isPointer
        }
    }

    @Test func whatDoesNotWorkFullySaysWhy() {
        for row in SystemCallTable.rows where row.support != .full { #expect(!row.note.isEmpty, "\(row.name)") }
    }

    @Test func argumentsHaveDifferentNames() {
        for row in SystemCallTable.rows {
            let names = row.slots.map(\.name)
            #expect(Set(names).count == names.count, "\(row.name): \(names)")
        }
    }

    @Test func atLeast120CallsWork() {
        #expect(SystemCallTable.rows.filter { $0.support != .refused }.count >= 120)
    }

    @Test func unknownNumbersGiveENOSYS() throws {
        try TestKernel.with { (kernel) throws in
            for number in [1023, 1024, 100_000, Int(UInt32.max)] { #expect(try kernel.errno(number) == .ENOSYS) }
            // `syscall` within `__syscall` is no call.
            #expect(try kernel.errno(198, 198) == .ENOSYS)
            #expect(try kernel.errno(0, 0) == .ENOSYS)
        }
    }
}

/// FreeBSD's own table of system calls.
struct SystemCallMaster {
    enum Direction { case input, output, both, unknown }

    struct Argument {
        let text: String
        let isPointer: Bool
        let isWide: Bool
        let direction: Direction
    }

    struct Entry {
        let name: String
        /// Nil when the prototype is not known.
        let arguments: [Argument]?
    }

    private(set) var entries: [Int: Entry] = [:]

    init() throws {
        let url = Checkout.root.appendingPathComponent("Tests/Support/Data/syscalls.csv")
        for line in try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst() {
            let cells = Self.cells(String(line))
            guard let number = Int(cells[0]), cells.count > 3 else { continue }
            // Numbers in the last columns name the 64-bit arguments by position.
            let wide = Set(
                cells.filter { $0.contains(":") && $0.first?.isNumber == true }
                    .flatMap { $0.split(separator: " ") }.compactMap {
                        $0.split(separator: ":").first.flatMap { Int($0) }
                    })
            entries[number] = Entry(name: cells[1], arguments: Self.arguments(cells[2], wide))
        }
    }

    private static func cells(_ line: String) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }

    private static func arguments(_ text: String, _ wide: Set<Int>) -> [Argument]? {
        if text == "void" { return [] }
        if text.isEmpty { return nil }
        // Annotations hold commas in parentheses.
        var parts = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == "," && depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        parts = parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        return parts.enumerated().map { index, part in
            Argument(
                text: part, isPointer: part.contains("*") || part.contains("caddr_t"), isWide: wide.contains(index + 1),
                direction: direction(part))
        }
    }

    private static func direction(_ text: String) -> Direction {
        if text.hasPrefix("_Inout") { return .both }
        // The table calls the mask of cpuset_setaffinity an output, const as it is.
        // It also calls the set that sigpending fills in an input.
        if text == "_In_ sigset_t *set" { return .unknown }
        if text.hasPrefix("_Out") { return text.contains("const") ? .unknown : .output }
        return text.hasPrefix("_In") ? .input : .unknown
    }
}
