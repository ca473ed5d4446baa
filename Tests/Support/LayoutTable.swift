import Foundation

/// Sizes and offsets of FreeBSD's structures on each architecture, as its own compiler lays them out.
public struct LayoutTable {
    private var values: [String: [String: Int]] = [:]

    public init() throws {
        let url = Checkout.root.appendingPathComponent("Tests/Support/Data/layouts.csv")
        let lines = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
        guard let header = lines.first?.split(separator: ",").map(String.init) else {
            throw SupportError("layouts.csv is empty")
        }
        for line in lines.dropFirst() {
            let cells = line.split(separator: ",").map(String.init)
            for (architecture, cell) in zip(header.dropFirst(), cells.dropFirst()) {
                values[cells[0], default: [:]][architecture] = Int(cell)
            }
        }
    }

    /// One value, by its row and the architecture; nil when there is none.
    public func value(_ item: String, _ architecture: String) -> Int? { values[item]?[architecture] }

    /// All rows.
    public var items: [String] { values.keys.sorted() }
}
