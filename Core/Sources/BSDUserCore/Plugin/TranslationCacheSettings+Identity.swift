extension TranslationCacheSettings {
    /// Settings for a plugin that was loaded from a file.
    ///
    /// - Parameters:
    ///   - plugin: path of the plugin's file
    ///   - model: the CPU model that the plugin was told to be
    public init(directory: [UInt8], limitBytes: UInt64 = usualLimitBytes, plugin: [UInt8], model: String) {
        self.directory = directory
        self.limitBytes = limitBytes
        // A file that was built anew has other times, or is another file. Numbers, not text: this is part of every start.
        var identity = PluginVersion.coreIdentity.withUTF8Buffer { Checksum.of(Array($0)) }
        identity = Checksum.of(Array(model.utf8), seed: identity ^ UInt64(PluginVersion.layoutFingerprint))
        identity = HostCacheDirectory.fingerprint(ofFile: HostCacheDirectory.ownFile, seed: identity)
        self.identity = HostCacheDirectory.fingerprint(ofFile: plugin, seed: identity)
    }
}
