import CHost
import Glibc

/// The calls of the host that finding and loading a plugin takes.
enum PluginFile {
    /// What a path leads to.
    enum Kind {
        case missing
        case unreadable(reason: String)
        case file(byteCount: UInt64)
    }

    /// Looks at a path; only regular files count as found.
    static func kind(of path: [UInt8]) -> Kind {
        var status = stat()
        guard withCString(path, { stat($0, &status) }) == 0 else {
            return errno == ENOENT || errno == ENOTDIR ? .missing : .unreadable(reason: errorText())
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return .unreadable(reason: "is not a regular file") }
        guard withCString(path, { access($0, R_OK) }) == 0 else { return .unreadable(reason: errorText()) }
        return .file(byteCount: UInt64(status.st_size))
    }

    /// Opens the file and lets `inspect` read from it; nil when it cannot be opened.
    ///
    /// The reader takes an offset and a count of bytes, and gives nil when the file has fewer.
    static func inspect<Result>(_ path: [UInt8], _ inspect: ((UInt64, Int) -> [UInt8]?) -> Result) -> Result? {
        let descriptor = withCString(path) { open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return inspect { read(descriptor, offset: $0, count: $1) }
    }

    /// The libraries that every plugin wants, and that a program may hold instead of loading them.
    private static let libraries: [StaticString] = [
        "libBSDUserCore.so", "libswiftCore.so", "libswiftGlibc.so", "libswiftSynchronization.so",
    ]

    /// Keeps a second core, and a second copy of Swift's library, from being loaded beside those in the program: why that
    /// fails, or nil.
    private static let standInFailure: String? = {
        guard chost_core_is_in_program() != 0 else { return nil }
        var names: [UnsafePointer<CChar>?] = libraries.map {
            UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        return chost_provide_libraries(&names, UInt32(names.count)).map { String(cString: $0) }
    }()

    /// Loads the file and calls its one function; throws the dynamic linker's own words.
    static func load(_ path: [UInt8], symbol: String) throws(LinkFailure) -> UnsafeRawPointer {
        if let standInFailure {
            throw LinkFailure(
                text: "nothing stands in for the core's libraries, which takes memfd_create(2) and /proc, or glibc: "
                    + standInFailure)
        }
        guard let library = withCString(path, { dlopen($0, RTLD_NOW | RTLD_LOCAL) }) else {
            throw LinkFailure(text: dlerror().map { String(cString: $0) } ?? "unknown error")
        }
        guard let address = dlsym(library, symbol) else {
            throw LinkFailure(text: "no \(symbol)")
        }
        typealias Entry = @convention(c) () -> UnsafeRawPointer?
        guard let record = unsafeBitCast(address, to: Entry.self)() else {
            throw LinkFailure(text: "\(symbol) returned nothing")
        }
        return record
    }

    /// What the dynamic linker says of a file it cannot load.
    struct LinkFailure: Error {
        var text: String
    }

    /// Whether a directory can be read.
    static func isDirectory(_ path: [UInt8]) -> Bool {
        guard let stream = withCString(path, { opendir($0) }) else { return false }
        closedir(stream)
        return true
    }

    /// The names in a directory that end in `.so`, sorted; none when it cannot be read.
    static func sharedObjects(in directory: [UInt8]) -> [[UInt8]] {
        guard let stream = withCString(directory, { opendir($0) }) else { return [] }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if name.suffix(3).elementsEqual(".so".utf8) { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The path of the running executable; empty when the host does not say.
    static func executablePath() -> [UInt8] {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return [] }
            let count = readlink("/proc/self/exe", start, buffer.count)
            return count > 0 ? Array(buffer.prefix(count)) : []
        }
    }

    private static func read(_ descriptor: Int32, offset: UInt64, count: Int) -> [UInt8]? {
        guard let position = Int(exactly: offset) else { return nil }
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            used = 0
            while used < count {
                let step = pread(descriptor, buffer.baseAddress.map { $0 + used }, count - used, position &+ used)
                if step < 0, errno == EINTR { continue }
                guard step > 0 else { return }
                used += step
            }
        }
        return bytes.count == count ? bytes : nil
    }

    private static func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
        var copy = bytes.map { CChar(bitPattern: $0) }
        copy.append(0)
        return copy.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return body("") }
            return body(start)
        }
    }

    private static func errorText() -> String {
        String(cString: strerror(errno))
    }
}
