import BSDUserCore
extension GuestMemory {
    func store(_ v: UInt64, at a: GuestAddress) throws(Errno) { throw Errno(rawValue: 14) }
    func write(_ v: [UInt8], at a: GuestAddress) throws(Errno) { throw Errno(rawValue: 14) }
    func read(at a: GuestAddress, count: Int) throws(Errno) -> [UInt8] { throw Errno(rawValue: 14) }
}

extension MIPS64 {
    public func cpuLoop(_ thread: GuestThread) {}
}
