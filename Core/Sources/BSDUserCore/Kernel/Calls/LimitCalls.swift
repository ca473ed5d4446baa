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
            _, who, out throws(Errno) in
            guard let host = who.host else { throw .EINVAL }
            try out.store(HostUsage.read(host))
        },
    ]
}

extension GuestProcess {
    /// RLIMIT_DATA 2, RLIMIT_STACK 3, RLIMIT_NOFILE 8, RLIMIT_AS 10: the emulator's own needs differ from the guest's.
    private static let virtualResources: Set<Int32> = [2, 3, 8, 10]

    /// A limit as the guest sees it.
    func limit(_ resource: EnumeratedValue<Resource>) throws(Errno) -> ResourceLimit {
        guard resource.row != nil else { throw .EINVAL }
        if let limit = lock.hold({ limits[resource.guest] }) { return limit }
        let layout = architecture.description.layout
        switch resource.guest {
        case 2:
            return ResourceLimit(
                current: Int64(layout.defaultDataBytes), maximum: Int64(layout.maximumDataBytes))
        case 3:
            let bytes = configuration.stackBytes ?? layout.defaultStackBytes
            return ResourceLimit(current: Int64(bytes), maximum: Int64(max(bytes, layout.maximumStackBytes)))
        case 8:
            return ResourceLimit(current: Int64(HostDescriptors.guestLimit), maximum: Int64(HostDescriptors.guestLimit))
        case 10:
            return ResourceLimit(current: ResourceLimit.infinity, maximum: ResourceLimit.infinity)
        default:
            guard let host = resource.host else {
                return ResourceLimit(current: ResourceLimit.infinity, maximum: ResourceLimit.infinity)
            }
            return try HostLimits.read(host)
        }
    }

    /// The first number that a new descriptor cannot have (`getmaxfd` in sys/kern/kern_descrip.c).
    var descriptorLimit: Int32 {
        Int32(clamping: min(Int64(HostDescriptors.guestLimit), limits[8]?.current ?? .max))
    }

    /// Sets a limit: on the host where it means the same there.
    func setLimit(_ resource: EnumeratedValue<Resource>, _ limit: ResourceLimit) throws(Errno) {
        let old = try self.limit(resource)
        // kern_proc_setrlimit: negative values count as infinity.
        let new = ResourceLimit(
            current: limit.current < 0 ? ResourceLimit.infinity : limit.current,
            maximum: limit.maximum < 0 ? ResourceLimit.infinity : limit.maximum)
        guard new.current <= new.maximum else { throw .EINVAL }
        guard new.maximum <= old.maximum || HostSystemCall.geteuid() == 0 else { throw .EPERM }
        guard let host = resource.host, !Self.virtualResources.contains(resource.guest) else {
            let limit = clamped(new, resource.guest)
            lock.hold { limits[resource.guest] = limit }
            applyToMemory(limit, resource.guest)
            return
        }
        try HostLimits.write(host, new)
    }

    /// Limits that `mmap`, `break` and growing stacks keep to.
    private func applyToMemory(_ limit: ResourceLimit, _ resource: Int32) {
        let current = UInt64(limit.current)
        switch resource {
        case 2:
            memory.addressSpace.limits.dataBytes = current
            memory.addressSpace.limits.maximumDataBytes = UInt64(limit.maximum)
        case 3: memory.addressSpace.limits.stackBytes = current
        case 10: memory.addressSpace.limits.virtualBytes = limit.current == ResourceLimit.infinity ? .max : current
        default: break
        }
    }

    private func clamped(_ limit: ResourceLimit, _ resource: Int32) -> ResourceLimit {
        let top: Int64
        switch resource {
        case 2: top = Int64(architecture.description.layout.maximumDataBytes)
        case 3: top = Int64(architecture.description.layout.maximumStackBytes)
        case 8: top = Int64(HostDescriptors.guestLimit)
        default: return limit
        }
        return ResourceLimit(current: min(limit.current, top), maximum: min(limit.maximum, top))
    }
}
