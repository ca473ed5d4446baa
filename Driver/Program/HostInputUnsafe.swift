import DriverOptions
import Glibc

/// What the kernel hands to the process, as bytes.
enum HostInput {
    /// The argument vector.
    static var arguments: [Bytes] {
        (0..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0].map { bytes($0) } }
    }

    /// The environment, each `NAME=VALUE`.
    static var environment: [Bytes] {
        var result: [Bytes] = []
        while let entry = environ[result.count] { result.append(bytes(entry)) }
        return result
    }

    /// The working directory; the root where it is gone.
    static var workingDirectory: Bytes {
        guard let text = getcwd(nil, 0) else { return Bytes(text: "/") }
        defer { free(text) }
        return bytes(text)
    }

    /// The first bytes of a file; nil, with errno set, when it cannot be read.
    static func firstBytes(of path: Bytes, count: Int) -> Bytes? {
        let name = path.map { CChar(bitPattern: $0) } + [0]
        let descriptor = open(name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        // A pipe or a terminal would block; a directory cannot be read.
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            errno = status.st_mode & S_IFMT == S_IFDIR ? EISDIR : EACCES
            return nil
        }
        defer { close(descriptor) }
        return Bytes(unsafeUninitializedCapacity: count) { buffer, used in
            used = max(0, pread(descriptor, buffer.baseAddress, count, 0))
        }
    }

    /// Writes all of the text to a descriptor; what cannot be written is lost.
    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { buffer in
            var done = 0
            while done < buffer.count, let start = buffer.baseAddress {
                let count = Glibc.write(descriptor, start + done, buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                done += count
            }
        }
    }

    /// The host's words for an errno.
    static func errorText(_ code: Int32) -> String {
        String(cString: strerror(code))
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> Bytes {
        Bytes(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
