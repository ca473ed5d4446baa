/// Clocks and sleeping.
enum TimeCalls {
    static let rows: [SystemCallRow] = [
        systemCall(232, "clock_gettime", Enumeration<ClockIdentifier>("clock_id"), Out<TimeSpecification>("tp")) {
            thread, clock, out throws(Errno) in
            try out.store(thread.time(clock))
        },
        systemCall(234, "clock_getres", Enumeration<ClockIdentifier>("clock_id"), Out<TimeSpecification>("tp")) {
            _, clock, out throws(Errno) in
            // The clocks of processors all count alike (`kern_clock_getres`).
            let like = clock.guest < 0 ? EnumeratedValue(guest: ClockIdentifier.threadTime) : clock
            try out.storeIfPresent(try HostClock.resolution(like))
        },
        systemCall(247, "clock_getcpuclockid2", Wide("id"), Signed("which"), Out<GuestInt>("clock_id")) {
            thread, id, which, out throws(Errno) in
            try out.store(GuestInt(thread.processorClock(which, Int64(bitPattern: id))))
        },
        systemCall(233, "clock_settime", Enumeration<ClockIdentifier>("clock_id"), In<TimeSpecification>("tp")) {
            thread, clock, time throws(Errno) in
            try thread.checkSuperuser()
            guard clock.guest == 0, time.isValid, time.seconds >= 0 else { throw .EINVAL }
            try HostClock.set(time)
        },
        systemCall(116, "gettimeofday", Out<TimeValue>("tp"), Out<TimeZone>("tzp")) { _, out, zone throws(Errno) in
            let now = try HostClock.time(HostClock.realTime)
            try out.storeIfPresent(TimeValue(seconds: now.seconds, microseconds: now.nanoseconds / 1000))
            try zone.storeIfPresent(TimeZone())
        },
        systemCall(122, "settimeofday", InOptional<TimeValue>("tv"), InOptional<TimeZone>("tzp")) {
            thread, time, _ throws(Errno) in
            try thread.checkSuperuser()
            guard let time else { return }
            guard time.isValid, time.seconds >= 0 else { throw .EINVAL }
            try HostClock.set(TimeSpecification(seconds: time.seconds, nanoseconds: time.microseconds * 1000))
        },
        systemCall(
            240, "nanosleep", In<TimeSpecification>("rqtp"), Out<TimeSpecification>("rmtp"), restart: .interrupts
        ) { thread, time, rest throws(Errno) in
            try thread.sleep(HostClock.realTimeIdentifier, time, isAbsolute: false, rest: rest)
        },
        systemCall(
            244, "clock_nanosleep", Enumeration<ClockIdentifier>("clock_id"), Flags<TimerFlags>(),
            In<TimeSpecification>("rqtp"), Out<TimeSpecification>("rmtp"), returns: .count, restart: .interrupts
        ) { thread, clock, flags, time, rest throws(Errno) in
            // The error is the result (clock_nanosleep(2)).
            do throws(Errno) {
                guard flags.unknown == 0 else { throw .EINVAL }
                let isAbsolute = flags.contains(TimerFlags.absolute)
                try thread.sleep(clock.sleeping, time, isAbsolute: isAbsolute, rest: rest)
                return 0
            } catch {
                return Int(error.rawValue > 0 ? error.rawValue : Errno.EINTR.rawValue)
            }
        },
        systemCall(
            140, "adjtime", InOptional<TimeValue>("delta"), Out<TimeValue>("olddelta"), support: .partial,
            note: "tells that nothing is left to adjust; adjusting needs the superuser of a FreeBSD machine: EPERM"
        ) { _, change, old throws(Errno) in
            if change != nil { throw .EPERM }
            try old.storeIfPresent(TimeValue())
        },
        systemCall(248, "ntp_gettime", Out<DisciplinedTime>("ntvp"), returns: .count) { _, out throws(Errno) in
            let (state, discipline) = try HostClock.discipline()
            var time = DisciplinedTime(time: try HostClock.time(HostClock.realTime), state: state)
            time.greatestError = discipline.greatestError
            time.estimatedError = discipline.estimatedError
            time.atomicOffset = discipline.atomicOffset
            try out.store(time)
            return Int(state)
        },
        systemCall(
            176, "ntp_adjtime", InOut<ClockDiscipline>("tp"), returns: .count, support: .partial,
            note: "tells; adjusting needs the superuser of a FreeBSD machine: EPERM"
        ) { _, out throws(Errno) in
            guard try out.load().modes == 0 else { throw .EPERM }
            let (state, discipline) = try HostClock.discipline()
            try out.store(discipline)
            return Int(state)
        },
    ]
}

extension EnumeratedValue<ClockIdentifier> {
    /// The host's clock for a sleep (`kern_clock_nanosleep`): its coarse clocks wake nobody.
    fileprivate var sleeping: Int32 {
        get throws(Errno) {
            switch guest {
            case ClockIdentifier.virtual, ClockIdentifier.profile, ClockIdentifier.processTime: throw .EOPNOTSUPP
            case ClockIdentifier.threadTime: throw .EINVAL
            default:
                guard let host else { throw .EINVAL }
                return HostClock.waking(host)
            }
        }
    }
}

extension GuestThread {
    func time(_ clock: EnumeratedValue<ClockIdentifier>) throws(Errno) -> TimeSpecification {
        switch clock.guest {
        case ClockIdentifier.virtual: return TimeSpecification(try HostUsage.own().userTime)
        case ClockIdentifier.profile:
            let usage = try HostUsage.own()
            return TimeSpecification(usage.userTime).adding(TimeSpecification(usage.systemTime))
        case ..<0: return try HostClock.time(hostClock(ofProcessor: clock.guest))
        default: break
        }
        guard let host = clock.host else { throw .EINVAL }
        var time = try HostClock.time(host)
        if clock.guest == ClockIdentifier.second { time.nanoseconds = 0 }
        return time
    }

    /// Sleeps; a signal for the guest ends it and leaves what is left of a relative time.
    func sleep(
        _ clock: Int32, _ time: TimeSpecification, isAbsolute: Bool, rest: OutPointer<TimeSpecification>
    ) throws(Errno) {
        guard time.isValid else { throw .EINVAL }
        if time.seconds < 0 { return }
        let clock = isAbsolute ? clock : HostClock.counting(clock)
        // An absolute time outlives signals that do not concern the guest.
        let end = isAbsolute ? time : try HostClock.time(clock).adding(time)
        var words = [Int(end.seconds), Int(end.nanoseconds)]
        do throws(Errno) {
            if takeOwnWake() { throw .EINTR }
            _ = try HostWords.with(&words) { address throws(Errno) in
                try wait(.clockNanosleep, Int(clock), 1, address, 0)
            }
        } catch {
            if !isAbsolute && !rest.isNull && error.rawValue <= 0 || error == .EINTR {
                if !isAbsolute { try rest.storeIfPresent(HostClock.left(until: words, clock)) }
                throw .EINTR
            }
            throw error
        }
    }
}

/// The clocks of the processor's time of threads and processes (`sys/time.h`): a bit, one more for processes, a number.
private enum ProcessorClock {
    static let mark = Int32.min
    static let process: Int32 = 0x4000_0000
    /// `CPUCLOCK_WHICH_PID` and `CPUCLOCK_WHICH_TID`.
    static let ofProcess: Int32 = 0
    static let ofThread: Int32 = 1
}

extension GuestThread {
    /// `clock_getcpuclockid2`: zero is the caller's. The number of a thread is looked at when the clock is read.
    fileprivate func processorClock(_ which: Int32, _ id: Int64) throws(Errno) -> Int32 {
        switch which {
        case ProcessorClock.ofProcess:
            let pid = id == 0 ? Int64(HostProcess.currentPID) : id
            guard let pid = Int32(exactly: pid), pid > 0, HostProcess.hasThread(pid, pid), process.maySee(pid) else {
                throw .ESRCH
            }
            return ProcessorClock.mark | ProcessorClock.process | pid
        case ProcessorClock.ofThread:
            return ProcessorClock.mark | Int32(truncatingIfNeeded: id == 0 ? self.id : id) & ~ProcessorClock.process
        default: throw .EINVAL
        }
    }

    /// The host's clock of the same time.
    private func hostClock(ofProcessor clock: Int32) throws(Errno) -> Int32 {
        let number = clock & ~ProcessorClock.mark & ~ProcessorClock.process
        if clock & ProcessorClock.process != 0 {
            guard HostProcess.hasThread(number, number), process.maySee(number) else { throw .EINVAL }
            return HostClock.processor(ofProcess: number)
        }
        guard let thread = process.lock.hold({ process.thread(Int64(number))?.host.number }) else { throw .EINVAL }
        return HostClock.processor(ofThread: thread)
    }
}

extension TimeSpecification {
    init(_ value: TimeValue) {
        self.init(seconds: value.seconds, nanoseconds: value.microseconds * 1000)
    }
}
