import BSDUserCore

/// The symbol by which the core knows a plugin.
@_cdecl("bsduser_plugin")
public func bsduserPlugin() -> UnsafeRawPointer { PluginRegistration.publish { MIPS64() } }

extension MIPS64 {
    public func translate(_ builder: inout Builder, code: UnsafeRawPointer, byteCount: Int) {
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: 32) { values in
            guard let scratch = values.baseAddress else { return }
            var translator = Translator(builder, instructions, code: code, codeBytes: byteCount, values: scratch)
            translator.run()
            builder = translator.finish()
        }
    }
}
