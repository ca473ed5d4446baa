import Glibc
import Testing

@testable import BSDUserCore

/// Every pointer argument of every row, with addresses that lead nowhere: an errno comes back, and the emulator lives.
@Suite(.serialized) struct WildPointerTests {
    /// Calls whose success would end or block the test: their pointers are swept with the rest, but only where a wild
    /// one must be found before anything happens.
    private static let withoutSweep: Set<String> = [
        // Rows whose pointer is the guest's own affair: nothing is read or written by the call itself.
        "break", "mmap", "freebsd6_mmap", "munmap", "mprotect", "madvise", "minherit", "msync", "mlock", "munlock",
        // The value travels, not what it points at.
        "sigqueue",
        // They would take the children of tests that run at the same time.
        "wait4", "wait6",
        // It would fork the tests.
        "pdfork",
        // They end the thread, or wait for a signal before they write anything.
        "thr_exit", "sigwaitinfo", "sigwait", "sigsuspend", "thr_suspend",
    ]

    /// Outputs that are written only when a signal comes, while there are entries left, or for a datagram.
    private static let rarelyWritten: Set<String> = [
        "recvfrom", "orecvfrom", "extattr_list_fd", "extattr_list_file", "extattr_list_link",
        "nanosleep",
        "clock_nanosleep", "getdirentries", "freebsd11_getdirentries",
        "freebsd11_getdents",
    ]

    /// Rows where another error than EFAULT is right, because something else is checked first.
    private static let otherErrors: Set<String> = [
        "procctl", "sysarch", "_umtx_op", "sigreturn", "setcontext", "swapcontext", "sigaltstack",
        "ktimer_create", "ktimer_settime", "ktimer_gettime", "__sysctl", "__sysctlbyname", "sigtimedwait", "kenv",
        // Whether the caller may is looked at first.
        "adjtime", "setlogin", "setloginclass",
        // There is no such attribute.
        "extattr_get_fd", "extattr_get_file", "extattr_get_link",
        // The descriptor is no event queue; what they do with pointers is checked by the guest program `kqueue`.
        "kevent", "freebsd11_kevent",
        // Neither is it a process, a timer, or a counter, and ranges of zero bytes are none: the guest programs
        // `process_descriptors` and `shared_memory`.
        "pdgetpid", "pdwait", "fspacectl", "timerfd_gettime", "timerfd_settime", "__specialfd",
    ]

    private static func wildAddresses() -> [UInt64] {
        let emulator = UInt64(UInt(bitPattern: Unmanaged.passUnretained(HostAnchor.shared).toOpaque()))
        return [
            // Not mapped, the end of user addresses, beyond it, not canonical, the last bytes there are.
            0x1234_5000, TestSpace.userTop - 1, TestSpace.userTop, 0x7fff_ffff_f000, 0x8000_0000_0000_0000, .max - 7,
            emulator,
        ]
    }

    @Test func aWildPointerIsAnErrorEverywhere() throws {
        var swept = 0
        try TestKernel.withDirectory { (directory) throws in
            let files = try SweepFiles(in: directory)
            defer { files.close() }
            try TestKernel.with { (kernel) throws in
                for row in SystemCallTable.rows where !Self.withoutSweep.contains(row.name) {
                    for (index, slot) in row.slots.enumerated() where slot.isPointer {
                        for address in Self.wildAddresses() {
                            let words = try arguments(kernel, row, files, wild: index, address)
                            let client = row.name.contains("accept") ? try files.connectOnce() : nil
                            defer { if let client { close(client) } }
                            let outcome = try kernel.outcome(row.number, words)
                            swept += 1
                            check(outcome, row, slot, address)
                            release(outcome, row)
                        }
                    }
                }
            }
        }
        #expect(swept > 1000)
    }

    private func check(_ outcome: SystemCallOutcome, _ row: SystemCallRow, _ slot: ArgumentSlot, _ address: UInt64) {
        let place = "\(row.name)(\(slot.name) = 0x\(String(address, radix: 16)))"
        guard case .failure(let errno) = outcome else {
            // An address that the call leaves alone in this case (a length of 0, an operation without argument).
            let isFree = slot.kind == .address || slot.kind == .inputOutput || Self.rarelyWritten.contains(row.name)
            #expect(isFree, "\(place) gave \(outcome)")
            return
        }
        // No variable can be set, wherever the new value stands.
        let isExempt =
            row.support == .refused || Self.otherErrors.contains(row.name) || slot.kind == .address
            || slot.name == "new"
        #expect(errno == .EFAULT || isExempt, "\(place) gave \(ErrnoTable.name(errno))")
    }

    private func release(_ outcome: SystemCallOutcome, _ row: SystemCallRow) {
        guard ["open", "openat"].contains(row.name), case .values(let descriptor, _) = outcome else { return }
        close(Int32(truncatingIfNeeded: descriptor))
    }

    // Arguments that would let the call work, but for the wild one.
    private func arguments(
        _ kernel: TestKernel, _ row: SystemCallRow, _ files: SweepFiles, wild: Int, _ address: UInt64
    ) throws -> [UInt64] {
        let kinds = row.parameters.flatMap { parameter in
            [Bool](repeating: parameter is Path || parameter is OptionalPath, count: parameter.slots.count)
        }
        return try row.slots.enumerated().map { index, slot in
            if index == wild { return address }
            switch slot.kind {
            case .number, .wide:
                if ["s", "fdes", "fdec"].contains(slot.name) {
                    return UInt64(row.name.contains("accept") ? files.listener : try files.socket())
                }
                if slot.name.hasSuffix("fd") || ["fd1", "fd2"].contains(slot.name) {
                    return UInt64(row.name.contains("getd") ? files.directory : files.regular)
                }
                return Self.numbers[row.name]?[slot.name] ?? Self.count(slot)
            case .input where kinds[index]:
                return try kernel.text(row.name.hasPrefix("readlink") ? files.link : files.path)
            case .input where slot.name == "new" || slot.name == "to":
                return 0
            case .input where row.name == "__sysctlbyname":
                return try kernel.text("kern.ostype")
            case .inputOutput where slot.name.hasSuffix("len") || slot.name == "avalsize":
                // Room for an address or an option.
                return try kernel.store(GuestUnsigned(128))
            default:
                // Zero is a valid value of every structure that is read.
                let address = kernel.room(4096)
                try kernel.memory.clear(at: address, count: 4096)
                return address
            }
        }
    }

    private static func count(_ slot: ArgumentSlot) -> UInt64 {
        if slot.name == "attrnamespace" { return 1 }
        let isCount =
            slot.name.hasSuffix("len") || slot.name.hasSuffix("cnt") || slot.name.hasPrefix("n")
            || slot.name.hasSuffix("size")
        return isCount ? 512 : 0
    }

    /// Numbers without which a call fails before it looks at its pointers.
    private static let numbers: [String: [String: UInt64]] = [
        "sigaction": ["sig": 1], "clock_settime": ["clock_id": 0], "getfsstat": ["bufsize": 16, "mode": 1],
        "wait6": ["idtype": 7, "options": 17], "wait4": ["options": 1], "__sysctl": ["namelen": 2],
        "poll": ["nfds": 1], "ppoll": ["nfds": 1], "uuidgen": ["nstore": 1], "kill": ["pid": 1],
        "ioctl": ["com": 0x4004_667f], "__sysctlbyname": ["namelen": 11], "kldstat": ["fileid": 1],
        "modstat": ["modid": 1],
        "semop": ["nsops": 1], "aio_fsync": ["op": 0x80], "getrlimitusage": ["which": 8],
        "select": ["nd": 8], "pselect": ["nd": 8], "sigprocmask": ["how": 1],
        "socketpair": ["domain": 1, "type": 1], "setsockopt": ["level": 0xffff, "name": 4, "vallen": 4],
        "getsockopt": ["level": 0xffff, "name": 4], "sendfile": ["nbytes": 1], "freebsd4_sendfile": ["nbytes": 1],
        "bind": ["namelen": 16], "bindat": ["namelen": 16], "connect": ["namelen": 16], "connectat": ["namelen": 16],
        // A queue with that number may be there: IPC_NOWAIT.
        "sendto": ["tolen": 16], "msgsnd": ["msgflg": 0x800], "msgrcv": ["msgflg": 0x800],
        "cpuset_getid": ["level": 2, "which": 2, "id": .max],
        "cpuset_getdomain": ["level": 3, "which": 2, "id": .max, "domainsetsize": 8],
    ]
}

/// Something in the emulator's memory that no guest may name.
private final class HostAnchor: Sendable {
    static let shared = HostAnchor()
    let value = 42
}
