/// Names of guest addresses: functions of the program, its interpreter and its libraries.
final class GuestSymbols {
    /// What is known of a mapped file; no table where it cannot be read.
    private struct Image {
        var fileName: [UInt8]
        var table: SymbolTable?
    }

    private let source: any CodeSource
    private var images: [CodeOrigin.File: Image] = [:]

    init(source: any CodeSource) { self.source = source }

    /// The function at an address, such as `main+0x10`; where there is none the file, as in `[libc.so.7]+0x10`, and nil in
    /// code of no file. Without control characters, whatever the file calls its functions.
    func name(of address: GuestAddress) -> String? {
        guard let origin = source.origin(of: address) else { return nil }
        let image = image(origin.file, address)
        if let place = image.table?.place(atFileOffset: origin.offset) { return text(place.name, place.offset) }
        let file = [UInt8(ascii: "[")] + image.fileName + [UInt8(ascii: "]")]
        return image.fileName.isEmpty ? nil : text(file, origin.offset)
    }

    private func text(_ name: [UInt8], _ offset: UInt64) -> String {
        printable(name) + (offset == 0 ? "" : "+0x" + String(offset, radix: 16))
    }

    private func image(_ file: CodeOrigin.File, _ address: GuestAddress) -> Image {
        if let known = images[file] { return known }
        let path = source.path(at: address) ?? []
        let fileName = path.split(separator: UInt8(ascii: "/")).last ?? []
        let image = Image(fileName: Array(fileName), table: Self.table(file, path))
        images[file] = image
        return image
    }

    private static func table(_ expected: CodeOrigin.File, _ path: [UInt8]) -> SymbolTable? {
        guard let file = try? HostFile.open(path), let status = try? file.status(), status.kind == .regular,
            // Another file may have the name by now.
            status.device == expected.device, status.inode == expected.inode
        else { return nil }
        return SymbolTable(descriptor: file.descriptor)
    }
}
