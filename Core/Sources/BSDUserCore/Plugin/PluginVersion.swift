/// What a plugin and the core must agree on.
///
/// Everything here is emitted into the code that uses it. A plugin therefore shows what it was compiled against, and the
/// core what it was itself.
public enum PluginVersion {
    /// Version of the plugin protocol; raised with every change that a plugin must follow.
    @_alwaysEmitIntoClient
    public static var abi: UInt32 { 5 }

    /// Identity of the core and of the compiler: Swift's own calling conventions change between compilers.
    @_alwaysEmitIntoClient
    public static var coreIdentity: StaticString {
        #if compiler(>=6.4)
        "core 5, Swift 6.4 or later"
        #elseif compiler(>=6.3)
        "core 5, Swift 6.3"
        #else
        "core 5, Swift 6.2"
        #endif
    }

    /// A number made of the sizes of everything that plugin and core pass to each other, as the compiler of either
    /// knows them: a core that was changed without raising `abi` shows another number.
    @_alwaysEmitIntoClient
    public static var layoutFingerprint: UInt32 {
        let sizes = [
            MemoryLayout<ArchitectureDescription>.size, MemoryLayout<GuestABI>.size, MemoryLayout<ElfIdentity>.size,
            MemoryLayout<RegisterRow>.size, MemoryLayout<RegisterFile>.size, MemoryLayout<SystemCallABI>.size,
            MemoryLayout<MemoryLayoutDescription>.size, MemoryLayout<SignalFrameDescription>.size,
            MemoryLayout<FloatProfile>.size, MemoryLayout<CPUModel>.size, MemoryLayout<FreeBSDRelease>.size,
            MemoryLayout<ThreadStart>.size, MemoryLayout<HandlerEntry>.size, MemoryLayout<FaultSignal>.size,
            MemoryLayout<SystemCallOutcome>.size, MemoryLayout<Helper>.size, MemoryLayout<Builder>.size,
            MemoryLayout<Operation>.size, MemoryLayout<VectorBits>.size, CPUState.headerBytes, CPUState.registerBias,
            Int(Opcode.exitIf.rawValue),
            Int(ExitReason.custom3.rawValue),
        ]
        // FNV-1a over the sizes.
        return sizes.reduce(2_166_136_261) { ($0 ^ UInt32(truncatingIfNeeded: $1)) &* 16_777_619 }
    }
}
