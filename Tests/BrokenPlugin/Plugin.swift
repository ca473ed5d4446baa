import BSDUserCore
@_spi(ConformanceTests) import MIPS64

/// mips64 with `slt` and `sltu` exchanged: a defect that the conformance runner must find, wherever it looks.
@_cdecl("bsduser_plugin")
public func bsduserPlugin() -> UnsafeRawPointer {
    PluginRegistration.publish { MIPS64(exchanging: "slt", with: "sltu") }
}
