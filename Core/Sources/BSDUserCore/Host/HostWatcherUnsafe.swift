import Glibc

/// `inotify` of the host: tells what happens to files.
enum HostWatcher {
    struct Event {
        var watch: Int32
        var notices: UInt32
    }

    static let accessed: UInt32 = 0x1
    static let modified: UInt32 = 0x2
    static let attributes: UInt32 = 0x4
    static let closedWritten: UInt32 = 0x8
    static let closed: UInt32 = 0x10
    static let opened: UInt32 = 0x20
    /// In a directory something came or went: IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE.
    static let entryChanges: UInt32 = 0x40 | 0x80 | 0x100 | 0x200
    /// IN_DELETE.
    static let entryRemoved: UInt32 = 0x200
    static let deleted: UInt32 = 0x400
    static let moved: UInt32 = 0x800
    /// What is watched for already stays.
    private static let addsToMask: UInt32 = 0x2000_0000

    /// A new watcher out of the guest's reach.
    static func create() throws(Errno) -> Int32 {
        let descriptor = try HostSystemCall.inotifyCreate.checked(Int(O_CLOEXEC | O_NONBLOCK))
        return try HostDescriptors.parked(Int32(descriptor))
    }

    /// Watches an open file, or the directory that an open directory is in; the number of the watch.
    static func add(_ descriptor: Int32, parent: Bool = false, _ notices: UInt32, to watcher: Int32) throws(Errno)
        -> Int32
    {
        let path = Array("/proc/self/fd/\(descriptor)\(parent ? "/.." : "")".utf8) + [0]
        let result = path.withUnsafeBytes {
            HostSystemCall.inotifyAdd(Int(watcher), Int(bitPattern: $0.baseAddress), Int(notices | addsToMask))
        }
        if result < 0 { throw Errno(host: Int32(-result)) }
        return Int32(result)
    }

    static func remove(_ watch: Int32, from watcher: Int32) {
        _ = HostSystemCall.inotifyRemove(Int(watcher), Int(watch))
    }

    /// All that has happened since.
    static func read(_ watcher: Int32) -> [Event] {
        var events: [Event] = []
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
            while true {
                let count = HostSystemCall.read(Int(watcher), Int(bitPattern: buffer.baseAddress), buffer.count)
                guard count > 0 else { return }
                var offset = 0
                // struct inotify_event: watch, mask, cookie, length of the name, name (inotify(7)).
                while offset + 16 <= count {
                    let watch = buffer.loadUnaligned(fromByteOffset: offset, as: Int32.self)
                    let notices = buffer.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                    events.append(Event(watch: watch, notices: notices))
                    offset += 16 + Int(buffer.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self))
                }
            }
        }
        return events
    }
}
