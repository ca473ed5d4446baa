/// What a plugin and the core must agree on.
public enum PluginVersion {
    /// Version of the plugin protocol; raised with every change that a plugin must follow.
    public static let abi: UInt32 = 1

    /// Identity of the core build. A plugin takes it in when it is compiled, because the function is inlined into it;
    /// a plugin built against another core therefore shows another identity.
    @inlinable @inline(__always)
    public static var coreIdentity: StaticString { "bsduser-core-1" }
}
