/// `execve`.
extension GuestThread {
    /// Most bytes of arguments and environment with their pointers (`ARG_MAX`).
    private var argumentLimit: Int { memory.abi.wordBytes == 8 ? 512 << 10 : 256 << 10 }

    /// The strings of `argv` or `envp`; `budget` is what is left of ARG_MAX.
    func strings(at address: GuestAddress, budget: inout Int) throws(Errno) -> [[UInt8]] {
        guard let pointers = try memory.pointers(at: address, limit: budget / (memory.abi.wordBytes + 1)) else {
            throw .E2BIG
        }
        var texts: [[UInt8]] = []
        for pointer in pointers {
            budget -= memory.abi.wordBytes
            guard let text = try memory.string(at: pointer, limit: max(budget, 0)) else { throw .E2BIG }
            budget -= text.count + 1
            texts.append(text)
        }
        return texts
    }

    /// Replaces the program. Returns only by throwing: what can go wrong does so before anything has changed.
    func execute(
        _ path: [UInt8], file: ExecutionPlan.File, arguments: GuestAddress, environment: GuestAddress
    ) throws(Errno) {
        var budget = argumentLimit
        let texts: [[UInt8]]
        let variables: [[UInt8]]
        do throws(Errno) {
            guard arguments != 0 else { throw .EFAULT }
            texts = try strings(at: arguments, budget: &budget)
            variables = environment == 0 ? [] : try strings(at: environment, budget: &budget)
        } catch {
            HostProgram.close(file.descriptor)
            throw error
        }
        let plan = try ExecutionPlan(
            path: path, arguments: texts, file: file, open: { path throws(Errno) in try self.openProgram(path) },
            close: HostProgram.close)
        defer { HostProgram.close(plan.descriptor) }
        throw Errno(host: start(plan, variables))
    }

    private func start(_ plan: ExecutionPlan, _ variables: [[UInt8]]) -> Int32 {
        let handover = SignalHandover(self, toEmulator: !plan.isNative)
        defer { handover.takeBack() }
        if plan.isNative {
            return HostExecute.execute(
                descriptor: plan.descriptor, path: plan.path, arguments: plan.arguments, environment: variables)
        }
        let reentry = process.configuration.reentry
        let command = Reentry(
            plan: plan, environment: variables, executable: reentry.executable, flags: reentry.flags,
            ownEnvironment: HostExecute.ownEnvironment)
        return HostExecute.execute(
            descriptor: -1, path: reentry.executable, arguments: command.arguments, environment: command.environment)
    }
}

/// Hands the signal state to the host for the next program: mask, ignored signals, and signals that wait.
private struct SignalHandover {
    private let process: GuestProcess

    init(_ thread: GuestThread, toEmulator: Bool) {
        process = thread.process
        _ = HostSignal.blockAll()
        thread.collectHostSignals()
        process.releaseHost()
        thread.waiting.forEach { signal in
            guard SignalNumber.isShared(signal) else { return }
            while let info = thread.take(signal) {
                _ = HostSignal.queue(
                    HostProcess.currentPID, SignalNumber.host(signal), code: SignalCode.host(info.code),
                    value: info.value)
            }
        }
        // A signal that comes from here on finds the new program's defaults, as it would after the start.
        let mask = process.hostMask(thread.signals.mask)
        HostSignal.setMask(toEmulator ? mask | 1 << UInt64(SignalNumber.hostCarrier - 1) : mask)
    }

    /// The program could not be started: everything is as before.
    func takeBack() {
        process.reclaimHost()
        HostSignal.setMask(0)
    }
}

/// Finding the program's file.
extension GuestThread {
    /// Opens a file that may be executed (`exec_check_permissions`).
    func openProgram(_ path: [UInt8]) throws(Errno) -> ExecutionPlan.File {
        try HostProgram.open(path: path, prefix: process.configuration.prefix)
    }

    /// The program that a descriptor of the guest leads to, and a path for it.
    func openProgram(descriptor: Int32) throws(Errno) -> (path: [UInt8], file: ExecutionPlan.File) {
        let path = try HostProgram.path(of: descriptor, prefix: process.configuration.prefix)
        return (path, try HostProgram.reopen(descriptor))
    }
}
