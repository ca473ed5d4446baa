/// Capsicum. Rights are not kept: the emulator behaves as a kernel without the option `CAPABILITIES`, which programs
/// are written to expect (cap_enter(2): ENOSYS).
enum CapabilityCalls {
    static let rows: [SystemCallRow] = [
        systemCall(516, "cap_enter", support: .refused, note: withoutOption) { _ throws(Errno) in throw .ENOSYS },
        systemCall(517, "cap_getmode", Out<GuestUnsigned>("modep"), support: .refused, note: withoutOption) {
            _, _ throws(Errno) in throw .ENOSYS
        },
        systemCall(
            515, "__cap_rights_get", Signed("version"), Fd(), Pointer("rightsp"), support: .refused, note: withoutOption
        ) { _, _, _, _ throws(Errno) in throw .ENOSYS },
        systemCall(533, "cap_rights_limit", Fd(), Pointer("rightsp"), support: .refused, note: withoutOption) {
            _, _, _ throws(Errno) in throw .ENOSYS
        },
        systemCall(
            534, "cap_ioctls_limit", Fd(), Pointer("cmds"), Size("ncmds"), support: .refused, note: withoutOption
        ) { _, _, _, _ throws(Errno) in throw .ENOSYS },
        systemCall(
            535, "cap_ioctls_get", Fd(), Pointer("cmds"), Size("maxcmds"), support: .refused, note: withoutOption
        ) { _, _, _, _ throws(Errno) in throw .ENOSYS },
        systemCall(536, "cap_fcntls_limit", Fd(), Unsigned("fcntlrights"), support: .refused, note: withoutOption) {
            _, _, _ throws(Errno) in throw .ENOSYS
        },
        systemCall(537, "cap_fcntls_get", Fd(), Pointer("fcntlrightsp"), support: .refused, note: withoutOption) {
            _, _, _ throws(Errno) in throw .ENOSYS
        },
    ]

    private static let withoutOption = "as a kernel without Capsicum: ENOSYS"
}
