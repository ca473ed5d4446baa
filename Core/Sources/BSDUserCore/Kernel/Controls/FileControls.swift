/// Requests on any descriptor (`sys/filio.h`).
enum FileControls {
    static let rows: [ControlRow] = [
        .plain("f", 1, "FIOCLEX") { _, fd throws(Errno) in HostDescriptors.closeOnExec(from: fd, through: fd) },
        .plain("f", 2, "FIONCLEX") { _, fd throws(Errno) in
            _ = try HostSystemCall.fcntl.checked(Int(fd), 2, 0)
        },
        .output("f", 127, "FIONREAD", GuestInt.self) { _, fd throws(Errno) in
            GuestInt(try HostControl.readableBytes(fd))
        },
        .input("f", 126, "FIONBIO", GuestInt.self) { _, fd, value throws(Errno) in
            try HostControl.setStatus(fd, HostControl.nonblock, value.value != 0)
        },
        .input("f", 125, "FIOASYNC", GuestInt.self) { _, fd, value throws(Errno) in
            try HostControl.setStatus(fd, HostControl.async, value.value != 0)
        },
        .input("f", 124, "FIOSETOWN", GuestInt.self) { _, fd, value throws(Errno) in
            _ = try HostSystemCall.fcntl.checked(Int(fd), 8, Int(value.value))
        },
        .output("f", 123, "FIOGETOWN", GuestInt.self) { _, fd throws(Errno) in
            GuestInt(Int32(try HostSystemCall.fcntl.checked(Int(fd), 9)))
        },
        .output("f", 122, "FIODTYPE", GuestInt.self) { thread, fd throws(Errno) in
            try GuestInt(thread.deviceType(fd))
        },
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
}

extension GuestThread {
    /// `FIODTYPE`: D_TAPE 1, D_DISK 2, D_TTY 4 (`sys/conf.h`); `ENOTTY` for what is no device.
    func deviceType(_ fd: Int32) throws(Errno) -> Int32 {
        let type = try attributes(fd).mode & FileMode.typeMask
        if type == FileMode.blockDevice { return 2 }
        guard type == FileMode.characterDevice else { throw .ENOTTY }
        return HostTerminal.isTerminal(fd) ? 4 : 0
    }
}
