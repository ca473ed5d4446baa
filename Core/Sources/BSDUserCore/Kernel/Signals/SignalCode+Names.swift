extension SignalCode {
    /// FreeBSD's name of an `si_code`: those that stand for any signal, and those that only one has (sys/signal.h).
    static func name(_ code: Int32, of signal: Int32) -> String? {
        if let code = SignalCode(rawValue: code) { return code.name }
        guard let names = Signal(rawValue: signal).flatMap({ names[$0] }) else { return nil }
        return names.indices.contains(Int(code) - 1) ? names[Int(code) - 1] : nil
    }

    /// The names of the codes from 1 on.
    private static let names: [Signal: [String]] = [
        .illegalInstruction: [
            "ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC", "ILL_PRVREG", "ILL_COPROC",
            "ILL_BADSTK",
        ],
        .trap: ["TRAP_BRKPT", "TRAP_TRACE", "TRAP_DTRACE", "TRAP_CAP"],
        .floatingPoint: [
            "FPE_INTOVF", "FPE_INTDIV", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES", "FPE_FLTINV",
            "FPE_FLTSUB",
        ],
        .bus: ["BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR"],
        .segmentation: ["SEGV_MAPERR", "SEGV_ACCERR"],
        .child: ["CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"],
        .inputOutput: ["POLL_IN", "POLL_OUT", "POLL_MSG", "POLL_ERR", "POLL_PRI", "POLL_HUP"],
    ]
}
