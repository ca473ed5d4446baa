import Glibc

/// Runs `body` in a child process and returns its exit status; -1 when the child died otherwise.
func forkForTest(_ body: () -> Int32) -> Int32 {
    // Swift hides `fork`, for a program with threads of its own may do little in the child; these children do little.
    typealias Fork = @convention(c) () -> Int32
    guard let symbol = dlsym(nil, "fork") else { return -1 }
    let child = unsafeBitCast(symbol, to: Fork.self)()
    if child == 0 { _exit(body()) }
    guard child > 0 else { return -1 }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7f == 0 ? status >> 8 & 0xff : -1
}
