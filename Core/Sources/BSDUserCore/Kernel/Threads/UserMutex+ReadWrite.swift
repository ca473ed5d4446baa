/// Locks for readers and writers of `_umtx_op` (`struct urwlock`: state at 0, flags at 4, waiting readers at 8, waiting
/// writers at 12). Readers and writers wait in queues of their own.
extension GuestThread {
    private enum State {
        static let writeOwner: UInt32 = 0x8000_0000
        static let writeWaiters: UInt32 = 0x4000_0000
        static let readWaiters: UInt32 = 0x2000_0000
        static let readers: UInt32 = 0x1fff_ffff
        /// Flags of the lock, and URWLOCK_PREFER_READER also of a call.
        static let shared: UInt32 = 1
        static let preferReader: UInt32 = 2
    }

    /// One side of a lock.
    private struct Side {
        let object: SleepObject
        /// Says in the state that somebody waits.
        let waitersBit: UInt32
        let countOffset: UInt64
        /// Which bits of a state keep this side out.
        let obstacles: UInt32
    }

    private func object(_ lock: GuestAddress, _ kind: SleepKey.Kind, _ flags: UInt32) throws(Errno) -> SleepObject {
        try sleepObject(lock, kind, flags & State.shared != 0 ? .shared : .own)
    }

    /// UMTX_OP_RW_RDLOCK.
    func lockForReading(_ lock: GuestAddress, flags: UInt64, _ deadline: UserDeadline?) throws(Errno) {
        let own = try number(lock &+ 4)
        let prefersReader = (UInt32(truncatingIfNeeded: flags) | own) & State.preferReader != 0
        let side = Side(
            object: try object(lock, .readers, own), waitersBit: State.readWaiters, countOffset: 8,
            obstacles: prefersReader ? State.writeOwner : State.writeOwner | State.writeWaiters)
        try acquire(lock, side, deadline) { (state) throws(Errno) in
            if state & State.readers == State.readers { throw .EAGAIN }
            return state + 1
        }
    }

    /// UMTX_OP_RW_WRLOCK.
    func lockForWriting(_ lock: GuestAddress, _ deadline: UserDeadline?) throws(Errno) {
        let own = try number(lock &+ 4)
        let side = Side(
            object: try object(lock, .writers, own), waitersBit: State.writeWaiters, countOffset: 12,
            obstacles: State.writeOwner | State.readers)
        do throws(Errno) {
            try acquire(lock, side, deadline) { (state) throws(Errno) in state | State.writeOwner }
        } catch {
            // Readers that this writer kept out may go on.
            let readers = try object(lock, .readers, own)
            try busy(readers) { () throws(Errno) in
                let state = try number(lock)
                if state & (State.writeOwner | State.writeWaiters) == 0, state & State.readWaiters != 0 {
                    wake(readers, atMost: .max)
                }
            }
            throw error
        }
    }

    private func acquire(
        _ lock: GuestAddress, _ side: Side, _ deadline: UserDeadline?, _ taken: (UInt32) throws(Errno) -> UInt32
    ) throws(Errno) {
        var interruption: Errno?
        while true {
            var state = try number(lock)
            if state & side.obstacles == 0 {
                if try exchange(lock, state, try taken(state)) { return }
                continue
            }
            if let interruption { throw interruption == .restart ? .EINTR : interruption }
            let mustWait = try join(side.object) { () throws(Errno) in
                state = try number(lock)
                guard state & side.obstacles != 0, try exchange(lock, state, state | side.waitersBit) else {
                    return false
                }
                try count(lock, side, 1)
                return true
            }
            guard mustWait else { continue }
            do throws(Errno) {
                try sleep(side.object, while: state | side.waitersBit, deadline?.host)
            } catch {
                interruption = error
            }
            try busy(side.object) { () throws(Errno) in try count(lock, side, -1) }
        }
    }

    /// Counts a waiter in or out. The last one takes the bit with it.
    private func count(_ lock: GuestAddress, _ side: Side, _ change: Int32) throws(Errno) {
        var left: UInt32 = 0
        try update(lock &+ side.countOffset) { count in
            left = count &+ UInt32(bitPattern: change)
            return left
        }
        if change < 0 && left == 0 { try update(lock) { $0 & ~side.waitersBit } }
    }

    /// UMTX_OP_RW_UNLOCK.
    func unlockReadersOrWriter(_ lock: GuestAddress) throws(Errno) {
        let flags = try number(lock &+ 4)
        var state: UInt32 = 0
        while true {
            state = try number(lock)
            let released: UInt32
            if state & State.writeOwner != 0 {
                released = state & ~State.writeOwner
            } else if state & State.readers != 0 {
                released = state - 1
            } else {
                throw .EPERM
            }
            if try exchange(lock, state, released) { break }
        }
        let writersFirst = flags & State.preferReader == 0
        let hasWriters = state & State.writeWaiters != 0
        let hasReaders = state & State.readWaiters != 0
        guard hasWriters || hasReaders else { return }
        let wakesWriter = hasWriters && (writersFirst || !hasReaders)
        let object = try object(lock, wakesWriter ? .writers : .readers, flags)
        _ = try busy(object) { () throws(Errno) in wake(object, atMost: wakesWriter ? 1 : .max) }
    }
}
