import Testing

@testable import BSDUserCore

@Suite struct FlagTableTests {
    private func checkRoundTrip<Table: FlagTable>(_ table: Table.Type) {
        let names = Table.rows.map(\.name)
        #expect(Set(names).count == names.count, "\(table): names")
        for row in Table.rows {
            let flags = FlagSet<Table>(guest: row.guest)
            #expect(flags.unknown == 0, "\(table) \(row.name)")
            // Only what the host has can come back.
            guard row.host != nil else { continue }
            #expect(FlagSet<Table>(host: flags.host) == flags, "\(table) \(row.name)")
        }
        // Two flags of different fields do not disturb each other.
        for first in Table.rows where first.host != nil {
            for second in Table.rows where second.host != nil && first.mask & second.mask == 0 {
                let flags = FlagSet<Table>(guest: first.guest | second.guest)
                #expect(FlagSet<Table>(host: flags.host) == flags, "\(table) \(first.name)|\(second.name)")
            }
        }
        // A bit without a row is neither lost nor passed on.
        let known = Table.rows.reduce(UInt64(0)) { $0 | $1.mask }
        let stranger: UInt64 = 1 << 62
        #expect(known & stranger == 0)
        #expect(FlagSet<Table>(guest: stranger).unknown == stranger)
        #expect(FlagSet<Table>(guest: stranger).host == FlagSet<Table>(guest: 0).host)
    }

    // The search for the host's bits ends with the guest's last one: no bit is none on the host, and each has one row.
    @Test func everyBitHasOneRow() {
        let tables: [any FlagTable.Type] = [
            AccessMode.self, AtFlags.self, AttachFlags.self, CloseRangeFlags.self, CounterFlags.self, EventFlags.self,
            EventQueueFlags.self, FileFlags.self, ForkFlags.self, InterfaceFlags.self, InterprocessFlags.self,
            JailFlags.self, LockAllFlags.self, LockOperation.self, MappingFlags.self, MessageFlags.self,
            MountFlags.self, OpenFlags.self, PipeFlags.self, PollEvents.self, ProcessDescriptorFlags.self,
            ProcessNotes.self, ProtectionFlags.self, RandomFlags.self, SendFileFlags.self, SharedMemoryFlags.self,
            SharedMemoryRenameFlags.self, SignalActionFlags.self, SignalStackFlags.self, SocketType.self,
            StatusFlags.self, SyncFlags.self, TerminalControlFlags.self, TerminalInputFlags.self,
            TerminalLocalFlags.self, TerminalOutputFlags.self, TimerDescriptorFlags.self, TimerFlags.self,
            TimerNotes.self, TransferNotes.self, UserNotes.self, VnodeNotes.self, WaitFlags.self,
        ]
        for table in tables {
            let rows = table.rows
            #expect(rows.allSatisfy { $0.guest != 0 || $0.host ?? 0 == 0 }, "\(table): zero")
            for (index, first) in rows.enumerated() {
                for second in rows[..<index] where first.mask & second.mask != 0 {
                    let areValuesOfOneField = first.mask == second.mask && first.guest != second.guest
                    #expect(areValuesOfOneField, "\(table): \(first.name) and \(second.name)")
                }
            }
        }
    }

    private func checkRoundTrip<Table: EnumerationTable>(enumeration table: Table.Type) {
        let rows = Table.rows
        #expect(Set(rows.map(\.guest)).count == rows.count, "\(table): numbers")
        #expect(Set(rows.map(\.name)).count == rows.count, "\(table): names")
        for row in rows {
            guard let host = row.host else { continue }
            let back = EnumeratedValue<Table>(host: host)
            // Several guest numbers may mean the same to the host.
            #expect(back?.host == host, "\(table) \(row.name)")
            #expect(back?.guest == rows.first { $0.host == host }?.guest)
        }
        #expect(EnumeratedValue<Table>(guest: 0x5a5a).host == nil)
    }

    @Test func flagsComeBackFromTheHost() {
        checkRoundTrip(OpenFlags.self)
        checkRoundTrip(StatusFlags.self)
        checkRoundTrip(AtFlags.self)
        checkRoundTrip(AccessMode.self)
        checkRoundTrip(LockOperation.self)
        checkRoundTrip(FileFlags.self)
        checkRoundTrip(CloseRangeFlags.self)
        checkRoundTrip(TimerFlags.self)
        checkRoundTrip(PollEvents.self)
        checkRoundTrip(RandomFlags.self)
        checkRoundTrip(MountFlags.self)
        checkRoundTrip(TerminalInputFlags.self)
        checkRoundTrip(TerminalOutputFlags.self)
        checkRoundTrip(TerminalControlFlags.self)
        checkRoundTrip(TerminalLocalFlags.self)
    }

    @Test func enumerationsComeBackFromTheHost() {
        checkRoundTrip(enumeration: Whence.self)
        checkRoundTrip(enumeration: DescriptorCommand.self)
        checkRoundTrip(enumeration: LockKind.self)
        checkRoundTrip(enumeration: FileAdvice.self)
        checkRoundTrip(enumeration: PathVariable.self)
        checkRoundTrip(enumeration: ClockIdentifier.self)
        checkRoundTrip(enumeration: Resource.self)
        checkRoundTrip(enumeration: UsageOwner.self)
        checkRoundTrip(enumeration: StatisticsMode.self)
    }

    @Test func flagsPrintTheirNames() {
        var writer = TraceTextWriter()
        writer.append(FlagSet<OpenFlags>(guest: 0x601).traceValue)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "O_WRONLY|O_CREAT|O_TRUNC")
    }
}
