/// Requests on any descriptor (`sys/filio.h`).
enum FileControls {
    static let rows: [ControlRow] = [
        .plain("f", 1, "FIOCLEX") { _, fd throws(Errno) in HostDescriptors.closeOnExec(from: fd, through: fd) },
        .plain("f", 2, "FIONCLEX") { _, fd throws(Errno) in
            _ = try HostSystemCall.fcntl.checked(Int(fd), 2, 0)
        },
        .output("f", 127, "FIONREAD", GuestInt.self) { _, fd throws(Errno) in
            // pipe_ioctl: a descriptor that cannot read has nothing to read; the host tells what the reader has.
            if try HostControl.isWriteOnly(fd), try DescriptorKind(fd) == .pipe { return GuestInt(0) }
            return GuestInt(try HostControl.readableBytes(fd))
        },
        .input("f", 126, "FIONBIO", GuestInt.self) { _, fd, value throws(Errno) in
            try HostControl.setStatus(fd, HostControl.nonblock, value.value != 0)
        },
        .input("f", 125, "FIOASYNC", GuestInt.self) { _, fd, value throws(Errno) in
            try HostControl.setStatus(fd, HostControl.async, value.value != 0)
        },
        .input("f", 124, "FIOSETOWN", GuestInt.self) { thread, fd, value throws(Errno) in
            try thread.setSignalOwner(fd, value.value)
        },
        .output("f", 123, "FIOGETOWN", GuestInt.self) { thread, fd throws(Errno) in
            GuestInt(try thread.signalOwner(fd))
        },
        .output("f", 122, "FIODTYPE", GuestInt.self) { thread, fd throws(Errno) in
            try GuestInt(thread.deviceType(fd))
        },
        deviceName(byteCount: 16), deviceName(byteCount: 8),
        .output("f", 119, "FIONWRITE", GuestInt.self) { _, fd throws(Errno) in
            GuestInt(try HostControl.integer(fd, HostControl.outputQueue))
        },
        .both("f", 97, "FIOSEEKDATA", GuestOffset.self) { _, fd, offset throws(Errno) in
            GuestOffset(Int64(try HostSystemCall.lseek.checked(Int(fd), Int(offset.value), 3)))
        },
        .both("f", 98, "FIOSEEKHOLE", GuestOffset.self) { _, fd, offset throws(Errno) in
            GuestOffset(Int64(try HostSystemCall.lseek.checked(Int(fd), Int(offset.value), 4)))
        },
    ]

    /// `FIODGNAME`: a device's name below /dev, into a buffer that the argument names.
    private static func deviceName(byteCount: Int) -> ControlRow {
        ControlRow(
            request: ControlRow.number(.input, "f", 120, byteCount: byteCount), name: "FIODGNAME",
            trace: { thread, address in thread.traceStruct(DeviceNameRequest.self, address) }
        ) { thread, fd, address throws(Errno) in
            guard DeviceNameRequest.byteCount(thread.memory.abi) == byteCount else { throw .ENOTTY }
            let request = try thread.memory.load(DeviceNameRequest.self, at: address)
            let name = try thread.deviceName(fd) + [0]
            guard Int(request.length) >= name.count else { throw .EINVAL }
            try thread.memory.write(name, at: request.buffer)
        }
    }
}

/// `struct fiodgname_arg` (`sys/filio.h`).
struct DeviceNameRequest: GuestStruct, Sendable {
    var length: Int32 = 0
    var buffer: GuestAddress = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("len", &length)
        visitor.pointer("buf", &buffer)
    }
}

extension GuestThread {
    /// What a device is called below /dev; the master of a pseudo-terminal by its other side.
    func deviceName(_ fd: Int32) throws(Errno) -> [UInt8] {
        guard try attributes(fd).mode & FileMode.typeMask == FileMode.characterDevice else { throw .ENOTTY }
        if let number = try? HostControl.integer(fd, HostTerminal.masterNumber) { return Array("pts/\(number)".utf8) }
        let prefix = Array("/dev/".utf8)
        guard let path = HostPath.ofDescriptor(fd), path.starts(with: prefix) else { throw .ENOTTY }
        return Array(path.dropFirst(prefix.count))
    }

    /// `FIODTYPE`: D_TAPE 1, D_DISK 2, D_TTY 4 (`sys/conf.h`); `ENOTTY` for what is no device.
    func deviceType(_ fd: Int32) throws(Errno) -> Int32 {
        let type = try attributes(fd).mode & FileMode.typeMask
        if type == FileMode.blockDevice { return 2 }
        guard type == FileMode.characterDevice else { throw .ENOTTY }
        return HostTerminal.isTerminal(fd) ? 4 : 0
    }
}
