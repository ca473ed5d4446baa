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
