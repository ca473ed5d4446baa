import Glibc

/// An open program or interpreter: its ELF headers, notes and interpreter, checked.
struct ProgramFile {
    let file: HostFile
    let path: String
    let byteCount: UInt64
    let image: ElfImage
    let notes: ElfNotes
    let interpreter: String?

    /// Longest path of an interpreter (`MAXPATHLEN`).
    private static let maximumPathBytes: UInt64 = 1024

    /// Reads and checks a file that is open for reading.
    init(_ file: HostFile, path: String) throws(LoadError) {
        self.file = file
        self.path = path
        let status = try ProgramFile.status(file, path)
        guard status.kind == .regular else {
            throw .unreadable(path, status.kind == .directory ? "a directory" : "not a regular file")
        }
        byteCount = status.byteCount
        let prefix = try ProgramFile.bytes(file, path, at: 0, count: ElfImage.prefixBytes)
        do throws(ElfImage.Problem) { image = try ElfImage(prefix: prefix) } catch {
            throw .malformed(path, error.text)
        }
        notes = try ProgramFile.notes(file, path, image, byteCount)
        interpreter = try ProgramFile.interpreter(file, path, image, byteCount)
    }

    private static func status(_ file: HostFile, _ path: String) throws(LoadError) -> HostFile.Status {
        do throws(HostFailure) { return try file.status() } catch { throw .unreadable(path, error.text) }
    }

    private static func bytes(_ file: HostFile, _ path: String, at offset: UInt64, count: Int) throws(LoadError)
        -> [UInt8]
    {
        do throws(HostFailure) { return try file.read(at: offset, count: count) } catch {
            throw .unreadable(path, error.text)
        }
    }

    private static func notes(_ file: HostFile, _ path: String, _ image: ElfImage, _ byteCount: UInt64)
        throws(LoadError) -> ElfNotes
    {
        var notes = ElfNotes()
        for segment in image.segments where segment.type == ElfImage.SegmentType.note {
            guard let range = segment.fileRange, range.upperBound <= byteCount else { continue }
            let count = Int(min(segment.fileByteCount, ElfNotes.maximumBytes))
            notes.read(try bytes(file, path, at: segment.offset, count: count), image.identity.byteOrder)
        }
        return notes
    }

    private static func interpreter(_ file: HostFile, _ path: String, _ image: ElfImage, _ byteCount: UInt64)
        throws(LoadError) -> String?
    {
        guard let segment = image.segments.first(where: { $0.type == ElfImage.SegmentType.interpreter }) else {
            return nil
        }
        guard let range = segment.fileRange, range.upperBound <= byteCount, segment.fileByteCount > 1,
            segment.fileByteCount <= maximumPathBytes
        else { throw .malformed(path, "its interpreter's name has a wrong size") }
        let name = try bytes(file, path, at: segment.offset, count: Int(segment.fileByteCount))
        guard name.last == 0, let end = name.firstIndex(of: 0), end > 0 else {
            throw .malformed(path, "its interpreter's name has no end")
        }
        return String(decoding: name[..<end], as: UTF8.self)
    }

    /// Refuses programs of other systems and other architectures.
    func check(_ description: ArchitectureDescription) throws(LoadError) {
        try checkArchitecture(description)
        try checkBrand()
    }

    /// Refuses other architectures: all that an interpreter is asked (imgact_elf.c `load_file`), whatever its brand.
    func checkArchitecture(_ description: ArchitectureDescription) throws(LoadError) {
        guard description.elf.accepts(image.identity) else {
            throw .wrongArchitecture(path, found: image.identity.text, wanted: description.elf.text)
        }
    }

    /// Refuses programs of other systems.
    func checkBrand() throws(LoadError) {
        switch Brand(image, notes: notes, interpreter: interpreter) {
        case .freeBSD: break
        case .other(let system): throw .wrongSystem(path, system)
        case .unknown: throw .unmarked(path)
        }
    }

    /// Where everything goes, for a given bias.
    func plan(bias: UInt64, _ space: AddressSpace) throws(LoadError) -> LoadPlan {
        try plan(bias: bias, pageBytes: space.pageBytes, limit: space.userTop)
    }

    func plan(bias: UInt64, pageBytes: UInt64, limit: GuestAddress) throws(LoadError) -> LoadPlan {
        do throws(ElfImage.Problem) {
            return try LoadPlan(
                image, bias: bias, fileByteCount: byteCount, pageBytes: pageBytes, limit: limit)
        } catch { throw .malformed(path, error.text) }
    }
}
