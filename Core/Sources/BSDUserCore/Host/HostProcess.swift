import Glibc

/// The host process that carries the guest.
enum HostProcess {
    /// Its number, which is the guest's as well.
    static var currentPID: Int32 { getpid() }
    static var parentPID: Int32 { getppid() }
}
