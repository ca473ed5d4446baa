import Foundation
import Glibc
import Testing

/// Files for arguments that are to be right.
struct SweepFiles {
    let path: String
    let link: String
    let regular: Int32
    let directory: Int32
    /// A socket that is connected to itself through its pair, and one that has a connection to accept.
    private let pair: [Int32]
    let listener: Int32

    init(in folder: String) throws {
        path = folder + "/file"
        link = folder + "/link"
        try Data("contents".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "file")
        regular = open(path, O_RDWR)
        directory = open(folder, O_RDONLY | O_DIRECTORY)
        var pair: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &pair) == 0)
        self.pair = pair
        listener = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        try #require(listen(listener, 64) == 0)
    }

    /// A socket that has nothing to read, and need not work any more.
    var idleSocket: Int32 { pair[0] }

    /// A socket with something to read and room to write.
    func socket() throws -> Int32 {
        var byte: UInt8 = 1
        try #require(send(pair[1], &byte, 1, 0) == 1)
        var drained = [UInt8](repeating: 0, count: 1 << 16)
        _ = recv(pair[1], &drained, drained.count, 0)
        return pair[0]
    }

    /// Connects to the socket that listens.
    func connectOnce() throws -> Int32 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                try #require(getsockname(listener, pointer, &length) == 0)
                let client = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                try #require(connect(client, pointer, length) == 0)
                return client
            }
        }
    }

    func close() {
        _ = Glibc.close(regular)
        _ = Glibc.close(directory)
        for descriptor in pair + [listener] { _ = Glibc.close(descriptor) }
    }
}
