/// A host thread that carries one guest thread after another, with what each of them needs: state, execution, signal stack.
///
/// Starting a host thread costs many times what starting a guest thread on a waiting one does, and the jump table of the
/// last one is good for the next.
final class ThreadCarrier {
    private let process: GuestProcess
    let cpu: CPUState
    let execution: ThreadExecution
    private(set) var host = HostThread.current
    /// How many guest threads it has carried.
    private(set) var generation: Int64 = 0
    private var thread: GuestThread?
    /// It can run guest threads.
    private var isReady = false
    private let hasArrived = HostEvent()
    private let mayProceed = HostEvent()

    /// Starts a host thread; nil when the host has no more, or no memory.
    init?(_ process: GuestProcess, _ engine: ExecutionEngine) {
        let cpu = CPUState.allocate()
        guard let execution = ThreadExecution(engine: engine, cpu: cpu) else {
            cpu.deallocate()
            return nil
        }
        self.process = process
        self.cpu = cpu
        self.execution = execution
        guard HostThread.start(self, { $0.run() }) == 0 else {
            engine.remove(execution)
            cpu.deallocate()
            return nil
        }
        hasArrived.waitUninterrupted()
        guard isReady else { return nil }
    }

    /// Prepares it for another guest thread, which begins with a copy of its creator's registers.
    func prepare(_ creator: CPUState) {
        generation += 1
        execution.takeRegisters(of: creator)
    }

    /// Lets a guest thread run on it.
    func carry(_ thread: GuestThread) {
        self.thread = thread
        mayProceed.happen()
    }

    private func run() {
        host = .current
        isReady = execution.enterThread()
        hasArrived.happen()
        guard isReady else { return end() }
        repeat {
            mayProceed.waitUninterrupted()
            mayProceed.reset()
            thread?.live()
            thread = nil
        } while process.keep(self)
        end()
    }

    private func end() {
        execution.leaveThread()
        cpu.deallocate()
    }
}

extension GuestProcess {
    /// Host threads that are kept waiting.
    private static let idleLimit = 8

    /// Keeps a carrier for the next thread. False when enough of them wait.
    func keep(_ carrier: ThreadCarrier) -> Bool {
        lock.hold {
            guard idleCarriers.count < GuestProcess.idleLimit, keepsCarriers else { return false }
            idleCarriers.append(carrier)
            return true
        }
    }

    /// Takes back a carrier that waits without a thread to carry.
    func giveBack(_ carrier: ThreadCarrier) { lock.hold { idleCarriers.append(carrier) } }

    /// A carrier for a new thread; nil when the host has no room for one.
    func takeCarrier(_ engine: ExecutionEngine) -> ThreadCarrier? {
        lock.hold { keepsCarriers ? idleCarriers.popLast() : nil } ?? ThreadCarrier(self, engine)
    }

    /// Threads differ from now on in what the host's kernel lets a new thread inherit from its creator: processors and
    /// priority. Only new host threads do.
    func stopKeepingCarriers() { lock.hold { keepsCarriers = false } }
}
