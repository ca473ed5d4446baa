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

    /// Writes all of the text to a descriptor. Returns the errno of what cannot be written, else 0.
    @discardableResult static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { buffer in
            var done = 0
            while done < buffer.count, let start = buffer.baseAddress {
                let count = Glibc.write(descriptor, start + done, buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return errno }
                done += count
            }
            return 0
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
