/// Where guest paths lead: the host's own root, or a directory that no path can leave.
///
/// Every call that takes a path asks here, so that a root holds for all of them alike. Links of the host's procfs that
/// lead to open files (`/proc/self/fd`, `/proc/self/exe`) are never followed: they would give the guest the emulator's
/// descriptors and memory.
public final class PathRoot {
    /// Descriptor of the root directory, parked; nil for the host's root.
    let rootDescriptor: Int32?
    /// The root as the host names it, without links; empty for the host's root.
    private let hostPrefix: [UInt8]
    /// The root of the guest's machine, which no `chroot` changes, in the same form.
    let machine: [UInt8]
    private let plainPaths = PlainPaths()
    /// The process whose descriptor it is.
    private let owner = HostProcess.currentPID

    /// Opens the root of a machine; nil when the directory cannot be opened.
    public init?(_ prefix: [UInt8]?) {
        guard let prefix, prefix != Array("/".utf8) else {
            rootDescriptor = nil
            hostPrefix = []
            machine = []
            return
        }
        let descriptor = HostPath.openDirectory(prefix)
        guard descriptor >= 0 else { return nil }
        let parked = HostDescriptors.park(Int32(descriptor))
        guard let path = HostPath.ofDescriptor(parked) else { return nil }
        rootDescriptor = parked
        hostPrefix = path == Array("/".utf8) ? [] : path
        machine = hostPrefix
    }

    /// A directory of a machine as a root, by a parked descriptor that the root closes; nil for one without a name.
    init?(directory descriptor: Int32, machine: [UInt8]) {
        guard let path = HostPath.ofDescriptor(descriptor) else { return nil }
        let isHostRoot = path == Array("/".utf8)
        if isHostRoot { _ = HostSystemCall.close(Int(descriptor)) }
        rootDescriptor = isHostRoot ? nil : descriptor
        hostPrefix = isHostRoot ? [] : path
        self.machine = machine
    }

    /// The host's own root.
    static func host() -> PathRoot { PathRoot(host: ()) }

    private init(host: Void) {
        rootDescriptor = nil
        hostPrefix = []
        machine = []
    }

    /// A root that leads nowhere: what is left when the directory cannot be opened. Nothing leads to the host's root.
    public static func closed() -> PathRoot { PathRoot(closed: ()) }

    private init(closed: Void) {
        rootDescriptor = -1
        hostPrefix = [0]
        machine = [0]
    }

    deinit {
        // The child of a vfork has descriptors of its own: what it opened is not open in the parent, who frees the object.
        guard let rootDescriptor, rootDescriptor >= 0, owner == HostProcess.currentPID else { return }
        _ = HostSystemCall.close(Int(rootDescriptor))
    }

    /// What a call of the host needs to reach a file: directory, path, and flags that go with them.
    struct Target: ~Copyable {
        let directory: Int32
        /// With its zero byte.
        let path: [UInt8]
        /// `AT_EMPTY_PATH`, when the directory is the file itself.
        let flags: Int32
        private let owned: Bool

        fileprivate init(directory: Int32, path: [UInt8], flags: Int32, owned: Bool) {
            self.directory = directory
            self.path = path
            self.flags = flags
            self.owned = owned
        }

        deinit { if owned { _ = HostSystemCall.close(Int(directory)) } }

        /// Whether the path was the name of a descriptor, such as `/dev/stdin`.
        var isDescriptor: Bool { flags != 0 && !owned }

        /// The directory of an entry, by a path with its zero byte that starts where the entry's does.
        var parent: [UInt8] {
            let (parent, _) = PathRoot.divided(Array(path.dropLast()))
            if !parent.isEmpty { return parent + [0] }
            return Array((path.first == UInt8(ascii: "/") ? "/" : ".").utf8) + [0]
        }

        /// A path for host calls that take no descriptor; it follows the link that it is.
        var absolutePath: [UInt8] {
            flags == 0 ? path : HostPath.ofOpenFile(directory)
        }
    }

    /// Whether guest paths lead into a directory of the host.
    var isInsideRoot: Bool { rootDescriptor != nil }

    /// Whether the root is another one than the machine's (`fd_rdir != rootvnode`).
    var isChanged: Bool { hostPrefix != machine }

    /// What the machine calls the root.
    var pathOnMachine: [UInt8] { isChanged ? Array(hostPrefix.dropFirst(machine.count)) : [UInt8(ascii: "/")] }

    /// The file that a path leads to. `follow` says whether a link at its end counts as the file it leads to.
    ///
    /// `isBeneath`: as for `open`. `seesDevices`: for calls that change nothing, devices of the host are there too.
    func target(
        _ directory: Int32, _ path: [UInt8], follow: Bool, isBeneath: Bool = false, seesDevices: Bool = false
    ) throws(Errno) -> Target {
        let path = try checked(directory, path)
        if isBeneath {
            let flags = HostPath.pathOnly | HostPath.closeOnExec | (follow ? 0 : HostPath.noFollow)
            let descriptor = try openBeneath(directory, path, flags, mode: 0, nil)
            return Target(directory: descriptor, path: [0], flags: HostPath.emptyPath, owned: true)
        }
        // Inside a root only who looks may name a descriptor so: it may have come from outside, and no root is left by it.
        if rootDescriptor == nil || seesDevices, let descriptor = Self.standardDescriptor(path) {
            return Target(directory: descriptor, path: [0], flags: HostPath.emptyPath, owned: false)
        }
        if let root = rootDescriptor {
            if seesDevices, Self.isDescriptorFolder(path) {
                let descriptor = try Self.openDescriptorFolder(HostPath.pathOnly | HostPath.closeOnExec, mode: 0)
                return Target(directory: descriptor, path: [0], flags: HostPath.emptyPath, owned: true)
            }
            let inside = try rootedPath(directory, path)
            let flags = HostPath.pathOnly | HostPath.closeOnExec | (follow ? 0 : HostPath.noFollow)
            let hasDevice = seesDevices && Self.isHostDevice(inside)
            let descriptor =
                try hasDevice
                ? openDevice(root, inside, flags, nil)
                : HostPath.open(root, inside, flags: flags, mode: 0, resolve: HostPath.inRoot, waitingOn: nil)
            return Target(directory: descriptor, path: [0], flags: HostPath.emptyPath, owned: true)
        }
        return Target(directory: directory, path: path + [0], flags: 0, owned: false)
    }

    /// The place in a directory that a path names, for calls that make, move or remove entries.
    func entry(_ directory: Int32, _ path: [UInt8], isBeneath: Bool = false) throws(Errno) -> Target {
        let path = try checked(directory, path)
        // The root is an entry of no directory (vfs_lookup.c `lookup`).
        if path.allSatisfy({ $0 == UInt8(ascii: "/") }) { throw .EISDIR }
        let flags = HostPath.pathOnly | HostPath.directory | HostPath.closeOnExec
        if isBeneath {
            if path.first == UInt8(ascii: "/") { throw .ENOTCAPABLE }
            let (parent, name) = Self.divided(path)
            let start = parent.isEmpty ? [UInt8(ascii: ".")] : parent
            let descriptor = try openBeneath(directory, start, flags, mode: 0, nil)
            return Target(directory: descriptor, path: name + [0], flags: 0, owned: true)
        }
        let place = try path.last == UInt8(ascii: "/") ? followingLast(directory, path) : path
        guard let root = rootDescriptor else {
            return Target(directory: directory, path: place + [0], flags: 0, owned: false)
        }
        let (parent, name) = Self.divided(try rootedPath(directory, place))
        let descriptor = try HostPath.open(
            root, parent.isEmpty ? [UInt8(ascii: "/")] : parent, flags: flags, mode: 0, resolve: HostPath.inRoot,
            waitingOn: nil)
        // The parent of the root is the root: ".." as the last name must not reach the host's directory.
        let isUp = name.prefix { $0 != UInt8(ascii: "/") }.elementsEqual("..".utf8)
        return Target(directory: descriptor, path: (isUp ? [UInt8(ascii: ".")] : name) + [0], flags: 0, owned: true)
    }

    /// The directory that a path leads to, and the last name. A slash at the end asks for a directory: it stays with the
    /// name.
    private static func divided(_ path: [UInt8]) -> (parent: [UInt8], name: [UInt8]) {
        let end = path.lastIndex { $0 != UInt8(ascii: "/") } ?? path.startIndex
        guard let slash = path[...end].lastIndex(of: UInt8(ascii: "/")) else { return ([], path) }
        return (Array(path[..<slash]), Array(path[(slash + 1)...]))
    }

    /// Opens a file. `hostFlags` are the host's `O_*`. `isBeneath`: no part of the path may lead out of the directory that
    /// it starts from (`O_RESOLVE_BENEATH`).
    func open(
        _ directory: Int32, _ path: [UInt8], hostFlags: Int32, mode: UInt32, isBeneath: Bool = false,
        waitingOn thread: GuestThread? = nil
    ) throws(Errno) -> Int32 {
        let path = try checked(directory, path)
        if !isBeneath, Self.mayBeDescriptor(path), let opened = try Self.openDescriptor(path, hostFlags, mode: mode) {
            return opened
        }
        if !isBeneath, let opened = try openPlain(directory, path, hostFlags, mode, thread) { return opened }
        let opened =
            isBeneath
            ? try openBeneath(directory, path, hostFlags, mode: mode, thread)
            : try openInside(directory, path, hostFlags, mode, thread)
        if HostPath.isOnProcess(opened) {
            // FreeBSD has no procfs unless it is mounted, and the host's would open the emulator's memory.
            _ = HostSystemCall.close(Int(opened))
            throw .ENOENT
        }
        return opened
    }

    /// Opens a path that leads to no file of the host's procfs (`PlainPaths`); nil when that has to be looked at.
    private func openPlain(
        _ directory: Int32, _ path: [UInt8], _ flags: Int32, _ mode: UInt32, _ thread: GuestThread?
    ) throws(Errno) -> Int32? {
        guard rootDescriptor == nil, plainPaths.mayContain(path) else { return nil }
        do throws(Errno) {
            return try HostPath.open(
                directory, path, flags: flags, mode: mode, resolve: HostPath.withoutLinks, waitingOn: thread)
        } catch .ELOOP {
            plainPaths.noteLink(in: path)
            return nil
        }
    }

    /// Opens what lies in FreeBSD's fdescfs; nil when the path leads elsewhere.
    private static func openDescriptor(_ path: [UInt8], _ hostFlags: Int32, mode: UInt32) throws(Errno) -> Int32? {
        if isDescriptorFolder(path) { return try openDescriptorFolder(hostFlags, mode: mode) }
        guard let descriptor = standardDescriptor(path) else { return nil }
        try HostPath.checkAccess(descriptor, hostFlags)
        // Opening gives another descriptor of the same file.
        return Int32(try HostSystemCall.fcntl.checked(Int(descriptor), HostPath.duplicate(hostFlags), 0))
    }

    private func openBeneath(
        _ directory: Int32, _ path: [UInt8], _ flags: Int32, mode: UInt32, _ thread: GuestThread?
    ) throws(Errno) -> Int32 {
        guard path.first != UInt8(ascii: "/") else { throw .ENOTCAPABLE }
        // The directory itself must lie inside the root.
        if rootDescriptor != nil { _ = try rootedPath(directory, path) }
        do throws(Errno) {
            return try HostPath.open(
                directory, path, flags: flags, mode: mode, resolve: HostPath.beneath, waitingOn: thread)
        } catch .EXDEV {
            throw .ENOTCAPABLE
        }
    }

    private func openInside(
        _ directory: Int32, _ path: [UInt8], _ flags: Int32, _ mode: UInt32, _ thread: GuestThread?
    ) throws(Errno) -> Int32 {
        guard let root = rootDescriptor else {
            return try HostPath.open(directory, path, flags: flags, mode: mode, resolve: 0, waitingOn: thread)
        }
        let inside = try rootedPath(directory, path)
        if Self.isHostDevice(inside) { return try openDevice(root, inside, flags, thread) }
        return try HostPath.open(root, inside, flags: flags, mode: mode, resolve: HostPath.inRoot, waitingOn: thread)
    }

    /// A device of the root, or the host's: FreeBSD mounts devfs, a directory has none of its own. It is always there, so
    /// that nothing is created in its place.
    private func openDevice(
        _ root: Int32, _ path: [UInt8], _ flags: Int32, _ thread: GuestThread?
    ) throws(Errno) -> Int32 {
        if HostPath.mustCreate(flags) { throw .EEXIST }
        let flags = HostPath.withoutCreating(flags)
        do throws(Errno) {
            return try HostPath.open(root, path, flags: flags, mode: 0, resolve: HostPath.inRoot, waitingOn: thread)
        } catch .ENOENT {
            return try HostPath.open(DirFd.current, path, flags: flags, mode: 0, resolve: 0, waitingOn: thread)
        }
    }

    /// Devices that are the same on both systems.
    private static let hostDevices = Set(
        ["null", "zero", "full", "random", "urandom", "tty"].map { Array("/dev/\($0)".utf8) })

    // A pseudo-terminal has a number for a name.
    private static func isHostDevice(_ path: [UInt8]) -> Bool {
        let terminals = Array("/dev/pts/".utf8)
        if path.starts(with: terminals) {
            return path.dropFirst(terminals.count).allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        return hostDevices.contains(path)
    }

    /// The path of a descriptor as the guest sees it; nil when it has none, or lies outside the root.
    func guestPath(ofDescriptor descriptor: Int32) -> [UInt8]? {
        HostPath.ofDescriptor(descriptor).flatMap(guestPath)
    }

    /// A path of the host as the guest sees it; nil outside the root.
    func guestPath(_ hostPath: [UInt8]) -> [UInt8]? {
        if hostPrefix.isEmpty || Self.isHostDevice(hostPath) { return hostPath }
        guard hostPath.starts(with: hostPrefix) else { return nil }
        let rest = Array(hostPath.dropFirst(hostPrefix.count))
        if rest.isEmpty { return [UInt8(ascii: "/")] }
        return rest.first == UInt8(ascii: "/") ? rest : nil
    }

    /// The guest's current directory.
    func currentDirectory() throws(Errno) -> [UInt8] {
        guard let path = guestPath(try HostPath.currentDirectory()) else { throw .ENOENT }
        return path
    }

    /// Makes the current directory one inside the root, if it is not: what a guest that starts in a root expects.
    public func enter() {
        guard let root = rootDescriptor, (try? currentDirectory()) == nil else { return }
        _ = HostSystemCall.fchdir(Int(root))
    }

    /// A path that may be looked up: what lies in `/dev/fd` is named by its whole path.
    private func checked(_ directory: Int32, _ path: [UInt8]) throws(Errno) -> [UInt8] {
        if path.isEmpty { throw .ENOENT }
        // FreeBSD has a folder /proc, but nothing in it unless procfs is mounted; the host's is not the guest's.
        if rootDescriptor == nil, Self.isProcessFile(path) { throw .ENOENT }
        let startsAtDescriptor = directory != DirFd.current && path.first != UInt8(ascii: "/")
        guard startsAtDescriptor, HostPath.isOnProcess(directory) else { return path }
        // From there the host's links would lead to the emulator's own files.
        guard path.allSatisfy({ $0 != UInt8(ascii: "/") }) else { throw .ENOTDIR }
        if path == Array(".".utf8) { return Self.descriptorFolder }
        return path == Array("..".utf8) ? Array("/dev".utf8) : Self.descriptorFolder + [UInt8(ascii: "/")] + path
    }

    private static let processFolder = Array("/proc/".utf8)

    // Most paths differ from the first letter: that takes no comparison of texts.
    private static func isProcessFile(_ path: [UInt8]) -> Bool {
        path.count > 6 && path[1] == UInt8(ascii: "p") && path.starts(with: processFolder)
    }

    /// `MAXSYMLINKS`.
    private static let linkLimit = 32

    /// A path that ends with a slash, with what the links at its end lead to in their place: FreeBSD follows them in every
    /// call (`lookup` in sys/kern/vfs_lookup.c), the host only in those that do not change the folder.
    private func followingLast(_ directory: Int32, _ path: [UInt8]) throws(Errno) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        var path = path
        for _ in 0..<Self.linkLimit {
            guard let end = path.lastIndex(where: { $0 != slash }) else { return path }
            let base = Array(path[...end])
            guard let text = linkText(directory, base) else { return path }
            let folder = text.first == slash ? [] : base[..<((base.lastIndex(of: slash) ?? -1) + 1)]
            path = folder + text + [slash]
        }
        throw .ELOOP
    }

    /// What a symbolic link holds; nil for another file, or none.
    private func linkText(_ directory: Int32, _ path: [UInt8]) -> [UInt8]? {
        guard let target = try? target(directory, path, follow: false),
            let text = try? HostPath.readLink(target.directory, target.path), !text.isEmpty
        else { return nil }
        return text
    }

    /// A path from the root: relative ones start at what the directory is called inside it.
    private func rootedPath(_ directory: Int32, _ path: [UInt8]) throws(Errno) -> [UInt8] {
        if path.first == UInt8(ascii: "/") { return path }
        if directory == DirFd.current { return try currentDirectory() + [UInt8(ascii: "/")] + path }
        guard HostPath.isOpen(directory) else { throw .EBADF }
        guard HostPath.isDirectory(directory) else { throw .ENOTDIR }
        guard let base = guestPath(ofDescriptor: directory) else { throw .ENOTCAPABLE }
        return base + [UInt8(ascii: "/")] + path
    }

    private static let deviceFolder = Array("/dev/".utf8)
    private static let descriptorFolder = Array("/dev/fd".utf8)

    private static func isDescriptorFolder(_ path: [UInt8]) -> Bool {
        path.starts(with: descriptorFolder)
            && path.dropFirst(descriptorFolder.count).allSatisfy { $0 == UInt8(ascii: "/") }
    }

    /// FreeBSD's `/dev/fd` as a directory. The host's lists the emulator's descriptors too: who reads it leaves them out.
    private static func openDescriptorFolder(_ flags: Int32, mode: UInt32) throws(Errno) -> Int32 {
        try HostPath.open(
            DirFd.current, Array("/proc/self/fd".utf8), flags: flags, mode: mode, resolve: 0, waitingOn: nil)
    }

    // What stands in "/dev/" and has the first letter of "stdin" or "fd": most paths differ there.
    private static func mayBeDescriptor(_ path: [UInt8]) -> Bool {
        guard path.count > 5, path[1] == UInt8(ascii: "d") else { return false }
        return path[5] == UInt8(ascii: "s") || path[5] == UInt8(ascii: "f")
    }

    /// The descriptor that a path of FreeBSD's `/dev/fd` stands for.
    private static func standardDescriptor(_ path: [UInt8]) -> Int32? {
        guard mayBeDescriptor(path), path.starts(with: deviceFolder) else { return nil }
        switch String(decoding: path.dropFirst(deviceFolder.count), as: UTF8.self) {
        case "stdin": return 0
        case "stdout": return 1
        case "stderr": return 2
        case let name where name.hasPrefix("fd/"):
            guard let number = Int32(name.dropFirst(3)), HostDescriptors.isGuests(number) else { return nil }
            return number
        default: return nil
        }
    }
}
