/// Waiting for descriptors.
enum WaitingCalls {
    static let rows: [SystemCallRow] = [
        systemCall(
            209, "poll", OutArray<PollDescriptor>("fds", isRead: true), Signed("timeout"), returns: .count,
            restart: .interrupts
        ) { thread, descriptors, timeout throws(Errno) in
            guard timeout >= -1 else { throw .EINVAL }
            let milliseconds = Int64(timeout)
            let time = TimeSpecification(
                seconds: milliseconds / 1000, nanoseconds: milliseconds % 1000 * 1_000_000)
            return try thread.poll(descriptors, timeout < 0 ? nil : time, mask: nil)
        },
        systemCall(
            545, "ppoll", OutArray<PollDescriptor>("fds", isRead: true), InOptional<TimeSpecification>("ts"),
            InOptional<SignalMask>("set"), returns: .count, restart: .interrupts
        ) { thread, descriptors, time, mask throws(Errno) in
            if let time, !time.isValid || time.seconds < 0 { throw .EINVAL }
            return try thread.poll(descriptors, time, mask: mask)
        },
        systemCall(
            93, "select", Signed("nd"), DescriptorSetArgument("in"), DescriptorSetArgument("ou"),
            DescriptorSetArgument("ex"), InOptional<TimeValue>("tv"), returns: .count, restart: .interrupts
        ) { thread, count, reading, writing, exceptions, time throws(Errno) in
            if let time, !time.isValid || time.seconds < 0 { throw .EINVAL }
            return try thread.select(
                count, [reading, writing, exceptions], time.map { TimeSpecification($0) }, mask: nil)
        },
        systemCall(
            522, "pselect", Signed("nd"), DescriptorSetArgument("in"), DescriptorSetArgument("ou"),
            DescriptorSetArgument("ex"), InOptional<TimeSpecification>("ts"), InOptional<SignalMask>("sm"),
            returns: .count, restart: .interrupts
        ) { thread, count, reading, writing, exceptions, time, mask throws(Errno) in
            if let time, !time.isValid || time.seconds < 0 { throw .EINVAL }
            return try thread.select(count, [reading, writing, exceptions], time, mask: mask)
        },
    ]
}

/// `sigset_t`: four words of 32 bits.
struct SignalMask: GuestStruct, Equatable, Sendable {
    var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)

    var set: SignalSet { SignalSet(words: words) }

    static func == (left: SignalMask, right: SignalMask) -> Bool { left.words == right.words }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("0", &words.0, .hexadecimal)
        visitor.int("1", &words.1, .hexadecimal)
        visitor.int("2", &words.2, .hexadecimal)
        visitor.int("3", &words.3, .hexadecimal)
    }
}

/// A set of descriptors of `select`: its length is the call's first argument.
struct DescriptorSetArgument: SystemCallParameter {
    let name: String
    init(_ name: String) { self.name = name }
    var slots: [ArgumentSlot] { [ArgumentSlot(.inputOutput, name)] }

    func decode(_ arguments: inout ArgumentReader, _ thread: GuestThread) throws(Errno) -> GuestAddress {
        try arguments.word(thread)
    }

    func trace(_ arguments: inout ArgumentReader, _ thread: GuestThread, _ phase: TracePhase) throws(Errno)
        -> [TraceValue]
    {
        let count = Int(Int32(truncatingIfNeeded: try arguments.firstWord(thread)))
        let address = try arguments.word(thread)
        return [
            address.traced { () throws(Errno) in
                let words = try thread.loadDescriptorSet(
                    address, count: min(max(count, 0), Int(HostDescriptors.guestLimit)))
                let numbers = (0..<(words.count * 64)).filter { words[$0 / 64] >> UInt64($0 % 64) & 1 != 0 }
                return .list(numbers.map { .integer(Int64($0)) })
            }
        ]
    }
}

extension GuestThread {
    /// `poll` and `ppoll`.
    func poll(_ array: GuestArray<PollDescriptor>, _ time: TimeSpecification?, mask: SignalMask?) throws(Errno) -> Int {
        // FreeBSD's limit is that of open files, at least FD_SETSIZE.
        guard array.count >= 0, array.count <= max(1024, Int(HostDescriptors.guestLimit)) else { throw .EINVAL }
        var descriptors = try array.load()
        var host: [UInt8] = []
        for descriptor in descriptors { host += hostBytes(descriptor) }
        if let mask { setTemporaryMask(mask.set) }
        var words = [Int(time?.seconds ?? 0), Int(time?.nanoseconds ?? 0)]
        let count = descriptors.count
        let ready = try HostWords.with(bytes: &host) { list throws(Errno) in
            try HostWords.with(&words) { timeout throws(Errno) in
                try wait(.ppoll, list, count, time == nil ? 0 : timeout, 0, 8)
            }
        }
        for index in descriptors.indices {
            descriptors[index].takeReturned(host, at: index)
            descriptors[index].returned = returned(descriptors[index])
        }
        try array.store(descriptors)
        return ready
    }

    // What FreeBSD would have returned: the end of a pipe is readable, and POLLERR is nothing that pipes and sockets say
    // (`pipe_poll`, `sopoll_generic`).
    private func returned(_ polled: PollDescriptor) -> UInt16 {
        let returned = polled.returned
        guard returned != 0 else { return 0 }
        if process.processDescriptors.isOfProcess(polled.descriptor) { return PollEvents.hangUp }
        guard returned & (PollEvents.error | PollEvents.hangUp) != 0,
            let type = try? attributes(polled.descriptor).type
        else { return returned }
        let input = polled.events & (PollEvents.input | PollEvents.normalInput)
        let isOver = returned & PollEvents.hangUp != 0
        switch type {
        case FileMode.fifo where isOver: return returned & ~PollEvents.error | input
        case FileMode.fifo: return returned & ~PollEvents.error | PollEvents.hangUp
        case FileMode.socket where returned & PollEvents.error != 0:
            let ready = returned & ~PollEvents.error | input | polled.events & PollEvents.output
            return ready == 0 ? PollEvents.hangUp : ready
        default: return returned
        }
    }

    // The end of a process is POLLHUP on FreeBSD, whatever is asked for, and something to read on the host.
    private func hostBytes(_ descriptor: PollDescriptor) -> [UInt8] {
        guard process.processDescriptors.isOfProcess(descriptor.descriptor) else { return descriptor.hostBytes }
        var wanted = descriptor
        wanted.events = PollEvents.input
        return wanted.hostBytes
    }

    /// `select` and `pselect`; the addresses are those of the three sets.
    func select(
        _ count: Int32, _ addresses: [GuestAddress], _ time: TimeSpecification?, mask: SignalMask?
    ) throws(Errno) -> Int {
        guard count >= 0 else { throw .EINVAL }
        let count = min(Int(count), Int(HostDescriptors.guestLimit))
        let stride = (count + 63) / 64
        var words: [Int] = []
        for address in addresses {
            let set = address == 0 ? [] : try loadDescriptorSet(address, count: count)
            try checkOpen(set)
            words += set.map { Int(bitPattern: UInt($0)) } + [Int](repeating: 0, count: stride - set.count)
        }
        words += [Int(time?.seconds ?? 0), Int(time?.nanoseconds ?? 0)]
        if let mask { setTemporaryMask(mask.set) }
        let ready = try HostWords.with(&words) { base throws(Errno) in
            let set = { (index: Int) in addresses[index] == 0 ? 0 : base + index * stride * 8 }
            return try wait(
                .pselect, count, set(0), set(1), set(2), time == nil ? 0 : base + 3 * stride * 8, 0)
        }
        for (index, address) in addresses.enumerated() where address != 0 {
            let set = words[(index * stride)..<((index + 1) * stride)].map { UInt64(UInt(bitPattern: $0)) }
            try storeDescriptorSet(set, address, count: count)
        }
        return ready
    }

    /// Linux leaves out descriptors beyond its own table, which has at least 64 entries; FreeBSD refuses them.
    private func checkOpen(_ set: [UInt64]) throws(Errno) {
        for (index, word) in set.enumerated().dropFirst() where word != 0 {
            for bit in 0..<64 where word >> UInt64(bit) & 1 != 0 {
                guard HostPath.isOpen(Int32(index * 64 + bit)) else { throw .EBADF }
            }
        }
    }

    // `fd_mask` is an unsigned long: the bits of a descriptor stand in the guest's words.
    func loadDescriptorSet(_ address: GuestAddress, count: Int) throws(Errno) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: (count + 63) / 64)
        let bits = memory.abi.wordBytes * 8
        for index in 0..<((count + bits - 1) / bits) {
            let word = try memory.loadWord(at: address + UInt64(index * memory.abi.wordBytes))
            words[index * bits / 64] |= word << UInt64(index * bits % 64)
        }
        return words
    }

    private func storeDescriptorSet(_ words: [UInt64], _ address: GuestAddress, count: Int) throws(Errno) {
        let bits = memory.abi.wordBytes * 8
        for index in 0..<((count + bits - 1) / bits) {
            let word = words[index * bits / 64] >> UInt64(index * bits % 64)
            try memory.storeWord(word, at: address + UInt64(index * memory.abi.wordBytes))
        }
    }
}

extension PollDescriptor {
    /// The host's structure: the same fields in its own order of bytes. The emulator's descriptors are nobody's.
    fileprivate var hostBytes: [UInt8] {
        let number = descriptor < 0 || HostDescriptors.isGuests(descriptor) ? descriptor : Int32.max
        let events = UInt16(truncatingIfNeeded: FlagSet<PollEvents>(guest: UInt64(events)).host)
        let bits = UInt32(bitPattern: number)
        return [
            UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8),
            UInt8(truncatingIfNeeded: bits >> 16),
            UInt8(truncatingIfNeeded: bits >> 24), UInt8(truncatingIfNeeded: events),
            UInt8(truncatingIfNeeded: events >> 8), 0, 0,
        ]
    }

    fileprivate mutating func takeReturned(_ bytes: [UInt8], at index: Int) {
        let bits = UInt64(bytes[index * 8 + 6]) | UInt64(bytes[index * 8 + 7]) << 8
        returned = UInt16(truncatingIfNeeded: FlagSet<PollEvents>(host: bits).guest)
    }
}
