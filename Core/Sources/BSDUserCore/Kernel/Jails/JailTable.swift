/// The jails of the host's superuser. Each is two files where shared memory has its names: one that every process in the jail
/// holds a lock of, so that everybody sees whether it has processes, and one with what it is.
enum JailTable {
    private static let prefix = "bsduser.jail."
    private static let recordSuffix = ".record"
    /// The lock for changes, and the number that was given last.
    private static let changes = Array("bsduser.jails".utf8)

    private static func lockName(_ identifier: Int32) -> [UInt8] { Array("\(prefix)\(identifier)".utf8) }
    private static func recordName(_ identifier: Int32) -> [UInt8] {
        Array("\(prefix)\(identifier)\(recordSuffix)".utf8)
    }

    // MARK: Reading

    /// The numbers that are taken, in order.
    static func identifiers() -> [Int32] {
        HostSharedMemory.names(prefix).compactMap { Int32($0.dropFirst(prefix.count)) }.sorted()
    }

    /// The jails of a machine that are alive, by number.
    static func jails(of machine: [UInt8]) -> [Jail] {
        identifiers().compactMap { jail($0) }.filter { $0.machine == machine && isAlive($0) }
    }

    /// A jail by its number, alive or not.
    static func jail(_ identifier: Int32) -> Jail? {
        guard let file = try? HostSharedMemory.openSystemFile(recordName(identifier)) else { return nil }
        defer { _ = HostSystemCall.close(Int(file)) }
        return Jail(identifier, record: HostSharedMemory.contents(file))
    }

    private static func isAlive(_ jail: Jail) -> Bool { jail.isPersistent || hasProcesses(jail.identifier) }

    static func hasProcesses(_ identifier: Int32) -> Bool {
        guard let file = try? HostSharedMemory.openSystemFile(lockName(identifier)) else { return false }
        defer { _ = HostSystemCall.close(Int(file)) }
        return HostFileLock.isTaken(file)
    }

    // MARK: Changing

    /// Runs while no other process changes jails. What the last process of a jail has left is cleared away first.
    static func change<Result>(_ body: () throws(Errno) -> Result) throws(Errno) -> Result {
        let file = try HostSharedMemory.openOrCreateSystemFile(changes, mode: 0o600)
        defer { _ = HostSystemCall.close(Int(file)) }
        try HostFileLock.lock(file)
        // A child that a thread made meanwhile has the descriptor, too.
        defer { HostFileLock.unlock(file) }
        for identifier in identifiers() {
            guard let jail = jail(identifier), isAlive(jail) else {
                remove(identifier)
                continue
            }
        }
        return try body()
    }

    /// Takes a number: the one wanted (`EEXIST` when another jail has it), or the next after the one taken last. Changes
    /// are locked.
    static func take(_ wanted: Int32?) throws(Errno) -> Int32 {
        let file = try HostSharedMemory.openOrCreateSystemFile(changes, mode: 0o600)
        defer { _ = HostSystemCall.close(Int(file)) }
        let last = Int32(String(decoding: HostSharedMemory.contents(file), as: UTF8.self)) ?? 0
        let taken = Set(identifiers())
        if let wanted, taken.contains(wanted) { throw .EEXIST }
        guard let number = wanted ?? next(after: last, taken) else { throw .EAGAIN }
        let lock = try HostSharedMemory.createSystemFile(lockName(number), mode: 0o644)
        _ = HostSystemCall.close(Int(lock))
        if wanted == nil { try HostSharedMemory.replaceContents(file, Array(String(number).utf8)) }
        return number
    }

    private static func next(after last: Int32, _ taken: Set<Int32>) -> Int32? {
        let greatest = Jail.greatestIdentifier - 1
        let start = (0..<greatest).contains(last) ? last : 0
        return (0..<greatest).lazy.map { (start + $0) % greatest + 1 }.first { !taken.contains($0) }
    }

    /// Writes a jail: readers see the old one or the new one. Changes are locked.
    static func store(_ jail: Jail) throws(Errno) {
        let draft = recordName(jail.identifier) + Array(".new".utf8)
        try? HostSharedMemory.remove(draft)
        let file = try HostSharedMemory.createSystemFile(draft, mode: 0o644)
        defer { _ = HostSystemCall.close(Int(file)) }
        try HostSharedMemory.replaceContents(file, jail.record)
        try HostSharedMemory.rename(draft, recordName(jail.identifier), 0)
    }

    /// Frees a number. Changes are locked.
    static func remove(_ identifier: Int32) {
        try? HostSharedMemory.remove(recordName(identifier))
        try? HostSharedMemory.remove(lockName(identifier))
    }

    /// Counts the caller among a jail's processes, for as long as the descriptor or a copy is open. Changes are locked.
    static func join(_ identifier: Int32) throws(Errno) -> JailMembership {
        let file = HostDescriptors.park(try HostSharedMemory.openSystemFile(lockName(identifier)))
        do throws(Errno) {
            try HostFileLock.share(file)
        } catch {
            _ = HostSystemCall.close(Int(file))
            throw error
        }
        return JailMembership(identifier: identifier, descriptor: file)
    }

    // MARK: Processes

    /// The jail that a process is in; nil outside of all. Which one it is shows in the lock that it holds.
    static func identifier(ofProcess pid: Int32) -> Int32? {
        let lock = "/dev/shm/" + prefix
        for name in HostDirectory.names("/proc/\(pid)/fd") {
            guard let link = try? HostPath.readLink(DirFd.current, Array("/proc/\(pid)/fd/\(name)".utf8) + [0]),
                link.starts(with: lock.utf8),
                let identifier = Int32(String(decoding: link.dropFirst(lock.utf8.count), as: UTF8.self))
            else { continue }
            // Who only looks has the file open, too (proc_pid_fdinfo(5)).
            let holds = HostFile.words(ofSystemFile: "/proc/\(pid)/fdinfo/\(name)").contains { $0.contains("OFDLCK") }
            if holds { return identifier }
        }
        return nil
    }

    /// The emulated processes in a jail.
    static func processes(in identifier: Int32) -> [Int32] {
        HostDirectory.names("/proc").compactMap { Int32($0) }.filter {
            HostProcess.isEmulated($0) && self.identifier(ofProcess: $0) == identifier
        }
    }
}
