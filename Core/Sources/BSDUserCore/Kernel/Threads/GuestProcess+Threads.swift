/// The list of threads, and stopping all but one (`thread_single` of kern_thread.c).
extension GuestProcess {
    /// `kern.threads.max_threads_per_proc`.
    static let maximumThreadCount = 1500

    /// The thread with a number; nil when there is none. The lock is held.
    func thread(_ id: Int64) -> GuestThread? { threads.first { $0.id == id } }

    /// Takes a thread that ends off the list, unless it is the last one. False then: it must end the process.
    func removeUnlessLast(_ thread: GuestThread) -> Bool {
        lock.hold {
            guard threads.count > 1 else { return false }
            threads.removeAll { $0 === thread }
            // What it was to take goes to others, and nothing more comes to it.
            let unblocked = SignalSet.all.subtracting(thread.signals.mask)
            thread.signals.mask = .all
            reschedule(unblocked, from: thread)
            standstill.broadcast()
            return true
        }
    }

    /// The child of a `fork` has the calling thread alone.
    func becomeSingleThreaded(_ thread: GuestThread) {
        // The child of a fork is mostly alone already: what is written there is a page copied.
        if threads.count > 1 { threads = [thread] }
        if !idleCarriers.isEmpty { idleCarriers = [] }
        stopper = nil
        standingCount = 0
        standstill.resetInChild()
    }

    // MARK: Standstill

    /// Returns when every other thread stands still between two instructions or at the start of a system call that
    /// waits. They go on after `resumeOthers`.
    func stopOthers(_ thread: GuestThread) {
        lock.lock()
        defer { lock.unlock() }
        guard threads.count > 1 else { return }
        if stopper != nil { stand(thread) }
        stopper = thread
        for other in threads where other !== thread { other.kick() }
        while standingCount < threads.count - 1 { standstill.wait(lock) }
    }

    func resumeOthers() {
        lock.hold {
            guard stopper != nil else { return }
            stopper = nil
            standstill.broadcast()
        }
    }

    /// Stands still until nobody wants the thread to. The lock is held.
    func stand(_ thread: GuestThread) {
        standingCount += 1
        standstill.broadcast()
        while let stopper, stopper !== thread { standstill.wait(lock) }
        standingCount -= 1
    }

    /// The calling thread is about to wait where it cannot be reached: it counts as standing still.
    func beginStanding() {
        lock.hold {
            standingCount += 1
            standstill.broadcast()
        }
    }

    /// The calling thread goes on, when nobody else wants it to stand still.
    func endStanding(_ thread: GuestThread) {
        lock.hold {
            standingCount -= 1
            if stopper != nil { stand(thread) }
        }
    }
}

extension GuestThread {
    /// Stands still while another thread wants that. Host signals stay with the kernel meanwhile: when the process becomes
    /// another program they are that one's.
    func standStill() {
        _ = HostSignal.blockAll()
        collectHostSignals()
        process.lock.hold { if process.stopper != nil { process.stand(self) } }
        HostSignal.setMask(0)
    }
}
