import Glibc
import Testing

@testable import BSDUserCore

@Suite struct ErrnoTests {
    @Test func rowsStandInTheOrderOfTheirNumbers() {
        #expect(ErrnoTable.rows.map(\.errno.rawValue) == Array(1...97))
    }

    @Test func sharedNamesAreTheHostsNumbers() {
        // The host's library knows the names of its own numbers: an independent table.
        for row in ErrnoTable.rows where row.isMutual {
            guard let name = hostErrorName(row.host) else {
                Issue.record("the host does not know \(row.name)")
                continue
            }
            let aliases = ["EOPNOTSUPP": "ENOTSUP", "EDEADLK": "EDEADLOCK", "EAGAIN": "EWOULDBLOCK"]
            #expect(name == row.name || aliases[row.name] == name, "\(row.host) is \(name), not \(row.name)")
        }
    }

    @Test func everyHostErrorHasANumberHere() {
        for host in Int32(1)...133 {
            let guest = ErrnoTable.guest(host)
            #expect((1...97).contains(guest.rawValue))
            if hostErrorName(host) != nil { #expect(ErrnoTable.isKnown(host: host), "host error \(host)") }
        }
        #expect(ErrnoTable.guest(9999) == .EINVAL)
        #expect(ErrnoTable.guest(-1) == .EINVAL)
    }

    @Test func theWayToTheHostAndBackIsTheSame() {
        for row in ErrnoTable.rows where row.isMutual {
            #expect(ErrnoTable.guest(row.host) == row.errno, "\(row.name)")
        }
        for row in ErrnoTable.rows { #expect(ErrnoTable.host(row.errno) > 0) }
        #expect(ErrnoTable.host(Errno(rawValue: 500)) == EINVAL)
    }
}

/// The host library's own name of an error number.
private func hostErrorName(_ number: Int32) -> String? {
    typealias Function = @convention(c) (Int32) -> UnsafePointer<CChar>?
    guard let symbol = dlsym(nil, "strerrorname_np") else { return nil }
    return unsafeBitCast(symbol, to: Function.self)(number).map { String(cString: $0) }
}
