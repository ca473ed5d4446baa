import CHost
import Glibc

/// Starting another program in the place of this process.
enum HostExecute {
    /// Replaces the process; the result is a host errno. `descriptor` wins over `path` unless it is negative.
    static func execute(
        descriptor: Int32, path: [UInt8], arguments: [[UInt8]], environment: [[UInt8]]
    ) -> Int32 {
        var list = CStringList(arguments)
        var variables = CStringList(environment)
        defer {
            list.release()
            variables.release()
        }
        let name = path.map { CChar(bitPattern: $0) } + [0]
        return chost_execute(descriptor, name, list.pointer, variables.pointer)
    }

    /// The emulator's own executable; by its name, so that it shows in lists of processes.
    static let ownExecutable: [UInt8] = {
        let link = "/proc/self/exe"
        let name = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, used in
            used = max(
                0,
                buffer.withMemoryRebound(to: CChar.self) { text in
                    text.baseAddress.map { readlink(link, $0, text.count) } ?? 0
                })
        }
        let path = name.map { CChar(bitPattern: $0) } + [0]
        return !name.isEmpty && access(path, X_OK) == 0 ? name : Array(link.utf8)
    }()

    /// The emulator's own environment.
    static var ownEnvironment: [[UInt8]] {
        var entries: [[UInt8]] = []
        let variables = environ
        while let entry = variables[entries.count] {
            entries.append(Array(UnsafeRawBufferPointer(start: entry, count: strlen(entry))))
        }
        return entries
    }

    /// A null-terminated list of C strings.
    private struct CStringList {
        let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
        private let count: Int

        init(_ texts: [[UInt8]]) {
            count = texts.count
            pointer = .allocate(capacity: count + 1)
            for (index, text) in texts.enumerated() {
                let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count + 1)
                for (offset, byte) in text.enumerated() { copy[offset] = CChar(bitPattern: byte) }
                copy[text.count] = 0
                pointer[index] = copy
            }
            pointer[count] = nil
        }

        mutating func release() {
            for index in 0..<count { pointer[index]?.deallocate() }
            pointer.deallocate()
        }
    }
}
