import CHost

/// How the host's kernel started this process.
public enum HostStart {
    /// The process gained privileges on exec: its environment is somebody else's and must not be trusted.
    public static var isPrivileged: Bool { chost_is_privileged() != 0 }

    /// binfmt_misc started it with the P flag: argv is the emulator, the program's path, the program's argv.
    public static var keepsArgv0: Bool { chost_keeps_argv0() != 0 }
}
