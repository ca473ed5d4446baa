import TestSupport
import Testing

@testable import BSDUserCore

/// Sets, queues and actions.
struct SignalStateTests {
    @Test func `a set holds exactly the signals 1 to 128`() {
        for signal in Int32(1)...128 {
            var set = SignalSet.none
            set.insert(signal)
            #expect(set.contains(signal))
            #expect(set.first == signal)
            #expect(SignalSet(words: (set.words[0], set.words[1], set.words[2], set.words[3])) == set)
            // sys/_sigset.h: bit (signal - 1) & 31 of word (signal - 1) >> 5.
            #expect(set.words[Int(signal - 1) >> 5] == 1 << UInt32((signal - 1) & 31))
            set.remove(signal)
            #expect(set.isEmpty)
        }
        var set = SignalSet.none
        for signal in [Int32(0), -1, 129, .max, .min] {
            set.insert(signal)
            #expect(!SignalSet.all.contains(signal))
        }
        #expect(set.isEmpty)
    }

    @Test func `every arrival is queued, in order, for each signal apart`() {
        var queue = SignalQueue()
        var accepted: [Bool] = []
        for value in UInt64(1)...3 {
            accepted.append(queue.add(SignalInfo(signal: 30, value: value)))
            accepted.append(queue.add(SignalInfo(signal: 65, value: value + 10)))
        }
        #expect(accepted.allSatisfy { $0 })
        let taken = [queue.take(65), queue.take(30), queue.take(30)].map { $0?.value }
        #expect(taken == [11, 1, 2])
        #expect(queue.pending.contains(30))
        let last = queue.take(30)?.value
        #expect(last == 3)
        #expect(!queue.pending.contains(30))
        let none = queue.take(30)
        #expect(none == nil)
        #expect(queue.pending.contains(65))
    }

    @Test func `a full queue refuses a queued signal and remembers an ordinary one`() {
        var queue = SignalQueue()
        let filled = (0..<SignalQueue.capacity).map { _ in queue.add(SignalInfo(signal: 65, isQueued: true)) }
        #expect(filled.allSatisfy { $0 })
        let refused = [65, 66].map { queue.add(SignalInfo(signal: $0, isQueued: true)) }
        #expect(refused == [false, false])
        #expect(!queue.pending.contains(66))
        let isRemembered = queue.add(SignalInfo(signal: 15))
        #expect(isRemembered)
        let taken = [queue.take(15), queue.take(15)].map { $0?.signal }
        #expect(taken == [15, nil])
    }

    @Test func `discarding forgets arrivals of some signals only`() {
        var queue = SignalQueue()
        for signal in [Int32(18), 19, 21, 18] { _ = queue.add(SignalInfo(signal: signal)) }
        queue.discard(SignalSet(.terminalStop, .terminalInput))
        #expect(queue.pending == SignalSet(.continue))
        let gone = queue.take(18)
        #expect(gone == nil)
    }

    @Test func `what a process ignores follows from its actions`() {
        var signals = ProcessSignals()
        #expect(signals.ignored == SignalSet(.urgent, .child, .inputOutput, .windowChange, .information))
        signals[Signal.child.rawValue] = SignalAction(handler: 0x1000)
        #expect(!signals.ignored.contains(Signal.child.rawValue))
        #expect(signals.caught == SignalSet(.child))
        signals[Signal.terminate.rawValue] = SignalAction(handler: SignalAction.ignoreHandler)
        #expect(signals.ignored.contains(Signal.terminate.rawValue))
        // SIGCONT is never dropped on arrival: it makes stop signals void.
        signals[Signal.continue.rawValue] = SignalAction(handler: SignalAction.ignoreHandler)
        #expect(!signals.ignored.contains(Signal.continue.rawValue))
        signals.resetCaught()
        #expect(signals.caught.isEmpty)
        #expect(signals.ignored.contains(Signal.terminate.rawValue))
    }

    @Test func `an alternate stack contains its own addresses only`() {
        let stack = SignalStack(base: 0x1000, byteCount: 0x800, isDisabled: false)
        #expect(stack.contains(0x1000))
        #expect(stack.contains(0x17FF))
        #expect(!stack.contains(0x1800))
        #expect(!stack.contains(0xFFF))
        #expect(!SignalStack(base: 0x1000, byteCount: 0x800, isDisabled: true).contains(0x1000))
    }
}

/// The structures of signals as FreeBSD's compilers lay them out.
struct SignalLayoutTests {
    private static let word64 = GuestABI(wordBytes: 8, byteOrder: .big)
    private static let word32 = GuestABI(wordBytes: 4, byteOrder: .big)

    @Test(arguments: [("mips64", word64), ("mips", word32), ("aarch64", word64), ("arm", word32)])
    func `sizes are FreeBSD's`(architecture: String, abi: GuestABI) throws {
        let table = try LayoutTable()
        #expect(SignalSet.byteCount(abi) == table.value("sz_sigset", architecture))
        #expect(SignalAction.byteCount(abi) == table.value("sz_sigaction", architecture))
        #expect(SignalStackRecord.byteCount(abi) == table.value("sz_stack_t", architecture))
        #expect(SignalInfo.byteCount(abi) == table.value("sz_siginfo", architecture))
        #expect(SignalEvent.byteCount(abi) == table.value("sz_sigevent", architecture))
        #expect(IntervalTimer.byteCount(abi) == table.value("sz_itimerval", architecture))
        #expect(TimerSpecification.byteCount(abi) == table.value("sz_itimerspec", architecture))
        #expect(WaitUsage.byteCount(abi) == table.value("sz_wrusage", architecture))
        for (field, item) in [
            ("si_signo", "off_si_signo"), ("si_code", "off_si_code"), ("si_pid", "off_si_pid"),
            ("si_uid", "off_si_uid"), ("si_status", "off_si_status"), ("si_addr", "off_si_addr"),
            ("si_value", "off_si_value"), ("si_trapno", "off_si_reason"),
        ] {
            #expect(SignalInfo.offset(of: field, abi) == table.value(item, architecture), "\(field)")
        }
    }

    @Test func `SIGIO's siginfo has the size of every other`() {
        let info = SignalInfo(signal: Signal.inputOutput.rawValue)
        #expect(info.encoded(Self.word64).count == 80)
        #expect(info.encoded(Self.word32).count == 64)
    }
}
