/// How threads begin and end (`thr_new`, `thr_exit` of kern_thr.c).
extension GuestThread {
    /// Starts a thread of the same process.
    ///
    /// - Parameters:
    ///   - prepare: sets the registers, which are a copy of the creator's.
    ///   - announce: tells the guest the new thread's number, before the thread runs.
    func createThread(
        _ prepare: (CPUState) throws(Errno) -> Void, announce: (Int64) throws(Errno) -> Void
    ) throws(Errno) {
        let count = process.lock.hold { process.threads.count }
        guard count < GuestProcess.maximumThreadCount else { throw .EPROCLIM }
        guard let engine = execution?.engine, !process.sharesMemory else { throw .ENOMEM }
        guard let carrier = process.takeCarrier(engine) else { throw .EAGAIN }
        carrier.prepare(cpu)
        let thread = GuestThread(on: carrier, createdBy: self)
        do throws(Errno) {
            try prepare(carrier.cpu)
            try announce(thread.id)
        } catch {
            process.giveBack(carrier)
            throw error
        }
        process.lock.hold { process.threads.append(thread) }
        carrier.carry(thread)
    }

    /// `thr_exit`: ends the thread. Returns when it is the last: it must end the process itself.
    func exitThread() {
        if process.removeUnlessLast(self) { endThread() }
    }

    /// The life of a thread on its carrier's host thread.
    func live() {
        HostSignal.setMask(0)
        deliverSignals()
        architecture.cpuLoop(self)
        finish()
    }

    /// What follows the loop: the end of this thread, or, unless `exitThread` took it off the list, of the process.
    func finish() {
        if process.lock.hold({ process.threads.contains { $0 === self } }) { process.terminateHost() }
        _ = HostSignal.blockAll()
        // What has come so far goes to the threads that are left. What was held back is for whom this host thread carries
        // next to decide.
        collectHostSignals()
        HostSignal.hold(0)
    }
}
