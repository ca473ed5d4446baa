/// `struct if_data` (`net/if.h` since FreeBSD 11).
struct InterfaceData: GuestStruct, Equatable, Sendable {
    var type: UInt8 = 0
    var addressLength: UInt8 = 0
    var headerLength: UInt8 = 0
    var linkState: UInt8 = 0
    var mtu: UInt32 = 0
    var packetsIn: UInt64 = 0
    var errorsIn: UInt64 = 0
    var packetsOut: UInt64 = 0
    var errorsOut: UInt64 = 0
    var collisions: UInt64 = 0
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0
    var multicastsIn: UInt64 = 0
    var dropsIn: UInt64 = 0
    var dropsOut: UInt64 = 0

    /// `sizeof(struct if_data)` for every ABI.
    static let byteCount = 152

    init() {}

    init(_ interface: HostInterface) {
        type = interface.type
        addressLength = UInt8(clamping: interface.hardwareAddress.count)
        headerLength = interface.type == 6 ? 14 : 0
        // LINK_STATE_DOWN 1, LINK_STATE_UP 2; the host's IFF_RUNNING is 0x40.
        linkState = interface.flags & 0x40 != 0 ? 2 : 1
        mtu = interface.mtu
        let counters = interface.counters
        (packetsIn, errorsIn, bytesIn) = (counters.packetsIn, counters.errorsIn, counters.bytesIn)
        (packetsOut, errorsOut, bytesOut) = (counters.packetsOut, counters.errorsOut, counters.bytesOut)
        (collisions, multicastsIn) = (counters.collisions, counters.multicastsIn)
        (dropsIn, dropsOut) = (counters.dropsIn, counters.dropsOut)
    }

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        var length = UInt16(Self.byteCount)
        visitor.int("ifi_type", &type)
        visitor.pad(1)  // ifi_physical
        visitor.int("ifi_addrlen", &addressLength)
        visitor.int("ifi_hdrlen", &headerLength)
        visitor.int("ifi_link_state", &linkState)
        visitor.pad(1)  // ifi_vhid
        visitor.int("ifi_datalen", &length)
        visitor.int("ifi_mtu", &mtu)
        visitor.pad(4 + 8)  // ifi_metric, ifi_baudrate
        visitor.int("ifi_ipackets", &packetsIn)
        visitor.int("ifi_ierrors", &errorsIn)
        visitor.int("ifi_opackets", &packetsOut)
        visitor.int("ifi_oerrors", &errorsOut)
        visitor.int("ifi_collisions", &collisions)
        visitor.int("ifi_ibytes", &bytesIn)
        visitor.int("ifi_obytes", &bytesOut)
        visitor.int("ifi_imcasts", &multicastsIn)
        visitor.pad(8)  // ifi_omcasts
        visitor.int("ifi_iqdrops", &dropsIn)
        visitor.int("ifi_oqdrops", &dropsOut)
        visitor.pad(8 + 8 + 8 + 16)  // ifi_noproto, ifi_hwassist, ifi_epoch, ifi_lastchange
    }
}

/// The beginning of every message about interfaces and addresses: `struct if_msghdr`, `ifa_msghdr`, `ifma_msghdr` and
/// their longer forms (`net/if.h`).
struct InterfaceMessage: GuestStruct, Equatable, Sendable {
    var length: UInt16 = 0
    var type: UInt8 = 0
    /// `RTA_*` bits of the addresses that follow.
    var addresses: UInt32 = 0
    var flags: UInt32 = 0
    var index: UInt16 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        // RTM_VERSION
        var version: UInt8 = 5
        visitor.int("msglen", &length)
        visitor.int("version", &version)
        visitor.int("type", &type)
        visitor.int("addrs", &addresses)
        visitor.int("flags", &flags, .hexadecimal)
        visitor.int("index", &index)
        visitor.pad(2)
    }
}

/// `struct rt_msghdr` (`net/route.h`).
struct RouteMessage: GuestStruct, Equatable, Sendable {
    var length: UInt16 = 0
    var index: UInt16 = 0
    var flags: UInt32 = 0
    var addresses: UInt32 = 0
    var mtu: UInt64 = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        // RTM_VERSION and RTM_GET.
        var version: UInt8 = 5
        var type: UInt8 = 4
        visitor.int("rtm_msglen", &length)
        visitor.int("rtm_version", &version)
        visitor.int("rtm_type", &type)
        visitor.int("rtm_index", &index)
        visitor.pad(2)
        visitor.int("rtm_flags", &flags, .hexadecimal)
        visitor.int("rtm_addrs", &addresses)
        visitor.pad(4 * 4)  // rtm_pid, rtm_seq, rtm_errno, rtm_fmask
        visitor.padWords(1)  // rtm_inits
        // struct rt_metrics: rmx_locks, rmx_mtu, and twelve more.
        visitor.padWords(1)
        visitor.word("rmx_mtu", &mtu)
        visitor.padWords(12)
    }
}

/// `struct ifreq` (`net/if.h`): an interface's name, and 16 bytes that depend on the request.
struct InterfaceRequest: GuestStruct, Equatable, Sendable {
    var name: [UInt8] = []
    var value: [UInt8] = []

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.characters("ifr_name", &name, count: 16)
        visitor.align(visitor.abi.wordBytes)
        visitor.bytes("ifr_ifru", &value, count: 16, isText: false)
    }
}

/// `struct ifconf` (`net/if.h`).
struct InterfaceConfiguration: GuestStruct, Equatable, Sendable {
    var length: Int32 = 0
    var buffer: GuestAddress = 0

    mutating func fields<Visitor: FieldVisitor>(_ visitor: inout Visitor) {
        visitor.int("ifc_len", &length)
        visitor.pointer("ifc_buf", &buffer)
    }
}
