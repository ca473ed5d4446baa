// The platform functions of a guest without libc: the same source for FreeBSD and for Linux, which differ in numbers.
#include "bench.h"

#if defined(GUEST_LINUX) && defined(__mips__)
enum { SYS_WRITE = 5001, SYS_EXIT = 5058, SYS_GETPPID = 5108, SYS_CLOCK_GETTIME = 5222, CLOCK_PROCESS_CPUTIME = 2 };
#elif defined(GUEST_LINUX)
enum { SYS_WRITE = 64, SYS_EXIT = 93, SYS_GETPPID = 173, SYS_CLOCK_GETTIME = 113, CLOCK_PROCESS_CPUTIME = 2 };
#else
enum { SYS_WRITE = 4, SYS_EXIT = 1, SYS_GETPPID = 39, SYS_CLOCK_GETTIME = 232, CLOCK_PROCESS_CPUTIME = 15 };
#endif

// Defined in start.S: the call's result, or -1.
long guest_syscall(long number, long a, long b, long c);

void plat_write(int fd, const void *buf, size_t len) {
    for (const char *start = buf; len;) {
        long written = guest_syscall(SYS_WRITE, fd, (long)start, (long)len);
        if (written <= 0)
            plat_exit(4);
        start += written;
        len -= (size_t)written;
    }
}

void plat_exit(int status) {
    for (;;)
        guest_syscall(SYS_EXIT, status, 0, 0);
}

uint64_t plat_now_ns(void) {
    struct {
        int64_t seconds;
        long nanoseconds;
    } time = {0, 0};
    if (guest_syscall(SYS_CLOCK_GETTIME, CLOCK_PROCESS_CPUTIME, (long)&time, 0) != 0)
        plat_exit(5);
    return (uint64_t)time.seconds * 1000000000u + (uint64_t)time.nanoseconds;
}

int plat_getppid(void) { return (int)guest_syscall(SYS_GETPPID, 0, 0, 0); }
