/// Signals (`sys/kern/kern_sig.c`).
enum SignalCalls {
    static let rows: [SystemCallRow] = [
        systemCall(37, "kill", Signed("pid"), SignalArgument()) { thread, pid, signal throws(Errno) in
            try thread.send(signal, to: pid)
        },
        systemCall(53, "sigaltstack", InOptional<SignalStackRecord>("ss"), Out<SignalStackRecord>("oss")) {
            thread, stack, old throws(Errno) in
            let before = thread.stackRecord
            if let stack {
                try thread.changeStack(base: stack.base, byteCount: stack.byteCount, flags: stack.flags)
            }
            try old.storeIfPresent(before)
        },
        systemCall(
            340, "sigprocmask", Enumeration<MaskOperation>("how"), InOptional<SignalSet>("set"), Out<SignalSet>("oset")
        ) { thread, how, set, old throws(Errno) in
            let before = thread.signals.mask
            if let set { try thread.changeMask(how: how.guest, set) }
            try old.storeIfPresent(before)
        },
        systemCall(341, "sigsuspend", In<SignalSet>("sigmask"), restart: .interrupts) { thread, mask throws(Errno) in
            try thread.suspend(mask)
        },
        systemCall(343, "sigpending", Out<SignalSet>("set")) { thread, set throws(Errno) in
            try set.store(thread.pendingSignals())
        },
        systemCall(
            345, "sigtimedwait", In<SignalSet>("set"), Out<SignalInfo>("info"),
            InOptional<TimeSpecification>("timeout"), returns: .identifier, restart: .restarts
        ) { thread, set, info, timeout throws(Errno) in
            let received = try thread.wait(for: set, timeout: timeout)
            try info.storeIfPresent(received)
            return received.signal
        },
        systemCall(
            346, "sigwaitinfo", In<SignalSet>("set"), Out<SignalInfo>("info"), returns: .identifier,
            restart: .restarts
        ) { thread, set, info throws(Errno) in
            let received = try thread.wait(for: set, timeout: nil)
            try info.storeIfPresent(received)
            return received.signal
        },
        systemCall(
            429, "sigwait", In<SignalSet>("set"), Out<GuestInt>("sig"), returns: .identifier, restart: .restarts
        ) { thread, set, signal throws(Errno) in
            do throws(Errno) {
                try signal.store(GuestInt(try thread.wait(for: set, timeout: nil).signal))
                return 0
            } catch {
                // The error is the call's value (`sys_sigwait`).
                if error == .restart { throw error }
                return error.rawValue
            }
        },
        systemCall(416, "sigaction", SignalArgument(), InOptional<SignalAction>("act"), Out<SignalAction>("oact")) {
            thread, signal, action, old throws(Errno) in
            try old.storeIfPresent(try thread.changeAction(signal, to: action))
        },
        systemCall(417, "sigreturn", Pointer("sigcntxp"), returns: .outcome) { thread, context throws(Errno) in
            try thread.sigreturn(context)
            return .unchanged
        },
        systemCall(421, "getcontext", DependentPointer("ucp", savedContext), returns: .outcome) {
            thread, context throws(Errno) in
            try thread.getContext(context)
            return .unchanged
        },
        systemCall(422, "setcontext", DependentPointer.input("ucp", UserContext.self), returns: .outcome) {
            thread, context throws(Errno) in
            try thread.setContext(context)
            return .unchanged
        },
        systemCall(
            423, "swapcontext", DependentPointer("oucp", savedContext), DependentPointer.input("ucp", UserContext.self),
            returns: .outcome
        ) { thread, old, new throws(Errno) in
            try thread.swapContext(saving: old, loading: new)
            return .unchanged
        },
        systemCall(456, "sigqueue", Signed("pid"), SignalArgument("signum"), Pointer("value")) {
            thread, pid, signal, value throws(Errno) in
            try thread.queue(signal, to: pid, value: value)
        },
        systemCall(
            573, "sigfastblock", Signed("cmd"), Pointer("ptr"), support: .refused,
            note: "libthr works without; it is new in FreeBSD 13"
        ) { _, _, _ throws(Errno) in throw .ENOSYS },
    ]

    // The call's result stands in the registers that it saves: success is no value of its own.
    @Sendable private static func savedContext(
        _ arguments: ArgumentReader, _ thread: GuestThread, _ phase: TracePhase, _ address: GuestAddress
    ) -> TraceValue {
        guard case .exit(.unchanged) = phase else { return address.unread }
        return thread.traceStruct(UserContext.self, address)
    }
}

/// `ucontext_t`, as far as it is the same on every architecture.
private struct UserContext: GuestStruct, Sendable {
    var mask = SignalSet.none

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) { visitor.nested("uc_sigmask", &mask) }
}

/// A signal's number, by its name in traces.
struct SignalArgument: NumberParameter {
    typealias Value = Int32
    let name: String
    init(_ name: String = "sig") { self.name = name }
    func value(_ word: UInt64, _ abi: GuestABI) -> Int32 { Int32(truncatingIfNeeded: word) }
    func describe(_ value: Int32) -> TraceValue {
        SignalNumber.isValid(value) ? .symbol(SignalNumber.name(value)) : .integer(Int64(value))
    }
}

extension GuestThread {
    /// The alternate stack as `sigaltstack` reports it.
    var stackRecord: SignalStackRecord {
        SignalStackRecord(base: signals.stack.base, byteCount: signals.stack.byteCount, flags: stackFlags)
    }
}

extension TimeSpecification {
    /// The whole in nanoseconds, at most what 64 bits hold.
    var totalNanoseconds: Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, exceeded) = product.addingReportingOverflow(nanoseconds)
        return exceeded ? .max : sum
    }
}
