import DriverOptions
import Glibc

/// The file that -D names.
enum LogFile {
    /// Opens the file and returns its descriptor; -1 with errno set on failure.
    ///
    /// `%d` in the name is the process id. A guest that calls exec goes on in the file it began.
    static func open(_ name: Bytes, keepsContent: Bool) -> Int32 {
        let path = expanded(name).map { CChar(bitPattern: $0) } + [0]
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (keepsContent ? 0 : O_TRUNC)
        return Glibc.open(path, flags, 0o644)
    }

    private static func expanded(_ name: Bytes) -> Bytes {
        var result = Bytes()
        var rest = name[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.first == UInt8(ascii: "d") {
                rest.removeFirst()
                result += Bytes(text: String(getpid()))
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
