/// A control message of `sendmsg` and `recvmsg` (`struct cmsghdr`, sys/socket.h), in the numbers of one of the systems.
struct ControlMessage: Equatable, Sendable {
    var level: Int32
    var type: Int32
    var data: [UInt8]

    /// `sizeof(struct cmsghdr)` for every ABI of FreeBSD, and for the host, whose length has 8 bytes.
    private static let headerBytes = 12
    private static let hostHeaderBytes = 16

    private static func aligned(_ count: Int, _ alignment: Int) -> Int { (count + alignment - 1) & ~(alignment - 1) }

    /// Splits what stands in the guest's buffer; `EINVAL` for a length that does not fit.
    static func list(_ bytes: [UInt8], _ abi: GuestABI) throws(Errno) -> [ControlMessage] {
        var messages: [ControlMessage] = []
        var offset = 0
        while bytes.count - offset >= headerBytes {
            let words = (0..<3).map { index in number(bytes, offset + index * 4, abi.byteOrder) }
            let length = Int(words[0])
            let start = aligned(headerBytes, abi.controlAlignment)
            guard length >= headerBytes, length <= bytes.count - offset else { throw .EINVAL }
            messages.append(
                ControlMessage(
                    level: Int32(bitPattern: words[1]), type: Int32(bitPattern: words[2]),
                    data: start < length ? Array(bytes[(offset + start)..<(offset + length)]) : []))
            offset += aligned(length, abi.controlAlignment)
        }
        return messages
    }

    /// The message for the guest, filled up to the place of the next one (`CMSG_SPACE`).
    func encoded(_ abi: GuestABI) -> [UInt8] {
        let start = Self.aligned(Self.headerBytes, abi.controlAlignment)
        let length = UInt32(start + data.count)
        var bytes: [UInt8] = []
        for word in [length, UInt32(bitPattern: level), UInt32(bitPattern: type)] {
            bytes += GuestUnsigned(word).encoded(abi)
        }
        bytes += [UInt8](repeating: 0, count: start - bytes.count) + data
        return bytes + [UInt8](repeating: 0, count: Self.aligned(bytes.count, abi.controlAlignment) - bytes.count)
    }

    /// Splits what the host wrote.
    static func list(host bytes: [UInt8]) -> [ControlMessage] {
        var messages: [ControlMessage] = []
        var offset = 0
        while bytes.count - offset >= hostHeaderBytes {
            let length = Int(number(bytes, offset, .little))
            guard length >= hostHeaderBytes, length <= bytes.count - offset else { break }
            messages.append(
                ControlMessage(
                    level: Int32(bitPattern: number(bytes, offset + 8, .little)),
                    type: Int32(bitPattern: number(bytes, offset + 12, .little)),
                    data: Array(bytes[(offset + hostHeaderBytes)..<(offset + length)])))
            offset += aligned(length, 8)
        }
        return messages
    }

    /// The message for the host.
    var hostEncoded: [UInt8] {
        var bytes: [UInt8] = []
        for word in [Int32(Self.hostHeaderBytes + data.count), 0, level, type] { bytes += HostSocket.bytes(word) }
        bytes += data
        return bytes + [UInt8](repeating: 0, count: Self.aligned(bytes.count, 8) - bytes.count)
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ order: ByteOrder) -> UInt32 {
        let part = bytes[offset..<(offset + 4)]
        return (order == .big ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
