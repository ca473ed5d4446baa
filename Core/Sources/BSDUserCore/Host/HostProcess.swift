import CHost
import Glibc

/// The host process that carries the guest, and its children. Results are negative for a host errno.
enum HostProcess {
    /// Its number, which is the guest's as well.
    static var currentPID: Int32 { getpid() }
    static var parentPID: Int32 { getppid() }
    static var realUser: UInt32 { getuid() }

    /// Forks; 0 in the child.
    static func fork() -> Int32 { chost_fork() }

    /// Ends the process without any clean-up.
    static func exitNow(_ status: Int32) -> Never { chost_exit_now(status) }

    private static func result(_ value: Int32) -> Int { value < 0 ? -Int(errno) : Int(value) }

    static func processGroup(of pid: Int32) -> Int { result(getpgid(pid)) }
    static func session(of pid: Int32) -> Int { result(getsid(pid)) }
    static func setProcessGroup(_ pid: Int32, _ group: Int32) -> Int { result(setpgid(pid, group)) }
    static func startSession() -> Int { result(setsid()) }
    static func send(_ signal: Int32, to pid: Int32) -> Int { result(kill(pid, signal)) }

    /// A nice value; the errno apart, because -1 is one.
    static func priority(_ which: Int32, _ who: UInt32) -> (value: Int32, error: Int32) {
        errno = 0
        let value = getpriority(__priority_which_t(UInt32(bitPattern: which)), who)
        return (value, value == -1 ? errno : 0)
    }

    static func setPriority(_ which: Int32, _ who: UInt32, _ value: Int32) -> Int {
        result(setpriority(__priority_which_t(UInt32(bitPattern: which)), who, value))
    }

    /// What `waitid` says of a child.
    struct ChildEvent {
        var pid: Int32 = 0
        var user: UInt32 = 0
        /// CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3, CLD_TRAPPED 4, CLD_STOPPED 5, CLD_CONTINUED 6.
        var code: Int32 = 0
        /// Exit status, or a host signal.
        var status: Int32 = 0
        var usage = rusage()
    }

    /// Which children to wait for: the numbers of the host's P_ALL, P_PID, P_PGID.
    enum Children {
        case all
        case process(Int32)
        case group(Int32)

        /// One process is meant by its number.
        var isOne: Bool {
            if case .process = self { return true }
            return false
        }

        fileprivate var raw: (type: Int32, id: UInt32) {
            switch self {
            case .all: (0, 0)
            case .process(let pid): (1, UInt32(bitPattern: pid))
            case .group(let group): (2, UInt32(bitPattern: group))
            }
        }
    }

    /// Options of `waitid` on the host.
    enum WaitOption {
        static let noHang: Int32 = 1
        static let stopped: Int32 = 2
        static let exited: Int32 = 4
        static let continued: Int32 = 8
        static let noReap: Int32 = 0x0100_0000
    }

    /// Waits for a child; -4 (EINTR) when a signal came.
    static func wait(_ children: Children, options: Int32, into event: inout ChildEvent) -> Int {
        var result: (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let (type, id) = children.raw
        let status = withUnsafeMutablePointer(to: &result) { pointer in
            pointer.withMemoryRebound(to: Int32.self, capacity: 4) {
                chost_wait(type, id, options, $0, &event.usage)
            }
        }
        event.pid = result.0
        event.user = UInt32(bitPattern: result.1)
        event.code = result.2
        event.status = result.3
        return status
    }
}

extension HostProcess {
    /// Whether a process has a thread of that number.
    static func hasThread(_ pid: Int32, _ thread: Int32) -> Bool {
        // Signal 0 tests only (tgkill(2)).
        let result = HostSignal.plainCall(234, Int(pid), Int(thread), 0, 0)
        return result == 0 || result == -Int(EPERM)
    }

    /// Whether another process runs the same executable as this one: it understands signals that are carried.
    static func isEmulated(_ pid: Int32) -> Bool {
        var own = stat()
        var other = stat()
        guard stat("/proc/self/exe", &own) == 0, stat("/proc/\(pid)/exe", &other) == 0 else { return false }
        return own.st_dev == other.st_dev && own.st_ino == other.st_ino
    }
}

extension HostProcess {
    /// Waits until a child of this process has ended, and leaves it for others to wait for. Signals are blocked.
    static func awaitEnd(of child: Int32) {
        var event = ChildEvent()
        while wait(.process(child), options: WaitOption.exited | WaitOption.noReap, into: &event) == -4 {}
    }

    static func yield() { _ = sched_yield() }

    /// `prctl`.
    enum Control: Int {
        case deathSignal = 1
        case becomeReaper = 36
        case noNewPrivileges = 38
        private static let call = 157
        private static let getDeathSignal = 2

        static func set(_ control: Control, _ value: Int32) -> Int {
            HostSignal.plainCall(call, control.rawValue, Int(value), 0, 0)
        }

        /// The signal that comes when the parent ends; nil for none.
        static var currentDeathSignal: Int32? {
            var signal: Int32 = 0
            let result = withUnsafeMutablePointer(to: &signal) {
                HostSignal.plainCall(call, getDeathSignal, Int(bitPattern: $0), 0, 0)
            }
            return result < 0 || signal == 0 ? nil : signal
        }
    }
}
