/// The errno values that memory and its system calls give.
enum MemoryErrno {
    static let notPermitted = Errno(rawValue: 1)
    static let badDescriptor = Errno(rawValue: 9)
    static let outOfMemory = Errno(rawValue: 12)
    static let accessDenied = Errno(rawValue: 13)
    static let badAddress = Errno(rawValue: 14)
    static let busy = Errno(rawValue: 16)
    static let notSupportedByDevice = Errno(rawValue: 19)
    static let invalidArgument = Errno(rawValue: 22)
    static let tryAgain = Errno(rawValue: 35)
    static let notSupported = Errno(rawValue: 45)
    static let overflow = Errno(rawValue: 84)
}
