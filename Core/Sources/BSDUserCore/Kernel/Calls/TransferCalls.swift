/// Moving bytes between descriptors and guest memory.
enum TransferCalls {
    static let rows: [SystemCallRow] = [
        systemCall(3, "read", Fd(), OutBuffer(), returns: .count, restart: .restarts) {
            thread, fd, buffer throws(Errno) in
            if thread.process.counters.contains(fd) { return try thread.readCounter(fd, buffer) }
            return try thread.wait(.read, Int(fd), buffer.hostAddress(for: .write), Int(buffer.byteCount))
        },
        systemCall(4, "write", Fd(), InBuffer(), returns: .count, restart: .restarts) {
            thread, fd, buffer throws(Errno) in
            if thread.process.counters.contains(fd) { return try thread.writeCounter(fd, buffer) }
            if thread.process.quietSockets.contain(fd) {
                return try thread.send(fd, buffer, FlagSet(guest: 0), to: nil)
            }
            do throws(Errno) {
                return try thread.wait(.write, Int(fd), buffer.hostAddress(for: .read), Int(buffer.byteCount))
            } catch .EPIPE {
                throw thread.brokenPipe(fd)
            }
        },
        systemCall(475, "pread", Fd(), OutBuffer(), Offset(), returns: .count, restart: .restarts) {
            thread, fd, buffer, offset throws(Errno) in
            try thread.transfer(.pread, fd, buffer.hostAddress(for: .write), Int(buffer.byteCount), at: offset)
        },
        systemCall(476, "pwrite", Fd(), InBuffer(), Offset(), returns: .count, restart: .restarts) {
            thread, fd, buffer, offset throws(Errno) in
            try thread.transfer(.pwrite, fd, buffer.hostAddress(for: .read), Int(buffer.byteCount), at: offset)
        },
        systemCall(173, "freebsd6_pread", Fd(), OutBuffer(), Unused(), Offset(), returns: .count, restart: .restarts) {
            thread, fd, buffer, _, offset throws(Errno) in
            try thread.transfer(.pread, fd, buffer.hostAddress(for: .write), Int(buffer.byteCount), at: offset)
        },
        systemCall(174, "freebsd6_pwrite", Fd(), InBuffer(), Unused(), Offset(), returns: .count, restart: .restarts) {
            thread, fd, buffer, _, offset throws(Errno) in
            try thread.transfer(.pwrite, fd, buffer.hostAddress(for: .read), Int(buffer.byteCount), at: offset)
        },
        systemCall(120, "readv", Fd(), Buffers(.output), returns: .count, restart: .restarts) {
            thread, fd, buffers throws(Errno) in
            try HostVectors.with(buffers, for: .write) { vector, count throws(Errno) in
                try thread.wait(.readv, Int(fd), vector, count)
            }
        },
        systemCall(121, "writev", Fd(), Buffers(.input), returns: .count, restart: .restarts) {
            thread, fd, buffers throws(Errno) in
            if thread.process.quietSockets.contain(fd) {
                var message = HostSocket.Message()
                return try message.send(fd, buffers, flags: MessageFlags.hostNoSignal, thread)
            }
            do throws(Errno) {
                return try HostVectors.with(buffers, for: .read) { vector, count throws(Errno) in
                    try thread.wait(.writev, Int(fd), vector, count)
                }
            } catch .EPIPE {
                throw thread.brokenPipe(fd)
            }
        },
        systemCall(289, "preadv", Fd(), Buffers(.output), Offset(), returns: .count, restart: .restarts) {
            thread, fd, buffers, offset throws(Errno) in
            try HostVectors.with(buffers, for: .write) { vector, count throws(Errno) in
                try thread.transfer(.preadv, fd, vector, count, at: offset)
            }
        },
        systemCall(290, "pwritev", Fd(), Buffers(.input), Offset(), returns: .count, restart: .restarts) {
            thread, fd, buffers, offset throws(Errno) in
            try HostVectors.with(buffers, for: .read) { vector, count throws(Errno) in
                try thread.transfer(.pwritev, fd, vector, count, at: offset)
            }
        },
        systemCall(478, "lseek", Fd(), Offset(), Enumeration<Whence>("whence"), returns: .offset) {
            thread, fd, offset, whence throws(Errno) in
            try thread.seek(fd, offset, whence)
        },
        systemCall(199, "freebsd6_lseek", Fd(), Unused(), Offset(), Enumeration<Whence>("whence"), returns: .offset) {
            thread, fd, _, offset, whence throws(Errno) in
            try thread.seek(fd, offset, whence)
        },
        systemCall(480, "ftruncate", Fd(), Offset("length")) { _, fd, length throws(Errno) in
            _ = try HostSystemCall.ftruncate.checked(Int(fd), Int(length))
        },
        systemCall(201, "freebsd6_ftruncate", Fd(), Unused(), Offset("length")) { _, fd, _, length throws(Errno) in
            _ = try HostSystemCall.ftruncate.checked(Int(fd), Int(length))
        },
        systemCall(479, "truncate", Path(), Offset("length")) { thread, path, length throws(Errno) in
            try thread.truncate(path, length)
        },
        systemCall(200, "freebsd6_truncate", Path(), Unused(), Offset("length")) {
            thread, path, _, length throws(Errno) in
            try thread.truncate(path, length)
        },
        systemCall(95, "fsync", Fd()) { _, fd throws(Errno) in
            _ = try HostSystemCall.fsync.checked(Int(fd))
        },
        systemCall(550, "fdatasync", Fd()) { _, fd throws(Errno) in
            _ = try HostSystemCall.fdatasync.checked(Int(fd))
        },
        systemCall(36, "sync") { _ throws(Errno) in _ = HostSystemCall.sync() },
        // The error is the result, and errno stays (posix_fallocate(2), posix_fadvise(2)): also that of the descriptor.
        systemCall(530, "posix_fallocate", Signed("fd"), Offset(), Offset("length"), returns: .count) {
            thread, fd, offset, length throws(Errno) in
            Self.resultAsError {
                () throws(Errno) in
                guard offset >= 0, length > 0 else { throw .EINVAL }
                _ = try thread.seekableType(fd)
                _ = try HostSystemCall.fallocate.checked(Int(fd), 0, Int(offset), Int(length))
            }
        },
        systemCall(
            531, "posix_fadvise", Signed("fd"), Offset(), Offset("length"), Enumeration<FileAdvice>("advice"),
            returns: .count
        ) {
            thread, fd, offset, length, advice throws(Errno) in
            Self.resultAsError {
                () throws(Errno) in
                guard offset >= 0, length >= 0, offset <= Int64.max - length, let advice = advice.host else {
                    throw .EINVAL
                }
                guard try thread.seekableType(fd) == FileMode.regular else { throw .ENODEV }
                _ = try HostSystemCall.fileAdvice.checked(Int(fd), Int(offset), Int(length), Int(advice))
            }
        },
        systemCall(
            569, "copy_file_range", Fd("infd"), InOut<GuestOffset>("inoffp"), Fd("outfd"),
            InOut<GuestOffset>("outoffp"),
            Size(), Unsigned("flags"), returns: .count, restart: .restarts
        ) { thread, from, fromOffset, to, toOffset, count, flags throws(Errno) in
            guard flags == 0, count <= UInt64(Int64.max) else { throw .EINVAL }
            return try thread.copyRange(from, fromOffset, to, toOffset, Int(count))
        },
        systemCall(563, "getrandom", OutBuffer(), Flags<RandomFlags>(), returns: .count, restart: .restarts) {
            thread, buffer, flags throws(Errno) in
            guard flags.unknown == 0, buffer.byteCount <= UInt64(Int64.max) else { throw .EINVAL }
            return try thread.random(buffer, flags)
        },
    ]

    /// For the calls that return an error number instead of setting errno.
    private static func resultAsError(_ body: () throws(Errno) -> Void) -> Int {
        do throws(Errno) {
            try body()
            return 0
        } catch {
            return Int(error.rawValue)
        }
    }
}

extension GuestThread {
    func seek(_ fd: Int32, _ offset: Int64, _ whence: EnumeratedValue<Whence>) throws(Errno) -> Int64 {
        guard let origin = whence.host else { throw .EINVAL }
        do throws(Errno) {
            let reached = Int64(try HostSystemCall.lseek.checked(Int(fd), Int(offset), Int(origin)))
            // The host says 0 of what has no offset, such as a queue of events.
            if reached == 0 { _ = try seekableType(fd) }
            return reached
        } catch .EINVAL where offset > 0 && (origin == Whence.current || origin == Whence.end) {
            // The host takes a sum that wraps around for negative (`vn_seek`).
            let start = origin == Whence.end ? try attributes(fd).byteCount : Int64(HostSystemCall.lseek(Int(fd), 0, 1))
            throw start > Int64.max - offset ? .EOVERFLOW : .EINVAL
        }
    }

    /// The type of an open file that has an offset; `ESPIPE` for others.
    func seekableType(_ fd: Int32) throws(Errno) -> UInt32 {
        guard HostDescriptors.isGuests(fd) else { throw .EBADF }
        let type = try attributes(fd).type
        guard FileMode.isOfFileSystem(type) else { throw .ESPIPE }
        return type
    }

    /// `pread`, `pwrite` and their vectors: what cannot seek is `ESPIPE`, whatever the offset is (`kern_preadv`).
    func transfer(_ call: HostSystemCall, _ fd: Int32, _ address: Int, _ count: Int, at offset: Int64) throws(Errno)
        -> Int
    {
        if offset < 0 {
            _ = try HostSystemCall.lseek.checked(Int(fd), 0, Int(Whence.current))
            throw .EINVAL
        }
        return try wait(call, Int(fd), address, count, Int(offset), 0)
    }

    func truncate(_ path: [UInt8], _ length: Int64) throws(Errno) {
        // `kern_truncate` looks at the length before it looks for the file.
        guard length >= 0 else { throw .EINVAL }
        do throws(Errno) {
            let target = try process.paths.target(DirFd.current, path, follow: true)
            _ = try HostPath.call(.truncate, path: target.absolutePath, Int(length))
        } catch {
            guard error == .EINVAL || error == .ENOENT else { throw error }
            // ufs_setattr: what is no regular file has no size, and that is no error. A device may be the host's.
            let mode = try attributes(DirFd.current, path, FlagSet(guest: 0)).mode & FileMode.typeMask
            if mode == FileMode.regular { throw error }
        }
    }

    func copyRange(
        _ from: Int32, _ fromOffset: OutPointer<GuestOffset>, _ to: Int32, _ toOffset: OutPointer<GuestOffset>,
        _ count: Int
    ) throws(Errno) -> Int {
        var words = [0, 0]
        if !fromOffset.isNull { words[0] = Int(try fromOffset.load().value) }
        if !toOffset.isNull { words[1] = Int(try toOffset.load().value) }
        guard words[0] >= 0, words[1] >= 0 else { throw .EINVAL }
        let copied = try HostWords.with(&words) { address throws(Errno) in
            try wait(
                .copyFileRange, Int(from), fromOffset.isNull ? 0 : address, Int(to),
                toOffset.isNull ? 0 : address + 8, count, 0)
        }
        try fromOffset.storeIfPresent(GuestOffset(Int64(words[0])))
        try toOffset.storeIfPresent(GuestOffset(Int64(words[1])))
        return copied
    }

    /// Random bytes for the guest: the host's, or those of a seed.
    func random(_ buffer: GuestBuffer, _ flags: FlagSet<RandomFlags>) throws(Errno) -> Int {
        if process.configuration.randomSeed != nil {
            try buffer.store(process.randomBytes(Int(buffer.byteCount)))
            return Int(buffer.byteCount)
        }
        return try wait(.getrandom, buffer.hostAddress(for: .write), Int(buffer.byteCount), Int(flags.hostInt))
    }
}

extension GuestProcess {
    /// Random bytes: from the host, or, with a seed, the same in every run.
    func randomBytes(_ count: Int) -> [UInt8] {
        guard configuration.randomSeed != nil else { return HostRandom.bytes(count) }
        return lock.hold { (0..<count).map { _ in UInt8(truncatingIfNeeded: nextRandom() >> 32) } }
    }

    // SplitMix64 (Steele, Lea, Flood 2014): good enough for a run that is to be repeated.
    private func nextRandom() -> UInt64 {
        let state = (randomState ?? 0) &+ 0x9e37_79b9_7f4a_7c15
        randomState = state
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
