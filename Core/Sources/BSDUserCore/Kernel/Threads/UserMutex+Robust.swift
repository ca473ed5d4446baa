/// Robust mutexes: those of a thread that ends are unlocked for it, and the next owner is told (`umtx_thread_cleanup`).
struct RobustLists: GuestStruct, Equatable, Sendable {
    /// Addresses of the heads of two lists, linked through the mutexes, and of a word with the address of a mutex that is
    /// being locked or unlocked (`struct umtx_robust_lists_params`).
    var shared: GuestAddress = 0
    var own: GuestAddress = 0
    var inactive: GuestAddress = 0

    /// `kern.ipc.umtx_max_robust`.
    static let limit = 1000

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.pointer("robust_list_offset", &shared)
        visitor.pointer("robust_priv_list_offset", &own)
        visitor.pointer("robust_inact_offset", &inactive)
    }

    var isEmpty: Bool { self == RobustLists() }
}

extension GuestThread {
    private static let robustFlag: UInt32 = 0x10

    /// UMTX_OP_ROBUST_LISTS.
    func registerRobustLists(_ address: GuestAddress, byteCount: UInt64) throws(Errno) {
        robustLists = try memory.copyInPrefix(RobustLists.self, address, byteCount: Int(clamping: byteCount))
    }

    /// Unlocks what the thread holds at its end.
    func releaseRobustMutexes() {
        guard !robustLists.isEmpty else { return }
        let lists = robustLists
        robustLists = RobustLists()
        var inactive = lists.inactive == 0 ? 0 : (try? memory.loadWord(at: lists.inactive)) ?? 0
        release(listAt: lists.shared, &inactive)
        release(listAt: lists.own, &inactive)
        if inactive != 0 { _ = try? release(mutex: inactive, isInactive: true) }
    }

    private func release(listAt head: GuestAddress, _ inactive: inout GuestAddress) {
        guard head != 0, var mutex = try? memory.loadWord(at: head) else { return }
        for _ in 0..<RobustLists.limit where mutex != 0 {
            let isInactive = mutex == inactive
            if isInactive { inactive = 0 }
            // A list that does not make sense ends here.
            guard let next = try? release(mutex: mutex, isInactive: isInactive) else { return }
            mutex = next
        }
    }

    /// Unlocks one mutex; the result is the next of its list.
    private func release(mutex: GuestAddress, isInactive: Bool) throws(Errno) -> GuestAddress {
        let owner = try number(mutex)
        let flags = try number(mutex &+ 4)
        let next = try memory.loadWord(at: mutex &+ 16)
        guard flags & Self.robustFlag != 0 else { throw .EINVAL }
        let own = UInt32(truncatingIfNeeded: id)
        guard owner & ~MutexOwner.contested == own else {
            // Nobody holds one that was being unlocked.
            if isInactive { return next }
            throw .EINVAL
        }
        try unlockMutex(mutex, for: own, ownerDied: true)
        return next
    }
}

extension GuestProcess {
    /// At the end of the process: what its threads hold may be shared with others.
    func releaseRobustMutexes() {
        for thread in lock.hold({ threads }) { thread.releaseRobustMutexes() }
    }
}
