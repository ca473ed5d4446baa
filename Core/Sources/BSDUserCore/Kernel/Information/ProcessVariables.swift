/// What `sysctl` says of processes: of the guest itself. Others are not its business.
enum ProcessVariables {
    static let rows: [InformationRow] = [
        InformationRow(withArguments: "kern.proc.pathname", 12, "Process executable path") {
            thread, arguments throws(Errno) in
            try checkSelf(arguments)
            return .text(thread.process.executablePath)
        },
        InformationRow(withArguments: "kern.proc.args", 7, "Process argument list") { thread, arguments throws(Errno) in
            try checkSelf(arguments)
            return .bytes(thread.process.configuration.arguments.flatMap { $0 + [0] })
        },
        InformationRow(withArguments: "kern.proc.sv_name", 9, "Process syscall vector name (ABI type)") {
            thread, arguments throws(Errno) in
            try checkSelf(arguments)
            return .string(thread.memory.abi.wordBytes == 8 ? "FreeBSD ELF64" : "FreeBSD ELF32")
        },
        InformationRow(withArguments: "kern.proc.ps_strings", 38, "Process ps_strings location") {
            thread, arguments throws(Errno) in
            try checkSelf(arguments)
            return .unsignedLong(thread.process.image.processStrings)
        },
        InformationRow(withArguments: "kern.proc.osrel", 40, "Process binary osreldate") {
            thread, arguments throws(Errno) in
            try checkSelf(arguments)
            return .int(thread.process.image.noteRelease)
        },
        InformationRow(withArguments: "kern.proc.sigtramp", 41, "Process signal trampoline location") {
            thread, arguments throws(Errno) in
            try checkSelf(arguments)
            // struct kinfo_sigtramp { void *start, *end, *spare[4]; }
            let image = thread.process.image
            let words = [image.trampoline, image.trampoline + image.trampolineBytes, 0, 0, 0, 0]
            return .bytes(words.flatMap { GuestWord($0).encoded(thread.memory.abi) })
        },
    ]

    private static func checkSelf(_ arguments: ArraySlice<Int32>) throws(Errno) {
        guard arguments.count == 1, let pid = arguments.first else { throw .EINVAL }
        guard pid == -1 || pid == 0 || pid == HostProcess.currentPID else { throw .ESRCH }
    }
}
