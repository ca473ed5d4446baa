/// What the host says of itself.
enum HostSystem {
    /// The name of the machine.
    static func name() -> [UInt8] {
        // struct new_utsname: six texts of 65 bytes, the second is the node's name.
        var bytes = [UInt8](repeating: 0, count: 6 * 65)
        _ = try? HostWords.with(bytes: &bytes) { address throws(Errno) in try HostSystemCall.uname.checked(address) }
        return Array(bytes[65..<130].prefix { $0 != 0 })
    }

    /// Processors that this process was started on: number `n` is bit `n % 64` of word `n / 64`.
    static let processors: [UInt64] = (try? processors(ofThread: 0)) ?? [1]

    /// Processors that a thread of the host may run on; 0 is the calling one.
    static func processors(ofThread number: Int32) throws(Errno) -> [UInt64] {
        var mask = [Int](repeating: 0, count: 128)
        let byteCount = try HostWords.with(&mask) { address throws(Errno) in
            try HostSystemCall.getAffinity.checked(Int(number), 1024, address)
        }
        return mask.prefix((byteCount + 7) / 8).map { UInt64(bitPattern: Int64($0)) }
    }

    static func setProcessors(_ mask: [UInt64], ofThread number: Int32) throws(Errno) {
        var words = mask.map { Int(truncatingIfNeeded: $0) }
        _ = try HostWords.with(&words) { address throws(Errno) in
            try HostSystemCall.setAffinity.checked(Int(number), mask.count * 8, address)
        }
    }

    /// The processor that the calling thread runs on.
    static func currentProcessor() -> Int32 {
        var number = [0]
        _ = try? HostWords.with(&number) { address throws(Errno) in
            try HostSystemCall.getProcessor.checked(address, 0, 0)
        }
        return Int32(truncatingIfNeeded: number[0] & 0xffff_ffff)
    }

    static func processorCount() -> Int32 { Int32(max(1, processors.reduce(0) { $0 + $1.nonzeroBitCount })) }

    // struct sysinfo: uptime, loads[3], totalram, freeram, ... and mem_unit as the 27th word of 32 bits.
    private static func information() -> [Int] {
        var words = [Int](repeating: 0, count: 16)
        _ = try? HostWords.with(&words) { address throws(Errno) in try HostSystemCall.sysinfo.checked(address) }
        return words
    }

    /// Memory; what a guest with 4-byte words can count.
    static func memoryBytes(_ abi: GuestABI) -> UInt64 {
        let bytes = UInt64(max(0, information()[4]))
        return abi.wordBytes == 8 ? bytes : min(bytes, 0x7fff_f000)
    }

    static func freeMemoryBytes() -> UInt64 { UInt64(max(0, information()[5])) }

    /// A line of /proc/meminfo, in kilobytes; 0 when there is none.
    static func memoryKilobytes(_ key: String) -> UInt64 {
        let words = HostFile.words(ofSystemFile: "/proc/meminfo").first { $0.first == key }
        return words.flatMap { $0.count > 1 ? UInt64($0[1]) : nil } ?? 0
    }

    /// Ticks that all processors have spent (`CPUSTATES`): user, nice, system, interrupts, idle.
    static func processorTimes() -> [Int64] {
        let numbers = HostFile.words(ofSystemFile: "/proc/stat").first?.dropFirst().map { Int64($0) ?? 0 } ?? []
        guard numbers.count >= 7 else { return [0, 0, 0, 0, 0] }
        return [numbers[0], numbers[1], numbers[2], numbers[5] + numbers[6], numbers[3] + numbers[4]]
    }

    /// `FSCALE` of the loads below.
    static let loadScale: Int64 = 2048

    /// Load averages; the host counts in 1/65536.
    static func loads() -> [UInt32] {
        information()[1...3].map { UInt32(truncatingIfNeeded: $0 / (65536 / Int(loadScale))) }
    }
}
