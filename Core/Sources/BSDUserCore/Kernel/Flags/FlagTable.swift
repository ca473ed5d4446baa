/// A name space of flags: the guest's bits, the host's, and the names. Conversion and printing come from the same rows.
protocol FlagTable: Sendable {
    static var rows: [FlagRow] { get }
    /// The name of no bit at all (`O_RDONLY`, `PROT_NONE`); nil prints 0.
    static var zeroName: String? { get }
}

extension FlagTable {
    static var zeroName: String? { nil }
}

/// One flag, or one value of a field of several bits.
struct FlagRow: Sendable {
    let guest: UInt64
    /// The host's bits; nil when the host has none and the call sees to it, or ignores it.
    let host: UInt64?
    let name: String
    /// The bits of the field that `guest` is a value of; `guest` itself for a plain flag.
    let mask: UInt64

    init(_ guest: UInt64, _ host: Int32?, _ name: String, mask: UInt64? = nil) {
        self.guest = guest
        self.host = host.map { UInt64(UInt32(bitPattern: $0)) }
        self.name = name
        self.mask = mask ?? guest
    }

    fileprivate func isSet(in value: UInt64) -> Bool { value & mask == guest }

    // The host's field is taken to have the bits of all its values.
    fileprivate func isSet(inHost value: UInt64, hostMask: UInt64) -> Bool {
        guard let host else { return false }
        return value & hostMask == host
    }
}

/// A value of a name space of flags, in the guest's bits.
struct FlagSet<Table: FlagTable>: Equatable, Sendable {
    let guest: UInt64

    init(guest: UInt64) { self.guest = guest }

    /// The guest's bits for the host's; bits that have no row are dropped.
    init(host: UInt64) {
        var guest: UInt64 = 0
        for row in Table.rows {
            let hostMask =
                row.mask == row.guest
                ? row.host ?? 0
                : Table.rows.reduce(0) { $1.mask == row.mask ? $0 | ($1.host ?? 0) : $0 }
            if row.isSet(inHost: host, hostMask: hostMask) && (row.guest == 0 || hostMask != 0) { guest |= row.guest }
        }
        self.guest = guest
    }

    /// The host's bits. Flags without a counterpart are left out.
    var host: UInt64 {
        var result: UInt64 = 0
        var left = guest
        // No bit at all is none on the host, in every table: the search ends with the last bit.
        for row in Table.rows {
            if left == 0 { break }
            guard row.isSet(in: guest) else { continue }
            result |= row.host ?? 0
            left &= ~row.mask
        }
        return result
    }

    /// The host's bits as the `int` that its calls take.
    var hostInt: Int32 { Int32(truncatingIfNeeded: host) }

    /// Bits that no row names.
    var unknown: UInt64 {
        Table.rows.reduce(guest) { $1.isSet(in: guest) ? $0 & ~$1.mask : $0 }
    }

    /// Whether all of these bits are set.
    func contains(_ bits: UInt64) -> Bool { guest & bits == bits }

    var traceValue: TraceValue {
        var names: [String] = []
        for row in Table.rows where row.isSet(in: guest) && !(row.mask == 0) { names.append(row.name) }
        if names.isEmpty && unknown == 0, let zero = Table.zeroName { names.append(zero) }
        return .flags(names, rest: unknown)
    }
}

/// A name space of which exactly one value is meant.
protocol EnumerationTable: Sendable {
    static var rows: [EnumerationRow] { get }
}

/// One value: the guest's number, the host's, the name.
struct EnumerationRow: Sendable {
    let guest: Int32
    /// The host's number; nil when the host has none.
    let host: Int32?
    let name: String

    init(_ guest: Int32, _ host: Int32?, _ name: String) {
        self.guest = guest
        self.host = host
        self.name = name
    }
}

/// A value of an enumeration, in the guest's number.
struct EnumeratedValue<Table: EnumerationTable>: Equatable, Sendable {
    let guest: Int32

    init(guest: Int32) { self.guest = guest }

    /// The guest's number for the host's; nil when there is none.
    init?(host: Int32) {
        guard let row = Table.rows.first(where: { $0.host == host }) else { return nil }
        guest = row.guest
    }

    var row: EnumerationRow? { Table.rows.first { $0.guest == guest } }

    /// The host's number; nil for a number without a row, or without a counterpart.
    var host: Int32? { row?.host }

    var traceValue: TraceValue { row.map { .symbol($0.name) } ?? .integer(Int64(guest)) }
}
