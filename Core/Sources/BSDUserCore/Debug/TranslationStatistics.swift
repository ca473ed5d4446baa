/// Figures about what was translated, for `-d statistics`. All but the time are the same in every run of the same program
/// that does the same.
struct TranslationStatistics: Equatable {
    var blocks: UInt64 = 0
    /// What the blocks were made from. Code that several blocks begin in counts for each.
    var guestInstructions: UInt64 = 0
    var guestBytes: UInt64 = 0
    /// Host code that runs when nothing out of the way happens; nil without a disassembler.
    var hostInstructionsHot: UInt64? = 0
    var hostBytesHot: UInt64 = 0
    /// With what runs seldom, exits, and what is noted beside them.
    var hostBytesTotal: UInt64 = 0
    /// CPU time from the guest's code to the host's.
    var translationNanoseconds: UInt64 = 0
    /// Instructions executed, with `-d profile`.
    var executedGuestInstructions: UInt64?
    var executedHostInstructions: UInt64?

    /// One line of JSON.
    func line(pid: Int32) -> String {
        var fields = [
            ("pid", String(pid)), ("blocks", String(blocks)), ("guestInstructions", String(guestInstructions)),
            ("guestBytes", String(guestBytes)),
            ("hostInstructionsHot", hostInstructionsHot.map { String($0) } ?? "null"),
            ("hostBytesHot", String(hostBytesHot)), ("hostBytesTotal", String(hostBytesTotal)),
            ("translationNanoseconds", String(translationNanoseconds)),
        ]
        if let executedGuestInstructions {
            fields.append(("executedGuestInstructions", String(executedGuestInstructions)))
            fields.append(("executedHostInstructions", executedHostInstructions.map { String($0) } ?? "null"))
        }
        return "{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}\n"
    }
}
