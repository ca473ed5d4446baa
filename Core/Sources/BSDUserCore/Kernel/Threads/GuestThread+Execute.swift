/// `execve`.
extension GuestThread {
    /// Replaces the program. Returns only by throwing: what can go wrong does so before anything has changed.
    func execute(
        _ path: [UInt8], _ file: ExecutionPlan.File, _ arguments: [[UInt8]], _ environment: [[UInt8]]
    ) throws(Errno) {
        let plan = try ExecutionPlan(
            path: path, arguments: arguments, file: file, open: { path throws(Errno) in try self.openProgram(path) },
            close: HostProgram.close)
        defer { HostProgram.close(plan.descriptor) }
        if plan.isNative {
            // A program of the host knows no other root than the host's.
            guard !process.paths.isChanged && process.jail == nil else {
                KernelLog.once("execve: programs of the host do not run in a root of chroot(2) or a jail")
                throw .ENOEXEC
            }
            throw Errno(host: start(plan, environment, handover: nil))
        }
        guard InitialStack.takes(plan.arguments + environment) else { throw .E2BIG }
        try check(plan)
        let handover = ExecutionHandover(
            arguments: plan.arguments, environment: environment, limits: process.lock.hold { process.limits },
            root: process.paths.inherited, jail: process.jail, login: process.lock.hold { process.login },
            owner: HostProgram.owner(of: plan.descriptor), quietSockets: process.quietSockets.all)
        guard handover.isNeeded else { throw Errno(host: start(plan, environment, handover: nil)) }
        let descriptor = try HostExecute.store(handover.bytes)
        defer { HostProgram.close(descriptor) }
        throw Errno(host: start(plan, environment, handover: descriptor))
    }

    /// What the emulator's next start would refuse is refused here, where the program that asked is still there.
    private func check(_ plan: ExecutionPlan) throws(Errno) {
        // Nothing of it changes after its start.
        nonisolated(unsafe) let paths = process.paths
        let loader = ProgramLoader(
            architecture: architecture, space: memory.addressSpace, memory: memory,
            options: LoadOptions(openGuestPath: { HostProgram.openForReading($0, paths) }))
        do throws(LoadError) {
            try loader.check(
                descriptor: plan.descriptor, path: plan.path, hasPlugin: process.configuration.reentry.hasPlugin)
        } catch {
            KernelLog.once("execve: \(error.message)")
            throw error.errno
        }
    }

    private func start(_ plan: ExecutionPlan, _ variables: [[UInt8]], handover: Int32?) -> Int32 {
        // The kernel ends the other threads when the new program is there; until then they could still come back.
        process.stopOthers(self)
        defer { process.resumeOthers() }
        let signals = SignalHandover(self, toEmulator: !plan.isNative)
        defer { signals.takeBack() }
        process.isReplacing = true
        defer { process.isReplacing = false }
        beforeReplacement?()
        // `umtx_exec`: what the threads hold may lie in memory that other processes have as well. Should the host refuse
        // the program at this point, it is released all the same.
        process.releaseRobustMutexes()
        process.engine?.storeTranslations()
        process.engine?.finishLog()
        let reentry = process.configuration.reentry
        if plan.isNative {
            return HostExecute.execute(
                descriptor: plan.descriptor, path: plan.path, arguments: plan.arguments,
                environment: reentry.hostEnvironment(variables))
        }
        process.setInherited(true)
        defer { process.setInherited(false) }
        let command = Reentry(
            plan: plan, environment: variables, executable: reentry.executable, flags: reentry.flags,
            ownEnvironment: HostExecute.ownEnvironment, handover: handover)
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
        process.lock.hold { process.releaseHost() }
        // A signal from another emulator shall not kill a program that knows nothing of emulators.
        if !toEmulator {
            HostSignal.dispose(SignalNumber.hostCarrier, .ignored)
            // A kick that waits is forgotten.
            HostSignal.dispose(SignalNumber.hostKick, .ignored)
            HostSignal.dispose(SignalNumber.hostKick, .byDefault)
        }
        thread.pendingSignals().forEach { signal in
            guard SignalNumber.isShared(signal) else { return }
            while let info = thread.take(signal) {
                _ = HostSignal.queue(
                    HostProcess.currentPID, SignalNumber.host(signal), code: SignalCode.host(info.code),
                    value: info.value)
            }
        }
        process.lock.hold { process.watchers }.tell(.exec, of: HostProcess.currentPID)
        // A signal that comes from here on finds the new program's defaults, as it would after the start.
        let mask = process.hostMask(thread.signals.mask)
        HostSignal.setMask(toEmulator ? mask | SignalNumber.hostOwnMask : mask)
    }

    /// The program could not be started: everything is as before.
    func takeBack() {
        process.lock.hold { process.reclaimHost() }
        HostSignal.setMask(0)
    }
}

/// Finding the program's file.
extension GuestThread {
    /// Opens a file that may be executed (`exec_check_permissions`).
    func openProgram(_ path: [UInt8]) throws(Errno) -> ExecutionPlan.File {
        try HostProgram.open(path, process.paths)
    }

    /// The program that a descriptor of the guest leads to, and a path for it.
    func openProgram(descriptor: Int32) throws(Errno) -> (path: [UInt8], file: ExecutionPlan.File) {
        guard let path = process.paths.guestPath(ofDescriptor: descriptor) else { throw .EBADF }
        return (path, try HostProgram.reopen(descriptor))
    }
}
