import Glibc

/// Process descriptors of the host (`pidfd_open(2)`).
enum HostProcessDescriptor {
    // ioctl_pidfd(2): PIDFD_GET_INFO and PIDFD_INFO_EXIT, with the first size of its structure.
    private static let information = 0xc040_ff0b
    private static let exitInformation = 8
    // waitid: P_PIDFD; WNOHANG, WEXITED, and WNOWAIT, which leaves the child as it is.
    private static let byDescriptor = 3
    private static let lookAtEnded = 1 | 4 | 0x0100_0000

    /// A descriptor of the emulator for a process; `ESRCH` when there is none of that number.
    static func open(_ pid: Int32) throws(Errno) -> Int32 {
        do throws(Errno) {
            return try HostDescriptors.parked(Int32(HostSystemCall.processOpen.checked(Int(pid), 0)))
        } catch .EINVAL, .ENOENT {
            // The number of a thread.
            throw .ESRCH
        }
    }

    /// The process that a descriptor stands for, 0 when it is gone; nil for a descriptor of another kind.
    static func pid(of descriptor: Int32) -> Int32? {
        guard let line = HostDescriptors.information(descriptor, "Pid:") else { return nil }
        return max(0, Int32(line) ?? 0)
    }

    /// How the process ended, without taking the child; nil when the host does not say.
    static func ending(_ descriptor: Int32) -> HostProcess.ChildEvent? {
        // siginfo_t: code at byte 8, pid at 16, uid at 20, status at 24.
        var words = [Int](repeating: 0, count: 16)
        _ = try? HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.waitid.checked(byDescriptor, Int(descriptor), address, lookAtEnded, 0)
        }
        guard words[2] != 0 else { return endingOfForeign(descriptor) }
        var event = HostProcess.ChildEvent()
        event.pid = Int32(truncatingIfNeeded: words[2])
        event.user = UInt32(truncatingIfNeeded: words[2] >> 32)
        event.code = Int32(truncatingIfNeeded: words[1])
        event.status = Int32(truncatingIfNeeded: words[3])
        return event
    }

    // Somebody else's child, or one that has been waited for.
    private static func endingOfForeign(_ descriptor: Int32) -> HostProcess.ChildEvent? {
        var words = [exitInformation, 0, 0, 0, 0, 0, 0, 0]
        let isKnown = try? HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.ioctl.checked(Int(descriptor), information, address)
        }
        guard isKnown != nil, words[0] & exitInformation != 0 else { return nil }
        // The last of the fields: a status as `wait` packs it.
        let status = Int32(truncatingIfNeeded: words[7] >> 32)
        var event = HostProcess.ChildEvent()
        event.pid = Int32(truncatingIfNeeded: words[2])
        event.code = status & 0x7f == 0 ? 1 : status & 0x80 == 0 ? 2 : 3
        event.status = event.code == 1 ? status >> 8 & 0xff : status & 0x7f
        return event
    }

}

extension HostSignal {
    static let kill: Int32 = SIGKILL
}

extension HostProcess {
    /// Takes a child that has ended, without waiting; false when it has not.
    static func reap(_ pid: Int32) -> Bool { waitpid(pid, nil, WNOHANG) != 0 }

    /// Whether all children of this process are among these.
    static func hasNoChildren(but known: Set<Int32>) -> Bool { children().allSatisfy(known.contains) }

    /// The children of this process, ended ones too. The host lists the children of each thread.
    static func children() -> [Int32] {
        HostDirectory.names("/proc/self/task").flatMap { task in
            HostFile.contents(ofSystemFile: "/proc/self/task/\(task)/children")
                .split(separator: UInt8(ascii: " ")).compactMap { Int32(String(decoding: $0, as: UTF8.self)) }
        }
    }
}

/// Event counters of the host (`eventfd(2)`).
enum HostCounter {
    /// The greatest value but one, which is the room of an empty counter.
    static let limit = Int64.max

    static func value(of descriptor: Int32) -> Int64? {
        HostDescriptors.information(descriptor, "eventfd-count:").flatMap { UInt64($0, radix: 16) }.map {
            Int64(clamping: $0)
        }
    }
}

extension HostDescriptors {
    /// Takes close-on-exec off.
    static func keepOnExec(_ descriptor: Int32) { _ = HostSystemCall.fcntl(Int(descriptor), Int(F_SETFD), 0) }

    /// A field of `/proc/self/fdinfo`; nil when the descriptor has none of the name.
    static func information(_ descriptor: Int32, _ name: String) -> String? {
        for line in HostFile.contents(ofSystemFile: "/proc/self/fdinfo/\(descriptor)").split(separator: 10) {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix(name) {
                return String(text.dropFirst(name.count).drop { $0 == " " || $0 == "\t" })
            }
        }
        return nil
    }
}
