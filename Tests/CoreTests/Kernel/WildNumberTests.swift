import Glibc
import Testing

@testable import BSDUserCore

/// Numbers that no program means, in every argument of every row and in every structure that is read: no matter what comes
/// back, the emulator lives.
@Suite(.serialized) struct WildNumberTests {
    /// Calls that would do to the tests what they say.
    private static let withoutSweep: Set<String> = [
        // They end the process or the thread, or wait without an end.
        "exit", "thr_exit", "poll", "sigsuspend", "sigwait", "sigwaitinfo",
        // They make processes, or take those of tests that run at the same time.
        "rfork", "pdfork", "wait4", "wait6", "kill",
        // Who the tests run as, and what they may.
        "setuid", "seteuid", "setgid", "setegid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups",
        "setpgid", "setpriority", "setrlimit",
        // How the thread that makes the call is scheduled, which programs that later tests start would inherit: two that
        // compute in the order of their arrival leave no processor to others.
        "rtprio", "rtprio_thread", "sched_setparam", "sched_setscheduler", "cpuset", "cpuset_setid",
        "cpuset_setaffinity", "cpuset_setdomain", "procctl",
        // The socket and the memory that are arguments, the time of day, and the tests' own descriptors.
        "shutdown", "munmap", "clock_settime", "settimeofday", "close", "closefrom", "close_range", "dup2",
        // Opening what they make waits for somebody at the other end.
        "mkfifo", "mkfifoat",
        // Objects of the host that outlive the tests, or are not theirs: the guest program `interprocess`.
        "shmget", "shmat", "shmctl", "semget", "semop", "__semctl", "msgget", "msgsnd", "msgrcv", "msgctl",
        // Jails of programs that run at the same time: the guest program `jails`.
        "jail_attach", "jail_remove",
        // Every value is one that memory has: it sleeps.
        "_umtx_op",
    ]

    /// Calls whose structures are the tests' own business, or say for how long to wait.
    private static let withoutPatterns: Set<String> = [
        "sigaction", "sigprocmask", "nanosleep", "clock_nanosleep", "select", "pselect", "ppoll", "sigtimedwait",
        "thr_suspend",
    ]

    /// Readable and writable is what memory is anyway.
    private static let defaults: [String: UInt64] = ["prot": 3, "len": 64, "namelen": 16, "buflen": 64]

    private static let numbers: [UInt64] = [
        0, 1, .max, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff,
        0x1_0000_0000, 0x1_0000_0001, 0x3fff_ffff_ffff_ffff, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000,
        0x8000_0000_0000_0001, 0xffff_ffff_7fff_ffff, 0xffff_ffff_8000_0000, .max - 1,
    ]

    private static let patterns: [[UInt8]] = [
        [0xff], [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0x80, 0, 0, 0, 0, 0, 0, 0],
        [0x7f, 0xff, 0xff, 0xff],
        [0x80, 0, 0, 0], [0, 0, 0, 1], [0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 7],
    ]

    @Test func `a wild number in an argument does no harm`() throws {
        var swept = 0
        try sweep { (kernel, files) throws in
            for row in SystemCallTable.rows where !Self.withoutSweep.contains(row.name) {
                for (index, slot) in row.slots.enumerated() where !slot.isPointer {
                    // Descriptors of the tests themselves are none of the guest's.
                    let isDescriptor = Self.isDescriptor(slot, row)
                    for number in Self.numbers where !isDescriptor || number & 0xffff_ffff > 0xffff {
                        var words = try arguments(kernel, row, files)
                        words[index] = number
                        try call(kernel, row, words)
                        swept += 1
                    }
                }
            }
        }
        #expect(swept > 5000)
    }

    @Test func `wild numbers in a structure do no harm`() throws {
        var swept = 0
        try sweep { (kernel, files) throws in
            for row in SystemCallTable.rows
            where !Self.withoutSweep.contains(row.name) && !Self.withoutPatterns.contains(row.name) {
                // A name is no structure, and would be one of a file in the folder that the tests run in.
                let isPath = Self.isPath(row)
                for (index, slot) in row.slots.enumerated()
                where !isPath[index] && (slot.kind == .input || slot.kind == .inputOutput) {
                    for pattern in Self.patterns {
                        var words = try arguments(kernel, row, files)
                        words[index] = kernel.room(4096)
                        try kernel.memory.write(
                            (0..<4096).map { pattern[$0 % pattern.count] }, at: words[index])
                        try call(kernel, row, words)
                        swept += 1
                    }
                }
            }
        }
        #expect(swept > 500)
    }

    /// `nanosleep` for ever must be able to begin.
    @Test func `times that cannot be held are the greatest there are`() {
        let long = TimeSpecification(seconds: .max, nanoseconds: 999_999_999)
        let now = TimeSpecification(seconds: 1_700_000_000, nanoseconds: 2)
        #expect(now.adding(long) == TimeSpecification(seconds: .max, nanoseconds: 1))
        #expect(long.adding(long) == TimeSpecification(seconds: .max, nanoseconds: 999_999_998))
        let short = TimeSpecification(seconds: 2, nanoseconds: 999_999_999)
        #expect(now.adding(short) == TimeSpecification(seconds: 1_700_000_003, nanoseconds: 1))
    }

    // MARK: Calls

    private func sweep(_ body: (TestKernel, SweepFiles) throws -> Void) throws {
        let mask = umask(0o22)
        umask(mask)
        // A socket that the sweep has shut down.
        let before = signal(SIGPIPE, SIG_IGN)
        defer {
            umask(mask)
            signal(SIGPIPE, before)
        }
        try TestKernel.withDirectory { (directory) throws in
            let files = try SweepFiles(in: directory)
            defer { files.close() }
            try TestKernel.with { (kernel) throws in
                try body(kernel, files)
                // What shm_open may have made.
                _ = try kernel.outcome(483, [try kernel.text(files.path)])
            }
        }
    }

    private static func isDescriptor(_ slot: ArgumentSlot, _ row: SystemCallRow) -> Bool {
        slot.name.hasSuffix("fd") || ["fd1", "fd2", "s", "fdes", "fdec", "kq", "from", "to"].contains(slot.name)
    }

    /// Of each slot whether it is a path.
    private static func isPath(_ row: SystemCallRow) -> [Bool] {
        row.parameters.flatMap { parameter in
            [Bool](repeating: parameter is Path || parameter is OptionalPath, count: parameter.slots.count)
        }
    }

    private func call(_ kernel: TestKernel, _ row: SystemCallRow, _ words: [UInt64]) throws {
        guard case .values(let descriptor, _) = try kernel.outcome(row.number, words) else { return }
        if ["open", "openat", "socket", "dup", "shm_open", "shm_open2"].contains(row.name) {
            close(Int32(truncatingIfNeeded: descriptor))
        }
    }

    // Arguments that let a call come far; memory that no other test has.
    private func arguments(_ kernel: TestKernel, _ row: SystemCallRow, _ files: SweepFiles) throws -> [UInt64] {
        let isPath = Self.isPath(row)
        return try row.slots.enumerated().map { index, slot in
            switch slot.kind {
            case .number, .wide:
                guard Self.isDescriptor(slot, row) else { return Self.defaults[slot.name] ?? 0 }
                if ["s", "fdes"].contains(slot.name) { return UInt64(files.idleSocket) }
                // What may be asked to grow is open for reading only.
                return UInt64(row.name == "posix_fallocate" ? files.directory : files.regular)
            case .address: return 0x1234_5000
            case .input where isPath[index]: return try kernel.text(files.path)
            default:
                let address = kernel.room(4096)
                try kernel.memory.clear(at: address, count: 4096)
                return address
            }
        }
    }
}
