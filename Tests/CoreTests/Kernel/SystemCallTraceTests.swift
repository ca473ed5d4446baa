import Foundation
import Testing

@testable import BSDUserCore

@Suite(.serialized) struct SystemCallTraceTests {
    private func lines(
        _ options: SystemCallTraceOptions = SystemCallTraceOptions(), _ body: (TestKernel) throws -> Void
    ) throws -> [String] {
        var pair: [Int32] = [0, 0]
        try #require(pipe(&pair) == 0)
        defer { close(pair[0]) }
        do {
            defer { close(pair[1]) }
            let trace = SystemCallTrace(options, descriptor: pair[1])
            try TestKernel.with(trace: trace) { (kernel) throws in try body(kernel) }
        }
        let data = FileHandle(fileDescriptor: pair[0], closeOnDealloc: false).readDataToEndOfFile()
        let prefix = "\(getpid()) "
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map {
            String($0.hasPrefix(prefix) ? $0.dropFirst(prefix.count) : $0)
        }
    }

    @Test func callsAreDecoded() throws {
        let lines = try lines { (kernel) throws in
            _ = try kernel.errno(5, kernel.text("/no/such\n"), 0x601, 0o644)
            try kernel.call(60, 0o22)
        }
        #expect(
            lines[0]
                == #"open("/no/such\n", O_WRONLY|O_CREAT|O_TRUNC, 0644) = -1 ENOENT (No such file or directory)"#)
        #expect(lines[1].hasPrefix("umask(022) = 0"))
    }

    @Test func aGuestCannotForgeALine() throws {
        let text = "\n1 exit(0) = 0\n\u{1b}[2J"
        let lines = try lines { (kernel) throws in
            let fd = UInt64(try kernel.call(5, kernel.text("/dev/null"), 1, 0))
            try kernel.call(4, fd, kernel.text(text), UInt64(text.utf8.count))
            try kernel.call(6, fd)
        }
        #expect(!lines.contains { $0.hasPrefix("1 exit") })
        #expect(lines.allSatisfy { $0.allSatisfy { $0.isASCII } && !$0.contains("\u{1b}") })
        #expect(lines.contains { $0.contains(#""\n1 exit(0) = 0\n\x1b[2J", 19) = 19"#) })
    }

    @Test func outputsAreShownAfterTheCall() throws {
        let lines = try lines { (kernel) throws in
            try kernel.call(194, 8, kernel.room(16))
            try kernel.call(326, kernel.room(1024), 1024)
        }
        #expect(lines[0].hasPrefix("getrlimit(RLIMIT_NOFILE, {rlim_cur="))
        #expect(lines[1].hasPrefix("__getcwd(\"/"))
    }

    @Test func outputsOfAFailedCallAreTheirAddresses() throws {
        let room = TestKernel.scratch + 0x8000
        let address = "0x" + String(room, radix: 16)
        let lines = try lines { (kernel) throws in
            let file = UInt64(try kernel.call(5, kernel.text("/dev/null"), 0, 0))
            _ = try kernel.errno(54, file, 0x402c_7413, room)
            _ = try kernel.errno(3, 999, room, 16)
            _ = try kernel.errno(551, 999, room)
            _ = try kernel.errno(194, 99, room)
            try kernel.call(6, file)
        }
        let shown = lines.filter { !$0.hasSuffix("...") }
        #expect(shown[1].hasSuffix(", TIOCGETA, \(address)) = -1 ENOTTY (Inappropriate ioctl for device)"))
        #expect(shown[2].hasPrefix("read(999, \(address), 16) = -1 EBADF"))
        #expect(shown[3].hasPrefix("fstat(999, \(address)) = -1 EBADF"))
        #expect(shown[4].hasPrefix("getrlimit(99, \(address)) = -1 EINVAL"))
    }

    @Test func setsOfSignalsAndFlagsOfPipesHaveNames() throws {
        let lines = try lines { (kernel) throws in
            let action = kernel.room(32)
            try kernel.memory.write([UInt8](repeating: 0, count: 32), at: action)
            try kernel.memory.store(UInt64(1), at: action)
            try kernel.memory.store(UInt32(1 << 1 | 1 << 13), at: action + 12)
            // A signal that no other test sends: the action is the whole test process's.
            try kernel.call(416, 66, action, 0)
            let pair = kernel.room(8)
            try kernel.call(542, pair, 0x100004)
            for offset in [0, 4] as [UInt64] {
                try kernel.call(6, UInt64(try kernel.memory.load(at: pair + offset, as: UInt32.self)))
            }
        }
        #expect(lines.contains { $0.contains("sa_flags=0,sa_mask=SIGINT|SIGALRM}, NULL) = 0") }, "\(lines)")
        #expect(lines.contains { $0.hasPrefix("pipe2({") && $0.contains("}, O_NONBLOCK|O_CLOEXEC) = 0") }, "\(lines)")
    }

    @Test func variablesOfSysctlAreShownByTheirType() throws {
        let lines = try lines { (kernel) throws in
            let length = kernel.room(8)
            try kernel.memory.store(UInt64(64), at: length)
            // kern.ostype has as many bytes as a 64-bit number.
            try kernel.call(570, kernel.text("kern.ostype"), 11, kernel.room(64), length, 0, 0)
            let number = kernel.room(8)
            try kernel.memory.store(UInt32(1), at: number)
            try kernel.memory.store(UInt32(24), at: number + 4)
            try kernel.memory.store(UInt64(64), at: length)
            try kernel.call(202, number, 2, kernel.room(64), length, 0, 0)
            try kernel.memory.store(UInt32(37), at: number + 4)
            try kernel.memory.store(UInt64(8), at: length)
            try kernel.call(202, number, 2, kernel.room(64), length, 0, 0)
        }
        #expect(lines[0].hasPrefix(#"__sysctlbyname("kern.ostype", 11, "FreeBSD", 8, NULL, 0) = 0"#), "\(lines)")
        #expect(lines[1].hasPrefix("__sysctl(kern.osreldate, 2, 1"), "\(lines)")
        #expect(lines[2].contains("<random bytes>"), "\(lines)")
    }

    @Test func aCallThatMayWaitStandsOnOneLine() throws {
        let lines = try lines { (kernel) throws in
            let pair = kernel.room(8)
            try kernel.call(542, pair, 0)
            let ends = try [0, 4].map { UInt64(try kernel.memory.load(at: pair + $0, as: UInt32.self)) }
            try kernel.call(4, ends[1], kernel.text("x"), 1)
            try kernel.call(3, ends[0], kernel.room(8), 8)
            for end in ends { try kernel.call(6, end) }
        }
        #expect(lines.filter { $0.hasPrefix("read(") }.count == 1, "\(lines)")
    }

    @Test func longBuffersAreCutWhereAsked() throws {
        let lines = try lines { (kernel) throws in
            let file = UInt64(try kernel.call(5, kernel.text("/dev/null"), 1, 0))
            try kernel.call(4, file, kernel.text(String(repeating: "x", count: 100)), 100)
            try kernel.call(6, file)
        }
        let shown = String(repeating: "x", count: 64)
        #expect(lines.contains { $0.contains("\"\(shown)\"..., 100) = 100") }, "\(lines)")
    }

    @Test func signalsStandAmongTheCalls() throws {
        for isJSON in [false, true] {
            let lines = try lines(SystemCallTraceOptions(isJSON: isJSON)) { (kernel) throws in
                let trace = try #require(kernel.trace)
                trace.delivered(SignalInfo(signal: 30, pid: 7), to: kernel.thread)
                trace.delivered(SignalInfo(signal: 11, code: 1, address: 0x10), to: kernel.thread)
                trace.delivered(SignalInfo(signal: 20, code: 5, pid: 7, status: 17), to: kernel.thread)
                trace.killed(by: 11)
            }
            let expected =
                isJSON
                ? [
                    #""signal":"SIGUSR1","si_code":"SI_USER","si_pid":7}"#,
                    #""signal":"SIGSEGV","si_code":"SEGV_MAPERR","si_addr":"0x10"}"#,
                    #""signal":"SIGCHLD","si_code":"CLD_STOPPED","si_pid":7,"si_status":17}"#, #""killed":"SIGSEGV"}"#,
                ]
                : [
                    "--- SIGUSR1 {si_code=SI_USER, si_pid=7} ---",
                    "--- SIGSEGV {si_code=SEGV_MAPERR, si_addr=0x10} ---",
                    "--- SIGCHLD {si_code=CLD_STOPPED, si_pid=7, si_status=17} ---",
                    "+++ killed by SIGSEGV +++",
                ]
            #expect(zip(lines, expected).allSatisfy { $0.hasSuffix($1) } && lines.count == 4, "\(lines)")
        }
    }

    @Test(arguments: [
        (["read"], false, 0), (["read", "signal"], false, 2), (["signal"], true, 0), (["read"], true, 2),
    ])
    func signalsAreChosenLikeCalls(names: [String], isInverted: Bool, count: Int) throws {
        let options = SystemCallTraceOptions(names: names.map { Array($0.utf8) }, isInverted: isInverted)
        let lines = try lines(options) { (kernel) throws in
            let trace = try #require(kernel.trace)
            trace.delivered(SignalInfo(signal: 30, pid: 7), to: kernel.thread)
            trace.killed(by: 11)
        }
        #expect(lines.count == count, "\(lines)")
    }

    @Test func whatAnotherArgumentDecidesIsShown() throws {
        let lines = try lines { (kernel) throws in
            let room = kernel.room(2048)
            let count = try kernel.call(79, 0, 0)
            try kernel.call(79, UInt64(count), room)
            try kernel.memory.store(UInt32(7), at: room)
            _ = try kernel.errno(80, 2000, room)
            let page = TestKernel.scratch
            try kernel.call(78, page, 8192, room)
            try kernel.call(544, 0, 0, 14, room)
            try kernel.memory.store(UInt32(99), at: room)
            _ = try kernel.errno(544, 0, 0, 13, room)
            try kernel.memory.store(TimeSpecification(seconds: 5, nanoseconds: 6), at: room)
            _ = try kernel.errno(454, room + 64, 11, 1, 16, room)
            _ = try kernel.errno(422, 8)
        }
        let shown = lines.filter { !$0.hasSuffix("...") }
        #expect(shown[0].hasPrefix("getgroups(0, NULL) = "))
        #expect(shown[1].hasPrefix("getgroups(") && shown[1].contains(", ["))
        #expect(shown[2].hasPrefix("setgroups(2000, [7, 0, ") && shown[2].contains("...]) = -1 EINVAL"))
        #expect(shown[3].hasSuffix(", 8192, [3, 0]) = 0") || shown[3].hasSuffix(", 8192, [3, 3]) = 0"), "\(shown[3])")
        #expect(shown[4].hasSuffix("PROC_ASLR_STATUS, 3) = 0"), "\(shown[4])")
        #expect(shown[5].contains("PROC_ASLR_CTL, 99) = -1 EINVAL"), "\(shown[5])")
        #expect(shown[6].contains("16, {tv_sec=5,tv_nsec=6})"), "\(shown[6])")
        #expect(shown[7].hasPrefix("setcontext(0x8) = -1 EFAULT"), "\(shown[7])")
    }

    @Test func whatReadvFilledIsShown() throws {
        let lines = try lines { (kernel) throws in
            let file = UInt64(try kernel.call(5, kernel.text("/dev/zero"), 0, 0))
            let vector = kernel.room(16)
            let room = kernel.room(4)
            try kernel.memory.store(room, at: vector)
            try kernel.memory.store(UInt64(1), at: vector + 8)
            try kernel.call(120, file, vector, 1)
            try kernel.call(6, file)
        }
        #expect(lines.contains { $0.hasSuffix(#"["\x00"], 1) = 1"#) }, "\(lines)")
    }

    @Test func jsonIsJSON() throws {
        let lines = try lines(SystemCallTraceOptions(isJSON: true)) { (kernel) throws in
            _ = try kernel.errno(5, kernel.text("/no\u{1}\"\\\u{fc}"), 0, 0)
            try kernel.call(194, 8, kernel.room(16))
            try kernel.call(20)
        }
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["call"] is String, "\(line)")
        }
        #expect(lines.count == 3)
    }

    @Test func namesSelectCalls() throws {
        let only = try lines(SystemCallTraceOptions(names: [Array("getpid".utf8)])) { (kernel) throws in
            try kernel.call(20)
            try kernel.call(39)
        }
        #expect(only.count == 1)
        let others = try lines(SystemCallTraceOptions(names: [Array("getpid".utf8)], isInverted: true)) {
            (kernel) throws in
            try kernel.call(20)
            try kernel.call(39)
        }
        #expect(others.count == 1 && others[0].hasPrefix("getppid"))
    }

    /// Every argument of every call that works is decoded: a row's parameters describe as many as it has.
    @Test func everyArgumentIsDescribed() throws {
        try TestKernel.with { (kernel) throws in
            for row in SystemCallTable.rows {
                try kernel.setArguments(UInt64(row.number), [UInt64](repeating: 0, count: 8))
                var reader = kernel.reader()
                var values: [TraceValue] = []
                for parameter in row.parameters { values += try parameter.trace(&reader, kernel.thread, .entry) }
                #expect(values.count == row.slots.count, "\(row.name)")
            }
        }
    }
}
