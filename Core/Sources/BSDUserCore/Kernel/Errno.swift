/// A FreeBSD errno: what a failed system call gives the guest.
public struct Errno: Error, Equatable, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
}
