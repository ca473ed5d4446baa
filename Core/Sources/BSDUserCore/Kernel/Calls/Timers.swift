/// Interval timers and POSIX timers (`sys/kern/kern_time.c`).
enum TimerCalls {
    static let rows: [SystemCallRow] = [
        systemCall(
            83, "setitimer", Enumeration<IntervalTimerKind>("which"), InOptional<IntervalTimer>("itv"),
            Out<IntervalTimer>("oitv")
        ) { thread, which, new, old throws(Errno) in
            guard let kind = which.host else { throw .EINVAL }
            guard let new else {
                // Without a new value the call only tells the present one (`kern_setitimer`).
                try old.storeIfPresent(IntervalTimer(try thread.intervalTimer(kind)))
                return
            }
            guard new.isValid else { throw .EINVAL }
            let (result, before) = HostTimer.setInterval(kind, new.setting)
            _ = try thread.checked(result)
            try old.storeIfPresent(IntervalTimer(before))
        },
        systemCall(86, "getitimer", Enumeration<IntervalTimerKind>("which"), Out<IntervalTimer>("itv")) {
            thread, which, value throws(Errno) in
            guard let kind = which.host else { throw .EINVAL }
            try value.store(IntervalTimer(try thread.intervalTimer(kind)))
        },
        systemCall(
            235, "ktimer_create", Enumeration<ClockIdentifier>("clock_id"), InOptional<SignalEvent>("evp"),
            Out<GuestInt>("timerid"), support: .partial, note: "SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD_ID"
        ) { thread, clock, event, number throws(Errno) in
            let timer = try thread.createTimer(clock, event)
            do throws(Errno) { try number.store(GuestInt(timer)) } catch {
                // `sys_ktimer_create`: a number that nobody learns is given back.
                try thread.deleteTimer(timer)
                throw error
            }
        },
        systemCall(236, "ktimer_delete", Signed("timerid")) { thread, number throws(Errno) in
            try thread.deleteTimer(number)
        },
        systemCall(
            237, "ktimer_settime", Signed("timerid"), Flags<TimerFlags>(), In<TimerSpecification>("value"),
            Out<TimerSpecification>("ovalue")
        ) { thread, number, flags, new, old throws(Errno) in
            let timer = try thread.timer(number)
            guard new.isValid else { throw .EINVAL }
            let isAbsolute = flags.contains(TimerFlags.absolute)
            let (result, before) = HostTimer.set(timer.host, isAbsolute: isAbsolute, new.setting)
            _ = try thread.checked(result)
            try old.storeIfPresent(TimerSpecification(before))
        },
        systemCall(238, "ktimer_gettime", Signed("timerid"), Out<TimerSpecification>("value")) {
            thread, number, value throws(Errno) in
            let (result, setting) = HostTimer.time(try thread.timer(number).host)
            _ = try thread.checked(result)
            try value.store(TimerSpecification(setting))
        },
        systemCall(239, "ktimer_getoverrun", Signed("timerid"), returns: .identifier) { thread, number throws(Errno) in
            try thread.timer(number).overrun
        },
    ]
}

extension GuestThread {
    fileprivate func intervalTimer(_ kind: Int32) throws(Errno) -> HostTimer.Setting {
        let (result, setting) = HostTimer.interval(kind)
        _ = try checked(result)
        return setting
    }

    fileprivate func timer(_ number: Int32) throws(Errno) -> TimerTable.Timer {
        guard let timer = process.lock.hold({ process.timers[number] }) else { throw .EINVAL }
        return timer
    }

    fileprivate func deleteTimer(_ number: Int32) throws(Errno) {
        let timer = try process.lock.hold { () throws(Errno) in
            guard let timer = process.timers[number] else { throw Errno.EINVAL }
            process.timers[number] = nil
            // A signal of it that waits goes with it (`itimer_delete`).
            process.signals.queue.discard(timer: number)
            for thread in process.threads { thread.signals.queue.discard(timer: number) }
            return timer
        }
        _ = try checked(HostTimer.delete(timer.host))
    }

    fileprivate func createTimer(_ clock: EnumeratedValue<ClockIdentifier>, _ event: SignalEvent?) throws(Errno)
        -> Int32
    {
        // CLOCK_REALTIME and CLOCK_MONOTONIC only (`kern_ktimer_create`).
        guard clock.guest == 0 || clock.guest == 4, let hostClock = clock.host else { throw .EINVAL }
        if let event {
            switch event.notification {
            case SignalEvent.none: break
            case SignalEvent.bySignal, SignalEvent.toThread:
                guard SignalNumber.isValid(event.signal) else { throw .EINVAL }
            default: throw .EINVAL
            }
        }
        let isSilent = event?.notification == SignalEvent.none
        let (result, host) = HostTimer.create(clock: hostClock, signal: isSilent ? 0 : SignalNumber.hostCarrier)
        _ = try checked(result)
        let number = process.lock.hold { () -> Int32? in
            guard let number = process.timers.freeNumber else { return nil }
            var timer = TimerTable.Timer(
                host: host, signal: event?.signal ?? Signal.alarm.rawValue,
                value: event?.value ?? memory.abi.unionOfInt(number))
            if isSilent { timer.signal = 0 }
            if let event, event.notification == SignalEvent.toThread { timer.thread = Int64(event.thread) }
            process.timers[number] = timer
            return number
        }
        guard let number else {
            _ = HostTimer.delete(host)
            throw .EAGAIN
        }
        return number
    }
}

extension IntervalTimer {
    init(_ setting: HostTimer.Setting) {
        interval = TimeValue(
            seconds: setting.interval / 1_000_000_000, microseconds: setting.interval % 1_000_000_000 / 1000)
        value = TimeValue(seconds: setting.value / 1_000_000_000, microseconds: setting.value % 1_000_000_000 / 1000)
    }

    /// `itimerfix`: no negative time, and at most 100,000,000 seconds.
    /// A timer that is stopped has no interval (`kern_setitimer`).
    var isValid: Bool {
        (value == TimeValue() ? [] : [interval, value]).allSatisfy {
            $0.isValid && (0...100_000_000).contains($0.seconds)
        }
    }

    var setting: HostTimer.Setting {
        guard value != TimeValue() else { return HostTimer.Setting() }
        return HostTimer.Setting(
            interval: interval.seconds * 1_000_000_000 + interval.microseconds * 1000,
            value: value.seconds * 1_000_000_000 + value.microseconds * 1000)
    }
}

extension TimerSpecification {
    init(_ setting: HostTimer.Setting) {
        interval = TimeSpecification(
            seconds: setting.interval / 1_000_000_000, nanoseconds: setting.interval % 1_000_000_000)
        value = TimeSpecification(seconds: setting.value / 1_000_000_000, nanoseconds: setting.value % 1_000_000_000)
    }

    /// `itimespecfix`: no negative time. The host ends a timer's time where nanoseconds in 64 bits do. A timer that is
    /// stopped has no interval (`realtimer_settime`).
    var isValid: Bool {
        (value == TimeSpecification() ? [] : [interval, value]).allSatisfy { $0.isValid && $0.seconds >= 0 }
    }

    var setting: HostTimer.Setting {
        guard value != TimeSpecification() else { return HostTimer.Setting() }
        return HostTimer.Setting(interval: interval.totalNanoseconds, value: value.totalNanoseconds)
    }
}
