/// Limits and usage of resources.
enum LimitCalls {
    static let rows: [SystemCallRow] = [
        systemCall(194, "getrlimit", Enumeration<Resource>("which"), Out<ResourceLimit>("rlp")) {
            thread, which, out throws(Errno) in
            try out.store(thread.process.limit(which))
        },
        systemCall(195, "setrlimit", Enumeration<Resource>("which"), In<ResourceLimit>("rlp")) {
            thread, which, limit throws(Errno) in
            try thread.process.setLimit(which, limit)
        },
        systemCall(117, "getrusage", Enumeration<UsageOwner>("who"), Out<ResourceUsage>("rusage")) {
            thread, who, out throws(Errno) in
            guard let host = who.host else { throw .EINVAL }
            var usage = try HostUsage.read(host)
            usage.signals = thread.handledSignals(of: who.guest)
            try out.store(usage)
        },
    ]
}

extension GuestThread {
    /// `ru_nsignals`: signals that handlers have been called for (kern_sig.c `postsig_done`).
    fileprivate func handledSignals(of owner: Int32) -> Int64 {
        switch owner {
        case 0: process.lock.hold { process.handledSignalCount }
        case 1: handledSignalCount
        // What children had is not kept.
        default: 0
        }
    }
}

extension GuestProcess {
    /// Resources whose limits the host must not keep, since the emulator's own needs differ from the guest's.
    private enum Virtual {
        static let data: Int32 = 2
        static let stack: Int32 = 3
        static let descriptors: Int32 = 8
        static let addresses: Int32 = 10
        static let all: Set<Int32> = [data, stack, descriptors, addresses]
    }

    /// A limit as the guest sees it.
    func limit(_ resource: EnumeratedValue<Resource>) throws(Errno) -> ResourceLimit {
        guard resource.row != nil else { throw .EINVAL }
        if let limit = lock.hold({ limits[resource.guest] }) { return limit }
        if let limit = initialLimit(resource.guest) { return limit }
        guard let host = resource.host else {
            return ResourceLimit(current: ResourceLimit.infinity, maximum: ResourceLimit.infinity)
        }
        return try HostLimits.read(host)
    }

    /// What a process starts with; nil where the host keeps the limit.
    private func initialLimit(_ resource: Int32) -> ResourceLimit? {
        let layout = architecture.description.layout
        switch resource {
        case Virtual.data:
            return ResourceLimit(current: Int64(layout.defaultDataBytes), maximum: Int64(layout.maximumDataBytes))
        case Virtual.stack:
            let bytes = configuration.stackBytes ?? layout.defaultStackBytes
            return ResourceLimit(current: Int64(bytes), maximum: Int64(max(bytes, layout.maximumStackBytes)))
        case Virtual.descriptors:
            let count = Int64(HostDescriptors.guestLimit)
            return ResourceLimit(current: count, maximum: count)
        case Virtual.addresses:
            return ResourceLimit(current: ResourceLimit.infinity, maximum: ResourceLimit.infinity)
        default: return nil
        }
    }

    /// The first number that a new descriptor cannot have (`getmaxfd` in sys/kern/kern_descrip.c).
    var descriptorLimit: Int32 { min(HostDescriptors.guestLimit, keptDescriptorLimit) }

    static func descriptorLimit(_ limits: [Int32: ResourceLimit]) -> Int32 {
        Int32(clamping: limits[Virtual.descriptors]?.current ?? .max)
    }

    /// Sets a limit: on the host where it means the same there.
    func setLimit(_ resource: EnumeratedValue<Resource>, _ limit: ResourceLimit) throws(Errno) {
        let old = try self.limit(resource)
        // kern_proc_setrlimit: negative values count as infinity, and the limit now is at most the limit at most.
        var new = ResourceLimit(
            current: limit.current < 0 ? ResourceLimit.infinity : limit.current,
            maximum: limit.maximum < 0 ? ResourceLimit.infinity : limit.maximum)
        guard max(new.current, new.maximum) <= old.maximum || HostIdentity.number(.geteuid) == 0 else { throw .EPERM }
        new.current = min(new.current, new.maximum)
        guard let host = resource.host, !Virtual.all.contains(resource.guest) else {
            let limit = clamped(new, resource.guest)
            lock.hold { limits[resource.guest] = limit }
            applyLimitsToMemory()
            return
        }
        try HostLimits.write(host, new)
    }

    /// Makes `mmap`, `break` and growing stacks keep to the limits. Memory that a child shares has the limits of whoever
    /// runs.
    func applyLimitsToMemory() {
        let set = lock.hold { limits }
        let limit = { (resource: Int32) in set[resource] ?? self.initialLimit(resource) ?? ResourceLimit() }
        let addresses = limit(Virtual.addresses).current
        memory.addressSpace.locked {
            memory.addressSpace.limits.dataBytes = UInt64(limit(Virtual.data).current)
            memory.addressSpace.limits.maximumDataBytes = UInt64(limit(Virtual.data).maximum)
            memory.addressSpace.limits.stackBytes = UInt64(limit(Virtual.stack).current)
            memory.addressSpace.limits.virtualBytes = addresses == ResourceLimit.infinity ? .max : UInt64(addresses)
        }
    }

    private func clamped(_ limit: ResourceLimit, _ resource: Int32) -> ResourceLimit {
        let top: Int64
        switch resource {
        case Virtual.data: top = Int64(architecture.description.layout.maximumDataBytes)
        case Virtual.stack: top = initialLimit(resource)?.maximum ?? .max
        case Virtual.descriptors: top = Int64(HostDescriptors.guestLimit)
        default: return limit
        }
        return ResourceLimit(current: min(limit.current, top), maximum: min(limit.maximum, top))
    }
}
