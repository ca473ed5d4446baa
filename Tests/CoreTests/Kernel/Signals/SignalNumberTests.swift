import Glibc
import Testing

@testable import BSDUserCore

/// Signal numbers of the guest and the host.
struct SignalNumberTests {
    @Test func `both directions are total`() {
        for guest in Int32(1)...128 {
            #expect((1...64).contains(SignalNumber.host(guest)))
        }
        for host in Int32(1)...64 {
            #expect(SignalNumber.isValid(SignalNumber.guest(host)))
        }
        #expect(SignalNumber.host(0) == SignalNumber.hostCarrier)
        #expect(SignalNumber.host(129) == SignalNumber.hostCarrier)
        #expect(SignalNumber.isValid(SignalNumber.guest(-5)))
    }

    @Test func `the 31 classic signals are paired one to one, and so are the shared real-time signals`() {
        #expect(Set((1...31).map { SignalNumber.host($0) }) == Set(1...31))
        for guest in Array(1...31) + Array(65...93) {
            #expect(SignalNumber.guest(SignalNumber.host(Int32(guest))) == Int32(guest))
        }
        for guest in Int32(94)...126 { #expect(!SignalNumber.isShared(guest)) }
    }

    // The host's numbers as its own C library names them.
    @Test(
        arguments: [
            (1, SIGHUP), (2, SIGINT), (3, SIGQUIT), (4, SIGILL), (5, SIGTRAP), (6, SIGABRT), (8, SIGFPE), (9, SIGKILL),
            (10, SIGBUS), (11, SIGSEGV), (12, SIGSYS), (13, SIGPIPE), (14, SIGALRM), (15, SIGTERM), (16, SIGURG),
            (17, SIGSTOP), (18, SIGTSTP), (19, SIGCONT), (20, SIGCHLD), (21, SIGTTIN), (22, SIGTTOU), (23, SIGIO),
            (24, SIGXCPU), (25, SIGXFSZ), (26, SIGVTALRM), (27, SIGPROF), (28, SIGWINCH), (30, SIGUSR1), (31, SIGUSR2),
        ] as [(Int32, Int32)])
    func `a signal of both systems keeps its meaning`(guest: Int32, host: Int32) {
        #expect(SignalNumber.host(guest) == host)
        #expect(SignalNumber.guest(host) == guest)
    }

    @Test func `codes are converted, and those of children stay`() {
        #expect(SignalCode.guest(Int32(SI_QUEUE)) == 0x10002)
        #expect(SignalCode.guest(Int32(SI_USER)) == 0x10001)
        #expect(SignalCode.guest(Int32(SI_TKILL)) == 0x10007)
        #expect(SignalCode.guest(Int32(SI_KERNEL)) == 0x10006)
        for code in Int32(1)...6 { #expect(SignalCode.guest(code) == code) }
        for code in SignalCode.allCases { #expect(SignalCode.guest(code.host) == code.rawValue) }
    }
}
