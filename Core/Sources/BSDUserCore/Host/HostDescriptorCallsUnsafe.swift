import Glibc

extension HostPath {
    static let closeOnExec = O_CLOEXEC
}

extension HostDescriptors {
    // Operations of flock(2).
    static let shared = Int(LOCK_SH)
    static let exclusive = Int(LOCK_EX)
    static let withoutWaiting = Int(LOCK_NB)

    /// Closes the guest's descriptors in a range.
    static func close(from low: Int32, through high: Int32) {
        let last = min(high, guestLimit - 1)
        if low <= last { _ = HostSystemCall.closeRange(Int(low), Int(last), 0) }
    }

    /// Sets close-on-exec on the guest's descriptors in a range.
    static func closeOnExec(from low: Int32, through high: Int32) {
        let last = min(high, guestLimit - 1)
        if low <= last { _ = HostSystemCall.closeRange(Int(low), Int(last), 4) }
    }

    /// A pipe: the end to read, the end to write.
    static func pipe(flags: Int) throws(Errno) -> (Int32, Int32) {
        var pair: (Int32, Int32) = (0, 0)
        let result = withUnsafeMutableBytes(of: &pair) {
            HostSystemCall.pipe2(Int(bitPattern: $0.baseAddress), flags)
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
        return pair
    }
}

/// The host's `struct flock`.
struct HostRecordLock {
    var kind: Int16
    var whence: Int16
    var start: Int64
    var length: Int64
    var process: Int32 = 0

    /// Carries out a locking command of `fcntl`; what it reports replaces the fields.
    mutating func apply(_ fd: Int, _ command: Int, _ thread: GuestThread) throws(Errno) {
        var raw = flock()
        (raw.l_type, raw.l_whence) = (kind, whence)
        (raw.l_start, raw.l_len, raw.l_pid) = (Int(start), Int(length), 0)
        var failure: Errno?
        withUnsafeMutableBytes(of: &raw) { raw in
            do throws(Errno) {
                _ = try thread.wait(.fcntl, fd, command, Int(bitPattern: raw.baseAddress))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        (kind, whence, process) = (raw.l_type, raw.l_whence, raw.l_pid)
        (start, length) = (Int64(raw.l_start), Int64(raw.l_len))
    }
}

/// The host's `struct iovec` for a list of guest buffers.
enum HostVectors {
    /// Calls with the address of the vector and the number of its elements.
    static func with(
        _ buffers: [GuestBuffer], for access: GuestMemory.Access, _ body: (Int, Int) throws(Errno) -> Int
    ) throws(Errno) -> Int {
        var words: [Int] = []
        words.reserveCapacity(buffers.count * 2)
        for buffer in buffers {
            words.append(buffer.byteCount == 0 ? 0 : try buffer.hostAddress(for: access))
            words.append(Int(buffer.byteCount))
        }
        var failure: Errno?
        let result = words.withUnsafeBufferPointer { words in
            do throws(Errno) {
                return try body(Int(bitPattern: words.baseAddress), buffers.count)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        return result
    }
}

/// Calls of the host that take one structure of 64-bit words, which the kernel reads or writes.
enum HostWords {
    /// Calls with the address of the words.
    static func with<Result>(_ words: inout [Int], _ body: (Int) throws(Errno) -> Result) throws(Errno) -> Result {
        var failure: Errno?
        let result: Result? = words.withUnsafeMutableBufferPointer { buffer in
            do throws(Errno) {
                return try body(Int(bitPattern: buffer.baseAddress))
            } catch {
                failure = error
                return nil
            }
        }
        guard let result else { throw failure ?? .EINVAL }
        return result
    }

    /// As above with bytes.
    static func with<Result>(bytes: inout [UInt8], _ body: (Int) throws(Errno) -> Result) throws(Errno) -> Result {
        var failure: Errno?
        let result: Result? = bytes.withUnsafeMutableBufferPointer { buffer in
            do throws(Errno) {
                return try body(Int(bitPattern: buffer.baseAddress))
            } catch {
                failure = error
                return nil
            }
        }
        guard let result else { throw failure ?? .EINVAL }
        return result
    }
}
