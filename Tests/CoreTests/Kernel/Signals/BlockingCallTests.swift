import Glibc
import Testing

@testable import BSDUserCore

/// Host signals that come at any moment of a call that blocks. One test at a time: dispositions belong to the process.
@Suite(.serialized)
struct BlockingCallTests {
    /// Counts that a sending thread and the test share; each has one writer.
    private final class Shared: @unchecked Sendable {
        let sent = UnsafeMutablePointer<Int>.allocate(capacity: 2)
        let target: pthread_t
        let count: Int

        init(count: Int) {
            target = pthread_self()
            self.count = count
            sent.initialize(repeating: 0, count: 2)
        }
        deinit { sent.deallocate() }
    }

    private static func startSender(_ shared: Shared) -> pthread_t {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(shared).toOpaque()
        pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let shared = Unmanaged<Shared>.fromOpaque(context).takeRetainedValue()
                var state: UInt64 = 88_172_645_463_325_252
                for index in 0..<shared.count {
                    // The next signal follows the last one's arrival after a time that varies.
                    while shared.sent[1] < index { sched_yield() }
                    state ^= state << 13
                    state ^= state >> 7
                    state ^= state << 17
                    for _ in 0..<(state % 300) { _ = getppid() == 0 }
                    pthread_kill(shared.target, SIGUSR1)
                }
                return nil
            }, context)
        return thread
    }

    private static let count = 20_000

    @Test func `a signal that comes around the start of a blocking call ends it`() {
        HostSignal.dispose(SIGUSR1, .caught)
        defer { HostSignal.dispose(SIGUSR1, .byDefault) }
        let shared = Shared(count: Self.count)
        let thread = Self.startSender(shared)
        var noted = 0
        var slept = 0
        while noted < Self.count, slept == 0 {
            // A lost signal shows as a sleep that runs its full length.
            let result = HostSignal.sleep(untilNanoseconds: HostSignal.monotonicNanoseconds + 10_000_000_000)
            if result == 0 { slept += 1 }
            while let record = HostSignal.next() {
                #expect(record.signal == SIGUSR1)
                noted += 1
            }
            shared.sent[1] = noted
        }
        #expect(slept == 0, "a signal was lost after \(noted)")
        shared.sent[1] = Self.count
        pthread_join(thread, nil)
        #expect(HostSignal.next() == nil)
        #expect(noted == Self.count)
    }

    // rt_tgsigqueueinfo: the signal goes to this thread, whatever threads the tests have.
    private static func queueToThisThread(_ signal: Int32, value: Int) -> Int {
        let thread = HostSignal.plainCall(186, 0, 0, 0, 0)
        // signo, errno, code SI_QUEUE, padding, sender's process and user, value.
        let header: [Int32] = [signal, 0, -1, 0, getpid(), Int32(bitPattern: getuid())]
        var info = [Int64](repeating: 0, count: 16)
        info.withUnsafeMutableBytes { bytes in
            header.withUnsafeBytes { bytes.copyMemory(from: $0) }
            bytes.storeBytes(of: value, toByteOffset: 24, as: Int.self)
        }
        return info.withUnsafeBytes {
            HostSignal.plainCall(297, Int(getpid()), thread, Int(signal), Int(bitPattern: $0.baseAddress))
        }
    }

    @Test func `more signals than there is room for wait with the kernel`() {
        let signal: Int32 = 40
        HostSignal.dispose(signal, .caught)
        defer { HostSignal.dispose(signal, .byDefault) }
        let count = 500
        let sent = (1...count).map { Self.queueToThisThread(signal, value: $0) }
        #expect(sent.allSatisfy { $0 == 0 })
        var values: [UInt64] = []
        while let record = HostSignal.next() { values.append(record.value) }
        #expect(values == (1...UInt64(count)).map { $0 })
    }

    @Test func `a call is not made when a signal was noted before`() {
        HostSignal.dispose(SIGUSR2, .caught)
        defer { HostSignal.dispose(SIGUSR2, .byDefault) }
        pthread_kill(pthread_self(), SIGUSR2)
        // getppid, which never blocks, shows that the call is not made at all.
        #expect(HostSignal.blockingCall(110) == -4)
        #expect(HostSignal.next()?.signal == SIGUSR2)
        #expect(HostSignal.next() == nil)
        #expect(HostSignal.blockingCall(110) == Int(getppid()))
    }
}
