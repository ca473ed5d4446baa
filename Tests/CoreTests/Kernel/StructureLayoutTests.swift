import TestSupport
import Testing

@testable import BSDUserCore

@Suite struct StructureLayoutTests {
    private static let abis: [(String, GuestABI)] = [
        ("arm", GuestABI(wordBytes: 4, byteOrder: .little)), ("aarch64", GuestABI(wordBytes: 8, byteOrder: .little)),
        ("mips", GuestABI(wordBytes: 4, byteOrder: .big)), ("mips64", GuestABI(wordBytes: 8, byteOrder: .big)),
        ("sparc64", GuestABI(wordBytes: 8, byteOrder: .big)), ("powerpc", GuestABI(wordBytes: 4, byteOrder: .big)),
        ("powerpc64", GuestABI(wordBytes: 8, byteOrder: .big)),
    ]

    private func check<Value: GuestStruct>(_ type: Value.Type, _ item: String, _ offsets: [String: String] = [:]) throws
    {
        let table = try LayoutTable()
        for (name, abi) in Self.abis {
            #expect(table.value(item, name) == Value.byteCount(abi), "\(item) on \(name)")
            for (row, field) in offsets {
                #expect(table.value(row, name) == Value.offset(of: field, abi), "\(row) on \(name)")
            }
        }
    }

    @Test func structuresHaveFreeBSDsSizesAndOffsets() throws {
        try check(
            FileStatus.self, "sz_stat",
            [
                "off_st_ino": "st_ino", "off_st_nlink": "st_nlink", "off_st_mode": "st_mode", "off_st_rdev": "st_rdev",
                "off_st_atim": "st_atim", "off_st_birthtim": "st_birthtim", "off_st_size": "st_size",
                "off_st_blksize": "st_blksize",
            ])
        try check(FileSystemStatus.self, "sz_statfs")
        try check(TimeValue.self, "sz_timeval")
        try check(TimeSpecification.self, "sz_timespec")
        try check(ResourceUsage.self, "sz_rusage")
        try check(ResourceLimit.self, "sz_rlimit")
        try check(PollDescriptor.self, "sz_pollfd")
        try check(RecordLock.self, "sz_flock")
        try check(SignalMask.self, "sz_sigset")
        try check(KernelEvent.self, "sz_kevent")
        try check(SegmentStatus.self, "sz_shmid_ds")
        try check(AsynchronousControlBlock.self, "sz_aiocb")
        try check(SemaphoreSetStatus.self, "sz_semid_ds")
        try check(MessageQueueStatus.self, "sz_msqid_ds")
        try check(MessageHeader.self, "sz_msghdr")
        try check(ProcessInformation.self, "sz_kinfo_proc")
        try check(OpenFileInformation.self, "sz_kinfo_file")
        try check(MappingInformation.self, "sz_kinfo_vmentry")
        try check(TimePage.TimeKeep.self, "sz_vdso_timekeep")
        try check(TimePage.TimeHands.self, "sz_vdso_timehands")
    }

    // Sizes from FreeBSD's headers that the table does not have.
    @Test func structuresBesidesTheTable() {
        for (name, abi) in Self.abis {
            #expect(FileSystemStatus11.byteCount(abi) == 472, "\(name)")
            #expect(TerminalSettings.byteCount(abi) == 44, "\(name)")
            #expect(WindowSize.byteCount(abi) == 8, "\(name)")
            #expect(UniqueIdentifier.byteCount(abi) == 16, "\(name)")
            #expect(FileStatus11.byteCount(abi) == 120, "\(name)")
            #expect(MessageCredentials.byteCount(abi) == 84, "\(name)")
            #expect(ConnectionInformation.byteCount(abi) == 236, "\(name)")
            #expect(BinaryTime.byteCount(abi) == 16, "\(name)")
            #expect(InterfaceData.byteCount(abi) == InterfaceData.byteCount, "\(name)")
            // MAXPATHLEN twice and a word, with what stands between.
            #expect(KernelFileStatus.byteCount(abi) == (abi.wordBytes == 8 ? 2080 : 2068), "\(name)")
            #expect(ModuleStatus.byteCount(abi) == (abi.wordBytes == 8 ? 56 : 48), "\(name)")
            #expect(InterfaceMessage.byteCount(abi) == 16, "\(name)")
            #expect(InterfaceRequest.byteCount(abi) == 32, "\(name)")
            #expect(RouteMessage.byteCount(abi) == (abi.wordBytes == 8 ? 152 : 92), "\(name)")
            #expect(ExternalCredentials.byteCount(abi) == (abi.wordBytes == 8 ? 88 : 80), "\(name)")
            #expect(FileHeaders.byteCount(abi) == abi.wordBytes * 4, "\(name)")
            #expect(DirectoryEntry.Header.byteCount(abi) == 24, "\(name)")
            #expect(ReaperStatus.byteCount(abi) == 80, "\(name)")
            #expect(ReapedProcess.byteCount(abi) == 72, "\(name)")
            #expect(ReaperKill.byteCount(abi) == 80, "\(name)")
            #expect(ReaperList.byteCount(abi) == 64 + abi.wordBytes, "\(name)")
            #expect(KernelEvent11.byteCount(abi) == (abi.wordBytes == 8 ? 32 : 20), "\(name)")
            #expect(KernelEvent.offset(of: "filter", abi) == abi.wordBytes, "\(name)")
            #expect(KernelEvent.offset(of: "data", abi) == 16, "\(name)")
            #expect(KernelEvent.offset(of: "ext0", abi) == 32, "\(name)")
            #expect(DirectoryEntry.Header11.byteCount(abi) == 8, "\(name)")
        }
    }

    @Test func devicesKeepTheirNumbers() {
        for (major, minor) in [(0, 0), (8, 1), (259, 3), (0x1234, 0xabcdef), (UInt32.max, UInt32.max)]
            as [(UInt32, UInt32)]
        {
            let parts = FileAttributes.parts(ofDevice: FileAttributes.device(major: major, minor: minor))
            #expect(parts == (major, minor))
        }
        // makedev(8, 1) on FreeBSD.
        #expect(FileAttributes.device(major: 8, minor: 1) == 0x801)
    }

    @Test func terminalSettingsSurviveTheHost() {
        var settings = TerminalSettings()
        settings.input = 0x2b02
        settings.output = 0x3
        settings.control = 0x4b00
        settings.local = 0x5cb
        settings.characters[0] = 4
        settings.characters[8] = 3
        settings.characters[16] = 1
        settings.characters[17] = 0
        settings.inputSpeed = 38400
        settings.outputSpeed = 38400
        var host = [UInt8](repeating: 0, count: 44)
        settings.apply(to: &host)
        #expect(TerminalSettings(host: host) == settings)
    }
}
