/// `munmap`, `mprotect`, `minherit`, `break` (sys/vm/vm_mmap.c, vm_unix.c).
extension AddressSpace {
    /// A range rounded outwards to pages; `EINVAL` when it wraps around.
    func pages(_ address: GuestAddress, _ byteCount: UInt64) throws(Errno) -> Range<GuestAddress> {
        let start = address & ~(pageBytes - 1)
        let size = byteCount.addingReportingOverflow(address - start + pageBytes - 1)
        guard !size.overflow else { throw .EINVAL }
        let end = start.addingReportingOverflow(size.partialValue & ~(pageBytes - 1))
        guard !end.overflow else { throw .EINVAL }
        return start..<end.partialValue
    }

    /// The part of a range where mappings can be.
    private func userPart(_ range: Range<GuestAddress>) -> Range<GuestAddress> {
        range.clamped(to: userStart..<userTop)
    }

    // MARK: munmap

    /// Unmaps what there is in a range; holes are no error.
    public func unmap(_ address: GuestAddress, _ byteCount: UInt64) throws(Errno) {
        guard byteCount > 0 else { throw .EINVAL }
        let range = try pages(address, byteCount)
        guard range.lowerBound >= userStart, range.upperBound <= userTop else { throw .EINVAL }
        try change { (touched) throws(Errno) in try remove(range, &touched) }
    }

    /// Unmaps under the lock: on the host first, so that a refusal leaves all as it was.
    private func remove(_ range: Range<GuestAddress>, _ touched: inout [Range<GuestAddress>]) throws(Errno) {
        noteCode(range, &touched)
        // Parts between mappings are free already; one call for the whole range when the emulator has no part in it.
        if !touchesForeign(range.lowerBound, UInt64(range.count)), isReserved(range) {
            guard !table.parts(of: range).isEmpty else { return }
            try vacate(range)
            table.remove(range)
            return
        }
        for part in table.parts(of: range) where part.kind != .foreign {
            try vacate(part.start..<part.end)
            table.remove(part.start..<part.end)
        }
    }

    private func isReserved(_ range: Range<GuestAddress>) -> Bool {
        range.lowerBound >= reserved.lowerBound && range.upperBound <= reserved.upperBound
    }

    // MARK: mprotect

    /// Changes protections; `raw` may hold a `PROT_MAX` as well. Holes and guards are passed over (vm_map_protect).
    public func protect(_ address: GuestAddress, _ byteCount: UInt64, _ raw: Int32) throws(Errno) {
        let (protection, maximum) = try AddressSpace.protections(raw)
        let range = userPart(try pages(address, byteCount))
        try change { (touched) throws(Errno) in try protect(range, protection, maximum, &touched) }
    }

    private func protect(
        _ range: Range<GuestAddress>, _ protection: MemoryProtection, _ maximum: MemoryProtection?,
        _ touched: inout [Range<GuestAddress>]
    ) throws(Errno) {
        let parts = table.parts(of: range).filter { $0.isBacked }
        for part in parts where !protection.union(maximum ?? []).isSubset(of: part.maximumProtection) {
            throw .EACCES
        }
        noteCode(range, &touched)
        for part in parts {
            // Also where the guest's protection stays: its pages may be write-protected for the translator.
            do {
                try HostMemory.protect(part.start, part.byteCount, protection.host)
            } catch {
                throw .ENOMEM
            }
            table.update(part.start..<part.end) {
                $0.protection = protection
                if protection.contains(.write), $0.kind == .file { $0.attributes.insert(.written) }
                if let maximum { $0.maximumProtection = maximum }
            }
            if protection.contains(.execute), touched.isEmpty { touched.append(range) }
        }
    }

    // MARK: minherit

    /// Says what a child gets of a range.
    public func setInheritance(_ address: GuestAddress, _ byteCount: UInt64, _ raw: Int32) throws(Errno) {
        guard let value = UInt8(exactly: raw), let inheritance = GuestMapping.Inheritance(rawValue: value) else {
            throw .EINVAL
        }
        let range = userPart(try pages(address, byteCount))
        try change { (touched) throws(Errno) in
            for part in table.parts(of: range) where part.isBacked {
                if inheritance == .share, !part.isShared { try share(part, &touched) }
                table.update(part.start..<part.end) { $0.inheritance = inheritance }
            }
        }
    }

    /// Pages that parent and child are to share must be shared pages of the host. Those of a private mapping of a file
    /// leave the file for good, as if each had been written to.
    private func share(_ part: GuestMapping, _ touched: inout [Range<GuestAddress>]) throws(Errno) {
        let range = part.start..<part.end
        noteCode(range, &touched)
        try HostMemory.replacePages(part.start, part.byteCount, isShared: true, part.protection.host)
        table.update(range) {
            $0.attributes.insert(.shared)
            $0.becomeAnonymous()
        }
    }

    // MARK: break

    /// Tells where the program's data segment lies: `break` goes on at its end, `mmap` starts beyond its limit.
    public func setProgram(textStart: GuestAddress, dataStart: GuestAddress, dataEnd: GuestAddress) {
        lock.lock()
        program = Program(
            textStart: textStart, dataStart: dataStart & ~(pageBytes - 1), breakEnd: roundUp(dataEnd))
        lock.unlock()
    }

    /// The end of the data segment.
    public var breakEnd: GuestAddress {
        lock.lock()
        defer { lock.unlock() }
        return program.breakEnd
    }

    /// Moves the end of the data segment, and returns it. Below the segment's start it only tells (kern_break).
    public func setBreak(_ address: GuestAddress) throws(Errno) -> GuestAddress {
        guard address <= userTop else { throw .ENOMEM }
        let wanted = roundUp(address)
        return try change { (touched) throws(Errno) in
            let old = program.breakEnd
            guard wanted >= program.dataStart, old > 0 else { return old }
            if wanted > old {
                try growData(old..<wanted)
            } else if wanted < old {
                try remove(wanted..<old, &touched)
            }
            program.breakEnd = wanted
            return wanted
        }
    }

    private func growData(_ range: Range<GuestAddress>) throws(Errno) {
        let size = UInt64(range.count)
        let isFree = table.gaps(in: range) == [range]
        guard range.upperBound <= userTop, range.upperBound - program.dataStart <= limits.dataBytes, isFree,
            table.byteCount <= limits.virtualBytes, size <= limits.virtualBytes - table.byteCount
        else { throw .ENOMEM }
        try claim(range)
        _ = try HostMemory.map(range.lowerBound, size, .anonymous(isShared: false), .readWrite, .replacing)
        table.insert(
            GuestMapping(
                start: range.lowerBound, end: range.upperBound, protection: [.read, .write],
                maximumProtection: .all, kind: .anonymous))
        lockIfWanted(range)
    }
}
