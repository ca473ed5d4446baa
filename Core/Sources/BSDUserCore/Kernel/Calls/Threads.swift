/// Threads (`sys/kern/kern_thr.c`).
enum ThreadCalls {
    static let rows: [SystemCallRow] = [
        systemCall(432, "thr_self", Out<GuestLong>("id")) { thread, id throws(Errno) in
            try id.store(GuestLong(thread.id))
        },
        systemCall(431, "thr_exit", Pointer("state")) { thread, state throws(Errno) in
            thread.releaseRobustMutexes()
            if state != 0 {
                // From here on the guest may free the stack.
                try? thread.memory.storeWord(1, at: state)
                try? thread.wakeWaiters(state, .asMapped, atMost: UInt64(Int32.max))
            }
            thread.exitThread()
        },
        systemCall(433, "thr_kill", Long("id"), SignalArgument()) { thread, id, signal throws(Errno) in
            try thread.send(signal, toThread: id)
        },
        systemCall(481, "thr_kill2", Signed("pid"), Long("id"), SignalArgument()) {
            thread, pid, id, signal throws(Errno) in
            try thread.send(signal, toThread: id, of: pid)
        },
        systemCall(464, "thr_set_name", Long("id"), OptionalPath("name", cut: 19)) { thread, id, name throws(Errno) in
            let text = name ?? []
            try thread.process.lock.hold { () throws(Errno) in
                guard let target = thread.process.thread(id) else { throw .ESRCH }
                target.name = text
            }
        },
        systemCall(
            442, "thr_suspend", InOptional<TimeSpecification>("timeout"), restart: .restarts
        ) { thread, timeout throws(Errno) in
            if let timeout, !timeout.isValid || timeout.seconds < 0 { throw .EINVAL }
            try thread.suspendUntilWoken(timeout)
        },
        systemCall(443, "thr_wake", Long("id")) { thread, id throws(Errno) in try thread.wakeThread(id) },
        systemCall(455, "thr_new", Pointer("param"), Signed("param_size")) { thread, address, size throws(Errno) in
            try thread.createThread(parametersAt: address, byteCount: size)
        },
        systemCall(430, "thr_create", Pointer("ctx"), Pointer("id"), Signed("flags")) {
            thread, context, number, _ throws(Errno) in
            try thread.createThread(contextAt: context, number: number)
        },
        systemCall(
            454, "_umtx_op", Pointer("obj"), Enumeration<UserMutexOperation>("op"), Size("val"),
            DependentPointer("uaddr1", GuestThread.traceFirstOperand),
            DependentPointer("uaddr2", GuestThread.traceSecondOperand),
            returns: .count, restart: .restarts, support: .partial,
            note: "priorities are not lent to the owner of a mutex"
        ) { thread, object, operation, value, first, second throws(Errno) in
            try thread.userMutex(operation.guest, object, value, first, second)
        },
    ]
}

/// `struct thr_param`.
struct ThreadParameters: GuestStruct, Equatable, Sendable {
    var entry: GuestAddress = 0
    var argument: GuestAddress = 0
    var stackBase: GuestAddress = 0
    var stackBytes: UInt64 = 0
    var threadPointer: GuestAddress = 0
    var threadPointerBytes: UInt64 = 0
    /// Where the new thread's number goes, once for itself and once for its creator.
    var childNumber: GuestAddress = 0
    var parentNumber: GuestAddress = 0
    var flags: Int32 = 0
    var priority: GuestAddress = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.pointer("start_func", &entry)
        visitor.pointer("arg", &argument)
        visitor.pointer("stack_base", &stackBase)
        visitor.word("stack_size", &stackBytes)
        visitor.pointer("tls_base", &threadPointer)
        visitor.word("tls_size", &threadPointerBytes)
        visitor.pointer("child_tid", &childNumber)
        visitor.pointer("parent_tid", &parentNumber)
        visitor.int("flags", &flags, .hexadecimal)
        visitor.align(visitor.abi.wordBytes)
        visitor.pointer("rtp", &priority)
        visitor.pad(3 * visitor.abi.wordBytes)
    }
}

extension GuestThread {
    /// `thr_new`.
    fileprivate func createThread(parametersAt address: GuestAddress, byteCount: Int32) throws(Errno) {
        // What an older program does not pass is zero.
        let parameters = try memory.copyInPrefix(ThreadParameters.self, address, byteCount: Int(byteCount))
        try checkPriority(parameters.priority)
        try createThread(
            { cpu in
                architecture.setUpcall(
                    cpu, entry: parameters.entry, argument: parameters.argument, stackBase: parameters.stackBase,
                    stackBytes: parameters.stackBytes)
                architecture.setTLS(cpu, parameters.threadPointer)
            },
            announce: { (id) throws(Errno) in
                for place in [parameters.childNumber, parameters.parentNumber] where place != 0 {
                    try memory.storeWord(UInt64(id), at: place)
                }
            })
    }

    /// The scheduling class that a new thread asks for (`thread_create`): all but time sharing take privileges.
    private func checkPriority(_ address: GuestAddress) throws(Errno) {
        guard address != 0 else { return }
        switch try memory.load(RealTimePriority.self, at: address).kind {
        case 2, 10: throw .EPERM
        case 3: break
        default: throw .EINVAL
        }
    }

    /// `thr_create`: a thread that starts in a context, from the days of KSE.
    fileprivate func createThread(contextAt context: GuestAddress, number: GuestAddress) throws(Errno) {
        let offset = UInt64(process.signalFrame.mcontextOffset)
        try createThread(
            { (cpu) throws(Errno) in
                try architecture.setMContext(cpu, memory, context &+ offset)
            },
            announce: { (id) throws(Errno) in
                if number != 0 { try memory.storeWord(UInt64(id), at: number) }
            })
    }

    // MARK: Suspending

    /// `thr_suspend`: sleeps until another thread's `thr_wake`, which may have come before.
    fileprivate func suspendUntilWoken(_ timeout: TimeSpecification?) throws(Errno) {
        if takeOwnWake() { return }
        let end = timeout.map { HostSignal.monotonicNanoseconds.addingReportingOverflow($0.totalNanoseconds) }
        let deadline = end.map { HostEvent.Deadline(nanoseconds: $0.overflow ? .max : $0.partialValue) }
        let isWoken = process.lock.hold {
            if takeWake() { return true }
            suspension.reset()
            return false
        }
        if isWoken { return }
        let outcome = Result { () throws(Errno) in try blocking { suspension.wait(deadline) } }
        if process.lock.hold({ takeWake() }) { return }
        switch outcome {
        case .success(let result): throw result == 0 ? .EINTR : Errno(host: Int32(-result))
        case .failure(let error): throw error == .restart && timeout != nil ? .EINTR : error
        }
    }

    /// The process's lock is held.
    private func takeWake() -> Bool {
        defer { isWoken = false }
        return isWoken
    }

    /// `thr_wake`: ends another thread's `thr_suspend`, or keeps the caller from its next sleep, whatever that is for.
    fileprivate func wakeThread(_ id: Int64) throws(Errno) {
        if id == self.id {
            skipsNextSleep = true
            return
        }
        try process.lock.hold { () throws(Errno) in
            guard let thread = process.thread(id) else { throw .ESRCH }
            thread.isWoken = true
            thread.suspension.happen()
        }
    }
}
