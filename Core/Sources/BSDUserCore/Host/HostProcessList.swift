/// What the host's /proc tells of one process (proc_pid_stat(5), proc_pid_status(5)).
struct HostProcessRecord {
    let pid: Int32
    var parent: Int32 = 0
    var group: Int32 = 0
    var session: Int32 = 0
    /// The terminal's device number; 0 without one. The group in its foreground; -1 without one.
    var terminal: UInt32 = 0
    var terminalGroup: Int32 = -1
    /// `R`, `S`, `D`, `T`, `Z` ...
    var state: UInt8 = UInt8(ascii: "S")
    var name: [UInt8] = []
    /// Real, effective and saved number.
    var users: [UInt32] = [0, 0, 0]
    var groups: [UInt32] = [0, 0, 0]
    var supplementaryGroups: [UInt32] = []
    /// In hundredths of a second: of the process, of its children, and since the host's start.
    var userTicks: UInt64 = 0
    var systemTicks: UInt64 = 0
    var childUserTicks: UInt64 = 0
    var childSystemTicks: UInt64 = 0
    var startTicks: UInt64 = 0
    var nice: Int32 = 0
    var threadCount: Int32 = 1
    var virtualBytes: UInt64 = 0
    var residentPages: UInt64 = 0
    var minorFaults: UInt64 = 0
    var majorFaults: UInt64 = 0
    var processor: Int32 = 0
    var mask: UInt32 = 0o022

    /// Hundredths: `USER_HZ` of the host.
    static let ticksPerSecond: UInt64 = 100

    /// Reads one process; nil when there is none.
    init?(_ pid: Int32) {
        self.pid = pid
        let line = HostFile.contents(ofSystemFile: "/proc/\(pid)/stat")
        // The name stands in parentheses and may hold anything.
        guard let open = line.firstIndex(of: UInt8(ascii: "(")), let close = line.lastIndex(of: UInt8(ascii: ")")),
            open < close
        else { return nil }
        name = Array(line[(open + 1)..<close])
        let words = line[(close + 1)...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
        guard words.count >= 37, let letter = words[0].first else { return nil }
        let number = { (index: Int) in Int64(String(decoding: words[index], as: UTF8.self)) ?? 0 }
        let count = { (index: Int) in UInt64(String(decoding: words[index], as: UTF8.self)) ?? 0 }
        state = letter
        (parent, group, session) = (Int32(number(1)), Int32(number(2)), Int32(number(3)))
        (terminal, terminalGroup) = (UInt32(truncatingIfNeeded: number(4)), Int32(number(5)))
        (minorFaults, majorFaults) = (count(7), count(9))
        (userTicks, systemTicks) = (count(11), count(12))
        (childUserTicks, childSystemTicks) = (count(13), count(14))
        (nice, threadCount) = (Int32(number(16)), Int32(number(17)))
        (startTicks, virtualBytes, residentPages) = (count(19), count(20), count(21))
        processor = Int32(number(36))
        readStatus()
    }

    private mutating func readStatus() {
        for words in HostFile.words(ofSystemFile: "/proc/\(pid)/status") {
            let numbers = words.dropFirst().compactMap { UInt32($0) }
            switch words.first {
            case "Uid:" where numbers.count >= 3: users = Array(numbers[0..<3])
            case "Gid:" where numbers.count >= 3: groups = Array(numbers[0..<3])
            case "Groups:": supplementaryGroups = numbers
            case "Umask:" where words.count == 2: mask = UInt32(words[1], radix: 8) ?? mask
            default: break
            }
        }
    }

    /// The emulated processes, in the order of their numbers.
    static func emulated() -> [HostProcessRecord] {
        HostDirectory.names("/proc").compactMap { Int32($0) }.sorted()
            .filter { $0 == HostProcess.currentPID || HostProcess.isEmulated($0) }
            .compactMap { HostProcessRecord($0) }
    }

    /// The whole command line of the host process.
    var commandLine: [[UInt8]] {
        HostFile.contents(ofSystemFile: "/proc/\(pid)/cmdline").split(separator: 0, omittingEmptySubsequences: false)
            .dropLast().map { Array($0) }
    }
}

extension HostDirectory {
    /// The names in a directory of the host.
    static func names(_ path: String) -> [String] {
        let descriptor = HostPath.openDirectory(Array(path.utf8))
        guard descriptor >= 0 else { return [] }
        defer { _ = HostSystemCall.close(descriptor) }
        var names: [String] = []
        while let entries = try? read(Int32(descriptor), byteCount: 1 << 15), !entries.isEmpty {
            names += entries.map { String(decoding: $0.name, as: UTF8.self) }
        }
        return names
    }
}
