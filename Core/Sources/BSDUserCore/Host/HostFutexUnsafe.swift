/// Futexes of the host on words of guest memory that processes share (futex(2)).
enum HostFutex {
    // Without FUTEX_PRIVATE_FLAG: what counts is the page behind the address.
    private static let wait = 9
    private static let wake = 10
    private static let realTimeFlag = 256
    /// EAGAIN: the word held something else.
    static let changed: Int32 = 11

    /// Sleeps while the word holds `value`, as `HostSignal.blockingCall`. Waiters form groups, one bit each.
    static func wait(
        _ word: UnsafeMutableRawPointer, while value: UInt32, _ deadline: HostEvent.Deadline?, group: UInt32
    ) -> Int {
        let nanoseconds = max(deadline?.nanoseconds ?? 0, 0)
        var time = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000)
        let operation = wait | (deadline?.isRealTime == true ? realTimeFlag : 0)
        return withUnsafeMutablePointer(to: &time) { time in
            HostSignal.blockingCall(
                HostSystemCall.futex.rawValue, Int(bitPattern: word), operation, Int(value),
                deadline == nil ? 0 : Int(bitPattern: time), 0, Int(group))
        }
    }

    /// Wakes waiters of a group; how many there were.
    static func wake(_ word: UnsafeMutableRawPointer, atMost limit: Int, group: UInt32) -> Int {
        max(0, HostSystemCall.futex(Int(bitPattern: word), wake, Int(Int32(clamping: limit)), 0, 0, Int(group)))
    }
}
