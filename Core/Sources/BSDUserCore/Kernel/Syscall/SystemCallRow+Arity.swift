// Overloads for each number of parameters, without and with a result: the bodies differ in nothing else.
// swift-format-ignore-file

/// A row with 0 parameters that gives back no more than success.
func systemCall(
    _ number: Int, _ name: String,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread) throws(Errno) -> Void
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: [], restart: restart,
        parameters: [], formatResult: SystemCallResult.nothing.format
    ) { thread, arguments throws(Errno) in
        try handler(thread)
        return .values(0, second: nil)
    }
}

/// A row with 0 parameters.
func systemCall<R>(
    _ number: Int, _ name: String, returns result: SystemCallResult<R>,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread) throws(Errno) -> R
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: [], restart: restart,
        parameters: [], formatResult: result.format
    ) { thread, arguments throws(Errno) in
        return result.outcome(try handler(thread))
    }
}

/// A row with 1 parameter that gives back no more than success.
func systemCall<P0: SystemCallParameter>(
    _ number: Int, _ name: String, _ p0: P0,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value) throws(Errno) -> Void
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots, restart: restart,
        parameters: [p0], formatResult: SystemCallResult.nothing.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        try handler(thread, v0)
        return .values(0, second: nil)
    }
}

/// A row with 1 parameter.
func systemCall<P0: SystemCallParameter, R>(
    _ number: Int, _ name: String, _ p0: P0, returns result: SystemCallResult<R>,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value) throws(Errno) -> R
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots, restart: restart,
        parameters: [p0], formatResult: result.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        return result.outcome(try handler(thread, v0))
    }
}

/// A row with 2 parameters that gives back no more than success.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value) throws(Errno) -> Void
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots, restart: restart,
        parameters: [p0, p1], formatResult: SystemCallResult.nothing.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        try handler(thread, v0, v1)
        return .values(0, second: nil)
    }
}

/// A row with 2 parameters.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, R>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, returns result: SystemCallResult<R>,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value) throws(Errno) -> R
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots, restart: restart,
        parameters: [p0, p1], formatResult: result.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        return result.outcome(try handler(thread, v0, v1))
    }
}

/// A row with 3 parameters that gives back no more than success.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value) throws(Errno) -> Void
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots, restart: restart,
        parameters: [p0, p1, p2], formatResult: SystemCallResult.nothing.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        try handler(thread, v0, v1, v2)
        return .values(0, second: nil)
    }
}

/// A row with 3 parameters.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, R>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, returns result: SystemCallResult<R>,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value) throws(Errno) -> R
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots, restart: restart,
        parameters: [p0, p1, p2], formatResult: result.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        return result.outcome(try handler(thread, v0, v1, v2))
    }
}

/// A row with 4 parameters that gives back no more than success.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, P3: SystemCallParameter>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, _ p3: P3,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value, P3.Value) throws(Errno) -> Void
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots + p3.slots, restart: restart,
        parameters: [p0, p1, p2, p3], formatResult: SystemCallResult.nothing.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        let v3 = try p3.decode(&arguments, thread)
        try handler(thread, v0, v1, v2, v3)
        return .values(0, second: nil)
    }
}

/// A row with 4 parameters.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, P3: SystemCallParameter, R>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, _ p3: P3, returns result: SystemCallResult<R>,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value, P3.Value) throws(Errno) -> R
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots + p3.slots, restart: restart,
        parameters: [p0, p1, p2, p3], formatResult: result.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        let v3 = try p3.decode(&arguments, thread)
        return result.outcome(try handler(thread, v0, v1, v2, v3))
    }
}

/// A row with 5 parameters that gives back no more than success.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, P3: SystemCallParameter, P4: SystemCallParameter>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, _ p3: P3, _ p4: P4,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value, P3.Value, P4.Value) throws(Errno) -> Void
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots + p3.slots + p4.slots, restart: restart,
        parameters: [p0, p1, p2, p3, p4], formatResult: SystemCallResult.nothing.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        let v3 = try p3.decode(&arguments, thread)
        let v4 = try p4.decode(&arguments, thread)
        try handler(thread, v0, v1, v2, v3, v4)
        return .values(0, second: nil)
    }
}

/// A row with 5 parameters.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, P3: SystemCallParameter, P4: SystemCallParameter, R>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, _ p3: P3, _ p4: P4, returns result: SystemCallResult<R>,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value, P3.Value, P4.Value) throws(Errno) -> R
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots + p3.slots + p4.slots, restart: restart,
        parameters: [p0, p1, p2, p3, p4], formatResult: result.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        let v3 = try p3.decode(&arguments, thread)
        let v4 = try p4.decode(&arguments, thread)
        return result.outcome(try handler(thread, v0, v1, v2, v3, v4))
    }
}

/// A row with 6 parameters that gives back no more than success.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, P3: SystemCallParameter, P4: SystemCallParameter, P5: SystemCallParameter>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, _ p3: P3, _ p4: P4, _ p5: P5,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value, P3.Value, P4.Value, P5.Value) throws(Errno) -> Void
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots + p3.slots + p4.slots + p5.slots, restart: restart,
        parameters: [p0, p1, p2, p3, p4, p5], formatResult: SystemCallResult.nothing.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        let v3 = try p3.decode(&arguments, thread)
        let v4 = try p4.decode(&arguments, thread)
        let v5 = try p5.decode(&arguments, thread)
        try handler(thread, v0, v1, v2, v3, v4, v5)
        return .values(0, second: nil)
    }
}

/// A row with 6 parameters.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, P3: SystemCallParameter, P4: SystemCallParameter, P5: SystemCallParameter, R>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, _ p3: P3, _ p4: P4, _ p5: P5, returns result: SystemCallResult<R>,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value, P3.Value, P4.Value, P5.Value) throws(Errno) -> R
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots + p3.slots + p4.slots + p5.slots, restart: restart,
        parameters: [p0, p1, p2, p3, p4, p5], formatResult: result.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        let v3 = try p3.decode(&arguments, thread)
        let v4 = try p4.decode(&arguments, thread)
        let v5 = try p5.decode(&arguments, thread)
        return result.outcome(try handler(thread, v0, v1, v2, v3, v4, v5))
    }
}

/// A row with 7 parameters that gives back no more than success.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, P3: SystemCallParameter, P4: SystemCallParameter, P5: SystemCallParameter, P6: SystemCallParameter>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, _ p3: P3, _ p4: P4, _ p5: P5, _ p6: P6,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value, P3.Value, P4.Value, P5.Value, P6.Value) throws(Errno) -> Void
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots + p3.slots + p4.slots + p5.slots + p6.slots, restart: restart,
        parameters: [p0, p1, p2, p3, p4, p5, p6], formatResult: SystemCallResult.nothing.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        let v3 = try p3.decode(&arguments, thread)
        let v4 = try p4.decode(&arguments, thread)
        let v5 = try p5.decode(&arguments, thread)
        let v6 = try p6.decode(&arguments, thread)
        try handler(thread, v0, v1, v2, v3, v4, v5, v6)
        return .values(0, second: nil)
    }
}

/// A row with 7 parameters.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, P3: SystemCallParameter, P4: SystemCallParameter, P5: SystemCallParameter, P6: SystemCallParameter, R>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, _ p3: P3, _ p4: P4, _ p5: P5, _ p6: P6, returns result: SystemCallResult<R>,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value, P3.Value, P4.Value, P5.Value, P6.Value) throws(Errno) -> R
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots + p3.slots + p4.slots + p5.slots + p6.slots, restart: restart,
        parameters: [p0, p1, p2, p3, p4, p5, p6], formatResult: result.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        let v3 = try p3.decode(&arguments, thread)
        let v4 = try p4.decode(&arguments, thread)
        let v5 = try p5.decode(&arguments, thread)
        let v6 = try p6.decode(&arguments, thread)
        return result.outcome(try handler(thread, v0, v1, v2, v3, v4, v5, v6))
    }
}

/// A row with 8 parameters that gives back no more than success.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, P3: SystemCallParameter, P4: SystemCallParameter, P5: SystemCallParameter, P6: SystemCallParameter, P7: SystemCallParameter>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, _ p3: P3, _ p4: P4, _ p5: P5, _ p6: P6, _ p7: P7,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value, P3.Value, P4.Value, P5.Value, P6.Value, P7.Value) throws(Errno) -> Void
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots + p3.slots + p4.slots + p5.slots + p6.slots + p7.slots, restart: restart,
        parameters: [p0, p1, p2, p3, p4, p5, p6, p7], formatResult: SystemCallResult.nothing.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        let v3 = try p3.decode(&arguments, thread)
        let v4 = try p4.decode(&arguments, thread)
        let v5 = try p5.decode(&arguments, thread)
        let v6 = try p6.decode(&arguments, thread)
        let v7 = try p7.decode(&arguments, thread)
        try handler(thread, v0, v1, v2, v3, v4, v5, v6, v7)
        return .values(0, second: nil)
    }
}

/// A row with 8 parameters.
func systemCall<P0: SystemCallParameter, P1: SystemCallParameter, P2: SystemCallParameter, P3: SystemCallParameter, P4: SystemCallParameter, P5: SystemCallParameter, P6: SystemCallParameter, P7: SystemCallParameter, R>(
    _ number: Int, _ name: String, _ p0: P0, _ p1: P1, _ p2: P2, _ p3: P3, _ p4: P4, _ p5: P5, _ p6: P6, _ p7: P7, returns result: SystemCallResult<R>,
    restart: RestartRule = .neverWaits, support: SupportLevel = .full, note: String = "",
    _ handler: @escaping @Sendable (GuestThread, P0.Value, P1.Value, P2.Value, P3.Value, P4.Value, P5.Value, P6.Value, P7.Value) throws(Errno) -> R
) -> SystemCallRow {
    SystemCallRow(
        number: number, name: name, support: support, note: note, slots: p0.slots + p1.slots + p2.slots + p3.slots + p4.slots + p5.slots + p6.slots + p7.slots, restart: restart,
        parameters: [p0, p1, p2, p3, p4, p5, p6, p7], formatResult: result.format
    ) { thread, arguments throws(Errno) in
        let v0 = try p0.decode(&arguments, thread)
        let v1 = try p1.decode(&arguments, thread)
        let v2 = try p2.decode(&arguments, thread)
        let v3 = try p3.decode(&arguments, thread)
        let v4 = try p4.decode(&arguments, thread)
        let v5 = try p5.decode(&arguments, thread)
        let v6 = try p6.decode(&arguments, thread)
        let v7 = try p7.decode(&arguments, thread)
        return result.outcome(try handler(thread, v0, v1, v2, v3, v4, v5, v6, v7))
    }
}
