/// The handshake between a plugin and the core.
///
/// A plugin exports one C function named `bsduser_plugin` that returns what `publish` returns:
///
///     @_cdecl("bsduser_plugin")
///     public func bsduserPlugin() -> PluginRegistration.Record {
///         PluginRegistration.publish { ToyArchitecture() }
///     }
public enum PluginRegistration {
    /// What the function of a plugin returns.
    public typealias Record = UnsafeRawPointer

    /// The one symbol that a plugin exports for the core.
    public static let symbol = "bsduser_plugin"

    /// Makes the record that the plugin's function returns. It lives as long as the process.
    ///
    /// The architecture is made only after the core has found that both sides agree.
    @_alwaysEmitIntoClient
    public static func publish(_ make: @escaping @Sendable () -> any GuestArchitecture) -> Record {
        let factory = PluginFactory(make)
        let record = UnsafeMutablePointer<PluginRecord>.allocate(capacity: 1)
        record.initialize(
            to: PluginRecord(
                magic: PluginRecord.magic, abi: PluginVersion.abi, fingerprint: PluginVersion.layoutFingerprint,
                identity: UnsafeRawPointer(PluginVersion.coreIdentity.utf8Start),
                identityBytes: UInt64(PluginVersion.coreIdentity.utf8CodeUnitCount),
                coreMarker: unsafeBitCast(PluginFactory.self as AnyObject.Type, to: UnsafeRawPointer.self),
                factory: Unmanaged.passRetained(factory).toOpaque()))
        return UnsafeRawPointer(record)
    }
}

/// Makes the architecture of a plugin.
public final class PluginFactory: Sendable {
    let make: @Sendable () -> any GuestArchitecture

    public init(_ make: @escaping @Sendable () -> any GuestArchitecture) {
        self.make = make
    }
}

/// What a plugin's function points at. This layout never changes: it is how two versions find out that they differ.
@frozen
public struct PluginRecord {
    /// "BSDUSRP1" in memory order.
    @_alwaysEmitIntoClient
    public static var magic: UInt64 { 0x3150_5253_5544_5342 }

    let magic: UInt64
    let abi: UInt32
    let fingerprint: UInt32
    let identity: UnsafeRawPointer
    let identityBytes: UInt64
    /// Address of the core's own type as the plugin sees it: another one when it carries a copy of the core.
    let coreMarker: UnsafeRawPointer
    let factory: UnsafeRawPointer

    public init(
        magic: UInt64, abi: UInt32, fingerprint: UInt32, identity: UnsafeRawPointer, identityBytes: UInt64,
        coreMarker: UnsafeRawPointer, factory: UnsafeRawPointer
    ) {
        self.magic = magic
        self.abi = abi
        self.fingerprint = fingerprint
        self.identity = identity
        self.identityBytes = identityBytes
        self.coreMarker = coreMarker
        self.factory = factory
    }
}

/// What a plugin says of itself, read from its record.
struct PluginHandshake: Equatable {
    var abi: UInt32
    var fingerprint: UInt32
    var identity: String
    var sharesCore: Bool

    /// What this core expects.
    static var core: PluginHandshake {
        PluginHandshake(
            abi: PluginVersion.abi, fingerprint: PluginVersion.layoutFingerprint,
            identity: "\(PluginVersion.coreIdentity)", sharesCore: true)
    }

    /// Reads a record; nil when it is none.
    init?(record: UnsafeRawPointer) {
        guard record.load(as: UInt64.self) == PluginRecord.magic else { return nil }
        let fields = record.load(as: PluginRecord.self)
        let bytes = UnsafeRawBufferPointer(start: fields.identity, count: Int(min(fields.identityBytes, 256)))
        abi = fields.abi
        fingerprint = fields.fingerprint
        identity = String(decoding: bytes, as: UTF8.self)
        sharesCore =
            fields.coreMarker == unsafeBitCast(PluginFactory.self as AnyObject.Type, to: UnsafeRawPointer.self)
    }

    init(abi: UInt32, fingerprint: UInt32, identity: String, sharesCore: Bool) {
        self.abi = abi
        self.fingerprint = fingerprint
        self.identity = identity
        self.sharesCore = sharesCore
    }

    /// Where the plugin differs from the core, as the end of a sentence; nil when they agree.
    func difference(from core: PluginHandshake) -> String? {
        if abi != core.abi {
            return "speaks plugin ABI \(abi), this bsduser speaks ABI \(core.abi)"
        }
        if identity != core.identity {
            return "was built for '\(identity)', this bsduser is '\(core.identity)'"
        }
        if fingerprint != core.fingerprint {
            let built = String(fingerprint, radix: 16)
            let own = String(core.fingerprint, radix: 16)
            return "was built against another state of the core (\(built), this bsduser has \(own))"
        }
        return sharesCore ? nil : "carries a copy of the core; it must link libBSDUserCore.so instead"
    }
}

extension PluginFile {
    /// Loads a file that was found to be a plugin; `accept` gets what it says of itself before anything of it is used.
    static func factory(
        _ path: [UInt8], accept: (PluginHandshake?) throws(PluginFailure) -> Void
    ) throws(PluginFailure) -> PluginFactory {
        let record: UnsafeRawPointer
        do throws(LinkFailure) {
            record = try load(path, symbol: PluginRegistration.symbol)
        } catch {
            throw .unusable(
                "plugin \(printable(path)) does not fit this bsduser (\(PluginVersion.coreIdentity)): "
                    + printable(Array(error.text.utf8)))
        }
        try accept(PluginHandshake(record: record))
        return Unmanaged<PluginFactory>.fromOpaque(record.load(as: PluginRecord.self).factory).takeUnretainedValue()
    }
}
