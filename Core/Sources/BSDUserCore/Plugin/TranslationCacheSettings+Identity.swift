extension TranslationCacheSettings {
    /// Settings for a plugin that was loaded from a file.
    ///
    /// - Parameters:
    ///   - plugin: path of the plugin's file
    ///   - model: the CPU model that the plugin was told to be
    public init(directory: [UInt8], limitBytes: UInt64 = usualLimitBytes, plugin: [UInt8], model: String) {
        self.directory = directory
        self.limitBytes = limitBytes
        // A file that was built anew has other times, or is another file.
        let parts: [String] = [
            PluginVersion.coreIdentity.description, String(PluginVersion.layoutFingerprint), model,
            HostCacheDirectory.fingerprint(ofFile: HostCacheDirectory.ownFile),
            HostCacheDirectory.fingerprint(ofFile: plugin),
        ]
        identity = Checksum.of(Array(parts.joined(separator: "\0").utf8))
    }
}
