/// Threads (`sys/kern/kern_thr.c`) as far as a program with one thread needs them.
enum ThreadCalls {
    private static let oneThread = "programs have one thread"

    static let rows: [SystemCallRow] = [
        systemCall(432, "thr_self", Out<GuestLong>("id")) { thread, id throws(Errno) in
            try id.store(GuestLong(thread.id))
        },
        systemCall(431, "thr_exit", Out<GuestLong>("state"), returns: .outcome) { thread, state throws(Errno) in
            try state.storeIfPresent(GuestLong(1))
            // The last thread's end is the process's (`sys_thr_exit`).
            thread.process.end(.exited(0))
            return .unchanged
        },
        systemCall(433, "thr_kill", Long("id"), SignalArgument()) { thread, id, signal throws(Errno) in
            try thread.send(signal, toThread: id)
        },
        systemCall(481, "thr_kill2", Signed("pid"), Long("id"), SignalArgument()) {
            thread, pid, id, signal throws(Errno) in
            if pid == HostProcess.currentPID { return try thread.send(signal, toThread: id) }
            // Another process has one thread, whose number follows from the process's.
            guard id == Int64(pid) + 100_000 else { throw .ESRCH }
            try thread.send(signal, to: pid)
        },
        systemCall(464, "thr_set_name", Long("id"), OptionalPath("name")) { thread, id, name throws(Errno) in
            guard id == thread.id else { throw .ESRCH }
            thread.name = Array((name ?? []).prefix(19))
        },
        systemCall(
            442, "thr_suspend", InOptional<TimeSpecification>("timeout"), restart: .interrupts
        ) { thread, timeout throws(Errno) in
            if let timeout, !timeout.isValid || timeout.seconds < 0 { throw .EINVAL }
            if thread.takeWake() { return }
            try thread.sleep(nanoseconds: timeout?.totalNanoseconds)
            throw .ETIMEDOUT
        },
        systemCall(443, "thr_wake", Long("id")) { thread, id throws(Errno) in
            guard id == thread.id else { throw .ESRCH }
            thread.isWoken = true
        },
        systemCall(
            455, "thr_new", Pointer("param"), Signed("param_size"), support: .refused, note: oneThread
        ) { _, _, _ throws(Errno) in
            KernelLog.once("thr_new: \(oneThread); pthread_create fails with EAGAIN")
            throw .EAGAIN
        },
        systemCall(
            430, "thr_create", Pointer("ctx"), Pointer("id"), Signed("flags"), support: .refused, note: oneThread
        ) { _, _, _, _ throws(Errno) in throw .EAGAIN },
        systemCall(
            454, "_umtx_op", Pointer("obj"), Enumeration<UserMutexOperation>("op"), Size("val"), Pointer("uaddr1"),
            Pointer("uaddr2"), restart: .interrupts, support: .partial,
            note: "waiting and waking by address, mutexes, semaphores; condition variables and locks only uncontested"
        ) { thread, object, operation, value, first, second throws(Errno) in
            try thread.userMutex(operation.guest, object, value, first, second)
        },
    ]
}

extension GuestThread {
    /// Whether `thr_wake` came before `thr_suspend`.
    fileprivate func takeWake() -> Bool {
        defer { isWoken = false }
        return isWoken
    }

    /// Sleeps for a time, or for ever; returns when it is over.
    func sleep(nanoseconds: Int64?) throws(Errno) {
        let deadline = nanoseconds.map { HostSignal.monotonicNanoseconds.addingReportingOverflow($0) }
        let end = deadline.map { $0.overflow ? Int64.max : $0.partialValue }
        _ = try blocking(mayRestart: false) { HostSignal.sleep(untilNanoseconds: end) }
    }
}
