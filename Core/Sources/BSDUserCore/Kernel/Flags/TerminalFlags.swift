/// `c_iflag` of `struct termios`.
enum TerminalInputFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(0x1, 0x1, "IGNBRK"), FlagRow(0x2, 0x2, "BRKINT"), FlagRow(0x4, 0x4, "IGNPAR"),
        FlagRow(0x8, 0x8, "PARMRK"), FlagRow(0x10, 0x10, "INPCK"), FlagRow(0x20, 0x20, "ISTRIP"),
        FlagRow(0x40, 0x40, "INLCR"), FlagRow(0x80, 0x80, "IGNCR"), FlagRow(0x100, 0x100, "ICRNL"),
        FlagRow(0x200, 0x400, "IXON"), FlagRow(0x400, 0x1000, "IXOFF"), FlagRow(0x800, 0x800, "IXANY"),
        FlagRow(0x2000, 0x2000, "IMAXBEL"),
    ]
}

/// `c_oflag`.
enum TerminalOutputFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(0x1, 0x1, "OPOST"), FlagRow(0x2, 0x4, "ONLCR"), FlagRow(0x4, 0x1800, "TAB3"),
        FlagRow(0x8, nil, "ONOEOT"), FlagRow(0x10, 0x8, "OCRNL"), FlagRow(0x20, 0x10, "ONOCR"),
        FlagRow(0x40, 0x20, "ONLRET"),
    ]
}

/// `c_cflag`.
enum TerminalControlFlags: FlagTable {
    private static let sizeMask: UInt64 = 0x300
    static let rows: [FlagRow] = [
        FlagRow(0x1, nil, "CIGNORE"), FlagRow(0, 0, "CS5", mask: sizeMask), FlagRow(0x100, 0x10, "CS6", mask: sizeMask),
        FlagRow(0x200, 0x20, "CS7", mask: sizeMask), FlagRow(0x300, 0x30, "CS8", mask: sizeMask),
        FlagRow(0x400, 0x40, "CSTOPB"), FlagRow(0x800, 0x80, "CREAD"), FlagRow(0x1000, 0x100, "PARENB"),
        FlagRow(0x2000, 0x200, "PARODD"), FlagRow(0x4000, 0x400, "HUPCL"), FlagRow(0x8000, 0x800, "CLOCAL"),
        FlagRow(0x30000, Int32(bitPattern: 0x8000_0000), "CRTSCTS"), FlagRow(0x40000, nil, "CDTR_IFLOW"),
        FlagRow(0x80000, nil, "CDSR_OFLOW"), FlagRow(0x100000, nil, "CCAR_OFLOW"), FlagRow(0x200000, nil, "CNO_RTSDTR"),
    ]
}

/// `c_lflag`.
enum TerminalLocalFlags: FlagTable {
    static let rows: [FlagRow] = [
        FlagRow(0x1, 0x800, "ECHOKE"), FlagRow(0x2, 0x10, "ECHOE"), FlagRow(0x4, 0x20, "ECHOK"),
        FlagRow(0x8, 0x8, "ECHO"), FlagRow(0x10, 0x40, "ECHONL"), FlagRow(0x20, 0x400, "ECHOPRT"),
        FlagRow(0x40, 0x200, "ECHOCTL"), FlagRow(0x80, 0x1, "ISIG"), FlagRow(0x100, 0x2, "ICANON"),
        FlagRow(0x200, nil, "ALTWERASE"), FlagRow(0x400, 0x8000, "IEXTEN"), FlagRow(0x800, 0x10000, "EXTPROC"),
        FlagRow(0x400000, 0x100, "TOSTOP"), FlagRow(0x800000, 0x1000, "FLUSHO"), FlagRow(0x2000000, nil, "NOKERNINFO"),
        FlagRow(0x20000000, 0x4000, "PENDIN"), FlagRow(0x80000000, 0x80, "NOFLSH"),
    ]
}
