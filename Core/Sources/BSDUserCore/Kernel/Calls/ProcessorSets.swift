/// Processor sets and memory domains (`sys/kern/kern_cpuset.c`): the host's affinity of threads; sets have numbers only.
enum ProcessorSetCalls {
    private static let oneDomain = "there is one domain of memory"

    static let rows: [SystemCallRow] = [
        systemCall(484, "cpuset", Out<GuestInt>("setid")) { thread, number throws(Errno) in
            try number.store(GuestInt(thread.process.startProcessorSet()))
        },
        systemCall(485, "cpuset_setid", Enumeration<ProcessorOwner>("which"), Wide("id"), Signed("setid")) {
            thread, which, id, number throws(Errno) in
            // "Presently we only support per-process sets" (`sys_cpuset_setid`).
            guard which.guest == ProcessorOwner.process else { throw .EINVAL }
            _ = try thread.hostThreads(which, id)
            try thread.process.joinProcessorSet(number, isOwn: id == .max || id == UInt64(HostProcess.currentPID))
        },
        systemCall(
            486, "cpuset_getid", Enumeration<ProcessorLevel>("level"), Enumeration<ProcessorOwner>("which"), Wide("id"),
            Out<GuestInt>("setid")
        ) { thread, level, which, id, number throws(Errno) in
            let own = try thread.process.processorSet(level, of: which, id)
            _ = try thread.hostThreads(which, id)
            try number.store(GuestInt(own))
        },
        systemCall(
            487, "cpuset_getaffinity", Enumeration<ProcessorLevel>("level"), Enumeration<ProcessorOwner>("which"),
            Wide("id"), Size("cpusetsize"), Pointer("mask")
        ) { thread, level, which, id, byteCount, address throws(Errno) in
            try ProcessorMask.check(byteCount, thread.memory.abi)
            let mask = try thread.processors(level, which, id)
            try thread.storeMask(mask, address, byteCount)
        },
        systemCall(
            488, "cpuset_setaffinity", Enumeration<ProcessorLevel>("level"), Enumeration<ProcessorOwner>("which"),
            Wide("id"), Size("cpusetsize"), Pointer("mask")
        ) { thread, level, which, id, byteCount, address throws(Errno) in
            try ProcessorMask.check(byteCount, thread.memory.abi)
            try thread.setProcessors(level, which, id, try thread.loadMask(address, byteCount))
        },
        systemCall(
            561, "cpuset_getdomain", Enumeration<ProcessorLevel>("level"), Enumeration<ProcessorOwner>("which"),
            Wide("id"), Size("domainsetsize"), Pointer("mask"), Out<GuestInt>("policy")
        ) { thread, level, which, id, byteCount, address, policy throws(Errno) in
            try ProcessorMask.check(byteCount, thread.memory.abi)
            _ = try thread.processors(level, which, id)
            try thread.storeMask([1], address, byteCount)
            try policy.storeIfPresent(GuestInt(DomainPolicy.firstTouch))
        },
        systemCall(
            562, "cpuset_setdomain", Enumeration<ProcessorLevel>("level"), Enumeration<ProcessorOwner>("which"),
            Wide("id"), Size("domainsetsize"), Pointer("mask"), Enumeration<DomainPolicy>("policy"), support: .partial,
            note: oneDomain
        ) { thread, level, which, id, byteCount, address, policy throws(Errno) in
            try ProcessorMask.check(byteCount, thread.memory.abi)
            guard policy.row != nil else { throw .EINVAL }
            let mask = try thread.loadMask(address, byteCount)
            guard mask.contains(where: { $0 != 0 }) else { throw .EDEADLK }
            guard mask.first == 1, mask.dropFirst().allSatisfy({ $0 == 0 }) else { throw .EINVAL }
            _ = try thread.processors(level, which, id)
        },
        systemCall(581, "sched_getcpu", returns: .identifier) { _ throws(Errno) in HostSystem.currentProcessor() },
    ]
}

/// What a set of processors belongs to (`CPU_WHICH_*`).
enum ProcessorOwner: EnumerationTable {
    static let thread: Int32 = 1
    static let process: Int32 = 2
    static let set: Int32 = 3
    static let rows: [EnumerationRow] = [
        EnumerationRow(thread, nil, "CPU_WHICH_TID"), EnumerationRow(process, nil, "CPU_WHICH_PID"),
        EnumerationRow(set, nil, "CPU_WHICH_CPUSET"), EnumerationRow(4, nil, "CPU_WHICH_IRQ"),
        EnumerationRow(5, nil, "CPU_WHICH_JAIL"), EnumerationRow(6, nil, "CPU_WHICH_DOMAIN"),
    ]
}

/// Which of the sets of an owner is meant (`CPU_LEVEL_*`).
enum ProcessorLevel: EnumerationTable {
    static let root: Int32 = 1
    static let set: Int32 = 2
    static let own: Int32 = 3
    static let rows: [EnumerationRow] = [
        EnumerationRow(root, nil, "CPU_LEVEL_ROOT"), EnumerationRow(set, nil, "CPU_LEVEL_CPUSET"),
        EnumerationRow(own, nil, "CPU_LEVEL_WHICH"),
    ]
}

/// How memory is taken from domains (`DOMAINSET_POLICY_*`).
enum DomainPolicy: EnumerationTable {
    static let firstTouch: Int32 = 2
    static let rows: [EnumerationRow] = [
        EnumerationRow(1, nil, "DOMAINSET_POLICY_ROUNDROBIN"),
        EnumerationRow(firstTouch, nil, "DOMAINSET_POLICY_FIRSTTOUCH"),
        EnumerationRow(3, nil, "DOMAINSET_POLICY_PREFER"), EnumerationRow(4, nil, "DOMAINSET_POLICY_INTERLEAVE"),
    ]
}

/// `cpuset_t`: words of the guest.
enum ProcessorMask {
    /// `CPU_MAXSIZE` in bytes.
    static let maximumBytes: UInt64 = 32

    /// The kernel's own set must fit (`kern_cpuset_getaffinity`).
    static func check(_ byteCount: UInt64, _ abi: GuestABI) throws(Errno) {
        let all = HostSystem.processors
        let last = all.lastIndex { $0 != 0 } ?? 0
        let highest = last * 64 + 63 - all[last].leadingZeroBitCount
        let needed = UInt64((highest / (abi.wordBytes * 8) + 1) * abi.wordBytes)
        guard byteCount >= min(needed, maximumBytes), byteCount <= maximumBytes else { throw .ERANGE }
    }
}

extension GuestProcess {
    /// Numbers of sets: 0 is the root, 1 what processes start in.
    fileprivate func startProcessorSet() -> Int32 {
        lock.hold {
            processorSets.last += 1
            processorSets.own = processorSets.last
            return processorSets.own
        }
    }

    /// Of other processes nothing is kept.
    fileprivate func joinProcessorSet(_ number: Int32, isOwn: Bool) throws(Errno) {
        try lock.hold { () throws(Errno) in
            guard (0...processorSets.last).contains(number) else { throw .ESRCH }
            if isOwn { processorSets.own = number }
        }
    }

    fileprivate func processorSet(
        _ level: EnumeratedValue<ProcessorLevel>, of which: EnumeratedValue<ProcessorOwner>, _ id: UInt64
    ) throws(Errno) -> Int32 {
        let isSet = which.guest == ProcessorOwner.set
        switch level.guest {
        case ProcessorLevel.root: return 0
        case ProcessorLevel.set where which.guest != 4, ProcessorLevel.own where isSet:
            return isSet && id != .max ? Int32(clamping: id) : lock.hold { processorSets.own }
        default: throw .EINVAL
        }
    }
}

/// Numbers of processor sets: the one the process is in, and the last that was made.
struct ProcessorSets {
    var own: Int32 = 1
    var last: Int32 = 1
}

extension GuestThread {
    /// The host's numbers of the threads that an owner means; -1 is the caller or its process.
    fileprivate func hostThreads(_ which: EnumeratedValue<ProcessorOwner>, _ id: UInt64) throws(Errno) -> [Int32] {
        let isOwn = id == .max
        switch which.guest {
        case ProcessorOwner.thread:
            if isOwn || id == UInt64(self.id) { return [host.number] }
            let own = process.lock.hold { process.thread(Int64(clamping: id))?.host.number }
            guard let own else { throw .ESRCH }
            return [own]
        case ProcessorOwner.process:
            if isOwn || id == UInt64(HostProcess.currentPID) {
                return process.lock.hold { process.threads.map(\.host.number) }
            }
            guard let pid = Int32(exactly: id), pid > 0, HostProcess.hasThread(pid, pid) else { throw .ESRCH }
            return [pid]
        case ProcessorOwner.set:
            guard isOwn || id <= 1 || id <= process.lock.hold({ UInt64(process.processorSets.last) }) else {
                throw .ESRCH
            }
            return [host.number]
        case 5 where isOwn || id == 0: return [host.number]
        case 6 where id == 0: return [host.number]
        case 4, 5, 6: throw .ESRCH
        default: throw .EINVAL
        }
    }

    fileprivate func processors(
        _ level: EnumeratedValue<ProcessorLevel>, _ which: EnumeratedValue<ProcessorOwner>, _ id: UInt64
    ) throws(Errno) -> [UInt64] {
        guard level.row != nil else { throw .EINVAL }
        let threads = try hostThreads(which, id)
        // Sets hold all processors; only threads and processes have masks of their own.
        guard level.guest == ProcessorLevel.own, which.guest <= ProcessorOwner.process, let first = threads.first else {
            return HostSystem.processors
        }
        return try HostSystem.processors(ofThread: first)
    }

    fileprivate func setProcessors(
        _ level: EnumeratedValue<ProcessorLevel>, _ which: EnumeratedValue<ProcessorOwner>, _ id: UInt64,
        _ mask: [UInt64]
    ) throws(Errno) {
        guard level.row != nil, level.guest != ProcessorLevel.root else { throw .EINVAL }
        let all = HostSystem.processors
        for (index, word) in mask.enumerated() where word & ~(index < all.count ? all[index] : 0) != 0 {
            throw .EINVAL
        }
        guard mask.contains(where: { $0 != 0 }) else { throw .EDEADLK }
        process.stopKeepingCarriers()
        let threads = try hostThreads(which, id)
        for number in threads {
            do throws(Errno) {
                try HostSystem.setProcessors(mask, ofThread: number)
            } catch {
                // One of several may have ended meanwhile.
                guard error == .ESRCH, threads.count > 1 else { throw error }
            }
        }
    }

    private func wordCount(_ byteCount: UInt64) -> Int { Int(byteCount) / memory.abi.wordBytes }

    fileprivate func storeMask(_ mask: [UInt64], _ address: GuestAddress, _ byteCount: UInt64) throws(Errno) {
        let bits = memory.abi.wordBytes * 8
        try memory.clear(at: address, count: Int(byteCount))
        for index in 0..<wordCount(byteCount) where index * bits / 64 < mask.count {
            let word = mask[index * bits / 64] >> UInt64(index * bits % 64)
            try memory.storeWord(word, at: address &+ UInt64(index * memory.abi.wordBytes))
        }
    }

    fileprivate func loadMask(_ address: GuestAddress, _ byteCount: UInt64) throws(Errno) -> [UInt64] {
        let bits = memory.abi.wordBytes * 8
        var mask = [UInt64](repeating: 0, count: (wordCount(byteCount) * bits + 63) / 64)
        for index in 0..<wordCount(byteCount) {
            let word = try memory.loadWord(at: address &+ UInt64(index * memory.abi.wordBytes))
            mask[index * bits / 64] |= word << UInt64(index * bits % 64)
        }
        return mask
    }
}
