import CHost

/// The host's side of signals: what it catches for the guest, and what has come.
enum HostSignal {
    /// One signal as the host's handler noted it.
    typealias Record = chost_signal_record

    /// How the host treats a signal.
    enum Disposition {
        case byDefault, ignored, caught

        fileprivate var raw: chost_disposition {
            switch self {
            case .byDefault: CHOST_DEFAULT
            case .ignored: CHOST_IGNORE
            case .caught: CHOST_CATCH
            }
        }
    }

    /// `si_code` of a signal that carries a guest signal without a number on the host; `si_errno` holds its number.
    /// Linux lets a process set any negative code but SI_TKILL.
    static let carriedByKill: Int32 = -0x46
    static let carriedByQueue: Int32 = -0x47
    /// The same for one thread.
    static let carriedToThread: Int32 = -0x48
    /// From one emulator to another: the sender wants to be told of forks and programs, or tells of them.
    static let carriedWatch: Int32 = -0x49
    static let carriedProcessEvent: Int32 = -0x4A

    /// SA_NOCLDSTOP and SA_NOCLDWAIT.
    static let noChildStopFlag: Int32 = 1
    static let noChildWaitFlag: Int32 = 2

    /// Signals that instructions raise: their handlers stay with the translator.
    static func isFault(_ host: Int32) -> Bool { host == 4 || host == 7 || host == 8 || host == 11 }

    /// Sets the host's treatment of a signal; does nothing for faults, SIGKILL and SIGSTOP.
    static func dispose(_ host: Int32, _ disposition: Disposition, flags: Int32 = 0) {
        _ = chost_signal_dispose(host, disposition.raw, flags)
    }

    /// The present treatment. Signals that the host's C library keeps for itself count as being by default.
    static func inherited(_ host: Int32) -> Disposition {
        switch chost_signal_disposition(host) {
        case Int32(bitPattern: CHOST_IGNORE.rawValue): .ignored
        case Int32(bitPattern: CHOST_CATCH.rawValue): .caught
        default: .byDefault
        }
    }

    /// Takes the oldest signal noted.
    static func next() -> Record? {
        var record = Record()
        return chost_signal_next(&record) != 0 ? record : nil
    }

    /// Forgets signals that were noted and not taken.
    static func forgetNotes() { chost_signal_forget_notes() }

    /// Sends noted signals of faults' numbers (`kill -SEGV`) the same way.
    static func catchForeignFaults() {
        chost_fault_set_asynchronous_handler { chost_signal_note($0, $1, $2) }
    }

    /// Takes the handler off a fault's signal, before another program takes this one's place.
    static func releaseFault(_ host: Int32, isIgnored: Bool) {
        chost_signal_release_fault(host, isIgnored ? 1 : 0)
    }
    /// Puts the handlers of faults back.
    static func reclaimFaults() { _ = chost_fault_install() }

    /// Blocks everything that can be; the result is the mask before.
    static func blockAll() -> UInt64 { chost_signal_block_all() }
    static func setMask(_ mask: UInt64) { chost_signal_set_mask(mask) }

    /// Leaves signals with the host's kernel: bit `signal - 1`.
    static func hold(_ mask: UInt64) { chost_signal_hold(mask) }

    /// Ends the process by a signal's default action.
    static func die(_ host: Int32) { chost_signal_die(host) }
    /// Stops the process as the signal does by default, until SIGCONT.
    static func stop(_ host: Int32) { chost_signal_stop(host) }

    /// Sends a signal with a value; the result is a host errno.
    static func queue(_ pid: Int32, _ host: Int32, code: Int32, error: Int32 = 0, value: UInt64) -> Int32 {
        chost_signal_queue(pid, host, code, error, value)
    }

    /// Sends a signal to one thread of another process; the result is a host errno.
    static func queue(_ pid: Int32, thread: Int32, _ host: Int32, code: Int32, error: Int32) -> Int32 {
        chost_signal_queue_thread(pid, thread, host, code, error, 0)
    }

    /// Sleeps until a time of the monotonic clock, or for ever; -4 (EINTR) when a signal comes first.
    static func sleep(untilNanoseconds deadline: Int64?) -> Int { chost_sleep_until(deadline ?? -1) }
    static var monotonicNanoseconds: Int64 { chost_monotonic_nanoseconds() }

    /// Makes a host system call that does not block; negative for an errno.
    static func plainCall(_ number: Int, _ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Int {
        chost_system_call(number, a, b, c, d, 0, 0)
    }

    /// Makes a host system call that may block; -4 (EINTR) when a signal came before or while it did.
    @inline(__always)
    static func blockingCall(
        _ number: Int, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, _ d: Int = 0, _ e: Int = 0, _ f: Int = 0
    ) -> Int {
        chost_blocking_syscall(number, a, b, c, d, e, f)
    }
}
