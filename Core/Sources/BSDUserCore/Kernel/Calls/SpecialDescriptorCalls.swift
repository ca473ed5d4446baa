/// Descriptors that count: `eventfd` and `timerfd` (`sys/kern/{sys_eventfd,sys_timerfd}.c`).
enum SpecialDescriptorCalls {
    static let rows: [SystemCallRow] = [
        systemCall(
            577, "__specialfd", Enumeration<SpecialDescriptorKind>("type"), InBuffer("req"), returns: .descriptor
        ) { thread, kind, request throws(Errno) in
            guard kind.guest == SpecialDescriptorKind.eventCounter else { throw .EINVAL }
            return try thread.makeEventCounter(request)
        },
        systemCall(
            585, "timerfd_create", Enumeration<ClockIdentifier>("clockid"), Flags<CounterFlags>(), returns: .descriptor
        ) { thread, clock, flags throws(Errno) in
            // CLOCK_REALTIME, CLOCK_MONOTONIC and CLOCK_UPTIME (`kern_timerfd_create`).
            guard [0, 4, 5].contains(clock.guest), let host = clock.host, flags.unknown == 0,
                !flags.contains(CounterFlags.semaphore)
            else { throw .EINVAL }
            return try thread.guestCounter(HostSystemCall.timerCreate.checked(Int(host), Int(flags.host)))
        },
        systemCall(586, "timerfd_gettime", Fd(), Out<TimerSpecification>("curr_value")) {
            _, fd, value throws(Errno) in
            var words = [0, 0, 0, 0]
            _ = try HostWords.with(&words) { address throws(Errno) in
                try HostSystemCall.timerGetTime.checked(Int(fd), address)
            }
            try value.store(TimerSpecification(hostWords: words))
        },
        systemCall(
            587, "timerfd_settime", Fd(), Flags<TimerDescriptorFlags>(), In<TimerSpecification>("new_value"),
            Out<TimerSpecification>("old_value")
        ) { _, fd, flags, new, old throws(Errno) in
            guard flags.unknown == 0, new.isValid else { throw .EINVAL }
            var words = new.hostWords + [0, 0, 0, 0]
            _ = try HostWords.with(&words) { address throws(Errno) in
                try HostSystemCall.timerSetTime.checked(Int(fd), Int(flags.host), address, address + 32)
            }
            try old.storeIfPresent(TimerSpecification(hostWords: Array(words[4...])))
        },
    ]
}

/// What `__specialfd` makes (`sys/specialfd.h`).
enum SpecialDescriptorKind: EnumerationTable {
    static let eventCounter: Int32 = 1
    static let rows: [EnumerationRow] = [
        EnumerationRow(1, nil, "SPECIALFD_EVENTFD"), EnumerationRow(2, nil, "SPECIALFD_INOTIFY"),
    ]
}

/// Flags of `eventfd` and `timerfd_create`.
enum CounterFlags: FlagTable {
    static let semaphore: UInt64 = 1
    static let rows: [FlagRow] = [
        FlagRow(0x1, 0x1, "EFD_SEMAPHORE"), FlagRow(0x4, 0x800, "EFD_NONBLOCK"),
        FlagRow(0x10_0000, 0x8_0000, "EFD_CLOEXEC"),
    ]
}

/// Flags of `timerfd_settime`.
enum TimerDescriptorFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(1, 1, "TFD_TIMER_ABSTIME"), FlagRow(2, 2, "TFD_TIMER_CANCEL_ON_SET"),
    ]
}

/// `struct specialfd_eventfd`.
struct EventCounterRequest: GuestStruct, Sendable {
    var initial: UInt32 = 0
    var flags: Int32 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("initval", &initial)
        visitor.int("flags", &flags, .named { TraceValue.flagText(FlagSet<CounterFlags>(guest: $0)) })
    }
}

extension GuestThread {
    fileprivate func makeEventCounter(_ buffer: GuestBuffer) throws(Errno) -> Int32 {
        guard buffer.byteCount == UInt64(EventCounterRequest.byteCount(memory.abi)) else { throw .EINVAL }
        let request = try memory.load(EventCounterRequest.self, at: buffer.address)
        let flags = FlagSet<CounterFlags>(guest: UInt64(UInt32(bitPattern: request.flags)))
        guard flags.unknown == 0 else { throw .EINVAL }
        return try guestCounter(HostSystemCall.eventfd.checked(Int(request.initial), Int(flags.host)))
    }

    fileprivate func guestCounter(_ descriptor: Int) throws(Errno) -> Int32 {
        let descriptor = try guestDescriptor(descriptor)
        process.counters.add(descriptor)
        return descriptor
    }
}

extension TimerSpecification {
    /// The host's structure: seconds and nanoseconds of interval and value.
    fileprivate var hostWords: [Int] {
        [Int(interval.seconds), Int(interval.nanoseconds), Int(value.seconds), Int(value.nanoseconds)]
    }

    fileprivate init(hostWords words: [Int]) {
        self.init()
        interval = TimeSpecification(seconds: Int64(words[0]), nanoseconds: Int64(words[1]))
        value = TimeSpecification(seconds: Int64(words[2]), nanoseconds: Int64(words[3]))
    }
}
