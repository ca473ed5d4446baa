/// The files that the user wants for profilers.
public struct CodeListingOptions: Sendable {
    /// A map of `perf` (`/tmp/perf-PID.map`).
    public var hasPerfMap = false
    /// Folder of the jitdump file; nil for none.
    public var jitDumpFolder: [UInt8]?
    /// The emulator was started again in the same process: what it wrote before is still of use.
    public var continues = false

    public init() {}

    var isEmpty: Bool { !hasPerfMap && jitDumpFolder == nil }
}

/// Tells profilers what translated code is: which code of the guest, under the guest's names. The engine's lock protects it.
final class CodeListings {
    private var choice: CodeListingOptions
    private let symbols: GuestSymbols
    private var perfMap: ProfilerFile?
    private var jitDump: ProfilerFile?
    private var nextIndex: UInt64 = 0

    init(_ choice: CodeListingOptions, symbols: GuestSymbols) {
        self.choice = choice
        self.symbols = symbols
        open(keepsContent: choice.continues)
    }

    /// In the child of a `fork`: it has files of its own, and what it inherited is to be added again. What its parent could
    /// not write it does not try.
    func startAgain() {
        choice.hasPerfMap = perfMap != nil
        if jitDump == nil { choice.jitDumpFolder = nil }
        open(keepsContent: false)
    }

    private func open(keepsContent: Bool) {
        let pid = HostProcess.currentPID
        perfMap = choice.hasPerfMap ? file(Array(PerfMap.path(pid: pid).utf8), keepsContent) : nil
        jitDump = choice.jitDumpFolder.flatMap { file(JITDump.path(folder: $0, pid: pid), keepsContent) }
        guard let jitDump else { return }
        // Unlike that of any code which an earlier program of this process had.
        nextIndex = keepsContent ? now : 1
        if jitDump.isEmpty, !jitDump.append(JITDump.header(pid: pid, nanoseconds: now)) {
            return giveUp(&self.jitDump)
        }
        if !jitDump.mapMarker() {
            KernelLog.once(
                "\(printable(jitDump.path)): the host does not let it be mapped as code, by which perf finds it")
        }
    }

    private func file(_ path: [UInt8], _ keepsContent: Bool) -> ProfilerFile? {
        do throws(ProfilerFile.Problem) {
            return try ProfilerFile(path: path, keepsContent: keepsContent)
        } catch {
            KernelLog.once("cannot write \(printable(path)): \(error.text); going on without it")
            return nil
        }
    }

    private func giveUp(_ file: inout ProfilerFile?) {
        KernelLog.once("\(printable(file?.path ?? [])): the host takes no more; going on without it")
        file = nil
    }

    private var now: UInt64 { HostTime.nanoseconds(HostTime.monotonic) }

    /// A block's code is there.
    func add(_ pc: GuestAddress, code: UnsafeRawBufferPointer) {
        let place = "0x" + String(pc, radix: 16)
        add(symbols.name(of: pc).map { "\($0) \(place)" } ?? place, code: code)
    }

    /// Code of the emulator's own is there.
    func add(_ name: String, code: UnsafeRawBufferPointer) {
        let listed = ListedCode(address: UInt(bitPattern: code.baseAddress), byteCount: code.count, name: name)
        if let perfMap, !perfMap.append(PerfMap.line(listed)) { giveUp(&self.perfMap) }
        guard let jitDump else { return }
        let record = JITDump.load(
            listed, bytes: code, index: nextIndex, pid: HostProcess.currentPID,
            thread: HostThread.current.number, nanoseconds: now)
        nextIndex += 1
        if !jitDump.append(record) { giveUp(&self.jitDump) }
    }
}
