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

    /// Puts bytes where the next program finds them: an unnamed file, whose descriptor it inherits, or a pipe where the
    /// limit on the size of files leaves no room.
    static func store(_ bytes: [UInt8]) throws(Errno) -> Int32 {
        guard HostLimits.allowsFile(of: bytes.count) else { return try storeInPipe(bytes) }
        let label = Array("exec".utf8)
        let file = Int32(
            try HostSharedMemory.unnamed(label, closesOnExec: false, isSealable: false))
        let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        guard written == bytes.count else {
            close(file)
            throw .ENOMEM
        }
        return file
    }

    private static func storeInPipe(_ bytes: [UInt8]) throws(Errno) -> Int32 {
        let pipe = bytes.withUnsafeBytes { chost_filled_pipe($0.baseAddress, $0.count) }
        guard pipe >= 0 else { throw .ENOMEM }
        return pipe
    }

    /// What the program before stored; the descriptor is closed. Nil when nothing can be read.
    static func takeStored(_ descriptor: Int32) -> [UInt8]? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        if status.st_mode & S_IFMT == S_IFIFO { return takeFromPipe(descriptor) }
        let file = HostFile(adopting: descriptor)
        return try? file.read(at: 0, count: Int(status.st_size))
    }

    private static func takeFromPipe(_ descriptor: Int32) -> [UInt8]? {
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            guard count >= 0 else { return nil }
            guard count > 0 else { return bytes }
            bytes += piece[..<count]
        }
    }

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
