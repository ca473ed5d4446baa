/// Descriptors whose content is a number of 64 bits (`eventfd`, `timerfd`). It travels in the guest's order of bytes,
/// which `read` and `write` see to.
final class CounterTable {
    private let lock = HostLock()
    private var descriptors: Set<Int32> = []
    /// Whether there is none: most programs never have one, and reading shall cost them nothing.
    private(set) var isEmpty = true

    init() {}

    /// The table of a new process.
    init(copying other: CounterTable) {
        descriptors = other.lock.hold { other.descriptors }
        isEmpty = descriptors.isEmpty
    }

    func add(_ descriptor: Int32) {
        lock.hold {
            descriptors.insert(descriptor)
            isEmpty = false
        }
    }

    @inline(__always)
    func contains(_ descriptor: Int32) -> Bool { !isEmpty && lock.hold { descriptors.contains(descriptor) } }

    func willClose(_ descriptor: Int32) {
        guard !isEmpty else { return }
        lock.hold {
            descriptors.remove(descriptor)
            isEmpty = descriptors.isEmpty
        }
    }

    func didDuplicate(_ from: Int32, _ to: Int32) {
        if contains(from) { add(to) }
    }

    // MARK: Fork

    func prepareFork() { lock.lock() }
    func finishForkInParent() { lock.unlock() }
    func finishForkInChild() { lock.resetInChild() }
}

extension GuestThread {
    /// `read` of a counter.
    func readCounter(_ fd: Int32, _ buffer: GuestBuffer) throws(Errno) -> Int {
        guard buffer.byteCount >= 8 else { throw .EINVAL }
        var words = [0]
        _ = try HostWords.with(&words) { address throws(Errno) in try wait(.read, Int(fd), address, 8) }
        try memory.store(UInt64(bitPattern: Int64(words[0])), at: buffer.address)
        return 8
    }

    /// `write` to a counter.
    func writeCounter(_ fd: Int32, _ buffer: GuestBuffer) throws(Errno) -> Int {
        guard buffer.byteCount >= 8 else { throw .EINVAL }
        let value: UInt64 = try memory.load(at: buffer.address)
        var words = [Int(Int64(bitPattern: value))]
        return try HostWords.with(&words) { address throws(Errno) in try wait(.write, Int(fd), address, 8) }
    }
}
