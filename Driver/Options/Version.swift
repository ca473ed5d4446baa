/// The version of the programs, after semver.org: the command line and its output. Plugins have an ABI of their own.
public enum Version {
    public static let text = "0.1.0"
}
