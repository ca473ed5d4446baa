/// One piece of host code, as profilers learn of it.
struct ListedCode {
    let address: UInt
    let byteCount: Int
    let name: String
}

/// Text that `perf` reads by itself, `/tmp/perf-PID.map` (tools/perf/Documentation/jit-interface.txt of Linux): a line
/// `START SIZE NAME` for each piece of code, numbers in hexadecimal. Code that takes the place of other code is told apart by
/// nothing; `JITDump` does that.
enum PerfMap {
    static func path(pid: Int32) -> String { "/tmp/perf-\(pid).map" }

    static func line(_ code: ListedCode) -> [UInt8] {
        Array("\(String(code.address, radix: 16)) \(String(code.byteCount, radix: 16)) \(code.name)\n".utf8)
    }
}

/// What `perf inject --jit` reads (tools/perf/Documentation/jitdump-specification.txt of Linux): code with the time at
/// which it came. All fields are in the host's byte order.
enum JITDump {
    static func path(folder: [UInt8], pid: Int32) -> [UInt8] { folder + Array("/jit-\(pid).dump".utf8) }

    /// The file's header.
    static func header(pid: Int32, nanoseconds: UInt64) -> [UInt8] {
        var writer = RecordWriter()
        writer.append(UInt32(0x4A69_5444))
        writer.append(UInt32(1))
        writer.append(UInt32(40))
        // EM_X86_64
        writer.append(UInt32(62))
        writer.append(UInt32(0))
        writer.append(UInt32(bitPattern: pid))
        writer.append(nanoseconds)
        writer.append(UInt64(0))
        return writer.bytes
    }

    /// A record JIT_CODE_LOAD. `index` is another for each piece of code of a file.
    static func load(
        _ code: ListedCode, bytes: UnsafeRawBufferPointer, index: UInt64, pid: Int32, thread: Int32, nanoseconds: UInt64
    ) -> [UInt8] {
        let name = Array(code.name.utf8) + [0]
        var writer = RecordWriter()
        writer.append(UInt32(0))
        writer.append(UInt32(16 + 40 + name.count + bytes.count))
        writer.append(nanoseconds)
        writer.append(UInt32(bitPattern: pid))
        writer.append(UInt32(bitPattern: thread))
        writer.append(UInt64(code.address))
        writer.append(UInt64(code.address))
        writer.append(UInt64(bytes.count))
        writer.append(index)
        writer.bytes += name
        writer.bytes += bytes
        return writer.bytes
    }
}

/// Fields one after the other.
private struct RecordWriter {
    var bytes: [UInt8] = []

    mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
}
